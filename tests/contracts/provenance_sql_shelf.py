"""A shelf that writes into an SQL store as a sync does."""

from sqlalchemy import Engine

from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from application.ports.locks import Lease
from application.sync.references import references_of_item, references_of_notes
from application.sync.run_scope import SyncedProject
from contracts import builders as make
from domain.entities import DependentRecord, Discussion, Entity
from domain.refs import EntityRef, ProjectId
from provenance_shelves import KIND_OF


class SqlShelf:
    """Holds the `sync` lock by `lease`."""

    def __init__(self, engine: Engine, lease: Lease) -> None:
        self._store = SqlContentStore(engine, MemoryClock())
        self._lease = lease
        self._paths: dict[ProjectId, str] = {}

    def project(self, gitlab_id: int = 77, path: str = make.PROJECT_PATH, *, default_branch: str = "main") -> ProjectId:
        project = make.project(gitlab_id, path, default_branch=default_branch)
        with self._store.writing(self._lease) as transaction:
            stored = transaction.projects.register(make.INSTANCE, make.BASE_URL, project, in_standard_sync=True)
        self._paths[stored.project_id] = path
        return stored.project_id

    def put(self, project_id: ProjectId, entity: Entity, *records: DependentRecord) -> None:
        project = SyncedProject(
            project_id=project_id,
            instance=make.INSTANCE,
            base_url=make.BASE_URL,
            gitlab_id=77,
            path=self._paths[project_id],
        )
        ref = EntityRef(project_id, entity.kind, entity.iid)
        with self._store.writing(self._lease) as transaction:
            transaction.entities.put(project_id, make.fetched(entity), references_of_item(project, entity))
            for kind in dict.fromkeys(KIND_OF[type(record)] for record in records):
                of_kind = [record for record in records if KIND_OF[type(record)] is kind]
                threads = [record for record in of_kind if isinstance(record, Discussion)]
                transaction.dependents.put(
                    ref,
                    make.answer(kind, *of_kind),
                    sweep=None,
                    references=references_of_notes(project, threads),
                )

    def bury(self, project_id: ProjectId, entity: Entity) -> None:
        with self._store.writing(self._lease) as transaction:
            transaction.entities.bury(EntityRef(project_id, entity.kind, entity.iid), deleted_at=make.NOON)
