"""From a commit to its merge request, and from a line to the threads that decided it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.attribution import (
    Candidate,
    Confidence,
    Evidence,
    Method,
    ShaMatch,
    ShaRole,
    attributions,
    explained,
    named_merge_requests,
    wanted_shas,
)
from domain.blame import CommitFacts
from domain.commit_messages import (
    NamedMergeRequest,
    cherry_picked_from,
    imported_pull_request,
    merge_request_trailers,
)
from domain.diff_lines import DiffLine, adds_line, diff_lines, row_of_position, row_of_text
from domain.line_trace import (
    Nearness,
    RankedThread,
    Thread,
    ThreadPosition,
    TracedLine,
    identifiers_of,
    rank_threads,
)

PROJECT = "group/app"


def commit(name: str, message: str = "Change", *, at: int = 100) -> CommitFacts:
    return CommitFacts(
        sha=name * 40, parent_shas=(), author_name="Ada", authored_at=at, committed_at=at, message=message
    )


def mr(iid: int, *, merged_at: int | None = 1000, project_path: str = PROJECT) -> Candidate:
    return Candidate(project_path=project_path, iid=iid, created_at=0, merged_at=merged_at)


def holds(candidate: Candidate, one: CommitFacts, role: ShaRole = ShaRole.COMMIT) -> ShaMatch:
    return ShaMatch(sha=one.sha, role=role, candidate=candidate)


def found(
    one: CommitFacts,
    *matches: ShaMatch,
    merges: Sequence[CommitFacts] = (),
    named: Sequence[Candidate] = (),
    rewritten: Sequence[Candidate] = (),
    diffs: Sequence[Candidate] = (),
) -> list[tuple[int, Method, Confidence]]:
    evidence = Evidence(commit=one, merges=merges, matches=matches, named=named, rewritten=rewritten, diffs=diffs)
    return [(one.iid, one.method, one.confidence) for one in attributions(evidence, PROJECT)]


LINE = commit("a")


@pytest.mark.requirement("trace:ladder")
def test_a_commit_nothing_is_known_of_is_not_attributed() -> None:
    assert found(LINE) == []


@pytest.mark.requirement("trace:ladder")
@pytest.mark.parametrize(
    ("role", "method"),
    [
        (ShaRole.MERGE, Method.MERGE_COMMIT),
        (ShaRole.SQUASH, Method.SQUASH_COMMIT),
        (ShaRole.COMMIT, Method.COMMIT_OF_MERGED),
    ],
)
def test_what_gitlab_records_of_the_commit_itself_is_sure(role: ShaRole, method: Method) -> None:
    assert found(LINE, holds(mr(7), LINE, role)) == [(7, method, Confidence.HIGH)]


def test_a_squash_commit_is_stronger_than_a_merge_request_that_merges_the_whole_branch() -> None:
    matches = (holds(mr(9), LINE), holds(mr(7), LINE, ShaRole.SQUASH))
    assert found(LINE, *matches) == [
        (7, Method.SQUASH_COMMIT, Confidence.HIGH),
        (9, Method.COMMIT_OF_MERGED, Confidence.HIGH),
    ]


def test_of_several_merge_requests_with_the_commit_the_merge_that_brought_it_in_decides() -> None:
    inner, outer = commit("b"), commit("c")
    stacked, trunk = mr(11, merged_at=500), mr(4, merged_at=900)
    matches = (
        holds(stacked, LINE),
        holds(trunk, LINE),
        holds(stacked, inner, ShaRole.MERGE),
        holds(trunk, outer, ShaRole.MERGE),
    )
    assert found(LINE, *matches, merges=(inner, outer))[:2] == [
        (4, Method.COMMIT_OF_MERGED, Confidence.MEDIUM),
        (11, Method.COMMIT_OF_MERGED, Confidence.MEDIUM),
    ]


def test_of_several_merge_requests_without_a_merge_the_first_merged_is_likely() -> None:
    matches = (holds(mr(1, merged_at=900), LINE), holds(mr(2, merged_at=500), LINE))
    assert found(LINE, *matches)[0] == (2, Method.COMMIT_OF_MERGED, Confidence.MEDIUM)


def test_an_outer_merge_that_the_store_does_not_know_leaves_the_answer_unsure() -> None:
    inner, outer = commit("b"), commit("c")
    matches = (holds(mr(11), LINE), holds(mr(11), inner, ShaRole.MERGE))
    assert found(LINE, *matches, merges=(inner,))[0] == (11, Method.COMMIT_OF_MERGED, Confidence.HIGH)
    assert found(LINE, *matches, merges=(inner, outer))[0] == (11, Method.COMMIT_OF_MERGED, Confidence.MEDIUM)
    assert found(LINE, matches[1], merges=(inner, outer)) == [(11, Method.BROUGHT_IN, Confidence.MEDIUM)]


def test_a_commit_in_one_merge_request_that_came_by_anothers_merge_is_not_sure() -> None:
    merge = commit("b", "Merge\n\nSee merge request group/app!5")
    assert found(LINE, holds(mr(9), LINE), merges=(merge,))[0] == (9, Method.COMMIT_OF_MERGED, Confidence.MEDIUM)


@pytest.mark.requirement("trace:ladder")
def test_the_merge_that_brought_the_commit_in_names_its_merge_request() -> None:
    merge = commit("b")
    assert found(LINE, holds(mr(7), merge, ShaRole.MERGE), merges=(merge,)) == [(7, Method.BROUGHT_IN, Confidence.HIGH)]


@pytest.mark.requirement("trace:ladder")
@pytest.mark.parametrize("reference", ["group/app!7", "!7"])
def test_the_trailer_of_the_merge_names_the_merge_request(reference: str) -> None:
    merge = commit("b", f"Merge branch 'x'\n\nTitle\n\nSee merge request {reference}\n")
    assert named_merge_requests(LINE, (merge,), PROJECT) == (NamedMergeRequest(PROJECT, 7),)
    assert found(LINE, merges=(merge,), named=(mr(7),)) == [(7, Method.TRAILER, Confidence.HIGH)]


def test_a_fast_forwarded_commit_names_its_merge_request_itself() -> None:
    one = commit("a", "Title\n\nSee merge request group/app!8")
    assert found(one, named=(mr(8),)) == [(8, Method.TRAILER, Confidence.HIGH)]


def test_a_merge_request_the_store_does_not_hold_is_still_named() -> None:
    merge = commit("b", "Merge\n\nSee merge request other/lib!3")
    (one,) = attributions(Evidence(commit=LINE, merges=(merge,)), PROJECT)
    assert (one.project_path, one.iid, one.held, one.confidence) == ("other/lib", 3, False, Confidence.MEDIUM)
    assert one.evidence_sha == merge.sha


def test_trailers_that_disagree_are_not_sure() -> None:
    merges = (commit("b", "See merge request !5"), commit("c", "See merge request !9"))
    assert found(LINE, merges=merges, named=(mr(5), mr(9))) == [
        (9, Method.TRAILER, Confidence.MEDIUM),
        (5, Method.TRAILER, Confidence.MEDIUM),
    ]


def test_a_trailer_that_names_an_unmerged_merge_request_is_not_sure() -> None:
    one = commit("a", "See merge request !8")
    assert found(one, named=(mr(8, merged_at=None),)) == [(8, Method.TRAILER, Confidence.MEDIUM)]


@pytest.mark.requirement("trace:ladder")
def test_a_cherry_pick_leads_to_the_merge_request_of_its_source() -> None:
    source = commit("d")
    picked = commit("a", f"Fix\n\n(cherry picked from commit {source.sha[:12]})")
    assert wanted_shas(picked, ()) == (picked.sha, source.sha[:12])
    assert found(picked, holds(mr(3), source)) == [(3, Method.CHERRY_PICK, Confidence.MEDIUM)]


def test_the_merge_of_a_cherry_pick_comes_before_the_trailer_it_was_copied_with() -> None:
    picked = commit("a", "Merge\n\nSee merge request !3\n\n(cherry picked from commit " + "d" * 40 + ")")
    merge = commit("b", "See merge request !12")
    assert found(picked, merges=(merge,), named=(mr(3), mr(12))) == [
        (12, Method.TRAILER, Confidence.HIGH),
        (3, Method.CHERRY_PICK, Confidence.MEDIUM),
    ]


def test_a_rewritten_commit_is_likely_that_of_the_merged_merge_request() -> None:
    assert found(LINE, rewritten=(mr(6, merged_at=None), mr(5))) == [(5, Method.REWRITTEN, Confidence.MEDIUM)]


def test_numbers_of_imported_pull_requests_are_a_sign() -> None:
    merge = commit("b", "Merge pull request #14 from ada/fix")
    assert found(LINE, merges=(merge,), named=(mr(14),)) == [(14, Method.PULL_REQUEST, Confidence.MEDIUM)]
    assert found(commit("a", "Fix it (#15)"), named=(mr(15),)) == [(15, Method.PULL_REQUEST, Confidence.MEDIUM)]
    assert found(commit("a", "Fix it (#15)"), named=(mr(15, merged_at=None),)) == []


def test_pull_requests_that_disagree_are_a_guess() -> None:
    one, merge = commit("a", "Fix (#4)"), commit("b", "Merge pull request #119 from x/y")
    assert found(one, merges=(merge,), named=(mr(4), mr(119))) == [
        (119, Method.PULL_REQUEST, Confidence.LOW),
        (4, Method.PULL_REQUEST, Confidence.LOW),
    ]


def test_the_diff_that_adds_the_line_is_the_last_resort() -> None:
    assert found(LINE, diffs=(mr(5),)) == [(5, Method.DIFF, Confidence.MEDIUM)]
    assert found(LINE, diffs=(mr(5, merged_at=900), mr(6, merged_at=200), mr(7, merged_at=50))) == [
        (6, Method.DIFF, Confidence.LOW),
        (5, Method.DIFF, Confidence.LOW),
    ]


def test_a_merge_request_that_was_never_merged_is_a_guess() -> None:
    assert found(LINE, holds(mr(5, merged_at=None), LINE)) == [(5, Method.COMMIT_OF_UNMERGED, Confidence.LOW)]


def test_more_than_a_guess_spares_the_dearer_look_ups() -> None:
    assert explained(Evidence(commit=LINE, matches=(holds(mr(7), LINE),)), PROJECT)
    assert not explained(Evidence(commit=LINE, matches=(holds(mr(7, merged_at=None), LINE),)), PROJECT)
    assert not explained(Evidence(commit=LINE), PROJECT)


def test_a_line_from_another_file_has_no_sure_answer() -> None:
    evidence = Evidence(commit=LINE, matches=(holds(mr(7), LINE),))
    assert [one.confidence for one in attributions(evidence, PROJECT, relocated=True)] == [Confidence.MEDIUM]


def test_messages_are_read_from_their_end() -> None:
    message = "See merge request a/b!1\n\nSee merge request c/d!2\nsee it: See merge request e/f!3 there"
    assert merge_request_trailers(message) == (NamedMergeRequest("c/d", 2), NamedMergeRequest("a/b", 1))
    assert cherry_picked_from("x\n(cherry picked from commit abc1234)\n") == ("abc1234",)
    assert imported_pull_request("Mention #3 in passing") is None


DIFF = """@@ -1,4 +1,5 @@ def start():
 import os
