"""The built-in sample: as big as it should be, the same every time, and true to its own texts and diffs."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest

from adapters.sample_gitlab.model import Issue, MergeRequest
from adapters.sample_gitlab.rows import HERE
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from adapters.sample_gitlab.story.references import closed_by, mentioned, spelled_out
from adapters.sample_gitlab.story.stage import Scene
from adapters.sample_gitlab.story.tree import Tree, hunks, lines_of, position_in
from adapters.sample_gitlab.world import World

sample = cache(sample_world)


def issues() -> list[Issue]:
    return [item for item in sample().items(Issue) if isinstance(item, Issue)]


def merge_requests() -> list[MergeRequest]:
    return [item for item in sample().items(MergeRequest) if isinstance(item, MergeRequest)]


def test_the_sample_is_as_big_as_it_should_be() -> None:
    assert len(issues()) >= 60
    assert len(merge_requests()) >= 80
    assert len(list(sample().notes())) >= 600
    assert max(len(list(item.notes)) for item in sample().items()) > 250
    assert max(len(item.discussions) for item in merge_requests()) > 100


def test_the_sample_is_the_same_every_time() -> None:
    def everything(world: World) -> list[object]:
        return [(item.row, [note.row for note in item.notes], item.state_events) for item in world.items()]

    assert everything(sample_world()) == everything(sample())


def test_the_sample_has_something_of_everything() -> None:
    assert Counter(item.row["state"] for item in merge_requests()).keys() == {"opened", "closed", "merged"}
    assert any(item.row["draft"] for item in merge_requests())
    assert any(item.row["target_branch"] != "main" for item in merge_requests())
    assert any(item.row["confidential"] for item in issues())
    assert any(item.row["moved_to_id"] for item in issues())
    assert any(item.links for item in issues())
    assert any(item.status for item in issues())
    assert any(item.row["milestone"] for item in issues())
    assert any(item.row["has_tasks"] for item in issues())
    assert any(item.awards for item in issues())
    assert any(item.approved_by for item in merge_requests())
    assert any(item.row["reviewers"] for item in merge_requests())
    assert any(note.row["internal"] for note in sample().notes())
    assert any(re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", note.row["body"]) for note in sample().notes())
    assert SAMPLE_TOKEN in sample().tokens


def test_files_are_renamed_in_chains_and_whole_folders_are_moved() -> None:
    renames = [
        {(diff["old_path"], diff["new_path"]) for diff in mr.diffs if diff["renamed_file"]}
        for mr in merge_requests()
        if mr.row["state"] == "merged"
    ]
    chain = ["press/lease.py", "press/spool/lease.py", "press/spool/leases.py"]
    flat = [pair for found in renames for pair in found]
    assert [pair for pair in flat if pair[0] in chain] == list(pairwise(chain))
    assert any(len(found) >= 3 for found in renames)
    assert any(diff["deleted_file"] for mr in merge_requests() for diff in mr.diffs)


def test_some_diffs_are_binary_and_some_too_large_to_be_shown() -> None:
    diffs = [diff for mr in merge_requests() for diff in mr.diffs]
    assert any(diff["too_large"] and not diff["diff"] for diff in diffs)
    assert any(diff["diff"].startswith("Binary files /dev/null and b/press/") for diff in diffs)


def test_every_review_comment_hangs_on_a_line_that_its_diff_shows() -> None:
    checked = 0
    for mr in merge_requests():
        if len(mr.versions) != 1:
            continue
        shown = {(diff["new_path"], line.old, line.new) for diff in mr.diffs for line in lines_of(diff["diff"])}
        for note in mr.notes:
            if note.row["type"] == "DiffNote":
                position = note.row["position"]
                assert (position["new_path"], position["old_line"], position["new_line"]) in shown
                checked += 1
    assert checked > 100


def test_closing_words_agree_with_what_is_closed() -> None:
    for mr in merge_requests():
        texts = [mr.row["title"], mr.row["description"], *(commit["message"] for commit in mr.commits)]
        expected = {
            (issue.project.path, issue.iid) for text in texts for issue in closed_by(text, mr.project, sample())
        }
        assert set(mr.closes) == expected
    closed_via = [event for item in issues() for event in item.state_events if event["source_merge_request_id"]]
    assert len(closed_via) > 20


def test_every_mention_note_has_its_text_on_the_other_side() -> None:
    found = 0
    for item in sample().items():
        for note in item.notes:
            said = re.fullmatch(r"mentioned in (?:issue|merge request) (\S+)", note.row["body"])
            if not (said and note.row["system"]):
                continue
            (source,) = mentioned(said[1], item.project, sample())
            texts = [source.row["title"], source.row["description"], *(one.row["body"] for one in source.notes)]
            assert any(item in set(mentioned(text, source.project, sample())) for text in texts)
            found += 1
    assert found > 60


def test_projects_refer_to_each_other() -> None:
    across = {
        (item.project.path, target.project.path)
        for item in sample().items()
        for note in item.notes
        for target in mentioned(note.row["body"], item.project, sample())
        if target.project is not item.project
    }
    assert len(across) >= 3


def test_no_name_of_the_story_is_left_unspelled() -> None:
    for item in sample().items():
        texts = [item.row["title"], item.row["description"] or "", *(note.row["body"] for note in item.notes)]
        assert not any("[[" in text and "]]" in text for text in texts)


def test_the_sample_lies_in_the_past_and_its_clock_is_real() -> None:
    last = max(item.updated_us for item in sample().items())
    assert last < sample().clock.now_us


def test_an_edit_must_hit_exactly_one_place() -> None:
    tree = Tree({"a": "x\nx\n"})
    with pytest.raises(ValueError, match="not exactly once"):
        tree.after([["edit", "a", "x", "y"]])


def test_a_line_that_the_diff_does_not_show_has_no_position() -> None:
    base = Tree({"a": "one\n"})
    diffs = base.after([["edit", "a", "one", "two"]]).diffs_from(base)
    assert position_in(diffs, "a", "one", {})["old_line"] == 1
    with pytest.raises(ValueError, match="no line"):
        position_in(diffs, "a", "three", {})
    with pytest.raises(ValueError, match="no line"):
        position_in(diffs, "b", "one", {})


def test_a_removed_and_an_added_line_have_one_number_and_a_kept_one_has_both() -> None:
    lines = list(lines_of(hunks("a\nb\n", "a\nc\n")))
    assert [(line.text, line.old, line.new) for line in lines] == [("a", 1, 1), ("b", 2, None), ("c", None, 2)]


def test_a_file_moved_twice_in_one_change_came_from_where_it_was() -> None:
    base = Tree({"x/a": "1\n", "x/b": "2\n"})
    tree = base.after([["move", "x", "y"], ["move", "y/a", "z"], ["append", "z", "3\n"]])
    assert [(row["old_path"], row["new_path"]) for row in tree.diffs_from(base)] == [("x/b", "y/b"), ("x/a", "z")]


def test_references_are_found_in_all_their_forms() -> None:
    world = sample()
    press, docs = world.project("orchard/press"), world.project("orchard/docs")
    text = f"#1 and !2, docs#3, orchard/press#4, {HERE}/orchard/docs/-/merge_requests/1; not a#b, &#5, #99999, nope#1"
    assert [item.reference for item in mentioned(text, docs, world)] == [
        "orchard/docs#1", "orchard/docs!2", "orchard/docs#3", "orchard/press#4", "orchard/docs!1",
    ]  # fmt: skip
    closing = "Closes #1, #2 and docs#3. Fixes: orchard/press#4; see #5, encloses #6"
    assert [item.reference for item in closed_by(closing, press, world)] == [
        "orchard/press#1", "orchard/press#2", "orchard/docs#3", "orchard/press#4",
    ]  # fmt: skip


def test_a_name_becomes_a_reference_or_an_address() -> None:
    docs = sample().project("orchard/docs")
    item = sample().issue("orchard/press", 1)
    text = spelled_out("[[it]] at [[url:it]]", docs, {"it": item})
    assert text == f"press#1 at {HERE}/orchard/press/-/issues/1"


def test_a_scene_that_was_not_made_cannot_be_acted_on() -> None:
    scene = Scene({"issue": "Never"})
    asked: list[Callable[[], object]] = [lambda: scene.acted, lambda: scene.issue, lambda: scene.merge_request]
    for ask in asked:
        with pytest.raises(TypeError, match="Never"):
            ask()
