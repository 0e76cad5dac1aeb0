"""The SQL readers keep the promises of the provenance ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.locks import SqlLocks
from adapters.sql.provenance.commits import SqlCommitReader
from adapters.sql.provenance.items import SqlItemHistories
from adapters.sql.provenance.paths import SqlPathReader
from adapters.sql.provenance.people import SqlPeopleReader
from adapters.sql.provenance.project_places import SqlProjectPlaces
from adapters.sql.provenance.relatives import SqlRelatives
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity
from application.ports.locks import SYNC, Lease
from application.sync.references import references_of_item, references_of_notes
from application.sync.run_scope import SyncedProject
from contracts import builders as make
from contracts.provenance_contract import ProvenanceContract, Readers, Shelf
from domain.entities import DependentRecord, Discussion, Entity
from domain.refs import EntityRef, ProjectId
from provenance_shelves import KIND_OF


class SqlShelf:
    """Writes as a sync does."""

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


class TestSqlProvenance(ProvenanceContract):
    @pytest.fixture
    def lease(self, engine: Engine, tmp_path: Path) -> Iterator[Lease]:
        locks = SqlLocks(
            engine,
            liveness=KernelLiveness(tmp_path / "locks"),
            clock=MemoryClock(),
            identifiers=UuidIdentifiers(),
            process=SystemProcessIdentity(),
        )
        with locks.hold(SYNC, wait_ms=0) as lease:
            yield lease

    @pytest.fixture
    def shelf(self, engine: Engine, lease: Lease) -> Shelf:
        return SqlShelf(engine, lease)

    @pytest.fixture
    def readers(self, engine: Engine) -> Readers:
        return Readers(
            places=SqlProjectPlaces(engine),
            paths=SqlPathReader(engine),
            commits=SqlCommitReader(engine),
            items=SqlItemHistories(engine),
            people=SqlPeopleReader(engine),
            relatives=SqlRelatives(engine),
        )
