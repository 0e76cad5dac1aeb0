"""What starts servers of its own, in this process: the tour of the demo, and serving."""

import http.client
import json
import os
import signal
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from cli_runs import Lore
from entrypoints.cli import tour
from entrypoints.cli.tour import Stop
from entrypoints.container import open_container
from entrypoints.http import serving


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.requirement("cli:demo")
class TestDemo:
    def test_people_see_each_command_as_it_is_typed_and_its_answer(self, temporary: Path) -> None:
        ran = Lore()("demo", terminal=True)
        assert ran.exit_code == 0, ran.stderr
        for stop in tour.STOPS:
            assert f"$ {stop.command}" in ran.stdout
        assert "Leases by a clock that does not jump" in ran.stdout
        assert "787 documents written" in ran.stdout
        assert list(temporary.iterdir()) == []

    def test_a_pipe_gets_the_tour_for_people_too(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tour, "STOPS", (Stop(why="Where is it?", command="lore config path"),))
        assert "$ lore config path" in Lore()("demo").stdout
        assert list(temporary.iterdir()) == []

    def test_programs_get_what_each_command_answers(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tour, "STOPS", (Stop(why="Where from?", command="lore token show"),))
        (stop,) = Lore()("demo", "--robot").data["stops"]
        assert stop["answer"]["data"]["items"][0]["origin"] == "environment LORE_DEMO_TOKEN"
        assert list(temporary.iterdir()) == []

    def test_a_stop_that_does_not_work_is_told(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tour, "STOPS", (Stop(why="What?", command="lore sync-runs --run-id nope"),))
        ran = Lore()("demo", terminal=True)
        assert ran.exit_code == 1
        assert "did not work on the sample" in ran.stderr
        assert list(temporary.iterdir()) == []


class TestServe:
    def test_it_tells_its_address_answers_and_ends_by_ctrl_c(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers: list[Any] = []

        def ask_and_stop(address: str) -> None:
            with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)) as connection:
                connection.request("GET", "/api/v1/status")
                answers.append(json.loads(connection.getresponse().read()))
            os.kill(os.getpid(), signal.SIGINT)

        real_serve = serving.serve

        def serve_and_be_asked(app: Any, listener: Any, ready: Any) -> None:
            def ready_and_asked(address: str) -> None:
                ready(address)
                Thread(target=ask_and_stop, args=(address,)).start()

            real_serve(app, listener, ready_and_asked)

        monkeypatch.setattr(serving, "serve", serve_and_be_asked)
        with SampleGitLab(sample_world()) as gitlab:
            config = tmp_path / "config.toml"
            config.write_text(f'[[instances]]\nname = "sample"\nurl = "{gitlab.url}"\nprojects = ["orchard/docs"]')
            lore = RealLore(
                {
                    "LORE_CONFIG": str(config),
                    "LORE_DATABASE_URL": f"sqlite:///{tmp_path / 'lore.db'}",
                    "GITLAB_TOKEN": SAMPLE_TOKEN,
                }
            )
            assert lore("sync").data["status"] == "succeeded"
            ran = lore("serve", "--port", "0")
        assert ran.exit_code == 0, ran.stderr
        assert ran.data["url"].startswith("http://127.0.0.1:")
        (answer,) = answers
        assert [one["path"] for one in answer["data"]["projects"]] == ["orchard/docs"]


class RealLore(Lore):
    """The command with its real adapters."""

    _open = staticmethod(open_container)
