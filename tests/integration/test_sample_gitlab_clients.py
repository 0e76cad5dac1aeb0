"""Two client libraries that know nothing of lore read the sample GitLab to its last note."""

import logging
from collections.abc import Iterator
from typing import Any

import gitlab as python_gitlab
import pytest
from perceval.backends.core.gitlab import GitLab as Perceval  # type: ignore[import-untyped]  # it ships no types

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.model import Item, Project
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world

PATHS = ("orchard/press", "orchard/docs", "orchard/tools/labelwriter")


@pytest.fixture(scope="module")
def sample() -> Iterator[SampleGitLab]:
    with SampleGitLab(sample_world()) as running:
        yield running


@pytest.fixture
def client(sample: SampleGitLab) -> Iterator[python_gitlab.Gitlab]:
    with python_gitlab.Gitlab(sample.url, private_token=SAMPLE_TOKEN, per_page=50) as connected:
        yield connected


def note_ids(items: list[Item]) -> set[int]:
    return {note.row["id"] for item in items for note in item.notes}


def everything_of(project: Project) -> list[Item]:
    return [*project.issues.values(), *project.merge_requests.values()]


@pytest.mark.parametrize("path", PATHS)
def test_python_gitlab_reads_every_note(sample: SampleGitLab, client: python_gitlab.Gitlab, path: str) -> None:
    project = client.projects.get(path)
    found: list[Any] = [*project.issues.list(iterator=True), *project.mergerequests.list(iterator=True)]
    by_notes = {note.id for item in found for note in item.notes.list(iterator=True)}
    by_threads = {
        note["id"]
        for item in found
        for discussion in item.discussions.list(iterator=True)
        for note in discussion.attributes["notes"]
    }
    expected = note_ids(everything_of(sample.world.project(path)))
    assert by_notes == by_threads == expected


def test_python_gitlab_reads_what_hangs_on_a_merge_request(sample: SampleGitLab, client: python_gitlab.Gitlab) -> None:
    client.auth()
    assert client.user is not None
    assert client.user.username == "alice"
    for known in sample.world.project("orchard/press").merge_requests.values():
        mr = client.projects.get("orchard/press", lazy=True).mergerequests.get(known.iid)
        changes = mr.changes()
        assert isinstance(changes, dict)
        assert [row["new_path"] for row in changes["changes"]] == [row["new_path"] for row in known.diffs]
        assert len(list(mr.commits())) == len(known.commits)
        assert {issue.iid for issue in mr.closes_issues()} == {
            issue.iid for issue in sample.world.closed_on_merge(known)
        }
        assert len(mr.resourcestateevents.list(get_all=True)) == len(known.state_events)
        assert len(mr.diffs.list(get_all=True)) == len(known.versions)


def test_python_gitlab_walks_issues_by_keyset(sample: SampleGitLab, client: python_gitlab.Gitlab) -> None:
    project = client.projects.get("orchard/press", lazy=True)
    found = project.issues.list(iterator=True, pagination="keyset", order_by="updated_at", sort="asc", per_page=7)
    assert {issue.iid for issue in found} == set(sample.world.project("orchard/press").issues)


def test_python_gitlab_sees_statuses_of_refusal(sample: SampleGitLab, client: python_gitlab.Gitlab) -> None:
    assert sample.url
    with pytest.raises(python_gitlab.GitlabGetError, match="404 Project Not Found"):
        client.projects.get("orchard/nothing")


@pytest.mark.parametrize("path", PATHS[:2])
@pytest.mark.parametrize("category", ["issue", "merge_request"])
def test_perceval_reads_every_note(sample: SampleGitLab, path: str, category: str) -> None:
    logging.getLogger("perceval").setLevel(logging.ERROR)
    owner, _, repository = path.partition("/")
    backend = Perceval(owner, repository, api_token=SAMPLE_TOKEN, base_url=sample.url)
    found = [item["data"] for item in backend.fetch(category=category)]
    project = sample.world.project(path)
    known: list[Item] = list(project.issues.values() if category == "issue" else project.merge_requests.values())
    expected = note_ids(known)
    seen = {note["id"] for row in found for note in row["notes_data"]}
    assert len(found) == len(known)
    assert seen == expected
    if category == "merge_request":
        versions = {row["iid"]: len(row["versions_data"]) for row in found}
        assert versions == {item.iid: len(item.versions) for item in project.merge_requests.values()}
