"""File histories keep together what was one file and apart what only shared a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.path_changes import ChangeKind, PathChange, change_kind, is_mainline
from domain.renames import ChangesOf, Life, RenameStep, Resolution, resolve_renames


def added(mr: int, path: str, *, at: int, created_at: int | None = None) -> PathChange:
    return _change(mr, path, path, ChangeKind.ADDED, at, created_at)


def modified(mr: int, path: str, *, at: int, created_at: int | None = None) -> PathChange:
    return _change(mr, path, path, ChangeKind.MODIFIED, at, created_at)


def deleted(mr: int, path: str, *, at: int, created_at: int | None = None) -> PathChange:
    return _change(mr, path, path, ChangeKind.DELETED, at, created_at)


def renamed(mr: int, old: str, new: str, *, at: int, created_at: int | None = None) -> PathChange:
    return _change(mr, old, new, ChangeKind.RENAMED, at, created_at)


def _change(mr: int, old: str, new: str, kind: ChangeKind, at: int, created_at: int | None) -> PathChange:
    return PathChange(
        mr_iid=mr,
        old_path=old,
        new_path=new,
        kind=kind,
        created_at=at - 1 if created_at is None else created_at,
        merged_at=at,
    )


def unmerged(change: PathChange) -> PathChange:
    return change._replace(merged_at=None, created_at=change.at)


def lookup(changes: Iterable[PathChange]) -> ChangesOf:
    stored = tuple(changes)

    def changes_of(paths: Sequence[str], /) -> Iterable[PathChange]:
        return [change for change in stored if {change.old_path, change.new_path} & set(paths)]

    return changes_of


def resolve(path: str, *changes: PathChange, max_hops: int = 10) -> Resolution:
    found = resolve_renames(path, lookup(changes), max_hops=max_hops)
    assert found is not None
    return found


def iids(life: Life) -> list[int]:
    return [change.mr_iid for change in life.changes]


def test_a_name_no_merge_request_touched_has_no_history() -> None:
    assert resolve_renames("a", lookup([modified(1, "b", at=10)])) is None


@pytest.mark.requirement("file-history:both-directions")
@pytest.mark.parametrize("asked", ["a", "b", "c"])
def test_every_name_of_a_file_leads_to_its_whole_history(asked: str) -> None:
    found = resolve(
        asked,
        added(1, "a", at=10),
        renamed(2, "a", "b", at=20),
        modified(3, "b", at=30),
        renamed(4, "b", "c", at=40),
        modified(5, "c", at=50),
    )
    assert iids(found.present) == [5, 4, 3, 2, 1]
    assert found.present.names == ("a", "b", "c")
    assert found.present.steps == (
        RenameStep(old_path="a", new_path="b", mr_iid=2, merged_at=20),
        RenameStep(old_path="b", new_path="c", mr_iid=4, merged_at=40),
    )
    assert (found.present.born_by, found.present.ended_by, found.earlier) == (1, None, ())


@pytest.mark.requirement("file-history:reused-names")
def test_a_name_used_again_does_not_drag_in_the_other_file() -> None:
    changes = (
        added(1, "old", at=10),
        renamed(2, "old", "new", at=20),
        added(3, "old", at=30),
        modified(4, "old", at=40),
        modified(5, "new", at=50),
    )
    assert iids(resolve("new", *changes).present) == [5, 2, 1]
    found = resolve("old", *changes)
    assert iids(found.present) == [4, 3]
    assert [iids(life) for life in found.earlier] == [[5, 2, 1]]


def test_a_file_tells_whether_another_one_bore_one_of_its_names() -> None:
    changes = (added(1, "old", at=10), renamed(2, "old", "new", at=20), modified(3, "new", at=30))
    assert not resolve("new", *changes).present.shares_names
    assert resolve("new", *changes, added(4, "old", at=40)).present.shares_names
    assert resolve("old", *changes, added(4, "old", at=40)).present.shares_names
    assert not resolve("new", *changes, added(4, "old", at=40), max_hops=0).present.shares_names


@pytest.mark.requirement("file-history:earlier-lives")
def test_a_deleted_and_recreated_path_comes_apart_into_lives() -> None:
    found = resolve(
        "a",
        added(1, "a", at=10),
        deleted(2, "a", at=20),
        added(3, "a", at=30),
        deleted(4, "a", at=40),
        added(5, "a", at=50),
    )
    assert iids(found.present) == [5]
    assert [(iids(life), life.born_by, life.ended_by) for life in found.earlier] == [([4, 3], 3, 4), ([2, 1], 1, 2)]


def test_a_path_that_is_gone_still_shows_the_life_it_had() -> None:
    found = resolve("a", added(1, "a", at=10), deleted(2, "a", at=20))
    assert iids(found.present) == [2, 1]
    assert found.present.ended_by == 2


def test_a_file_deleted_under_its_later_name_has_ended() -> None:
    found = resolve("a", added(1, "a", at=10), renamed(2, "a", "b", at=20), deleted(3, "b", at=30))
    assert found.present.ended_by == 3


@pytest.mark.requirement("file-history:cycles")
def test_a_file_renamed_back_and_forth_is_one_file() -> None:
    found = resolve(
        "a",
        added(1, "a", at=10),
        renamed(2, "a", "b", at=20),
        renamed(3, "b", "a", at=30),
        renamed(4, "a", "b", at=40),
        renamed(5, "b", "a", at=50),
    )
    assert iids(found.present) == [5, 4, 3, 2, 1]
    assert found.present.names == ("a", "b")
    assert found.earlier == ()


def test_two_files_that_swap_names_in_one_merge_request_stay_apart() -> None:
    changes = (
        added(1, "a", at=10),
        added(2, "b", at=20),
        renamed(3, "a", "b", at=30),
        renamed(3, "b", "a", at=30),
        modified(4, "a", at=40),
    )
    assert iids(resolve("a", *changes).present) == [4, 3, 2]
    assert iids(resolve("b", *changes).present) == [3, 1]
    assert [iids(life) for life in resolve("a", *changes).earlier] == [[3, 1]]


def test_a_chain_of_renames_inside_one_merge_request_moves_each_file_once() -> None:
    changes = (added(1, "a", at=10), added(2, "b", at=20), renamed(3, "a", "b", at=30), renamed(3, "b", "c", at=30))
    assert iids(resolve("c", *changes).present) == [3, 2]
    assert iids(resolve("b", *changes).present) == [3, 1]


@pytest.mark.requirement("file-history:hop-limit")
def test_the_hop_limit_bounds_the_search_and_is_told() -> None:
    changes = [renamed(number, f"n{number - 1}", f"n{number}", at=10 * number) for number in range(1, 15)]
    near = resolve("n0", *changes, max_hops=3)
    assert near.present.names == ("n0", "n1", "n2", "n3")
    assert near.present.cut_short
    assert not resolve("n0", *changes, max_hops=14).present.cut_short
    assert not resolve("n0", *changes, max_hops=15).present.cut_short


def test_without_hops_a_file_is_shown_under_the_one_name_only() -> None:
    found = resolve("b", added(1, "a", at=10), renamed(2, "a", "b", at=20), modified(3, "b", at=30), max_hops=0)
    assert iids(found.present) == [3, 2]
    assert (found.present.names, found.present.steps, found.present.cut_short) == (("b",), (), True)


@pytest.mark.requirement("file-history:merged-renames-only")
def test_a_rename_that_was_never_merged_joins_nothing() -> None:
    found = resolve("a", added(1, "a", at=10), unmerged(renamed(2, "a", "b", at=20)), modified(3, "b", at=30))
    assert iids(found.present) == [2, 1]
    assert found.present.names == ("a",)


@pytest.mark.requirement("file-history:merged-renames-only")
def test_a_rename_merged_into_a_side_branch_joins_nothing() -> None:
    aside = renamed(2, "a", "b", at=20)._replace(into_mainline=False)
    assert iids(resolve("b", added(1, "a", at=10), aside, modified(3, "b", at=30)).present) == [3, 2]


def test_unmerged_merge_requests_belong_to_the_file_of_their_time() -> None:
    changes = (
        added(1, "a", at=10),
        unmerged(modified(2, "a", at=15)),
        deleted(3, "a", at=20),
        unmerged(added(4, "a", at=25)),
        unmerged(modified(5, "a", at=26)),
        added(6, "a", at=30),
        unmerged(modified(7, "a", at=35)),
    )
    found = resolve("a", *changes)
    assert iids(found.present) == [7, 6, 4]
    assert [iids(life) for life in found.earlier] == [[5, 3, 2, 1]]


def test_an_unmerged_merge_request_from_before_the_first_merge_belongs_to_the_first_life() -> None:
    assert iids(resolve("a", unmerged(added(1, "a", at=5)), added(2, "a", at=10)).present) == [2, 1]


def test_a_path_only_proposed_so_far_has_a_history_of_proposals() -> None:
    found = resolve("a", unmerged(added(1, "a", at=10)), unmerged(modified(2, "a", at=20)))
    assert iids(found.present) == [2, 1]
    assert (found.present.born_by, found.present.ended_by) == (None, None)


@pytest.mark.requirement("file-history:parallel")
def test_a_change_made_beside_a_rename_and_merged_after_it_belongs_to_the_renamed_file() -> None:
    changes = (
        added(1, "a", at=10),
        renamed(2, "a", "b", at=30),
        modified(3, "a", at=40, created_at=25),
    )
    assert iids(resolve("b", *changes).present) == [3, 2, 1]


@pytest.mark.requirement("file-history:parallel")
def test_a_change_begun_after_the_rename_belongs_to_another_file() -> None:
    changes = (added(1, "a", at=10), renamed(2, "a", "b", at=30), modified(3, "a", at=40, created_at=35))
    assert iids(resolve("b", *changes).present) == [2, 1]
    assert iids(resolve("a", *changes).present) == [3]


@pytest.mark.requirement("file-history:parallel")
def test_two_parallel_renames_of_one_file_show_all_its_names() -> None:
    changes = (added(1, "a", at=10), renamed(2, "a", "b", at=30), renamed(3, "a", "c", at=40, created_at=20))
    for asked in ("a", "b", "c"):
        assert resolve(asked, *changes).present.names == ("a", "b", "c")


@pytest.mark.requirement("file-history:parallel")
def test_two_parallel_merge_requests_that_add_the_same_file_are_one_birth() -> None:
    found = resolve("a", added(1, "a", at=10), added(2, "a", at=20, created_at=5), modified(3, "a", at=30))
    assert iids(found.present) == [3, 2, 1]
    assert found.present.born_by == 1


def test_a_file_added_where_one_was_known_has_replaced_it() -> None:
    found = resolve("a", modified(1, "a", at=10), added(2, "a", at=20), modified(3, "a", at=30))
    assert iids(found.present) == [3, 2]
    assert [iids(life) for life in found.earlier] == [[1]]


def test_a_file_renamed_onto_another_one_has_replaced_it() -> None:
    changes = (added(1, "a", at=10), added(2, "b", at=20), renamed(3, "a", "b", at=30, created_at=5))
    found = resolve("b", *changes)
    assert iids(found.present) == [3, 1]
    assert [iids(life) for life in found.earlier] == [[2]]


def test_the_same_rename_merged_twice_is_one_rename() -> None:
    changes = (added(1, "a", at=10), renamed(2, "a", "b", at=20), renamed(3, "a", "b", at=30, created_at=15))
    found = resolve("b", *changes)
    assert iids(found.present) == [3, 2, 1]
    assert found.earlier == ()


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ((True, False, "a", "a"), ChangeKind.ADDED),
        ((False, True, "a", "a"), ChangeKind.DELETED),
        ((False, False, "a", "a"), ChangeKind.MODIFIED),
        ((False, False, "a", "b"), ChangeKind.RENAMED),
    ],
)
def test_gitlabs_flags_name_the_kind_of_change(flags: tuple[bool, bool, str, str], kind: ChangeKind) -> None:
    new_file, deleted_file, old_path, new_path = flags
    assert change_kind(old_path=old_path, new_path=new_path, new_file=new_file, deleted_file=deleted_file) is kind


def test_a_renamed_default_branch_keeps_its_history() -> None:
    assert is_mainline("master", "main")
    assert is_mainline("develop", "develop")
    assert is_mainline("anything", None)
    assert not is_mainline("master", "develop")
    assert not is_mainline("feature", "main")


@dataclass(slots=True)
class Repository:
    """The model: files have identities, and every merge request is noted at the identities it touched."""

    alive: dict[str, int] = field(default_factory=dict)
    lives_of: dict[str, list[int]] = field(default_factory=dict)
    touched: dict[int, list[int]] = field(default_factory=dict)
    changes: list[PathChange] = field(default_factory=list)

    def merge(self, edits: Sequence[tuple[str, str, str]], iid: int) -> None:
        before, gone = dict(self.alive), set[str]()
        for edit, name, other in edits:
            if name in gone or (edit == "add") == (name in before) or (edit == "rename" and other in self.alive):
                continue
            gone.add(name)
            self._apply(edit, name, other, iid)

    def _apply(self, edit: str, name: str, other: str, iid: int) -> None:
        if edit == "add" and name not in self.alive:
            identity = len(self.touched)
            self._occupy(name, identity, iid)
            self.changes.append(added(iid, name, at=iid * 10))
        elif edit == "modify":
            self.touched[self.alive[name]].append(iid)
            self.changes.append(modified(iid, name, at=iid * 10))
        elif edit == "delete":
            self.touched[self.alive.pop(name)].append(iid)
            self.changes.append(deleted(iid, name, at=iid * 10))
        elif edit == "rename":
            self._occupy(other, self.alive.pop(name), iid)
            self.changes.append(renamed(iid, name, other, at=iid * 10))

    def _occupy(self, name: str, identity: int, iid: int) -> None:
        self.alive[name] = identity
        self.touched.setdefault(identity, []).append(iid)
        lives = self.lives_of.setdefault(name, [])
        if identity in lives:
            lives.remove(identity)
        lives.append(identity)


NAMES = st.sampled_from("abcd")
EDITS = st.tuples(st.sampled_from(["add", "modify", "delete", "rename", "rename"]), NAMES, NAMES)
HISTORIES = st.lists(st.lists(EDITS, min_size=1, max_size=3), max_size=14)


@settings(max_examples=200, deadline=None)
@given(HISTORIES)
def test_the_lives_of_a_name_are_those_of_the_files_that_bore_it(history: list[list[tuple[str, str, str]]]) -> None:
    repository = Repository()
    for number, edits in enumerate(history, start=1):
        repository.merge(edits, number)
    for name, identities in repository.lives_of.items():
        found = resolve(name, *repository.changes, max_hops=50)
        lives = [found.present, *found.earlier]
        assert [sorted(set(iids(life))) for life in lives] == [
            sorted(set(repository.touched[identity])) for identity in reversed(identities)
        ]


@settings(max_examples=100, deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_answer_does_not_depend_on_the_order_of_the_store(
    history: list[list[tuple[str, str, str]]], random: Random, max_hops: int
) -> None:
    repository = Repository()
    for number, edits in enumerate(history, start=1):
        repository.merge(edits, number)
    shuffled = list(repository.changes)
    random.shuffle(shuffled)
    for name in "abcd":
        first = resolve_renames(name, lookup(repository.changes), max_hops=max_hops)
        assert first == resolve_renames(name, lookup([*shuffled, *shuffled]), max_hops=max_hops)
