"""Vectors in memory, compared one by one."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence

from adapters.memory.content.tables import DocumentRow
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.locks import MemoryLocks
from adapters.memory.reading.document_search import conditions, document_number, item_of
from adapters.memory.reading.living import tables_of
from application.ports.document_search import SearchFilter
from application.ports.locks import Lease
from application.ports.vector_index import Coverage, DocumentMeaning, Meant, NearDocument
from application.ports.vector_store import EmbeddedText, Wanted
from domain.document_records import Document
from domain.embedding import EmbeddingSpace, Vector
from domain.refs import SourceKey, SourceType


class MemoryVectors:
    """Ports `VectorIndex` and `VectorStore`, over the documents of a store in memory.

    A text has its vector by its document and its words, so what is gone or changed has none.
    """

    def __init__(self, store: MemoryContentStore, locks: MemoryLocks) -> None:
        self._store = store
        self._locks = locks
        self._vectors: dict[tuple[Meant, SourceKey, str], tuple[EmbeddingSpace, Vector]] = {}
        self._in_part: set[tuple[Meant, SourceKey, str]] = set()
        self._numbers: dict[object, int] = {}

    def coverage(self, space: EmbeddingSpace | None) -> Coverage:
        places = list(self._places(Meant.CHUNK))
        embedded = [place for place in places if self._has(space, place)]
        return Coverage(
            chunks=len(places),
            embedded=len(embedded),
            in_part=sum(place in self._in_part for place in embedded),
        )

    def spaces(self) -> Collection[EmbeddingSpace]:
        return {self._vectors[place][0] for place in self._places(Meant.CHUNK) if place in self._vectors}

    def nearest(
        self,
        space: EmbeddingSpace,
        vector: Vector,
        meant: Meant,
        chosen: SearchFilter,
        *,
        limit: int,
        exact: bool = False,  # noqa: ARG002 - always
    ) -> Sequence[NearDocument]:
        best: dict[int, float] = {}
        for place in self._places(meant):
            key = place[1]
            found = self._near(space, vector, place)
            if found is not None and all(conditions(chosen, self._rows()[key].document)):
                number = document_number(key)
                best[number] = max(found, best.get(number, -2.0))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit]
        return [NearDocument(document_id=number, similarity=near) for number, near in ranked]

    def meanings(
        self, space: EmbeddingSpace, vector: Vector, document_ids: Collection[int]
    ) -> dict[int, DocumentMeaning]:
        return {
            document_number(key): self._meaning(space, vector, row)
            for key, row in self._rows().items()
            if document_number(key) in document_ids
        }

    def wanted(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        return self._wanted(keys, (Meant.TITLE, Meant.CHUNK), lambda place: not self._has(space, place))

    def read_in_part(self, space: EmbeddingSpace, keys: Collection[SourceKey] | None) -> Sequence[Wanted]:
        return self._wanted(keys, (Meant.CHUNK,), lambda place: self._has(space, place) and place in self._in_part)

    def texts(self, wanted: Sequence[Wanted]) -> dict[Wanted, str]:
        return {one: place[2] for one in wanted if (place := self._place(one)) is not None}

    def put(self, lease: Lease, space: EmbeddingSpace, embedded: Sequence[EmbeddedText]) -> int:
        self._locks.check(lease)
        chunks = 0
        for one in embedded:
            place = self._place(one.wanted)
            if place is not None and place[2] == one.text:
                self._vectors[place] = (space, one.vector)
                (self._in_part.discard if one.is_whole else self._in_part.add)(place)
                chunks += place[0] is Meant.CHUNK
        return chunks

    def tidy(self, lease: Lease) -> None:
        self._locks.check(lease)
        living = {place for meant in Meant for place in self._places(meant)}
        self._vectors = {place: kept for place, kept in self._vectors.items() if place in living}
        self._in_part &= living

    def _rows(self) -> dict[SourceKey, DocumentRow]:
        return dict(tables_of(self._store).documents)

    def _places(self, meant: Meant) -> Iterable[tuple[Meant, SourceKey, str]]:
        rows = sorted(self._rows().items(), key=lambda one: -one[1].document.updated_at)
        if meant is Meant.TITLE:
            return [
                (meant, key, row.document.title)
                for key, row in rows
                if key.source_type is not SourceType.DISCUSSION and row.document.title
            ]
        return dict.fromkeys((meant, key, chunk.text) for key, row in rows for chunk in row.chunks)

    def _wanted(
        self,
        keys: Collection[SourceKey] | None,
        kinds: Iterable[Meant],
        is_wanted: Callable[[tuple[Meant, SourceKey, str]], bool],
    ) -> Sequence[Wanted]:
        places = [place for meant in kinds for place in self._places(meant)]
        return [
            Wanted(meant=place[0], key=self._number(place))
            for place in places
            if (keys is None or place[1] in keys) and is_wanted(place)
        ]

    def _place(self, wanted: Wanted) -> tuple[Meant, SourceKey, str] | None:
        return next((place for place in self._places(wanted.meant) if self._number(place) == wanted.key), None)

    def _has(self, space: EmbeddingSpace | None, place: tuple[Meant, SourceKey, str]) -> bool:
        kept = self._vectors.get(place)
        return kept is not None and space in {None, kept[0]}

    def _near(self, space: EmbeddingSpace, vector: Vector, place: tuple[Meant, SourceKey, str]) -> float | None:
        kept = self._vectors.get(place)
        if kept is None or kept[0] != space:
            return None
        return math.fsum(a * b for a, b in zip(vector, kept[1], strict=True))

    def _meaning(self, space: EmbeddingSpace, vector: Vector, row: DocumentRow) -> DocumentMeaning:
        document = row.document
        nearest: tuple[float, int | None] | None = None
        for chunk in row.chunks:
            near = self._near(space, vector, (Meant.CHUNK, document.key, chunk.text))
            if near is not None and (nearest is None or near > nearest[0]):
                nearest = (near, chunk.note_gitlab_id)
        own = next((one.document for one in self._rows().values() if _is_own(one.document, document)), None)
        return DocumentMeaning(
            item=item_of(self._store, document),
            chunk=None if nearest is None else nearest[0],
            note_gitlab_id=None if nearest is None else nearest[1],
            title=None if own is None else self._near(space, vector, (Meant.TITLE, own.key, own.title)),
        )

    def _number(self, thing: object) -> int:
        return self._numbers.setdefault(thing, len(self._numbers) + 1)


def _is_own(one: Document, other: Document) -> bool:
    return one.key.source_type is not SourceType.DISCUSSION and (one.project_id, one.item_kind, one.iid) == (
        other.project_id,
        other.item_kind,
        other.iid,
    )
