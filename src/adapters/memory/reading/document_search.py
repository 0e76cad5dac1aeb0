"""Port `DocumentSearch`, over the tables of a store in memory."""

from collections.abc import Collection, Iterator, Sequence

from adapters.memory.content.tables import DocumentRow
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.reading.expressions import Field, evaluated, words_of
from adapters.memory.reading.living import is_at, same_name, tables_of
from application.ports.document_search import FoundDocument, SearchFilter
from domain.document_records import Document
from domain.named_items import NamedItem
from domain.ranking import ItemId
from domain.refs import EntityRef, SourceKey, SourceType

_TYPES = tuple(SourceType)
_WEIGHTS = (4.0, 1.0, 1.0, 0.5, 1.0)
"""Of title, body, labels, people and paths (spec/search.md)."""


class MemoryDocumentSearch:
    """Words are compared as they are, without stems, and a hit's score is how often they occur, by field weights."""

    def __init__(self, store: MemoryContentStore) -> None:
        self._store = store

    def frequency(self, expression: str, *, at_most: int) -> int:
        return min(len(self.by_text(expression, SearchFilter(), limit=at_most)), at_most)

    def size(self) -> int:
        return len({self._item_of(row.document) for row in self._rows()})

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int, rare: str = "") -> dict[ItemId, float]:
        score, is_rare = evaluated(expression), evaluated(rare or expression)
        best: dict[ItemId, float] = {}
        for item, texts in self._texts(chosen):
            counts = score(texts)
            if any(counts) and any(is_rare(texts)):
                weighed = sum(count * weight for count, weight in zip(counts, _WEIGHTS, strict=True))
                best[item] = max(weighed, best.get(item, 0.0))
        return dict(sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit])

    def holding(self, literals: Sequence[str], items: Collection[ItemId]) -> frozenset[ItemId]:
        said: dict[ItemId, list[str]] = {item: [] for item in items}
        for row in self._rows():
            said.get(self._item_of(row.document), []).append(_text_of(row.document))
        return frozenset(
            item for item, texts in said.items() if all(any(one in text for text in texts) for one in literals)
        )

    def named(self, names: Sequence[NamedItem], chosen: SearchFilter) -> frozenset[ItemId]:
        passing = [row.document for row in self._rows() if all(conditions(chosen, row.document))]
        return frozenset(
            self._item_of(one)
            for one in passing
            for name in names
            if one.key.source_type is not SourceType.DISCUSSION
            and (one.item_kind, one.iid) == (name.kind, name.iid)
            and name.is_in(one.project_path)
        )

    def items_of(self, document_ids: Collection[int]) -> dict[int, ItemId]:
        known = {document_number(row.document.key): self._item_of(row.document) for row in self._rows()}
        return {number: known[number] for number in document_ids if number in known}

    def telling(
        self, items: Collection[ItemId], chosen: SearchFilter, terms: Sequence[str], *, most: int
    ) -> dict[ItemId, tuple[FoundDocument, ...]]:
        found: dict[ItemId, list[Document]] = {item: [] for item in items}
        for row in self._rows():
            if all(conditions(chosen, row.document)):
                found.get(self._item_of(row.document), []).append(row.document)
        return {item: tuple(self._best(documents, terms)[:most]) for item, documents in found.items()}

    def _best(self, documents: Sequence[Document], terms: Sequence[str]) -> list[FoundDocument]:
        def place(document: Document) -> tuple[int, bool, int]:
            text = _text_of(document).lower()
            is_thread = document.key.source_type is SourceType.DISCUSSION
            return -sum(term in text for term in terms), is_thread, document_number(document.key)

        ranked = sorted(documents, key=place)
        return [self._found(document_number(document.key), document) for document in ranked]

    def _texts(self, chosen: SearchFilter) -> Iterator[tuple[ItemId, tuple[Field, ...]]]:
        """What an expression is compared with: whole items, or the documents that the filter lets through."""
        documents = [row.document for row in self._rows() if all(conditions(chosen, row.document))]
        if not chosen.is_of_items:
            yield from ((self._item_of(document), _fields(document)) for document in documents)
            return
        groups: dict[ItemId, list[Document]] = {}
        for document in sorted(documents, key=lambda one: one.key.source_type is SourceType.DISCUSSION):
            groups.setdefault(self._item_of(document), []).append(document)
        for item, (own, *threads) in groups.items():
            title, body, *names = _fields(own)
            yield item, (title, body + sum((_fields(thread)[1] for thread in threads), ()), *names)

    def _item_of(self, document: Document) -> ItemId:
        return item_of(self._store, document)

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
            item=self._item_of(document),
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


def item_of(store: MemoryContentStore, document: Document) -> ItemId:
    ref = EntityRef(document.project_id, document.item_kind, document.iid)
    return document.item_kind.value, tables_of(store).items[ref].source.source_id


def document_number(key: SourceKey) -> int:
    return key.source_id * len(_TYPES) + _TYPES.index(key.source_type)


def _text_of(document: Document) -> str:
    return "\n".join((document.title, *(part.text for part in document.parts)))


def _fields(document: Document) -> tuple[Field, ...]:
    texts = (
        document.title,
        "\n\n".join(part.text for part in document.parts),
        "\n".join((*document.labels, document.milestone)),
        *("\n".join(names) for names in (document.people, document.paths)),
    )
    return tuple(words_of(text) for text in texts)


def conditions(chosen: SearchFilter, document: Document) -> Iterator[bool]:
    threads_are_meant = SourceType.DISCUSSION in chosen.source_types
    kind = document.key.source_type if threads_are_meant else SourceType(document.item_kind)
    yield not chosen.source_types or kind in chosen.source_types
    yield chosen.project_ids is None or document.project_id in chosen.project_ids
    yield chosen.author is None or same_name(chosen.author, document.author)
    yield chosen.state in {None, document.state}
    yield all(any(same_name(wanted, label) for label in document.labels) for wanted in chosen.labels)
    yield chosen.path is None or any(is_at(path, chosen.path) for path in document.paths)
    yield chosen.created_since is None or document.created_at >= chosen.created_since
    yield chosen.created_until is None or document.created_at <= chosen.created_until
    yield chosen.updated_since is None or document.updated_at >= chosen.updated_since
