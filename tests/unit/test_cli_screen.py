"""What people see: tables that fit, text that is harmless, progress that tells."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli_runs import Pipe, Terminal
from contracts.builders import DAY
from domain.dates import day
from entrypoints.cli import progress as progress_module
from entrypoints.cli.invocation import GlobalOptions, Invocation
from entrypoints.cli.progress import SilentProgress, TerminalProgress, shown_progress
from entrypoints.cli.screen import Cell, Screen, usable_link
from entrypoints.cli.tables import Column, facts, state, table

NOON = 1_767_268_800_000


def screen(width: int = 80, *, stream: io.StringIO | None = None, **environ: str) -> tuple[Screen, io.StringIO]:
    out = stream or Terminal()
    known = {"TERM": "xterm-256color", "COLUMNS": str(width), **environ}
    return Screen(out, known, now_ms=NOON), out


class TestText:
    @pytest.mark.requirement("cli:no-raw-escapes")
    @given(st.text(alphabet="ab\x1b\x07\x9b\u202e\n\t[]", max_size=60))
    @settings(max_examples=100, deadline=None)
    def test_nothing_that_a_terminal_obeys_gets_through(self, text: str) -> None:
        shown, out = screen(NO_COLOR="1")
        shown.line(text, Cell(text, "bold", "https://x.org"))
        shown.paragraph(text)
        shown.heading(text)
        facts(shown, [("name", text or "-")])
        table(shown, [Column(title="a", flexible=True)], [[text]])
        assert not set(out.getvalue()) & set("\x1b\x07\x9b\u202e")

    def test_markup_in_a_text_is_text(self) -> None:
        shown, out = screen(NO_COLOR="1")
        shown.line("[bold]not bold[/bold] :smile:")
        assert out.getvalue() == "[bold]not bold[/bold] :smile:\n"

    @pytest.mark.parametrize(
        ("address", "usable"),
        [
            ("https://gitlab.example.com/a/b/-/issues/1", True),
            ("http://localhost/x", True),
            ("javascript:alert(1)", False),
            ("https://x.org/\x1b\\", False),
            ("https://x.org/ a", False),
            ("https://ex\u202eample.org", False),
            ("", False),
        ],
    )
    def test_only_clean_web_addresses_stand_behind_a_text(self, address: str, usable: bool) -> None:
        assert bool(usable_link(address)) is usable
        shown, out = screen()
        shown.line(Cell("here", "", address))
        assert ("\x1b]8;" in out.getvalue()) is usable

    @pytest.mark.parametrize("show", [Screen.paragraph, Screen.line])
    def test_what_begins_further_in_wraps_there_and_loses_nothing(self, show: Callable[..., None]) -> None:
        shown, out = screen(40, NO_COLOR="1")
        words = [f"word{number}" for number in range(40)]
        show(shown, " ".join(words), indent=4)
        assert out.getvalue().split() == words
        assert all(line.startswith("    ") and len(line) <= 40 for line in out.getvalue().splitlines())

    def test_a_line_in_a_pipe_is_not_wrapped(self) -> None:
        shown, out = screen(40, stream=Pipe())
        shown.line("x" * 200)
        assert out.getvalue() == "x" * 200 + "\n"

    def test_times_are_relative_and_long_ago_days(self) -> None:
        shown, _out = screen()
        assert shown.when(NOON - 3_600_000).text == "1 hour ago"
        assert shown.when(NOON - 30 * DAY).text == "1 month ago"
        assert shown.when(NOON - 31 * DAY).text == day(NOON - 31 * DAY)
        assert shown.when(None).text == ""


class TestTables:
    COLUMNS = (
        Column(title="Id", right=True),
        Column(title="Title", flexible=True),
        Column(title="State"),
        Column(title="Extra", from_width=100),
    )

    @pytest.mark.requirement("cli:tables-fit")
    @given(
        st.integers(min_value=40, max_value=200),
        st.lists(st.tuples(st.integers(0, 99_999), st.text(min_size=1, max_size=120)), min_size=1, max_size=5),
    )
    @settings(max_examples=60, deadline=None)
    def test_no_line_is_wider_than_the_terminal(self, width: int, items: list[tuple[int, str]]) -> None:
        from rich.cells import cell_len

        shown, out = screen(width, NO_COLOR="1")
        table(shown, self.COLUMNS, [[str(number), title, state("opened"), "more"] for number, title in items])
        lines = out.getvalue().splitlines()
        assert max(cell_len(line) for line in lines) <= width
        assert all(str(number) in out.getvalue() for number, _title in items)

    def test_narrow_terminals_do_without_the_least_columns(self) -> None:
        for width, there in ((80, False), (120, True)):
            shown, out = screen(width, NO_COLOR="1")
            table(shown, self.COLUMNS, [["1", "t", "opened", "more"]])
            assert ("Extra" in out.getvalue()) is there

    def test_states_have_their_colours(self) -> None:
        assert [state(word).style for word in ("opened", "closed", "merged", "strange")] == [
            "green",
            "red",
            "magenta",
            "",
        ]

    def test_facts_without_a_value_are_left_out(self) -> None:
        shown, out = screen(NO_COLOR="1")
        facts(shown, [("a", "1"), ("b", ""), ("c", Cell("")), ("d", Cell("", "cyan"))])
        assert out.getvalue().split() == ["a", "1"]


class TestPager:
    def show(self, lines: int, pager: str) -> str:
        shown, out = screen(NO_COLOR="1", LINES="10", PAGER=pager)
        with shown.paged():
            for number in range(lines):
                shown.line(str(number))
        return out.getvalue()

    def test_what_fits_is_shown_at_once(self, tmp_path: Path) -> None:
        assert self.show(5, f"touch {tmp_path / 'called'}") == "0\n1\n2\n3\n4\n"
        assert list(tmp_path.iterdir()) == []

    def test_what_does_not_fit_goes_through_the_pager(self, tmp_path: Path) -> None:
        assert self.show(30, f"tee {tmp_path / 'paged'}") == ""
        assert len((tmp_path / "paged").read_text().splitlines()) == 30

    @pytest.mark.parametrize("pager", ["", "/nowhere/no-such-pager"])
    def test_without_a_pager_all_is_shown(self, pager: str) -> None:
        assert len(self.show(30, pager).splitlines()) == 30

    def test_a_pipe_is_not_paged(self, tmp_path: Path) -> None:
        shown, out = screen(stream=Pipe(), PAGER=f"touch {tmp_path / 'called'}")
        with shown.paged():
            shown.paragraph("\n" * 100)
        assert list(tmp_path.iterdir()) == []
        assert out.getvalue()


def invocation(stderr: io.StringIO, *, term: str = "xterm", quiet: bool = False, robot: bool = False) -> Invocation:
    options = GlobalOptions(quiet=quiet, robot=robot)
    return Invocation(environ={"TERM": term}, stdin=Pipe(), stdout=Terminal(), stderr=stderr, options=options)


class TestProgress:
    def test_a_bar_tells_stage_and_count(self) -> None:
        stderr = Terminal()
        bar = TerminalProgress(stderr, after_s=0)
        bar.stage("ingest", total=3)
        bar.advance(2, detail="group/\x1b[2Japp")
        bar.advance(total=4)
        bar.stage("docs")
        bar.advance(5)
        bar.close()
        assert "ingest" in stderr.getvalue()
        assert "3/3" in stderr.getvalue(), "a stage that is over is full, whatever its total was thought to be"
        assert "docs" in stderr.getvalue()
        assert "\x1b[2J" not in stderr.getvalue()

    def test_what_is_over_at_once_shows_nothing(self) -> None:
        stderr = Terminal()
        bar = TerminalProgress(stderr, after_s=3_600)
        bar.stage("ingest", total=3)
        bar.advance(3)
        bar.close()
        assert stderr.getvalue() == ""

    @pytest.mark.parametrize(
        "run",
        [
            invocation(Terminal(), robot=True),
            invocation(Terminal(), quiet=True),
            invocation(Terminal(), term="dumb"),
            invocation(Pipe()),
        ],
    )
    def test_nobody_who_does_not_want_it_gets_it(self, run: Invocation) -> None:
        with shown_progress(run) as progress:
            assert isinstance(progress, SilentProgress)
            progress.stage("ingest")
            progress.advance()

    def test_a_terminal_gets_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(progress_module.TerminalProgress.__init__, "__kwdefaults__", {"after_s": 0})
        stderr = Terminal()
        with shown_progress(invocation(stderr)) as progress:
            progress.stage("ingest", total=1)
            progress.advance()
        assert "ingest" in stderr.getvalue()
