"""Standard sync, rule by rule (sync.md section 1)."""

import pytest

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.requests import Request, RequestStep
from application.ports.locks import STANDARD, SYNC
from application.sync.commands import NamedOnInstance, SyncProjects
from application.sync.drain_dependents import next_attempt_after
from application.sync.standard import READ_WHOLE
from contracts import builders
from domain.entities import Discussion
from domain.errors import (
    Cancelled,
    GitLabAuthFailed,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    StoreLocked,
)
from domain.refs import DependentKind, EntityKind
from domain.runs import RunPhase, RunStatus
from sync_house import BASE_URL, HOUR, INSTANCE, SyncHouse, everything, only


@pytest.fixture
def house() -> SyncHouse:
    return SyncHouse()


@pytest.fixture
def project(house: SyncHouse) -> ServerProject:
    return house.gitlab.create_project("group/app")


def mirrored(house: SyncHouse) -> bool:
    return house.store.dump().content.items == house.gitlab.dump(INSTANCE)


def populate(house: SyncHouse, project: ServerProject, issues: int = 5, changes: int = 3) -> list[ServerItem]:
    items = [house.gitlab.create_issue(project, f"Issue {n}") for n in range(issues)]
    items += [house.gitlab.create_merge_request(project, f"Change {n}") for n in range(changes)]
    for item in items:
        house.gitlab.comment(item, f"About {item.reference}")
        house.clock.advance(1_000)
    return items


def asked(house: SyncHouse, method: str) -> int:
    return sum(request.method == method for request in house.gitlab.requests.log)


