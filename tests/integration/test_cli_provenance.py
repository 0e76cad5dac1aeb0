"""The commands of provenance and people, over an SQL store and a checkout in memory."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.memory.blame import MemoryBlame, MemoryRepository
from adapters.memory.clock import MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.private_files import MemoryPrivateFiles
from adapters.memory.run_ledger import MemoryRunLedger
from application.ports.locks import SYNC
from cli_runs import Lore
from contracts import builders as make
from contracts.provenance_contract import merged, on_file
from contracts.provenance_sql_shelf import SqlShelf
from contracts.sql_scene import sql_locks
from domain.blame import Checkout, CommitFacts
from domain.git_remotes import Remote

NOW = make.NOON + 10 * make.DAY
SHA = make.sha(7)
CONFIG = """
default_project = "group/app"

[[instances]]
name = "work"
url = "https://gitlab.example.com"
username = "alice"
projects = ["group/app"]
"""


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Iterator[SqlShelf]:
    locks = sql_locks(engine, tmp_path)
    with locks.hold(SYNC, wait_ms=0) as lease:
        yield SqlShelf(engine, lease)


def checkout() -> MemoryBlame:
    remote = Remote(name="origin", host="gitlab.example.com", path="group/app")
    repository = MemoryRepository(checkout=Checkout(root="/home/alice/app", remotes=(remote,)))
    repository.commits[SHA] = CommitFacts(
        sha=SHA,
        parent_shas=(),
        author_name="Alice",
        authored_at=make.NOON,
        committed_at=make.NOON,
        message="Raise the limit",
    )
    repository.trees[SHA] = repository.work_tree = {"src/app.py": ("max_retries = 5",)}
    repository.head = SHA
    return MemoryBlame(repository, folder="/home/alice/app/src")


@pytest.fixture
def lore(engine: Engine, shelf: SqlShelf, tmp_path: Path) -> Lore:
    """A store in which !1 renamed the file and closes #2, after a talk; #3 waits for Alice."""
    app_id = shelf.project()
    diff = "@@ -1 +1 @@\n-max_retries = 3\n+max_retries = 5\n"
    decided = make.note(20, "We decided to retry five times.", created_at=make.NOON + make.DAY)
    shelf.put(app_id, make.issue(2, labels=("bug",)), make.discussion(2, decided), make.label_event(5))
    shelf.put(
        app_id,
        merged(1, at=make.NOON + make.DAY, squash_commit_sha=SHA, reviewers=(make.CAROL,)),
        make.file_change("src/app.py", "old.py", diff=diff),
        make.closes_issue(2),
        on_file(number=1, at=make.NOON + make.HOUR, position=make.position(new_line=1)),
    )
    waiting = make.note(30, "@alice what do you think?", created_at=NOW - make.DAY)
    shelf.put(
        app_id,
        make.issue(3, assignees=(make.ALICE,), author=make.BOB, created_at=NOW - 2 * make.DAY),
        make.discussion(3, waiting, make.note(31, "Anybody?", created_at=NOW - make.HOUR)),
    )
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    clock = MemoryClock(NOW)
    return Lore(
        {"LORE_CONFIG": str(config)},
        engine=engine,
        clock=clock,
        blame=checkout(),
        private_files=MemoryPrivateFiles(),
        ledger=MemoryRunLedger(clock, MemoryLiveness()),
    )


@pytest.mark.requirement("file-history:robot-data")
def test_a_file_history_for_programs_has_the_fields_of_the_contract(lore: Lore) -> None:
    ran = lore("file-history", "app.py", "--discussions")
    assert list(ran.data) == [
        "path",
        "project_path",
        "resolved_paths",
        "rename_chain",
        "merge_requests",
        "earlier_lives",
        "hints",
    ]
    assert ran.data["rename_chain"] == [
        {"from": "old.py", "to": "src/app.py", "mr_iid": 1, "merged_at": "2026-01-02T12:00:00.000Z"}
    ]
    (one,) = ran.data["merge_requests"]
    assert (one["iid"], one["change_type"], one["old_path"], one["new_path"]) == (1, "renamed", "old.py", "src/app.py")
    assert one["discussions"][0]["gitlab_note_id"] == 100
    meta = ran.answer["meta"]
    assert (meta["total_mrs"], meta["renames_followed"], meta["paths_searched"]) == (1, 1, 2)
    assert meta["freshness"]["state"] == "never"


