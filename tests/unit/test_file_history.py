"""Files and lines as people ask for them: what touched them, and what decided them."""

from dataclasses import replace

import pytest

from application.provenance.file_history import FileHistoryOf
from application.provenance.line_records import LineStatus
from application.provenance.trace_line import TraceLineOf
from application.provenance.trace_path import TracePathOf
from application.provenance.whereabouts import Asked
from contracts import builders as make
from contracts.provenance_contract import merged, on_file
from domain.attribution import Confidence, Method
from domain.blame import Checkout
from domain.errors import Ambiguous, FileError, NotFound, Stale, UsageError
from domain.path_changes import ChangeKind
from domain.refs import ProjectId
from domain.trace_targets import TraceTarget, trace_target
from provenance_house import ROOT, ProvenanceHouse

DAY, NOON = make.DAY, make.NOON


def asked(path: str, **fields: object) -> Asked:
    return replace(Asked(path=path), **fields)  # type: ignore[arg-type]  # the fields of the record, given by name


@pytest.fixture
def house() -> ProvenanceHouse:
    house = ProvenanceHouse()
    house.shelf.project()
    return house


APP = ProjectId(77)


def renamed_file(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1), make.file_change("old.py", new_file=True))
    house.shelf.put(APP, merged(2, at=NOON + DAY), make.file_change("src/app.py", "old.py"))
    house.shelf.put(APP, merged(3, at=NOON + 2 * DAY), make.file_change("src/app.py"), on_file(number=7))
    house.shelf.put(APP, make.merge_request(4, created_at=NOON + 3 * DAY), make.file_change("src/app.py"))


@pytest.mark.requirement("file-history:newest-first")
def test_a_history_goes_back_through_renames_newest_first(house: ProvenanceHouse) -> None:
    renamed_file(house)
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py")))
    assert [(one.iid, one.change_type) for one in found.history.merge_requests] == [
        (4, ChangeKind.MODIFIED),
        (3, ChangeKind.MODIFIED),
        (2, ChangeKind.RENAMED),
        (1, ChangeKind.ADDED),
    ]
    assert found.history.resolved_paths == ("old.py", "src/app.py")
    assert found.history.rename_chain == ({"from": "old.py", "to": "src/app.py", "mr_iid": 2, "merged_at": NOON + DAY},)
    assert (found.total_mrs, found.renames_followed, found.paths_searched) == (4, 1, 2)
    assert found.history.merge_requests[0].discussions is None


def test_only_merged_ones_are_shown_where_asked(house: ProvenanceHouse) -> None:
    renamed_file(house)
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py"), merged_only=True, limit=2))
    assert [one.iid for one in found.history.merge_requests] == [3, 2]
    assert found.total_mrs == 3


def test_without_following_renames_one_name_is_shown_and_the_others_hinted_at(house: ProvenanceHouse) -> None:
    renamed_file(house)
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py"), follow_renames=False))
    assert [one.iid for one in found.history.merge_requests] == [4, 3, 2]
    assert found.history.hints == ("The file had other names as well; omit --no-follow-renames.",)


def test_more_names_than_hops_are_told(house: ProvenanceHouse) -> None:
    renamed_file(house)
    house.shelf.put(APP, merged(5, at=NOON + 5 * DAY), make.file_change("last.py", "src/app.py"))
    found = house.file_history(FileHistoryOf(asked=asked("last.py"), max_hops=1))
    assert found.history.hints == ("The file had more names than 1 renames lead to.",)


@pytest.mark.requirement("file-history:discussions")
def test_threads_on_any_name_of_the_file_are_shown(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1), make.file_change("old.py"), on_file("old.py", number=5), make.discussion(6))
    house.shelf.put(APP, merged(2, at=NOON + DAY), make.file_change("src/app.py", "old.py"))
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py"), discussions=True))
    last, first = found.history.merge_requests
    assert last.discussions == ()
    assert [one.gitlab_discussion_id for one in first.discussions or ()] == [make.sha(5)]
    assert first.discussions is not None
    assert first.discussions[0].web_url == f"{make.merge_request(1).web_url}#note_500"


@pytest.mark.requirement("file-history:earlier-lives")
def test_earlier_files_of_the_name_come_apart(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1), make.file_change("a.py", new_file=True))
    house.shelf.put(APP, merged(2, at=NOON + DAY), make.file_change("a.py", deleted_file=True))
    house.shelf.put(APP, merged(3, at=NOON + 2 * DAY), make.file_change("a.py", new_file=True))
    found = house.file_history(FileHistoryOf(asked=asked("a.py")))
    assert [one.iid for one in found.history.merge_requests] == [3]
    (earlier,) = found.history.earlier_lives
    assert (earlier.merge_requests, earlier.born_by, earlier.ended_by) == ((2, 1), 1, 2)
    assert "earlier_lives" in found.history.hints[0]


