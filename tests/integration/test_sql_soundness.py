"""Each table of what the store derives is damaged in each way: the check tells it, the repair mends it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.progress import MemoryProgress
from adapters.sql.soundness import texts
from adapters.sql.vectors import segments
from application.ports.locks import EMBED, SYNC
from contracts.content.opened_store import Writing, issue_ref
from contracts.reading.shelf import fill, write_documents
from domain.errors import LockLost
from domain.refs import ProjectId
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.quick_injector import providers
from entrypoints.settings import Settings, StorageSettings

INFINITE = "9e999"
CHUNK_VECTOR = "UPDATE chunk_vectors SET {} WHERE chunk_id = 2"
TITLE_VECTOR = "UPDATE title_vectors SET {} WHERE document_id = 1"
SEGMENT = "UPDATE vector_segments SET {} WHERE kind = 'chunk'"


@contextmanager
def opened(database: Path) -> Iterator[Container]:
    settings = Settings(
        config_file=database.parent / "config.toml",
        config_exists=True,
        data_folder=database.parent,
        storage=StorageSettings(database_url=f"sqlite:///{database}"),
        instances=(),
    )
    with open_container(settings, Surroundings(environ={}, progress=MemoryProgress())) as box:
        box.override_providers(
            embedder=providers.Object(MemoryEmbedder()), cancellation=providers.Object(MemoryCancellation())
        )
        yield box


def writing_in(box: Container) -> Writing:
    @contextmanager
    def writing() -> Iterator[Any]:
        with box.locks().hold(SYNC, wait_ms=0) as lease, box.store().writing(lease) as transaction:
            yield transaction

    return writing


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """A store with documents and all their vectors, made once."""
    database = Path(shutil.copy(empty_database, tmp_path_factory.mktemp("whole") / "lore.db"))
    with opened(database) as box:
        fill(writing_in(box))
        write_documents(writing_in(box))
        assert box.embedding().embed(None, wait_ms=0).pending == 0
    return database


@pytest.fixture
def database(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "lore.db"))


def picture(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that is derived, without local keys."""
    statements = {
        "documents": "SELECT source_type, source_id, project_id, item_kind, item_id, iid, title, parts_json,"
        " labels_json, people_json, paths_json, author, state, created_at, updated_at, web_url, content_hash, milestone"
        " FROM documents",
        "entries": "SELECT source_type, source_id, f.title, f.body, f.labels, f.people, f.paths"
        " FROM documents_fts AS f LEFT JOIN documents AS d ON d.id = f.rowid",
        "items": "SELECT source_type, source_id, f.title, f.body, f.comments, f.labels, f.people, f.paths"
        " FROM items_fts AS f LEFT JOIN documents AS d ON d.id = f.rowid",
        "passages": "SELECT source_type, source_id, ordinal, text, note_gitlab_id, scale, vector, model"
        " FROM document_chunks AS c LEFT JOIN documents AS d ON d.id = c.document_id"
        " LEFT JOIN chunk_vectors AS v ON v.chunk_id = c.id LEFT JOIN embedding_spaces AS s ON s.id = v.space_id",
        "titles": "SELECT source_type, source_id, scale, vector, model FROM title_vectors AS v"
        " LEFT JOIN documents AS d ON d.id = v.document_id LEFT JOIN embedding_spaces AS s ON s.id = v.space_id",
    }
    with closing(sqlite3.connect(database)) as connection:
        return {name: sorted(connection.execute(sql).fetchall(), key=repr) for name, sql in statements.items()}


