"""Set-up, health, figures and upkeep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entrypoints.late import Late
from entrypoints.quick_injector import providers
from entrypoints.settings import Settings
from entrypoints.wiring.gitlab import GitLabAccess
from entrypoints.wiring.reading import Reading
from entrypoints.wiring.search import Search
from entrypoints.wiring.store import Store
from entrypoints.wiring.sync import Sync
from entrypoints.wiring.system import System

if TYPE_CHECKING:
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
    from application.ports.clock import Clock
    from application.ports.embedder import Embedder
    from application.ports.gitlab_reader import GitLabs
    from application.ports.health import HealthCheck
    from application.ports.store_health import StoreHealth
    from application.ports.store_schema import StoreSchema
    from application.ports.tokens import Tokens


def _health_checks(
    settings: Settings,
    tokens: Tokens,
    gitlabs: GitLabs,
    clock: Clock,
    schema: StoreSchema,
    health: StoreHealth,
    embedder: Embedder | None,
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
    vectors = [PassagesHaveVectors(schema=schema, health=health, embedder=embedder)] if embedder is not None else []
    return [
        *checks,
        StoreIsThere(schema=schema),
        StoreIsSound(schema=schema, health=health),
        IndexIsComplete(schema=schema, health=health),
        *vectors,
        LocksAreFree(schema=schema, health=health),
        EmbedderAnswers(embedder=embedder),
    ]


class Operations(Sync):
    health_checks = providers.ThreadSafeSingleton(
        _health_checks,
        settings=System.settings,
        tokens=GitLabAccess.tokens,
        gitlabs=GitLabAccess.gitlabs,
        clock=System.clock,
        schema=Store.schema,
        health=Store.health,
        embedder=Search.embedder,
    )
    check_tokens: providers.Factory[CheckTokens] = providers.Factory(
        Late("application.operations.check_tokens:CheckTokens"),
        gitlabs=GitLabAccess.gitlabs,
        tokens=GitLabAccess.tokens,
        clock=System.clock,
    )
    current_project: providers.Factory[CurrentProject] = providers.Factory(
        Late("application.operations.current_project:CurrentProject"), blame=System.blame
    )
    doctor: providers.Factory[Doctor] = providers.Factory(
        Late("application.operations.doctor:Doctor"), checks=health_checks
    )
    forget_project: providers.Factory[ForgetProject] = providers.Factory(
        Late("application.operations.forget_project:ForgetProject"), registry=Store.registry, locks=Store.locks
    )
    list_projects: providers.Factory[ListProjects] = providers.Factory(
        Late("application.operations.list_projects:ListProjects"), registry=Store.registry
    )
    list_sync_runs: providers.Factory[ListSyncRuns] = providers.Factory(
        Late("application.operations.sync_runs:ListSyncRuns"), ledger=Store.ledger
    )
    migrate_store: providers.Factory[MigrateStore] = providers.Factory(
        Late("application.operations.migrate_store:MigrateStore"), schema=Store.schema
    )
    regenerate_documents: providers.Factory[RegenerateDocuments] = providers.Factory(
        Late("application.operations.regenerate_documents:RegenerateDocuments"),
        locks=Store.locks,
        store=Store.store,
        sources=Store.document_sources,
        drain_dirty_sources=Sync.drain_dirty_sources,
        clock=System.clock,
    )
    read_status: providers.Factory[ReadStatus] = providers.Factory(
        Late("application.operations.read_status:ReadStatus"),
        figures=Store.figures,
        ledger=Store.ledger,
        clock=System.clock,
        choose_projects=Reading.choose_projects,
        tell_freshness=Reading.tell_freshness,
    )
    count_rows: providers.Factory[CountRows] = providers.Factory(
        Late("application.operations.count_rows:CountRows"),
        figures=Store.figures,
        choose_projects=Reading.choose_projects,
        tell_freshness=Reading.tell_freshness,
    )
    describe_store: providers.Factory[DescribeStore] = providers.Factory(
        Late("application.operations.check_store:DescribeStore"),
        figures=Store.figures,
        health=Store.health,
        repair=Store.repair,
    )
    repair_store: providers.Factory[RepairStore] = providers.Factory(
        Late("application.operations.check_store:RepairStore"),
        locks=Store.locks,
        repair=Store.repair,
        regenerate_documents=regenerate_documents,
    )
    set_up_instance: providers.Factory[SetUpInstance] = providers.Factory(
        Late("application.operations.set_up_instance:SetUpInstance"),
        check_tokens=check_tokens,
        resolve_projects=Sync.resolve_projects,
        files=System.private_files,
        locks=Store.locks,
    )
