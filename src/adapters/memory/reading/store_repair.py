"""Port `StoreRepair`, over the tables of a store in memory, which can neither rot nor have an index of its own."""

from dataclasses import replace

from adapters.memory.content.tables import Tables
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.locks import MemoryLocks
from adapters.memory.reading.living import living_items, living_threads, tables_of
from application.ports.locks import Lease
from application.ports.store_repair import Finding, MendedVectors
from domain.refs import SourceKey


class MemoryStoreRepair:
    def __init__(self, store: MemoryContentStore, locks: MemoryLocks) -> None:
        self._store = store
        self._locks = locks

    def findings(self) -> tuple[Finding, ...]:
        tables = tables_of(self._store)
        missing = [key for key in _with_text(tables) if key not in tables.documents and key not in tables.dirty]
        return (
            Finding(check="integrity", count=0),
            Finding(check="foreign_keys", count=0),
            Finding(check="index", count=0),
            _finding("orphans", _orphans(tables)),
            _finding("documents", missing),
            Finding(check="chunks", count=0),
            Finding(check="vectors", count=0),
            Finding(check="segments", count=0),
        )

    def mend_index(self, lease: Lease) -> int:
        self._locks.check(lease)
        tables = tables_of(self._store)
        orphans = _orphans(tables)
        kept = {key: row for key, row in tables.documents.items() if key not in orphans}
        self._store._tables = replace(tables.copy(), documents=kept)  # noqa: SLF001 - one store, seen from two ports
        lease.let_others_in()
        return len(orphans)

    def mend_vectors(self, lease: Lease) -> MendedVectors:
        self._locks.check(lease)
        return MendedVectors(dropped=0, entries=0)


def _finding(check: str, wrong: list[SourceKey]) -> Finding:
    return Finding(
        check=check, count=len(wrong), example=f"{wrong[0].source_type} {wrong[0].source_id}" if wrong else ""
    )


def _with_text(tables: Tables) -> list[SourceKey]:
    """The sources that have a document: threads only where a person said something."""
    found = []
    for ref, row in living_items(tables):
        found.append(row.source)
        found += [
            thread.source
            for thread in living_threads(tables, ref)
            if not all(note.system for note in thread.discussion.notes)
        ]
    return found


def _orphans(tables: Tables) -> list[SourceKey]:
    living = {row.source for _, row in living_items(tables)}
    living |= {thread.source for ref, _ in living_items(tables) for thread in living_threads(tables, ref)}
    return [key for key in tables.documents if key not in living]
