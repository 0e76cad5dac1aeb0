"""Makes the sample GitLab hold what a contract test gives, and readers that talk to it over loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, cast

from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
from adapters.memory.clock import MemoryClock
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.model import Discussion, Issue, Item, Link, MergeRequest, Note, Project, Token
from adapters.sample_gitlab.registry import namespace_of
from adapters.sample_gitlab.rows import (
    complete_commit,
    complete_diff,
    complete_issue,
    complete_merge_request,
    complete_note,
    complete_project,
)
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World
from application.ports.clock import Clock
from contracts import builders
from contracts.gitlab_rows import dependent_row, item_row, project_row
from contracts.gitlab_scenarios import GivenGitLab, GivenItem, GivenProject
from domain.entities import ClosesIssue, DependentRecord, IssueLink
from domain.entities import Discussion as GivenDiscussion
from domain.entities import Issue as GivenIssue
from domain.refs import DependentKind

TOKEN = "glpat-of-the-integration-tests"
READER = "reader"
INSTANCE = "sample"


def sample_world() -> World:
    """Somebody with a token, and nothing else."""
    world = World()
    world.add_user(READER, "Reader")
    world.add_token(Token(text=TOKEN, username=READER))
    return world


def world_of(given: GivenGitLab) -> World:
    world = sample_world()
    for home in given.projects:
        project = _project(world, home)
        made = [(_item(project, item), item) for item in home.items]
        for item, told in made:
            for dependent, records in told.sets.items():
                _hang_on(item, dependent, records)
    return world


def _project(world: World, home: GivenProject) -> Project:
    group = world.add_group(home.project.path.rpartition("/")[0])
    known = project_row(home.project) | {"namespace": namespace_of(group.row), "created_at": world.now}
    project = world.take_project(Project(complete_project(known)))
    world.renamed_paths |= dict.fromkeys(home.former_paths, project.id)
    return project


def _item(project: Project, told: GivenItem) -> Item:
    row = item_row(told.entity, builders.project(project.id))
    if isinstance(told.entity, GivenIssue):
        return project.take_issue(complete_issue(row, project.path))
    return project.take_merge_request(complete_merge_request(row, project.path))


def _hang_on(item: Item, dependent: DependentKind, records: tuple[DependentRecord, ...]) -> None:
    rows = [dependent_row(record) for record in records]
    match dependent:
        case DependentKind.DISCUSSIONS:
            item.discussions += [_discussion(item, cast("GivenDiscussion", record)) for record in records]
        case DependentKind.STATE_EVENTS:
            item.state_events += rows
        case DependentKind.LABEL_EVENTS:
            item.label_events += rows
        case DependentKind.MILESTONE_EVENTS:
            item.milestone_events += rows
        case DependentKind.ISSUE_LINKS:
            assert isinstance(item, Issue)
            item.links += [_link(item, record) for record in records]
        case _:
            assert isinstance(item, MergeRequest)
            _change(item, dependent, records)


def _change(item: MergeRequest, dependent: DependentKind, records: tuple[DependentRecord, ...]) -> None:
    rows = [dependent_row(record) for record in records]
    if dependent is DependentKind.DIFFS:
        item.diffs = [complete_diff(row) for row in rows]
    elif dependent is DependentKind.COMMITS:
        item.commits = [complete_commit(row, item.project.path) for row in rows]
    else:
        closes = [cast("ClosesIssue", record) for record in records]
        item.closes = [(str(record.target_project_path), int(record.target_iid or 0)) for record in closes]


def _discussion(item: Item, given: GivenDiscussion) -> Discussion:
    kind = "Issue" if isinstance(item, Issue) else "MergeRequest"
    place = {
        "noteable_id": item.id,
        "noteable_iid": item.iid,
        "noteable_type": kind,
        "project_id": item.project.id,
    }
    notes = [Note(complete_note(row | place)) for row in dependent_row(given)["notes"]]
    return Discussion(given.gitlab_id, given.individual_note, notes)


def _link(issue: Issue, record: DependentRecord) -> Link:
    assert isinstance(record, IssueLink)
    kind = cast("Literal['relates_to', 'blocks']", record.link_type)
    created_at = str(dependent_row(record)["link_created_at"])
    return Link(record.gitlab_id, issue, issue.project.issues[record.target_iid], kind, created_at)


@contextmanager
def served(world: World, settings: Settings | None = None) -> Iterator[SampleGitLab]:
    with SampleGitLab(world, settings or Settings()) as gitlab:
        yield gitlab


@contextmanager
def gitlabs_of(
    url: str, clock: Clock | None = None, *, timeout_s: float = 30, **connection: Any
) -> Iterator[HttpGitLabs]:
    """The waits take no time."""
    known: dict[str, Any] = {"name": INSTANCE, "url": url, "token": lambda: TOKEN}
    habits = Habits(timeout_s=timeout_s)
    with HttpGitLabs([InstanceConnection(**(known | connection))], clock or MemoryClock(), habits) as gitlabs:
        yield gitlabs
