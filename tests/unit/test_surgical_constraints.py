"""The design constraints C1 to C15 of surgical sync (sync.md section 3), one class for each."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from adapters.memory.content_store import Step
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.requests import Request, RequestStep
from application.ports.locks import EMBED, SYNC
from application.ports.run_ledger import RunFilter
from domain.errors import (
    Cancelled,
    GitLabUnavailable,
    LockLost,
    StoreError,
    StoreLocked,
    SurgicalPreflightFailed,
)
from domain.refs import DependentKind, EntityKind, SourceKey, SourceType, dependents_of
from domain.runs import RunMode, RunPhase, RunStatus
from sync_house import BASE_URL, INSTANCE, SyncHouse, everything, only, targets

FOREIGN = SourceKey(SourceType.ISSUE, 999_999)


@pytest.fixture
def house() -> SyncHouse:
    return SyncHouse()


@pytest.fixture
def project(house: SyncHouse) -> ServerProject:
    return house.gitlab.create_project("group/app")


@pytest.fixture
def issue(house: SyncHouse, project: ServerProject) -> ServerItem:
    item = house.gitlab.create_issue(project, "The press jams", description="It jams on Mondays.")
    house.gitlab.comment(item, "Have you tried oil?")
    house.later()
    return item


@pytest.fixture
def change(house: SyncHouse, project: ServerProject) -> ServerItem:
    item = house.gitlab.create_merge_request(project, "Oil the press")
    house.gitlab.comment(item, "Looks good.")
    house.later()
    return item


def mirrored(house: SyncHouse) -> bool:
    """Whether the store shows what the server has."""
    return house.store.dump().content.items == house.gitlab.dump(INSTANCE)


def mark_dirty(house: SyncHouse, *keys: SourceKey, at: int | None = None) -> None:
    with house.locks.hold(SYNC, wait_ms=0) as lease, house.store.writing(lease) as transaction:
        transaction.dirty.mark(keys, queued_at=house.clock.now_ms() if at is None else at)


def dirty(house: SyncHouse, *keys: SourceKey) -> dict[SourceKey, int]:
    with house.store.reading() as view:
        return view.dirty.queued_at(keys)


@pytest.mark.requirement("surgical:C1")
class TestC1LockWindow:
    def test_preflight_runs_while_somebody_else_holds_the_lock(self, house: SyncHouse, issue: ServerItem) -> None:
        house.locks.plant(SYNC)
        with pytest.raises(StoreLocked):
            house.surgical()(replace(only(issue), lock_wait_ms=0))
        assert "entity" in {request.method for request in house.gitlab.requests.log}

    def test_the_first_content_write_is_made_under_the_lock(self, house: SyncHouse, issue: ServerItem) -> None:
        held: list[bool] = []
        house.store.on_step = lambda step: held.append(SYNC in house.locks.rows) if step is Step.BEGIN else None
        house.surgical()(only(issue))
        assert held
        assert all(held)

    def test_preflight_holds_no_lock(self, house: SyncHouse, issue: ServerItem) -> None:
        held: list[tuple[str, bool]] = []

        def look(_step: RequestStep, request: Request) -> None:
            held.append((request.method, SYNC in house.locks.rows))

        house.gitlab.requests.on_step = look
        house.surgical()(only(issue))
        assert {locked for method, locked in held if method in {"project", "entity"}} == {False}


@pytest.mark.requirement("surgical:C2")
class TestC2ScopedDocs:
    @pytest.mark.usefixtures("change")
    def test_only_the_touched_sources_get_documents(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project, docs=False))
        house.gitlab.set_title(issue, "Another title")
        house.surgical()(only(issue))
        names = {name.kind for name, _thread in house.store.dump().content.documents}
        assert names == {EntityKind.ISSUE}

    @pytest.mark.parametrize("when", ["before", "during", "after"])
    def test_a_foreign_dirty_row_stays(self, house: SyncHouse, issue: ServerItem, when: str) -> None:
        at = {"before": 1, "during": None, "after": house.clock.now_ms() + 60_000}[when]
        if when == "during":
            pending = [True]

            def mark(step: Step) -> None:
                if step is Step.END and pending.pop(0) if pending else False:
                    house.locks.visitors[SYNC].append(lambda: None)

            house.store.on_step = mark
        mark_dirty(house, FOREIGN, at=at)
        house.surgical()(only(issue))
        assert set(dirty(house, FOREIGN)) == {FOREIGN}

    def test_an_older_dirty_row_of_its_own_target_is_taken_along(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project, docs=False))
        house.gitlab.set_title(issue, "The press jams on Mondays")
        house.surgical()(only(issue))
        own = {name for name in house.store.dump().dirty if name[0].iid == issue.iid}
        assert own == set()

    def test_a_row_older_than_the_floor_that_the_run_did_not_touch_stays(
        self, house: SyncHouse, issue: ServerItem
    ) -> None:
        house.standard()(everything(issue.project, docs=False))
        before = house.store.dump().dirty
        house.later()
        house.surgical()(only(issue))  # nothing changed on GitLab: nothing is touched
        assert house.store.dump().dirty == before

    def test_a_swept_thread_loses_its_document(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        house.gitlab.delete_note(issue, issue.discussions[0].notes[0].gitlab_id)
        house.later()
        house.surgical()(only(issue))
        threads = [thread for _name, thread in house.store.dump().content.documents if thread is not None]
        assert threads == []

    def test_threads_follow_their_item_s_title(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        house.gitlab.set_title(issue, "Ink everywhere")
        house.surgical()(only(issue))
        titles = {picture.fields["title"] for picture in house.store.dump().content.documents.values()}
        assert titles == {"Ink everywhere"}

    def test_system_notes_get_no_document(self, house: SyncHouse, issue: ServerItem) -> None:
        house.gitlab.system_note(issue, "changed the description")
        house.later()
        house.surgical()(only(issue))
        assert len(house.store.dump().content.documents) == 2


@pytest.mark.requirement("surgical:C3")
class TestC3ScopedEmbedding:
    @pytest.mark.usefixtures("change")
    def test_only_regenerated_documents_are_embedded(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project, embed=False))
        house.gitlab.comment(issue, "Oil did not help.")
        house.later()
        house.surgical()(only(issue))
        ((keys, _wait),) = house.embedding.calls
        assert keys is not None
        assert [key.source_type for key in keys] == [SourceType.DISCUSSION]

    def test_a_run_that_changed_no_document_embeds_nothing(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        house.embedding.calls.clear()
        house.surgical()(only(issue))
        assert house.embedding.calls == []


@pytest.mark.requirement("surgical:C4")
class TestC4DependentsInline:
    def test_every_dependent_kind_is_fetched_and_written(
        self, house: SyncHouse, issue: ServerItem, change: ServerItem
    ) -> None:
        house.surgical()(only(issue, change))
        asked = {(request.kind, request.dependent) for request in house.gitlab.requests.log if request.dependent}
        assert asked == {(kind, dependent) for kind in EntityKind for dependent in dependents_of(kind)}
        assert mirrored(house)

    def test_the_queue_is_bypassed(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        assert house.store.dump().jobs == {}

    def test_jobs_that_others_queued_stay(self, house: SyncHouse, issue: ServerItem) -> None:
        house.gitlab.requests.fail(GitLabUnavailable("down"), dependent=DependentKind.DISCUSSIONS, times=1)
        house.standard()(everything(issue.project))
        before = house.store.dump().jobs
        house.surgical()(only(issue))
        assert house.store.dump().jobs == before != {}


@pytest.mark.requirement("surgical:C5")
class TestC5NoCursorMoves:
    def test_the_cursors_are_untouched(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project))
        before = house.store.dump().cursors
        house.gitlab.set_title(issue, "Another title")
        house.later()
        house.surgical()(only(issue))
        assert house.store.dump().cursors == before

    def test_a_settled_fetch_advances_the_watermark(self, house: SyncHouse, issue: ServerItem) -> None:
        report = house.surgical()(only(issue))
        assert set(house.store.dump().watermarks.values()) == {issue.entity.updated_at}
        assert report.entity_results[0].settled is True

    def test_an_unsettled_fetch_leaves_it_behind_and_says_so(self, house: SyncHouse, issue: ServerItem) -> None:
        house.gitlab.comment(issue, "Just now.")
        report = house.surgical()(only(issue))
        assert set(house.store.dump().watermarks.values()) == {None}
        assert report.entity_results[0].settled is False
        assert report.run.counters.unsettled == len(dependents_of(EntityKind.ISSUE))

    def test_the_next_standard_sync_fetches_what_was_unsettled(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project))
        house.gitlab.comment(issue, "Just now.")
        house.surgical()(only(issue))
        house.clock.advance(30_000)
        house.gitlab.comment(issue, "Within the minute: no timestamp moves.")
        house.later()
        house.standard()(everything(issue.project))
        assert mirrored(house)


@pytest.mark.requirement("surgical:C6")
class TestC6PrimaryEntityAtomicity:
    @pytest.mark.parametrize("failing", [0, 1, 2])
    def test_if_any_primary_fetch_fails_nothing_is_written(
        self, house: SyncHouse, project: ServerProject, failing: int
    ) -> None:
        items = [house.gitlab.create_issue(project, f"Issue {n}") for n in range(3)]
        house.gitlab.requests.fail(GitLabUnavailable("down"), method="entity", iid=items[failing].iid)
        with pytest.raises(SurgicalPreflightFailed):
            house.surgical()(only(*items))
        assert house.store.committed == 0

    def test_a_dependent_that_fails_stops_no_other(
        self, house: SyncHouse, issue: ServerItem, change: ServerItem
    ) -> None:
        house.gitlab.requests.fail(GitLabUnavailable("down"), iid=issue.iid, dependent=DependentKind.LABEL_EVENTS)
        report = house.surgical()(only(issue, change))
        first, second = report.entity_results
        assert [failure.stage for failure in first.failures] == ["dependents:label_events"]
        assert second.complete
        assert report.run.status is RunStatus.SUCCEEDED


@pytest.mark.requirement("surgical:C7")
class TestC7ControlPlaneApart:
    def test_the_ledger_is_written_during_preflight_and_content_is_not(
        self, house: SyncHouse, issue: ServerItem
    ) -> None:
        seen: list[tuple[RunPhase, int]] = []
        house.gitlab.requests.on_step = lambda _step, request: (
            seen.append((house.last_run.phase, house.store.committed)) if request.method == "entity" else None
        )
        house.surgical()(only(issue))
        assert set(seen) == {(RunPhase.PREFLIGHT, 0)}


@pytest.mark.requirement("surgical:C9")
class TestC9AggregatedPreflightErrors:
    def test_every_failing_target_is_told_with_its_reason(
        self, house: SyncHouse, issue: ServerItem, change: ServerItem
    ) -> None:
        house.standard()(everything(issue.project))
        broken = house.gitlab.create_issue(issue.project, "Unreachable")
        house.gitlab.delete(issue)
        change.forbidden = True
        house.gitlab.requests.fail(GitLabUnavailable("no route"), method="entity", iid=broken.iid)
        with pytest.raises(SurgicalPreflightFailed) as raised:
            house.surgical()(
                targets(
                    "group/app",
                    (EntityKind.ISSUE, issue.iid),
                    (EntityKind.MERGE_REQUEST, change.iid),
                    (EntityKind.ISSUE, broken.iid),
                    (EntityKind.ISSUE, 4711),
                )
            )
        told = raised.value.details["targets"]
        assert isinstance(told, list)
        assert [one["reason"] for one in told] == ["gone", "forbidden", "network", "not_found"]
        assert raised.value.actions == (f"lore sync --reconcile --issue {issue.iid} -p group/app",)

    def test_one_reason_for_all_other_than_404_is_raised_as_what_it_is(
        self, house: SyncHouse, issue: ServerItem
    ) -> None:
        house.gitlab.requests.fail(GitLabUnavailable("no route"), method="project")
        with pytest.raises(GitLabUnavailable) as raised:
            house.surgical()(only(issue))
        assert raised.value.details["targets"]

    @pytest.mark.usefixtures("project")
    def test_all_of_404_are_a_preflight_failure(self, house: SyncHouse) -> None:
        with pytest.raises(SurgicalPreflightFailed):
            house.surgical()(targets("group/app", (EntityKind.ISSUE, 7), (EntityKind.ISSUE, 8)))

    def test_a_project_that_is_not_there_fails_every_target(self, house: SyncHouse) -> None:
        with pytest.raises(SurgicalPreflightFailed) as raised:
            house.surgical()(targets("no/such", (EntityKind.ISSUE, 7), (EntityKind.ISSUE, 8)))
        assert "#7" in raised.value.message
        assert "#8" in raised.value.message


@pytest.mark.requirement("surgical:C10")
class TestC10DurableLedger:
    def test_one_row_goes_through_the_phases(self, house: SyncHouse, issue: ServerItem) -> None:
        report = house.surgical()(only(issue))
        assert [stage for stage, _ms in report.run.stage_ms] == ["preflight", "ingest", "dependents", "docs", "embed"]
        (run,) = house.ledger.runs(RunFilter())
        assert (run.mode, run.phase, run.status) == (RunMode.SURGICAL, RunPhase.DONE, RunStatus.SUCCEEDED)
        assert run.targets == (f"#{issue.iid}",)
        assert run.counters.created == 1
        assert run.finished_at is not None

    def test_a_failed_run_says_so_and_suggests_what_is_still_to_be_done(
        self, house: SyncHouse, issue: ServerItem
    ) -> None:
        house.locks.plant(SYNC)
        with pytest.raises(StoreLocked):
            house.surgical()(replace(only(issue), lock_wait_ms=0))
        assert house.last_run.status is RunStatus.FAILED
        assert f"/-/issues/{issue.iid}" in (house.last_run.surgical_summary or "")

    @pytest.mark.parametrize(
        ("transactions", "phase"), [(0, RunPhase.INGEST), (1, RunPhase.DEPENDENTS), (6, RunPhase.DOCS)]
    )
    def test_a_crash_leaves_the_phase_that_was_under_way(
        self, house: SyncHouse, issue: ServerItem, transactions: int, phase: RunPhase
    ) -> None:
        phases: list[RunPhase] = []

        def look(step: Step) -> None:
            if step is Step.BEGIN and house.store.committed == transactions:
                phases.append(house.last_run.phase)

        house.store.on_step = look
        house.surgical()(only(issue))
        assert phases == [phase]


@pytest.mark.requirement("surgical:C11")
class TestC11LocksEndBeforeEmbedding:
    def test_another_sync_can_start_while_the_embedding_never_ends(self, house: SyncHouse, issue: ServerItem) -> None:
        finished: list[RunStatus] = []

        def sync_meanwhile(_keys: object) -> None:
            house.embedding.on_embed = None
            finished.append(house.standard()(everything(issue.project, embed=False)).run.status)

        house.embedding.on_embed = sync_meanwhile
        house.surgical()(only(issue))
        assert finished == [RunStatus.SUCCEEDED]

    def test_it_waits_five_seconds_for_the_embed_lock_and_leaves_its_documents_pending(
        self, house: SyncHouse, issue: ServerItem
    ) -> None:
        house.locks.plant(EMBED)
        before = house.clock.now_ms()
        report = house.surgical()(only(issue))
        assert house.clock.now_ms() - before <= 6_000
        assert report.warnings
        assert house.embedding.embedded == []
        assert report.run.status is RunStatus.SUCCEEDED


@pytest.mark.requirement("surgical:C12")
class TestC12Cancellation:
    def test_wherever_it_is_cancelled_only_whole_entities_are_left(self) -> None:
        outcomes = set()
        for check in range(1, 40):
            fresh = SyncHouse()
            project = fresh.gitlab.create_project("group/app")
            items = [fresh.gitlab.create_issue(project, f"Issue {n}") for n in range(2)]
            fresh.later()
            fresh.cancellation.cancel_at = check
            try:
                fresh.surgical()(only(*items))
            except Cancelled:
                assert fresh.last_run.status is RunStatus.CANCELLED
            assert len(fresh.store.dump().content.items) in {0, 2}
            assert fresh.held_locks() == set()
            assert fresh.store.dump().dirty == {}
            outcomes.add(fresh.last_run.status)
        assert outcomes == {RunStatus.CANCELLED, RunStatus.SUCCEEDED}


@pytest.mark.requirement("surgical:C13")
class TestC13StaleWrites:
    def test_an_older_answer_in_flight_leaves_the_newer_row_alone(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        stale = [True]

        def overtake(step: RequestStep, request: Request) -> None:
            if step is RequestStep.ANSWERED and request.method == "entity" and stale:
                stale.clear()
                house.clock.advance(1)
                house.gitlab.set_title(issue, "Newer")
                house.surgical()(only(issue))

        house.gitlab.requests.on_step = overtake
        report = house.surgical()(only(issue))
        assert report.entity_results[0].status == "skipped_stale"
        assert report.run.counters.skipped_stale == 1
        assert mirrored(house)

    def test_equal_updated_at_but_newer_last_seen_is_skipped(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        stale = [True]

        def overtake(step: RequestStep, request: Request) -> None:
            if step is RequestStep.ANSWERED and request.method == "entity" and stale:
                stale.clear()
                house.clock.advance(1)
                house.gitlab.change(issue, upvotes=5)  # moves no timestamp
                house.surgical()(only(issue))

        house.gitlab.requests.on_step = overtake
        report = house.surgical()(only(issue))
        assert report.entity_results[0].status == "skipped_stale"
        assert mirrored(house)

    def test_a_skipped_item_s_sets_are_still_fetched_unless_settled(self, house: SyncHouse, issue: ServerItem) -> None:
        house.surgical()(only(issue))
        house.gitlab.set_updated_at(issue, issue.entity.updated_at - 1)  # an administrator put it back
        house.gitlab.requests.log.clear()
        report = house.surgical()(only(issue))
        assert report.entity_results[0].status == "skipped_stale"
        assert not [request for request in house.gitlab.requests.log if request.dependent]

    def test_an_older_set_in_flight_never_sweeps_a_newer_note(self, house: SyncHouse, issue: ServerItem) -> None:
        overtaken = [True]

        def overtake(step: RequestStep, request: Request) -> None:
            discussions = request.dependent is DependentKind.DISCUSSIONS
            if step is RequestStep.ANSWERED and discussions and overtaken:
                overtaken.clear()
                house.clock.advance(200_000)
                house.gitlab.comment(issue, "Newer than the answer in flight")
                house.later()
                with house.lent_lock(SYNC):
                    house.surgical()(only(issue))

        house.gitlab.requests.on_step = overtake
        house.standard()(everything(issue.project))
        (picture,) = house.store.dump().content.items.values()
        assert picture.sets[DependentKind.DISCUSSIONS] == tuple(sorted(issue.discussions, key=repr))


STEPS = [Step.BEGIN, Step.COMMIT, Step.END]


@pytest.mark.requirement("surgical:C14")
class TestC14FailureHygiene:
    @pytest.mark.parametrize("error", [StoreError("disk full"), LockLost("taken over"), RuntimeError("a bug")])
    @pytest.mark.parametrize("step", STEPS)
    def test_whatever_step_fails_no_queue_row_is_left_or_lost(self, step: Step, error: Exception) -> None:
        for number in range(12):
            house = SyncHouse()
            project = house.gitlab.create_project("group/app")
            foreign = house.gitlab.create_issue(project, "Somebody else's")
            item = house.gitlab.create_issue(project, "Mine")
            house.later()
            house.gitlab.requests.fail(GitLabUnavailable("x"), iid=foreign.iid, dependent=DependentKind.DISCUSSIONS)
            house.standard()(everything(project))
            house.gitlab.requests.heal()
            house.gitlab.set_title(item, "Mine, changed")
            house.gitlab.comment(item, "And talked about")
            house.later()
            before = house.store.dump().jobs
            self._fail_once(house, step, number, error)
            with pytest.raises(type(error)) if number < 7 else nullcontext():
                house.surgical()(only(item))
            assert house.store.dump().jobs == before
            assert house.held_locks() == set()
            if number < 6:  # the failing step of docs itself leaves what it could not process
                assert house.store.dump().dirty == {}

    def test_requests_that_fail_leave_nothing_behind(self, house: SyncHouse, issue: ServerItem) -> None:
        for dependent in dependents_of(EntityKind.ISSUE):
            house.gitlab.requests.fail(GitLabUnavailable("down"), dependent=dependent)
        report = house.surgical()(only(issue))
        assert house.store.dump().jobs == {}
        assert house.store.dump().dirty == {}
        assert report.suggested_retry_command == (
            f"lore sync --issue-url https://gitlab.example.com/group/app/-/issues/{issue.iid}"
        )

    @staticmethod
    def _fail_once(house: SyncHouse, step: Step, number: int, error: Exception) -> None:
        reached = [0]

        def fail(now: Step) -> None:
            if now is step:
                reached[0] += 1
                if reached[0] == number + 1:
                    raise error

        house.store.on_step = fail


@pytest.mark.requirement("surgical:C15")
class TestC15PreflightOnly:
    def test_it_says_what_is_there_and_writes_no_content(
        self, house: SyncHouse, issue: ServerItem, change: ServerItem
    ) -> None:
        report = house.surgical()(only(issue, change, preflight_only=True))
        assert [result.status for result in report.entity_results] == ["found", "found"]
        assert house.store.committed == 0
        assert report.suggested_retry_command is None

    def test_it_takes_no_lock(self, house: SyncHouse, issue: ServerItem) -> None:
        house.locks.plant(SYNC)
        report = house.surgical()(only(issue, preflight_only=True))
        assert report.run.status is RunStatus.SUCCEEDED

    @pytest.mark.usefixtures("project")
    def test_it_fails_like_any_preflight(self, house: SyncHouse) -> None:
        with pytest.raises(SurgicalPreflightFailed):
            house.surgical()(targets("group/app", (EntityKind.ISSUE, 7), preflight_only=True))


@pytest.mark.requirement("surgical:reconcile-named")
@pytest.mark.requirement("sync:rule-7")
def test_what_a_surgical_run_can_read_leaves_the_quarantine(house: SyncHouse, issue: ServerItem) -> None:
    issue.spoiled.add(DependentKind.DISCUSSIONS)
    house.standard()(everything(issue.project))
    assert len(house.store.dump().quarantine) == 1
    issue.spoiled.clear()
    house.surgical()(only(issue))
    assert house.store.dump().quarantine == ()


@pytest.mark.requirement("sync:rule-11")
def test_items_of_a_renamed_project_have_its_new_address_whichever_was_named(
    house: SyncHouse, issue: ServerItem
) -> None:
    other = house.gitlab.create_issue(issue.project)
    house.later()
    house.standard()(everything(issue.project))
    house.gitlab.rename_project(issue.project, "other/place")
    house.surgical()(only(issue))
    assert house.store.dump().content.items == house.gitlab.dump(INSTANCE)
    assert other.entity.web_url.startswith(f"{BASE_URL}/other/place/")


class TestReconcilingNamedItems:
    def test_what_gitlab_no_longer_has_gets_its_tombstone(
        self, house: SyncHouse, issue: ServerItem, change: ServerItem
    ) -> None:
        house.standard()(everything(issue.project))
        house.gitlab.delete(issue)
        report = house.surgical()(only(issue, change, reconcile=True))
        assert [result.status for result in report.entity_results] == ["removed", "unchanged"]
        assert [name.kind for name in house.store.dump().tombstones] == [EntityKind.ISSUE]
        assert {name.kind for name, _thread in house.store.dump().content.documents} == {EntityKind.MERGE_REQUEST}
        assert mirrored(house)
        assert report.suggested_retry_command is None

    def test_what_was_never_held_is_still_a_failure(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project))
        with pytest.raises(SurgicalPreflightFailed):
            house.surgical()(targets("group/app", (EntityKind.ISSUE, 4711), reconcile=True))

    def test_a_project_that_is_lost_buries_nothing(self, house: SyncHouse, issue: ServerItem) -> None:
        house.standard()(everything(issue.project))
        issue.project.visible = False
        with pytest.raises(SurgicalPreflightFailed):
            house.surgical()(only(issue, reconcile=True))
        assert house.store.dump().tombstones == {}
