"""Which project a reading command means (spec/cli.md)."""

from application.ports.item_reader import ItemReader, KnownProject
from domain.errors import NotFound, UsageError
from domain.nearest import resolve_project


class ChooseProjects:
    """Names into the store's projects."""

    def __init__(self, *, items: ItemReader) -> None:
        self._items = items

    def __call__(self, names: tuple[str, ...]) -> tuple[KnownProject, ...]:
        """Every project where no name is given. Raises `NotFound` and `Ambiguous`."""
        known = self._items.projects()
        if not names:
            return known
        wanted = {resolve_project(name, [project.path for project in known]) for name in names}
        return tuple(project for project in known if project.path in wanted)

    def one(self, name: str | None) -> KnownProject:
        """The one project that is meant. Raises `UsageError` where several could be and none is named."""
        known = self._items.projects()
        if name is not None:
            (chosen,) = self((name,))
            return chosen
        if len(known) == 1:
            return known[0]
        if not known:
            raise NotFound("The store holds no project yet.", suggestion="Run `lore sync`.", actions=("lore sync",))
        raise UsageError(
            f"The store holds {len(known)} projects.", suggestion="Name one with -p, or set default_project."
        )
