"""A small store that readers are asked about: two projects, a few items, threads, events and documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.content_store import Transaction
from contracts import builders
from contracts.builders import ALICE, BOB, CAROL, DAY, HOUR, NOON
from contracts.content import opened_store
from contracts.content.opened_store import Writing, issue_ref, merge_request_ref, register
from domain.chunking import chunks_of
from domain.documents import render
from domain.entities import DependentRecord, Entity
from domain.references import FoundReference, Relation
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId

LIB_PATH = "group/lib"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    app: ProjectId
    lib: ProjectId


def fill(writing: Writing) -> Shelf:
    with writing() as transaction:
        shelf = Shelf(app=register(transaction), lib=register(transaction, 78, LIB_PATH))
        _put_issues(transaction, shelf)
        _put_merge_requests(transaction, shelf)
        _put_threads(transaction, shelf)
        transaction.cursors.move(shelf.app, EntityKind.ISSUE, NOON)
        transaction.cursors.finish(shelf.app, at=NOON + DAY)
    return shelf


def _put_issues(transaction: Transaction, shelf: Shelf) -> None:
    for issue in (
        builders.issue(1, title="Retry uploads", description="Uploads of large files", labels=("bug", "net")),
        builders.issue(
            2,
            state="closed",
            author=BOB,
            assignees=(CAROL, ALICE),
            milestone=builders.milestone(1),
            due_date="2026-03-01",
            updated_at=NOON + 3 * HOUR,
            closed_at=NOON + 3 * HOUR,
        ),
        builders.issue(3, labels=("bug",), due_date="2026-05-01", updated_at=NOON + 3 * HOUR),
        builders.issue(4),
    ):
        put(transaction, shelf.app, issue)
    put(transaction, shelf.lib, builders.issue(1, gitlab_id=501, title="Retry budget", web_url="https://x/lib/1"))
    transaction.entities.bury(issue_ref(shelf.app, 4), deleted_at=NOON)


def _put_merge_requests(transaction: Transaction, shelf: Shelf) -> None:
    put_with(
        transaction,
        merge_request_ref(shelf.app, 1),
        [
            found(EntityKind.ISSUE, 1, Relation.CLOSES),
            found(EntityKind.ISSUE, 9, Relation.MENTIONS),
            found(EntityKind.ISSUE, 1, Relation.MENTIONS, path=LIB_PATH),
        ],
    )
    put(
        transaction,
        shelf.app,
        builders.merge_request(
            2, state="merged", draft=True, source_branch="fix", target_branch="stable", reviewers=(BOB,), author=CAROL
        ),
    )
    put_set(transaction, merge_request_ref(shelf.app, 1), DependentKind.DIFFS, builders.file_change("src/app.py"))
    put_set(transaction, merge_request_ref(shelf.app, 1), DependentKind.COMMITS, builders.commit(1), builders.commit(2))
    closed_by = builders.state_event(1, source_merge_request_gitlab_id=builders.merge_request(2).gitlab_id)
    put_set(transaction, issue_ref(shelf.app, 2), DependentKind.STATE_EVENTS, closed_by)
    put_set(transaction, issue_ref(shelf.app, 3), DependentKind.ISSUE_LINKS, builders.issue_link(1))


def put_with(transaction: Transaction, ref: EntityRef, references: Sequence[FoundReference]) -> None:
    request = builders.merge_request(ref.iid, description="Closes #1, see #9 and group/lib#1")
    written = transaction.entities.put(ref.project_id, builders.fetched(request), references)
    transaction.dirty.mark(written.touched, queued_at=NOON)


def put(transaction: Transaction, project_id: ProjectId, entity: Entity) -> None:
    transaction.dirty.mark(opened_store.put(transaction, project_id, entity).touched, queued_at=NOON)


def put_set(transaction: Transaction, ref: EntityRef, dependent: DependentKind, *records: DependentRecord) -> None:
    transaction.dirty.mark(opened_store.put_set(transaction, ref, dependent, *records), queued_at=NOON)


def found(kind: EntityKind, iid: int, relation: Relation, *, path: str = builders.PROJECT_PATH) -> FoundReference:
    return FoundReference(kind=kind, project_path=path, iid=iid, relation=relation, position=0)


def _put_threads(transaction: Transaction, shelf: Shelf) -> None:
    on_a_line = builders.note(
        300,
        "Does a timeout count?",
        type="DiffNote",
        author=CAROL,
        position=builders.position("src/app.py"),
        resolvable=True,
        resolved=False,
    )
    answered = builders.note(301, "It does.", type="DiffNote", resolvable=True, resolved=False)
    moved = builders.position("src/new/b.py", old_path="src/old/b.py")
    done = builders.note(310, "Done 100%", type="DiffNote", position=moved, resolvable=True, resolved=True)
    put_set(
        transaction,
        merge_request_ref(shelf.app),
        DependentKind.DISCUSSIONS,
        builders.discussion(2, done),
        builders.discussion(1, on_a_line, answered),
    )
    spoken = builders.discussion(3, builders.note(200, "I saw a timeout too"), builders.note(201, "So did I"))
    system = builders.discussion(4, builders.note(210, "changed title", system=True), individual_note=True)
    put_set(transaction, issue_ref(shelf.app), DependentKind.DISCUSSIONS, spoken, system)
    gone = builders.discussion(5, builders.note(220, "Never mind"))
    put_set(transaction, issue_ref(shelf.app, 3), DependentKind.DISCUSSIONS, gone)
    put_set(transaction, issue_ref(shelf.app, 3), DependentKind.DISCUSSIONS)


def write_documents(writing: Writing) -> int:
    """Make every document that is due; returns how many there are."""
    with writing() as transaction:
        due = transaction.dirty.oldest(1_000)
        sources = transaction.documents.sources(list(due))
        documents = [document for source in sources.values() if (document := render(source)) is not None]
        for document in documents:
            transaction.documents.put(document, chunks_of(document.title, document.parts))
        for key, queued_at in due.items():
            transaction.dirty.clear(key, queued_at=queued_at)
    return len(documents)
