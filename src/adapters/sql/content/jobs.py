"""The queue of dependent fetches, unique by item and kind (sync.md rule 4)."""

import json
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, delete, func, literal, null, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, Row, among
from adapters.sql.schema import BEHIND, dependent_sets, instances, pending_dependent_fetches, projects
from application.ports.content_store import Job
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId

_JOBS = pending_dependent_fetches
_NAME = ("project_id", "kind", "iid", "dependent")
_OF_ITEM = tuple(_JOBS.c[name] == bindparam(f"_{name}") for name in _NAME[:3])
_THIS = (*_OF_ITEM, _JOBS.c.dependent == bindparam("_dependent"))
_QUEUE = Prepared(
    insert(_JOBS).on_conflict_do_update(index_elements=list(_NAME), set_={"next_attempt_at": null()}),
    columns=(*_NAME, "attempts"),
)
_QUEUE_UNSETTLED = Prepared(
    insert(_JOBS)
    .from_select(
        [*_NAME, "attempts"],
        select(*(dependent_sets.c[name] for name in _NAME), literal(0)).where(
            BEHIND, among(dependent_sets.c.project_id + 0, "project_ids")
        ),
    )
    .on_conflict_do_nothing()
)
_DUE = Prepared(
    select(
        _JOBS.c.id,
        *(_JOBS.c[name] for name in (*_NAME, "attempts")),
        projects.c.gitlab_id.label("project_gitlab_id"),
        instances.c.name.label("instance"),
    )
    .join_from(_JOBS, projects, _JOBS.c.project_id == projects.c.id)
    .join(instances, projects.c.instance_id == instances.c.id)
    .where(
        among(_JOBS.c.project_id + 0, "project_ids"),  # by age, not by project: the index would sort the whole queue
        among(_JOBS.c.dependent, "dependents"),
        or_(_JOBS.c.next_attempt_at.is_(None), _JOBS.c.next_attempt_at <= bindparam("now")),
        _JOBS.c.claimed_by.is_distinct_from(bindparam("run_id")),
    )
    .order_by(_JOBS.c.id)
    .limit(bindparam("limit"))
)
_CLAIM = Prepared(update(_JOBS).where(among(_JOBS.c.id, "ids")).values(claimed_by=bindparam("run_id")))
_RELEASE = Prepared(update(_JOBS).where(_JOBS.c.claimed_by == bindparam("run_id")).values(claimed_by=null()))
_COMPLETE = Prepared(delete(_JOBS).where(*_THIS))
_FAIL = Prepared(
    update(_JOBS)
    .where(*_THIS)
    .values(attempts=_JOBS.c.attempts + 1, last_error=bindparam("error"), next_attempt_at=bindparam("later"))
)
_DROP = Prepared(delete(_JOBS).where(*_OF_ITEM))
_COUNT = Prepared(select(func.count()).select_from(_JOBS).where(among(_JOBS.c.project_id, "project_ids")))


class SqlJobs:
    """Port `Jobs`."""

    def __init__(self, known: Known) -> None:
        self._connection = known.connection

    def queue(self, ref: EntityRef, dependents: Iterable[DependentKind]) -> None:
        item = {"project_id": ref.project_id, "kind": ref.kind, "iid": ref.iid, "attempts": 0}
        _QUEUE.each(self._connection, ({**item, "dependent": dependent} for dependent in dependents))

    def queue_unsettled(self, project_ids: Collection[ProjectId]) -> int:
        return _QUEUE_UNSETTLED.run(self._connection, project_ids=json.dumps(list(project_ids))).rowcount

    def claim(
        self,
        run_id: str,
        project_ids: Collection[ProjectId],
        dependents: Collection[DependentKind],
        *,
        now: int,
        limit: int,
    ) -> tuple[Job, ...]:
        found = _DUE.run(
            self._connection,
            run_id=run_id,
            project_ids=json.dumps(list(project_ids)),
            dependents=json.dumps(list(dependents)),
            now=now,
            limit=limit,
        )
        rows = list(found)
        if rows:
            _CLAIM.run(self._connection, run_id=run_id, ids=json.dumps([row.id for row in rows]))
        return tuple(_job(row) for row in rows)

    def complete(self, job: Job) -> None:
        _COMPLETE.run(self._connection, **_name(job))

    def release(self, run_id: str) -> None:
        _RELEASE.run(self._connection, run_id=run_id)

    def keep(self, job: Job) -> None:
        """The claim stays, so that this run does not take the job again."""

    def fail(self, job: Job, *, error: str, next_attempt_at: int) -> None:
        _FAIL.run(self._connection, error=error, later=next_attempt_at, **_name(job))

    def drop_of(self, ref: EntityRef) -> None:
        _DROP.run(self._connection, _project_id=ref.project_id, _kind=ref.kind, _iid=ref.iid)

    def count(self, project_ids: Collection[ProjectId]) -> int:
        return int(_COUNT.run(self._connection, project_ids=json.dumps(list(project_ids))).scalar())


def _name(job: Job) -> dict[str, object]:
    return {
        "_project_id": job.ref.project_id,
        "_kind": job.ref.kind,
        "_iid": job.ref.iid,
        "_dependent": job.dependent,
    }


def _job(row: Row) -> Job:
    return Job(
        ref=EntityRef(ProjectId(row.project_id), EntityKind(row.kind), row.iid),
        dependent=DependentKind(row.dependent),
        attempts=row.attempts,
        project_gitlab_id=row.project_gitlab_id,
        instance=row.instance,
    )
