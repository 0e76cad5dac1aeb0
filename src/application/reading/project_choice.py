"""Which project a reading command means (spec/cli.md)."""

from application.ports.item_reader import ItemReader, KnownProject
from domain.errors import Ambiguous, NotFound, UsageError
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
        paths = sorted({project.path for project in known})
        wanted = {resolve_project(name, paths) for name in names}
        return tuple(project for project in known if project.path in wanted)

    def one(self, name: str | None) -> KnownProject:
        """The one project that is meant. Raises `UsageError` where several could be and none is named."""
        if name is not None:
            return _only(self((name,)))
        known = self._items.projects()
        if len(known) == 1:
            return known[0]
        if not known:
            raise NotFound("The store holds no project yet.", suggestion="Run `lore sync`.", actions=("lore sync",))
        raise UsageError(
            f"The store holds {len(known)} projects.", suggestion="Name one with -p, or set default_project."
        )


def _only(chosen: tuple[KnownProject, ...]) -> KnownProject:
    if len(chosen) > 1:  # one path on several GitLabs
        instances = [project.instance for project in chosen]
        raise Ambiguous(
            f"{chosen[0].path} is a project of several instances: {', '.join(instances)}.",
            suggestion="Lists and searches show them all; for single items keep each instance in a store of its own.",
            details={"path": chosen[0].path, "instances": instances},
        )
    return chosen[0]