class TestAFullSync:
    def test_the_store_equals_the_server(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        report = house.standard()(everything(project))
        assert mirrored(house)
        assert report.run.counters.created == 8
        assert (report.run.status, report.run.phase) == (RunStatus.SUCCEEDED, RunPhase.DONE)

    def test_every_item_and_thread_gets_a_document(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        house.standard()(everything(project))
        assert len(house.store.dump().content.documents) == 16
        assert house.store.dump().dirty == {}

    @pytest.mark.requirement("sync:rule-13")
    def test_a_run_that_fetched_nothing_says_why(self, house: SyncHouse, project: ServerProject) -> None:
        report = house.standard()(everything(project))
        assert report.projects[0].fetched == 0
        assert "Nothing changed" in report.projects[0].note

    def test_features_that_are_off_are_not_asked_for(self, house: SyncHouse, project: ServerProject) -> None:
        for kind in EntityKind:
            house.gitlab.switch_off(project, kind)
        report = house.standard()(everything(project))
        assert asked(house, "list_page") == 0
        assert "switched off" in report.projects[0].note


@pytest.mark.requirement("sync:rule-2")
class TestRule2Cursor:
    @pytest.mark.parametrize("page_size", [1, 2, 3, 100])
    @pytest.mark.parametrize("keyset", [False, True])
    def test_every_page_is_read_whatever_its_size(self, page_size: int, keyset: bool) -> None:
        house = SyncHouse(page_size=page_size)
        house.gitlab.keyset_issues = keyset
        project = house.gitlab.create_project("group/app")
        populate(house, project)
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    @pytest.mark.parametrize("page_size", [1, 2, 3])
    def test_ties_over_several_pages_are_all_read(self, page_size: int) -> None:
        house = SyncHouse(page_size=page_size)
        project = house.gitlab.create_project("group/app")
        for n in range(7):
            house.gitlab.create_issue(project, f"Imported {n}")
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    def test_rows_that_move_between_pages_are_not_skipped(self) -> None:
        house = SyncHouse(page_size=2)
        project = house.gitlab.create_project("group/app")
        items = populate(house, project, issues=9, changes=0)
        house.later()
        moving = list(items[:4])

        def touch_an_early_one(step: RequestStep, request: Request) -> None:
            if step is RequestStep.ANSWERED and request.method == "list_page" and moving:
                house.clock.advance(1_000)
                house.gitlab.set_title(moving.pop(), "Moved to the end of the list")

        house.gitlab.requests.on_step = touch_an_early_one
        house.standard()(everything(project))
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    def test_an_idle_sync_makes_two_list_requests_and_fetches_nothing_else(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        populate(house, project)
        house.later()
        house.standard()(everything(project))
        house.gitlab.requests.log.clear()
        report = house.standard()(everything(project))
        assert asked(house, "list_page") == 2
        assert asked(house, "dependents") == 0
        assert report.run.counters.updated == report.run.counters.created == 0

    def test_only_what_changed_is_fetched_again(self, house: SyncHouse, project: ServerProject) -> None:
        items = populate(house, project)
        house.later()
        house.standard()(everything(project))
        house.gitlab.comment(items[0], "One more thing.")
        house.later()
        house.gitlab.requests.log.clear()
        house.standard()(everything(project))
        assert {request.iid for request in house.gitlab.requests.log if request.dependent} == {items[0].iid}
        assert mirrored(house)

    def test_full_reads_everything_again_and_regenerates_no_unchanged_document(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        populate(house, project)
        house.later()
        house.standard()(everything(project))
        report = house.standard()(everything(project, full=True))
        assert report.run.counters.fetched == 8
        assert report.run.counters.documents_written == 0
        assert report.run.counters.dependents_fetched == 5 * 5 + 3 * 7

    def test_a_row_read_unsettled_at_the_start_of_a_slow_walk_is_read_again(self) -> None:
        house = SyncHouse(page_size=2)
        project = house.gitlab.create_project("group/app")
        first, *_ = populate(house, project, issues=4, changes=0)
        pages: list[Request] = []

        def be_slow(step: RequestStep, request: Request) -> None:
            if step is RequestStep.BEGIN and request.method == "list_page" and request.kind is EntityKind.ISSUE:
                pages.append(request)
                if len(pages) == 2:
                    house.clock.advance(20_000)
                    house.gitlab.label(first, "bug")  # within a minute of the last bump: no timestamp moves
                    house.clock.advance(200_000)

        house.gitlab.requests.on_step = be_slow
        house.standard()(everything(project))
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)


@pytest.mark.requirement("sync:rule-3")
class TestRule3SettledFetches:
    def test_a_comment_within_a_minute_of_another_change_is_not_lost(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        (item,) = populate(house, project, issues=1, changes=0)
        report = house.standard()(everything(project))
        assert report.run.counters.unsettled == 5
        house.clock.advance(20_000)
        house.gitlab.comment(item, "This one moves no timestamp.")
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    def test_a_settled_item_leaves_no_job(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        house.standard()(everything(project))
        assert house.store.dump().jobs == {}


@pytest.mark.requirement("sync:rule-4")
class TestRule4DependentQueue:
    def test_a_failed_job_waits_and_is_tried_by_a_later_run(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project, issues=1, changes=0)
        house.later()
        house.gitlab.requests.fail(GitLabUnavailable("busy"), dependent=DependentKind.DISCUSSIONS)
        report = house.standard()(everything(project))
        assert report.run.counters.failed == 1
        (job,) = house.store.dump().jobs.values()
        assert (job.attempts, job.claimed_by) == (1, None)
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)
        assert house.store.dump().jobs == {}

    def test_the_waits_double_from_half_a_minute_to_eight(self) -> None:
        assert [next_attempt_after(n) // 1000 for n in range(1, 8)] == [30, 60, 120, 240, 480, 480, 480]

    def test_an_item_that_is_gone_gets_its_tombstone(self, house: SyncHouse, project: ServerProject) -> None:
        item, *_ = populate(house, project)
        house.later()

        def delete_meanwhile(step: RequestStep, request: Request) -> None:
            if step is RequestStep.BEGIN and request.dependent and item.readable:
                house.gitlab.hide(item)

        house.gitlab.requests.on_step = delete_meanwhile
        house.standard()(everything(project))
        assert [name.iid for name in house.store.dump().tombstones] == [item.iid]
        assert {name.iid for name, _ in house.store.dump().content.documents if name.kind is EntityKind.ISSUE} == {
            2,
            3,
            4,
            5,
        }
        assert house.store.dump().jobs == {}

    def test_a_set_that_the_server_does_not_know_ends_with_a_warning(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        populate(house, project, issues=1, changes=0)
        house.later()
        house.gitlab.requests.fail(GitLabNotFound("no route"), dependent=DependentKind.ISSUE_LINKS)
        report = house.standard()(everything(project))
        assert [failure.stage for failure in report.run.failures] == ["dependents:issue_links"]
        house.gitlab.requests.log.clear()
        house.standard()(everything(project))
        assert asked(house, "dependents") == 0

    def test_a_forbidden_set_is_tried_once_in_a_run(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project, issues=1, changes=0)
        house.later()
        house.gitlab.requests.fail(GitLabForbidden("no"), dependent=DependentKind.ISSUE_LINKS, times=None)
        house.standard()(everything(project))
        assert sum(r.dependent is DependentKind.ISSUE_LINKS for r in house.gitlab.requests.log) == 1

    def test_a_project_that_was_lost_on_the_way_buries_nothing(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()

        def vanish(step: RequestStep, request: Request) -> None:
            if step is RequestStep.BEGIN and request.dependent:
                project.visible = False

        house.gitlab.requests.on_step = vanish
        report = house.standard()(everything(project))
        assert house.store.dump().tombstones == {}
        assert report.run.failures
        assert len(house.store.dump().jobs) == 5 * 5 + 3 * 7


@pytest.mark.requirement("sync:rule-5")
class TestRule5Discussions:
    def test_all_pages_are_read(self) -> None:
        house = SyncHouse(page_size=100)
        project = house.gitlab.create_project("group/app")
        item = house.gitlab.create_issue(project)
        for n in range(250):
            house.gitlab.comment(item, f"Note {n}")
        house.later()
        house.standard()(everything(project))
        (picture,) = house.store.dump().content.items.values()
        assert len(picture.sets[DependentKind.DISCUSSIONS]) == 250

    @pytest.mark.parametrize("page_size", [2, 100])
    def test_a_deleted_thread_is_swept(self, page_size: int) -> None:
        house = SyncHouse(page_size=page_size)
        project = house.gitlab.create_project("group/app")
        item = house.gitlab.create_issue(project)
        notes = [house.gitlab.comment(item, f"Note {n}") for n in range(5)]
        house.later()
        house.standard()(everything(project))
        house.gitlab.delete_note(item, notes[0].gitlab_id)
        house.gitlab.comment(item, "So that it is looked at")
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    def test_a_living_thread_that_paging_shifted_away_stays(self) -> None:
        house = SyncHouse(page_size=2)
        project = house.gitlab.create_project("group/app")
        item = house.gitlab.create_issue(project)
        notes = [house.gitlab.comment(item, f"Note {n}") for n in range(5)]
        house.later()
        house.standard()(everything(project))
        house.gitlab.comment(item, "More")
        house.later()
        deleted = [notes[0].gitlab_id]

        def shift(step: RequestStep, request: Request) -> None:
            discussions = request.dependent is DependentKind.DISCUSSIONS
            if step is RequestStep.ANSWERED and discussions and request.page == 1 and deleted:
                house.gitlab.delete_note(item, deleted.pop())

        house.gitlab.requests.on_step = shift
        house.standard()(everything(project))
        (picture,) = house.store.dump().content.items.values()
        bodies = {
            thread.notes[0].body for thread in picture.sets[DependentKind.DISCUSSIONS] if isinstance(thread, Discussion)
        }
        assert {"Note 1", "Note 2", "Note 3", "Note 4", "More"} <= bodies


@pytest.mark.requirement("sync:rule-6")
def test_references_of_descriptions_and_notes_are_kept(house: SyncHouse, project: ServerProject) -> None:
    item = house.gitlab.create_issue(project, "Title", description="As in !3 and group/lib#4.")
    house.gitlab.comment(item, f"See {BASE_URL}/other/thing/-/issues/9#note_1")
    house.later()
    house.standard()(everything(project))
    (references,) = house.store.dump().content.references.values()
    assert {(found.project_path, found.kind, found.iid) for _note, found in references} == {
        ("group/app", EntityKind.MERGE_REQUEST, 3),
        ("group/lib", EntityKind.ISSUE, 4),
        ("other/thing", EntityKind.ISSUE, 9),
    }


@pytest.mark.requirement("sync:rule-7")
def test_a_bad_record_is_quarantined_and_the_rest_of_the_page_goes_on(house: SyncHouse, project: ServerProject) -> None:
    bad, *_rest = populate(house, project)
    bad.spoiled.add(None)
    house.later()
    report = house.standard()(everything(project))
    assert report.run.counters.quarantined == 1
    assert len(house.store.dump().content.items) == 7
    assert len(house.store.dump().quarantine) == 1


@pytest.mark.requirement("sync:rule-7")
def test_what_can_be_read_again_leaves_the_quarantine(house: SyncHouse, project: ServerProject) -> None:
    issue, *_, change = populate(house, project)
    issue.spoiled |= {None}
    change.spoiled |= {DependentKind.DISCUSSIONS, DependentKind.DIFFS}
    house.gitlab.set_diff(change, [builders.file_change()], [])
    house.later()
    house.standard()(everything(project))
    kept = {rejected.record for rejected in house.store.dump().quarantine}
    assert kept == {
        "issue",
        f"discussions of merge_request {change.iid}",
        f"diffs of merge_request {change.iid}",
    }
    for item in (issue, change):
        item.spoiled.clear()
        house.gitlab.comment(item, "It is well now.")
    house.later()
    house.standard()(everything(project))
    assert mirrored(house)
    assert house.store.dump().quarantine == ()


@pytest.mark.requirement("sync:rule-7")
def test_what_is_still_bad_after_everything_was_read_again_is_the_only_thing_in_quarantine(
    house: SyncHouse, project: ServerProject
) -> None:
    good, bad, *_ = populate(house, project)
    for item in (good, bad):
        item.spoiled.add(None)
    house.later()
    house.standard()(everything(project))
    house.gitlab.delete(good)
    house.standard()(everything(project, full=True))
    assert [rejected.gitlab_id for rejected in house.store.dump().quarantine] == [str(bad.entity.gitlab_id)]


@pytest.mark.requirement("sync:rule-8")
def test_a_page_in_flight_does_not_undo_what_a_surgical_run_wrote(house: SyncHouse, project: ServerProject) -> None:
    items = populate(house, project)
    item = items[0]
    house.later()
    house.standard()(everything(project))
    house.gitlab.set_title(item, "Changed")
    house.later()
    overtaken: list[str] = []

    def overtake(step: RequestStep, request: Request) -> None:
        if step is RequestStep.ANSWERED and request.method == "list_page" and not overtaken:
            house.clock.advance(1_000)
            house.gitlab.set_title(item, "Newer than the page in flight")
            overtaken.append("yes")
            with house.lent_lock(SYNC):
                house.surgical()(only(item))

    house.gitlab.requests.on_step = overtake
    report = house.standard()(everything(project))
    assert report.run.counters.skipped_stale == 1
    house.later()
    house.standard()(everything(project))
    assert mirrored(house)


@pytest.mark.requirement("sync:rule-11")
class TestRule11Projects:
    def test_a_bad_project_is_reported_and_stops_no_other(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        missing = NamedOnInstance(instance=INSTANCE, base_url=BASE_URL, path="no/such")
        known = everything(project).projects
        report = house.standard()(SyncProjects(projects=(missing, *known)))
        assert mirrored(house)
        assert [(failure.stage, failure.project_path) for failure in report.run.failures] == [("resolve", "no/such")]

    def test_a_run_whose_every_project_failed_raises_that_error(self, house: SyncHouse) -> None:
        missing = NamedOnInstance(instance=INSTANCE, base_url=BASE_URL, path="no/such")
        with pytest.raises(GitLabNotFound):
            house.standard()(SyncProjects(projects=(missing,)))
        assert house.last_run.status is RunStatus.FAILED

    def test_items_and_documents_of_a_renamed_project_tell_its_new_address(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        populate(house, project)
        house.later()
        house.gitlab.create_issue(project, "The last one, which every list begins with from now on")
        house.gitlab.create_merge_request(project, "And the last change")
        house.later()
        house.standard()(everything(project))
        house.gitlab.rename_project(project, "other/place")
        assert house.standard()(everything(project)).run.counters.fetched == 2
        assert mirrored(house)
        documents = house.store.dump().content.documents
        assert len(documents) == 18
        addresses = {str(document.fields["web_url"]) for document in documents.values()}
        assert {address.partition("/-/")[0] for address in addresses} == {f"{BASE_URL}/other/place"}

    def test_new_projects_of_a_group_are_picked_up(self, house: SyncHouse) -> None:
        group = NamedOnInstance(instance=INSTANCE, base_url=BASE_URL, path="platform")
        populate(house, house.gitlab.create_project("platform/one"))
        house.later()
        house.standard()(SyncProjects(groups=(group,)))
        populate(house, house.gitlab.create_project("platform/sub/two"))
        house.later()
        house.standard()(SyncProjects(groups=(group,)))
        assert mirrored(house)

    def test_a_renamed_project_keeps_its_old_path_as_an_alias(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        command = everything(project)
        house.standard()(command)
        house.gitlab.rename_project(project, "group/press")
        house.standard()(command)
        (picture,) = house.store.dump().projects.values()
        assert (picture.path, picture.aliases) == ("group/press", frozenset({"group/app"}))


class TestFailuresOnTheWay:
    def test_one_list_that_fails_does_not_stop_the_other(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        house.gitlab.requests.fail(GitLabForbidden("no"), method="list_page", kind=EntityKind.MERGE_REQUEST)
        house.standard()(everything(project))
        assert {name.kind for name in house.store.dump().content.items} == {EntityKind.ISSUE}

    def test_a_token_that_is_refused_in_mid_run_ends_the_asking(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        house.gitlab.requests.fail(GitLabAuthFailed("401"), method="dependents", after=3, times=None)
        report = house.standard()(everything(project))
        assert asked(house, "dependents") <= 3 + 8
        assert report.run.failures
        house.gitlab.requests.heal()
        house.later()
        house.standard()(everything(project))
        assert mirrored(house)

    @pytest.mark.parametrize("error", [GitLabUnavailable("down"), GitLabRateLimited("enough")])
    def test_a_server_that_gives_out_is_not_asked_thousands_of_times(
        self, house: SyncHouse, project: ServerProject, error: Exception
    ) -> None:
        populate(house, project, issues=30)
        house.later()
        house.gitlab.requests.fail(error, method="dependents", times=None)
        house.standard()(everything(project))
        assert asked(house, "dependents") <= 5 + 8

    @pytest.mark.parametrize("error", [GitLabUnavailable("down"), GitLabAuthFailed("401")])
    def test_lists_that_all_fail_fail_the_run(self, house: SyncHouse, project: ServerProject, error: Exception) -> None:
        house.gitlab.requests.fail(error, method="list_page", times=None)
        with pytest.raises(type(error)):
            house.standard()(everything(project))
        assert house.last_run.status is RunStatus.FAILED
        assert house.held_locks() == set()


@pytest.mark.requirement("sync:rule-14")
def test_a_cancelled_run_releases_its_locks_and_jobs_wherever_it_is() -> None:
    statuses = set()
    for check in range(1, 80, 3):
        house = SyncHouse()
        project = house.gitlab.create_project("group/app")
        populate(house, project)
        house.later()
        house.cancellation.cancel_at = check
        try:
            house.standard()(everything(project))
        except Cancelled:
            assert house.last_run.status is RunStatus.CANCELLED
        statuses.add(house.last_run.status)
        assert house.held_locks() == set()
        assert {job.claimed_by for job in house.store.dump().jobs.values()} <= {None}
        house.cancellation = MemoryCancellation()
        house.standard()(everything(project))
        assert mirrored(house)
    assert statuses == {RunStatus.CANCELLED, RunStatus.SUCCEEDED}


@pytest.mark.requirement("sync:rule-15")
class TestRule15StagesLeftOut:
    def test_what_is_left_out_stays_queued(self, house: SyncHouse, project: ServerProject) -> None:
        populate(house, project)
        house.later()
        house.standard()(everything(project, events=False, diffs=False, docs=False))
        kinds = {kind for _item, kind in house.store.dump().jobs}
        assert kinds == {
            DependentKind.STATE_EVENTS,
            DependentKind.LABEL_EVENTS,
            DependentKind.MILESTONE_EVENTS,
            DependentKind.DIFFS,
        }
        assert house.store.dump().content.documents == {}
        house.standard()(everything(project))
        assert mirrored(house)
        assert len(house.store.dump().content.documents) == 16

    def test_without_embedding_nothing_is_embedded(self, house: SyncHouse, project: ServerProject) -> None:
        house.standard()(everything(project, embed=False))
        assert house.embedding.calls == []


class TestLocks:
    def test_two_standard_syncs_never_run_side_by_side(self, house: SyncHouse, project: ServerProject) -> None:
        house.locks.plant(STANDARD)
        with pytest.raises(StoreLocked):
            house.standard()(everything(project))
        assert asked(house, "list_page") == 0

    def test_a_waiting_surgical_run_is_let_in_after_any_transaction(
        self, house: SyncHouse, project: ServerProject
    ) -> None:
        items = populate(house, project)
        house.later()
        entered: list[RunPhase] = []

        def visit() -> None:
            entered.append(house.last_run.phase)
            house.surgical()(only(items[0]))

        def knock(step: RequestStep, request: Request) -> None:
            if step is RequestStep.ANSWERED and request.method == "dependents" and not entered:
                house.locks.visitors[SYNC].append(visit)

        house.gitlab.requests.on_step = knock
        house.standard()(everything(project))
        assert entered
        assert mirrored(house)

    def test_embedding_runs_without_the_sync_lock(self, house: SyncHouse, project: ServerProject) -> None:
        held: list[bool] = []
        house.embedding.on_embed = lambda _keys: held.append(SYNC in house.locks.rows)
        populate(house, project)
        house.standard()(everything(project))
        assert held == [False]

    @pytest.mark.requirement("search:quick-reading")
    def test_what_was_read_in_part_is_read_whole_up_to_a_bound(self, house: SyncHouse, project: ServerProject) -> None:
        house.standard()(everything(project))
        assert house.embedding.whole_at_most == [READ_WHOLE]

    def test_an_embedder_that_fails_fails_nothing_else(self, house: SyncHouse, project: ServerProject) -> None:
        house.embedding.error = GitLabUnavailable("not really GitLab")
        populate(house, project)
        report = house.standard()(everything(project))
        assert report.run.status is RunStatus.SUCCEEDED
        assert report.warnings


@pytest.mark.requirement("sync:rule-12")
class TestRule12Reconcile:
    def synced(self, house: SyncHouse, project: ServerProject) -> list[ServerItem]:
        items = populate(house, project)
        house.later()
        house.standard()(everything(project))
        return items

    def test_deleted_items_get_their_tombstones(self, house: SyncHouse, project: ServerProject) -> None:
        items = self.synced(house, project)
        house.gitlab.delete(items[0])
        items[-1].readable = False
        house.standard()(everything(project))
        assert house.store.dump().tombstones == {}
        house.standard()(everything(project, reconcile=True))
        assert len(house.store.dump().tombstones) == 2
        assert mirrored(house)

    @pytest.mark.parametrize("page_size", [1, 3, 100])
    def test_edits_that_moved_no_time_are_found(self, page_size: int) -> None:
        house = SyncHouse(page_size=page_size)
        project = house.gitlab.create_project("group/app")
        items = self.synced(house, project)
        house.gitlab.change(items[1], upvotes=7)
        house.gitlab.delete_note(items[2], items[2].discussions[0].notes[0].gitlab_id)
        house.gitlab.change(items[2], user_notes_count=0)
        house.gitlab.set_updated_at(items[3], items[3].entity.updated_at - HOUR)
        house.standard()(everything(project, reconcile=True))
        assert mirrored(house)

    def test_an_item_that_the_list_shifted_out_of_sight_lives_on(self) -> None:
        house = SyncHouse(page_size=2)
        project = house.gitlab.create_project("group/app")
        items = self.synced(house, project)
        deleted = [items[0]]

        def shift(step: RequestStep, request: Request) -> None:
            if step is RequestStep.ANSWERED and request.method == "created_page" and deleted:
                house.gitlab.delete(deleted.pop())

        house.gitlab.requests.on_step = shift
        house.standard()(everything(project, reconcile=True))
        assert house.store.dump().tombstones == {}
        house.standard()(everything(project, reconcile=True))
        assert mirrored(house)
        assert len(house.store.dump().tombstones) == 1

    def test_a_list_that_was_cut_short_removes_nothing(self, house: SyncHouse, project: ServerProject) -> None:
        items = self.synced(house, project)
        house.gitlab.delete(items[0])
        house.gitlab.requests.fail(GitLabUnavailable("down"), method="created_page", times=None)
        report = house.standard()(everything(project, reconcile=True))
        assert house.store.dump().tombstones == {}
        assert {failure.stage for failure in report.run.failures} == {"reconcile"}

    def test_a_list_with_an_unreadable_record_removes_nothing(self, house: SyncHouse, project: ServerProject) -> None:
        items = self.synced(house, project)
        items[0].spoiled.add(None)
        house.standard()(everything(project, reconcile=True))
        assert house.store.dump().tombstones == {}

    def test_a_project_that_is_lost_on_the_way_loses_nothing(self, house: SyncHouse, project: ServerProject) -> None:
        items = self.synced(house, project)
        house.gitlab.hide(items[0])

        def vanish(step: RequestStep, request: Request) -> None:
            if step is RequestStep.BEGIN and request.method == "project" and request.project == project.gitlab_id:
                project.visible = False

        house.gitlab.requests.on_step = vanish
        report = house.standard()(everything(project, reconcile=True))
        assert house.store.dump().tombstones == {}
        assert report.run.failures

    def test_it_is_due_so_long_after_the_first_complete_sync(self, house: SyncHouse, project: ServerProject) -> None:
        self.synced(house, project)
        house.standard()(everything(project, reconcile_after_ms=2 * HOUR))
        assert asked(house, "created_page") == 0
        house.later(3 * HOUR)
        house.standard()(everything(project, reconcile_after_ms=2 * HOUR))
        assert asked(house, "created_page") == 2
        house.standard()(everything(project, reconcile_after_ms=2 * HOUR))
        assert asked(house, "created_page") == 2
