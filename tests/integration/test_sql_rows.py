"""What the SQL store writes beyond what its port shows: payloads, the text index, quarantine, people."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, table

from adapters.sql.connections import for_writing
from adapters.sql.schema import (
    dirty_sources,
    document_chunks,
    documents,
    metadata,
    milestones,
    mr_commits,
    notes,
    project_aliases,
    raw_payloads,
    sync_quarantine,
    users,
)
from application.ports.content_store import Transaction
from contracts import builders
from contracts.content.opened_store import Writing, issue_ref, merge_request_ref, put, put_set, register
from contracts.sql_rows import all_rows
from domain.document_records import DocumentPart
from domain.errors import NotFound
from domain.references import FoundReference, Relation
from domain.refs import DependentKind, EntityKind, ProjectId, SourceKey


class TestPayloads:
    _SHOWN = (raw_payloads.c.kind, raw_payloads.c.dependent, raw_payloads.c.payload, raw_payloads.c.requested_at)

    @pytest.mark.requirement("sync:rule-1")
    def test_the_latest_answer_is_kept_as_it_came(
        self, engine: Engine, writing: Writing, project_id: ProjectId
    ) -> None:
        event = builders.label_event()
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1, title="First"), requested_at=1)
            put(transaction, project_id, builders.issue(1), requested_at=2)
            put_set(transaction, issue_ref(project_id), DependentKind.LABEL_EVENTS, event, requested_at=3)
        assert sorted(all_rows(engine, *self._SHOWN)) == [
            ("issue", "", builders.payload(repr(builders.issue(1))), 2),
            ("issue", "label_events", builders.payload([repr(event)]), 3),
        ]

    def test_of_an_empty_set_nothing_is_kept(self, engine: Engine, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1))
            put_set(transaction, issue_ref(project_id), DependentKind.LABEL_EVENTS, builders.label_event())
            put_set(transaction, issue_ref(project_id), DependentKind.LABEL_EVENTS)
        assert [row[1] for row in all_rows(engine, *self._SHOWN)] == [""]


class TestDocuments:
    @pytest.fixture
    def key(self, writing: Writing, project_id: ProjectId) -> SourceKey:
        with writing() as transaction:
            return put(transaction, project_id, builders.issue(1)).touched[0]

    def put(self, writing: Writing, project_id: ProjectId, key: SourceKey, *texts: str, **fields: Any) -> None:
        parts = tuple(DocumentPart(text=text, note_gitlab_id=place or None) for place, text in enumerate(texts))
        document = builders.document(key, project_id=project_id, parts=parts, **fields)
        with writing() as transaction:
            transaction.documents.put(document, builders.chunks(*texts))

    def found(self, engine: Engine, query: str) -> list[int]:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT documents.source_id FROM documents_fts JOIN documents ON documents.id = documents_fts.rowid "
                "WHERE documents_fts MATCH ?",
                (query,),
            )
            return list(rows.scalars())

    def test_every_field_is_indexed_as_it_is_now(
        self, engine: Engine, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        self.put(writing, project_id, key, "the cache is cold", title="Slow start", paths=("src/cache_warmer.py",))
        for query in ("title:slow", "body:caches", "labels:bug", "people:alice", "paths:warmer"):
            assert self.found(engine, query) == [key.source_id]
        self.put(writing, project_id, key, "the cache is warm", title="Fast start")
        assert self.found(engine, "cold") == []
        assert self.found(engine, "warm") == [key.source_id]
        assert self.found(engine, "title:slow") == []

    def test_a_removed_document_leaves_the_index(
        self, engine: Engine, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        self.put(writing, project_id, key, "the cache is cold")
        with writing() as transaction:
            transaction.documents.remove(key)
        assert self.found(engine, "cold") == []
        assert all_rows(engine, document_chunks.c.id) == []

    def test_a_block_that_raised_leaves_index_and_documents_alone(
        self, engine: Engine, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        def put_and_fail() -> None:
            with writing() as transaction:
                transaction.documents.put(builders.document(key, project_id=project_id), builders.chunks("text"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            put_and_fail()
        assert self.found(engine, "issue") == []
        assert all_rows(engine, documents.c.id) == []

    def test_a_document_keeps_what_search_has_to_show(
        self, engine: Engine, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        self.put(writing, project_id, key, "größe", "a note", labels=("Fehler", "ü"))
        (row,) = all_rows(engine, documents.c.parts_json, documents.c.labels_json, documents.c.item_id)
        assert json.loads(row[0]) == [[None, "größe"], [1, "a note"]]
        assert json.loads(row[1]) == ["Fehler", "ü"]
        assert row[2] == key.source_id

    def test_chunks_of_unchanged_text_keep_their_rows(
        self, engine: Engine, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        def stored() -> dict[int, tuple[int, str]]:
            columns = (document_chunks.c.id, document_chunks.c.ordinal, document_chunks.c.text)
            return {key: (ordinal, text) for key, ordinal, text in all_rows(engine, *columns)}

        self.put(writing, project_id, key, "one", "two", "two", "three")
        before = {text: key for key, (_, text) in stored().items()}
        self.put(writing, project_id, key, "two", "new", "three")
        after = stored()
        assert sorted(after.values()) == [(0, "two"), (1, "new"), (2, "three")]
        assert after[before["three"]] == (2, "three")
        assert "two" in {text for key, (_, text) in after.items() if key <= max(before.values())}


class TestForgetting:
    def test_a_project_goes_with_all_that_is_below_it(
        self, engine: Engine, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            fill(transaction, register(transaction, 78, "group/other"))
        before = row_counts(engine)
        with writing() as transaction:
            fill(transaction, project_id)
            register(transaction, 77, "group/renamed")
        with for_writing(engine).begin() as connection:
            connection.exec_driver_sql("DELETE FROM projects WHERE id = ?", (project_id,))
        assert row_counts(engine) == before | {"projects": before["projects"] - 1}
        with for_writing(engine).begin() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            connection.exec_driver_sql("INSERT INTO documents_fts (documents_fts) VALUES ('integrity-check')")

    def test_what_is_gone_is_no_longer_dirty(self, engine: Engine, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            keys = [put(transaction, project_id, builders.issue(1)).touched[0]]
            keys += put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, builders.discussion(1))
            transaction.dirty.mark(keys, queued_at=1)
        with for_writing(engine).begin() as connection:
            connection.exec_driver_sql("DELETE FROM projects")
        assert all_rows(engine, dirty_sources.c.source_id) == []


def row_counts(engine: Engine) -> dict[str, int]:
    """Of every table that the schema describes, and of the index."""
    with engine.connect() as connection:
        found = {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in (*metadata.tables, "documents_fts")
        }
    assert all(found[name] for name in found if name not in EMPTY)
    return found


VECTORS = {"embedding_spaces", "chunk_vectors", "title_vectors", "vector_segments"}
EMPTY = {"project_aliases", "sync_runs", "app_lock_waiters", *VECTORS}


def fill(transaction: Transaction, project_id: ProjectId) -> None:
    """A row in every table below a project."""
    merge_request = builders.merge_request(
        1, labels=("bug",), assignees=(builders.BOB,), reviewers=(builders.CAROL,), milestone=builders.milestone()
    )
    issue = builders.issue(1, labels=("bug",), assignees=(builders.BOB,), milestone=builders.milestone())
    (key,) = put(transaction, project_id, merge_request).touched
    found = FoundReference(
        kind=EntityKind.ISSUE, project_path="group/app", iid=2, relation=Relation.MENTIONS, position=0
    )
    transaction.entities.put(project_id, builders.fetched(issue), [found])
    for kind, record in (
        (DependentKind.DISCUSSIONS, builders.discussion(1)),
        (DependentKind.STATE_EVENTS, builders.state_event()),
        (DependentKind.LABEL_EVENTS, builders.label_event()),
        (DependentKind.MILESTONE_EVENTS, builders.milestone_event()),
        (DependentKind.CLOSES_ISSUES, builders.closes_issue()),
        (DependentKind.DIFFS, builders.file_change()),
        (DependentKind.COMMITS, builders.commit()),
    ):
        put_set(transaction, merge_request_ref(project_id), kind, record)
    put_set(transaction, issue_ref(project_id), DependentKind.ISSUE_LINKS, builders.issue_link())
    transaction.jobs.queue(issue_ref(project_id), [DependentKind.DISCUSSIONS])
    transaction.cursors.move(project_id, EntityKind.ISSUE, 1)
    transaction.dirty.mark([key], queued_at=1)
    transaction.documents.put(builders.document(key, project_id=project_id), builders.chunks("text"))
    transaction.quarantine.add(project_id, builders.rejected(), at=1)


def test_a_record_that_comes_again_replaces_what_was_kept_of_it(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    nameless = builders.rejected("note", None)
    other = builders.rejected("note", None, payload=builders.payload("other"))
    with writing() as transaction:
        for at in (1, 2):
            for record in (builders.rejected(), builders.rejected(gitlab_id="7"), nameless, other):
                transaction.quarantine.add(project_id, record, at=at)
            transaction.quarantine.add(None, nameless, at=at)
    shown = (sync_quarantine.c.project_id, sync_quarantine.c.gitlab_id, sync_quarantine.c.quarantined_at)
    assert sorted(all_rows(engine, *shown), key=str) == sorted(
        [(project_id, "10009", 2), (project_id, "7", 2), (project_id, None, 2), (project_id, None, 2), (None, None, 2)],
        key=str,
    )


def test_people_keep_their_rows_when_they_are_renamed(engine: Engine, writing: Writing, project_id: ProjectId) -> None:
    renamed = replace(builders.ALICE, name="Alice B.")
    with writing() as transaction:
        put(transaction, project_id, builders.issue(1))
        put(transaction, project_id, builders.issue(2, author=renamed, assignees=(builders.BOB,)))
    assert all_rows(engine, users.c.username, users.c.name) == [("alice", "Alice B."), ("bob", "Bob")]


def test_a_milestone_is_one_row_that_changes_with_what_gitlab_says(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    with writing() as transaction:
        put(transaction, project_id, builders.issue(1, milestone=builders.milestone(1)))
        put(transaction, project_id, builders.issue(2, milestone=builders.milestone(1)))
    with writing() as transaction:
        put(transaction, project_id, builders.merge_request(1, milestone=builders.milestone(1, state="closed")))
    assert all_rows(engine, milestones.c.iid, milestones.c.state) == [(1, "closed")]


def test_items_of_a_project_that_was_forgotten_are_refused(writing: Writing) -> None:
    with writing() as transaction, pytest.raises(NotFound):
        put(transaction, ProjectId(404), builders.issue(1))


def test_commits_have_gitlabs_names_for_their_fields(engine: Engine, writing: Writing, project_id: ProjectId) -> None:
    with writing() as transaction:
        put(transaction, project_id, builders.merge_request(1))
        put_set(transaction, merge_request_ref(project_id), DependentKind.COMMITS, builders.commit(2))
    columns = (mr_commits.c.sha, mr_commits.c.authored_date, mr_commits.c.parent_ids)
    assert all_rows(engine, *columns) == [(builders.sha(2), builders.NOON, json.dumps([builders.sha(1)]))]


def test_a_note_that_moved_to_another_thread_keeps_its_row(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    moved, stays = builders.note(1), builders.note(2)
    with writing() as transaction:
        put(transaction, project_id, builders.issue(1))
        before = builders.discussion(1, stays, moved)
        (first,) = put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, before)
    ((note_id, _),) = [row for row in all_rows(engine, notes.c.id, notes.c.gitlab_id) if row[1] == 1]
    with writing() as transaction:
        after = (builders.discussion(1, stays), builders.discussion(2, moved))
        touched = put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, *after)
    assert len(touched) == 2
    assert first in touched
    assert (note_id, 1) in all_rows(engine, notes.c.id, notes.c.gitlab_id)
    assert len(all_rows(engine, notes.c.id)) == 2


@pytest.mark.requirement("sync:rule-11")
def test_a_project_has_only_its_former_paths_for_aliases(engine: Engine, writing: Writing) -> None:
    for path in ("group/app", "group/moved", "group/app", "other/app"):
        with writing() as transaction:
            register(transaction, 77, path)
    assert sorted(all_rows(engine, project_aliases.c.path)) == [("group/app",), ("group/moved",)]
    with writing() as transaction:
        register(transaction, 77, "group/app")
    assert sorted(all_rows(engine, project_aliases.c.path)) == [("group/moved",), ("other/app",)]
