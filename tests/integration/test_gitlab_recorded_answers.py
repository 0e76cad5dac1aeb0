"""Answers of many versions of GitLab, recorded or printed in its manual, are read without a rejected record."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.list_walk import ListPosition
from domain.refs import DependentKind, EntityKind
from gitlab_over_http import Script, reader_of, reply

RECORDED = Path(__file__).parents[2].parent / "shared" / "gitlab-api" / "contract"
DOCS, GLAB, GITLAB4J = "doc-examples", "client-fixtures/glab", "client-fixtures/gitlab4j"
GO, PERCEVAL = "client-fixtures/go-gitlab", "client-fixtures/perceval"

ISSUE, MR = EntityKind.ISSUE, EntityKind.MERGE_REQUEST

ISSUES = [
    f"{DOCS}/issues_list.json",
    f"{DOCS}/group_issues_list.json",
    f"{DOCS}/project_issue_single.json",
    f"{DOCS}/project_issue_create.json",
    f"{DOCS}/project_issue_update_closed.json",
    f"{DOCS}/issue_by_global_id_admin.json",
    f"{DOCS}/issue_links.json",
    f"{DOCS}/merge_request_closes_issues.json",
    f"{DOCS}/merge_request_related_issues.json",
    f"{GLAB}/incidentList.json",
    f"{GLAB}/issuableList.json",
    f"{GLAB}/issueListFull.json",
    f"{GLAB}/closesIssuesList.json",
    f"{GITLAB4J}/issue.json",
    f"{GO}/issue_move.json",
    f"{PERCEVAL}/issue_page_1",
    f"{PERCEVAL}/issue_page_2",
]
MERGE_REQUESTS = [
    f"{DOCS}/merge_requests_list.json",
    f"{DOCS}/merge_request_single.json",
    f"{DOCS}/merge_request_changes.json",
    f"{DOCS}/issue_related_merge_requests.json",
    f"{DOCS}/issue_closed_by.json",
    f"{GLAB}/mergeableMr.json",
    f"{GLAB}/mergedMr.json",
    f"{GLAB}/mrList.json",
    f"{GITLAB4J}/merge-request.json",
    f"{GO}/get_merge_request.json",
    f"{GO}/get_merge_requests.json",
    *(f"{PERCEVAL}/merge_{number}" for number in (1, 2, 3)),
]
DEPENDENTS = [
    (DependentKind.DISCUSSIONS, f"{DOCS}/issue_discussions.json"),
    (DependentKind.DISCUSSIONS, f"{DOCS}/merge_request_discussions_diff_note.json"),
    (DependentKind.DISCUSSIONS, f"{DOCS}/merge_request_discussions_individual.json"),
    (DependentKind.DISCUSSIONS, f"{GITLAB4J}/issue-discussions.json"),
    (DependentKind.DISCUSSIONS, f"{GITLAB4J}/merge-request-discussions.json"),
    (DependentKind.STATE_EVENTS, f"{DOCS}/issue_resource_state_events.json"),
    (DependentKind.STATE_EVENTS, f"{DOCS}/issue_resource_state_event_single.json"),
    (DependentKind.STATE_EVENTS, f"{DOCS}/merge_request_resource_state_events.json"),
    (DependentKind.LABEL_EVENTS, f"{DOCS}/issue_resource_label_events.json"),
    (DependentKind.LABEL_EVENTS, f"{DOCS}/merge_request_resource_label_events.json"),
    (DependentKind.LABEL_EVENTS, f"{GITLAB4J}/label-events.json"),
    (DependentKind.MILESTONE_EVENTS, f"{DOCS}/issue_resource_milestone_events.json"),
    (DependentKind.MILESTONE_EVENTS, f"{DOCS}/merge_request_resource_milestone_events.json"),
    (DependentKind.ISSUE_LINKS, f"{DOCS}/issue_links.json"),
    (DependentKind.CLOSES_ISSUES, f"{DOCS}/merge_request_closes_issues_external_tracker.json"),
    (DependentKind.CLOSES_ISSUES, f"{GLAB}/closesIssuesList.json"),
    (DependentKind.DIFFS, f"{DOCS}/merge_request_diffs.json"),
    (DependentKind.DIFFS, f"{GITLAB4J}/diff.json"),
    (DependentKind.COMMITS, f"{DOCS}/merge_request_commits.json"),
    (DependentKind.COMMITS, f"{GITLAB4J}/commit.json"),
    (DependentKind.COMMITS, f"{PERCEVAL}/commits_1"),
]

pytestmark = [
    pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this checkout"),
    pytest.mark.requirement("sync:gitlab-versions"),
]


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


def rows(name: str) -> Sequence[object]:
    value = recorded(name)
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("kind", "name"), [*((ISSUE, name) for name in ISSUES), *((MR, name) for name in MERGE_REQUESTS)]
)
def test_items_of_every_version_are_read(kind: EntityKind, name: str) -> None:
    page = reader_of(Script(reply(rows(name)))).list_page(1, kind, ListPosition())
    assert [bad.error for bad in page.rejected] == []
    assert len(page.items) == len(rows(name)) > 0


@pytest.mark.parametrize(("dependent", "name"), DEPENDENTS)
def test_dependents_of_every_version_are_read(dependent: DependentKind, name: str) -> None:
    answer = reader_of(Script(reply(rows(name)))).dependents(1, MR, 1, dependent)
    assert [bad.error for bad in answer.rejected] == []
    assert len(answer.records) > 0


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_notes_of_2018_are_read_as_threads(number: int) -> None:
    notes = [{"id": "ab", "individual_note": True, "notes": [note]} for note in rows(f"{PERCEVAL}/notes_{number}")]
    answer = reader_of(Script(reply(notes))).dependents(1, ISSUE, 1, DependentKind.DISCUSSIONS)
    assert [bad.error for bad in answer.rejected] == []


@pytest.mark.parametrize("name", [f"{PERCEVAL}/project", f"{GITLAB4J}/project.json"])
def test_projects_of_every_version_are_read(name: str) -> None:
    project = reader_of(Script(reply(recorded(name)))).project(1).value
    assert "/" in project.path


@pytest.mark.parametrize("name", [f"{DOCS}/metadata.json", f"{GITLAB4J}/metadata.json"])
def test_metadata_are_read(name: str) -> None:
    assert reader_of(Script(reply(recorded(name)))).server().version[0].isdigit()


def test_the_token_tells_of_itself() -> None:
    person = recorded(f"{GO}/get_user.json")
    token = recorded(f"{GITLAB4J}/personal-access-token.json")
    info = reader_of(Script(reply(person), reply(token))).token()
    assert (info.user_gitlab_id, info.scopes) == (person["id"], tuple(token["scopes"]))
