"""What people read of traces, timelines, drift and earlier lives."""

import io
from collections.abc import Callable

import pytest

from application.people.show_reviews import ReviewedFolder, Reviews, ReviewsAnswer
from application.provenance.decided import DecidingThread, LinkedIssue
from application.provenance.file_history import EarlierLife, FileHistoryAnswer, FileHistoryData, TouchingMerge
from application.provenance.find_drift import DriftAnswer, DriftingNote
from application.provenance.find_related import RelatedAnswer
from application.provenance.line_records import (
    FoundMergeRequest,
    LineStatus,
    LineTrace,
    LineTraceAnswer,
    ShownCommit,
    ShownPassage,
    TracedLines,
)
from application.provenance.show_timeline import ShownReference, Timeline, TimelineAnswer
from application.provenance.shown import shown_item, shown_thread
from application.provenance.shown_events import ShownEvent
from application.provenance.trace_path import PathChain, PathTrace, PathTraceAnswer
from application.reading.freshness import MirrorAge
from contracts import builders as make
from contracts.provenance_contract import issue_key, merged, mr_key
from domain.attribution import Confidence, Method
from domain.blame import Passage
from domain.freshness import FreshnessState
from domain.path_changes import ChangeKind
from domain.refs import EntityKind
from entrypoints.cli.drift_view import show_drift
from entrypoints.cli.file_history_view import show_file_history
from entrypoints.cli.line_trace_view import show_line_trace
from entrypoints.cli.path_trace_view import show_path_trace
from entrypoints.cli.related_view import show_related
from entrypoints.cli.reviews_view import show_reviews
from entrypoints.cli.screen import Screen
from entrypoints.cli.timeline_view import show_timeline

FRESH = MirrorAge(state=FreshnessState.FRESH, synced_at=make.NOON, age_seconds=0, last_run_status=None)
MERGE = shown_item(mr_key(1), merged(1))
ISSUE = shown_item(issue_key(2), make.issue(2))


def read(show: Callable[[Screen], None]) -> str:
    stream = io.StringIO()
    show(Screen(stream, {"COLUMNS": "200", "NO_COLOR": "1"}, now_ms=make.NOON + make.DAY))
    return stream.getvalue()


def thread(reason: str = "same_item") -> DecidingThread:
    notes = (
        make.note(1, "Is \x1b[31mthis\x1b[0m right?", position=make.position(new_line=None, old_line=4), resolved=True),
        make.note(2, "It is.", author=make.CAROL),
    )
    shown = shown_thread(mr_key(1), MERGE.web_url, make.discussion(1, *notes))
    assert shown is not None
    return DecidingThread(reason=reason, distance=None, identifiers=("max_retries",), thread=shown)


def test_threads_say_why_they_are_shown_where_they_stand_and_how_they_ended() -> None:
    chain = PathChain(
        merge_request=MERGE,
        change_type=ChangeKind.RENAMED,
        old_path="old.py",
        new_path="src/app.py",
        issues=(LinkedIssue(relation="closes", issue=ISSUE),),
        discussions=(thread("names_it"),),
    )
    trace = PathTrace(
        path="src/app.py",
        project_path="group/app",
        resolved_paths=("old.py", "src/app.py"),
        rename_chain=(),
        chains=(chain,),
    )
    text = read(lambda screen: show_path_trace(screen, PathTraceAnswer(trace=trace, total_mrs=9, freshness=FRESH)))
    for part in (
        "old.py → src/app.py",
        "#2",
        "closes",
        "names it max_retries",
        "src/app.py:4",
        "resolved",
        "@carol: It is.",
    ):
        assert part in text
    assert "1 of 9 merge requests" in text
    assert "\x1b" not in text


def lines(status: LineStatus, **fields: object) -> TracedLines:
    known: dict[str, object] = {
        "first_line": 1,
        "last_line": 1,
        "texts": ("one",),
        "status": status,
        "explanation": "",
        "commit": None,
        "merge_request": None,
        "alternatives": (),
        "passage": None,
        "issues": (),
        "discussions": (),
    }
    return TracedLines(**(known | fields))  # type: ignore[arg-type]  # the fields of the record, given by name


def found(iid: int, *, held: bool = True) -> FoundMergeRequest:
    return FoundMergeRequest(
        project_path="group/app",
        iid=iid,
        method=Method.TRAILER,
        confidence=Confidence.MEDIUM,
        held=held,
        evidence_sha=None,
        item=MERGE if held else None,
    )


