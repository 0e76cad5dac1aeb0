"""What a GitLab holds, in the domain's own records, so that each kind of GitLab can be made to hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TypeVar

from contracts import builders
from domain.entities import DependentRecord, Entity, Project
from domain.refs import DependentKind

T = TypeVar("T")
Sets = Mapping[DependentKind, tuple[DependentRecord, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenItem:
    entity: Entity
    sets: Sets = field(default_factory=dict)
    """What is not given is empty. The issues of other items that links name must be given too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProject:
    project: Project
    items: tuple[GivenItem, ...] = ()
    former_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGitLab:
    projects: tuple[GivenProject, ...]


def given(*entities: Entity, project: Project | None = None, former_paths: tuple[str, ...] = ()) -> GivenGitLab:
    """One project with items that have nothing hanging on them."""
    items = tuple(GivenItem(entity=entity) for entity in entities)
    home = GivenProject(project=project or builders.project(), items=items, former_paths=former_paths)
    return GivenGitLab(projects=(home,))


def given_sets(entity: Entity, sets: Sets, *others: Entity) -> GivenGitLab:
    """One project with an item and what hangs on it."""
    rest = tuple(GivenItem(entity=other) for other in others)
    return GivenGitLab(
        projects=(GivenProject(project=builders.project(), items=(GivenItem(entity=entity, sets=sets), *rest)),)
    )


def without_addresses(value: T) -> T:
    """The same record without web addresses, which depend on where the server is."""
    if isinstance(value, tuple):
        return tuple(without_addresses(item) for item in value)  # type: ignore[return-value]  # a tuple stays a tuple
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {each.name: without_addresses(getattr(value, each.name)) for each in fields(value)}
    if "web_url" in changed:
        changed["web_url"] = ""
    return replace(value, **changed)