def test_a_line_is_traced_as_typed_from_a_subfolder(lore: Lore) -> None:
    (line,) = lore("trace", "app.py:1").data["lines"]
    assert (line["status"], line["merge_request"]["iid"], line["merge_request"]["confidence"]) == ("traced", 1, "high")
    assert [one["issue"]["iid"] for one in line["issues"]] == [2]
    assert [one["reason"] for one in line["discussions"]] == ["at_the_line", "same_item"]


def test_a_path_is_traced_by_its_alias_too(lore: Lore) -> None:
    (chain,) = lore("why", "src/app.py").data["chains"]
    assert (chain["merge_request"]["iid"], [one["issue"]["iid"] for one in chain["issues"]]) == (1, [2])


def test_a_timeline_names_its_notes(lore: Lore) -> None:
    ran = lore("timeline", "issue:2", "--no-mentions")
    types = [one["type"] for one in ran.data["events"]]
    assert types == ["created", "label", "created", "note", "merged"]
    assert ran.answer["meta"]["total_events"] == 5


def test_a_brief_carries_the_note_of_each_decision(lore: Lore) -> None:
    item = lore("explain", "issues", "2").data["item"]
    assert [one["gitlab_note_id"] for one in item["key_decisions"]] == [20]
    assert [one["item"]["iid"] for one in item["related"]] == [1]


def test_relatives_say_why(lore: Lore) -> None:
    ran = lore("related", "issues", "2")
    (one,) = ran.data["items"]
    assert one["reasons"][0]["sign"] == "references"
    assert ran.answer["meta"]["signs"] == ["references", "paths", "labels"]


def test_drift_without_vectors_is_an_error_that_says_so(lore: Lore) -> None:
    ran = lore("drift", "issues", "2")
    assert (ran.exit_code, ran.error["code"]) == (14, "EMBEDDER_UNAVAILABLE")


@pytest.mark.requirement("who:explain-score")
def test_experts_can_be_weighed_differently(lore: Lore) -> None:
    usual = lore("who", "app.py", "--explain-score").data["experts"]
    assert [one["username"] for one in usual] == ["alice", "bob", "carol"]
    other = lore("who", "app.py", "--weight", "authored=1", "--weight", "reviewed=50/30", "--exclude", "@carol").data
    assert [one["username"] for one in other["experts"]] == ["bob", "alice"]
    assert other["experts"][0]["parts"] is None


@pytest.mark.requirement("who:explain-score")
def test_weights_and_people_left_out_can_be_configured(lore: Lore, tmp_path: Path) -> None:
    table = '[who]\nweights = ["authored=1", "reviewed=50/30"]\nexclude = ["carol"]'
    (tmp_path / "config.toml").write_text(f"{CONFIG}\n{table}")
    assert [one["username"] for one in lore("who", "app.py").data["experts"]] == ["bob", "alice"]
    typed = lore("who", "app.py", "--weight", "authored=1000", "--exclude", "bob").data["experts"]
    assert [one["username"] for one in typed] == ["alice"]


@pytest.mark.requirement("who:as-of")
def test_experts_of_a_past_day_are_those_of_that_day(lore: Lore) -> None:
    then = lore("who", "app.py", "--as-of", "2026-01-02").data
    assert (then["as_of_at"], then["experts"][0]["username"]) == ("2026-01-02T23:59:59.999Z", "alice")
    assert lore("who", "app.py", "--as-of", "2026-01-01").error["message"].endswith("by then.")


@pytest.mark.parametrize("weight", ["authored", "authored=x", "nobody=5", "authored=5/0"])
def test_weights_that_make_no_sense_are_refused(lore: Lore, weight: str) -> None:
    assert lore("who", "app.py", "--weight", weight).exit_code == 2


def test_shares_are_weights_too(lore: Lore) -> None:
    ran = lore("who", "app.py", "--weight", "unmerged=0", "--weight", "nearby=0")
    assert ran.data["experts"][0]["username"] == "alice"


@pytest.mark.parametrize(
    ("arguments", "mode"),
    [
        (["@bob"], "workload"),
        (["@bob", "--reviews"], "reviews"),
        (["bob", "--reviews"], "reviews"),
        (["--active", "--since", "1m"], "active"),
        (["app.py", "--overlap"], "overlap"),
        (["src/"], "expert"),
    ],
)
def test_who_has_five_modes(lore: Lore, arguments: list[str], mode: str) -> None:
    assert lore("who", *arguments).answer["meta"]["mode"] == mode


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--reviews", "--active"],
        ["@bob", "--overlap"],
        ["app.py", "--as-of", "someday"],
        ["app.py", "--active"],
        ["@bob", "--since", "1y"],
        ["@bob", "--explain-score"],
        ["@bob", "--reviews", "--exclude", "alice"],
        ["app.py", "--overlap", "--weight", "authored=1"],
        ["--active", "--as-of", "2026-01-01"],
    ],
)
def test_who_refuses_what_makes_no_sense(lore: Lore, arguments: list[str]) -> None:
    ran = lore("who", *arguments)
    assert (ran.exit_code, ran.error["code"]) == (2, "USAGE")


