"""Bring the store to this program's schema, or only say what would be done."""

from dataclasses import dataclass

from application.ports.store_schema import StoreSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate:
    check_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationReport:
    place: str
    before: str | None
    """None: there was no store."""
    after: str | None
    newest: str
    needed: bool
    """There is still something to do."""


class MigrateStore:
    """Where there is no store, there is nothing to do: the first sync makes it."""

    def __init__(self, *, schema: StoreSchema) -> None:
        self._schema = schema

    def __call__(self, command: Migrate) -> MigrationReport:
        before = self._schema.state()
        if before.current not in {None, before.newest} and not command.check_only:
            self._schema.upgrade()
        after = self._schema.state()
        return MigrationReport(
            place=before.place,
            before=before.current,
            after=after.current,
            newest=after.newest,
            needed=after.current not in {None, after.newest},
        )
