"""What every `GitLabReader` promises, whatever GitLab is behind it."""

import json
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable

import pytest

from application.ports.gitlab_reader import GitLabReader, ListPage
from contracts import builders
from contracts.builders import HOUR, MINUTE, NOON, SECOND
from contracts.gitlab_scenarios import (
    GivenGitLab,
    GivenProject,
    Sets,
    given,
    given_sets,
    without_addresses,
)
from domain.entities import DependentRecord, Entity
from domain.errors import GitLabNotFound
from domain.list_walk import ListPosition, ListWalk, Seen
from domain.refs import DependentKind, EntityKind

Install = Callable[[GivenGitLab], GitLabReader]

ISSUE, MR = EntityKind.ISSUE, EntityKind.MERGE_REQUEST
PROJECT = builders.project().gitlab_id
_MOST_PAGES = 60

FULL_ISSUE = builders.issue(
    3,
    description="Why it fails\n\n- [ ] look\n",
    state="closed",
    closed_at=NOON + HOUR,
    closed_by=builders.BOB,
    labels=("bug", "ui"),
    assignees=(builders.BOB, builders.CAROL),
    milestone=builders.milestone(),
    due_date="2026-03-01",
    confidential=True,
    discussion_locked=True,
    issue_type="incident",
    user_notes_count=4,
    upvotes=2,
    downvotes=1,
    weight=3,
)
FULL_MR = builders.merge_request(
    4,
    state="merged",
    merged_at=NOON + HOUR,
    merge_user=builders.CAROL,
    labels=("backend",),
    assignees=(builders.ALICE,),
    reviewers=(builders.BOB, builders.CAROL),
    milestone=builders.milestone(2),
    detailed_merge_status="not_open",
    merge_commit_sha=builders.sha(99),
    user_notes_count=7,
)
ISSUE_SETS: Sets = {
    DependentKind.DISCUSSIONS: (
        builders.discussion(1, builders.note(11), individual_note=True),
        builders.discussion(2, builders.note(12, type="DiscussionNote"), builders.note(13, type="DiscussionNote")),
        builders.discussion(3, builders.note(14, "changed the description", system=True), individual_note=True),
    ),
    DependentKind.STATE_EVENTS: (
        builders.state_event(1, source_merge_request_gitlab_id=20_004),
        builders.state_event(2, "reopened", source_commit=builders.sha(9), user=None),
    ),
    DependentKind.LABEL_EVENTS: (builders.label_event(3), builders.label_event(4, None, action="remove")),
    DependentKind.MILESTONE_EVENTS: (builders.milestone_event(5), builders.milestone_event(6, None, action="remove")),
    DependentKind.ISSUE_LINKS: (builders.issue_link(8, link_type="blocks"),),
}
MR_SETS: Sets = {
    DependentKind.DISCUSSIONS: (
        builders.discussion(
            5,
            builders.note(
                21,
                type="DiffNote",
                resolvable=True,
                resolved=True,
                resolved_by=builders.CAROL,
                resolved_at=NOON + HOUR,
                position=builders.position(start_new_line=8),
            ),
            builders.note(22, type="DiffNote", resolvable=True, resolved=False, position=builders.position()),
        ),
    ),
    DependentKind.STATE_EVENTS: (builders.state_event(7, "merged"),),
    DependentKind.CLOSES_ISSUES: (builders.closes_issue(8),),
    DependentKind.DIFFS: (
        builders.file_change(),
        builders.file_change("src/new.py", "src/old.py", diff=""),
        builders.file_change("big.json", too_large=True, diff="", generated_file=True),
        builders.file_change("made.py", new_file=True, a_mode="0"),
        builders.file_change("gone.py", deleted_file=True, b_mode="0"),
    ),
    DependentKind.COMMITS: (builders.commit(2), builders.commit(1)),
}


