"""Search by words and by meaning, and the embedding stage that makes the second possible."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from entrypoints.late import Late
from entrypoints.quick_injector import providers
from entrypoints.settings import Settings
from entrypoints.surroundings import Surroundings
from entrypoints.wiring.reading import Reading
from entrypoints.wiring.store import Store
from entrypoints.wiring.system import System

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from application.ports.cancellation import Cancellation
    from application.ports.clock import Clock
    from application.ports.document_search import DocumentSearch
    from application.ports.embedder import Embedder
    from application.ports.embedding_stage import EmbeddingStage
    from application.ports.locks import Locks
    from application.ports.progress import Progress
    from application.ports.vector_index import VectorIndex
    from application.ports.vector_store import VectorStore
    from application.search.meaning import MeaningSearch
    from application.search.search_documents import SearchDocuments


def _document_search(engine: Engine) -> DocumentSearch:
    from adapters.sql.reading.document_search import SqlDocumentSearch

    return SqlDocumentSearch(engine)


def _embedder(settings: Settings, surroundings: Surroundings, clock: Clock, closing: ExitStack) -> Embedder | None:
    from entrypoints.embedder_choice import chosen_embedder

    return chosen_embedder(settings.embedding, environ=surroundings.environ, clock=clock, closing=closing)


def _vector_index(engine: Engine) -> VectorIndex:
    from adapters.sql.vectors.index import SqlVectorIndex

    return SqlVectorIndex(engine)


def _vectors(engine: Engine, clock: Clock) -> VectorStore:
    from adapters.sql.vectors.store import SqlVectorStore

    return SqlVectorStore(engine, clock)


def _embedding(
    embedder: Embedder | None,
    vectors: VectorStore,
    locks: Locks,
    cancellation: Cancellation,
    progress: Progress,
) -> EmbeddingStage:
    from adapters.embedders.no_embedding import NoEmbedding
    from application.embedding.embed_documents import EmbedDocuments

    if embedder is None:
        return NoEmbedding()
    return EmbedDocuments(embedder=embedder, vectors=vectors, locks=locks, cancellation=cancellation, progress=progress)


class Search(Reading):
    document_search = providers.ThreadSafeSingleton(_document_search, engine=Store.engine)
    embedder = providers.ThreadSafeSingleton(
        _embedder,
        settings=System.settings,
        surroundings=System.surroundings,
        clock=System.clock,
        closing=System.closing,
    )
    vector_index = providers.ThreadSafeSingleton(_vector_index, engine=Store.engine)
    vectors = providers.ThreadSafeSingleton(_vectors, engine=Store.engine, clock=System.clock)
    embedding = providers.ThreadSafeSingleton(
        _embedding,
        embedder=embedder,
        vectors=vectors,
        locks=Store.locks,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    meaning_search: providers.Factory[MeaningSearch] = providers.Factory(
        Late("application.search.meaning:MeaningSearch"), embedder=embedder, get_index=vector_index.provider
    )
    search_documents: providers.Factory[SearchDocuments] = providers.Factory(
        Late("application.search.search_documents:SearchDocuments"),
        documents=document_search,
        meanings=meaning_search,
        choose_projects=Reading.choose_projects,
        tell_freshness=Reading.tell_freshness,
    )
