"""Readers for the configured instances: made once, closed together, refused where the configuration is no good."""

import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
from adapters.memory.clock import MemoryClock
from contracts import builders
from contracts.gitlab_rows import project_row
from domain.errors import ConfigInvalid, TokenNotSet
from gitlab_over_http import TOKEN, Script, reply


def connection(name: str = "work", **fields: Any) -> InstanceConnection:
    known: dict[str, Any] = {"name": name, "url": "https://gitlab.example.com", "token": lambda: TOKEN}
    return InstanceConnection(**(known | fields))


def gitlabs(*connections: InstanceConnection, **habits: Any) -> HttpGitLabs:
    known: dict[str, Any] = {"http": httpx.MockTransport(Script(reply(project_row(builders.project()))))}
    return HttpGitLabs(connections, MemoryClock(), Habits(**(known | habits)))


def test_each_instance_has_one_reader() -> None:
    with gitlabs(connection("one"), connection("two")) as both:
        assert both.reader("one") is both.reader("one")
        assert both.reader("one") is not both.reader("two")


def test_the_requests_of_all_readers_are_added_up() -> None:
    with gitlabs(connection("one"), connection("two")) as both:
        for name in ("one", "two", "two"):
            both.reader(name).project(77)
        assert both.statistics().requests == 3


def test_an_instance_that_is_not_configured_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigInvalid, match="third") as caught:
        gitlabs(connection("one"), connection("two")).reader("third")
    assert "one, two" in caught.value.suggestion


@pytest.mark.parametrize("token", ["", "  \n"])
def test_an_instance_without_a_token_is_refused(token: str) -> None:
    with pytest.raises(TokenNotSet, match="work"):
        gitlabs(connection(token=lambda: token)).reader("work")


def test_only_the_instance_that_is_asked_for_needs_its_token() -> None:
    def missing() -> str:
        raise TokenNotSet("none")

    both = gitlabs(connection("one"), connection("two", token=missing))
    assert both.reader("one").statistics().requests == 0
    with pytest.raises(TokenNotSet):
        both.reader("two")


@pytest.mark.requirement("sync:no-job-tokens")
@pytest.mark.parametrize("token", ["glcbt-64_AbCdEf", "an-old-job-token"])
def test_ci_job_tokens_are_refused_with_the_reason(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_JOB_TOKEN", "an-old-job-token")
    with pytest.raises(ConfigInvalid, match="too little") as caught:
        gitlabs(connection(token=lambda: token)).reader("work")
    assert token not in f"{caught.value} {caught.value.suggestion}"


@pytest.mark.parametrize("token", ["glpat-a b", "glpat-\x00", "glpat-ä"])
def test_what_can_be_no_token_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        gitlabs(connection(token=lambda: token)).reader("work")
    assert token not in str(caught.value)


def test_no_representation_and_no_log_shows_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = connection()
    with gitlabs(made) as all_of_them:
        reader = all_of_them.reader("work")
        reader.project(77)
        shown = f"{made!r} {all_of_them!r} {reader!r} {reader._transport!r} {caplog.text}"
    assert TOKEN not in shown


@pytest.mark.parametrize(
    "url",
    [
        "gitlab.example.com",
        "ftp://gitlab.example.com",
        "https://user:secret@gitlab.example.com",
        "https://",
        "",
        "https://h:x",
    ],
)
def test_a_url_that_is_none_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        gitlabs(connection(url=url)).reader("work")
    assert "secret" not in f"{caught.value} {caught.value.suggestion}"


@pytest.mark.parametrize("content", [None, "this is no certificate"])
def test_a_ca_file_that_is_none_is_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigInvalid, match=r"ca\.pem"):
        gitlabs(connection(ca_file=str(file))).reader("work").project(77)


def test_proxies_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://user:secret@proxy:1")
    with pytest.raises(ConfigInvalid, match="proxy") as caught:
        gitlabs(connection(), http=None).reader("work").project(77)
    assert "secret" not in str(caught.value)


def test_a_budget_lies_in_the_folder_of_the_store_and_names_no_secret(tmp_path: Path) -> None:
    with gitlabs(connection(requests_per_second=1_000), budget_folder=tmp_path) as all_of_them:
        all_of_them.reader("work").project(77)
    names = sorted(file.name for file in tmp_path.iterdir() if file.suffix != ".lock")
    assert len(names) == 1
    assert names[0].startswith("gitlab-")


def test_gitlab_com_is_known_by_its_host() -> None:
    with gitlabs(connection(url="https://gitlab.com")) as all_of_them:
        assert all_of_them.reader("work").project(77).value.gitlab_id == 77
    assert GitLabAddress.of("work", "https://GitLab.com/").is_gitlab_com
    assert not GitLabAddress.of("work", "https://gitlab.com.example.org").is_gitlab_com


@pytest.mark.parametrize(
    ("web_url", "path"),
    [
        ("https://gitlab.example.com/git/group/app/-/issues/7", "group/app"),
        ("https://gitlab.example.com/git/group/sub/app/-/work_items/7", "group/sub/app"),
        ("http://elsewhere/group/app/issues/7", "group/app"),
        ("https://h/group/issues/issues/7", "group/issues"),
        ("https://h/git/group/app/-/issues/incident/7#note_1", "group/app"),
        ("https://h/git/group/app/-/merge_requests/7/diffs?x=1", "group/app"),
        ("https://h/github/app/-/issues/7", "github/app"),
        ("https://h/group/app", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_the_project_in_an_items_address(web_url: str, path: str | None) -> None:
    assert GitLabAddress.of("work", "https://gitlab.example.com/git").project_path(web_url) == path
