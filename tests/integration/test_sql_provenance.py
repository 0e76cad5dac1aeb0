"""The SQL readers keep the promises of the provenance ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.sql.provenance.commits import SqlCommitReader
from adapters.sql.provenance.items import SqlItemHistories
from adapters.sql.provenance.paths import SqlPathReader
from adapters.sql.provenance.people import SqlPeopleReader
from adapters.sql.provenance.project_places import SqlProjectPlaces
from adapters.sql.provenance.relatives import SqlRelatives
from application.ports.locks import SYNC, Lease
from contracts.provenance_contract import ProvenanceContract, Readers, Shelf
from contracts.provenance_sql_shelf import SqlShelf
from contracts.sql_scene import sql_locks


class TestSqlProvenance(ProvenanceContract):
    @pytest.fixture
    def lease(self, engine: Engine, tmp_path: Path) -> Iterator[Lease]:
        locks = sql_locks(engine, tmp_path)
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
