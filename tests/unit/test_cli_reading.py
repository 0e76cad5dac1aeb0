"""The commands that answer from the store, in both forms."""

import re
from pathlib import Path

import pytest

from adapters.memory.blame import MemoryBlame, MemoryRepository
from adapters.memory.document_sources import MemoryDocumentSources
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.store_health import MemoryStoreHealth
from application.ports.locks import Lease
from application.ports.sql_console import SqlAnswer
from application.ports.store_repair import Finding, MendedVectors
from cli_runs import Lore
from contracts import builders
from contracts.builders import DAY, NOON, covered
from contracts.content.opened_store import issue_ref, merge_request_ref
from contracts.reading.shelf import put, put_set, write_documents
from domain.blame import Checkout
from domain.entities import Discussion, Note
from domain.git_remotes import Remote
from domain.refs import DependentKind, EntityRef
from domain.runs import Failure, RunStatus
from reading_house import ReadingHouse

CONFIG = """
[[instances]]
name = "work"
url = "https://gitlab.example.com"
"""
CHECKOUT = Checkout(root="/repo", remotes=(Remote(name="origin", host="gitlab.example.com", path="group/app"),))
EVIL = "Bell\x07 \x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\ \u202eelif"
OBEYED = set("\x07\x1b\u202e\x9b")


@pytest.fixture
def house() -> ReadingHouse:
    return ReadingHouse()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    return file