def damage(database: Path, *statements: str) -> None:
    """As nobody should write: without checking foreign keys."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


def wrong(box: Container) -> dict[str, int]:
    return {finding.check: finding.count for finding in box.describe_store()(check=True).findings if finding.count}


CHUNKS = 11
DAMAGES = {
    "title": (["UPDATE documents SET title = 'Other' WHERE id = 1"], {"documents": 1}),
    "text that is no JSON": (["UPDATE documents SET parts_json = '[' WHERE id = 1"], {"documents": 1}),
    "text of another shape": (["UPDATE documents SET parts_json = '[[1]]' WHERE id = 1"], {"documents": 1}),
    "labels that are no list": (["UPDATE documents SET labels_json = '5' WHERE id = 1"], {"documents": 1}),
    "title that is no text": (["UPDATE documents SET title = x'00ff' WHERE id = 1"], {"documents": 1}),
    "title that is no UTF-8": (["UPDATE documents SET title = CAST(x'ff' AS TEXT) WHERE id = 1"], {"documents": 1}),
    "hash": (["UPDATE documents SET content_hash = 'x' WHERE id = 1"], {"documents": 1}),
    "item of another number": (["UPDATE documents SET iid = 77 WHERE id = 1"], {"documents": 1}),
    "thread of another item": (
        ["UPDATE documents SET item_id = 77 WHERE source_type = 'discussion' AND source_id = 1"],
        {"documents": 1, "index": 1},
    ),
    "no document": (["DELETE FROM documents WHERE id = 1"], {"documents": 1, "chunks": 1, "vectors": 1}),
    "no passage": (["DELETE FROM document_chunks WHERE id = 2"], {"chunks": 1, "vectors": 1}),
    "passage of other words": (["UPDATE document_chunks SET text = 'Other' WHERE id = 2"], {"chunks": 1}),
    "passage of another note": (["UPDATE document_chunks SET note_gitlab_id = 7 WHERE id = 2"], {"chunks": 1}),
    "passage at another place": (["UPDATE document_chunks SET ordinal = 9 WHERE id = 2"], {"chunks": 1}),
    "passage too many": (
        ["INSERT INTO document_chunks (document_id, ordinal, text) VALUES (2, 1, 'Other')"],
        {"chunks": 1},
    ),
    "passage of no document": (
        ["INSERT INTO document_chunks (document_id, ordinal, text) VALUES (999, 0, 'Other')"],
        {"chunks": 1},
    ),
    "no entry": (["DELETE FROM documents_fts WHERE rowid = 1"], {"index": 1}),
    "entry of other words": (["UPDATE documents_fts SET title = 'nonsense' WHERE rowid = 2"], {"index": 2}),
    "no entry of an item": (["DELETE FROM items_fts WHERE rowid = 1"], {"index": 1}),
    "entry of an item without what was said": (["UPDATE items_fts SET comments = '' WHERE rowid = 1"], {"index": 1}),
    "entry of no item": (["INSERT INTO items_fts (rowid, title) VALUES (999, 'stray')"], {"index": 1}),
    "index of items without its words": (["DELETE FROM items_fts_data WHERE id > 10"], {"index": 1}),
    "entry of no document": (["INSERT INTO documents_fts (rowid, title) VALUES (999, 'stray')"], {"index": 1}),
    "index without its words": (["DELETE FROM documents_fts_data WHERE id > 10"], {"index": 1}),
    "index without its texts": (["DELETE FROM documents_fts_content WHERE id = 1"], {"index": 2}),
    "short passage vector": ([CHUNK_VECTOR.format("vector = x'01'")], {"vectors": 1}),
    "passage vector that is text": ([CHUNK_VECTOR.format("vector = printf('%64s', '')")], {"vectors": 1}),
    "infinite scale": ([CHUNK_VECTOR.format(f"scale = {INFINITE}")], {"vectors": 1}),
    "negative scale": ([CHUNK_VECTOR.format("scale = -0.5")], {"vectors": 1}),
    "scale that is text": ([CHUNK_VECTOR.format("scale = 'x'")], {"vectors": 1}),
    "passage vector of no space": ([CHUNK_VECTOR.format("space_id = 99")], {"vectors": 1}),
    "passage vector of no passage": ([CHUNK_VECTOR.format("chunk_id = 999")], {"vectors": 1}),
    "passage vector of other signs": (
        [CHUNK_VECTOR.format("vector = (SELECT vector FROM chunk_vectors WHERE chunk_id = 1)")],
        {"segments": 1},
    ),
    "long title vector": ([TITLE_VECTOR.format("vector = zeroblob(65)")], {"vectors": 1}),
    "infinite scale of a title": ([TITLE_VECTOR.format(f"scale = {INFINITE}")], {"vectors": 1}),
    "title vector of no space": ([TITLE_VECTOR.format("space_id = 99")], {"vectors": 1}),
    "title vector of no document": ([TITLE_VECTOR.format("document_id = 999")], {"vectors": 1}),
    "title vector of a thread": (
        [TITLE_VECTOR.format("document_id = (SELECT id FROM documents WHERE source_type = 'discussion')")],
        {"vectors": 1},
    ),
    "title vector of other signs": (
        [TITLE_VECTOR.format("vector = (SELECT vector FROM title_vectors WHERE document_id = 3)")],
        {"segments": 1},
    ),
    "no segments": (["DELETE FROM vector_segments WHERE kind = 'chunk'"], {"segments": CHUNKS}),
    "segment of another size": ([SEGMENT.format("size = size + 1")], {"segments": 1 + CHUNKS}),
    "segment of no size": ([SEGMENT.format("size = 0")], {"segments": 1 + CHUNKS}),
    "segment with too few keys": ([SEGMENT.format("\"keys\" = x'00'")], {"segments": 1 + CHUNKS}),
    "segment with too few documents": ([SEGMENT.format("documents = x'00'")], {"segments": 1 + CHUNKS}),
    "segment with too few bits": ([SEGMENT.format("bits = zeroblob(3)")], {"segments": 1 + CHUNKS}),
    "segment whose bits are text": ([SEGMENT.format("bits = printf('%88s', '')")], {"segments": 1 + CHUNKS}),
    "segment whose bits are no UTF-8": ([SEGMENT.format("bits = CAST(x'ff' AS TEXT)")], {"segments": 1 + CHUNKS}),
    "segment of no kind": ([SEGMENT.format("kind = 'x'")], {"segments": 1 + CHUNKS}),
    "segment of no space": ([SEGMENT.format("space_id = 99")], {"segments": 1 + CHUNKS}),
    "entries of other keys": ([SEGMENT.format('"keys" = zeroblob(8 * size)')], {"segments": CHUNKS}),
    "entries of other documents": ([SEGMENT.format("documents = zeroblob(8 * size)")], {"segments": CHUNKS}),
    "entries with other signs": ([SEGMENT.format("bits = zeroblob(8 * size)")], {"segments": CHUNKS}),
    "no space": (["DELETE FROM embedding_spaces"], {"vectors": CHUNKS + 6, "segments": 2}),
    "space of other dimensions": (
        ["UPDATE embedding_spaces SET dimensions = 65"],
        {"vectors": CHUNKS + 6, "segments": 2},
    ),
    "space of no dimensions": (["UPDATE embedding_spaces SET dimensions = 0"], {"vectors": CHUNKS + 6, "segments": 2}),
}


@pytest.mark.requirement("search:check-and-repair")
@pytest.mark.parametrize(("statements", "found"), DAMAGES.values(), ids=DAMAGES)
def test_what_does_not_fit_is_told_and_mended(
    database: Path, whole: Path, statements: list[str], found: dict[str, int]
) -> None:
    damage(database, *statements)
    with opened(database) as box:
        assert wrong(box) == found
        assert not any(finding.count for finding in box.repair_store()().findings)
        assert box.embedding().embed(None, wait_ms=0).pending == 0
        assert wrong(box) == {}
    assert picture(database) == picture(whole)


def test_a_sound_store_is_left_as_it_is(database: Path, whole: Path) -> None:
    with opened(database) as box:
        mended = box.repair_store()()
    assert (mended.index_entries, mended.documents_written, mended.documents_removed) == (0, 0, 0)
    assert (mended.vectors_dropped, mended.vectors_found_again) == (0, 0)
    assert picture(database) == picture(whole)


@pytest.mark.parametrize("sql", ["UPDATE document_chunks SET text = 'Other'", "DELETE FROM documents_fts"])
def test_documents_are_looked_at_page_by_page(database: Path, whole: Path, sql: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(texts, "PAGE", 4)
    damage(database, sql)
    with opened(database) as box:
        (count,) = wrong(box).values()
        assert count == len(picture(whole)["documents"])
        assert box.repair_store()().index_entries == count
        assert wrong(box) == {}


def test_segments_are_packed_again_however_many_there_are(database: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(segments, "CAPACITY", 4)
    monkeypatch.setattr("adapters.sql.soundness.vectors._BATCH", 8)
    damage(database, "DELETE FROM vector_segments")
    with opened(database) as box:
        assert wrong(box) == {"segments": CHUNKS + 6}
        mended = box.repair_store()()
        assert (mended.vectors_dropped, mended.vectors_found_again, wrong(box)) == (0, CHUNKS + 6, {})
    with closing(sqlite3.connect(database)) as connection:
        sizes = connection.execute("SELECT kind, size FROM vector_segments ORDER BY id").fetchall()
    assert sizes == [("chunk", 4), ("chunk", 4), ("chunk", 3), ("title", 4), ("title", 2)]


def segment_of_chunks(database: Path, **changed: bytes | int) -> dict[str, Any]:
    """The one there is; what is `changed` is written to it."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for name, value in changed.items():
            connection.execute(f"UPDATE vector_segments SET \"{name}\" = ? WHERE kind = 'chunk'", (value,))  # noqa: S608 - names of the test's own
        (row,) = connection.execute("SELECT * FROM vector_segments WHERE kind = 'chunk'").fetchall()
        return dict(row)


