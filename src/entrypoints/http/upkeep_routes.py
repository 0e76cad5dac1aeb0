"""The routes that tell how the store stands: its runs, its projects, its health."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.operations.doctor import Examine, HealthReport
from application.operations.read_status import StatusQuestion
from application.operations.sync_runs import FindRuns, RunReport
from domain.runs import RunMode, RunStatus
from entrypoints.http.answers import list_of, response_schema
from entrypoints.http.parameters import AskedSo, Box, Limit, Name, Project, RequireFreshMs, named
from entrypoints.schemas import schema_of

router = APIRouter()
_UNHEALTHY = 503


@router.get("/sync-runs", responses=list_of("runs", RunReport), summary="The run ledger")
def sync_runs(
    box: Box,
    asked: AskedSo,
    run_id: Name = None,
    state: Annotated[RunStatus | None, Query()] = None,
    mode: Annotated[RunMode | None, Query()] = None,
    limit: Limit = 20,
) -> Response:
    runs = box.list_sync_runs()(FindRuns(run_id=run_id, state=state, mode=mode, limit=None))
    meta = {"total": len(runs), "truncated": len(runs) > limit}
    return asked.answer({"runs": runs[:limit]}, meta)


@router.get("/status", summary="How every project of the store stands")
def status(box: Box, asked: AskedSo, fresh: RequireFreshMs, project: Project = None) -> Response:
    found = box.read_status()(StatusQuestion(projects=named(project), require_fresh_ms=fresh))
    data = {"projects": found.projects, "documents_due": found.documents_due, "last_run": found.last_run}
    return asked.answer(data, {"freshness": found.freshness})


@router.get("/health", responses={200: response_schema(schema_of(HealthReport))}, summary="Whether all is ready")
def health(box: Box, asked: AskedSo) -> Response:
    report = box.doctor()(Examine(quick=True))
    return asked.answer(report, {}, status=200 if report.ready else _UNHEALTHY)
