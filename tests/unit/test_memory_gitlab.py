"""The GitLab in memory answers as GitLab does: what is seen, page by page, and what goes wrong."""

import pytest

from adapters.memory.clock import START, MemoryClock
from adapters.memory.gitlab import MemoryGitLab, MemoryGitLabs
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.requests import Request, RequestStep
from application.ports.gitlab_reader import GitLabReader, ListPage
from domain.entities import (
    Discussion,
)
from domain.errors import (
    ConfigInvalid,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    MalformedPayload,
    TokenNotSet,
)
from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind

MINUTE = 60_000
ISSUE, MR = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def gitlab(clock: MemoryClock) -> MemoryGitLab:
    return MemoryGitLab(clock)


@pytest.fixture
def project(gitlab: MemoryGitLab) -> ServerProject:
    return gitlab.create_project("group/app")


@pytest.fixture
def issue(gitlab: MemoryGitLab, project: ServerProject) -> ServerItem:
    return gitlab.create_issue(project, "An issue")


def iids(page: ListPage) -> list[int]:
    return [found.value.iid for found in page.items]


def test_a_list_shows_what_the_token_may_see(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    kept = gitlab.create_issue(project)
    gitlab.hide(issue)
    assert iids(gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())) == [kept.iid]
    with pytest.raises(GitLabNotFound):
        gitlab.entity(project.gitlab_id, ISSUE, issue.iid)
    gitlab.show(issue)
    assert gitlab.entity(project.gitlab_id, ISSUE, issue.iid).value == issue.entity


def test_a_merge_request_can_be_forbidden(gitlab: MemoryGitLab, project: ServerProject) -> None:
    change = gitlab.create_merge_request(project)
    change.forbidden = True
    with pytest.raises(GitLabForbidden):
        gitlab.entity(project.gitlab_id, MR, change.iid)
    with pytest.raises(GitLabForbidden):
        gitlab.dependents(project.gitlab_id, MR, change.iid, DependentKind.DIFFS)
    assert iids(gitlab.list_page(project.gitlab_id, MR, ListPosition())) == []


def test_with_the_features_off_issues_are_none_and_merge_requests_forbidden(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    for kind in EntityKind:
        gitlab.switch_off(project, kind)
    assert iids(gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())) == []
    with pytest.raises(GitLabNotFound):
        gitlab.entity(project.gitlab_id, ISSUE, issue.iid)
    with pytest.raises(GitLabForbidden):
        gitlab.list_page(project.gitlab_id, MR, ListPosition())
    assert gitlab.dump("work") == {}


def test_a_hidden_project_is_not_found_anywhere(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    project.visible = False
    with pytest.raises(GitLabNotFound):
        gitlab.project(project.path)
    with pytest.raises(GitLabNotFound):
        gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())
    with pytest.raises(GitLabNotFound):
        gitlab.entity(project.gitlab_id, ISSUE, issue.iid)


def test_the_old_path_leads_to_a_renamed_project_until_another_takes_it(
    gitlab: MemoryGitLab, project: ServerProject
) -> None:
    gitlab.rename_project(project, "group/renamed")
    assert gitlab.project("group/app").value.path == "group/renamed"
    other = gitlab.create_project("group/app")
    assert gitlab.project("group/app").value.gitlab_id == other.gitlab_id


def test_an_administrator_can_put_the_time_back(gitlab: MemoryGitLab, issue: ServerItem) -> None:
    gitlab.set_updated_at(issue, START - MINUTE)
    assert issue.entity.updated_at == START - MINUTE


def test_a_deleted_item_is_not_found_and_its_number_not_given_again(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    gitlab.delete(issue)
    assert gitlab.create_issue(project).iid == issue.iid + 1
    with pytest.raises(GitLabNotFound):
        gitlab.entity(project.gitlab_id, ISSUE, issue.iid)


def test_offset_pages_skip_a_row_when_one_before_it_moves(clock: MemoryClock) -> None:
    gitlab = MemoryGitLab(clock, page_size=2)
    project = gitlab.create_project()
    items = []
    for _ in range(4):
        items.append(gitlab.create_issue(project))
        clock.advance(1)
    first = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())
    gitlab.set_title(items[0], "Moved to the end")
    second = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition(page=2))
    assert (iids(first), iids(second)) == ([1, 2], [4, 1])
    assert (first.has_next, second.has_next) == (True, False)


def test_keyset_pages_skip_none(clock: MemoryClock) -> None:
    gitlab = MemoryGitLab(clock, page_size=2, keyset_issues=True)
    project = gitlab.create_project()
    items = [gitlab.create_issue(project) for _ in range(4)]
    first = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())
    clock.advance(1)
    gitlab.set_title(items[0], "Moved to the end")
    second = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition(keyset_cursor=first.keyset_cursor))
    third = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition(keyset_cursor=second.keyset_cursor))
    assert [iids(page) for page in (first, second, third)] == [[1, 2], [3, 4], [1]]
    assert third.keyset_cursor is None


def test_offset_pages_of_threads_skip_one_when_one_before_it_is_deleted(clock: MemoryClock) -> None:
    gitlab = MemoryGitLab(clock, page_size=2)
    project = gitlab.create_project()
    issue = gitlab.create_issue(project)
    notes = [gitlab.comment(issue, f"Note {number}") for number in range(5)]

    def delete_the_first(step: RequestStep, request: Request) -> None:
        if step is RequestStep.BEGIN and request.page == 2:
            gitlab.delete_note(issue, notes[0].gitlab_id)

    gitlab.requests.on_step = delete_the_first
    answer = gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)
    assert len(answer.records) == 4
    assert answer.pages == 2
    assert len(issue.discussions) == 4