def test_a_line_shows_its_commit_its_merge_request_and_the_others_it_could_be() -> None:
    commit = ShownCommit(
        sha=make.sha(7), subject="Raise", author_name="Ada", authored_at=make.NOON, path="old.py", line=3
    )
    passage = ShownPassage(passage=Passage.MOVED, sha=make.sha(8), path="src/a.py", line=1, merge_request=None)
    traced = lines(
        LineStatus.TRACED,
        commit=commit,
        merge_request=found(1),
        alternatives=(found(5),),
        passage=passage,
        issues=(LinkedIssue(relation="closes", issue=ISSUE),),
        discussions=(thread("at_the_line"),),
    )
    trace = LineTrace(
        path="src/a.py",
        project_path="group/app",
        lines=(
            traced,
            lines(LineStatus.UNCOMMITTED, explanation="Not yet."),
            lines(LineStatus.NAMED, merge_request=found(9, held=False)),
        ),
    )
    text = read(lambda screen: show_line_trace(screen, LineTraceAnswer(trace=trace, total_groups=4, freshness=FRESH)))
    for part in (
        "src/a.py:1",
        "000000000000",
        "Raise",
        "moved: src/a.py",
        "confidence medium",
        "or group/app!5",
        "Not yet.",
        "group/app!9",
    ):
        assert part in text
    assert "3 of 4 origins" in text


def test_a_timeline_tells_what_it_leaves_out() -> None:
    reference = ShownReference(
        from_project_path="group/app",
        from_kind=EntityKind.ISSUE,
        from_iid=1,
        relation="mentions",
        project_path="other/lib",
        kind=EntityKind.ISSUE,
        iid=9,
    )
    event = ShownEvent(
        happened_at=make.NOON,
        type="closed_by",
        project_path="group/app",
        entity_kind=EntityKind.ISSUE,
        iid=1,
        actor=None,
        summary="closed by group/app!7",
        url="",
        depth=0,
        gitlab_discussion_id=None,
        gitlab_note_id=None,
        gitlab_event_id=4,
    )
    answer = TimelineAnswer(
        timeline=Timeline(events=(event,), items=(), unresolved=(reference,)),
        total_events=8,
        items_cut=True,
        freshness=FRESH,
    )
    text = read(lambda screen: show_timeline(screen, answer))
    for part in ("closed by", "the last 1 of 8 events", "--max-entities", "not in the store: other/lib#9 (mentions)"):
        assert part in text


def test_an_empty_timeline_and_no_relatives_are_said_in_words() -> None:
    empty = TimelineAnswer(
        timeline=Timeline(events=(), items=(), unresolved=()), total_events=0, items_cut=False, freshness=FRESH
    )
    assert "Nothing happened." in read(lambda screen: show_timeline(screen, empty))
    related = RelatedAnswer(related=(), signs=(), freshness=FRESH)
    assert "Nothing related." in read(lambda screen: show_related(screen, related))


def test_drifting_notes_show_how_far_they_are() -> None:
    note = DriftingNote(
        project_path="group/app",
        noteable_type="Issue",
        parent_iid=1,
        gitlab_discussion_id=make.sha(1),
        gitlab_note_id=10,
        author="bob",
        created_at=make.NOON,
        similarity=0.123,
        drifted=True,
        excerpt="Off topic",
        web_url="",
    )
    text = read(lambda screen: show_drift(screen, DriftAnswer(notes=(note,), threshold=0.4, freshness=FRESH)))
    assert "0.12 @bob" in text


def test_earlier_lives_and_hints_stand_below_a_history() -> None:
    merge = TouchingMerge(
        project_path="group/app",
        iid=3,
        title="Again",
        state="merged",
        author="ada",
        change_type=ChangeKind.ADDED,
        old_path="a.py",
        new_path="a.py",
        merged_at=None,
        created_at=make.NOON,
        web_url="",
        merge_commit_sha=None,
        discussions=None,
    )
    history = FileHistoryData(
        path="",
        project_path="group/app",
        resolved_paths=("a.py",),
        rename_chain=(),
        merge_requests=(merge,),
        earlier_lives=(
            EarlierLife(names=("b.py", "a.py"), rename_chain=(), born_by=1, ended_by=2, merge_requests=(2, 1)),
        ),
        hints=("Look there.",),
    )
    answer = FileHistoryAnswer(history=history, total_mrs=7, renames_followed=0, paths_searched=1, freshness=FRESH)
    text = read(lambda screen: show_file_history(screen, answer))
    for part in ("before: another file, b.py → a.py: !2, !1", "1 of 7 merge requests", "Look there."):
        assert part in text


@pytest.mark.parametrize("folders", [(), (ReviewedFolder(path="src", diff_notes=12),)])
def test_reviews_show_where_they_were_written(folders: tuple[ReviewedFolder, ...]) -> None:
    reviews = Reviews(username="bob", since_at=0, reviews=(), folders=folders)
    answer = ReviewsAnswer(reviews=reviews, total_spoken_on=0, total_asked=0, freshness=FRESH)
    text = read(lambda screen: show_reviews(screen, answer))
    assert ("12  src" in text) == bool(folders)
