"""How the store stands, for people."""

from collections.abc import Iterator

from application.operations.read_status import ProjectStatus, StoreStatus
from entrypoints.cli.run_view import show_failures, show_retry
from entrypoints.cli.screen import Cell, Screen
from entrypoints.cli.tables import Column, state, table

_COLUMNS = (
    Column(title="Project", flexible=True),
    Column(title="Last sync"),
    Column(title="Issues", right=True),
    Column(title="MRs", right=True),
    Column(title="Notes", right=True, from_width=70),
    Column(title="Still to do", flexible=True, from_width=60),
)


def show_status(screen: Screen, found: StoreStatus) -> None:
    if not found.projects:
        screen.line("The store holds no project yet. ", Cell("lore sync", "cyan"), " brings what is configured.")
    else:
        table(screen, _COLUMNS, [_row(screen, project) for project in found.projects])
    if found.documents_due:
        screen.line(f"{found.documents_due:,} documents are due. ", Cell("lore generate-docs", "cyan"))
    run = found.last_run
    if run is not None:
        requests = f", {run.requests.requests:,} requests" if run.requests.requests else ""
        screen.line("Last run: ", state(run.status.value), " ", screen.ago(run.started_at), Cell(requests, "dim"))
        show_failures(screen, run.failures)
        show_retry(screen, run)


def _row(screen: Screen, project: ProjectStatus) -> tuple[Cell | str, ...]:
    synced = screen.ago(project.synced_at) if project.synced_at is not None else Cell("never", "yellow")
    return (
        Cell(project.path, "", project.web_url),
        synced if project.in_standard_sync else Cell("named items only", "dim"),
        f"{project.issues:,}",
        f"{project.merge_requests:,}",
        f"{project.notes:,}",
        Cell(", ".join(_to_do(project)), "yellow"),
    )


def _to_do(project: ProjectStatus) -> Iterator[str]:
    for count, words in (
        (project.pending, "queued"),
        (project.failing, "failing"),
        (project.unsettled, "unsettled"),
        (project.quarantined, "in quarantine"),
    ):
        if count:
            yield f"{count:,} {words}"
