"""What a standard sync is asked for, and what it reports."""

from dataclasses import dataclass

from domain.refs import DependentKind
from domain.runs import Run

_EVENTS = frozenset({DependentKind.STATE_EVENTS, DependentKind.LABEL_EVENTS, DependentKind.MILESTONE_EVENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOnInstance:
    """A project or group by its full path."""

    instance: str
    base_url: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProjects:
    projects: tuple[NamedOnInstance, ...] = ()
    groups: tuple[NamedOnInstance, ...] = ()
    full: bool = False
    """Read everything again from the beginning (rule 15)."""
    reconcile: bool = False
    """Compare everything with GitLab now (rule 12)."""
    reconcile_after_ms: int | None = None
    """Projects whose last reconcile is longer ago are reconciled by themselves; None: none is."""
    docs: bool = True
    embed: bool = True
    events: bool = True
    diffs: bool = True
    lock_wait_ms: int = 30_000

    @property
    def dependents(self) -> frozenset[DependentKind]:
        """The kinds that this run fetches; the work for the others stays queued."""
        chosen = frozenset(DependentKind)
        if not self.events:
            chosen -= _EVENTS
        if not self.diffs:
            chosen -= {DependentKind.DIFFS}
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReport:
    path: str
    fetched: int
    note: str = ""
    """Why nothing came, where nothing came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    run: Run
    projects: tuple[ProjectReport, ...]
    warnings: tuple[str, ...] = ()