@pytest.mark.requirement("file-history:folders")
@pytest.mark.parametrize("typed", ["src/", "src", "./src//"])
def test_a_folder_shows_what_touched_anything_below(house: ProvenanceHouse, typed: str) -> None:
    house.shelf.put(APP, merged(1), make.file_change("src/a.py"), make.file_change("src/b.py"), on_file("src/b.py"))
    house.shelf.put(APP, merged(2), make.file_change("docs/a.md"))
    found = house.file_history(FileHistoryOf(asked=asked(typed), discussions=True))
    assert [one.iid for one in found.history.merge_requests] == [1]
    assert found.history.resolved_paths == ("src/",)
    assert len(found.history.merge_requests[0].discussions or ()) == 1


@pytest.mark.requirement("file-history:says-why-empty")
def test_an_unknown_path_is_told_with_near_names(house: ProvenanceHouse) -> None:
    renamed_file(house)
    with pytest.raises(NotFound) as caught:
        house.file_history(FileHistoryOf(asked=asked("lib/app.py")))
    assert caught.value.details["near"] == ["src/app.py"]
    assert caught.value.details["paths_searched"] == ["lib/app.py"]
    assert "Did you mean src/app.py?" in caught.value.suggestion


@pytest.mark.requirement("file-history:says-why-empty")
def test_missing_diffs_are_told_with_the_command_that_brings_them(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1))
    with pytest.raises(NotFound, match="0 of its 1") as caught:
        house.file_history(FileHistoryOf(asked=asked("src/app.py")))
    assert caught.value.actions == ("lore sync -p group/app",)


@pytest.mark.requirement("file-history:says-why-empty")
def test_what_the_filter_left_out_is_told(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.merge_request(4), make.file_change("src/app.py"))
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py"), merged_only=True))
    assert found.history.merge_requests == ()
    assert "omit --merged" in found.history.hints[0]


def test_an_empty_store_says_what_to_do() -> None:
    with pytest.raises(NotFound) as caught:
        ProvenanceHouse().file_history(FileHistoryOf(asked=asked("a.py")))
    assert caught.value.actions == ("lore sync",)


def test_data_older_than_required_are_refused(house: ProvenanceHouse) -> None:
    renamed_file(house)
    with pytest.raises(Stale):
        house.file_history(FileHistoryOf(asked=asked("src/app.py", require_fresh_ms=1000)))


@pytest.mark.requirement("trace:project-of-checkout")
def test_inside_a_checkout_project_and_path_are_taken_from_it() -> None:
    house = ProvenanceHouse(folder=f"{ROOT}/src")
    house.shelf.project()
    house.shelf.project(78, "group/lib")
    renamed_file(house)
    house.commit("Now", {"src/app.py": ("one",)})
    found = house.file_history(FileHistoryOf(asked=asked("app.py", default_project="group/lib")))
    assert (found.history.project_path, found.history.path) == ("group/app", "src/app.py")


def test_a_named_project_wins_over_the_checkouts_and_then_paths_are_its_own() -> None:
    house = ProvenanceHouse(folder=f"{ROOT}/src")
    house.shelf.project()
    lib = house.shelf.project(78, "group/lib")
    house.shelf.put(lib, merged(1), make.file_change("app.py"))
    found = house.file_history(FileHistoryOf(asked=asked("app.py", project="lib")))
    assert (found.history.project_path, found.history.path) == ("group/lib", "app.py")


def test_in_a_checkout_of_nothing_known_paths_still_count_from_the_folder() -> None:
    house = ProvenanceHouse(folder=f"{ROOT}/src")
    house.repository.checkout = Checkout(root=ROOT)
    house.shelf.project()
    renamed_file(house)
    found = house.file_history(FileHistoryOf(asked=asked("app.py")))
    assert found.history.path == "src/app.py"


def test_of_several_projects_one_has_to_be_meant() -> None:
    house = ProvenanceHouse()
    house.shelf.project()
    house.shelf.project(78, "group/lib")
    renamed_file(house)
    with pytest.raises(UsageError) as caught:
        house.file_history(FileHistoryOf(asked=asked("src/app.py")))
    assert caught.value.details["projects"] == ["group/app", "group/lib"]
    with pytest.raises(Ambiguous):
        house.file_history(FileHistoryOf(asked=asked("src/app.py", project="group")))
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py", default_project="group/app")))
    assert found.history.project_path == "group/app"


