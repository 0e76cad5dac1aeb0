"""Port `DocumentSearch`: FTS5 with field weights, filters inside the query."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, bindparam, func, literal_column, select, text

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared, among
from adapters.sql.reading.document_filters import conditions
from adapters.sql.reading.found_documents import FOUND, found_document
from adapters.sql.schema import documents, documents_fts, items_fts, projects
from adapters.sql.unchanged import Remembered
from application.ports.document_search import FoundDocument, SearchFilter
from domain.named_items import NamedItem
from domain.ranking import ItemId
from domain.refs import EntityKind

# A word in the title counts four times (spec/search.md).
_DOCUMENT_RANK: ColumnElement[float] = literal_column("bm25(documents_fts, 4.0, 1.0, 1.0, 0.5, 1.0)")
"""Of title, body, labels, people and paths."""
_ITEM_RANK: ColumnElement[float] = literal_column("bm25(items_fts, 4.0, 1.0, 1.0, 1.0, 0.5, 0.5)")
"""Of title, body, comments, labels, people and paths."""
_DOCUMENT_MATCHES: ColumnElement[bool] = text("documents_fts MATCH :expression")  # type: ignore[assignment]  # a bare condition
_ITEM_MATCHES: ColumnElement[bool] = text("items_fts MATCH :expression")  # type: ignore[assignment]  # a bare condition
_ITEM_IS_RARE: ColumnElement[bool] = text(  # type: ignore[assignment]  # a bare condition
    "+items_fts.rowid IN (SELECT rowid FROM items_fts WHERE items_fts MATCH :rare)"
)
"""Asked of each match before it gets a rank, which costs ten times as much as to find it."""
_DOCUMENT_IS_RARE: ColumnElement[bool] = text(  # type: ignore[assignment]  # a bare condition
    "+documents_fts.rowid IN (SELECT rowid FROM documents_fts WHERE documents_fts MATCH :rare)"
)
_FREQUENCY = Prepared(
    select(func.count()).select_from(
        select(items_fts.c.rowid).where(_ITEM_MATCHES).limit(bindparam("at_most")).subquery("some")
    )
)
_ITEMS_OF = Prepared(
    select(documents.c.id, documents.c.item_kind, documents.c.item_id).where(among(documents.c.id, "ids"))
)
_PROJECTS = Prepared(select(projects.c.id, projects.c.path))
_HOLDING = """
SELECT documents.item_kind, documents.item_id, literal.key
FROM json_each(:items) AS named CROSS JOIN documents CROSS JOIN json_each(:literals) AS literal
WHERE documents.item_kind = json_extract(named.value, '$[0]')
AND documents.item_id = json_extract(named.value, '$[1]')
AND (instr(documents.title, json_extract(literal.value, '$[0]')) > 0
    OR instr(documents.parts_json, json_extract(literal.value, '$[1]')) > 0)
