"""Standard and surgical sync, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoints.late import Late
from entrypoints.quick_injector import providers
from entrypoints.wiring.gitlab import GitLabAccess
from entrypoints.wiring.search import Search
from entrypoints.wiring.store import Store
from entrypoints.wiring.system import System

if TYPE_CHECKING:
    from application.documents.generate_scoped_docs import GenerateScopedDocs
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


class Sync(GitLabAccess, Search):
    recorder: providers.Factory[SyncRunRecorder] = providers.Factory(
        Late("application.sync.recorder:SyncRunRecorder"),
        ledger=Store.ledger,
        clock=System.clock,
        identifiers=System.identifiers,
        process=System.process,
    )
    resolve_projects: providers.Factory[ResolveProjects] = providers.Factory(
        Late("application.sync.resolve_projects:ResolveProjects"),
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        workers=System.workers,
        clock=System.clock,
        cancellation=System.cancellation,
    )
    ingest_lists: providers.Factory[IngestLists] = providers.Factory(
        Late("application.sync.ingest_lists:IngestLists"),
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        workers=System.workers,
        clock=System.clock,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    fetch_dependents: providers.Factory[FetchDependents] = providers.Factory(
        Late("application.sync.dependent_sets:FetchDependents"),
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        clock=System.clock,
    )
    drain_dependents: providers.Factory[DrainDependents] = providers.Factory(
        Late("application.sync.drain_dependents:DrainDependents"),
        fetch=fetch_dependents,
        store=Store.store,
        workers=System.workers,
        clock=System.clock,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    generate_docs: providers.Factory[GenerateScopedDocs] = providers.Factory(
        Late("application.documents.generate_scoped_docs:GenerateScopedDocs"), store=Store.store
    )
    drain_dirty_sources: providers.Factory[DrainDirtySources] = providers.Factory(
        Late("application.sync.drain_dirty_sources:DrainDirtySources"),
        generate_docs=generate_docs,
        store=Store.store,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    reconcile_lists: providers.Factory[ReconcileLists] = providers.Factory(
        Late("application.sync.reconcile_lists:ReconcileLists"),
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        workers=System.workers,
        clock=System.clock,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    preflight: providers.Factory[Preflight] = providers.Factory(
        Late("application.sync.preflight:Preflight"),
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        workers=System.workers,
        cancellation=System.cancellation,
    )
    standard_sync: providers.Factory[StandardSync] = providers.Factory(
        Late("application.sync.standard:StandardSync"),
        recorder=recorder,
        locks=Store.locks,
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        resolve_projects=resolve_projects,
        ingest_lists=ingest_lists,
        reconcile_lists=reconcile_lists,
        drain_dependents=drain_dependents,
        drain_dirty_sources=drain_dirty_sources,
        embedding=Search.embedding,
        cancellation=System.cancellation,
        progress=System.progress,
    )
    surgical_sync: providers.Factory[SurgicalSync] = providers.Factory(
        Late("application.sync.surgical:SurgicalSync"),
        recorder=recorder,
        locks=Store.locks,
        gitlabs=GitLabAccess.gitlabs,
        store=Store.store,
        workers=System.workers,
        preflight=preflight,
        fetch_dependents=fetch_dependents,
        generate_docs=generate_docs,
        embedding=Search.embedding,
        clock=System.clock,
        cancellation=System.cancellation,
        progress=System.progress,
    )