@pytest.fixture
def lore(house: ReadingHouse, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lore:
    monkeypatch.chdir(tmp_path)
    return Lore(
        {"LORE_CONFIG": str(config), "PAGER": "", "TERM": "dumb"},
        items=house.items,
        notes=house.notes,
        document_search=house.documents,
        figures=house.figures,
        health=MemoryStoreHealth(),
        repair=house.repair,
        ledger=house.ledger,
        locks=house.locks,
        store=house.store,
        clock=house.clock,
        document_sources=MemoryDocumentSources(house.store),
        blame=MemoryBlame(),
    )


@pytest.mark.requirement("cli:honest-lists")
class TestLists:
    def test_issues_come_with_total_cursor_and_freshness(self, lore: Lore) -> None:
        ran = lore("issues", "-n", "3")
        meta = ran.answer["meta"]
        assert len(ran.data["items"]) == 3
        assert (meta["total"], meta["truncated"]) == (4, True)
        assert meta["freshness"] == {"state": "never", "synced_at": None, "age_seconds": None, "last_run_status": None}
        rest = lore("issues", "-n", "3", "--cursor", meta["next_cursor"])
        assert len(rest.data["items"]) == 1
        assert (rest.answer["meta"]["truncated"], rest.answer["meta"]["next_cursor"]) == (False, None)

    def test_the_fields_of_an_issue_are_a_contract(self, lore: Lore) -> None:
        (item,) = lore("issue", "--state", "closed").data["items"]
        assert item == {
            "kind": "issue",
            "project_path": "group/app",
            "iid": 2,
            "title": "Issue 2",
            "state": "closed",
            "author": "bob",
            "assignees": ["carol", "alice"],
            "labels": [],
            "milestone": "v1",
            "issue_type": "issue",
            "confidential": False,
            "due_date": "2026-03-01",
            "user_notes_count": 0,
            "created_at": "2026-01-01T12:00:00.000Z",
            "updated_at": "2026-01-01T15:00:00.000Z",
            "closed_at": "2026-01-01T15:00:00.000Z",
            "web_url": "https://gitlab.example.com/group/app/-/issues/2",
        }

    @pytest.mark.parametrize(
        ("arguments", "numbers"),
        [
            (["--author", "bob"], [2]),
            (["--assignee", "carol"], [2]),
            (["--label", "bug", "--label", "net"], [1]),
            (["--milestone", "v1"], [2]),
            (["--since", "2026-01-01T14:00Z", "--sort", "iid"], [3, 2]),
            (["--until", "2026-01-01", "-p", "app", "--sort", "iid", "--asc"], [1, 2, 3]),
            (["--due-before", "2026-04-01"], [2]),
            (["--has-due", "--sort", "iid"], [3, 2]),
        ],
    )
    def test_issues_can_be_filtered(self, lore: Lore, arguments: list[str], numbers: list[int]) -> None:
        assert [item["iid"] for item in lore("issues", *arguments).data["items"]] == numbers

    @pytest.mark.parametrize(
        ("arguments", "numbers"),
        [
            (["--state", "merged"], [2]),
            (["--reviewer", "bob"], [2]),
            (["--draft"], [2]),
            (["--no-draft"], [1]),
            (["--source", "branch-1"], [1]),
            (["--target", "stable"], [2]),
            (["--sort", "title"], [2, 1]),
        ],
    )
    def test_merge_requests_can_be_filtered(self, lore: Lore, arguments: list[str], numbers: list[int]) -> None:
        assert [item["iid"] for item in lore("merge-requests", *arguments).data["items"]] == numbers

    def test_people_get_a_table_and_how_to_go_on(self, lore: Lore) -> None:
        shown = lore("issues", "-n", "1", "--sort", "iid", "--asc", "-p", "app", terminal=True).stdout
        assert "#1" in shown
        assert "Retry uploads" in shown
        assert "1 of 3; the next: --cursor " in shown

    def test_people_see_the_project_where_there_are_several(self, lore: Lore) -> None:
        assert "group/lib" in lore("issues", terminal=True).stdout

    def test_people_are_told_that_there_is_nothing(self, lore: Lore) -> None:
        assert "No merge request like that." in lore("mrs", "--author", "nobody", terminal=True).stdout

    def test_times_and_dates_have_to_be_some(self, lore: Lore) -> None:
        for option in ("--since", "--until", "--due-before", "--require-fresh"):
            ran = lore("issues", option, "someday")
            assert (ran.exit_code, ran.error["code"]) == (2, "USAGE")

    @pytest.mark.requirement("cli:require-fresh")
    def test_stale_data_are_refused_with_exit_code_21(self, lore: Lore) -> None:
        for arguments in (["issues"], ["mrs", "1"], ["notes"], ["search", "retry"], ["status"], ["count"]):
            ran = lore(*arguments, "-p", "group/app", "--require-fresh", "15m")
            assert ran.exit_code == 21
            assert ran.error["actions"][0].startswith("lore sync")

    def test_people_are_told_how_old_an_answer_is_where_it_is_old(self, lore: Lore, house: ReadingHouse) -> None:
        assert "Last synced" not in lore("issues", "-p", "app", terminal=True).stdout
        house.clock.advance(3 * DAY)
        assert re.search(r"Last synced \d.* ago\. lore sync", lore("issues", "-p", "app", terminal=True).stdout)

    @pytest.mark.requirement("cli:project-names")
    def test_an_ambiguous_project_is_exit_code_18_with_the_candidates(self, lore: Lore) -> None:
        ran = lore("issues", "-p", "group")
        assert ran.exit_code == 18
        assert ran.error["details"]["candidates"] == ["group/app", "group/lib"]


class TestOneItem:
    def test_a_robot_gets_it_flat_with_all_that_belongs_to_it(self, lore: Lore) -> None:
        item = lore("mrs", "1", "-p", "app").data["item"]
        assert (item["iid"], item["state"], item["description"]) == (1, "opened", "Closes #1, see #9 and group/lib#1")
        assert [thread["resolved"] for thread in item["threads"]] == [False, True]
        assert item["files"][0]["new_path"] == "src/app.py"
        assert item["not_fetched"] == ["state_events", "label_events", "milestone_events", "closes_issues"]

    @pytest.mark.requirement("cli:notes-can-be-acted-on")
    def test_its_notes_carry_what_is_needed_to_act_on_them(self, lore: Lore) -> None:
        note = lore("mrs", "1", "-p", "app").data["item"]["threads"][0]["notes"][0]
        assert {
            name: note[name]
            for name in ("project_path", "noteable_type", "parent_iid", "gitlab_discussion_id", "gitlab_note_id")
        } == {
            "project_path": "group/app",
            "noteable_type": "MergeRequest",
            "parent_iid": 1,
            "gitlab_discussion_id": builders.sha(1),
            "gitlab_note_id": 300,
        }

    def test_people_can_read_its_threads(self, lore: Lore) -> None:
        shown = lore("mrs", "1", "-p", "app", terminal=True).stdout
        for words in (
            "Merge request 1",
            "branch-1 → main",
            "src/app.py:10",
            "unresolved",
            "Does a timeout count?",
            "@carol",
            "Refers to",
            "group/app#9",
            "(not in the store)",
            "Files (1)",
            "Commits (2)",
            "Not fetched yet: state events",
        ):
            assert words in shown

    def test_people_see_changes_and_who_refers_to_an_issue(self, lore: Lore) -> None:
        shown = lore("issues", "2", "-p", "app", terminal=True).stdout
        assert "due" in shown
        assert "closed" in shown
        assert "Referred to by" in lore("issues", "1", "-p", "app", terminal=True).stdout

    def test_long_lists_of_files_are_cut_for_people_and_say_so(self, lore: Lore, house: ReadingHouse) -> None:
        changes = [builders.file_change(f"{number}.py", f"old-{number}.py") for number in range(35)]
        with house.writing() as transaction:
            put_set(transaction, mr_ref(house), DependentKind.DIFFS, *changes)
        shown = lore("mrs", "1", "-p", "app", terminal=True).stdout
        assert "→ old-0.py → 0.py" in shown
        assert "and 5 more" in shown

    def test_one_that_is_not_there_is_exit_code_17(self, lore: Lore) -> None:
        ran = lore("issues", "404", "-p", "app")
        assert ran.exit_code == 17
        assert ran.error["actions"] == ["lore sync --issue 404 -p group/app"]

    @pytest.mark.requirement("cli:default-project")
    def test_the_default_project_is_meant_where_none_is_named(self, lore: Lore, config: Path) -> None:
        assert lore("issues", "1").error["code"] == "USAGE"
        config.write_text(f'default_project = "group/lib"\n{CONFIG}')
        assert lore("issues", "1").data["item"]["title"] == "Retry budget"

    @pytest.mark.requirement("cli:default-project")
    def test_the_checkout_goes_before_the_default_project(self, lore: Lore, config: Path) -> None:
        config.write_text(f'default_project = "group/lib"\n{CONFIG}')
        lore.adapters["blame"] = MemoryBlame(MemoryRepository(checkout=CHECKOUT), folder="/repo")
        assert lore("issues", "1").data["item"]["title"] == "Retry uploads"

    def test_it_is_opened_in_the_browser_when_asked_for(self, lore: Lore, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[str] = []
        monkeypatch.setattr("typer.launch", opened.append)
        assert lore("issues", "1", "-p", "app", "--open").exit_code == 0
        assert opened == ["https://gitlab.example.com/group/app/-/issues/1"]
        assert lore("issues", "--open").exit_code == 2


def mr_ref(house: ReadingHouse) -> EntityRef:
    return merge_request_ref(house.shelf.app)


class TestNotes:
    @pytest.mark.parametrize(
        ("arguments", "numbers"),
        [
            (["--author", "carol"], [300]),
            (["--type", "DiffNote", "-n", "2"], [310, 301]),
            (["--path", "src/"], [310, 300]),
            (["--text", "timeout", "--asc"], [200, 300]),
            (["--issue", "1", "-p", "app", "--system"], [210, 201, 200]),
            (["--mr", "1", "-p", "app"], [310, 301, 300]),
            (["--unresolved"], [301, 300]),
            (["--resolved"], [310]),
            (["--until", "2025-12-31"], []),
        ],
    )
    def test_they_can_be_filtered(self, lore: Lore, arguments: list[str], numbers: list[int]) -> None:
        assert [item["gitlab_note_id"] for item in lore("notes", *arguments).data["items"]] == numbers

    def test_a_note_has_one_parent(self, lore: Lore) -> None:
        assert lore("notes", "--issue", "1", "--mr", "1").exit_code == 2

    def test_people_see_where_they_stand(self, lore: Lore) -> None:
        shown = lore("notes", "-n", "1", "--system", terminal=True).stdout
        assert "group/app!1" in shown
        assert "src/new/b.py:10" in shown
        assert "the next: --cursor" in shown
        assert "No note like that." in lore("notes", "--author", "nobody", terminal=True).stdout

    def test_a_note_on_a_removed_line_stands_in_the_old_file(self, lore: Lore, house: ReadingHouse) -> None:
        removed = builders.position("new.py", old_path="old.py", new_line=None, old_line=7)
        whole = builders.position("new.py", new_line=None, position_type="file")
        with house.writing() as transaction:
            notes = builders.note(900, position=removed), builders.note(901, position=whole, internal=True)
            put_set(transaction, mr_ref(house), DependentKind.DISCUSSIONS, *map(single, notes))
        shown = lore("notes", "--mr", "1", "-p", "app", terminal=True).stdout
        assert "old.py:7" in shown
        assert "new.py\n" in shown
        assert "internal" in shown


def single(note: Note) -> Discussion:
    return builders.discussion(note.gitlab_id, note)


class TestSearch:
    def test_results_have_the_fields_of_the_contract(self, lore: Lore) -> None:
        ran = lore("search", "large", "files")
        (result,) = ran.data["results"]
        assert set(result) >= {
            "kind",
            "project_path",
            "iid",
            "title",
            "state",
            "web_url",
            "score",
            "snippet",
            "passages",
        }
        assert (ran.answer["meta"]["total"], ran.answer["meta"]["mode"]) == (1, "lexical")

    @pytest.mark.parametrize(
        ("arguments", "numbers"),
        [
            (["--type", "mr"], []),
            (["--type", "discussion"], [1]),
            (["--author", "bob"], [1]),
            (["--label", "bug", "-p", "app"], [1]),
            (["--state", "closed"], []),
            (["--path", "nowhere/"], []),
            (["--since", "2027-01-01"], []),
            (["--until", "2025-01-01"], []),
            (["--updated-since", "2027-01-01"], []),
        ],
    )
    def test_filters_narrow(self, lore: Lore, arguments: list[str], numbers: list[int]) -> None:
        assert [item["iid"] for item in lore("find", "retry", *arguments).data["results"]] == numbers

    def test_people_see_the_words_in_their_place(self, lore: Lore) -> None:
        shown = lore("search", "saw timeout", terminal=True).stdout
        assert "I saw a timeout too" in shown
        assert "Nothing found for zzz." in lore("search", "zzz", terminal=True).stdout

    def test_matches_stand_out_where_there_are_colours(self, lore: Lore) -> None:
        lore.environ["TERM"] = "xterm-256color"
        shown = lore("search", "saw", "--color", "always", "--no-robot").stdout
        assert "\x1b[" in shown
        assert "saw" in shown

    def test_without_a_word_it_is_a_usage_error(self, lore: Lore) -> None:
        assert lore("search", "***").exit_code == 2


class TestFigures:
    def test_status_says_what_is_still_to_be_done(self, lore: Lore, house: ReadingHouse) -> None:
        with house.writing() as transaction:
            transaction.jobs.queue(issue_ref(house.shelf.app), [DependentKind.DISCUSSIONS])
            put(transaction, house.shelf.app, builders.issue(7))
        failure = Failure(stage="ingest", code="GITLAB_NOT_FOUND", message="gone", project_path="group/gone")
        house.ledger.save(
            builders.run(status=RunStatus.SUCCEEDED, finished_at=NOON, started_at=NOON, failures=(failure,))
        )
        data = lore("st").data
        assert [project["path"] for project in data["projects"]] == ["group/app", "group/lib"]
        assert (data["projects"][0]["pending"], data["documents_due"]) == (1, 1)
        assert data["last_run"]["suggested_retry_command"] == "lore sync"
        shown = lore("status", terminal=True).stdout
        for words in ("1 queued", "unsettled", "1 documents are due", "gone", "never", "Still to be done: lore sync"):
            assert words in shown

    def test_status_of_an_empty_store_says_how_to_begin(self, lore: Lore) -> None:
        house = ReadingHouse(empty=True)
        lore.adapters |= {"items": house.items, "figures": house.figures, "ledger": house.ledger}
        assert "The store holds no project yet" in lore("status", terminal=True).stdout

    def test_projects_outside_standard_sync_are_said_to_be(self, lore: Lore, house: ReadingHouse) -> None:
        with house.writing() as transaction:
            transaction.projects.register(
                builders.INSTANCE, builders.BASE_URL, builders.project(99, "group/extra"), in_standard_sync=False
            )
        assert lore("status", "-p", "extra").data["projects"][0]["in_standard_sync"] is False
        assert "named items only" in lore("status", terminal=True).stdout

    def test_counts(self, lore: Lore) -> None:
        assert lore("count", "mrs").data["items"] == [
            {"what": "merge_requests", "state": "merged", "count": 1},
            {"what": "merge_requests", "state": "opened", "count": 1},
        ]
        assert lore("count", "system-notes", "-p", "app").data["items"][0]["count"] == 1
        assert "file changes" in lore("count", terminal=True).stdout


class TestStats:
    def test_a_sound_store(self, lore: Lore) -> None:
        assert lore("stats").data["findings"] == []
        assert {finding["count"] for finding in lore("stats", "--check").data["findings"]} == {0}
        assert "✓ integrity" in lore("stats", "--check", terminal=True).stdout

    @pytest.mark.requirement("search:coverage")
    def test_every_model_is_told_with_what_it_covers(self, lore: Lore) -> None:
        assert lore("stats").data["coverage"] == []
        assert "No passage has a vector." in lore("stats", terminal=True).stdout
        health = MemoryStoreHealth()
        health.covered = (
            covered(MemoryEmbedder(model="earlier").space, embedded=1_200, pending=34, titles=(56, 7)),
            covered(MemoryEmbedder(model="later").space, embedded=34, in_part=21, pending=1_200, titles=(7, 56)),
        )
        lore.adapters["health"] = health
        told = lore("stats").data["coverage"]
        assert [one["space"]["model"] for one in told] == ["earlier", "later"]
        numbers = ("embedded", "in_part", "pending", "titles_embedded", "titles_pending")
        assert [told[1][name] for name in numbers] == [34, 21, 1_200, 7, 56]
        shown = lore("stats", terminal=True).stdout.splitlines()
        (earlier,) = [line.split() for line in shown if "earlier@1" in line]
        assert earlier == ["earlier@1", "1,200", "0", "34", "56", "7"]

    def test_what_does_not_fit_is_exit_code_19_and_can_be_repaired(self, lore: Lore, house: ReadingHouse) -> None:
        with house.writing() as transaction:
            transaction.entities.bury(issue_ref(house.shelf.lib), deleted_at=NOON)
        ran = lore("stats", "--check")
        assert (ran.exit_code, ran.error["actions"]) == (19, ["lore stats --repair"])
        assert "✗ orphans: 1 wrong, such as issue" in lore("stats", "--check", terminal=True).stdout
        mended = lore("stats", "--repair").data["mended"]
        assert (mended["index_entries"], mended["documents_written"]) == (1, 0)
        assert lore("stats", "--check").exit_code == 0

    def test_damage_cannot_be_repaired_and_says_what_can_be_done(self, lore: Lore) -> None:
        lore.adapters["repair"] = Damaged()
        ran = lore("stats", "--check")
        assert (ran.exit_code, ran.error["actions"]) == (19, ["lore sync"])


class Damaged:
    """A store whose file is broken."""

    def findings(self) -> tuple[Finding, ...]:
        return (Finding(check="integrity", count=1, example="page 7 is torn"),)

    def mend_index(self, lease: Lease) -> int:
        raise NotImplementedError

    def mend_vectors(self, lease: Lease) -> MendedVectors:
        raise NotImplementedError


class TestSql:
    @pytest.fixture
    def lore(self, lore: Lore) -> Lore:
        lore.adapters["console"] = Console()
        return lore

    def test_rows_come_under_their_columns(self, lore: Lore) -> None:
        ran = lore("sql", "SELECT 1")
        assert ran.data == {"columns": ["query", "limit", "timeout"], "rows": [["SELECT 1", None, 30_000]]}
        assert (ran.answer["meta"]["total"], ran.answer["meta"]["truncated"]) == (1, False)

    def test_the_query_can_come_from_standard_input(self, lore: Lore) -> None:
        assert lore("sql", "-", stdin="SELECT 2").data["rows"][0][0] == "SELECT 2"
        assert lore("sql", "-", stdin=" ").exit_code == 2

    @pytest.mark.parametrize(("typed", "milliseconds"), [("5", 5_000), ("2m", 120_000)])
    def test_limits_are_handed_on(self, lore: Lore, typed: str, milliseconds: int) -> None:
        ran = lore("sql", "SELECT 1", "-n", "7", "--timeout", typed)
        assert ran.data["rows"][0][1:] == [7, milliseconds]
        assert (ran.answer["meta"]["total"], ran.answer["meta"]["truncated"]) == (None, True)

    def test_people_get_a_table(self, lore: Lore) -> None:
        shown = lore("sql", "SELECT 1", "-n", "7", terminal=True).stdout
        assert "SELECT 1" in shown
        assert "The first 1; there are more." in shown


class Console:
    """Answers what it was asked."""

    def run(self, query: str, *, limit: int | None, timeout_ms: int) -> SqlAnswer:
        return SqlAnswer(
            columns=("query", "limit", "timeout"), rows=((query, limit, timeout_ms),), truncated=limit is not None
        )


@pytest.mark.requirement("cli:no-raw-escapes")
class TestUntrustedText:
    @pytest.fixture
    def house(self) -> ReadingHouse:
        house = ReadingHouse()
        with house.writing() as transaction:
            put(transaction, house.shelf.app, builders.issue(1, title=EVIL, description=EVIL, labels=(EVIL,)))
            put_set(
                transaction,
                issue_ref(house.shelf.app),
                DependentKind.DISCUSSIONS,
                builders.discussion(1, builders.note(5, EVIL, author=builders.user(EVIL))),
            )
        write_documents(house.writing)
        return house

    @pytest.mark.parametrize(
        "arguments",
        [("issues",), ("issues", "1", "-p", "app"), ("notes",), ("search", "bell"), ("mrs", "1", "-p", "app")],
    )
    def test_nothing_that_a_terminal_obeys_reaches_it(self, lore: Lore, arguments: tuple[str, ...]) -> None:
        for terminal in (True, False):
            ran = lore(*arguments, "--color", "never", terminal=terminal)
            assert ran.exit_code == 0
            assert not set(ran.stdout) & OBEYED
            assert "Bell" in ran.stdout
