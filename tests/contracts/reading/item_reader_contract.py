"""What `ItemReader` promises."""

from abc import abstractmethod
from typing import Any

import pytest

from application.ports.content_store import ContentStore
from application.ports.item_reader import (
    NEWEST_UPDATE_FIRST,
    ItemFilter,
    ItemOrder,
    ItemPosition,
    ItemReader,
    KnownProject,
    ReadItem,
    ReadReference,
    SortField,
)
from contracts import builders
from contracts.builders import DAY, HOUR, NOON
from contracts.content.opened_store import OpenedStore, Writing, issue_ref, merge_request_ref, put_set
from contracts.reading.shelf import LIB_PATH, Shelf, fill
from domain.entities import ClosesIssue, DependentRecord
from domain.refs import DependentKind, EntityKind, EntityRef

ISSUE, MERGE_REQUEST = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


class ItemReaderContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def items(self, store: ContentStore) -> ItemReader: ...

    @pytest.fixture
    def shelf(self, writing: Writing) -> Shelf:
        return fill(writing)

    def names(self, items: ItemReader, kind: EntityKind, **conditions: Any) -> set[str]:
        chosen = ItemFilter(kind=kind, **conditions)
        found = items.slice(chosen, NEWEST_UPDATE_FIRST, limit=50, after=None)
        assert (found.total, found.last) == (len(found.items), None)
        return {f"{item.project_path}{kind.sigil}{item.entity.iid}" for item in found.items}

    def test_projects_come_by_path_with_their_last_complete_sync(self, items: ItemReader, shelf: Shelf) -> None:
        app, lib = items.projects()
        assert app == KnownProject(
            project_id=shelf.app,
            instance=builders.INSTANCE,
            path=builders.PROJECT_PATH,
            synced_at=NOON + DAY,
            in_standard_sync=True,
        )
        assert (lib.path, lib.synced_at) == (LIB_PATH, None)

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("conditions", "numbers"),
        [
            ({}, {"group/app#1", "group/app#2", "group/app#3", "group/lib#1"}),
            ({"state": "closed"}, {"group/app#2"}),
            ({"author": "BOB"}, {"group/app#2"}),
            ({"author": "@bob"}, {"group/app#2"}),
            ({"assignee": "alice"}, {"group/app#2"}),
            ({"labels": ("BUG",)}, {"group/app#1", "group/app#3"}),
            ({"labels": ("bug", "net")}, {"group/app#1"}),
            ({"milestone": "V1"}, {"group/app#2"}),
            ({"updated_since": NOON + 2 * HOUR}, {"group/app#2", "group/app#3"}),
            ({"updated_until": NOON + HOUR}, {"group/app#1", "group/lib#1"}),
            ({"due_before": "2026-03-02"}, {"group/app#2"}),
            ({"has_due": True}, {"group/app#2", "group/app#3"}),
            ({"author": "nobody"}, set()),
            ({"author": "' OR 1=1 --"}, set()),
            ({"labels": ("%",)}, set()),
        ],
    )
    def test_issues_have_to_fit_every_condition(
        self, items: ItemReader, conditions: dict[str, Any], numbers: set[str]
    ) -> None:
        assert self.names(items, ISSUE, **conditions) == numbers

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("conditions", "numbers"),
        [
            ({}, {"group/app!1", "group/app!2"}),
            ({"state": "merged"}, {"group/app!2"}),
            ({"reviewer": "Bob"}, {"group/app!2"}),
            ({"draft": False}, {"group/app!1"}),
            ({"draft": True}, {"group/app!2"}),
            ({"source_branch": "fix"}, {"group/app!2"}),
            ({"target_branch": "main"}, {"group/app!1"}),
        ],
    )
    def test_merge_requests_too(self, items: ItemReader, conditions: dict[str, Any], numbers: set[str]) -> None:
        assert self.names(items, MERGE_REQUEST, **conditions) == numbers

    def test_only_of_the_named_projects(self, items: ItemReader, shelf: Shelf) -> None:
        assert self.names(items, ISSUE, project_ids=(shelf.lib,)) == {"group/lib#1"}
        assert self.names(items, ISSUE, project_ids=()) == set()

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize("ascending", [True, False])
    @pytest.mark.parametrize("field", SortField)
    def test_slices_one_after_the_other_are_the_whole_list_in_order(
        self, items: ItemReader, field: SortField, ascending: bool
    ) -> None:
        chosen, order = ItemFilter(kind=ISSUE), ItemOrder(field=field, ascending=ascending)
        whole = items.slice(chosen, order, limit=50, after=None).items
        after: ItemPosition | None = None
        parts: list[ReadItem] = []
        for _ in whole:
            part = items.slice(chosen, order, limit=1, after=after)
            assert part.total == len(whole)
            parts += part.items
            after = part.last
        assert after is None
        assert parts == list(whole)
        values = [getattr(item.entity, field) for item in whole]
        assert values == sorted(values, reverse=not ascending)

    def test_one_item_is_as_it_was_written(self, items: ItemReader, shelf: Shelf) -> None:
        read = items.find(issue_ref(shelf.app))
        assert read is not None
        assert read.project_path == builders.PROJECT_PATH
        assert read.entity == builders.issue(
            1, title="Retry uploads", description="Uploads of large files", labels=("bug", "net")
        )

    def test_what_is_not_there_or_gone_is_not_found(self, items: ItemReader, shelf: Shelf) -> None:
        assert items.find(issue_ref(shelf.app, 404)) is None
        assert items.find(issue_ref(shelf.app, 4)) is None
        assert items.records(issue_ref(shelf.app, 4), DependentKind.DISCUSSIONS) == ()
        assert items.records(issue_ref(shelf.app, 404), DependentKind.STATE_EVENTS) == ()
        assert items.references_from(issue_ref(shelf.app, 404)) == ()

    def test_threads_come_by_their_first_notes(self, items: ItemReader, shelf: Shelf) -> None:
        threads = items.records(merge_request_ref(shelf.app), DependentKind.DISCUSSIONS)
        assert [getattr(thread, "gitlab_id", "") for thread in threads] == [builders.sha(1), builders.sha(2)]
        assert items.records(issue_ref(shelf.app, 3), DependentKind.DISCUSSIONS) == ()

    @pytest.mark.parametrize(
        ("dependent", "records"),
        [
            (DependentKind.DIFFS, (builders.file_change("src/app.py"),)),
            (DependentKind.COMMITS, (builders.commit(1), builders.commit(2))),
            (DependentKind.LABEL_EVENTS, ()),
        ],
    )
    def test_other_sets_are_as_they_were_written(
        self, items: ItemReader, shelf: Shelf, dependent: DependentKind, records: tuple[object, ...]
    ) -> None:
        assert items.records(merge_request_ref(shelf.app), dependent) == records

    @pytest.mark.parametrize(
        ("kind", "dependent", "record"),
        [
            (ISSUE, DependentKind.STATE_EVENTS, builders.state_event(7, source_commit=builders.sha(3))),
            (ISSUE, DependentKind.LABEL_EVENTS, builders.label_event(7, None, user=None)),
            (ISSUE, DependentKind.MILESTONE_EVENTS, builders.milestone_event(7)),
            (ISSUE, DependentKind.ISSUE_LINKS, builders.issue_link(5, link_type="blocks")),
            (MERGE_REQUEST, DependentKind.STATE_EVENTS, builders.state_event(7)),
            (MERGE_REQUEST, DependentKind.CLOSES_ISSUES, builders.closes_issue(5)),
            (MERGE_REQUEST, DependentKind.DIFFS, builders.file_change("b", "a", too_large=True)),
            (MERGE_REQUEST, DependentKind.COMMITS, builders.commit(9)),
        ],
    )
    def test_a_record_of_any_kind_is_read_as_it_was_written(
        self,
        items: ItemReader,
        shelf: Shelf,
        writing: Writing,
        kind: EntityKind,
        dependent: DependentKind,
        record: DependentRecord,
    ) -> None:
        ref = EntityRef(shelf.app, kind, 2)
        with writing() as transaction:
            put_set(transaction, ref, dependent, record)
        assert items.records(ref, dependent) == (record,)

    def test_what_a_merge_request_will_close_is_a_reference(
        self, items: ItemReader, shelf: Shelf, writing: Writing
    ) -> None:
        external = ClosesIssue(target_project_path=None, target_iid=None, external_id="JIRA-1")
        unknown = builders.state_event(9, source_merge_request_gitlab_id=404)
        with writing() as transaction:
            ref = merge_request_ref(shelf.app, 2)
            put_set(transaction, ref, DependentKind.CLOSES_ISSUES, builders.closes_issue(3), external)
            put_set(transaction, ref, DependentKind.STATE_EVENTS, unknown)
        (closes,) = items.references_from(merge_request_ref(shelf.app, 2))
        assert (closes.kind, closes.iid, closes.relation, closes.origin) == (ISSUE, 3, "closes", "closes_issues")

    def test_sets_that_were_fetched_are_told_from_those_that_never_were(self, items: ItemReader, shelf: Shelf) -> None:
        assert items.fetched_sets(merge_request_ref(shelf.app)) == {
            DependentKind.DISCUSSIONS: NOON + 2 * HOUR,
            DependentKind.DIFFS: NOON + 2 * HOUR,
            DependentKind.COMMITS: NOON + 2 * HOUR,
        }
        assert items.fetched_sets(merge_request_ref(shelf.app, 2)) == {}

    @pytest.mark.requirement("sync:rule-6")
    def test_references_resolve_where_the_store_holds_their_target(self, items: ItemReader, shelf: Shelf) -> None:
        assert set(items.references_from(merge_request_ref(shelf.app))) == {
            reference("group/app", 1, "closes", "Retry uploads", "opened"),
            reference("group/app", 9, "mentions", None, None),
            reference(LIB_PATH, 1, "mentions", "Retry budget", "opened"),
        }

    def test_events_and_links_are_references_too(self, items: ItemReader, shelf: Shelf) -> None:
        (closed_by,) = items.references_from(issue_ref(shelf.app, 2))
        assert (closed_by.kind, closed_by.iid, closed_by.relation) == (MERGE_REQUEST, 2, "closed_by")
        (related,) = items.references_from(issue_ref(shelf.app, 3))
        assert (related.kind, related.iid, related.relation, related.origin) == (ISSUE, 1, "related", "issue_link")

    @pytest.mark.requirement("sync:rule-6")
    def test_an_item_knows_who_refers_to_it(self, items: ItemReader, shelf: Shelf) -> None:
        referring = {
            (one.project_path, one.kind, one.iid, one.relation) for one in items.references_to(issue_ref(shelf.app))
        }
        assert referring == {
            ("group/app", MERGE_REQUEST, 1, "closes"),
            ("group/app", ISSUE, 3, "related"),
        }

    def test_who_refers_to_a_former_path_of_its_project_counts(
        self, items: ItemReader, shelf: Shelf, writing: Writing
    ) -> None:
        with writing() as transaction:
            transaction.projects.register(
                builders.INSTANCE, builders.BASE_URL, builders.project(78, "other/lib"), in_standard_sync=True
            )
        (mention,) = items.references_to(issue_ref(shelf.lib))
        assert (mention.project_path, mention.kind, mention.iid) == ("group/app", MERGE_REQUEST, 1)
        titles = {one.project_path: one.title for one in items.references_from(merge_request_ref(shelf.app))}
        assert titles[LIB_PATH] == "Retry budget"


def reference(path: str, iid: int, relation: str, title: str | None, state: str | None) -> ReadReference:
    return ReadReference(
        project_path=path, kind=ISSUE, iid=iid, relation=relation, origin="description", title=title, state=state
    )
