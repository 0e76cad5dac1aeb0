"""What every command does: its options, its two forms, its errors."""

import io
import json
import sys
from pathlib import Path

import pytest
import typer

from adapters.memory.tokens import MemoryTokens
from cli_runs import Lore, Pipe, Terminal
from contracts.tokens_contract import GIVEN, KEPT
from domain.errors import NotFound
from entrypoints.cli import app as cli_app
from entrypoints.cli.app import run, tree
from entrypoints.cli.invocation import Invocation
from entrypoints.cli.robot_mode import is_robot, typed_flag
from entrypoints.cli.tree import LoreCommand, LoreGroup, command

CONFIG = """
default_project = "group/app"
[[instances]]
name = "work"
url = "https://gitlab.example.com"
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    return str(file)


@pytest.fixture
def lore(config: str) -> Lore:
    return Lore({"LORE_CONFIG": config}, tokens=MemoryTokens(work=GIVEN))


@pytest.mark.requirement("cli:robot-mode")
class TestRobotMode:
    @pytest.mark.parametrize(
        ("flag", "variable", "terminal", "robot"),
        [
            (None, "", True, False),
            (None, "", False, True),
            (None, "1", True, True),
            (None, "0", False, False),
            (True, "0", True, True),
            (False, "1", False, False),
        ],
    )
    def test_flag_then_variable_then_terminal(
        self, flag: bool | None, variable: str, terminal: bool, robot: bool
    ) -> None:
        assert is_robot(flag, {"LORE_ROBOT": variable}, terminal=terminal) is robot

    def test_some_commands_stay_human_in_a_pipe(self) -> None:
        assert not is_robot(None, {}, terminal=False, command="completions")

    def test_the_last_flag_counts_and_nothing_after_two_dashes(self) -> None:
        assert typed_flag(["--robot", "issues", "--no-robot", "--", "-J"]) is False
        assert typed_flag(["issues"]) is None

    def test_a_variable_that_says_neither_is_wrong(self, lore: Lore) -> None:
        lore.environ["LORE_ROBOT"] = "maybe"
        ran = lore("version")
        assert ran.exit_code == 3
        assert ran.error["details"]["key"] == "LORE_ROBOT"


@pytest.mark.requirement("cli:global-options-anywhere")
class TestGlobalOptions:
    @pytest.mark.parametrize("arguments", [("--robot", "version"), ("version", "--robot"), ("-J", "version")])
    def test_they_stand_before_and_after_the_command(self, lore: Lore, arguments: tuple[str, ...]) -> None:
        assert "version" in lore(*arguments, terminal=True).data

    def test_after_goes_before_before(self, lore: Lore) -> None:
        assert lore("--robot", "version", "--no-robot").stdout.startswith("lore ")

    def test_before_stays_when_nothing_is_said_after(self, lore: Lore) -> None:
        assert lore("--no-robot", "version").stdout.startswith("lore ")

    def test_they_stand_between_group_and_command_too(self, lore: Lore, config: str) -> None:
        del lore.environ["LORE_CONFIG"]
        assert lore("config", "--config", config, "path").data["path"] == config

    def test_the_configuration_can_be_named_on_either_side(self, lore: Lore, config: str) -> None:
        lore.environ["LORE_CONFIG"] = "/nowhere/config.toml"
        for arguments in (["-c", config, "config", "path"], ["config", "path", "--config", config]):
            assert lore(*arguments).data["path"] == config

    @pytest.mark.parametrize("arguments", [("--version",), ("version", "--version"), ("config", "show", "--version")])
    def test_the_version_is_plain_text_everywhere(self, lore: Lore, arguments: tuple[str, ...]) -> None:
        ran = lore(*arguments)
        assert (ran.exit_code, ran.stdout[:5]) == (0, "lore ")

    def test_a_choice_has_to_be_one(self, lore: Lore) -> None:
        ran = lore("version", "--color", "sometimes")
        assert ran.exit_code == 2
        assert "'never'" in ran.error["message"]

    def test_fields_choose(self, lore: Lore) -> None:
        items = lore("config", "show", "--fields", "key,origin").data["items"]
        assert all(list(item) == ["key", "origin"] for item in items)

    def test_fields_of_an_answer_that_is_no_list_choose_too(self, lore: Lore) -> None:
        assert list(lore("version", "--fields", "version").data) == ["version"]

    def test_unknown_fields_are_an_error_with_the_known_ones(self, lore: Lore) -> None:
        ran = lore("config", "show", "--fields", "kez")
        assert ran.exit_code == 2
        assert ran.error["details"] == {"unknown": ["kez"], "known": ["key", "origin", "value"]}

    def test_tokens_are_bounded(self, lore: Lore) -> None:
        ran = lore("config", "show", "--max-tokens", "200")
        assert len(ran.stdout.encode()) <= 600
        assert ran.answer["meta"]["truncated"] is True
        assert ran.answer["meta"]["total"] > len(ran.data["items"])


class TestHelp:
    def test_all_commands_are_listed_under_their_headings(self, lore: Lore) -> None:
        shown = lore("--help").stdout
        assert all(f"\n  {path.split()[1]} " in shown for path, _each in commands(typer.main.get_command(tree())))
        assert [heading in shown for heading in ("Set up:", "Fetch:", "Read:", "Look after:")] == [True] * 4

    def test_a_command_shows_arguments_options_and_examples_that_can_be_pasted(self, lore: Lore) -> None:
        shown = lore("sync", "--help").stdout
        for words in ("Arguments:", "--issue-url URL", "For every command:", "  lore sync -p group/app --full\n"):
            assert words in shown

    @pytest.mark.parametrize("flag", ["-h", "--help"])
    def test_help_is_text_for_programs_too(self, lore: Lore, flag: str) -> None:
        assert lore("version", "--robot", flag).stdout.startswith("Usage: lore version")


class TestErrors:
    @pytest.mark.requirement("cli:errors-on-stderr")
    def test_robots_get_one_line_on_standard_error_and_nothing_else(self, lore: Lore) -> None:
        lore.environ["LORE_CONFIG"] = "/nowhere/config.toml"
        ran = lore("config", "show")
        assert ran.exit_code == 20
        assert ran.error["code"] == "CONFIG_NOT_FOUND"
        assert set(ran.error) == {"code", "message", "suggestion", "actions", "details"}

    @pytest.mark.requirement("cli:errors-on-stderr")
    def test_people_get_what_happened_and_what_to_do(self, lore: Lore) -> None:
        lore.environ["LORE_CONFIG"] = "/nowhere/config.toml"
        ran = lore("config", "show", terminal=True)
        lines = ran.stderr.splitlines()
        assert ran.stdout == ""
        assert lines[0].startswith("lore: /nowhere/config.toml")
        assert lines[-1] == "  Try: lore init"
        assert len(lines) == 3

    def test_a_usage_error_has_an_example_and_exit_code_2(self, lore: Lore) -> None:
        ran = lore("token", "set", "--instnace", "work")
        assert ran.exit_code == 2
        assert ran.error["code"] == "USAGE"
        assert ran.error["details"]["example"] == "lore token set"

    def test_an_unknown_command_is_told_with_what_was_likely_meant(self, lore: Lore) -> None:
        ran = lore("confog", terminal=True)
        assert ran.exit_code == 2
        assert "Did you mean 'config'?" in ran.stderr

    def test_robot_mode_is_known_before_the_arguments_are_understood(self, lore: Lore) -> None:
        assert lore("--no-such-flag", "-J", terminal=True).error["code"] == "USAGE"
        assert lore("--no-such-flag", "--no-robot").stderr.startswith("lore: ")

    def test_no_command_is_help_for_people_and_an_error_for_programs(self, lore: Lore) -> None:
        people, program = lore(terminal=True), lore("--robot", terminal=True)
        assert (people.exit_code, "Usage:" in people.stdout) == (0, True)
        assert (program.exit_code, program.error["code"]) == (2, "USAGE")


def failing_tree(error: BaseException) -> typer.Typer:
    root = tree()

    @command(root, "fail", examples=["lore fail"])
    def fail() -> None:
        raise error

    return root


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException, folder: Path) -> None:
    monkeypatch.setattr(cli_app, "tree", lambda _arguments: failing_tree(error))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))


class TestFaults:
    def test_an_unexpected_error_says_where_its_log_is(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fails_with(monkeypatch, ValueError("no such thing"), tmp_path)
        ran = lore("fail")
        assert ran.exit_code == 1
        assert ran.error["code"] == "INTERNAL_ERROR"
        log = Path(ran.error["details"]["log"])
        assert "ValueError: no such thing" in log.read_text()
        assert log.stat().st_mode & 0o777 == 0o600

    @pytest.mark.requirement("cli:token-never-shown")
    def test_no_secret_gets_into_the_log_or_the_message(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        lore.environ["WORK_TOKEN"] = "an-oldstyle-token-1234"
        fails_with(monkeypatch, ValueError(f"bad header {GIVEN} or an-oldstyle-token-1234"), tmp_path)
        ran = lore("fail", "-vv", terminal=True)
        written = ran.stderr + "".join(log.read_text() for log in tmp_path.rglob("*.log"))
        assert "bad header ***" in written
        assert GIVEN not in written
        assert "oldstyle" not in written

    def test_a_log_that_cannot_be_written_is_no_further_fault(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        fails_with(monkeypatch, ValueError("x"), tmp_path / "file")
        assert "could not be written" in lore("fail").error["suggestion"]

    @pytest.mark.parametrize("terminal", [True, False])
    def test_the_traceback_is_shown_only_when_asked_for(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, terminal: bool
    ) -> None:
        fails_with(monkeypatch, NotFound("nothing there", details={"path": tmp_path}), tmp_path)
        assert "Traceback" not in lore("fail", "-v", terminal=terminal).stderr
        asked = lore("fail", "-vv", terminal=terminal)
        assert (asked.exit_code, "Traceback" in asked.stderr) == (17, True)

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort(), EOFError()])
    def test_an_interrupt_ends_with_130(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException
    ) -> None:
        fails_with(monkeypatch, error, tmp_path)
        ran = lore("fail")
        assert ran.exit_code == 130
        assert json.loads(ran.stderr.strip())["error"]["code"] == "CANCELLED"

    def test_a_reader_that_went_away_is_no_error(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fails_with(monkeypatch, BrokenPipeError(), tmp_path)
        ran = lore("fail")
        assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "")

    @pytest.mark.requirement("cli:no-raw-escapes")
    def test_escape_sequences_in_an_error_are_made_harmless(
        self, lore: Lore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fails_with(monkeypatch, NotFound("\x1b[2J gone", suggestion="\x9b1m", actions=["\u202ex"]), tmp_path)
        for terminal in (True, False):
            assert not set(lore("fail", terminal=terminal).stderr) & set("\x1b\x9b\u202e")


class TestTree:
    def test_every_command_has_an_example_that_names_it(self) -> None:
        for path, each in commands(typer.main.get_command(tree())):
            assert any(path in example for example in each.facts.examples), path

    def test_a_command_is_built_without_the_others(self) -> None:
        everything = dict(commands(typer.main.get_command(tree())))
        for name in {path.split()[1] for path in everything}:
            built = typer.main.get_group(tree(["--json", name]))
            assert name in built.commands
            assert len(built.commands) < 10

    def test_what_is_no_command_is_looked_for_among_all(self) -> None:
        names = set(typer.main.get_group(tree()).commands)
        for words in ((), ("serch",), ("--config", "sync", "search"), ("why",), ("--help", "sync")):
            assert set(typer.main.get_group(tree(words)).commands) == names

    def test_every_answer_names_a_record_that_exists(self) -> None:
        import importlib

        for _path, each in commands(typer.main.get_command(tree())):
            if each.facts.answer:
                module, _, name = each.facts.answer.partition(":")
                assert isinstance(getattr(importlib.import_module(module), name), type)

    def test_aliases_are_commands(self) -> None:
        root = tree()

        @command(root, "things", examples=["lore things"], aliases=["thing", "th"])
        def things() -> None:
            """Nothing."""

        group = typer.main.get_command(root)
        assert isinstance(group, LoreGroup)
        assert group.get_command(None, "th") is group.get_command(None, "things")
        assert "th" not in group.list_commands(typer.Context(group))


def commands(group: object, before: str = "lore") -> list[tuple[str, LoreCommand]]:
    assert isinstance(group, LoreGroup)
    found: list[tuple[str, LoreCommand]] = []
    for name, each in group.commands.items():
        if isinstance(each, LoreCommand):
            found.append((f"{before} {name}", each))
        else:
            found += commands(each, f"{before} {name}")
    return found


class TestAnswers:
    def test_an_answer_to_a_stream_without_utf8_is_ascii(self, config: str) -> None:
        stdout = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
        environ = {"LORE_CONFIG": config}
        invocation = Invocation(environ=environ, stdin=sys.stdin, stdout=stdout, stderr=Pipe())
        assert run(["config", "path"], invocation) == 0
        stdout.seek(0)
        assert stdout.read().isascii()

    def test_a_warning_reaches_both(self, lore: Lore, tmp_path: Path) -> None:
        (tmp_path / "plain.toml").write_text('[[instances]]\nname = "a"\nurl = "http://gitlab.example.com"')
        arguments = ("config", "validate", "--config", str(tmp_path / "plain.toml"))
        assert "unencrypted" in lore(*arguments).answer["meta"]["warnings"][0]
        assert "unencrypted" in lore(*arguments, terminal=True).stderr

    @pytest.mark.requirement("cli:colours")
    @pytest.mark.parametrize(
        ("environ", "arguments", "coloured"),
        [
            ({"TERM": "xterm-256color"}, (), True),
            ({"TERM": "xterm-256color", "NO_COLOR": "1"}, (), False),
            ({"TERM": "xterm-256color"}, ("--color", "never"), False),
            ({"TERM": "dumb"}, (), False),
            ({"TERM": "xterm-256color", "NO_COLOR": "1"}, ("--color", "always"), True),
        ],
    )
    def test_colours_are_for_terminals_that_want_them(
        self, lore: Lore, environ: dict[str, str], arguments: tuple[str, ...], coloured: bool
    ) -> None:
        del lore.environ["NO_COLOR"]
        lore.environ.update(environ)
        assert ("\x1b[" in lore("config", "show", *arguments, terminal=True).stdout) is coloured


class TestHousekeeping:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
    def test_completions_are_a_script_even_in_a_pipe(self, lore: Lore, shell: str) -> None:
        ran = lore("completions", shell)
        assert "_LORE_COMPLETE" in ran.stdout
        assert ran.exit_code == 0

    def test_completions_are_json_when_asked_for(self, lore: Lore) -> None:
        assert lore("completions", "bash", "--robot").data["shell"] == "bash"

    def test_the_configuration_in_force_is_shown_to_people(self, lore: Lore, config: str) -> None:
        lore.environ["COLUMNS"] = "250"
        shown = lore("config", "show", terminal=True).stdout
        assert "https://gitlab.example.com" in shown
        assert config in shown

    def test_every_key_is_explained(self, lore: Lore) -> None:
        docs = {doc["key"]: doc for doc in lore("config", "keys", "embedding").data["items"]}
        assert (docs["embedding.provider"]["default"], docs["embedding.model"]["default"]) == ("builtin", None)
        assert {key.partition(".")[0] for key in docs} == {"embedding"}
        shown = lore("config", "keys", terminal=True).stdout
        assert "Takes one of builtin, ollama, openai, none. Default: builtin." in shown
        assert "default_project" in shown

    def test_a_configuration_without_gitlab_is_not_valid(self, lore: Lore, tmp_path: Path) -> None:
        (tmp_path / "empty.toml").touch()
        assert lore("config", "validate", "-c", str(tmp_path / "empty.toml")).exit_code == 3


class TestTokens:
    def test_a_token_is_kept_from_standard_input_and_never_shown(self, config: str) -> None:
        tokens = MemoryTokens(work=None)
        lore = Lore({"LORE_CONFIG": config}, tokens=tokens)
        ran = lore("token", "set", stdin=f"{KEPT}\n")
        assert ran.data == {"instance": "work", "kept_in": "memory, kept"}
        assert tokens.find("work").secret == KEPT

    def test_no_token_on_standard_input_is_told(self, lore: Lore) -> None:
        assert lore("token", "set").error["code"] == "USAGE"

    def test_where_tokens_come_from_is_shown(self, lore: Lore) -> None:
        ran = lore("token", "show")
        assert ran.data["items"] == [
            {"instance": "work", "found": True, "origin": "memory", "exposed": False, "problem": ""}
        ]
        assert GIVEN not in ran.stdout + lore("token", "show", terminal=True).stdout

    def test_a_missing_token_is_shown_as_missing(self, config: str) -> None:
        lore = Lore({"LORE_CONFIG": config}, tokens=MemoryTokens(work=None))
        assert lore("token", "show").data["items"][0]["found"] is False

    def test_clearing_says_whether_there_was_one(self, lore: Lore) -> None:
        lore("token", "set", stdin=KEPT)
        assert [lore("token", "clear").data["removed"] for _ in range(2)] == [True, False]

    def test_of_several_instances_one_has_to_be_named(self, lore: Lore, tmp_path: Path) -> None:
        (tmp_path / "two.toml").write_text(f'{CONFIG}[[instances]]\nname = "home"\nurl = "https://git.home"')
        assert lore("token", "clear", "-c", str(tmp_path / "two.toml")).exit_code == 2
        assert lore("token", "clear", "--instance", "nowhere").exit_code == 3


def test_a_terminal_is_a_terminal() -> None:
    assert Terminal().isatty()
    assert not Pipe().isatty()
