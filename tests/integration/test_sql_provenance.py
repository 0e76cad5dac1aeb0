"""The SQL readers keep the promises of the provenance ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
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
from contracts.provenance_contract import ProvenanceContract, Readers, Shelf
from contracts.provenance_sql_shelf import SqlShelf


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