GROUP BY documents.item_kind, documents.item_id, literal.key
"""


def _of_any_items(*, is_rare: bool) -> Prepared:
    best = (
        select(items_fts.c.rowid, _ITEM_RANK.label("rank"))
        .where(_ITEM_MATCHES, *([_ITEM_IS_RARE] if is_rare else []))
        .order_by(literal_column("rank"), items_fts.c.rowid)
        .limit(bindparam("limit"))
        .subquery("best")
    )
    return Prepared(
        select(documents.c.item_kind, documents.c.item_id, best.c.rank)
        .select_from(best.join(documents, documents.c.id == best.c.rowid))
        .order_by(best.c.rank, best.c.rowid)
    )


_OF_ANY_ITEMS = {is_rare: _of_any_items(is_rare=is_rare) for is_rare in (False, True)}
"""Without a filter the documents of the few best are looked at, instead of those of all matches: half the time."""
_ANYTHING = SearchFilter()
_named = func.json_each(bindparam("items")).table_valued("value", name="named")
_terms = func.json_each(bindparam("terms")).table_valued("value", name="terms")


class SqlDocumentSearch:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._size = Remembered(_count)

    def frequency(self, expression: str, *, at_most: int) -> int:
        with self._engine.connect() as connection:
            return int(_FREQUENCY.run(connection, expression=expression, at_most=at_most).scalar())

    def size(self) -> int:
        with self._engine.connect() as connection:
            return self._size.of(connection, None)

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int, rare: str = "") -> dict[ItemId, float]:
        asked = {"expression": expression, "limit": limit} | ({"rare": rare} if rare else {})
        with self._engine.connect() as connection:
            if chosen == _ANYTHING:
                rows = _OF_ANY_ITEMS[bool(rare)].run(connection, **asked).plain()
            else:
                of = _of_items if chosen.is_of_items else _of_documents
                statement = of(chosen, is_rare=bool(rare))
                rows = [tuple(row) for row in connection.execute(statement, asked)]
        return {(kind, number): -rank for kind, number, rank in rows}

    def holding(self, literals: Sequence[str], items: Collection[ItemId]) -> frozenset[ItemId]:
        held: dict[ItemId, int] = {}
        escaped = [(one, json.dumps(one, ensure_ascii=False)[1:-1]) for one in literals]
        asked = {"items": json.dumps(list(items)), "literals": json.dumps(escaped)}
        with self._engine.connect() as connection:
            for kind, number, _ in connection.execute(text(_HOLDING), asked):
                held[kind, number] = held.get((kind, number), 0) + 1
        return frozenset(item for item, count in held.items() if count == len(literals))

    def named(self, names: Sequence[NamedItem], chosen: SearchFilter) -> frozenset[ItemId]:
        with self._engine.connect() as connection:
            known = list(_PROJECTS.run(connection))
            return frozenset(
                (row.item_kind, row.item_id)
                for name in names
                for row in connection.execute(
                    _own_document(name.kind, chosen),
                    {"iid": name.iid, "projects": [project.id for project in known if name.is_in(project.path)]},
                )
            )

    def items_of(self, document_ids: Collection[int]) -> dict[int, ItemId]:
        with self._engine.connect() as connection:
            rows = _ITEMS_OF.run(connection, ids=json.dumps(list(document_ids))).plain()
        return {document: (kind, number) for document, kind, number in rows}

    def telling(
        self, items: Collection[ItemId], chosen: SearchFilter, terms: Sequence[str], *, most: int
    ) -> dict[ItemId, tuple[FoundDocument, ...]]:
        asked = {"items": json.dumps(list(items)), "terms": json.dumps(list(terms)), "most": most}
        with self._engine.connect() as connection:
            if chosen == _ANYTHING:
                ids = [key for (key,) in _TELLING_OF_ANY.run(connection, **asked).plain()]
            else:
                ids = list(connection.execute(_telling(chosen), asked).scalars())
        known = self.documents(ids)
        return {item: tuple(known[key] for key in ids if known[key].item == item) for item in items}

    def documents(self, ids: Collection[int]) -> dict[int, FoundDocument]:
        with self._engine.connect() as connection:
            return {row.id: found_document(row) for row in FOUND.run(connection, ids=json.dumps(list(ids)))}


def _own_document(kind: EntityKind, chosen: SearchFilter) -> Select[tuple[Any, ...]]:
    item = TABLES[kind].item
    return (
        select(documents.c.item_kind, documents.c.item_id)
        .select_from(item.join(documents, and_(documents.c.source_type == kind, documents.c.source_id == item.c.id)))
        .where(item.c.project_id.in_(bindparam("projects", expanding=True)), item.c.iid == bindparam("iid"))
        .where(*conditions(chosen))
    )


def _count(connection: Connection, _: None) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM items_fts_docsize").scalar_one())


def _of_items(chosen: SearchFilter, *, is_rare: bool) -> Select[tuple[Any, ...]]:
    return (
        select(documents.c.item_kind, documents.c.item_id, _ITEM_RANK.label("rank"))
        .select_from(items_fts.join(documents, documents.c.id == items_fts.c.rowid))
        .where(_ITEM_MATCHES, *([_ITEM_IS_RARE] if is_rare else []), *conditions(chosen))
        .order_by(literal_column("rank"), items_fts.c.rowid)
        .limit(bindparam("limit"))
    )


def _of_documents(chosen: SearchFilter, *, is_rare: bool) -> Select[tuple[Any, ...]]:
    hits = (
        select(documents.c.item_kind, documents.c.item_id, _DOCUMENT_RANK.label("rank"))
        .select_from(documents_fts.join(documents, documents.c.id == documents_fts.c.rowid))
        .where(_DOCUMENT_MATCHES, *([_DOCUMENT_IS_RARE] if is_rare else []), *conditions(chosen))
        .cte("hits")
        .prefix_with("MATERIALIZED")  # bm25 cannot be asked for inside a grouping
    )
    best = func.min(hits.c.rank).label("rank")
    return (
        select(hits.c.item_kind, hits.c.item_id, best)
        .group_by(hits.c.item_kind, hits.c.item_id)
        .order_by(best, hits.c.item_kind, hits.c.item_id)
        .limit(bindparam("limit"))
    )


def _telling(chosen: SearchFilter) -> Select[tuple[Any, ...]]:
    of_items = (
        select(
            documents.c.id,
            documents.c.item_kind,
            documents.c.item_id,
            (documents.c.source_type != documents.c.item_kind).label("is_thread"),
            func.lower(documents.c.parts_json).label("said"),
        )
        .select_from(
            _named.join(
                documents,
                and_(
                    documents.c.item_kind == func.json_extract(_named.c.value, "$[0]"),
                    documents.c.item_id == func.json_extract(_named.c.value, "$[1]"),
                ),
            )
        )
        .where(*conditions(chosen))
        .cte("of_items")
        .prefix_with("MATERIALIZED")
    )
    held = (
        select(func.count())
        .select_from(_terms)
        .where(func.instr(of_items.c.said, _terms.c.value) > 0)
        .correlate(of_items)
        .scalar_subquery()
    )
    place = func.row_number().over(
        partition_by=(of_items.c.item_kind, of_items.c.item_id),
        order_by=(held.desc(), of_items.c.is_thread, of_items.c.id),
    )
    placed = select(of_items.c.id, place.label("place")).cte("placed")
    return select(placed.c.id).where(placed.c.place <= bindparam("most")).order_by(placed.c.place, placed.c.id)


_TELLING_OF_ANY = Prepared(_telling(_ANYTHING))
