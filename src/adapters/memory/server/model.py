"""Projects and items of the little GitLab."""

from dataclasses import dataclass, field
from typing import TypeAlias

from domain.entities import DependentRecord, Discussion, Entity, Project
from domain.refs import DependentKind, EntityKind, dependents_of

ItemKey: TypeAlias = tuple[EntityKind, int]


@dataclass(slots=True, eq=False)
class ServerItem:
    """An issue or a merge request with all that hangs on it.

    An item that is not `readable` answers 404 and is in no list; a `forbidden` one answers 403. What is in `spoiled`
    (None: the item itself) is sent in a form that cannot be read.
    """

    project: "ServerProject"
    entity: Entity
    sets: dict[DependentKind, list[DependentRecord]]
    readable: bool = True
    forbidden: bool = False
    spoiled: set[DependentKind | None] = field(default_factory=set)
    warnings: dict[DependentKind, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def new(cls, project: "ServerProject", entity: Entity) -> "ServerItem":
        return cls(project=project, entity=entity, sets={kind: [] for kind in dependents_of(entity.kind)})

    @property
    def kind(self) -> EntityKind:
        return self.entity.kind

    @property
    def iid(self) -> int:
        return self.entity.iid

    @property
    def reference(self) -> str:
        return f"{self.project.path}{self.kind.sigil}{self.iid}"

    @property
    def discussions(self) -> tuple[Discussion, ...]:
        """In GitLab's order: by the first note's creation."""
        return tuple(record for record in self.records(DependentKind.DISCUSSIONS) if isinstance(record, Discussion))

    def records(self, dependent: DependentKind) -> tuple[DependentRecord, ...]:
        return tuple(self.sets[dependent])


@dataclass(slots=True, eq=False)
class ServerProject:
    """A project; one that is not `visible` answers 404."""

    project: Project
    former_paths: set[str] = field(default_factory=set)
    visible: bool = True
    items: dict[ItemKey, ServerItem] = field(default_factory=dict)
    last_iids: dict[EntityKind, int] = field(default_factory=dict)

    @property
    def gitlab_id(self) -> int:
        return self.project.gitlab_id

    @property
    def path(self) -> str:
        return self.project.path

    def has(self, kind: EntityKind) -> bool:
        """Whether the feature is on."""
        return self.project.issues_enabled if kind is EntityKind.ISSUE else self.project.merge_requests_enabled

    def next_iid(self, kind: EntityKind) -> int:
        """Never one that was given before, though its item be deleted."""
        return self.last_iids.get(kind, 0) + 1

    def add(self, entity: Entity) -> ServerItem:
        item = ServerItem.new(self, entity)
        self.items[entity.kind, entity.iid] = item
        self.last_iids[entity.kind] = max(entity.iid, self.last_iids.get(entity.kind, 0))
        return item

    def listed(self, kind: EntityKind) -> list[ServerItem]:
        """What the token sees in a list, oldest update first, ties by id (FACTS.md section e)."""
        seen = [item for item in self.items.values() if item.kind is kind and item.readable and not item.forbidden]
        return sorted(seen, key=lambda item: (item.entity.updated_at, item.entity.gitlab_id))
