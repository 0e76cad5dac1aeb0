"""What readers of the store in memory may show: nothing that has a tombstone."""

from collections.abc import Iterator

from adapters.memory.content.tables import ItemRow, Tables, ThreadRow
from adapters.memory.content_store import MemoryContentStore
from domain.refs import EntityRef


def tables_of(store: MemoryContentStore) -> Tables:
    return store._tables  # noqa: SLF001 - the readers and the store are one, seen from several ports


def living_item(tables: Tables, ref: EntityRef) -> ItemRow | None:
    row = tables.items.get(ref)
    return None if row is None or row.deleted_at is not None else row


def living_items(tables: Tables) -> Iterator[tuple[EntityRef, ItemRow]]:
    return ((ref, row) for ref, row in tables.items.items() if row.deleted_at is None)


def living_threads(tables: Tables, ref: EntityRef) -> tuple[ThreadRow, ...]:
    """Those in which something is said."""
    threads = tables.threads.get(ref, {}).values()
    return tuple(thread for thread in threads if thread.deleted_at is None and thread.discussion.notes)


def path_of(tables: Tables, ref: EntityRef) -> str:
    return tables.projects[ref.project_id].stored.path


def same_name(one: str, other: str) -> bool:
    return one.removeprefix("@").casefold() == other.removeprefix("@").casefold()


def is_at(path: str | None, wanted: str) -> bool:
    """Whether a path is the wanted file, or lies below the wanted folder, which ends with a slash."""
    return path is not None and (path.startswith(wanted) if wanted.endswith("/") else path == wanted)