class GitLabReaderContract(ABC):
    @pytest.fixture
    @abstractmethod
    def install(self) -> Install:
        """Makes a server hold what is given, and gives a reader of it."""

    def test_a_project_is_found_by_its_id_and_by_its_path(self, install: Install) -> None:
        wanted = builders.project(issues_enabled=False, default_branch="trunk")
        reader = install(given(project=wanted))
        for name in (wanted.gitlab_id, wanted.path):
            assert without_addresses(reader.project(name).value) == without_addresses(wanted)

    @pytest.mark.requirement("sync:rule-11")
    def test_a_renamed_project_is_found_under_its_old_path_and_bears_the_new_one(self, install: Install) -> None:
        reader = install(given(former_paths=("once/upon",)))
        assert reader.project("once/upon").value.path == builders.PROJECT_PATH

    def test_a_project_that_is_not_there_is_not_found(self, install: Install) -> None:
        reader = install(given())
        for name in (4711, "no/such"):
            with pytest.raises(GitLabNotFound):
                reader.project(name)

    def test_a_group_has_the_projects_below_it_and_none_that_is_archived(self, install: Install) -> None:
        paths = ("team/one", "team/sub/two", "teams/other")
        projects = [builders.project(number, path) for number, path in enumerate(paths, start=1)]
        projects.append(builders.project(9, "team/old", archived=True))
        reader = install(GivenGitLab(projects=tuple(GivenProject(project=project) for project in projects)))
        assert sorted(project.path for project in reader.group_projects("team")) == ["team/one", "team/sub/two"]

    def test_a_group_that_is_not_there_is_not_found(self, install: Install) -> None:
        reader = install(given())
        with pytest.raises(GitLabNotFound):
            list(reader.group_projects("nobody"))

    @pytest.mark.parametrize("entity", [FULL_ISSUE, FULL_MR], ids=["issue", "merge request"])
    def test_an_item_comes_with_all_its_fields(self, install: Install, entity: Entity) -> None:
        reader = install(given(entity))
        alone = reader.entity(PROJECT, entity.kind, entity.iid)
        (listed,) = reader.list_page(PROJECT, entity.kind, ListPosition()).items
        assert without_addresses(alone.value) == without_addresses(entity)
        assert without_addresses(listed.value) == without_addresses(entity)

    def test_a_payload_is_compressed_json_of_the_item(self, install: Install) -> None:
        reader = install(given(builders.issue(3)))
        (listed,) = reader.list_page(PROJECT, ISSUE, ListPosition()).items
        for fetched in (reader.entity(PROJECT, ISSUE, 3), listed):
            content = json.loads(zlib.decompress(fetched.payload))
            assert (content["id"], content["iid"]) == (10_003, 3)

    def test_an_item_that_is_not_there_is_not_found(self, install: Install) -> None:
        reader = install(given(builders.issue(1)))
        for kind in EntityKind:
            with pytest.raises(GitLabNotFound):
                reader.entity(PROJECT, kind, 99)
            with pytest.raises(GitLabNotFound):
                reader.dependents(PROJECT, kind, 99, DependentKind.DISCUSSIONS)
        with pytest.raises(GitLabNotFound):
            reader.dependents(PROJECT, MR, 99, DependentKind.DIFFS)

    def test_a_list_begins_at_the_time_named_and_includes_it(self, install: Install) -> None:
        items = [builders.issue(iid, updated_at=NOON + iid * MINUTE) for iid in (3, 1, 2)]
        reader = install(given(*items))
        page = reader.list_page(PROJECT, ISSUE, ListPosition(updated_after=NOON + 2 * MINUTE))
        assert [found.value.iid for found in page.items] == [2, 3]
        assert not page.has_next

    def test_an_empty_list_has_no_next_page(self, install: Install) -> None:
        reader = install(given())
        for kind in EntityKind:
            page = reader.list_page(PROJECT, kind, ListPosition())
            assert (page.items, page.has_next, page.keyset_cursor) == ((), False, None)

    @pytest.mark.requirement("sync:rule-2")
    @pytest.mark.parametrize("kind", list(EntityKind))
    def test_a_walk_over_the_pages_brings_every_item_in_the_order_of_its_updates(
        self, install: Install, kind: EntityKind
    ) -> None:
        make = builders.issue if kind is ISSUE else builders.merge_request
        reader = install(given(*(make(iid, updated_at=NOON + iid * SECOND) for iid in range(1, 251))))
        pages = walked(reader, kind)
        iids = [found.value.iid for page in pages for found in page.items]
        assert list(dict.fromkeys(iids)) == list(range(1, 251))
        assert max(len(page.items) for page in pages) <= 100

    @pytest.mark.requirement("sync:rule-2")
    @pytest.mark.parametrize("kind", list(EntityKind))
    def test_items_that_share_one_update_time_all_come(self, install: Install, kind: EntityKind) -> None:
        make = builders.issue if kind is ISSUE else builders.merge_request
        reader = install(given(*(make(iid) for iid in range(1, 231))))
        assert {found.value.iid for page in walked(reader, kind) for found in page.items} == set(range(1, 231))

    @pytest.mark.requirement("sync:rule-12")
    @pytest.mark.parametrize("kind", list(EntityKind))
    def test_in_the_order_of_creation_every_item_comes_whatever_its_update(
        self, install: Install, kind: EntityKind
    ) -> None:
        make = builders.issue if kind is ISSUE else builders.merge_request
        reader = install(given(*(make(iid, updated_at=NOON + (500 - iid) * SECOND) for iid in range(1, 206))))
        iids: list[int] = []
        number, has_next = 1, True
        while has_next:
            page = reader.created_page(PROJECT, kind, number)
            iids += [found.value.iid for found in page.items]
            number, has_next = number + 1, page.has_next
        assert iids == list(range(1, 206))

    @pytest.mark.parametrize("dependent", list(ISSUE_SETS))
    def test_what_belongs_to_an_issue_comes_as_it_is(self, install: Install, dependent: DependentKind) -> None:
        reader = install(given_sets(builders.issue(3), ISSUE_SETS, builders.issue(8)))
        answer = reader.dependents(PROJECT, ISSUE, 3, dependent)
        assert (answer.dependent, answer.rejected) == (dependent, ())
        assert without_addresses(tuple(answer.records)) == without_addresses(ISSUE_SETS[dependent])

    @pytest.mark.parametrize("dependent", list(MR_SETS))
    def test_what_belongs_to_a_merge_request_comes_as_it_is(self, install: Install, dependent: DependentKind) -> None:
        reader = install(given_sets(builders.merge_request(4), MR_SETS, builders.issue(8)))
        answer = reader.dependents(PROJECT, MR, 4, dependent)
        assert (answer.dependent, answer.rejected) == (dependent, ())
        assert without_addresses(tuple(answer.records)) == without_addresses(MR_SETS[dependent])

    @pytest.mark.requirement("sync:rule-5")
    def test_of_many_threads_none_is_lost(self, install: Install) -> None:
        threads = tuple(builders.discussion(number) for number in range(1, 251))
        reader = install(given_sets(builders.issue(3), {DependentKind.DISCUSSIONS: threads}))
        answer = reader.dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
        assert [getattr(record, "gitlab_id", None) for record in answer.records] == [it.gitlab_id for it in threads]
        assert answer.pages == 3

    def test_a_long_thread_is_one_record(self, install: Install) -> None:
        notes = tuple(builders.note(number) for number in range(1, 251))
        thread: DependentRecord = builders.discussion(1, *notes)
        reader = install(given_sets(builders.issue(3), {DependentKind.DISCUSSIONS: (thread,)}))
        (found,) = reader.dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS).records
        assert without_addresses(found) == without_addresses(thread)

    def test_a_discussion_is_there_or_not(self, install: Install) -> None:
        reader = install(given_sets(builders.issue(3), ISSUE_SETS, builders.issue(8)))
        assert reader.discussion_exists(PROJECT, ISSUE, 3, builders.sha(2))
        assert not reader.discussion_exists(PROJECT, ISSUE, 3, builders.sha(77))

    @pytest.mark.requirement("sync:rule-3")
    def test_the_servers_time_of_a_request_is_not_later_than_its_answer(self, install: Install) -> None:
        reader = install(given_sets(builders.issue(3), ISSUE_SETS, builders.issue(8)))
        answer = reader.dependents(PROJECT, ISSUE, 3, DependentKind.DISCUSSIONS)
        later = reader.list_page(PROJECT, ISSUE, ListPosition())
        assert answer.server_requested_at <= later.server_date + SECOND
        assert answer.requested_at <= later.requested_at
        assert later.server_date % SECOND == 0

    def test_every_request_is_counted(self, install: Install) -> None:
        reader = install(given(builders.issue(1)))
        before = reader.statistics().requests
        reader.entity(PROJECT, ISSUE, 1)
        reader.list_page(PROJECT, ISSUE, ListPosition())
        assert reader.statistics().requests == before + 2

    def test_the_server_tells_its_version_and_the_token_its_user(self, install: Install) -> None:
        reader = install(given())
        assert reader.server().version
        assert reader.token().username
        assert reader.token().user_gitlab_id > 0


def walked(reader: GitLabReader, kind: EntityKind) -> list[ListPage]:
    """The pages of a list as a sync reads them; bounded."""
    pages: list[ListPage] = []
    walk: ListWalk | None = ListWalk.start(None)
    while walk is not None:
        assert len(pages) < _MOST_PAGES
        page = reader.list_page(PROJECT, kind, walk.position)
        pages.append(page)
        rows = tuple(Seen(gitlab_id=it.value.gitlab_id, updated_at=it.value.updated_at) for it in page.items)
        walk = walk.after(rows, has_next=page.has_next, keyset_cursor=page.keyset_cursor)
    return pages
