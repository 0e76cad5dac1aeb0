"""What the sample GitLab answers fits the schemas derived from GitLab's own entities."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it ships no types
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.corpus import CORPUS_TOKEN, load_corpus
from adapters.sample_gitlab.model import Project
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.world import World

SHARED = Path(__file__).parents[2].parent / "shared"
SCHEMAS = SHARED / "gitlab-api" / "contract" / "derived-schemas"
CORPORA = SHARED / "corpora"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the contract's schemas are not beside the checkout")

OF_BOTH = {
    "discussions?per_page=100": "discussion",
    "notes?per_page=100": "note",
    "participants": "user_basic",
    "award_emoji": "award_emoji",
    "resource_state_events": "resource_state_event",
    "resource_label_events": "resource_label_event",
    "resource_milestone_events": "resource_milestone_event",
}
OF_ISSUES = OF_BOTH | {
    "links": "related_issue",
    "closed_by": "merge_request_basic",
    "related_merge_requests": "merge_request",
}
OF_MERGE_REQUESTS = OF_BOTH | {
    "commits": "commit",
    "diffs?per_page=100": "diff",
    "versions": "merge_request_version",
    "closes_issues": "closes_issue_item",
    "related_issues": "closes_issue_item",
}
LISTS = {
    "issues?per_page=100": "issue",
    "issues?per_page=100&with_labels_details=true": "issue",
    "issues?per_page=100&pagination=keyset": "issue",
    "merge_requests?per_page=100": "merge_request_basic",
    "milestones": "milestone",
}


@cache
def registry() -> Registry[Any]:
    found = [(file.name, DRAFT202012.create_resource(json.loads(file.read_text()))) for file in SCHEMAS.glob("*.json")]
    return Registry[Any]().with_resources(found)


@cache
def validator(name: str, *, listed: bool) -> Draft202012Validator:
    one = {"$ref": f"{name}.json"}
    schema = {"type": "array", "items": one} if listed else one
    return Draft202012Validator({"$schema": DIALECT, **schema}, registry=registry(), format_checker=FormatChecker())


def misfits(asked: Asking, path: str, schema: str, *, listed: bool = True) -> list[str]:
    errors = validator(schema, listed=listed).iter_errors(asked.json(path))
    return [f"{path}: {error.json_path}: {error.message[:200]}" for error in errors]


def misfits_of_project(asked: Asking, project: Project, every: int) -> Iterator[str]:
    base = f"/projects/{project.id}"
    for path, schema in LISTS.items():
        yield from misfits(asked, f"{base}/{path}", schema)
    for iid in list(project.issues)[::every]:
        one = f"{base}/issues/{iid}"
        yield from misfits(asked, one, "issue_single", listed=False)
        for path, schema in OF_ISSUES.items():
            yield from misfits(asked, f"{one}/{path}", schema)
    for iid in list(project.merge_requests)[::every]:
        one = f"{base}/merge_requests/{iid}"
        yield from misfits(asked, one, "merge_request", listed=False)
        yield from misfits(asked, f"{one}/changes", "merge_request_changes", listed=False)
        for path, schema in OF_MERGE_REQUESTS.items():
            yield from misfits(asked, f"{one}/{path}", schema)


def all_misfits(world: World, token: str, every: int) -> list[str]:
    asked = Asking(Api(world, Settings(), "http://here"), token)
    return [found for project in world.projects.values() for found in misfits_of_project(asked, project, every)]


def test_every_answer_of_the_sample_fits() -> None:
    assert all_misfits(sample_world(), SAMPLE_TOKEN, every=1) == []


def test_version_and_token_fit() -> None:
    asked = Asking(Api(sample_world(), Settings(), "http://here"), SAMPLE_TOKEN)
    assert misfits(asked, "/metadata", "metadata", listed=False) == []
    assert misfits(asked, "/version", "metadata", listed=False) == []
    assert misfits(asked, "/personal_access_tokens/self", "personal_access_token", listed=False) == []


@pytest.mark.skipif(not CORPORA.is_dir(), reason="there are no corpora beside the checkout")
@pytest.mark.parametrize("name", ["dev-bitcoin-small", "dev-ietf"])
def test_answers_from_a_corpus_fit(name: str) -> None:
    assert all_misfits(load_corpus(CORPORA / name), CORPUS_TOKEN, every=40) == []


@pytest.mark.skipif(not CORPORA.is_dir(), reason="there are no corpora beside the checkout")
@pytest.mark.parametrize("name", ["dev-bitcoin-small", "dev-ietf"])
def test_a_corpus_is_served_to_the_last_of_its_numbers(name: str) -> None:
    told = json.loads((CORPORA / name / "meta.json").read_text())["totals"]
    world = load_corpus(CORPORA / name)
    items = list(world.items())
    merge_requests = [mr for project in world.projects.values() for mr in project.merge_requests.values()]
    assert len(items) == told["issues"] + told["merge_requests"]
    assert len(list(world.notes())) == told["notes"]
    assert sum(len(item.discussions) for item in items) == told["discussions"]
    assert sum(len(item.state_events) for item in items) == told["state_events"]
    assert sum(len(item.label_events) for item in items) == told["label_events"]
    assert sum(len(mr.closes) for mr in merge_requests) == told["closing_links"]
    assert sum(len(mr.commits) for mr in merge_requests) == told["mr_commits"]
    assert sum(len(mr.diffs) for mr in merge_requests) == told["diff_files"]