def test_links_come_in_one_piece(clock: MemoryClock) -> None:
    gitlab = MemoryGitLab(clock, page_size=2)
    project = gitlab.create_project()
    issue = gitlab.create_issue(project)
    for _ in range(5):
        gitlab.link(issue, gitlab.create_issue(project))
    answer = gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.ISSUE_LINKS)
    assert (len(answer.records), answer.pages) == (5, 1)


def test_an_answer_in_flight_does_not_hold_what_happens_meanwhile(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    said = {RequestStep.BEGIN: "Still in time", RequestStep.ANSWERED: "Too late"}
    gitlab.requests.on_step = lambda step, _: gitlab.comment(issue, said[step])
    answer = gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)
    threads = [record for record in answer.records if isinstance(record, Discussion)]
    assert [thread.notes[0].body for thread in threads] == ["Still in time"]
    assert len(issue.discussions) == 2


def test_times_of_a_request_are_those_of_its_beginning(clock: MemoryClock) -> None:
    gitlab = MemoryGitLab(clock, skew_ms=5_400, latency_ms=2_001)
    project = gitlab.create_project()
    issue = gitlab.create_issue(project)
    assert issue.entity.created_at == START + 5_400
    page = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())
    assert (page.requested_at, page.server_date) == (START, START + 6_000)
    answer = gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)
    assert (answer.requested_at, answer.server_requested_at) == (START + 2_001, START + 7_000)


def test_the_server_tells_how_far_its_clock_is_away(clock: MemoryClock) -> None:
    assert MemoryGitLab(clock, skew_ms=5_400).server().clock_skew_ms == -5_000


def test_a_fault_strikes_the_requests_it_names(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    other = gitlab.create_issue(project)
    gitlab.requests.fail(
        GitLabUnavailable("told to fail"), method="dependents", iid=issue.iid, dependent=DependentKind.DISCUSSIONS
    )
    gitlab.dependents(project.gitlab_id, ISSUE, other.iid, DependentKind.DISCUSSIONS)
    gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.LABEL_EVENTS)
    with pytest.raises(GitLabUnavailable):
        gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)
    gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)


def test_a_fault_can_come_late_and_stay(gitlab: MemoryGitLab, project: ServerProject) -> None:
    gitlab.requests.fail(GitLabRateLimited("told to fail"), after=2, times=None)
    gitlab.token()
    gitlab.project(project.gitlab_id)
    for _ in range(3):
        with pytest.raises(GitLabRateLimited):
            gitlab.token()
    gitlab.requests.heal()
    assert gitlab.token().username == "reader"


def test_every_request_is_logged(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    gitlab.entity(project.gitlab_id, ISSUE, issue.iid)
    assert not gitlab.discussion_exists(project.gitlab_id, ISSUE, issue.iid, "0" * 40)
    assert gitlab.requests.log == [
        Request(method="entity", project=project.gitlab_id, kind=ISSUE, iid=issue.iid),
        Request(method="discussion_exists", project=project.gitlab_id, kind=ISSUE, iid=issue.iid),
    ]
    assert gitlab.statistics().requests == 2


def test_what_is_spoiled_is_rejected_alone(gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem) -> None:
    good = gitlab.create_issue(project)
    issue.spoiled = {None, DependentKind.DISCUSSIONS}
    gitlab.comment(issue, "Cannot be read")
    gitlab.comment(issue, "Can be read")
    page = gitlab.list_page(project.gitlab_id, ISSUE, ListPosition())
    assert iids(page) == [good.iid]
    assert [rejected.gitlab_id for rejected in page.rejected] == [str(issue.entity.gitlab_id)]
    answer = gitlab.dependents(project.gitlab_id, ISSUE, issue.iid, DependentKind.DISCUSSIONS)
    assert (len(answer.records), [rejected.record for rejected in answer.rejected]) == (1, ["discussions"])
    with pytest.raises(MalformedPayload):
        gitlab.entity(project.gitlab_id, ISSUE, issue.iid)


def test_a_set_can_come_with_a_warning(gitlab: MemoryGitLab, project: ServerProject) -> None:
    change = gitlab.create_merge_request(project)
    change.warnings[DependentKind.DIFFS] = ("over the limit",)
    assert gitlab.dependents(project.gitlab_id, MR, change.iid, DependentKind.DIFFS).warnings == ("over the limit",)


def test_instances_are_found_by_name(gitlab: MemoryGitLab) -> None:
    gitlabs = MemoryGitLabs({"work": gitlab, "locked": gitlab})
    gitlabs.without_token.add("locked")
    reader: GitLabReader = gitlabs.reader("work")
    assert reader is gitlab
    with pytest.raises(ConfigInvalid):
        gitlabs.reader("nowhere")
    with pytest.raises(TokenNotSet):
        gitlabs.reader("locked")


def test_the_requests_of_all_instances_are_counted_together(clock: MemoryClock) -> None:
    one, other = MemoryGitLab(clock), MemoryGitLab(clock)
    one.token()
    other.token()
    assert MemoryGitLabs({"one": one, "other": other}).statistics().requests == 2


def test_an_item_of_the_world_is_found_whether_visible_or_not(
    gitlab: MemoryGitLab, project: ServerProject, issue: ServerItem
) -> None:
    gitlab.hide(issue)
    assert gitlab.item(project, ISSUE, issue.iid) is issue