def test_a_project_is_found_by_a_path_it_had_before() -> None:
    house = ProvenanceHouse()
    house.shelf.project(77, "old/app")
    house.shelf.project()
    house.shelf.project(78, "group/lib")
    renamed_file(house)
    found = house.file_history(FileHistoryOf(asked=asked("src/app.py", project="old/app")))
    assert found.history.project_path == "group/app"


class NoGit:
    def locate(self, path: str) -> None:
        raise FileError(f"git cannot be run for {path}.")


def test_without_git_histories_are_read_all_the_same(house: ProvenanceHouse) -> None:
    renamed_file(house)
    house.whereabouts._blame = NoGit()  # type: ignore[assignment]  # only `locate` is asked
    assert house.file_history(FileHistoryOf(asked=asked("src/app.py"))).total_mrs == 4
    with pytest.raises(FileError):
        house.trace_line(TraceLineOf(asked=asked("src/app.py"), first=1, last=1))


@pytest.mark.requirement("trace:path")
def test_a_path_is_traced_to_issues_and_discussions(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(5), make.discussion(50, make.note(500, "We decided to rename it.")))
    house.shelf.put(APP, make.issue(6))
    house.shelf.put(
        APP,
        merged(1, description="Closes #5, see #6"),
        make.closes_issue(5),
        make.file_change("src/app.py"),
        make.discussion(10, make.note(100, "General")),
        on_file(number=11, at=NOON + 9),
        make.discussion(12, make.note(120, "added 1 commit", system=True)),
    )
    found = house.trace_path(TracePathOf(asked=asked("src/app.py")))
    (chain,) = found.trace.chains
    assert [(one.relation, one.issue.iid) for one in chain.issues] == [("closes", 5), ("mentions", 6)]
    assert [(one.reason, one.thread.gitlab_discussion_id) for one in chain.discussions] == [
        ("same_file", make.sha(11)),
        ("same_item", make.sha(10)),
        ("same_item", make.sha(50)),
    ]
    assert found.total_mrs == 1


def test_a_folder_is_traced_as_well(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1), make.file_change("src/app.py"), on_file(number=11))
    (chain,) = house.trace_path(TracePathOf(asked=asked("src/"))).trace.chains
    assert chain.discussions[0].thread.new_path == "src/app.py"


def test_an_unknown_path_has_no_trace(house: ProvenanceHouse) -> None:
    with pytest.raises(NotFound):
        house.trace_path(TracePathOf(asked=asked("src/app.py")))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("src/app.py", TraceTarget(path="src/app.py")),
        ("src/app.py:42", TraceTarget(path="src/app.py", first=42, last=42)),
        ("src/app.py:10-20", TraceTarget(path="src/app.py", first=10, last=20)),
        ("src/app.py:42:7", TraceTarget(path="src/app.py", first=42, last=42)),
        ("odd:name.py", TraceTarget(path="odd:name.py")),
    ],
)
def test_lines_are_named_as_compilers_name_them(text: str, target: TraceTarget) -> None:
    assert trace_target(text) == target


@pytest.mark.parametrize("text", ["a:0", "a:5-4"])
def test_ranges_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        trace_target(text)


def inside() -> ProvenanceHouse:
    house = ProvenanceHouse(folder=ROOT)
    house.shelf.project()
    return house


@pytest.mark.requirement("trace:line")
def test_a_line_is_traced_to_the_thread_that_decided_it() -> None:
    house = inside()
    base = house.commit("Base", {"src/app.py": ("import os", "retries = 3")})
    sha = house.commit("Raise retries", {"src/app.py": ("import os", "max_retries = 5")}, base)
    diff = "@@ -1,2 +1,2 @@\n import os\n-retries = 3\n+max_retries = 5\n"
    house.shelf.put(APP, make.issue(5), make.discussion(50, make.note(500, "max_retries should be 5")))
    house.shelf.put(
        APP,
        merged(1, squash_commit_sha=sha),
        make.closes_issue(5),
        make.file_change("src/app.py", diff=diff),
        make.discussion(10, make.note(100, "General")),
        on_file(number=11, position=make.position(new_line=2, old_line=None)),
    )
    found = house.trace_line(TraceLineOf(asked=asked("src/app.py"), first=2, last=2))
    (line,) = found.trace.lines
    assert (line.status, line.texts) == (LineStatus.TRACED, ("max_retries = 5",))
    assert line.merge_request is not None
    assert line.merge_request.item is not None
    assert (line.merge_request.iid, line.merge_request.method, line.merge_request.confidence) == (
        1,
        Method.SQUASH_COMMIT,
        Confidence.HIGH,
    )
    assert line.commit is not None
    assert (line.commit.sha, line.commit.subject) == (sha, "Raise retries")
    assert [one.issue.iid for one in line.issues] == [5]
    assert [(one.reason, one.thread.gitlab_discussion_id, one.distance) for one in line.discussions] == [
        ("at_the_line", make.sha(11), 0),
        ("names_it", make.sha(50), None),
        ("same_item", make.sha(10), None),
    ]


