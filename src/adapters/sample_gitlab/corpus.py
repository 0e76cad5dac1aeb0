"""Reads a corpus directory (NDJSON files in GitLab's shapes) into a world, each project when it is first asked for."""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.sample_gitlab.model import Discussion, Item, MergeRequest, Note, Project, Token
from adapters.sample_gitlab.rows import (
    Row,
    complete_commit,
    complete_diff,
    complete_issue,
    complete_label,
    complete_merge_request,
    complete_note,
    complete_project,
)
from adapters.sample_gitlab.world import World
from domain.errors import FileError

CORPUS_TOKEN = "sample-corpus-token"  # noqa: S105 - of a server that exists on loopback only
READER = "lore-reader"
_FIRST_NEW_ID = 2_000_000_000


def load_corpus(directory: Path, *, at_once: bool = True) -> World:
    """A world whose only token is CORPUS_TOKEN; with `at_once=False` a project is read at its first request."""
    folders = sorted((directory / "projects").glob("*/project.json"))
    if not folders:
        raise FileError(
            f"{directory} is no corpus: it has no projects/*/project.json.",
            suggestion="Give the directory that holds meta.json and projects/.",
        )
    world = World()
    for row in _rows(directory / "users.ndjson.gz"):
        world.take_user(row)
    _prepare(world)
    for project_file in folders:
        _take_project(world, project_file)
    if at_once:
        world.load()
    return world


def _prepare(world: World) -> None:
    for table in ("users", "issues", "merge_requests", "notes", "events", "labels", "milestones", "versions"):
        world.ids_start_at(table, _FIRST_NEW_ID)
    world.add_user(READER, "Reader")
    world.add_token(Token(text=CORPUS_TOKEN, username=READER))


def _take_project(world: World, project_file: Path) -> None:
    row = complete_project(json.loads(project_file.read_text("utf-8")))
    namespace = row["namespace"]
    group = world.add_group(namespace["full_path"], namespace["name"])
    group.row |= {"id": namespace["id"], "name": namespace["name"]}
    world.take_project(Project(row, load=_Loader(world, project_file.parent)))


class _Loader:
    """Fills a project from its folder; people, labels and milestones are shared between the rows that show them."""

    def __init__(self, world: World, folder: Path) -> None:
        self._folder = folder
        self._people = {row["id"]: row for row in world.users.values()}
        self._labels: dict[int, Row] = {}
        self._milestones: dict[int, Row] = {}

    def __call__(self, project: Project) -> None:
        project.labels += [complete_label(row) for row in self._read("labels")]
        project.milestones += self._read("milestones")
        self._labels = {row["id"]: row for row in project.labels}
        self._milestones = {row["id"]: row for row in project.milestones}
        for row in self._read("issues"):
            project.take_issue(self._shared(complete_issue(row, project.path)))
        for row in self._read("merge_requests"):
            project.take_merge_request(self._shared(complete_merge_request(row, project.path)))
        self._hang_on(project)

    def _hang_on(self, project: Project) -> None:
        """Threads, events, diffs, commits, closing references and approvals, each to its item."""
        for item, line in self._lines_of_items(project, "discussions"):
            item.discussions.append(self._discussion(line["discussion"]))
        for item, line in self._lines_of_items(project, "resource_state_events"):
            item.state_events.append(self._shared(line["event"]))
        for item, line in self._lines_of_items(project, "resource_label_events"):
            item.label_events.append(self._shared(line["event"]))
        for item, line in self._lines_of_items(project, "resource_milestone_events"):
            item.milestone_events.append(self._shared(line["event"]))
        self._hang_on_merge_requests(project)

    def _hang_on_merge_requests(self, project: Project) -> None:
        for mr, line in self._lines_of_merge_requests(project, "mr_diffs"):
            mr.diffs += [complete_diff(row) for row in line["diffs"]]
        for mr, line in self._lines_of_merge_requests(project, "mr_commits"):
            mr.commits += [complete_commit(row, project.path) for row in line["commits"]]
        for mr, line in self._lines_of_merge_requests(project, "mr_closes_issues"):
            mr.closes += [(issue["project"], issue["iid"]) for issue in line["closes"]]
        for mr, line in self._lines_of_merge_requests(project, "mr_approvals"):
            mr.approved_by += [self._person(row["user"]) for row in line["approved_by"]]

    def _lines_of_items(self, project: Project, name: str) -> Iterator[tuple[Item, Row]]:
        for line in self._read(name):
            homes: Mapping[int, Item] = project.issues if line["noteable_type"] == "Issue" else project.merge_requests
            if line["noteable_iid"] in homes:
                yield homes[line["noteable_iid"]], line

    def _lines_of_merge_requests(self, project: Project, name: str) -> Iterator[tuple[MergeRequest, Row]]:
        for line in self._read(name):
            if line["mr_iid"] in project.merge_requests:
                yield project.merge_requests[line["mr_iid"]], line

    def _discussion(self, row: Row) -> Discussion:
        notes = [Note(self._shared(complete_note(note))) for note in row["notes"]]
        return Discussion(row["id"], row["individual_note"], notes)

    def _read(self, name: str) -> Iterator[Row]:
        return _rows(self._folder / f"{name}.ndjson.gz")

    def _person(self, row: Row) -> Row:
        return self._people.setdefault(row["id"], row)

    def _shared(self, row: Row) -> Row:
        for key in ("author", "closed_by", "merged_by", "merge_user", "assignee", "resolved_by", "user"):
            value = row.get(key)
            if isinstance(value, dict) and "username" in value:
                row[key] = self._person(value)
        for key in ("assignees", "reviewers"):
            if row.get(key):
                row[key] = [self._person(person) for person in row[key]]
        if isinstance(row.get("milestone"), dict):
            row["milestone"] = self._milestones.get(row["milestone"]["id"], row["milestone"])
        if isinstance(row.get("label"), dict):
            row["label"] = self._labels.get(row["label"]["id"]) or complete_label(row["label"])
        return row


def _rows(file: Path) -> Iterator[Row]:
    if not file.exists():
        return
    with gzip.open(file, "rb") as lines:
        for line in lines:
            yield json.loads(line)
