"""Count what the store holds."""

from dataclasses import dataclass

from application.ports.store_figures import Count, StoreFigures
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.project_choice import ChooseProjects


@dataclass(frozen=True, slots=True, kw_only=True)
class CountQuestion:
    projects: tuple[str, ...] = ()
    what: str | None = None
    """One of the kinds of `StoreFigures.counts`; None: all."""
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountAnswer:
    counts: tuple[Count, ...]
    freshness: MirrorAge


class CountRows:
    def __init__(
        self, *, figures: StoreFigures, choose_projects: ChooseProjects, tell_freshness: TellFreshness
    ) -> None:
        self._figures = figures
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: CountQuestion) -> CountAnswer:
        projects = self._choose_projects(question.projects)
        freshness = self._tell_freshness(projects, require_fresh_ms=question.require_fresh_ms)
        ids = [project.project_id for project in projects] if question.projects else None
        counts = tuple(one for one in self._figures.counts(ids) if question.what in {None, one.what})
        return CountAnswer(counts=counts, freshness=freshness)
