"""The composition root: the one module that knows which adapter meets which port.

Each builder imports its adapter when it is first asked for, so a command pays only for what it uses, and its return
type makes mypy check that the adapter meets the port. Use-cases are `Late` for the same reason; the annotation beside
each says what it makes, and a test compares both and every dependency with the signatures. What must be closed is
entered on one stack, which closes it in reverse order whatever else fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from entrypoints.late import Late
from entrypoints.quick_injector import containers, providers
from entrypoints.settings import InstanceSettings, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from application.documents.generate_scoped_docs import GenerateScopedDocs
    from application.operations.check_store import DescribeStore, RepairStore
    from application.operations.check_tokens import CheckTokens
    from application.operations.count_rows import CountRows
    from application.operations.current_project import CurrentProject
    from application.operations.doctor import Doctor
    from application.operations.forget_project import ForgetProject
    from application.operations.list_projects import ListProjects
    from application.operations.migrate_store import MigrateStore
    from application.operations.read_status import ReadStatus
    from application.operations.regenerate_documents import RegenerateDocuments
    from application.operations.set_up_instance import SetUpInstance
    from application.operations.sync_runs import ListSyncRuns
    from application.ports.blame import Blame
    from application.ports.cancellation import Cancellation
    from application.ports.clock import Clock
    from application.ports.content_store import ContentStore
    from application.ports.document_search import DocumentSearch
    from application.ports.document_sources import DocumentSources
    from application.ports.embedder import Embedder
    from application.ports.embedding_stage import EmbeddingStage
    from application.ports.gitlab_reader import GitLabs
    from application.ports.health import HealthCheck
    from application.ports.identifiers import Identifiers
    from application.ports.item_reader import ItemReader
    from application.ports.liveness import Liveness
    from application.ports.locks import Locks
    from application.ports.note_reader import NoteReader
    from application.ports.private_files import PrivateFiles
    from application.ports.process_identity import ProcessIdentity
    from application.ports.progress import Progress
    from application.ports.project_registry import ProjectRegistry
    from application.ports.run_ledger import RunLedger
    from application.ports.sql_console import SqlConsole
    from application.ports.store_figures import StoreFigures
    from application.ports.store_health import StoreHealth
    from application.ports.store_repair import StoreRepair
    from application.ports.store_schema import StoreSchema
    from application.ports.tokens import Tokens
    from application.ports.vector_index import VectorIndex
    from application.ports.vector_store import VectorStore
    from application.ports.workers import Workers
    from application.reading.freshness import TellFreshness
    from application.reading.list_items import ListItems
    from application.reading.list_notes import ListNotes
    from application.reading.project_choice import ChooseProjects
    from application.reading.show_item import ShowItem
    from application.search.meaning import MeaningSearch
    from application.search.search_documents import SearchDocuments
    from application.sync.dependent_sets import FetchDependents
    from application.sync.drain_dependents import DrainDependents
    from application.sync.drain_dirty_sources import DrainDirtySources
    from application.sync.ingest_lists import IngestLists
    from application.sync.preflight import Preflight
    from application.sync.reconcile_lists import ReconcileLists
    from application.sync.recorder import SyncRunRecorder
    from application.sync.resolve_projects import ResolveProjects
    from application.sync.standard import StandardSync
    from application.sync.surgical import SurgicalSync

_ONLY_VARIABLE = "GITLAB_TOKEN"
_GIT_SECONDS = 30
_HASTY_WAITS_MS = 3_000
_HASTY_MS = 15_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a container gets from the door that opens it."""

    environ: Mapping[str, str] = field(repr=False)
    progress: Progress
    urgent: bool = False
    """Somebody waits for a few items: requests may use the part of the budget that bulk work leaves."""
    hasty: bool = False
    """Somebody wants to know whether GitLab answers: a few seconds of trying are enough."""


def _clock() -> Clock:
    from adapters.system.clock import SystemClock

    return SystemClock()


def _identifiers() -> Identifiers:
    from adapters.system.identifiers import UuidIdentifiers

    return UuidIdentifiers()


