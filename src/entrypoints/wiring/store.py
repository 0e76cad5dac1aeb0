"""The store and everything that is read from it or written to it, with its locks and its ledger."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from entrypoints.quick_injector import providers
from entrypoints.settings import Settings
from entrypoints.wiring.system import System

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from application.ports.clock import Clock
    from application.ports.content_store import ContentStore
    from application.ports.document_sources import DocumentSources
    from application.ports.identifiers import Identifiers
    from application.ports.item_reader import ItemReader
    from application.ports.liveness import Liveness
    from application.ports.locks import Locks
    from application.ports.note_reader import NoteReader
    from application.ports.process_identity import ProcessIdentity
    from application.ports.project_registry import ProjectRegistry
    from application.ports.run_ledger import RunLedger
    from application.ports.sql_console import SqlConsole
    from application.ports.store_figures import StoreFigures
    from application.ports.store_health import StoreHealth
    from application.ports.store_repair import StoreRepair
    from application.ports.store_schema import StoreSchema


def _liveness(settings: Settings) -> Liveness:
    from adapters.locks.kernel_liveness import KernelLiveness

    return KernelLiveness(settings.lock_folder)


def _schema(settings: Settings, liveness: Liveness) -> StoreSchema:
    from adapters.sql.store_schema import SqlStoreSchema

    return SqlStoreSchema(settings.storage.database_url, liveness)


def _engine(settings: Settings, liveness: Liveness, closing: ExitStack) -> Engine:
    """Without a configuration only a store that is there is opened; none is made by somebody who only looks around."""
    from adapters.sql.database import is_there, open_database
    from entrypoints.folders import make_private_folder

    if not is_there(settings.store_file):
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


class Store(System):
    liveness = providers.ThreadSafeSingleton(_liveness, settings=System.settings)
    schema = providers.ThreadSafeSingleton(_schema, settings=System.settings, liveness=liveness)
    health = providers.ThreadSafeSingleton(
        _health, settings=System.settings, liveness=liveness, clock=System.clock, process=System.process
    )
    engine = providers.ThreadSafeSingleton(_engine, settings=System.settings, liveness=liveness, closing=System.closing)
    store = providers.ThreadSafeSingleton(_store, engine=engine, clock=System.clock)
    locks = providers.ThreadSafeSingleton(
        _locks,
        engine=engine,
        liveness=liveness,
        clock=System.clock,
        identifiers=System.identifiers,
        process=System.process,
        settings=System.settings,
    )
    ledger = providers.ThreadSafeSingleton(
        _ledger, engine=engine, liveness=liveness, clock=System.clock, process=System.process
    )
    registry = providers.ThreadSafeSingleton(_registry, engine=engine)
    document_sources = providers.ThreadSafeSingleton(_document_sources, engine=engine)
    items = providers.ThreadSafeSingleton(_items, engine=engine)
    notes = providers.ThreadSafeSingleton(_notes, engine=engine)
    figures = providers.ThreadSafeSingleton(_figures, engine=engine)
    repair = providers.ThreadSafeSingleton(_repair, engine=engine)
    console = providers.ThreadSafeSingleton(_console, settings=System.settings)
