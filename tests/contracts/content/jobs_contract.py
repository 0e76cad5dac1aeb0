"""What `Jobs` promises."""

import pytest

from application.ports.content_store import ContentStore, Job, Transaction
from contracts import builders
from contracts.content.opened_store import OpenedStore, Writing, issue_ref, merge_request_ref, put, register
from domain.refs import DependentKind, EntityRef, ProjectId, dependents_of

THREADS, STATES, LABELS = DependentKind.DISCUSSIONS, DependentKind.STATE_EVENTS, DependentKind.LABEL_EVENTS
NOW = builders.NOON
UPDATED = builders.NOON + builders.HOUR


def claim(transaction: Transaction, project_id: ProjectId, run_id: str = "run-1", *, now: int = NOW) -> tuple[Job, ...]:
    return transaction.jobs.claim(run_id, [project_id], list(DependentKind), now=now, limit=100)


def names(jobs: tuple[Job, ...]) -> list[tuple[EntityRef, DependentKind]]:
    return [(job.ref, job.dependent) for job in jobs]


class JobsContract(OpenedStore):
    def test_a_job_says_what_is_to_be_fetched_from_where(self, writing: Writing, project_id: ProjectId) -> None:
        ref = issue_ref(project_id, 5)
        with writing() as transaction:
            transaction.jobs.queue(ref, [THREADS])
            jobs = claim(transaction, project_id)
        assert jobs == (Job(ref=ref, dependent=THREADS, attempts=0, project_gitlab_id=77, instance=builders.INSTANCE),)

    @pytest.mark.requirement("sync:rule-4")
    def test_a_job_is_queued_once(self, store: ContentStore, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS, STATES])
            transaction.jobs.queue(issue_ref(project_id), [STATES])
            transaction.jobs.queue(merge_request_ref(project_id), [STATES])
        with store.reading() as view:
            assert view.jobs.count([project_id]) == 3

    def test_jobs_are_claimed_oldest_first_each_once(self, writing: Writing, project_id: ProjectId) -> None:
        refs = [issue_ref(project_id, iid) for iid in (3, 1, 2)]
        with writing() as transaction:
            for ref in refs:
                transaction.jobs.queue(ref, [THREADS])
        claimed: list[Job] = []
        for _ in range(3):
            with writing() as transaction:
                claimed += transaction.jobs.claim("run-1", [project_id], [THREADS], now=NOW, limit=2)
        assert [job.ref for job in claimed] == refs

    def test_only_jobs_of_the_chosen_projects_and_kinds_are_claimed(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            transaction.jobs.queue(issue_ref(other), [THREADS])
            transaction.jobs.queue(issue_ref(project_id), [THREADS, STATES, LABELS])
            jobs = transaction.jobs.claim("run-1", [project_id], [STATES, LABELS], now=NOW, limit=9)
        assert names(jobs) == [(issue_ref(project_id), STATES), (issue_ref(project_id), LABELS)]
        with store.reading() as view:
            assert view.jobs.count([other]) == 1
            assert view.jobs.count([project_id, other]) == 4
            assert view.jobs.count([]) == 0

    @pytest.mark.requirement("sync:rule-4")
    def test_a_claim_whose_run_died_does_not_count(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            assert claim(transaction, project_id, "dead")
        with writing() as transaction:
            assert names(claim(transaction, project_id, "alive")) == [(issue_ref(project_id), THREADS)]
            assert claim(transaction, project_id, "alive") == ()

    def test_a_released_job_can_be_claimed_again(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            jobs = claim(transaction, project_id)
            transaction.jobs.release("run-2")
            assert claim(transaction, project_id) == ()
            transaction.jobs.release("run-1")
            assert claim(transaction, project_id) == jobs

    def test_a_completed_job_is_gone_and_its_siblings_stay(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS, STATES])
            transaction.jobs.complete(claim(transaction, project_id)[0])
        with store.reading() as view:
            assert view.jobs.count([project_id]) == 1
        with writing() as transaction:
            assert names(claim(transaction, project_id, "run-2")) == [(issue_ref(project_id), STATES)]

    @pytest.mark.requirement("sync:rule-3")
    def test_a_job_that_is_kept_waits_for_the_next_run(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            transaction.jobs.keep(claim(transaction, project_id)[0])
            assert claim(transaction, project_id) == ()
            (again,) = claim(transaction, project_id, "run-2")
        assert again.attempts == 0

    @pytest.mark.requirement("sync:rule-4")
    def test_a_failed_job_counts_its_attempts_and_waits(self, writing: Writing, project_id: ProjectId) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            transaction.jobs.fail(claim(transaction, project_id)[0], error="500", next_attempt_at=NOW + 30)
        with writing() as transaction:
            assert claim(transaction, project_id, "run-2", now=NOW + 29) == ()
            (again,) = claim(transaction, project_id, "run-2", now=NOW + 30)
        assert again.attempts == 1

    def test_a_failed_job_that_is_queued_again_is_due_at_once_and_keeps_its_attempts(
        self, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            transaction.jobs.fail(claim(transaction, project_id)[0], error="500", next_attempt_at=NOW + 30)
            transaction.jobs.queue(issue_ref(project_id), [THREADS])
            (again,) = claim(transaction, project_id, "run-2")
        assert again.attempts == 1

    def test_every_job_of_an_item_can_be_dropped(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue_ref(project_id, 1), [THREADS, STATES])
            transaction.jobs.queue(issue_ref(project_id, 2), [THREADS])
            transaction.jobs.queue(merge_request_ref(project_id, 1), [THREADS])
            transaction.jobs.drop_of(issue_ref(project_id, 1))
        with store.reading() as view:
            assert view.jobs.count([project_id]) == 2


class UnsettledJobsContract(OpenedStore):
    @pytest.fixture
    def issue(self, writing: Writing, project_id: ProjectId) -> EntityRef:
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1, updated_at=UPDATED))
        return issue_ref(project_id)

    @pytest.mark.requirement("sync:rule-4")
    def test_every_set_that_was_never_fetched_is_queued(
        self, writing: Writing, project_id: ProjectId, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            put(transaction, project_id, builders.merge_request(1))
            queued = transaction.jobs.queue_unsettled([project_id])
            jobs = claim(transaction, project_id)
        wanted = {(ref, kind) for ref in (issue, merge_request_ref(project_id)) for kind in dependents_of(ref.kind)}
        assert set(names(jobs)) == wanted
        assert queued == len(wanted)

    @pytest.mark.requirement("sync:rule-4")
    def test_a_settled_set_is_queued_only_when_its_item_has_moved_on(
        self, writing: Writing, project_id: ProjectId, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            for kind in dependents_of(issue.kind):
                transaction.dependents.settle(issue, kind, watermark=UPDATED)
            assert transaction.jobs.queue_unsettled([project_id]) == 0
        with writing() as transaction:
            put(transaction, project_id, builders.issue(1, updated_at=UPDATED + 1))
            assert transaction.jobs.queue_unsettled([project_id]) == len(dependents_of(issue.kind))

    def test_the_sets_of_the_dead_are_not_queued(
        self, writing: Writing, project_id: ProjectId, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            transaction.entities.bury(issue, deleted_at=1)
            assert transaction.jobs.queue_unsettled([project_id]) == 0

    def test_the_sets_of_other_projects_are_not_queued(
        self, store: ContentStore, writing: Writing, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
            assert transaction.jobs.queue_unsettled([other]) == 0
        with store.reading() as view:
            assert view.jobs.count([issue.project_id]) == 0

    def test_a_job_that_is_there_already_is_left_as_it_is(
        self, writing: Writing, project_id: ProjectId, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            transaction.jobs.queue(issue, [THREADS])
            transaction.jobs.fail(claim(transaction, project_id)[0], error="500", next_attempt_at=NOW + 30)
            assert transaction.jobs.queue_unsettled([project_id]) == len(dependents_of(issue.kind)) - 1
            assert (issue, THREADS) not in names(claim(transaction, project_id, "run-2"))

    @pytest.mark.requirement("sync:rule-12")
    def test_sets_that_were_settled_for_a_later_time_are_queued_when_the_item_goes_back(
        self, writing: Writing, project_id: ProjectId, issue: EntityRef
    ) -> None:
        with writing() as transaction:
            for kind in dependents_of(issue.kind):
                transaction.dependents.settle(issue, kind, watermark=UPDATED)
            put(transaction, project_id, builders.issue(1, updated_at=UPDATED - 5))
            assert transaction.jobs.queue_unsettled([project_id]) == len(dependents_of(issue.kind))
            transaction.dependents.settle(issue, THREADS, watermark=UPDATED - 5)
            assert transaction.dependents.state(issue, THREADS).watermark == UPDATED - 5