def _process() -> ProcessIdentity:
    from adapters.system.process_identity import SystemProcessIdentity

    return SystemProcessIdentity()


def _cancellation(closing: ExitStack) -> Cancellation:
    """Asked for in the main thread, which alone hears signals."""
    from adapters.system.cancellation import SignalCancellation

    cancellation = SignalCancellation()
    closing.enter_context(cancellation.listening())
    return cancellation


def _progress(surroundings: Surroundings) -> Progress:
    return surroundings.progress


def _workers(settings: Settings) -> Workers:
    from adapters.threads.workers import ThreadWorkers

    return ThreadWorkers(settings.sync.concurrency)


def _blame(surroundings: Surroundings) -> Blame:
    from pathlib import Path

    from adapters.git.blame import GitBlame
    from adapters.git.command import Git

    git = Git(program="git", environment=surroundings.environ, timeout_seconds=_GIT_SECONDS)
    return GitBlame(git=git, folder=Path.cwd())


def _private_files() -> PrivateFiles:
    from adapters.secrets.private_files import DiskPrivateFiles

    return DiskPrivateFiles()


def _tokens(settings: Settings, surroundings: Surroundings, private_files: PrivateFiles) -> Tokens:
    from adapters.secrets.system_keyring import installed_keyring
    from adapters.secrets.tokens import SystemTokens, TokenPlace

    alone = len(settings.instances) == 1
    places = {
        instance.name: TokenPlace(
            url=instance.url,
            variable=_token_variable(instance, alone=alone),
            file=instance.token_file,
            command=instance.token_command,
        )
        for instance in settings.instances
    }
    return SystemTokens(
        places,
        environ=surroundings.environ,
        files=private_files,
        folder=settings.config_file.parent / "tokens",
        keyring=installed_keyring(),
    )


def _token_variable(instance: InstanceSettings, *, alone: bool) -> str | None:
    """GITLAB_TOKEN is meant for the only instance there is; of several, nobody could say for which."""
    if instance.token_env or instance.token_file or instance.token_command:
        return instance.token_env
    return _ONLY_VARIABLE if alone else None


def _gitlabs(
    settings: Settings, surroundings: Surroundings, tokens: Tokens, clock: Clock, closing: ExitStack
) -> GitLabs:
    from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
    from adapters.gitlab.retries import Patience
    from entrypoints.program_version import program_version

    connections = [
        InstanceConnection(
            name=instance.name,
            url=instance.url,
            token=partial(_secret, tokens, instance.name),
            ca_file=str(instance.ca_file) if instance.ca_file else None,
            requests_per_second=settings.sync.requests_per_second,
            concurrency=settings.sync.concurrency,
            urgent=surroundings.urgent,
        )
        for instance in settings.instances
    ]
    budget_folder = settings.data_folder if settings.data_folder.is_dir() else None
    patience = Patience(waits_ms=_HASTY_WAITS_MS, elapsed_ms=_HASTY_MS) if surroundings.hasty else Patience()
    habits = Habits(version=program_version(), budget_folder=budget_folder, patience=patience)
    return closing.enter_context(HttpGitLabs(connections, clock, habits))


def _secret(tokens: Tokens, instance: str) -> str:
    return tokens.find(instance).secret


def _liveness(settings: Settings) -> Liveness:
    from adapters.locks.kernel_liveness import KernelLiveness

    return KernelLiveness(settings.lock_folder)


def _schema(settings: Settings, liveness: Liveness) -> StoreSchema:
    from adapters.sql.store_schema import SqlStoreSchema

    return SqlStoreSchema(settings.storage.database_url, liveness)


def _engine(settings: Settings, liveness: Liveness, closing: ExitStack) -> Engine:
    """Without a configuration only a store that is there is opened; none is made by somebody who only looks around."""
    from adapters.sql.database import open_database
    from entrypoints.folders import make_private_folder

    if not settings.store_file.exists():
        if not settings.config_exists:
            settings.configured_instances()
        make_private_folder(settings.data_folder)
    return closing.enter_context(open_database(settings.storage.database_url, liveness=liveness))


