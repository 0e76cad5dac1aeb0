"""What every `Blame` promises, whatever it reads histories from."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Protocol

import pytest

from application.ports.blame import Blame
from domain.blame import BlamedLine, Place
from domain.errors import NotFound, UsageError

Files = Mapping[str, tuple[str, ...]]


class History(Protocol):
    """Builds one repository, commit by commit; the work tree follows the last one stood on."""

    def commit(self, files: Files, message: str, *parents: str) -> str:
        """Record a whole tree; returns the commit's sha."""
        ...

    def stand_on(self, sha: str) -> None: ...

    def edit(self, path: str, lines: tuple[str, ...]) -> None:
        """Change one file on disk only."""
        ...

    def blame(self, folder: str = "") -> Blame:
        """A reader whose current folder is `folder` inside the checkout; `..` is outside of it."""
        ...


ONE = ("alpha one", "beta two", "gamma three")


def origins(lines: tuple[BlamedLine, ...]) -> list[tuple[str | None, str, int]]:
    return [(line.sha, line.original_path, line.original_line) for line in lines]


def located(blame: Blame, path: str) -> Place:
    place = blame.locate(path)
    assert place is not None
    return place


class BlameContract(ABC):
    @pytest.fixture
    @abstractmethod
    def history(self) -> History:
        """An empty repository."""

    def test_each_line_comes_from_the_commit_that_wrote_it(self, history: History) -> None:
        first = history.commit({"a.txt": ONE}, "First")
        second = history.commit({"a.txt": (ONE[0], "beta changed", ONE[2])}, "Second", first)
        history.stand_on(second)
        blame = history.blame()
        lines = blame.lines(located(blame, "a.txt"), 1, 3)
        assert [line.text for line in lines] == ["alpha one", "beta changed", "gamma three"]
        assert [line.line for line in lines] == [1, 2, 3]
        assert origins(lines) == [(first, "a.txt", 1), (second, "a.txt", 2), (first, "a.txt", 3)]

    def test_a_line_keeps_its_number_of_the_commit_that_wrote_it(self, history: History) -> None:
        first = history.commit({"a.txt": ONE}, "First")
        second = history.commit({"a.txt": ("new top line", *ONE)}, "Second", first)
        history.stand_on(second)
        blame = history.blame()
        assert origins(blame.lines(located(blame, "a.txt"), 4, 4)) == [(first, "a.txt", 3)]

    def test_a_renamed_file_keeps_the_origin_of_its_lines(self, history: History) -> None:
        first = history.commit({"old.txt": ONE}, "First")
        second = history.commit({"new.txt": ONE}, "Rename", first)
        history.stand_on(second)
        blame = history.blame()
        assert origins(blame.lines(located(blame, "new.txt"), 2, 2)) == [(first, "old.txt", 2)]

    def test_lines_of_a_merged_branch_come_from_the_branch(self, history: History) -> None:
        base = history.commit({"a.txt": ONE}, "Base")
        main = history.commit({"a.txt": ("alpha main", *ONE[1:])}, "On main", base)
        side = history.commit({"a.txt": (*ONE[:2], "gamma side")}, "On the side", base)
        merge = history.commit({"a.txt": ("alpha main", ONE[1], "gamma side")}, "Merge", main, side)
        history.stand_on(merge)
        blame = history.blame()
        assert [line.sha for line in blame.lines(located(blame, "a.txt"), 1, 3)] == [main, base, side]

    def test_a_line_changed_on_disk_has_no_commit_yet(self, history: History) -> None:
        first = history.commit({"a.txt": ONE}, "First")
        history.stand_on(first)
        history.edit("a.txt", (ONE[0], "entirely different", ONE[2], "and one more"))
        blame = history.blame()
        lines = blame.lines(located(blame, "a.txt"), 1, 4)
        assert [line.sha for line in lines] == [first, None, first, None]
        assert lines[1].text == "entirely different"

    def test_a_range_is_cut_at_the_end_of_the_file(self, history: History) -> None:
        history.stand_on(history.commit({"a.txt": ONE}, "First"))
        blame = history.blame()
        assert [line.line for line in blame.lines(located(blame, "a.txt"), 2, 99)] == [2, 3]

    @pytest.mark.parametrize(("first", "last"), [(4, 4), (0, 1), (3, 2)])
    def test_lines_that_are_not_there_are_refused(self, history: History, first: int, last: int) -> None:
        history.stand_on(history.commit({"a.txt": ONE}, "First"))
        blame = history.blame()
        with pytest.raises(UsageError):
            blame.lines(located(blame, "a.txt"), first, last)

    @pytest.mark.parametrize(
        ("path", "reason"), [("gone.txt", "missing"), ("src", "folder"), ("", "folder"), ("loose.txt", "untracked")]
    )
    def test_what_cannot_be_blamed_says_why(self, history: History, path: str, reason: str) -> None:
        history.stand_on(history.commit({"src/a.txt": ONE}, "First"))
        history.edit("loose.txt", ONE)
        blame = history.blame()
        with pytest.raises(NotFound) as caught:
            blame.lines(located(blame, path), 1, 1)
        assert caught.value.details["reason"] == reason

    @pytest.mark.requirement("trace:from-any-subfolder")
    @pytest.mark.parametrize(
        ("folder", "typed", "found"),
        [
            ("", "src/deep/a.txt", "src/deep/a.txt"),
            ("src", "deep/a.txt", "src/deep/a.txt"),
            ("src/deep", "a.txt", "src/deep/a.txt"),
            ("src/deep", "../b.txt", "src/b.txt"),
            ("src/deep", "src/b.txt", "src/b.txt"),
            ("src", "nowhere.txt", "src/nowhere.txt"),
            ("", "gone/too/far.txt", "gone/too/far.txt"),
            ("src", "..", ""),
            ("src", "deep", "src/deep"),
        ],
    )
    def test_paths_are_found_from_any_subfolder(self, history: History, folder: str, typed: str, found: str) -> None:
        history.stand_on(history.commit({"src/deep/a.txt": ONE, "src/b.txt": ONE}, "First"))
        assert located(history.blame(folder), typed).path == found

    def test_outside_a_checkout_nothing_is_located(self, history: History) -> None:
        history.stand_on(history.commit({"a.txt": ONE}, "First"))
        assert history.blame("..").locate("a.txt") is None

    def test_commits_are_told_with_their_whole_message(self, history: History) -> None:
        first = history.commit({"a.txt": ONE}, "First")
        second = history.commit({"a.txt": ONE[:2]}, "Second\n\nWhy:\n- because\n\nSee merge request g/p!2", first)
        history.stand_on(second)
        blame = history.blame()
        found = blame.commits(located(blame, "a.txt"), [second, first, "0" * 40])
        assert sorted(found) == sorted([first, second])
        assert found[second].subject == "Second"
        assert found[second].message.endswith("See merge request g/p!2")
        assert found[second].parent_shas == (first,)
        assert found[first].parent_shas == ()

    def test_asked_for_no_commit_there_is_none(self, history: History) -> None:
        history.stand_on(history.commit({"a.txt": ONE}, "First"))
        blame = history.blame()
        assert blame.commits(located(blame, "a.txt"), ["not a sha"]) == {}

    def test_the_merge_that_brought_a_commit_in_is_found(self, history: History) -> None:
        base = history.commit({"a.txt": ONE}, "Base")
        side = history.commit({"a.txt": ONE[:2]}, "On the side", base)
        main = history.commit({"a.txt": ONE, "b.txt": ONE}, "On main", base)
        merge = history.commit({"a.txt": ONE[:2], "b.txt": ONE}, "Merge", main, side)
        later = history.commit({"a.txt": ONE[:2]}, "Later", merge)
        history.stand_on(later)
        blame = history.blame()
        place = located(blame, "a.txt")
        assert [commit.sha for commit in blame.merges_of(place, side)] == [merge]
        for on_the_line in (base, main, merge, later):
            assert blame.merges_of(place, on_the_line) == ()

    def test_merges_inside_merges_come_innermost_first(self, history: History) -> None:
        base = history.commit({"a.txt": ONE}, "Base")
        deep = history.commit({"a.txt": ONE[:2]}, "Deep", base)
        side = history.commit({"a.txt": ONE, "s.txt": ONE}, "Side", base)
        inner = history.commit({"a.txt": ONE[:2], "s.txt": ONE}, "Inner merge", side, deep)
        main = history.commit({"a.txt": ONE, "m.txt": ONE}, "Main", base)
        outer = history.commit({"a.txt": ONE[:2], "s.txt": ONE, "m.txt": ONE}, "Outer merge", main, inner)
        history.stand_on(outer)
        blame = history.blame()
        assert [commit.sha for commit in blame.merges_of(located(blame, "a.txt"), deep)] == [inner, outer]

    def test_a_branch_that_took_main_in_did_not_bring_mains_commits(self, history: History) -> None:
        base = history.commit({"a.txt": ONE}, "Base")
        feature = history.commit({"a.txt": ONE, "f.txt": ONE}, "Feature", base)
        fix = history.commit({"a.txt": ONE[:2]}, "Fix", base)
        merged_fix = history.commit({"a.txt": ONE[:2]}, "Merge fix", base, fix)
        refreshed = history.commit({"a.txt": ONE[:2], "f.txt": ONE}, "Merge main", feature, merged_fix)
        main = history.commit({"a.txt": ONE[:2], "f.txt": ONE}, "Merge feature", merged_fix, refreshed)
        history.stand_on(main)
        blame = history.blame()
        assert [commit.sha for commit in blame.merges_of(located(blame, "a.txt"), fix)] == [merged_fix]

    def test_a_commit_that_is_not_in_the_branch_was_brought_by_no_merge(self, history: History) -> None:
        base = history.commit({"a.txt": ONE}, "Base")
        aside = history.commit({"a.txt": ONE[:2]}, "Aside", base)
        history.stand_on(base)
        blame = history.blame()
        place = located(blame, "a.txt")
        assert [blame.merges_of(place, sha) for sha in (aside, "f" * 40, "HEAD")] == [(), (), ()]
