"""What documents are rendered from, read in batches."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, union

from adapters.sql.content.dirty_sources import ids_by_type
from adapters.sql.item_reading import StoredItem, living_items
from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import mr_file_changes
from adapters.sql.thread_reading import living_threads
from domain.document_records import DiscussionSource, DocumentSource, ItemSource
from domain.refs import EntityKind, SourceKey, SourceType

_PATHS = Prepared(
    union(
        *(
            select(mr_file_changes.c.merge_request_id, column.label("path")).where(
                among(mr_file_changes.c.merge_request_id, "ids"), column != ""
            )
            for column in (mr_file_changes.c.new_path, mr_file_changes.c.old_path)
        )
    )
)


def document_sources(connection: Connection, keys: Sequence[SourceKey]) -> dict[SourceKey, DocumentSource]:
    """Those of the keys that live."""
    ids = ids_by_type(keys)
    found: dict[SourceKey, DocumentSource] = {}
    for kind, tables in TABLES.items():
        found |= _items(connection, kind, ids.get(tables.source_type, []))
    return found | _threads(connection, ids.get(SourceType.DISCUSSION, []))


def _items(connection: Connection, kind: EntityKind, ids: Collection[int]) -> dict[SourceKey, DocumentSource]:
    if not ids:
        return {}
    paths = _paths(connection, ids) if kind is EntityKind.MERGE_REQUEST else {}
    sources = (
        ItemSource(
            key=SourceKey(TABLES[kind].source_type, item.item_id),
            project_id=item.project_id,
            project_path=item.project_path,
            entity=item.entity,
            paths=tuple(sorted(paths.get(item.item_id, ()))),
        )
        for item in living_items(connection, kind, ids).values()
    )
    return {source.key: source for source in sources}


def _paths(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in _PATHS.run(connection, ids=json.dumps(list(ids))):
        found[row.merge_request_id].add(row.path)
    return found


def _threads(connection: Connection, ids: Collection[int]) -> dict[SourceKey, DocumentSource]:
    if not ids:
        return {}
    threads = living_threads(connection, ids)
    items: dict[tuple[EntityKind, int], StoredItem] = {}
    for kind in EntityKind:
        wanted = {thread.item_id for thread in threads.values() if thread.item_kind is kind}
        items |= {(kind, key): item for key, item in living_items(connection, kind, wanted).items()}
    sources = (
        DiscussionSource(
            key=SourceKey(SourceType.DISCUSSION, key),
            project_id=item.project_id,
            project_path=item.project_path,
            item=item.entity,
            discussion=thread.discussion,
        )
        for key, thread in threads.items()
        if (item := items.get((thread.item_kind, thread.item_id))) is not None
    )
    return {source.key: source for source in sources}
