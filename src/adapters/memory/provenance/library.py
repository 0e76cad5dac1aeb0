"""What the provenance readers in memory read: whole items by project, as one may write them down in a test."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from application.ports.project_places import ProjectPlace
from domain.entities import (
    ClosesIssue,
    DependentRecord,
    Discussion,
    Entity,
    IssueLink,
    MergeRequest,
    Note,
    StateEvent,
)
from domain.references import FoundReference, Place, Relation, references_in, references_in_system_note
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId
from domain.timeline import ItemKey, Reference

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryItem:
    project: ProjectPlace
    entity: Entity
    records: tuple[DependentRecord, ...] = ()
    synced: frozenset[DependentKind] = frozenset()
    deleted: bool = False

    @property
    def key(self) -> ItemKey:
        return ItemKey(self.project.path, self.entity.kind, self.entity.iid)

    def of_type(self, wanted: type[T]) -> tuple[T, ...]:
        return tuple(record for record in self.records if isinstance(record, wanted))

    @property
    def discussions(self) -> tuple[Discussion, ...]:
        """In the order in which they were made."""
        return tuple(sorted(self.of_type(Discussion), key=lambda one: min(note.created_at for note in one.notes)))


@dataclass(slots=True)
class MemoryLibrary:
    """Everything, to be filled by `put`."""

    projects: dict[ProjectId, ProjectPlace] = field(default_factory=dict)
    items: dict[EntityRef, LibraryItem] = field(default_factory=dict)

    def put(
        self,
        project_id: ProjectId,
        entity: Entity,
        records: Iterable[DependentRecord] = (),
        synced: Collection[DependentKind] = (),
    ) -> None:
        self.items[EntityRef(project_id, entity.kind, entity.iid)] = LibraryItem(
            project=self.projects[project_id], entity=entity, records=tuple(records), synced=frozenset(synced)
        )

    def living(self, project_ids: Collection[ProjectId] | None = None) -> Iterator[LibraryItem]:
        for ref, item in sorted(self.items.items()):
            if not item.deleted and (project_ids is None or ref.project_id in project_ids):
                yield item

    def merge_requests(self, project_id: ProjectId) -> Iterator[tuple[LibraryItem, MergeRequest]]:
        for item in self.living((project_id,)):
            if isinstance(item.entity, MergeRequest):
                yield item, item.entity

    def places_of(self, instance: str) -> dict[str, ProjectPlace]:
        """By every path that a project has or had; present paths win."""
        known = [place for place in self.projects.values() if place.instance == instance]
        former = {alias: place for place in known for alias in place.aliases}
        return former | {place.path: place for place in known}

    def named(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, LibraryItem]:
        """Living items under their present keys."""
        places = self.places_of(instance)
        found = {}
        for key in sorted(set(keys)):
            place = places.get(key.project_path)
            item = None if place is None else self.items.get(EntityRef(place.project_id, key.kind, key.iid))
            if item is not None and not item.deleted:
                found[item.key] = item
        return found

    def references(self, instance: str) -> Iterator[Reference]:
        places = self.places_of(instance)
        for item in self.living():
            if item.project.instance != instance:
                continue
            for target, relation in _targets(item, self):
                place = places.get(target.project_path)
                present = target if place is None else ItemKey(place.path, target.kind, target.iid)
                if present != item.key:
                    held = bool(self.named(instance, [present]))
                    yield Reference(source=item.key, target=present, relation=relation, stored=held)

    def behind(self, instance: str, gitlab_id: int | None) -> ItemKey | None:
        """The merge request with GitLab's global id."""
        for item in self.living():
            is_it = isinstance(item.entity, MergeRequest) and item.entity.gitlab_id == gitlab_id
            if is_it and item.project.instance == instance:
                return item.key
        return None


def _targets(item: LibraryItem, library: MemoryLibrary) -> Iterator[tuple[ItemKey, str]]:
    place = Place(project_path=item.project.path, base_url=item.project.base_url)
    found: list[FoundReference] = [*references_in(f"{item.entity.title}\n\n{item.entity.description}", place)]
    for discussion in item.discussions:
        for note in discussion.notes:
            found += _of_note(note, place)
    for one in found:
        yield ItemKey(one.project_path, one.kind, one.iid), one.relation
    for closes in item.of_type(ClosesIssue):
        if closes.target_project_path is not None and closes.target_iid is not None:
            yield ItemKey(closes.target_project_path, EntityKind.ISSUE, closes.target_iid), Relation.CLOSES
    for link in item.of_type(IssueLink):
        relation = Relation.RELATED if link.link_type == "relates_to" else link.link_type
        yield ItemKey(link.target_project_path, EntityKind.ISSUE, link.target_iid), relation
    for event in item.of_type(StateEvent):
        closer = library.behind(item.project.instance, event.source_merge_request_gitlab_id)
        if event.state == "closed" and closer is not None:
            yield closer, Relation.CLOSED_BY


def _of_note(note: Note, place: Place) -> tuple[FoundReference, ...]:
    read = references_in_system_note if note.system else references_in
    return read(note.body, place)
