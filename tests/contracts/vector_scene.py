"""A store with documents of chosen words, for what concerns vectors."""

from typing import Any, Protocol

from adapters.memory.embedder import MemoryEmbedder
from application.ports.content_store import ContentStore
from application.ports.document_search import DocumentSearch, SearchFilter
from application.ports.locks import EMBED, SYNC, Locks
from application.ports.vector_index import Meant, VectorIndex
from application.ports.vector_store import EmbeddedText, VectorStore, Wanted
from contracts import builders
from contracts.content.opened_store import issue_ref, merge_request_ref, put, put_set, register
from domain.refs import DependentKind, EntityKind, SourceKey, SourceType

ANY = SearchFilter()


class VectorPorts(Protocol):
    @property
    def store(self) -> ContentStore: ...
    @property
    def locks(self) -> Locks: ...
    @property
    def index(self) -> VectorIndex: ...
    @property
    def vectors(self) -> VectorStore: ...
    @property
    def search(self) -> DocumentSearch: ...


class VectorScene:
    """Writes documents, gives them vectors, and asks; `embedder` can be exchanged for another."""

    def __init__(self, ports: VectorPorts) -> None:
        self.ports = ports
        self.embedder = MemoryEmbedder()

    def write(
        self, iid: int, title: str, *chunks: str, kind: EntityKind = EntityKind.ISSUE, **fields: Any
    ) -> SourceKey:
        """An issue's or merge request's own document."""
        made = builders.issue(iid) if kind is EntityKind.ISSUE else builders.merge_request(iid)
        with self.ports.locks.hold(SYNC, wait_ms=0) as lease, self.ports.store.writing(lease) as transaction:
            project_id = register(transaction)
            put(transaction, project_id, made)
            ref = issue_ref(project_id, iid) if kind is EntityKind.ISSUE else merge_request_ref(project_id, iid)
            known = transaction.entities.get(ref)
            if known is None:
                raise AssertionError(ref)
            document = builders.document(
                known.source, project_id=project_id, item_kind=kind, iid=iid, title=title, **fields
            )
            transaction.documents.put(document, builders.chunks(*chunks))
        return known.source

    def write_thread(self, iid: int, title: str, *chunks: str, note_gitlab_id: int) -> SourceKey:
        """A thread of the issue, which has to be there."""
        with self.ports.locks.hold(SYNC, wait_ms=0) as lease, self.ports.store.writing(lease) as transaction:
            project_id = register(transaction)
            thread = builders.discussion(note_gitlab_id, builders.note(note_gitlab_id))
            (key,) = put_set(transaction, issue_ref(project_id, iid), DependentKind.DISCUSSIONS, thread)
            document = builders.document(key, project_id=project_id, iid=iid, title=title)
            transaction.documents.put(document, builders.chunks(*chunks, note_gitlab_id=note_gitlab_id))
        return key

    def remove(self, key: SourceKey) -> None:
        with self.ports.locks.hold(SYNC, wait_ms=0) as lease, self.ports.store.writing(lease) as transaction:
            transaction.documents.remove(key)

    def embed(self) -> int:
        """Everything; returns how many chunks got a vector."""
        return self.put(*self.ports.vectors.wanted(self.embedder.space, None))

    def put(self, *wanted: Wanted, text: str | None = None, vector_of: str | None = None, is_whole: bool = True) -> int:
        """The vectors of these texts, or of what is given instead."""
        found = self.ports.vectors.texts(wanted)
        embedded = [
            EmbeddedText(
                wanted=one,
                text=text or found[one],
                vector=self.embedder.embed_query(vector_of or text or found[one]),
                is_whole=is_whole,
            )
            for one in wanted
        ]
        with self.ports.locks.hold(EMBED, wait_ms=0) as lease:
            done = self.ports.vectors.put(lease, self.embedder.space, embedded)
            self.ports.vectors.tidy(lease)
        return done

    def nearest(
        self,
        query: str,
        meant: Meant = Meant.CHUNK,
        chosen: SearchFilter = ANY,
        *,
        limit: int = 10,
        exact: bool = False,
    ) -> list[str]:
        """What was found, as `#1`, `!2`, or `#1~` for a thread of issue 1."""
        found = self.ports.index.nearest(
            self.embedder.space, self.embedder.embed_query(query), meant, chosen, limit=limit, exact=exact
        )
        known = self.ports.search.documents([one.document_id for one in found])
        return [
            _name(known[one.document_id].kind, known[one.document_id].iid, known[one.document_id].source_type)
            for one in found
        ]


def _name(kind: EntityKind, iid: int, source_type: SourceType) -> str:
    return f"{kind.sigil}{iid}{'~' if source_type is SourceType.DISCUSSION else ''}"