@pytest.mark.requirement("trace:line")
def test_a_range_is_told_by_lines_of_one_origin() -> None:
    house = inside()
    base = house.commit("Base", {"a.py": ("one", "two", "three")}, at=NOON - 9 * DAY)
    house.commit("Later", {"a.py": ("one", "two changed", "three")}, base)
    house.repository.work_tree = {"a.py": ("one", "two changed", "three", "four")}
    house.shelf.put(APP, merged(1))
    found = house.trace_line(TraceLineOf(asked=asked("a.py"), first=1, last=4, groups=4))
    assert [(one.first_line, one.last_line, one.status) for one in found.trace.lines] == [
        (1, 1, LineStatus.BEFORE_HISTORY),
        (2, 2, LineStatus.NO_MERGE_REQUEST),
        (3, 3, LineStatus.BEFORE_HISTORY),
        (4, 4, LineStatus.UNCOMMITTED),
    ]
    assert all(one.explanation for one in found.trace.lines)
    few = house.trace_line(TraceLineOf(asked=asked("a.py"), first=1, last=4, groups=1))
    assert (len(few.trace.lines), few.total_groups) == (1, 4)


def test_the_diff_answers_where_no_sha_does() -> None:
    house = inside()
    house.commit("Rewritten by hand", {"src/app.py": ("new line",)})
    house.shelf.put(APP, merged(1, at=NOON + DAY), make.file_change("src/app.py", diff="@@ -0,0 +1 @@\n+new line\n"))
    (line,) = house.trace_line(TraceLineOf(asked=asked("src/app.py"), first=1, last=1)).trace.lines
    assert line.merge_request is not None
    assert (line.merge_request.method, line.merge_request.confidence) == (Method.DIFF, Confidence.MEDIUM)


def test_a_blank_line_is_not_searched_for_in_diffs() -> None:
    house = inside()
    house.commit("Blank", {"src/app.py": ("",)})
    house.shelf.put(APP, merged(1, at=NOON + DAY), make.file_change("src/app.py", diff="@@ -0,0 +1 @@\n+\n"))
    (line,) = house.trace_line(TraceLineOf(asked=asked("src/app.py"), first=1, last=1)).trace.lines
    assert line.merge_request is None


def test_a_merge_request_of_another_project_is_named_and_searched_there() -> None:
    house = inside()
    lib = house.shelf.project(78, "group/lib")
    house.shelf.put(APP, merged(1))
    house.shelf.put(lib, merged(9), make.discussion(1, make.note(10, "Hm")))
    house.commit("Imported\n\nSee merge request group/lib!9", {"a.py": ("one",)})
    (line,) = house.trace_line(TraceLineOf(asked=asked("a.py"), first=1, last=1)).trace.lines
    assert line.merge_request is not None
    assert (line.merge_request.project_path, line.merge_request.iid) == ("group/lib", 9)
    assert [one.thread.project_path for one in line.discussions] == ["group/lib"]


def test_a_merge_request_that_is_not_stored_is_named() -> None:
    house = inside()
    house.shelf.put(APP, merged(1))
    house.commit("Change\n\nSee merge request group/app!99", {"a.py": ("one",)})
    (line,) = house.trace_line(TraceLineOf(asked=asked("a.py"), first=1, last=1)).trace.lines
    assert (line.status, line.discussions) == (LineStatus.NAMED, ())
    assert line.merge_request is not None
    assert (line.merge_request.iid, line.merge_request.held, line.merge_request.item) == (99, False, None)


def test_outside_a_checkout_no_line_can_be_traced(house: ProvenanceHouse) -> None:
    with pytest.raises(UsageError) as caught:
        house.trace_line(TraceLineOf(asked=asked("a.py"), first=1, last=1))
    assert caught.value.actions == ("lore trace a.py -p group/app",)
