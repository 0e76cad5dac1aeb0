"""A library in memory to be filled by tests, and the readers on it."""

from dataclasses import replace

from adapters.memory.provenance.library import MemoryLibrary
from adapters.memory.provenance.people import MemoryPeopleReader
from adapters.memory.provenance.readers import (
    MemoryCommitReader,
    MemoryItemHistories,
    MemoryPathReader,
    MemoryProjectPlaces,
)
from adapters.memory.provenance.relatives import MemoryRelatives
from application.ports.project_places import ProjectPlace
from contracts import builders as make
from contracts.provenance_contract import Readers
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentRecord,
    Discussion,
    Entity,
    FileChange,
    IssueLink,
    LabelEvent,
    MilestoneEvent,
    StateEvent,
)
from domain.refs import DependentKind, EntityRef, ProjectId

KIND_OF: dict[type, DependentKind] = {
    Discussion: DependentKind.DISCUSSIONS,
    StateEvent: DependentKind.STATE_EVENTS,
    LabelEvent: DependentKind.LABEL_EVENTS,
    MilestoneEvent: DependentKind.MILESTONE_EVENTS,
    IssueLink: DependentKind.ISSUE_LINKS,
    ClosesIssue: DependentKind.CLOSES_ISSUES,
    FileChange: DependentKind.DIFFS,
    Commit: DependentKind.COMMITS,
}


class MemoryShelf:
    def __init__(self) -> None:
        self.library = MemoryLibrary()

    def project(self, gitlab_id: int = 77, path: str = make.PROJECT_PATH, *, default_branch: str = "main") -> ProjectId:
        project_id = ProjectId(gitlab_id)
        old = self.library.projects.get(project_id)
        aliases = () if old is None or old.path == path else (*old.aliases, old.path)
        place = ProjectPlace(
            project_id=project_id,
            instance=make.INSTANCE,
            base_url=make.BASE_URL,
            path=path,
            default_branch=default_branch,
            aliases=aliases,
        )
        self.library.projects[project_id] = place
        for ref, item in list(self.library.items.items()):
            if ref.project_id == project_id:
                self.library.items[ref] = replace(item, project=place)
        return project_id

    def put(self, project_id: ProjectId, entity: Entity, *records: DependentRecord) -> None:
        self.library.put(project_id, entity, records, {KIND_OF[type(record)] for record in records})

    def bury(self, project_id: ProjectId, entity: Entity) -> None:
        ref = EntityRef(project_id, entity.kind, entity.iid)
        self.library.items[ref] = replace(self.library.items[ref], deleted=True)

    def readers(self) -> Readers:
        return Readers(
            places=MemoryProjectPlaces(self.library),
            paths=MemoryPathReader(self.library),
            commits=MemoryCommitReader(self.library),
            items=MemoryItemHistories(self.library),
            people=MemoryPeopleReader(self.library),
            relatives=MemoryRelatives(self.library),
        )