-old = 1
+new_value = compute_total(1)
+another = 2
 last = 3
\\ No newline at end of file
@@ -20,1 +21,2 @@
 far = 20
+new_value = compute_total(1)
"""


def test_the_rows_of_a_diff_carry_both_line_numbers() -> None:
    assert diff_lines(f"--- a/x\n+++ b/x\n{DIFF}") == (
        DiffLine(1, 1, "import os", 1),
        DiffLine(2, None, "old = 1", 2),
        DiffLine(None, 2, "new_value = compute_total(1)", 2),
        DiffLine(None, 3, "another = 2", 3),
        DiffLine(3, 4, "last = 3", 4),
        DiffLine(20, 21, "far = 20", 21),
        DiffLine(None, 22, "new_value = compute_total(1)", 22),
    )
    assert diff_lines("") == ()


def test_a_line_is_found_in_a_diff_by_its_text() -> None:
    rows = diff_lines(DIFF)
    assert row_of_text(rows, "  new_value = compute_total(1)", near=30) == 6
    assert row_of_text(rows, "new_value=compute_total(1)", near=1) == 2
    assert row_of_text(rows, "last = 3", near=1) == 4
    assert row_of_text(rows, "old = 1", near=1) is None


def test_a_note_is_found_in_a_diff_by_its_numbers() -> None:
    rows = diff_lines(DIFF)
    assert [row_of_position(rows, 2, None), row_of_position(rows, 3, 4), row_of_position(rows, 9, 9)] == [1, 4, None]


def test_a_diff_adds_only_its_added_lines() -> None:
    assert adds_line(DIFF, "\tanother = 2")
    assert not adds_line(DIFF, "old = 1")
    assert not adds_line(DIFF, "last = 3")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("    return self.max_retry_count + retries", ("self.max_retry_count", "max_retry_count", "retries")),
        ("the text of a line of prose", ()),
        ("if (fooBar && MAX_SIZE > x) {", ("fooBar", "MAX_SIZE")),
        ("std::vector<int> ids;", ("std::vector", "vector")),
        ("größe = x", ("größe",)),
        ("", ()),
    ],
)
def test_identifiers_are_names_and_neither_keywords_nor_short_words(text: str, names: tuple[str, ...]) -> None:
    assert identifiers_of(text) == names


TRACED = TracedLine(text="new_value = compute_total(1)", line=2, paths=frozenset({"src/a.py", "src/old.py"}), diff=DIFF)


def at_line(new_line: int | None, *, old_line: int | None = None, path: str = "src/a.py") -> ThreadPosition:
    return ThreadPosition(old_path=path, new_path=path, old_line=old_line, new_line=new_line)


def thread(key: int, body: str = "Why?", position: ThreadPosition | None = None) -> Thread:
    return Thread(key=key, bodies=(body,), created_at=key, position=position)


@pytest.mark.requirement("trace:threads-ranked")
def test_threads_at_the_line_come_first_then_those_that_name_it_then_the_rest() -> None:
    ranked = rank_threads(
        TRACED,
        [
            thread(1, "General remark"),
            thread(2, "Should compute_total round?"),
            thread(3, position=at_line(21)),
            thread(4, position=at_line(3)),
            thread(5, position=at_line(2)),
        ],
    )
    assert [(one.key, one.nearness) for one in ranked] == [
        (5, Nearness.AT_THE_LINE),
        (4, Nearness.AT_THE_LINE),
        (2, Nearness.NAMES_IT),
        (3, Nearness.SAME_FILE),
        (1, Nearness.SAME_ITEM),
    ]


def test_a_note_on_a_removed_row_is_near_the_line_that_replaced_it() -> None:
    (ranked,) = rank_threads(TRACED, [thread(1, position=at_line(None, old_line=2))])
    assert ranked == RankedThread(key=1, nearness=Nearness.AT_THE_LINE, distance=1)


def test_a_note_over_several_lines_is_at_each_of_them() -> None:
    wide = replace(at_line(4), first_new_line=1)
    (ranked,) = rank_threads(TRACED, [thread(1, position=wide)])
    assert ranked.distance == 0


def test_a_note_on_another_file_is_not_at_the_line() -> None:
    (ranked,) = rank_threads(TRACED, [thread(1, position=at_line(2, path="src/b.py"))])
    assert ranked == RankedThread(key=1, nearness=Nearness.SAME_ITEM)


def test_a_note_under_the_files_old_name_is_at_the_line() -> None:
    (ranked,) = rank_threads(TRACED, [thread(1, position=at_line(2, path="src/old.py"))])
    assert ranked.nearness is Nearness.AT_THE_LINE


def test_without_the_diff_line_numbers_decide() -> None:
    bare = replace(TRACED, diff="", line=40)
    ranked = rank_threads(bare, [thread(1, position=at_line(90)), thread(2, position=at_line(41))])
    assert [(one.key, one.distance) for one in ranked] == [(2, 1), (1, 50)]
    (unknown,) = rank_threads(bare, [thread(3, position=at_line(None, old_line=40))])
    assert unknown == RankedThread(key=3, nearness=Nearness.SAME_FILE)


def test_of_a_file_as_a_whole_no_thread_is_at_the_line() -> None:
    (ranked,) = rank_threads(
        TracedLine(text="", line=0, paths=frozenset({"src/a.py"})), [thread(1, position=at_line(2))]
    )
    assert ranked == RankedThread(key=1, nearness=Nearness.SAME_FILE)


def test_threads_that_decided_more_come_before_older_ones() -> None:
    light, heavy = thread(1), replace(thread(2), weigh=lambda: 5)
    of_issue = replace(thread(3), of_merge_request=False, weigh=lambda: 9)
    assert [one.key for one in rank_threads(TRACED, [of_issue, light, heavy])] == [2, 1, 3]


def test_a_thread_that_names_more_of_the_line_comes_first() -> None:
    ranked = rank_threads(TRACED, [thread(1, "new_value"), thread(2, "new_value of compute_total, not my_new_value")])
    assert [(one.key, one.identifiers) for one in ranked] == [(2, ("new_value", "compute_total")), (1, ("new_value",))]
