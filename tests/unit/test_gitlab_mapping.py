"""What GitLab's JSON of many versions becomes: absent and empty fields, old names, text that nothing can store."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.gitlab.decoding import cleaned, decoded, joined, stored, stored_as_sent
from adapters.gitlab.mapping import GHOST
from adapters.gitlab.payloads import milliseconds
from contracts import builders
from contracts.builders import NOON
from contracts.gitlab_rows import commit_row, discussion_row, item_row, note_row
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentAnswer,
    Discussion,
    Fetched,
    Issue,
    IssueLink,
    LabelEvent,
    MergeRequest,
    Note,
)
from domain.errors import MalformedPayload
from domain.refs import DependentKind, EntityKind
from gitlab_over_http import Script, reader_of, reply

PROJECT = builders.project()
PERSON = {"id": 9, "username": "dora", "name": "Dora", "web_url": "https://gitlab.example.com/dora"}


def fetched(kind: EntityKind, row: dict[str, Any]) -> Fetched[Any]:
    return reader_of(Script(reply(row))).entity(77, kind, 1)


def issue(**changes: Any) -> Issue:
    value: Issue = fetched(EntityKind.ISSUE, item_row(builders.issue(1), PROJECT) | changes).value
    return value


def merge_request(**changes: Any) -> MergeRequest:
    row = item_row(builders.merge_request(1), PROJECT) | changes
    value: MergeRequest = fetched(EntityKind.MERGE_REQUEST, row).value
    return value


def answer(dependent: DependentKind, *rows: object) -> DependentAnswer:
    kind = EntityKind.ISSUE if dependent is DependentKind.ISSUE_LINKS else EntityKind.MERGE_REQUEST
    return reader_of(Script(reply(list(rows)))).dependents(77, kind, 1, dependent)


def note(**changes: Any) -> Note:
    row = discussion_row(builders.discussion(1)) | {"notes": [note_row(builders.note(1)) | changes]}
    (thread,) = answer(DependentKind.DISCUSSIONS, row).records
    assert isinstance(thread, Discussion)
    return thread.notes[0]


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


# items


def test_an_item_needs_only_what_identifies_it() -> None:
    told = {"id": 5, "iid": 1, "state": "opened", "created_at": "2026-01-01T12:00:00Z"}
    found = fetched(EntityKind.ISSUE, told | {"updated_at": "2026-01-01T12:00:00.5Z"}).value
    assert found == Issue(
        gitlab_id=5,
        iid=1,
        title="",
        description="",
        state="opened",
        author=GHOST,
        created_at=NOON,
        updated_at=NOON + 500,
        web_url="",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": "5"},
        {"id": True},
        {"id": 0},
        {"id": 2**63},
        {"iid": None},
        {"iid": 1.5},
        {"state": None},
        {"created_at": None},
        {"created_at": 1767268800},
        {"updated_at": "yesterday"},
        {"updated_at": "2026-01-01T12:00:00"},
        {"author": {"username": "nobody"}},
        {"user_notes_count": 2**64},
    ],
)
def test_what_identifies_an_item_must_be_right(change: dict[str, object]) -> None:
    with pytest.raises(MalformedPayload):
        issue(**change)


def test_an_unknown_field_is_no_matter() -> None:
    assert issue(shape_of_2031={"a": [1]}).iid == 1


def test_an_author_who_is_gone_is_the_ghost() -> None:
    assert issue(author=None).author == GHOST
    assert note(author=None).author.username == "ghost"
    assert merge_request(closed_by=None).closed_by is None


def test_a_person_without_a_name_is_called_by_the_id() -> None:
    found = issue(author={"id": 9}).author
    assert (found.username, found.name) == ("user-9", "user-9")


def test_an_empty_description_is_an_empty_text() -> None:
    assert issue(description=None).description == ""


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["bug", "ui"], ("bug", "ui")),
        ([{"id": 1, "name": "bug", "color": "#fff"}, {"name": "ui"}], ("bug", "ui")),
        (["bug", "bug"], ("bug",)),
        ([], ()),
        (None, ()),
    ],
)
def test_labels_come_as_titles_or_objects(labels: object, names: tuple[str, ...]) -> None:
    assert issue(labels=labels).labels == names


def test_a_single_assignee_of_an_older_server_is_one_of_several() -> None:
    assert [person.username for person in issue(assignees=None, assignee=PERSON).assignees] == ["dora"]
    assert issue(assignees=[], assignee=None).assignees == ()
    assert len(issue(assignees=[PERSON, PERSON]).assignees) == 1


def test_a_milestone_of_an_older_server_is_read() -> None:
    found = issue(milestone={"id": 3, "title": "v1"}).milestone
    assert found is not None
    assert (found.gitlab_id, found.iid, found.state, found.web_url) == (3, 0, "active", "")


def test_who_merged_is_read_from_the_older_field_too() -> None:
    assert merge_request(merge_user=None, merged_by=PERSON).merge_user is not None
    assert merge_request(merge_user=PERSON, merged_by=None).merge_user is not None
    assert merge_request(merge_user=None, merged_by=None).merge_user is None


def test_a_draft_was_once_called_work_in_progress() -> None:
    row = without(item_row(builders.merge_request(1), PROJECT), "draft")
    assert fetched(EntityKind.MERGE_REQUEST, row | {"work_in_progress": True}).value.draft is True
    assert merge_request(draft=False, work_in_progress=True).draft is False


def test_a_merge_request_of_a_deleted_fork_has_no_source_project() -> None:
    assert merge_request(source_project_id=None).source_project_gitlab_id is None


def test_a_moved_issue_says_where_it_went() -> None:
    assert issue(moved_to_id=4711).moved_to_gitlab_id == 4711


@pytest.mark.parametrize(
    ("told", "enabled"),
    [
        ({"issues_enabled": False}, False),
        ({"issues_enabled": True, "issues_access_level": "disabled"}, True),
        ({"issues_access_level": "disabled"}, False),
        ({"issues_access_level": "private"}, True),
        ({}, True),
    ],
)
def test_a_feature_of_a_project_is_on_unless_it_is_said_to_be_off(told: dict[str, object], enabled: bool) -> None:
    row = {"id": 77, "path_with_namespace": "group/app", **told}
    found = reader_of(Script(reply(row))).project(77).value
    assert (found.issues_enabled, found.name) == (enabled, "app")


# notes


def test_a_note_of_an_older_server_is_read() -> None:
    row = note_row(builders.note(1))
    old = without(row, "internal", "resolvable", "system") | {"attachment": None, "confidential": True, "body": None}
    (thread,) = answer(DependentKind.DISCUSSIONS, {"id": "ab", "individual_note": True, "notes": [old]}).records
    assert isinstance(thread, Discussion)
    (found,) = thread.notes
    assert (found.internal, found.resolvable, found.resolved, found.body) == (True, False, None, "")


def test_only_a_resolvable_note_is_resolved_or_not() -> None:
    assert note(resolvable=True, resolved=False).resolved is False
    assert note(resolvable=False, resolved=False).resolved is None


def test_a_position_on_an_image_or_without_lines_is_read() -> None:
    image = {"position_type": "image", "new_path": "logo.png", "x": 1.5, "y": 2, "line_range": None}
    found = note(position=image).position
    assert found is not None
    assert (found.position_type, found.new_path, found.new_line) == ("image", "logo.png", None)
    empty = note(position={"line_range": {"start": None}}).position
    assert empty is not None
    assert (empty.position_type, empty.start_new_line) == ("text", None)


def test_a_note_that_came_twice_in_a_thread_is_there_once() -> None:
    row = note_row(builders.note(1))
    (thread,) = answer(DependentKind.DISCUSSIONS, {"id": "ab", "individual_note": False, "notes": [row, row]}).records
    assert isinstance(thread, Discussion)
    assert len(thread.notes) == 1


# references


def test_a_closing_issue_names_its_project_by_its_address() -> None:
    rows = [
        {"id": 1, "iid": 2, "project_id": 7, "web_url": "http://wrong.host/group/sub/app/-/issues/2"},
        {"id": 3, "iid": 4, "project_id": 7, "references": {"full": "group/lib#4"}, "web_url": None},
        {"id": "PROJECT-123", "title": "In a tracker far away"},
        {"id": 9, "title": "In another"},
    ]
    assert tuple(answer(DependentKind.CLOSES_ISSUES, *rows).records) == (
        ClosesIssue(target_project_path="group/sub/app", target_iid=2),
        ClosesIssue(target_project_path="group/lib", target_iid=4),
        ClosesIssue(target_project_path=None, target_iid=None, external_id="PROJECT-123"),
        ClosesIssue(target_project_path=None, target_iid=None, external_id="9"),
    )


def test_a_closing_issue_of_no_known_project_is_set_aside() -> None:
    found = answer(DependentKind.CLOSES_ISSUES, {"id": 1, "iid": 2, "project_id": 7}, {"id": 1, "project_id": 7})
    assert tuple(found.records) == ()
    assert [bad.error for bad in found.rejected] == [
        "neither references.full nor web_url says which project it is in",
        "one of GitLab's own issues must have an iid",
    ]


def test_a_link_of_an_older_server_has_no_time_and_no_full_reference() -> None:
    row = {"id": 1, "iid": 2, "issue_link_id": 3, "web_url": "https://gitlab.example.com/group/app/issues/2"}
    assert tuple(answer(DependentKind.ISSUE_LINKS, row | {"references": {"full": None}}).records) == (
        IssueLink(gitlab_id=3, link_type="relates_to", target_project_path="group/app", target_iid=2),
    )


def test_a_bad_link_is_known_by_the_id_of_the_link() -> None:
    (bad,) = answer(DependentKind.ISSUE_LINKS, {"id": 1, "issue_link_id": 3}).rejected
    assert bad.gitlab_id == "3"


def test_the_event_of_a_deleted_label_has_none() -> None:
    row = {"id": 1, "created_at": "2026-01-01T12:00:00Z", "action": "add", "label": None, "user": None}
    assert tuple(answer(DependentKind.LABEL_EVENTS, row).records) == (
        LabelEvent(gitlab_id=1, action="add", created_at=NOON, label=None),
    )


# commits


def test_the_times_of_a_commit_may_have_any_offset() -> None:
    row = commit_row(builders.commit(1))
    row |= {"authored_date": "2026-01-01T15:00:00.000+03:00", "committed_date": "2026-01-01T04:30:00-08:00"}
    (found,) = answer(DependentKind.COMMITS, row).records
    assert isinstance(found, Commit)
    assert (found.authored_at, found.committed_at) == (NOON, NOON + 30 * 60_000)


def test_a_commit_needs_one_time_and_takes_its_title_from_its_message() -> None:
    row = {"id": "abc", "message": "Fix it\r\n\nlong", "created_at": "2026-01-01T12:00:00Z"}
    (found,) = answer(DependentKind.COMMITS, row).records
    assert found == Commit(
        sha="abc",
        title="Fix it",
        message="Fix it\r\n\nlong",
        author_name="",
        authored_at=NOON,
        committed_at=NOON,
    )
    assert len(answer(DependentKind.COMMITS, {"id": "abc"}).rejected) == 1


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-01-01T12:00:00.123999Z", NOON + 123),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200_000),
        ("9999-12-31T23:59:59-12:00", 253_402_343_999_000),
    ],
)
def test_times_are_milliseconds(text: str, at: int) -> None:
    assert milliseconds(text) == at


# text that nothing can store


@pytest.mark.requirement("sync:unstorable-text")
def test_nulls_and_lone_surrogates_are_replaced() -> None:
    row = json.dumps(item_row(builders.issue(1), PROJECT)).replace("Issue 1", r"a\u0000b\ud800c\ud83d\ude00")
    found = reader_of(Script(reply(row.encode()))).entity(77, EntityKind.ISSUE, 1)
    assert getattr(found.value, "title", None) == "a\ufffdb\ufffdc\U0001f600"
    assert json.loads(zlib.decompress(found.payload))["title"] == "a\ufffdb\ufffdc\U0001f600"


@pytest.mark.requirement("sync:unstorable-text")
@pytest.mark.parametrize("sent", [rb"x\u0000y", b"x\xffy", b"x\x00y", rb"x\udfffy", rb"x\uD800y"])
def test_text_in_a_thread_that_nothing_can_store_is_replaced(sent: bytes) -> None:
    body = json.dumps([discussion_row(builders.discussion(1))]).encode().replace(b"Note 100", sent)
    found = reader_of(Script(reply(body))).dependents(77, EntityKind.ISSUE, 1, DependentKind.DISCUSSIONS)
    (thread,) = found.records
    assert isinstance(thread, Discussion)
    assert thread.notes[0].body == "x\ufffdy"
    assert json.loads(zlib.decompress(found.payload))[0]["notes"][0]["body"] == "x\ufffdy"


def test_a_payload_is_stored_as_it_was_sent() -> None:
    content = '{"title": "Straße \U0001f600",\n "id":1}'.encode()
    assert zlib.decompress(stored_as_sent(content)) == content


def test_several_pages_become_one_array() -> None:
    assert json.loads(joined([b" [1, 2]\n", b"[]", b"[ 3 ]"])) == [1, 2, 3]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(categories=None), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_is_decoded_can_be_stored_and_read_again(value: object) -> None:
    read = decoded(json.dumps(value).encode())
    assert json.loads(zlib.decompress(stored(read))) == read == cleaned(value)


@given(st.binary(max_size=40))
@settings(max_examples=150, deadline=None)
def test_bytes_are_json_or_a_value_error(content: bytes) -> None:
    try:
        stored(decoded(content))
    except ValueError:
        return
