"""The few kinds of columns that the tables are made of."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()


def local_key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def maybe_number(name: str) -> Column[int]:
    return Column(name, Integer)


def moment(name: str) -> Column[int]:
    """A time in milliseconds UTC."""
    return Column(name, Integer, nullable=False)


def maybe_moment(name: str) -> Column[int]:
    return Column(name, Integer)


def words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def maybe_words(name: str) -> Column[str]:
    return Column(name, Text)


def flag(name: str, *, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("1" if default else "0"))


def maybe_flag(name: str) -> Column[bool]:
    return Column(name, Boolean)


def below(name: str, parent: str, *, index: bool = False) -> Column[int]:
    """The key of a row that this one cannot outlive."""
    return Column(name, Integer, ForeignKey(f"{parent}.id", ondelete="CASCADE"), nullable=False, index=index)


def maybe_below(name: str, parent: str, *, index: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{parent}.id", ondelete="CASCADE"), index=index)


def person(name: str) -> Column[int]:
    return Column(name, Integer, ForeignKey("users.id"), nullable=False)


def maybe_person(name: str) -> Column[int]:
    return Column(name, Integer, ForeignKey("users.id"))


def gone(*tables: Table) -> None:
    """Give each an index of its tombstones: they are few, so what lives is counted by counting these."""
    for table in tables:
        Index(f"{table.name}_gone", table.c.project_id, sqlite_where=table.c.deleted_at.is_not(None))