def _store(engine: Engine, clock: Clock) -> ContentStore:
    from adapters.sql.content_store import SqlContentStore

    return SqlContentStore(engine, clock)


def _locks(
    engine: Engine,
    liveness: Liveness,
    clock: Clock,
    identifiers: Identifiers,
    process: ProcessIdentity,
    settings: Settings,
) -> Locks:
    from adapters.sql.locks import SqlLocks

    return SqlLocks(
        engine,
        liveness=liveness,
        clock=clock,
        identifiers=identifiers,
        process=process,
        stale_lock_minutes=settings.sync.stale_lock_minutes,
    )


def _ledger(engine: Engine, liveness: Liveness, clock: Clock, process: ProcessIdentity) -> RunLedger:
    from adapters.sql.run_ledger import SqlRunLedger

    return SqlRunLedger(engine, liveness=liveness, clock=clock, process=process)


def _registry(engine: Engine) -> ProjectRegistry:
    from adapters.sql.project_registry import SqlProjectRegistry

    return SqlProjectRegistry(engine)


def _document_sources(engine: Engine) -> DocumentSources:
    from adapters.sql.document_sources import SqlDocumentSources

    return SqlDocumentSources(engine)


def _items(engine: Engine) -> ItemReader:
    from adapters.sql.reading.item_reader import SqlItemReader

    return SqlItemReader(engine)


def _notes(engine: Engine) -> NoteReader:
    from adapters.sql.reading.note_reader import SqlNoteReader

    return SqlNoteReader(engine)


def _document_search(engine: Engine) -> DocumentSearch:
    from adapters.sql.reading.document_search import SqlDocumentSearch

    return SqlDocumentSearch(engine)


def _figures(engine: Engine) -> StoreFigures:
    from adapters.sql.store_figures import SqlStoreFigures

    return SqlStoreFigures(engine)


def _repair(engine: Engine) -> StoreRepair:
    from adapters.sql.store_repair import SqlStoreRepair

    return SqlStoreRepair(engine)


def _console(settings: Settings) -> SqlConsole:
    from adapters.sql.console import SqliteConsole

    return SqliteConsole(settings.store_file)


def _health(settings: Settings, liveness: Liveness, clock: Clock, process: ProcessIdentity) -> StoreHealth:
    from adapters.sql.store_health import SqlStoreHealth

    return SqlStoreHealth(
        settings.storage.database_url,
        liveness=liveness,
        clock=clock,
        process=process,
        stale_lock_minutes=settings.sync.stale_lock_minutes,
    )


def _health_checks(
    settings: Settings,
    tokens: Tokens,
    gitlabs: GitLabs,
    clock: Clock,
    schema: StoreSchema,
    health: StoreHealth,
    embedder: Embedder,
) -> Sequence[HealthCheck]:
    """In the order in which they are shown: what others rest on first."""
    from application.operations.embedder_check import EmbedderAnswers
    from application.operations.health_checks import ServerAnswers, TokenIsGood, TokenIsThere
    from application.operations.store_checks import (
        IndexIsComplete,
        LocksAreFree,
        PassagesHaveVectors,
        StoreIsSound,
        StoreIsThere,
    )

    checks: list[HealthCheck] = []
    for instance in settings.instances:
        checks += [
            TokenIsThere(instance=instance.name, tokens=tokens),
            ServerAnswers(instance=instance.name, gitlabs=gitlabs),
            TokenIsGood(instance=instance.name, gitlabs=gitlabs, clock=clock),
        ]
    vectors = [PassagesHaveVectors(schema=schema, health=health)] if settings.embedding.provider != "none" else []
    return [
        *checks,
        StoreIsThere(schema=schema),
        StoreIsSound(schema=schema, health=health),
        IndexIsComplete(schema=schema, health=health),
        *vectors,
        LocksAreFree(schema=schema, health=health),
        EmbedderAnswers(embedder=None if settings.embedding.provider == "none" else embedder),
    ]


