"""The readers of an SQL store keep the promises of their ports."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.reading.document_search import SqlDocumentSearch
from adapters.sql.reading.item_reader import SqlItemReader
from adapters.sql.reading.note_reader import SqlNoteReader
from adapters.sql.store_figures import SqlStoreFigures
from adapters.sql.store_repair import SqlStoreRepair
from application.ports.content_store import ContentStore
from application.ports.document_search import DocumentSearch, SearchFilter
from application.ports.item_reader import ItemReader
from application.ports.locks import Lease, Locks
from application.ports.note_reader import NoteReader
from application.ports.store_figures import StoreFigures
from application.ports.store_repair import StoreRepair
from contracts.content.opened_store import OpenedStore, Writing
from contracts.reading.document_search_contract import DocumentSearchContract
from contracts.reading.item_reader_contract import ItemReaderContract
from contracts.reading.note_reader_contract import NoteReaderContract
from contracts.reading.shelf import Shelf, write_documents
from contracts.reading.store_figures_contract import StoreFiguresContract, StoreRepairContract
from contracts.sql_scene import sql_locks


class InSql(OpenedStore):
    @pytest.fixture
    def locks(self, engine: Engine, tmp_path: Path) -> Locks:
        return sql_locks(engine, tmp_path)

    @pytest.fixture
    def store(self, engine: Engine) -> ContentStore:
        return SqlContentStore(engine, MemoryClock())


class TestSqlItemReader(InSql, ItemReaderContract):
    @pytest.fixture
    def items(self, engine: Engine) -> ItemReader:
        return SqlItemReader(engine)


class TestSqlNoteReader(InSql, NoteReaderContract):
    @pytest.fixture
    def notes(self, engine: Engine) -> NoteReader:
        return SqlNoteReader(engine)


class TestSqlDocumentSearch(InSql, DocumentSearchContract):
    @pytest.fixture
    def documents(self, engine: Engine) -> DocumentSearch:
        return SqlDocumentSearch(engine)

    @pytest.mark.usefixtures("shelf")
    def test_words_are_found_in_all_their_forms(self, documents: DocumentSearch) -> None:
        found = documents.by_text('"uploading"', SearchFilter(), limit=5)
        assert found.keys() == documents.by_text('"upload"', SearchFilter(), limit=5).keys()
        assert len(found) == 1


class TestSqlStoreFigures(InSql, StoreFiguresContract):
    @pytest.fixture
    def figures(self, engine: Engine) -> StoreFigures:
        return SqlStoreFigures(engine)

    def test_the_size_is_that_of_the_file(self, figures: StoreFigures, database: Path) -> None:
        assert figures.size().bytes == database.stat().st_size


class TestSqlStoreRepair(InSql, StoreRepairContract):
    @pytest.fixture
    def repair(self, engine: Engine) -> StoreRepair:
        return SqlStoreRepair(engine)

    @pytest.mark.usefixtures("shelf")
    def test_an_index_that_lacks_an_entry_or_has_a_wrong_one_is_mended(
        self,
        repair: StoreRepair,
        engine: Engine,
        writing: Writing,
        lease: Lease,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("adapters.sql.soundness.texts.PAGE", 4)  # so that one page is not enough
        write_documents(writing)
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM documents_fts WHERE rowid = 1")
            connection.exec_driver_sql("UPDATE documents_fts SET title = 'nonsense' WHERE rowid = 2")
            connection.exec_driver_sql("INSERT INTO documents_fts (rowid, title) VALUES (999, 'stray')")
        assert self.wrong(repair) == {"index": 4}
        assert repair.mend_index(lease) == 3  # what the item of the wrong entry says comes right with it
        assert self.wrong(repair) == {}
        assert SqlDocumentSearch(engine).frequency('"nonsense" OR "stray"', at_most=9) == 0

    def test_a_row_that_names_one_that_is_not_there_is_found(
        self, repair: StoreRepair, database: Path, shelf: Shelf
    ) -> None:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("UPDATE issues SET milestone_id = 404 WHERE project_id = ?", (shelf.lib,))
        (finding,) = [finding for finding in repair.findings() if finding.count]
        assert (finding.check, finding.count) == ("foreign_keys", 1)
        assert "milestones" in finding.example
