"""The queue of dependent fetches in memory."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from adapters.memory.content.tables import JobRow, SetName, Tables
from application.ports.content_store import Job
from domain.refs import DependentKind, EntityRef, ProjectId, dependents_of


class MemoryJobs:
    """Port `Jobs`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def queue(self, ref: EntityRef, dependents: Iterable[DependentKind]) -> None:
        for dependent in dependents:
            old = self._tables.jobs.get((ref, dependent), JobRow())
            self._tables.jobs[ref, dependent] = replace(old, next_attempt_at=None)

    def queue_unsettled(self, project_ids: Collection[ProjectId]) -> int:
        new = [name for name in self._unsettled(project_ids) if name not in self._tables.jobs]
        for name in new:
            self._tables.jobs[name] = JobRow()
        return len(new)

    def claim(
        self,
        run_id: str,
        project_ids: Collection[ProjectId],
        dependents: Collection[DependentKind],
        *,
        now: int,
        limit: int,
    ) -> tuple[Job, ...]:
        due = [
            (ref, dependent)
            for (ref, dependent), row in self._tables.jobs.items()
            if ref.project_id in project_ids
            and dependent in dependents
            and row.claimed_by != run_id
            and (row.next_attempt_at is None or row.next_attempt_at <= now)
        ]
        return tuple(self._claimed(name, run_id) for name in due[:limit])

    def complete(self, job: Job) -> None:
        self._tables.jobs.pop((job.ref, job.dependent), None)

    def release(self, run_id: str) -> None:
        for name, row in list(self._tables.jobs.items()):
            if row.claimed_by == run_id:
                self._tables.jobs[name] = replace(row, claimed_by=None)

    def keep(self, job: Job) -> None:
        """The claim stays, so that this run does not take the job again."""

    def fail(self, job: Job, *, error: str, next_attempt_at: int) -> None:
        row = self._tables.jobs.get((job.ref, job.dependent))
        if row is not None:
            self._tables.jobs[job.ref, job.dependent] = replace(
                row, attempts=row.attempts + 1, last_error=error, next_attempt_at=next_attempt_at
            )

    def drop_of(self, ref: EntityRef) -> None:
        for dependent in dependents_of(ref.kind):
            self._tables.jobs.pop((ref, dependent), None)

    def count(self, project_ids: Collection[ProjectId]) -> int:
        return sum(ref.project_id in project_ids for ref, _ in self._tables.jobs)

    def _unsettled(self, project_ids: Collection[ProjectId]) -> Iterable[SetName]:
        for ref, row in self._tables.items.items():
            if ref.project_id not in project_ids or row.deleted_at is not None:
                continue
            for dependent in dependents_of(ref.kind):
                state = self._tables.set_states.get((ref, dependent))
                if state is None or state.watermark is None or state.watermark < row.entity.updated_at:
                    yield ref, dependent

    def _claimed(self, name: SetName, run_id: str) -> Job:
        ref, dependent = name
        row = replace(self._tables.jobs[name], claimed_by=run_id)
        self._tables.jobs[name] = row
        stored = self._tables.projects[ref.project_id].stored
        return Job(
            ref=ref,
            dependent=dependent,
            attempts=row.attempts,
            project_gitlab_id=stored.gitlab_id,
            instance=stored.instance,
        )
