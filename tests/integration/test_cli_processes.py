"""The command as a user runs it: processes, a sample GitLab over loopback, files in a home folder."""

import http.client
import json
import shutil
import signal
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from adapters.sample_gitlab.settings import Settings
from contracts.lore_processes import Machine, everything_below

DOCS = "orchard/docs"
"""The smallest of the sample's projects that has everything."""


@pytest.fixture(scope="module")
def gitlab() -> Iterator[SampleGitLab]:
    with SampleGitLab(sample_world()) as served:
        yield served


@pytest.fixture(scope="module")
def synced_home(gitlab: SampleGitLab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which one project was synced; copied for each test, never used itself."""
    machine = Machine(home=tmp_path_factory.mktemp("synced"), token=SAMPLE_TOKEN)
    machine.configure(gitlab.url, DOCS)
    assert machine.lore("sync").data["status"] == "succeeded"
    return machine.home


@pytest.fixture
def fresh(tmp_path: Path) -> Machine:
    return Machine(home=tmp_path, token=SAMPLE_TOKEN)


@pytest.fixture
def synced(synced_home: Path, tmp_path: Path) -> Machine:
    shutil.copytree(synced_home, tmp_path / "home")
    return Machine(home=tmp_path / "home", token=SAMPLE_TOKEN)


class TestFromNothing:
    def test_init_sync_and_questions(self, fresh: Machine, gitlab: SampleGitLab) -> None:
        init = ("init", "--non-interactive", "--url", gitlab.url, "--token-env", "GITLAB_TOKEN", "--project", DOCS)
        assert fresh.lore(*init).data["projects"] == [DOCS]
        run = fresh.lore("sync").data
        assert (run["status"], run["failures"]) == ("succeeded", [])
        assert run["counters"]["created"] == 17
        assert fresh.lore("issues", "-n", "2").data["items"][0]["project_path"] == DOCS
        assert fresh.lore("search", "operator handbook").data["results"]
        (ledger,) = fresh.lore("sync-runs").data["runs"]
        assert ledger["run_id"] == run["run_id"]

    def test_files_are_their_owners_alone(self, fresh: Machine, gitlab: SampleGitLab) -> None:
        init = ("init", "--non-interactive", "--url", gitlab.url, "--token-env", "GITLAB_TOKEN", "--project", DOCS)
        assert fresh.lore(*init).code == 0
        for path in (fresh.config, fresh.store):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_without_a_configuration_nothing_is_made(self, fresh: Machine) -> None:
        for arguments in (["issues"], ["sync"], ["project", "list"]):
            assert fresh.lore(*arguments).code == 20
        assert everything_below(fresh.home) == []

    @pytest.mark.requirement("surgical:C8", "sync:rule-15")
    @pytest.mark.parametrize("arguments", [("sync", "--dry-run"), ("sync", "--dry-run", "--issue", "1", "-p", DOCS)])
    def test_a_dry_run_makes_no_file_and_no_request(
        self, fresh: Machine, gitlab: SampleGitLab, arguments: tuple[str, ...]
    ) -> None:
        fresh.configure(gitlab.url, DOCS)
        before = gitlab.requests.count()
        assert fresh.lore(*arguments).data["dry_run"] is True
        assert everything_below(fresh.home) == [fresh.config]
        assert gitlab.requests.count() == before

    @pytest.mark.requirement("cli:demo")
    def test_the_demo_works_without_anything_and_leaves_nothing(self, fresh: Machine) -> None:
        (fresh.home / "tmp").mkdir()
        stops = fresh.lore("demo", "--robot", TMPDIR=str(fresh.home / "tmp")).data["stops"]
        assert [stop["answer"]["ok"] for stop in stops] == [True] * len(stops)
        assert everything_below(fresh.home) == []


class TestSurgical:
    def test_one_item_is_refreshed(self, synced: Machine) -> None:
        data = synced.lore("sync", "--issue", "1", "-p", DOCS).data
        assert [(one["status"], one["complete"]) for one in data["entity_results"]] == [("unchanged", True)]

    @pytest.mark.requirement("surgical:rejections")
    def test_a_foreign_host_never_receives_a_request(self, synced: Machine) -> None:
        with SampleGitLab(sample_world()) as foreign:
            ran = synced.lore("sync", f"{foreign.url}/{DOCS}/-/issues/1")
            assert (ran.code, ran.error["code"]) == (2, "USAGE")
            assert foreign.requests.count() == 0

    def test_the_suggested_command_can_be_run_as_it_stands(self, synced: Machine) -> None:
        assert synced.lore("sync", "--issue", "1", "--issue", "999", "-p", DOCS).code == 6
        suggested = synced.lore("sync-runs", "-n", "1").data["runs"][0]["suggested_retry_command"].split()
        assert suggested[:2] == ["lore", "sync"]
        assert synced.lore(*suggested[1:]).data["targets"] == ["#1"]


def wait_for_threads(slow: SampleGitLab, process: "subprocess.Popen[str]") -> None:
    """Until the sync is in the middle of its dependents."""
    while slow.requests.count("discussions") < 5:
        assert process.poll() is None, process.communicate()


class TestInterrupts:
    @pytest.mark.requirement("sync:rule-14")
    def test_ctrl_c_ends_a_sync_with_130_and_the_next_goes_on(self, fresh: Machine) -> None:
        with SampleGitLab(sample_world(), Settings(latency_ms=40)) as slow:
            fresh.configure(slow.url, "orchard/press")
            with fresh.running("sync") as process:
                wait_for_threads(slow, process)
                process.send_signal(signal.SIGINT)
                stdout, stderr = process.communicate(timeout=20)
            assert (process.returncode, stdout) == (130, "")
            assert json.loads(stderr)["error"]["code"] == "CANCELLED"
        (run,) = fresh.lore("sync-runs").data["runs"]
        assert (run["status"], run["suggested_retry_command"]) == ("cancelled", "lore sync")

    def test_a_killed_sync_is_shown_as_interrupted_at_once(self, fresh: Machine) -> None:
        with SampleGitLab(sample_world(), Settings(latency_ms=40)) as slow:
            fresh.configure(slow.url, "orchard/press")
            with fresh.running("sync") as process:
                wait_for_threads(slow, process)
                process.kill()
                process.communicate(timeout=20)
        (run,) = fresh.lore("sync-runs").data["runs"]
        assert (run["status"], run["phase"]) == ("interrupted", "dependents")

    @pytest.mark.requirement("cli:broken-pipe")
    def test_a_reader_that_stops_reading_is_no_error(self, synced: Machine) -> None:
        with synced.running("issues", "-n", "500", "--no-robot") as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert (process.stderr.read(), process.wait(timeout=20)) == ("", 0)


class TestWhatGoesWrong:
    def test_a_wrong_token_is_told_and_shown_nowhere(self, synced: Machine) -> None:
        wrong = "glpat-wrong-0123456789abcdef"
        ran = synced.lore("sync", GITLAB_TOKEN=wrong)
        assert (ran.code, ran.error["code"]) == (5, "GITLAB_AUTH_FAILED")
        written = ran.stderr.encode() + b"".join(path.read_bytes() for path in everything_below(synced.home))
        assert wrong.encode() not in written

    @pytest.mark.requirement("cli:token-never-shown")
    def test_the_right_token_is_in_no_file(self, synced: Machine) -> None:
        synced.lore("sync", "--full", "-vv")
        for path in everything_below(synced.home):
            assert SAMPLE_TOKEN.encode() not in path.read_bytes(), path

    def test_no_token_is_told(self, synced: Machine) -> None:
        ran = synced.lore("sync", GITLAB_TOKEN="")
        assert (ran.code, ran.error["code"]) == (4, "TOKEN_NOT_SET")

    def test_a_server_that_is_not_there_is_told_within_seconds(self, fresh: Machine) -> None:
        fresh.configure("http://127.0.0.1:1", DOCS)
        assert fresh.lore("auth").code == 8

    def test_a_file_that_is_no_database_is_told_and_left_alone(self, synced: Machine) -> None:
        for path in synced.store.parent.iterdir():
            if path.name.startswith("lore.db-"):
                path.unlink()
        synced.store.write_bytes(b"precious notes\n" * 500)
        ran = synced.lore("issues")
        assert (ran.code, ran.error["code"]) == (10, "DB_ERROR")
        assert synced.store.read_bytes() == b"precious notes\n" * 500

    def test_a_store_of_a_newer_program_is_told(self, synced: Machine) -> None:
        with sqlite3.connect(synced.store) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
        ran = synced.lore("issues")
        assert ran.code == 10
        assert "Upgrade lore" in ran.error["suggestion"]

    def test_a_place_that_cannot_be_written_is_told(self, fresh: Machine, gitlab: SampleGitLab) -> None:
        fresh.configure(gitlab.url, DOCS)
        (fresh.home / ".local").write_text("a file where a folder should be")
        ran = fresh.lore("sync")
        assert (ran.code, ran.error["code"]) == (12, "IO_ERROR")

    def test_a_traceback_is_shown_only_when_asked_for(self, fresh: Machine) -> None:
        assert "Traceback" not in fresh.lore("sync", "--no-robot").stderr
        assert "Traceback" in fresh.lore("sync", "--no-robot", "-vv").stderr

    @pytest.mark.requirement("cli:doctor-quick")
    def test_the_doctor_says_whether_all_is_ready(self, synced: Machine) -> None:
        assert synced.lore("doctor").data["ready"] is True
        assert synced.lore("doctor", "--quick", GITLAB_TOKEN="").code == 19


class TestSurroundings:
    def test_foreign_packages_of_the_same_names_are_not_taken(self, synced: Machine, tmp_path: Path) -> None:
        for name in ("domain", "entrypoints", "application", "adapters"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong package')")
        ran = synced.lore("version", folder=tmp_path, PYTHONPATH=str(tmp_path))
        assert ran.data["version"]

    def test_a_stream_without_unicode_gets_ascii(self, synced: Machine) -> None:
        ran = synced.lore("search", "Polish", PYTHONIOENCODING="ascii", LC_ALL="C")
        assert ran.code == 0
        assert ran.stdout.isascii()

    def test_shells_complete_commands(self, fresh: Machine) -> None:
        ran = fresh.lore(_LORE_COMPLETE="complete_bash", COMP_WORDS="lore sy", COMP_CWORD="1")
        assert ran.stdout.split() == ["sync", "sync-runs"]


class TestServe:
    def test_it_answers_until_it_is_interrupted(self, synced: Machine) -> None:
        with synced.running("serve", "--port", "0") as process:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["data"]["url"]
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
            connection.request("GET", "/api/v1/issues?limit=1")
            answer = json.loads(connection.getresponse().read())
            connection.close()
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=20)
        assert (process.returncode, stdout, stderr) == (0, "", "")
        assert answer["data"] == synced.lore("issues", "-n", "1").data

    def test_others_are_let_in_only_when_that_is_wanted(self, synced: Machine) -> None:
        ran = synced.lore("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - it is refused
        assert (ran.code, ran.error["details"]["option"]) == (2, "--host")