def test_signs_of_small_numbers_are_kept_where_segments_are_packed_again(database: Path) -> None:
    """A byte of a vector that is 0 does not tell them any more."""
    damage(database, "UPDATE chunk_vectors SET vector = zeroblob(64)")
    before = segment_of_chunks(database)
    with opened(database) as box:
        assert wrong(box) == {}
        segment_of_chunks(database, keys=bytes(8) + before["keys"][8:])
        assert box.repair_store()().vectors_found_again == 1
    assert sorted(words(segment_of_chunks(database)["bits"])) == sorted([bytes(8), *words(before["bits"])[1:]])


def words(bits: bytes) -> list[bytes]:
    return [bits[at : at + 8] for at in range(0, len(bits), 8)]


def test_entries_of_vectors_that_are_gone_are_no_fault(database: Path) -> None:
    """Not even where another text has their key now."""
    with opened(database) as box:
        with writing_in(box)() as transaction:
            keys = transaction.entities.bury(issue_ref(ProjectId(1), 2), deleted_at=1)
            assert all(transaction.documents.remove(key) for key in keys)
        assert wrong(box) == {}
        packed = segment_of_chunks(database)
        segment_of_chunks(
            database,
            size=packed["size"] + 1,
            keys=packed["keys"][8:16] + packed["keys"],
            documents=packed["documents"][8:16] + packed["documents"],
            bits=bytes(8) + packed["bits"],
        )
        assert wrong(box) == {}


def test_vectors_are_mended_under_their_own_lock_only(database: Path) -> None:
    with opened(database) as box:
        with box.locks().hold(EMBED, wait_ms=0) as lease:
            pass
        with pytest.raises(LockLost):
            box.repair().mend_vectors(lease)


def test_the_index_of_a_huge_store_is_not_checked_by_stopping_all_writers(database: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("adapters.sql.soundness.text_index._MOST_DOCUMENTS", 2)
    damage(database, "DELETE FROM documents_fts_data WHERE id > 10")
    with opened(database) as box:
        assert wrong(box) == {}
