"""Port `DocumentSearch`, over the tables of a store in memory."""

from collections.abc import Collection, Iterator

from adapters.memory.content.tables import DocumentRow
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.reading.expressions import Field, evaluated, words_of
from adapters.memory.reading.living import is_at, same_name, tables_of
from application.ports.document_search import FoundDocument, SearchFilter, TextHit
from domain.document_records import Document
from domain.refs import EntityRef, SourceKey, SourceType

_TYPES = tuple(SourceType)
_WEIGHTS = (4.0, 1.0, 1.0, 0.5, 1.0)
"""Of title, body, labels, people and paths (spec/search.md)."""


class MemoryDocumentSearch:
    """Words are compared as they are, without stems, and a hit's score is how often they occur, by field weights."""

    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def frequency(self, expression: str, *, at_most: int) -> int:
        score = evaluated(expression)
        return min(sum(any(score(_fields(row.document))) for row in self._rows()), at_most)

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int) -> tuple[TextHit, ...]:
        score = evaluated(expression)
        hits = []
        for row in self._rows():
            counts = score(_fields(row.document))
            if any(counts) and all(conditions(chosen, row.document)):
                weighed = sum(count * weight for count, weight in zip(counts, _WEIGHTS, strict=True))
                hits.append(TextHit(document_id=document_number(row.document.key), score=weighed))
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[:limit])

    def documents(self, ids: Collection[int]) -> dict[int, FoundDocument]:
        rows = {document_number(row.document.key): row.document for row in self._rows()}
        return {number: self._found(number, rows[number]) for number in ids if number in rows}

    def _rows(self) -> Collection[DocumentRow]:
        return tables_of(self._store).documents.values()

    def _found(self, number: int, document: Document) -> FoundDocument:
        tables = tables_of(self._store)
        item = tables.items[EntityRef(document.project_id, document.item_kind, document.iid)].entity
        return FoundDocument(
            document_id=number,
            source_type=document.key.source_type,
            project_path=tables.projects[document.project_id].stored.path,
            kind=document.item_kind,
            iid=document.iid,
            title=item.title,
            state=document.state,
            parts=document.parts,
            item_web_url=item.web_url,
            author=document.author,
            updated_at=document.updated_at,
        )


def document_number(key: SourceKey) -> int:
    return key.source_id * len(_TYPES) + _TYPES.index(key.source_type)


def _fields(document: Document) -> tuple[Field, ...]:
    texts = (
        document.title,
        "\n\n".join(part.text for part in document.parts),
        *("\n".join(names) for names in (document.labels, document.people, document.paths)),
    )
    return tuple(words_of(text) for text in texts)


def conditions(chosen: SearchFilter, document: Document) -> Iterator[bool]:
    yield not chosen.source_types or document.key.source_type in chosen.source_types
    yield chosen.project_ids is None or document.project_id in chosen.project_ids
    yield chosen.author is None or same_name(chosen.author, document.author)
    yield chosen.state in {None, document.state}
    yield all(any(same_name(wanted, label) for label in document.labels) for wanted in chosen.labels)
    yield chosen.path is None or any(is_at(path, chosen.path) for path in document.paths)
    yield chosen.created_since is None or document.created_at >= chosen.created_since
    yield chosen.created_until is None or document.created_at <= chosen.created_until
    yield chosen.updated_since is None or document.updated_at >= chosen.updated_since
