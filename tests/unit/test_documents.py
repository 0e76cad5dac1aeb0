"""What is rendered into documents (spec/search.md)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.builders import ALICE, BOB, CAROL, HOUR, discussion, issue, merge_request, note, position
from domain.document_records import DiscussionSource, Document, DocumentSource, ItemSource
from domain.documents import render, title_for_index
from domain.entities import Discussion, Entity, Milestone
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType


def of_item(entity: Entity, paths: tuple[str, ...] = ()) -> Document:
    source_type = SourceType.ISSUE if entity.kind is EntityKind.ISSUE else SourceType.MERGE_REQUEST
    source = ItemSource(
        key=SourceKey(source_type, 1),
        project_id=ProjectId(1),
        project_path="group/app",
        entity=entity,
        paths=paths,
    )
    return rendered(source)


def of_thread(item: Entity, thread: Discussion) -> DiscussionSource:
    return DiscussionSource(
        key=SourceKey(SourceType.DISCUSSION, 1),
        project_id=ProjectId(1),
        project_path="group/app",
        item=item,
        discussion=thread,
    )


def rendered(source: DocumentSource) -> Document:
    document = render(source)
    assert document is not None
    return document


def test_an_item_is_its_title_its_description_and_its_facts_as_fields() -> None:
    entity = merge_request(
        7, title="Draft: Oil the press", description="It jams.", labels=("b", "a"), assignees=(BOB,), reviewers=(CAROL,)
    )
    document = of_item(entity, paths=("src/press.py",))
    assert document.title == "Oil the press"
    assert [(part.text, part.note_gitlab_id) for part in document.parts] == [("It jams.", None)]
    assert (document.labels, document.people, document.paths) == (
        ("a", "b"),
        ("alice", "bob", "carol"),
        ("src/press.py",),
    )
    assert (document.item_kind, document.iid, document.state) == (EntityKind.MERGE_REQUEST, 7, "opened")
    assert document.web_url == entity.web_url


def test_an_item_knows_its_milestone_and_is_another_document_in_another_one() -> None:
    planned = replace(issue(3), milestone=Milestone(gitlab_id=1, iid=1, title="Spring cleaning", state="active"))
    assert of_item(planned).milestone == "Spring cleaning"
    assert of_item(issue(3)).milestone == ""
    assert of_item(planned).content_hash != of_item(issue(3)).content_hash


def test_an_empty_description_is_no_part() -> None:
    assert of_item(issue(description="  \n")).parts == ()


def test_a_thread_knows_each_note_and_where_it_stands() -> None:
    first = note(1, body="Why?", author=BOB, position=position("src/a.py", old_path="src/old.py"))
    second = note(2, body="Because.", author=ALICE, updated_at=first.updated_at + HOUR)
    item = issue(3, title="Ink")
    document = rendered(of_thread(item, discussion(1, first, second)))
    assert document.title == "Ink"
    assert [(part.text, part.note_gitlab_id) for part in document.parts] == [
        ("Why?", first.gitlab_id),
        ("Because.", second.gitlab_id),
    ]
    assert document.people == ("bob", "alice")
    assert document.author == "bob"
    assert document.paths == ("src/a.py", "src/old.py")
    assert document.updated_at == second.updated_at
    assert document.web_url == f"{item.web_url}#note_{first.gitlab_id}"


@pytest.mark.requirement("surgical:C2")
def test_system_notes_get_no_document() -> None:
    system = note(1, body="changed the description", system=True)
    assert render(of_thread(issue(), discussion(1, system))) is None
    spoken = note(2, body="A word")
    document = rendered(of_thread(issue(), discussion(1, system, spoken)))
    assert [part.note_gitlab_id for part in document.parts] == [spoken.gitlab_id]


def test_a_thread_without_words_has_no_document() -> None:
    assert render(of_thread(issue(), replace(discussion(1), notes=()))) is None
    assert render(of_thread(issue(), discussion(1, note(1, body=" \n")))) is None


def test_the_item_s_title_labels_and_state_are_a_thread_s_too() -> None:
    thread = discussion(1, note(1, body="Why?"))
    before = rendered(of_thread(issue(3), thread))
    for changed in (issue(3, title="Other"), issue(3, labels=("x",)), issue(3, state="closed")):
        assert rendered(of_thread(changed, thread)).content_hash != before.content_hash


def test_a_thread_s_document_changes_with_its_words_only() -> None:
    item, said = issue(3), note(1, body="Why?")
    before = rendered(of_thread(item, discussion(1, said)))
    joined = rendered(of_thread(item, discussion(1, said, note(2, body="closed", system=True))))
    edited = rendered(of_thread(item, discussion(1, replace(said, body="Why not?"))))
    assert joined.content_hash == before.content_hash
    assert edited.content_hash != before.content_hash


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Draft: WIP: Oil the press", "Oil the press"),
        ("[Draft] Oil", "Oil"),
        ("  draft :  [wip](draft) Oil", "Oil"),
        pytest.param("draft:" * 100_000 + "Oil", "Oil", id="a hundred thousand drafts"),
        ("(WIP) Oil", "Oil"),
        ('Resolve "Oil the press"', "Oil the press"),
        ('Draft: Resolve "Oil"', "Oil"),
        ("Drafting table", "Drafting table"),
        ("Resolve it", "Resolve it"),
        ("", ""),
    ],
)
def test_what_buttons_add_to_titles_is_not_indexed(title: str, plain: str) -> None:
    assert title_for_index(title) == plain


@given(st.text(max_size=60))
def test_a_normalised_title_stays_as_it_is(title: str) -> None:
    once = title_for_index(title)
    if not once.startswith('Resolve "'):
        assert title_for_index(once) == once


class TestContentHashes:
    def test_the_same_content_has_the_same_hash(self) -> None:
        entity = issue(1, labels=("a", "b"))
        assert of_item(entity).content_hash == of_item(replace(entity, labels=("b", "a"))).content_hash

    def test_a_bump_without_a_change_is_no_reason_to_index_again(self) -> None:
        entity = issue(1)
        bumped = replace(entity, updated_at=entity.updated_at + HOUR, user_notes_count=9)
        assert of_item(bumped).content_hash == of_item(entity).content_hash

    @pytest.mark.parametrize(
        "change",
        [{"title": "Other"}, {"description": "Other"}, {"state": "closed"}, {"labels": ("x",)}, {"assignees": (BOB,)}],
    )
    def test_whatever_is_indexed_or_filtered_changes_it(self, change: dict[str, object]) -> None:
        entity = issue(1)
        assert of_item(replace(entity, **change)).content_hash != of_item(entity).content_hash  # type: ignore[arg-type]  # fields of an issue
