"""Which project and which path somebody means, standing where they stand (spec/cli.md; issue: from any subfolder)."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.blame import Blame
from application.ports.item_reader import KnownProject
from application.ports.project_places import ProjectPlace, ProjectPlaces
from application.reading.freshness import MirrorAge, TellFreshness
from domain.blame import Checkout, Place
from domain.errors import FileError, NotFound, UsageError
from domain.git_remotes import project_path
from domain.nearest import resolve_project


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed: `project` by `-p`, `default_project` is the configured one."""

    path: str = "."
    project: str | None = None
    default_project: str | None = None
    require_fresh_ms: int | None = None
    """Refuse an answer from data that are older than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    project: ProjectPlace
    path: str
    """From the repository's root, with `/`; empty for the root."""
    place: Place | None
    """The checkout around it, where there is one."""


class FindWhereabouts:
    """The project is the named one, else that of the checkout, else the configured one, else the only one there is.

    Inside a checkout of that project (or of none that is known) paths count from the current folder; everywhere else
    they are taken as they are. Raises `NotFound`, `Ambiguous` and `UsageError`, and without git only where
    `needs_git`.
    """

    def __init__(self, *, places: ProjectPlaces, blame: Blame, tell_freshness: TellFreshness) -> None:
        self._places = places
        self._blame = blame
        self._tell_freshness = tell_freshness

    def __call__(self, asked: Asked, *, needs_git: bool = False) -> Whereabouts:
        known = self._known()
        place = self._locate(asked.path, needs_git=needs_git)
        here = [] if place is None else _projects_of(place.checkout, known)
        project = _chosen(asked, here, known)
        inside = place is not None and (project in here or not here)
        path = place.path if inside and place is not None else _plain(asked.path)
        return Whereabouts(project=project, path=path, place=place)

    def project(self, asked: Asked) -> ProjectPlace:
        """The project alone; git is not asked where it is named."""
        if asked.project is None:
            return self(asked).project
        return _named(asked.project, self._known())

    def all(self, names: Sequence[str]) -> tuple[ProjectPlace, ...]:
        """The named projects; every one where none is named."""
        known = self._places.all()
        if not names:
            return known
        wanted = {resolve_project(name, [place.path for place in known]) for name in names}
        return tuple(place for place in known if place.path in wanted)

    def age(self, projects: Sequence[ProjectPlace], require_fresh_ms: int | None) -> MirrorAge:
        """How old an answer from these projects is. Raises `Stale` where that is too old."""
        known = tuple(
            KnownProject(
                project_id=place.project_id,
                instance=place.instance,
                path=place.path,
                synced_at=place.synced_at,
                in_standard_sync=place.in_standard_sync,
            )
            for place in projects
        )
        return self._tell_freshness(known, require_fresh_ms=require_fresh_ms)

    def _known(self) -> tuple[ProjectPlace, ...]:
        known = self._places.all()
        if not known:
            raise NotFound("The store holds no project yet.", suggestion="Run `lore sync`.", actions=("lore sync",))
        return known

    def _locate(self, path: str, *, needs_git: bool) -> Place | None:
        try:
            return self._blame.locate(path)
        except FileError:
            if needs_git:
                raise
            return None


def _projects_of(checkout: Checkout, known: Sequence[ProjectPlace]) -> list[ProjectPlace]:
    """The stored projects that the checkout's remotes point to, in the order of the remotes."""
    return [
        place
        for remote in checkout.remotes
        for place in known
        if project_path(remote, place.base_url) in {place.path, *place.aliases}
    ]


def _chosen(asked: Asked, here: Sequence[ProjectPlace], known: Sequence[ProjectPlace]) -> ProjectPlace:
    if asked.project is not None:
        return _named(asked.project, known)
    if here:
        return here[0]
    if asked.default_project is not None:
        return _named(asked.default_project, known)
    if len(known) == 1:
        return known[0]
    raise UsageError(
        f"The store holds {len(known)} projects.",
        suggestion="Name one with -p, set default_project, or run this inside a checkout of one.",
        details={"projects": [place.path for place in known]},
    )


def _named(name: str, known: Sequence[ProjectPlace]) -> ProjectPlace:
    """By any path that a project has or had."""
    former = {alias: place for place in known for alias in place.aliases}
    by_path = {**former, **{place.path: place for place in known}}
    return by_path[name] if name in by_path else by_path[resolve_project(name, [place.path for place in known])]


def _plain(path: str) -> str:
    """`./a//b` is `a/b`."""
    inside = posixpath.normpath(path).lstrip("/")
    return "" if inside == "." else inside
