"""Statements that are compiled to SQL once and run on the driver itself."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, insert, select
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql.elements import ClauseElement, SQLCoreOperations

from adapters.sql.failures import translated

_SQLITE = dialect()

Row: TypeAlias = Any
"""A named tuple with the columns of its statement."""


class Prepared:
    """A statement for the hot paths: 4 us a call, where SQLAlchemy's own way costs 33.

    It is compiled when it is first needed (0.3 ms), and joins its connection's transaction, or begins one. Given as a
    function that makes it, it is made then as well: a command runs few of the statements that its modules hold.
    """

    def __init__(
        self, statement: ClauseElement | Callable[[], ClauseElement], *, columns: Iterable[str] | None = None
    ) -> None:
        """`columns` are those that an insert gives values for."""
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._row: Callable[[Iterable[Any]], Row] | None = None

    @cached_property
    def sql(self) -> str:
        return str(self._compiled.string)

    def run(self, connection: Connection, **values: object) -> "Rows":
        try:
            cursor = _driver(connection).execute(self.sql, self._arranged(self._fixed | values))
        except sqlite3.Error as error:
            _fail(error, connection)
        if self._row is None and cursor.description:
            self._row = _row_type(cursor)
        return Rows(cursor, self._row, connection)

    def each(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Run it for every row; for no rows, not at all."""
        arranged = [self._arranged({**self._fixed, **row}) for row in rows]
        if arranged:
            try:
                _driver(connection).executemany(self.sql, arranged)
            except sqlite3.Error as error:
                _fail(error, connection)

    @cached_property
    def _compiled(self) -> Any:
        statement = self._statement if isinstance(self._statement, ClauseElement) else self._statement()
        return statement.compile(dialect=_SQLITE, column_keys=self._columns)

    @cached_property
    def _fixed(self) -> dict[str, object]:
        """Values that the statement itself holds."""
        return {name: bind.value for name, bind in self._compiled.binds.items() if not bind.required}

    @cached_property
    def _arranged(self) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
        return _arranging(tuple(self._compiled.positiontup))


class Rows:
    """What a statement answered; to be read once."""

    def __init__(
        self, cursor: sqlite3.Cursor, row: Callable[[Iterable[Any]], Row] | None, connection: Connection
    ) -> None:
        self._cursor = cursor
        self._row = row or tuple
        self._connection = connection

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from map(self._row, self._cursor)
        except sqlite3.Error as error:
            _fail(error, self._connection)

    def plain(self) -> list[tuple[Any, ...]]:
        """All rows as the driver makes them: for statements that answer thousands."""
        try:
            return self._cursor.fetchall()
        except sqlite3.Error as error:
            _fail(error, self._connection)

    def first(self) -> Row | None:
        found = self._first()
        return None if found is None else self._row(found)

    def scalar(self) -> Any:
        found = self._first()
        return None if found is None else found[0]

    def scalars(self) -> Iterator[Any]:
        return (row[0] for row in self)

    def _first(self) -> tuple[Any, ...] | None:
        try:
            found: tuple[Any, ...] | None = self._cursor.fetchone()
            self._cursor.close()  # else the statement is still under way when the transaction wants to end
        except sqlite3.Error as error:
            _fail(error, self._connection)
        return found


def _row_type(cursor: sqlite3.Cursor) -> Callable[[Iterable[Any]], Row]:
    names = [column[0] for column in cursor.description]
    made: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024  # the names are known at run time only
    make: Callable[[Iterable[Any]], Row] = made._make
    return make


def _driver(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.driver_connection


def _fail(error: sqlite3.Error, connection: Connection) -> NoReturn:
    better = translated(error, Path(str(connection.engine.url.database)))
    if better is None:
        raise error
    raise better from error


def _arranging(names: tuple[str, ...]) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
    match names:
        case ():
            return lambda _values: ()
        case (only,):
            return lambda values: (values[only],)
        case _:
            return itemgetter(*names)


def inserting(table: Table) -> Prepared:
    """Insert a row with everything but its key; returns nothing."""
    names = [column.name for column in table.columns if column.name != "id"]
    return Prepared(insert(table), columns=names)


def inserting_for_key(table: Table) -> Prepared:
    """Insert a row with everything but its key, and return that."""
    names = [column.name for column in table.columns if column.name != "id"]
    return Prepared(insert(table).returning(table.c.id), columns=names)


def among(column: SQLCoreOperations[Any], name: str) -> ColumnElement[bool]:
    """That the column's value is in the JSON array given as `name`: one statement for lists of any length."""
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def escaped(text: str) -> str:
    """The text as it stands, within a pattern of LIKE whose escape is a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
