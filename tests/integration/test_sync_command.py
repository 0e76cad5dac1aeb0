"""`lore sync` on bad input of every kind: a clear error with a remedy and its exit code, and nothing lost or told."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.sample_gitlab import effects
from adapters.sample_gitlab.faults import Effect
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.messages import Request
from cli_runs import Lore, Ran
from contracts.sample_servers import READER, TOKEN, sample_world
from entrypoints.outcomes import EXIT_CODES
from integration.mirror_pictures import differences
from integration.real_house import HurriedClock

CONFIG = """
[[instances]]
name = "work"
url = "{url}"
projects = ["{project}"]
[storage]
database_url = "sqlite:///lore.db"
[embedding]
provider = "none"
"""
DEAD = "http://127.0.0.1:9"
NASTY = "Red \x1b[31malert\x1b]0;owned\x07 \x9b2J \u202egnp.exe\u2066 \x08end"


@dataclass(frozen=True, slots=True)
class Home:
    server: SampleGitLab
    foreign: SampleGitLab
    folder: Path

    def configure(self, text: str = CONFIG, *, project: str = "group/app", url: str = "") -> None:
        text = text.replace("{url}", url or self.server.url).replace("{project}", project)
        (self.folder / "config.toml").write_text(text)

    @property
    def environ(self) -> dict[str, str]:
        return {"LORE_CONFIG": str(self.folder / "config.toml"), "GITLAB_TOKEN": TOKEN, "COLUMNS": "100"}

    def lore(self, *words: str, terminal: bool = False, token: str = TOKEN) -> Ran:
        """In this process, with waits that take no time."""
        command = Lore(self.environ | {"GITLAB_TOKEN": token}, clock=HurriedClock())
        return command(*words, terminal=terminal)

    def refused(self, code: str, *words: str, token: str = TOKEN) -> Ran:
        """The same for people and robots: the code, what happened and what to do, no traceback and no token."""
        shown = self.lore(*words, terminal=True, token=token)
        ran = self.lore(*words, token=token)
        assert ran.error["code"] == code, ran.stderr
        assert ran.exit_code == shown.exit_code == EXIT_CODES[code]
        assert ran.error["message"]
        assert ran.error["suggestion"] or ran.error["actions"] or ran.error["details"]
        assert shown.stderr.splitlines()[-1]
        for text in (shown.stderr, shown.stdout, ran.stderr):
            assert "Traceback" not in text
            assert token not in text
        return ran

    @property
    def asked(self) -> int:
        return self.server.requests.count() + self.foreign.requests.count()

    def process(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "lore", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, **self.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    world = sample_world()
    project = world.add_project("group/app")
    world.add_project("group/other")
    issue = world.create_issue(project, NASTY, author=READER, description=NASTY, labels=["\x1b[5mblink"])
    world.add_note(issue, NASTY, author=READER, threaded=True)
    for number in range(12):
        world.create_issue(project, f"Issue {number}", author=READER)
    change = world.create_mr(project, NASTY, author=READER, source_branch="oil\x1b[0m")
    world.add_note(change, NASTY, author=READER)
    world.advance(3600)
    folder = tmp_path / "home"
    folder.mkdir()
    with SampleGitLab(world) as server, SampleGitLab(sample_world()) as foreign:
        home = Home(server, foreign, folder)
        home.configure()
        yield home


@pytest.mark.requirement("cli:bad-config")
@pytest.mark.parametrize(
    "text",
    [
        "[[instances]\nname =",
        CONFIG + 'colour = "red"\n',
        CONFIG.replace("url =", "uri ="),
        CONFIG.replace("{url}", "ftp://gitlab.example.com"),
        CONFIG.replace("{url}", "http://alice:secret@gitlab.example.com"),
        CONFIG.replace("{url}", ""),
        CONFIG.replace('["{project}"]', '"{project}"'),
        CONFIG.replace('["{project}"]', "[]"),
        CONFIG.replace("{project}", "../../etc"),
        CONFIG + '[sync]\nconcurrency = "many"\n',
        CONFIG + "[sync]\nconcurrency = 0\n",
        CONFIG.replace("sqlite:///lore.db", "postgresql://db/lore"),
        "",
    ],
)
def test_nonsense_in_the_configuration_is_named_and_nothing_is_asked(home: Home, text: str) -> None:
    home.configure(text)
    home.refused("CONFIG_INVALID", "sync")
    assert home.asked == 0
    assert [path.name for path in home.folder.iterdir()] == ["config.toml"]


def test_a_configuration_that_is_not_there(home: Home) -> None:
    (home.folder / "config.toml").unlink()
    home.refused("CONFIG_NOT_FOUND", "sync")


def test_no_token(home: Home) -> None:
    ran = Lore({**home.environ, "GITLAB_TOKEN": ""}, clock=HurriedClock())("sync")
    assert (ran.exit_code, ran.error["code"]) == (4, "TOKEN_NOT_SET")
    assert home.asked == 0


@pytest.mark.requirement("cli:exit-codes")
def test_a_token_that_gitlab_refuses(home: Home) -> None:
    wrong = "glpat-nobody-knows-this-one"
    assert home.refused("GITLAB_AUTH_FAILED", "sync", token=wrong).error["details"]["reason"] == "unauthorized"
    home.refused("GITLAB_AUTH_FAILED", "sync", "--issue", "1", "-p", "group/app", token=wrong)


@pytest.mark.requirement("cli:exit-codes")
def test_a_server_that_is_not_there(home: Home) -> None:
    home.configure(url=DEAD)
    home.refused("GITLAB_NETWORK_ERROR", "sync")
    home.refused("GITLAB_NETWORK_ERROR", "sync", "--issue", "1", "-p", "group/app")


@pytest.mark.requirement("cli:exit-codes")
def test_a_project_or_items_that_are_not_there(home: Home) -> None:
    home.configure(project="group/none")
    home.refused("GITLAB_NOT_FOUND", "sync")
    home.refused("SURGICAL_PREFLIGHT_FAILED", "sync", "--issue", "1", "-p", "group/none")
    home.configure()
    error = home.refused("SURGICAL_PREFLIGHT_FAILED", "sync", "--issue", "1", "--issue", "99", "-p", "group/app").error
    assert [one["reason"] for one in error["details"]["targets"]] == ["not_found"]


@pytest.mark.requirement("cli:exit-codes")
@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (effects.rate_limited(), "GITLAB_RATE_LIMITED"),
        (effects.status(500), "GITLAB_NETWORK_ERROR"),
        (effects.reset(), "GITLAB_NETWORK_ERROR"),
        (effects.forbidden(), "GITLAB_AUTH_FAILED"),
        (effects.html(200), "TRANSFORM_ERROR"),
        (effects.status(500, text="Boom \x1b[31m\x9b\u202e"), "GITLAB_NETWORK_ERROR"),
    ],
)
def test_lasting_faults_have_their_exit_codes(home: Home, effect: Effect, code: str) -> None:
    home.server.faults.add(effect, "/(issues|merge_requests)", times=None)
    for words in (("sync",), ("sync", "--issue", "1", "-p", "group/app")):
        shown = home.refused(code, *words)
        assert not set("\x1b\x9b\u202e") & set(shown.stderr)


@pytest.mark.requirement("surgical:targets", "surgical:foreign-host")
@pytest.mark.parametrize(
    "words",
    [
        ["--issue", "0", "-p", "group/app"],
        ["--issue=-1", "-p", "group/app"],
        ["--issue", "one", "-p", "group/app"],
        ["--issue", "99999999999999999999", "-p", "group/app"],
        ["--mr", "\uff11\uff12", "-p", "group/app"],
        ["--issue", "1"],
        ["--issue", "1", "-p", "../app"],
        ["--issue", "1", "-p", "group/app", "--full"],
        ["--issue-url", "{foreign}/group/app/-/issues/1"],
        ["--issue-url", "https://gitlab.example.com/group/app/-/issues/1"],
        ["--issue-url", "{url}@evil.example.com/group/app/-/issues/1"],
        ["--issue-url", "{url}/group/app/-/merge_requests/1"],
        ["--issue-url", "{url}/group/app/-/issues/x"],
        ["--mr-url", "javascript:alert(1)"],
        ["{url}/group/app/-/issues/1", "{url}/group/other/-/issues/1"],
        ["{url}/group/app/-/issues/1", "-p", "group/other"],
        [*(f"--issue={number}" for number in range(1, 102)), "-p", "group/app"],
        ["-p", "group/unknown"],
        ["--preflight-only"],
        ["--no-such-option"],
        ["--issue"],
    ],
)
def test_nonsense_is_refused_before_anything_is_asked_or_made(home: Home, words: list[str]) -> None:
    typed = [word.replace("{url}", home.server.url).replace("{foreign}", home.foreign.url) for word in words]
    home.refused("USAGE", "sync", *typed)
    assert home.asked == 0
    assert [path.name for path in home.folder.iterdir()] == ["config.toml"]


@pytest.mark.requirement("surgical:C8")
@pytest.mark.parametrize("words", [[], ["--full"], ["--issue", "1", "-p", "group/app"], ["{url}/group/app/-/issues/1"]])
def test_a_dry_run_asks_nothing_and_makes_no_file(home: Home, words: list[str]) -> None:
    typed = [word.replace("{url}", home.server.url) for word in words]
    assert home.lore("sync", "--dry-run", *typed).data["dry_run"] is True
    assert home.lore("sync", "--dry-run", *typed, terminal=True).exit_code == 0
    assert home.asked == 0
    assert [path.name for path in home.folder.iterdir()] == ["config.toml"]


class TestDatabasesThatCannotBeUsed:
    @pytest.mark.requirement("store:bad-database")
    @pytest.mark.parametrize("content", [b"This is my diary.\n" * 100, b"\0" * 4096, b"short"])
    def test_a_file_that_is_no_database_is_left_as_it_is(self, home: Home, content: bytes) -> None:
        store = home.folder / "lore.db"
        store.write_bytes(content)
        assert home.refused("DB_ERROR", "sync").exit_code == 10
        assert store.read_bytes() == content

    @pytest.mark.requirement("store:bad-database")
    def test_another_program_s_database_is_left_as_it_is(self, home: Home) -> None:
        store = home.folder / "lore.db"
        with closing(sqlite3.connect(store)) as connection, connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        before = store.read_bytes()
        home.refused("DB_ERROR", "sync")
        assert store.read_bytes() == before

    @pytest.mark.requirement("store:bad-database")
    def test_one_of_a_newer_lore(self, home: Home) -> None:
        assert home.lore("sync").exit_code == 0
        with closing(sqlite3.connect(home.folder / "lore.db")) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        assert "newer than this program" in home.refused("DB_ERROR", "sync").error["message"]

    @pytest.mark.requirement("store:bad-database")
    def test_a_folder_in_its_place(self, home: Home) -> None:
        (home.folder / "lore.db").mkdir()
        home.refused("IO_ERROR", "sync")

    @pytest.mark.requirement("store:bad-database")
    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_cannot_be_written(self, home: Home) -> None:
        home.folder.chmod(0o500)
        try:
            home.refused("IO_ERROR", "sync")
        finally:
            home.folder.chmod(0o700)

    @pytest.mark.requirement("store:bad-database")
    def test_a_file_where_its_folder_should_be(self, home: Home) -> None:
        home.configure(CONFIG.replace("sqlite:///lore.db", "sqlite:///config.toml/lore.db"))
        home.refused("IO_ERROR", "sync")


@pytest.mark.requirement("cli:safe-text")
def test_escape_sequences_never_reach_the_output_raw(home: Home) -> None:
    home.server.faults.add(effects.status(500, text=NASTY), "/issues/2/discussions", times=None)
    commands = [
        ["sync"],
        ["sync", "--issue", "1", "--mr", "1", "-p", "group/app"],
        ["sync-runs"],
        ["issues"],
        ["issues", "1"],
        ["mrs", "1"],
        ["notes"],
        ["search", "alert"],
    ]
    for words in commands:
        shown = home.lore(*words, "--color", "never", terminal=True)
        assert shown.exit_code == 0, shown.stderr
        told = home.lore(*words)
        assert told.exit_code == 0, told.stderr
        for text in (shown.stdout, shown.stderr, told.stdout, told.stderr):
            assert not set("\x1b\x07\x08\x9b") & set(text), words
        assert not set("\u202e\u2066") & set(shown.stdout + shown.stderr), words
    assert differences(home.server, home.folder / "lore.db", "group/app") == []  # but stored as it is


@pytest.mark.requirement("cli:token-secret")
def test_the_token_is_in_no_output_and_in_no_file(home: Home) -> None:
    with home.process("--no-robot", "-vv", "sync") as process:
        texts = [*process.communicate()]
        assert process.returncode == 0, texts
    home.server.faults.add(effects.unauthorized(), times=None)
    texts += [home.lore("-vv", "sync", terminal=terminal).stderr for terminal in (True, False)]
    home.configure(url=DEAD)
    texts += [home.lore("-vv", "sync", terminal=terminal).stderr for terminal in (True, False)]
    texts += [home.lore(*words).stdout for words in (["sync-runs"], ["config", "show"], ["doctor"])]
    assert all(TOKEN not in text for text in texts)
    assert "Traceback" in texts[-5]  # it was asked for
    files = [path for path in home.folder.rglob("*") if path.is_file()]
    assert {"lore.db", "config.toml"} <= {path.name for path in files}
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []
    assert {oct(path.stat().st_mode & 0o077) for path in files if path.name != "config.toml"} == {"0o0"}


@pytest.mark.requirement("sync:rule-14", "surgical:C12")
def test_an_interrupted_sync_exits_130_and_is_gone_on_with(home: Home) -> None:
    with home.process("--robot", "sync") as process:

        def interrupt(request: Request) -> None:
            if "/issues/5/" in request.path:
                home.server.forget_hooks()
                process.send_signal(signal.SIGINT)

        home.server.on_request(interrupt)
        _, told = process.communicate()
    assert process.returncode == 130
    assert json.loads(told)["error"]["code"] == "CANCELLED"
    assert home.lore("sync-runs").data["runs"][0]["status"] == "cancelled"
    assert home.lore("sync").exit_code == 0
    assert differences(home.server, home.folder / "lore.db", "group/app") == []
    counted = home.lore(
        "sql", "SELECT count(*) FROM app_locks UNION ALL SELECT count(*) FROM pending_dependent_fetches"
    )
    assert counted.data["rows"] == [[0], [0]]


@pytest.mark.requirement("sync:rule-13")
def test_strict_makes_a_failure_in_part_a_failure(home: Home) -> None:
    home.server.faults.add(effects.status(500), "/issues/1/discussions", times=None)
    ran = home.lore("sync", "--strict")
    assert (ran.exit_code, ran.error["code"]) == (8, "GITLAB_NETWORK_ERROR")
    answer = home.lore("sync", "--full").answer
    assert answer["data"]["failures"]
    assert answer["meta"]["warnings"]
