"""Tell how every project of the store stands."""

from dataclasses import dataclass

from application.operations.sync_runs import RunReport, report_of
from application.ports.clock import Clock
from application.ports.run_ledger import RunFilter, RunLedger
from application.ports.store_figures import ProjectFigures, StoreFigures
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.project_choice import ChooseProjects
from domain.refs import EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuestion:
    projects: tuple[str, ...] = ()
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    instance: str
    path: str
    web_url: str
    in_standard_sync: bool
    """False: only named items of it are fetched; `lore sync` leaves it out."""
    synced_at: int | None
    age_seconds: int | None
    issues: int
    merge_requests: int
    notes: int
    issues_cursor_at: int | None
    merge_requests_cursor_at: int | None
    pending: int
    failing: int
    unsettled: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatus:
    projects: tuple[ProjectStatus, ...]
    documents_due: int
    last_run: RunReport | None
    freshness: MirrorAge


class ReadStatus:
    def __init__(
        self,
        *,
        figures: StoreFigures,
        ledger: RunLedger,
        clock: Clock,
        choose_projects: ChooseProjects,
        tell_freshness: TellFreshness,
    ) -> None:
        self._figures = figures
        self._ledger = ledger
        self._clock = clock
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: StatusQuestion) -> StoreStatus:
        chosen = self._choose_projects(question.projects)
        freshness = self._tell_freshness(chosen, require_fresh_ms=question.require_fresh_ms)
        wanted = {project.project_id for project in chosen}
        now = self._clock.now_ms()
        last = next(iter(self._ledger.runs(RunFilter(limit=1))), None)
        return StoreStatus(
            projects=tuple(_status(one, now) for one in self._figures.projects() if one.project_id in wanted),
            documents_due=self._figures.dirty_sources(),
            last_run=report_of(last) if last else None,
            freshness=freshness,
        )


def _status(figures: ProjectFigures, now: int) -> ProjectStatus:
    cursors = dict(figures.cursors)
    return ProjectStatus(
        instance=figures.instance,
        path=figures.path,
        web_url=figures.web_url,
        in_standard_sync=figures.in_standard_sync,
        synced_at=figures.synced_at,
        age_seconds=None if figures.synced_at is None else max(now - figures.synced_at, 0) // 1000,
        issues=figures.issues,
        merge_requests=figures.merge_requests,
        notes=figures.notes,
        issues_cursor_at=cursors.get(EntityKind.ISSUE),
        merge_requests_cursor_at=cursors.get(EntityKind.MERGE_REQUEST),
        pending=figures.pending,
        failing=figures.failing,
        unsettled=figures.unsettled,
        quarantined=figures.quarantined,
    )
