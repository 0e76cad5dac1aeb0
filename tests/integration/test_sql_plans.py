"""The statements of the hot paths find their rows by an index."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from adapters.sql import item_reading, lock_rows, thread_reading
from adapters.sql.content import (
    dirty_sources,
    document_sources,
    documents,
    item_statements,
    jobs,
    known,
    names,
    payloads,
    people,
    plain_sets,
    projects,
    quarantine,
    references,
    set_states,
    threads,
)
from adapters.sql.prepared import Prepared

MODULES = (
    dirty_sources,
    document_sources,
    documents,
    item_reading,
    item_statements,
    jobs,
    known,
    lock_rows,
    names,
    payloads,
    people,
    plain_sets,
    projects,
    quarantine,
    references,
    set_states,
    thread_reading,
    threads,
)
SCANNED = {
    "app_locks",
    "app_lock_waiters",
    "instances",
}
"""Tables of a few rows."""
MAY_SCAN = {
    "jobs._DUE": "walks the queue by age and stops at its limit",
    "jobs._RELEASE": "once in a run",
    "jobs._QUEUE_UNSETTLED": "walks the index of what is behind",
    "people._INSERT": "a plan for violated foreign keys, which is passed over while there are none",
    "dirty_sources._COUNT": "counts all",
    "dirty_sources._OLDEST": "walks by age and stops at its limit",
}


def prepared(value: object) -> Iterator[Prepared]:
    """Every statement in a module's value, however deep."""
    if isinstance(value, Prepared):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from prepared(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from prepared(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from prepared(getattr(value, name))


STATEMENTS = [
    pytest.param(statement, id=f"{module.__name__.rpartition('.')[2]}.{name}-{number}")
    for module in MODULES
    for name, value in vars(module).items()
    for number, statement in enumerate(prepared(value))
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_scans_no_large_table(engine: Engine, statement: Prepared, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id.rpartition("-")[0]
    with engine.connect() as connection:
        arguments = tuple("[1]" for _ in range(statement.sql.count("?")))
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", arguments)]
    scans = [line for line in plan if line.startswith("SCAN") and not is_small(line)]
    assert bool(scans) == (name in MAY_SCAN)


def is_small(line: str) -> bool:
    table = line.split()[1]
    return table in SCANNED or table.startswith("anon_") or "VIRTUAL TABLE" in line or "CONSTANT ROW" in line


def test_what_has_to_be_fetched_again_is_found_by_its_own_index(engine: Engine) -> None:
    sql = jobs._QUEUE_UNSETTLED.sql
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[1]",) * sql.count("?"))
        assert any("dependent_sets_behind" in row[3] for row in rows)