def _embedder(settings: Settings, surroundings: Surroundings, clock: Clock, closing: ExitStack) -> Embedder:
    from entrypoints.embedder_choice import chosen_embedder

    return chosen_embedder(settings.embedding, environ=surroundings.environ, clock=clock, closing=closing)


def _vector_index(engine: Engine) -> VectorIndex:
    from adapters.sql.vectors.index import SqlVectorIndex

    return SqlVectorIndex(engine)


def _vectors(engine: Engine, clock: Clock) -> VectorStore:
    from adapters.sql.vectors.store import SqlVectorStore

    return SqlVectorStore(engine, clock)


def _embedding(
    settings: Settings,
    embedder: Embedder,
    vectors: VectorStore,
    locks: Locks,
    cancellation: Cancellation,
    progress: Progress,
) -> EmbeddingStage:
    from adapters.embedders.no_embedding import NoEmbedding
    from application.embedding.embed_documents import EmbedDocuments

    if settings.embedding.provider == "none":
        return NoEmbedding("")
    return EmbedDocuments(embedder=embedder, vectors=vectors, locks=locks, cancellation=cancellation, progress=progress)


class Container(containers.DeclarativeContainer):
    settings = providers.Dependency(instance_of=Settings)
    surroundings = providers.Dependency(instance_of=Surroundings)
    closing = providers.Dependency(instance_of=ExitStack)

    clock = providers.ThreadSafeSingleton(_clock)
    identifiers = providers.ThreadSafeSingleton(_identifiers)
    process = providers.ThreadSafeSingleton(_process)
    cancellation = providers.ThreadSafeSingleton(_cancellation, closing=closing)
    progress = providers.ThreadSafeSingleton(_progress, surroundings=surroundings)
    workers = providers.ThreadSafeSingleton(_workers, settings=settings)
    blame = providers.ThreadSafeSingleton(_blame, surroundings=surroundings)

    private_files = providers.ThreadSafeSingleton(_private_files)
    tokens = providers.ThreadSafeSingleton(
        _tokens, settings=settings, surroundings=surroundings, private_files=private_files
    )
    gitlabs = providers.ThreadSafeSingleton(
        _gitlabs, settings=settings, surroundings=surroundings, tokens=tokens, clock=clock, closing=closing
    )
    liveness = providers.ThreadSafeSingleton(_liveness, settings=settings)
    schema = providers.ThreadSafeSingleton(_schema, settings=settings, liveness=liveness)
    health = providers.ThreadSafeSingleton(_health, settings=settings, liveness=liveness, clock=clock, process=process)
    engine = providers.ThreadSafeSingleton(_engine, settings=settings, liveness=liveness, closing=closing)
    store = providers.ThreadSafeSingleton(_store, engine=engine, clock=clock)
    locks = providers.ThreadSafeSingleton(
        _locks,
        engine=engine,
        liveness=liveness,
        clock=clock,
        identifiers=identifiers,
        process=process,
        settings=settings,
    )
    ledger = providers.ThreadSafeSingleton(_ledger, engine=engine, liveness=liveness, clock=clock, process=process)
    registry = providers.ThreadSafeSingleton(_registry, engine=engine)
    document_sources = providers.ThreadSafeSingleton(_document_sources, engine=engine)
    items = providers.ThreadSafeSingleton(_items, engine=engine)
    notes = providers.ThreadSafeSingleton(_notes, engine=engine)
    figures = providers.ThreadSafeSingleton(_figures, engine=engine)
    repair = providers.ThreadSafeSingleton(_repair, engine=engine)
    console = providers.ThreadSafeSingleton(_console, settings=settings)
    document_search = providers.ThreadSafeSingleton(_document_search, engine=engine)
    embedder = providers.ThreadSafeSingleton(
        _embedder, settings=settings, surroundings=surroundings, clock=clock, closing=closing
    )
    vector_index = providers.ThreadSafeSingleton(_vector_index, engine=engine)
    vectors = providers.ThreadSafeSingleton(_vectors, engine=engine, clock=clock)
    embedding = providers.ThreadSafeSingleton(
        _embedding,
        settings=settings,
        embedder=embedder,
        vectors=vectors,
        locks=locks,
        cancellation=cancellation,
        progress=progress,
    )
    health_checks = providers.ThreadSafeSingleton(
        _health_checks,
        settings=settings,
        tokens=tokens,
        gitlabs=gitlabs,
        clock=clock,
        schema=schema,
        health=health,
        embedder=embedder,
    )

    recorder: providers.Factory[SyncRunRecorder] = providers.Factory(
        Late("application.sync.recorder:SyncRunRecorder"),
        ledger=ledger,
        clock=clock,
        identifiers=identifiers,
        process=process,
    )
    resolve_projects: providers.Factory[ResolveProjects] = providers.Factory(
        Late("application.sync.resolve_projects:ResolveProjects"),
        gitlabs=gitlabs,
        store=store,
        workers=workers,
        cancellation=cancellation,
    )
    ingest_lists: providers.Factory[IngestLists] = providers.Factory(
        Late("application.sync.ingest_lists:IngestLists"),
        gitlabs=gitlabs,
        store=store,
        workers=workers,
        clock=clock,
        cancellation=cancellation,
        progress=progress,
    )
    fetch_dependents: providers.Factory[FetchDependents] = providers.Factory(
        Late("application.sync.dependent_sets:FetchDependents"), gitlabs=gitlabs, store=store, clock=clock
    )
    drain_dependents: providers.Factory[DrainDependents] = providers.Factory(
        Late("application.sync.drain_dependents:DrainDependents"),
        fetch=fetch_dependents,
        store=store,
        workers=workers,
        clock=clock,
        cancellation=cancellation,
        progress=progress,
    )
    generate_docs: providers.Factory[GenerateScopedDocs] = providers.Factory(
        Late("application.documents.generate_scoped_docs:GenerateScopedDocs"), store=store
    )
    drain_dirty_sources: providers.Factory[DrainDirtySources] = providers.Factory(
        Late("application.sync.drain_dirty_sources:DrainDirtySources"),
        generate_docs=generate_docs,
        store=store,
        cancellation=cancellation,
        progress=progress,
    )
    reconcile_lists: providers.Factory[ReconcileLists] = providers.Factory(
        Late("application.sync.reconcile_lists:ReconcileLists"),
        gitlabs=gitlabs,
        store=store,
        workers=workers,
        clock=clock,
        cancellation=cancellation,
        progress=progress,
    )
    preflight: providers.Factory[Preflight] = providers.Factory(
        Late("application.sync.preflight:Preflight"),
        gitlabs=gitlabs,
        store=store,
        workers=workers,
        cancellation=cancellation,
    )
    standard_sync: providers.Factory[StandardSync] = providers.Factory(
        Late("application.sync.standard:StandardSync"),
        recorder=recorder,
        locks=locks,
        gitlabs=gitlabs,
        store=store,
        resolve_projects=resolve_projects,
        ingest_lists=ingest_lists,
        reconcile_lists=reconcile_lists,
        drain_dependents=drain_dependents,
        drain_dirty_sources=drain_dirty_sources,
        embedding=embedding,
        cancellation=cancellation,
        progress=progress,
    )
    surgical_sync: providers.Factory[SurgicalSync] = providers.Factory(
        Late("application.sync.surgical:SurgicalSync"),
        recorder=recorder,
        locks=locks,
        gitlabs=gitlabs,
        store=store,
        workers=workers,
        preflight=preflight,
        fetch_dependents=fetch_dependents,
        generate_docs=generate_docs,
        embedding=embedding,
        clock=clock,
        cancellation=cancellation,
        progress=progress,
    )

    choose_projects: providers.Factory[ChooseProjects] = providers.Factory(
        Late("application.reading.project_choice:ChooseProjects"), items=items
    )
    tell_freshness: providers.Factory[TellFreshness] = providers.Factory(
        Late("application.reading.freshness:TellFreshness"), ledger=ledger, clock=clock
    )
    list_items: providers.Factory[ListItems] = providers.Factory(
        Late("application.reading.list_items:ListItems"),
        items=items,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    show_item: providers.Factory[ShowItem] = providers.Factory(
        Late("application.reading.show_item:ShowItem"),
        items=items,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    list_notes: providers.Factory[ListNotes] = providers.Factory(
        Late("application.reading.list_notes:ListNotes"),
        notes=notes,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    meaning_search: providers.Factory[MeaningSearch] = providers.Factory(
        Late("application.search.meaning:MeaningSearch"), embedder=embedder, index=vector_index
    )
    search_documents: providers.Factory[SearchDocuments] = providers.Factory(
        Late("application.search.search_documents:SearchDocuments"),
        documents=document_search,
        meanings=meaning_search,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )

    check_tokens: providers.Factory[CheckTokens] = providers.Factory(
        Late("application.operations.check_tokens:CheckTokens"), gitlabs=gitlabs, tokens=tokens, clock=clock
    )
    current_project: providers.Factory[CurrentProject] = providers.Factory(
        Late("application.operations.current_project:CurrentProject"), blame=blame
    )
    doctor: providers.Factory[Doctor] = providers.Factory(
        Late("application.operations.doctor:Doctor"), checks=health_checks
    )
    forget_project: providers.Factory[ForgetProject] = providers.Factory(
        Late("application.operations.forget_project:ForgetProject"), registry=registry, locks=locks
    )
    list_projects: providers.Factory[ListProjects] = providers.Factory(
        Late("application.operations.list_projects:ListProjects"), registry=registry
    )
    list_sync_runs: providers.Factory[ListSyncRuns] = providers.Factory(
        Late("application.operations.sync_runs:ListSyncRuns"), ledger=ledger
    )
    migrate_store: providers.Factory[MigrateStore] = providers.Factory(
        Late("application.operations.migrate_store:MigrateStore"), schema=schema
    )
    regenerate_documents: providers.Factory[RegenerateDocuments] = providers.Factory(
        Late("application.operations.regenerate_documents:RegenerateDocuments"),
        locks=locks,
        store=store,
        sources=document_sources,
        drain_dirty_sources=drain_dirty_sources,
        clock=clock,
    )
    read_status: providers.Factory[ReadStatus] = providers.Factory(
        Late("application.operations.read_status:ReadStatus"),
        figures=figures,
        ledger=ledger,
        clock=clock,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    count_rows: providers.Factory[CountRows] = providers.Factory(
        Late("application.operations.count_rows:CountRows"),
        figures=figures,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    describe_store: providers.Factory[DescribeStore] = providers.Factory(
        Late("application.operations.check_store:DescribeStore"), figures=figures, repair=repair
    )
    repair_store: providers.Factory[RepairStore] = providers.Factory(
        Late("application.operations.check_store:RepairStore"),
        locks=locks,
        repair=repair,
        regenerate_documents=regenerate_documents,
    )
    set_up_instance: providers.Factory[SetUpInstance] = providers.Factory(
        Late("application.operations.set_up_instance:SetUpInstance"),
        check_tokens=check_tokens,
        resolve_projects=resolve_projects,
        files=private_files,
        locks=locks,
    )


@contextmanager
def open_container(settings: Settings, surroundings: Surroundings) -> Iterator[Container]:
    """Give a container for the block, and close what it opened when the block ends."""
    with ExitStack() as closing:
        yield Container(settings=settings, surroundings=surroundings, closing=closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInstance:
    """The built-in sample GitLab while it runs, on loopback."""

    url: str
    token: str = field(repr=False)
    projects: tuple[str, ...]


@contextmanager
def open_sample_gitlab() -> Iterator[SampleInstance]:
    """Run the sample for the block, on a free port."""
    from adapters.sample_gitlab.gitlab import SampleGitLab
    from adapters.sample_gitlab.sample_data import PROJECTS, SAMPLE_TOKEN, sample_world

    with SampleGitLab(sample_world()) as gitlab:
        yield SampleInstance(url=gitlab.url, token=SAMPLE_TOKEN, projects=tuple(PROJECTS.values()))
