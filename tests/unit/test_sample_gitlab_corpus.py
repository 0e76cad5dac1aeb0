"""Corpora are read from their directories, each project when it is first asked for."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.corpus import CORPUS_TOKEN, load_corpus
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.settings import Settings
from domain.errors import FileError

AT = "2020-01-02T03:04:05.000Z"
BO: dict[str, Any] = {
    "id": 7, "username": "bo", "name": "Bo", "state": "active", "avatar_url": None, "web_url": "https://x/bo",
}  # fmt: skip


def write(file: Path, *rows: object) -> None:
    with gzip.open(file, "wt") as lines:
        lines.writelines(f"{json.dumps(row)}\n" for row in rows)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "projects" / "g__p"
    folder.mkdir(parents=True)
    group = {"id": 100, "name": "g", "path": "g", "kind": "group", "full_path": "g", "parent_id": None}
    project = {"id": 5, "name": "p", "path_with_namespace": "g/p", "created_at": AT, "namespace": group}
    (folder / "project.json").write_text(json.dumps(project))
    write(tmp_path / "users.ndjson.gz", BO)
    label = {"id": 1, "name": "bug", "color": "#ffffff", "description": None}
    milestone = {"id": 2, "iid": 1, "project_id": 5, "title": "1.0", "state": "active"}
    item = {"project_id": 5, "author": BO, "created_at": AT, "labels": ["bug"], "milestone": milestone}
    write(folder / "labels.ndjson.gz", label)
    write(folder / "milestones.ndjson.gz", milestone)
    write(folder / "issues.ndjson.gz", item | {"id": 11, "iid": 3, "title": "I", "assignees": [BO], "closed_by": BO})
    write(folder / "merge_requests.ndjson.gz", item | {"id": 12, "iid": 4, "title": "M", "source_branch": "b"})
    note = {
        "id": 21, "body": "B", "author": BO, "created_at": AT, "noteable_type": "Issue", "noteable_iid": 3,
        "noteable_id": 11, "project_id": 5,
    }  # fmt: skip
    thread = {"id": "d" * 40, "individual_note": True, "notes": [note]}
    write(
        folder / "discussions.ndjson.gz",
        {"noteable_type": "Issue", "noteable_iid": 3, "discussion": thread},
        {"noteable_type": "Issue", "noteable_iid": 99, "discussion": thread},
    )
    event = {"id": 31, "user": BO, "created_at": AT, "resource_type": "MergeRequest", "resource_id": 12}
    of_mr = {"noteable_type": "MergeRequest", "noteable_iid": 4}
    write(folder / "resource_state_events.ndjson.gz", of_mr | {"event": event | {"state": "closed"}})
    write(folder / "resource_label_events.ndjson.gz", of_mr | {"event": event | {"label": label, "action": "add"}})
    write(folder / "resource_milestone_events.ndjson.gz", of_mr | {"event": event | {"milestone": milestone}})
    write(
        folder / "mr_diffs.ndjson.gz",
        {"mr_iid": 4, "diffs": [{"old_path": "a", "new_path": "a", "diff": "", "x_t": 1}]},
    )
    commit = {"id": "c" * 40, "message": "M", "author_name": "Bo", "authored_date": AT, "author_email": None}
    write(folder / "mr_commits.ndjson.gz", {"mr_iid": 4, "commits": [commit]}, {"mr_iid": 99, "commits": []})
    write(folder / "mr_closes_issues.ndjson.gz", {"mr_iid": 4, "closes": [{"project": "g/p", "iid": 3}]})
    write(folder / "mr_approvals.ndjson.gz", {"mr_iid": 4, "approved_by": [{"user": BO}]})
    return tmp_path


def test_everything_in_the_files_is_served(corpus: Path) -> None:
    asked = Asking(Api(load_corpus(corpus), Settings(), "http://here"), CORPUS_TOKEN)
    issue, mr = "/projects/g%2Fp/issues/3", "/projects/5/merge_requests/4"
    assert asked.json(issue)["author"]["username"] == "bo"
    assert asked.json(f"{issue}/discussions")[0]["notes"][0]["body"] == "B"
    assert asked.json(f"{mr}/resource_state_events")[0]["state"] == "closed"
    assert asked.json(f"{mr}/resource_label_events")[0]["label"]["text_color"] == "#FFFFFF"
    assert asked.json(f"{mr}/resource_milestone_events")[0]["milestone"]["title"] == "1.0"
    assert asked.json(f"{mr}/closes_issues")[0]["iid"] == 3
    assert asked.json(f"{mr}/commits")[0]["author_email"] == "unknown@example.com"
    assert asked.json(f"{mr}/approvals")["approved_by"][0]["user"]["id"] == 7
    assert "x_t" not in asked.json(f"{mr}/diffs")[0]
    assert asked.json(f"{mr}/versions")[0]["id"] == 12
    assert asked.json("/groups/g")["id"] == 100


def test_a_project_can_be_read_at_its_first_request(corpus: Path) -> None:
    world = load_corpus(corpus, at_once=False)
    assert world.project("g/p").load is not None
    asked = Asking(Api(world, Settings(), "http://here"), CORPUS_TOKEN)
    assert len(asked.json("/projects/5/issues")) == 1
    assert world.project("g/p").load is None


def test_a_corpus_can_be_changed_like_any_world(corpus: Path) -> None:
    world = load_corpus(corpus)
    issue = world.issue("g/p", 3)
    note = world.add_note(issue, "Later", author="bo")
    new = world.create_issue(issue.project, "New", author="bo")
    assert note.row["id"] > 1_000_000_000
    assert (new.iid, new.row["author"]["name"]) == (4, "Bo")


def test_people_are_shared_between_the_rows_that_show_them(corpus: Path) -> None:
    world = load_corpus(corpus)
    world.rename_user("bo", "robert")
    assert world.issue("g/p", 3).row["closed_by"]["username"] == "robert"


def test_a_directory_without_projects_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is no corpus"):
        load_corpus(tmp_path)
