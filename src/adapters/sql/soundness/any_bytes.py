"""Reading texts that may be damaged: bytes that are no UTF-8 are shown as such, where the driver would give up."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection


@contextmanager
def reading_any_bytes(connection: Connection) -> Iterator[None]:
    driver = driver_of(connection)
    usual, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = usual


def driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")
