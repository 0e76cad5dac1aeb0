"""List issues or merge requests."""

from dataclasses import dataclass, replace

from application.ports.item_reader import NEWEST_UPDATE_FIRST, ItemFilter, ItemOrder, ItemPosition, ItemReader
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.listed import ListedItem, listed_item
from application.reading.project_choice import ChooseProjects
from domain.paging import cursor_for, read_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuestion:
    """`projects` are names as typed, resolved here; none means all. The filter's own project ids are set here."""

    filter: ItemFilter
    projects: tuple[str, ...] = ()
    order: ItemOrder = NEWEST_UPDATE_FIRST
    limit: int = 50
    cursor: str | None = None
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    items: tuple[ListedItem, ...]
    total: int
    next_cursor: str | None
    freshness: MirrorAge


class ListItems:
    """Never cuts silently: the total is honest, and a cursor leads to the rest."""

    def __init__(self, *, items: ItemReader, choose_projects: ChooseProjects, tell_freshness: TellFreshness) -> None:
        self._items = items
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, question: ItemQuestion) -> ItemAnswer:
        projects = self._choose_projects(question.projects)
        freshness = self._tell_freshness(projects, require_fresh_ms=question.require_fresh_ms)
        chosen = question.filter
        if question.projects:
            chosen = replace(chosen, project_ids=tuple(project.project_id for project in projects))
        # an age such as 7d is another time at every page, and a position in the list is good for any span of time
        mark = (replace(chosen, updated_since=None, updated_until=None), question.order)
        after = None
        if question.cursor is not None:
            value, key = read_cursor(mark, question.cursor)
            after = ItemPosition(value=value, key=key)
        found = self._items.slice(chosen, question.order, limit=question.limit, after=after)
        return ItemAnswer(
            items=tuple(listed_item(item) for item in found.items),
            total=found.total,
            next_cursor=None if found.last is None else cursor_for(mark, found.last.value, found.last.key),
            freshness=freshness,
        )
