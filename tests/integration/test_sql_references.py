"""Cross references as the SQL store keeps them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from adapters.sql.schema import entity_references, mr_closes_issues, notes
from application.ports.content_store import Transaction
from contracts import builders
from contracts.content.opened_store import Writing, issue_ref, merge_request_ref, put, put_set
from contracts.sql_rows import all_rows
from domain.entities import DependentRecord
from domain.references import FoundReference, Relation
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId


def mention(iid: int, kind: EntityKind = EntityKind.ISSUE, **fields: Any) -> FoundReference:
    known = FoundReference(
        kind=kind, project_path=builders.PROJECT_PATH, iid=iid, relation=Relation.MENTIONS, position=0
    )
    return replace(known, **fields)


_SHOWN = (
    entity_references.c.target_kind,
    entity_references.c.target_iid,
    entity_references.c.relation,
    entity_references.c.origin,
)


def put_issue(writing: Writing, project_id: ProjectId, *found: FoundReference) -> None:
    with writing() as transaction:
        transaction.entities.put(project_id, builders.fetched(builders.issue(1)), found)


@pytest.mark.requirement("sync:rule-6")
def test_those_of_a_description_are_replaced_by_what_it_says_now(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    put_issue(writing, project_id, mention(2), mention(2, position=9), mention(3))
    (kept,) = [key for key, iid in all_rows(engine, entity_references.c.id, _SHOWN[1]) if iid == 3]
    put_issue(writing, project_id, mention(3), mention(4, EntityKind.MERGE_REQUEST, relation=Relation.CLOSES))
    assert sorted(all_rows(engine, *_SHOWN)) == [
        ("issue", 3, "mentions", "description"),
        ("merge_request", 4, "closes", "description"),
    ]
    assert kept in {key for (key,) in all_rows(engine, entity_references.c.id)}


@pytest.mark.requirement("sync:rule-6")
def test_a_target_that_is_not_in_the_store_is_kept_by_its_path(
    engine: Engine, writing: Writing, project_id: ProjectId
) -> None:
    put_issue(writing, project_id, mention(9, project_path="far/away"))
    assert all_rows(engine, entity_references.c.target_project_path, entity_references.c.created_at) == [
        ("far/away", builders.NOON)
    ]


def put_threads(
    transaction: Transaction, ref: EntityRef, threads: list[DependentRecord], *found: tuple[int, int]
) -> None:
    answer = builders.answer(DependentKind.DISCUSSIONS, *threads)
    references = [(note, mention(iid)) for note, iid in found]
    transaction.dependents.put(ref, answer, sweep=[], references=references)


@pytest.mark.requirement("sync:rule-6")
def test_those_of_notes_follow_their_notes(engine: Engine, writing: Writing, project_id: ProjectId) -> None:
    ref = issue_ref(project_id)
    said, system = builders.note(1), builders.note(2, system=True)
    shown = (notes.c.gitlab_id, *_SHOWN[1::2])
    joined = entity_references.c.source_note_id == notes.c.id

    def stored() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return sorted(tuple(row) for row in connection.execute(select(*shown).where(joined)))

    with writing() as transaction:
        put(transaction, project_id, builders.issue(1))
        threads: list[DependentRecord] = [builders.discussion(1, said, system), builders.discussion(2)]
        put_threads(transaction, ref, threads, (1, 5), (2, 6), (200, 7))
    assert stored() == [(1, 5, "note"), (2, 6, "system_note"), (200, 7, "note")]
    with writing() as transaction:  # the second thread is out of sight, the first has lost a note
        put_threads(transaction, ref, [builders.discussion(1, said)], (1, 8))
    assert stored() == [(1, 8, "note"), (200, 7, "note")]


@pytest.mark.requirement("sync:rule-6")
@pytest.mark.parametrize(
    ("ref_of", "kind", "record", "expected"),
    [
        (
            merge_request_ref,
            DependentKind.CLOSES_ISSUES,
            builders.closes_issue(4),
            ("issue", 4, "closes", "closes_issues"),
        ),
        (issue_ref, DependentKind.ISSUE_LINKS, builders.issue_link(5), ("issue", 5, "related", "issue_link")),
        (
            issue_ref,
            DependentKind.ISSUE_LINKS,
            builders.issue_link(5, link_type="blocks"),
            ("issue", 5, "blocks", "issue_link"),
        ),
        (
            issue_ref,
            DependentKind.STATE_EVENTS,
            builders.state_event(1, source_merge_request_gitlab_id=20_001),
            ("merge_request", None, "closed_by", "state_event"),
        ),
    ],
)
def test_links_closes_and_state_events_become_references_and_go_with_their_sets(
    engine: Engine,
    writing: Writing,
    project_id: ProjectId,
    ref_of: Callable[[ProjectId], EntityRef],
    kind: DependentKind,
    record: DependentRecord,
    expected: tuple[Any, ...],
) -> None:
    with writing() as transaction:
        put(transaction, project_id, builders.issue(1))
        put(transaction, project_id, builders.merge_request(1))
        put_set(transaction, ref_of(project_id), kind, record)
    assert all_rows(engine, *_SHOWN) == [expected]
    with writing() as transaction:
        put_set(transaction, ref_of(project_id), kind)
    assert all_rows(engine, *_SHOWN) == []


def test_what_names_no_item_of_gitlabs_becomes_none(engine: Engine, writing: Writing, project_id: ProjectId) -> None:
    foreign = replace(builders.closes_issue(), target_project_path=None, target_iid=None, external_id="JIRA-1")
    with writing() as transaction:
        put(transaction, project_id, builders.merge_request(1))
        put_set(transaction, merge_request_ref(project_id), DependentKind.CLOSES_ISSUES, foreign)
        put_set(transaction, merge_request_ref(project_id), DependentKind.STATE_EVENTS, builders.state_event())
    assert all_rows(engine, *_SHOWN) == []
    assert all_rows(engine, mr_closes_issues.c.external_id) == [("JIRA-1",)]


def test_the_dead_refer_to_nobody(engine: Engine, writing: Writing, project_id: ProjectId) -> None:
    put_issue(writing, project_id, mention(2))
    with writing() as transaction:
        transaction.entities.bury(issue_ref(project_id), deleted_at=1)
    assert all_rows(engine, *_SHOWN) == []
    put_issue(writing, project_id, mention(2))
    assert len(all_rows(engine, *_SHOWN)) == 1