@pytest.mark.requirement("me:since-last-look")
def test_my_desk_remembers_what_it_showed(lore: Lore) -> None:
    first = lore("me").data
    assert (first["username"], first["looked_at"], first["new"]) == ("alice", None, 0)
    assert [(one["item"]["iid"], one["attention"]) for one in first["issues"]["items"]] == [(3, "needs_attention")]
    assert [one["note"]["gitlab_note_id"] for one in first["mentions"]] == [30]
    again = lore("me").data
    assert (again["looked_at"], again["new"]) == ("2026-01-11T11:00:00.000Z", 0)
    reset = lore("me", "--reset-cursor")
    assert reset.answer["meta"]["cursor_reset"] is True
    assert lore("me", "--user", "bob").data["looked_at"] is None
    assert lore("me").data["looked_at"] is None


def test_what_could_not_be_shown_counts_as_not_seen(lore: Lore) -> None:
    assert lore("me", "--fields", "no_such_field").exit_code == 2
    assert lore("me").data["looked_at"] is None


def test_without_a_name_nobody_has_a_desk(lore: Lore) -> None:
    config = Path(lore.environ["LORE_CONFIG"])
    config.write_text(config.read_text().replace('username = "alice"\n', ""))
    ran = lore("me")
    assert (ran.exit_code, ran.error["actions"]) == (2, ["lore auth"])


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["file-history", "app.py", "--discussions"], "old.py → src/app.py"),
        (["file-history", "src/", "-n", "1"], "!1"),
        (["trace", "app.py:1"], "confidence high: its squash commit"),
        (["trace", "app.py"], "Merge request 1"),
        (["timeline", "issue:2"], "We decided to retry five times."),
        (["timeline", "issue:2"], "2026-01-0"),
        (["explain", "issues", "2"], "says it was decided"),
        (["explain", "issues", "3"], "Open threads (1)"),
        (["related", "issues", "2"], "references: closes"),
        (["who", "app.py", "--explain-score"], "authored: 1 at 15 points"),
        (["who", "@bob"], "Issues opened (1)"),
        (["who", "@bob", "--reviews"], "1 note, 1 on the diff"),
        (["who", "--active", "--since", "1m"], "@bob"),
        (["who", "--active", "--since", "2026-02-01"], "Nobody has talked since 2026-02-01"),
        (["who", "app.py", "--overlap"], "@carol"),
        (["who", "app.py", "--overlap", "--since", "1d"], "Nobody has worked on it since 20"),
        (["who", "app.py", "--since", "1d"], "Nobody has done anything here since 20"),
        (["me"], "needs attention"),
    ],
)
def test_people_read_the_same_answers(lore: Lore, arguments: list[str], shown: str) -> None:
    ran = lore(*arguments, terminal=True)
    assert ran.exit_code == 0, ran.stderr
    assert shown in ran.stdout


@pytest.mark.requirement("provenance:deterministic")
@pytest.mark.parametrize("arguments", [["file-history", "app.py"], ["trace", "app.py:1"], ["explain", "issues", "2"]])
def test_the_same_question_gets_the_same_bytes(lore: Lore, arguments: list[str]) -> None:
    one, other = (lore(*arguments) for _ in range(2))
    assert json.dumps(one.data) == json.dumps(other.data)


@pytest.mark.requirement("as-of:command")
def test_an_issue_is_shown_as_it_was(lore: Lore) -> None:
    item = lore("issues", "2", "--as-of", "2026-01-01T12:30").data["item"]
    assert (item["labels"], item["as_of_at"]) == ([], "2026-01-01T12:30:00.000Z")
    assert item["not_known"]["milestone"] == "milestone events were not synced"
    shown = lore("issues", "2", "--as-of", "2026-01-02", terminal=True).stdout
    assert "milestone not known" in shown
    assert "What issue 2 is about" in shown
    assert lore("issues", "2", "--as-of", "2025-01-01").exit_code == 17
    assert lore("mrs", "--as-of", "2025-01-01").exit_code == 2
