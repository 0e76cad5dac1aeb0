"""Timelines, briefs, relatives, drift and the past of items."""

from dataclasses import replace

import pytest

from application.ports.relatives import ThreadMeaning
from application.provenance.explain_item import ExplanationOf
from application.provenance.find_drift import DriftOf
from application.provenance.find_related import RelatedTo
from application.provenance.item_as_of import ItemAsOfMoment
from application.provenance.item_names import named_item
from application.provenance.show_timeline import TimelineOf
from application.provenance.whereabouts import Asked
from contracts import builders as make
from contracts.provenance_contract import issue_key, merged, mr_key
from domain.decisions import Rule
from domain.drift import NoteMeaning, cosine, drift
from domain.errors import EmbedderUnavailable, NotFound
from domain.refs import EntityKind, ProjectId
from domain.related import Resemblance, Sign, rank_related
from domain.timeline import ItemKey
from provenance_house import ProvenanceHouse

DAY, NOON = make.DAY, make.NOON
APP = ProjectId(77)
ISSUE, MERGE_REQUEST = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


@pytest.fixture
def house() -> ProvenanceHouse:
    house = ProvenanceHouse()
    house.shelf.project()
    return house


def linked_items(house: ProvenanceHouse) -> None:
    """Issue 1 is closed by !7, which mentions #3; #1 names an issue of a project that is not stored."""
    closed = make.issue(1, state="closed", description="Slow. See other/lib#9", closed_at=NOON + 5 * DAY)
    house.shelf.put(
        APP,
        closed,
        make.discussion(
            1, make.note(10, "Why is it slow?", created_at=NOON + DAY), make.note(11, "We decided to cache")
        ),
        make.label_event(3, created_at=NOON + 2 * DAY),
        make.state_event(4, created_at=NOON + 5 * DAY, source_merge_request_gitlab_id=20_007),
    )
    house.shelf.put(APP, merged(7, at=NOON + 5 * DAY, description="See #3"), make.closes_issue(1))
    house.shelf.put(APP, make.issue(3, created_at=NOON - DAY), make.discussion(3, make.note(30, "Elsewhere")))


@pytest.mark.requirement("timeline:direct")
@pytest.mark.parametrize("what", ["issue:1", "#1", "group/app#1", "Issues: 1"])
def test_a_named_item_tells_its_whole_story_and_that_of_its_neighbours(house: ProvenanceHouse, what: str) -> None:
    linked_items(house)
    found = house.timeline(TimelineOf(what=what, asked=Asked()))
    assert [(one.type, one.iid, one.depth, one.summary) for one in found.timeline.events] == [
        ("created", 1, 0, "Issue 1"),
        ("note", 1, 0, "We decided to cache"),
        ("note", 1, 0, "Why is it slow?"),
        ("label", 1, 0, "added label bug"),
        ("created", 7, 1, "Merge request 7"),
        ("closed_by", 1, 0, "closed by group/app!7"),
        ("state", 1, 0, "closed"),
        ("merged", 7, 1, "merged"),
    ]
    assert [(one.kind, one.iid, one.depth) for one in found.timeline.items] == [(ISSUE, 1, 0), (MERGE_REQUEST, 7, 1)]
    via = found.timeline.items[1].via
    assert via is not None
    assert (via.relation, via.from_iid, via.iid) in {("closes", 7, 1), ("closed_by", 1, 7)}
    assert [(one.project_path, one.iid) for one in found.timeline.unresolved] == [("other/lib", 9)]


def test_notes_and_events_can_be_found_again_by_their_ids(house: ProvenanceHouse) -> None:
    linked_items(house)
    found = house.timeline(TimelineOf(what="#1", asked=Asked(), depth=0))
    ids = [(one.gitlab_discussion_id, one.gitlab_note_id, one.gitlab_event_id) for one in found.timeline.events]
    assert ids == [
        (None, None, None),
        (make.sha(1), 11, None),
        (make.sha(1), 10, None),
        (None, None, 3),
        (None, None, 4),
        (None, None, 4),
    ]


@pytest.mark.requirement("timeline:query")
def test_a_query_shows_the_notes_that_fit_it_and_no_others(house: ProvenanceHouse) -> None:
    linked_items(house)
    found = house.timeline(TimelineOf(what="slow", asked=Asked(), depth=1))
    notes = [one.gitlab_note_id for one in found.timeline.events if one.type == "note"]
    assert notes == [10]


def test_a_deeper_timeline_goes_on_from_neighbour_to_neighbour(house: ProvenanceHouse) -> None:
    linked_items(house)
    deep = house.timeline(TimelineOf(what="#1", asked=Asked(), depth=2))
    assert {one.iid: one.depth for one in deep.timeline.items} == {1: 0, 7: 1, 3: 2}
    without = house.timeline(TimelineOf(what="#1", asked=Asked(), depth=2, mentions=False))
    assert {one.iid for one in without.timeline.items} == {1, 7}


def test_a_window_a_limit_and_a_bound_are_kept_and_told(house: ProvenanceHouse) -> None:
    linked_items(house)
    late = house.timeline(TimelineOf(what="#1", asked=Asked(), since=NOON + 3 * DAY, limit=2))
    assert [one.type for one in late.timeline.events] == ["state", "merged"]
    assert late.total_events == 4
    few = house.timeline(TimelineOf(what="#1", asked=Asked(), max_entities=1))
    assert (len(few.timeline.items), few.items_cut) == (1, True)


def test_an_item_that_is_not_stored_is_told_with_the_command_that_brings_it(house: ProvenanceHouse) -> None:
    for what, command in (("mr:9", "lore sync --mr 9 -p group/app"), ("#9", "lore sync --issue 9 -p group/app")):
        with pytest.raises(NotFound) as caught:
            house.timeline(TimelineOf(what=what, asked=Asked()))
        assert caught.value.actions == (command,)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("issue:42", issue_key(42)),
        ("MR: 7", mr_key(7)),
        ("merge_request!7", mr_key(7)),
        ("group/lib#3", ItemKey("group/lib", ISSUE, 3)),
        ("fix #3 please", None),
        ("retry", None),
    ],
)
def test_names_of_items_are_told_from_queries(text: str, key: ItemKey | None) -> None:
    assert named_item(text, make.PROJECT_PATH) == key


@pytest.mark.requirement("as-of:command")
def test_an_item_is_shown_as_it_was(house: ProvenanceHouse) -> None:
    renamed = make.note(10, "changed title from **{-Old-}** to **{+Issue 1+}**", system=True, created_at=NOON + 2 * DAY)
    house.shelf.put(
        APP,
        make.issue(1, labels=("bug",)),
        make.discussion(1, renamed),
        make.label_event(3, created_at=NOON + 3 * DAY),
        make.state_event(4, created_at=NOON + 4 * DAY),
    )
    found = house.item_as_of(ItemAsOfMoment(kind=ISSUE, iid=1, at=NOON + DAY, asked=Asked()))
    assert (found.item.title, found.item.labels, found.item.state) == ("Old", (), "opened")
    assert found.item.not_known == {"milestone": "milestone events were not synced"}
    assert found.item.as_of_at == NOON + DAY


def test_before_it_existed_an_item_is_not_found(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1))
    with pytest.raises(NotFound, match="did not exist then"):
        house.item_as_of(ItemAsOfMoment(kind=ISSUE, iid=1, at=NOON - 1, asked=Asked()))
    with pytest.raises(NotFound, match="holds no"):
        house.item_as_of(ItemAsOfMoment(kind=ISSUE, iid=2, at=NOON, asked=Asked()))


@pytest.mark.requirement("explain:sources")
def test_a_brief_names_the_note_behind_every_statement(house: ProvenanceHouse) -> None:
    linked_items(house)
    found = house.explain(ExplanationOf(kind=ISSUE, iid=1, asked=Asked()))
    brief = found.explanation
    assert [(one.gitlab_note_id, one.rules) for one in brief.key_decisions] == [(11, (Rule.DECIDED,))]
    assert brief.key_decisions[0].web_url == f"{make.issue(1).web_url}#note_11"
    assert brief.description_excerpt == "Slow. See other/lib#9"
    assert [(one.username, one.notes) for one in brief.activity.participants] == [("bob", 2)]
    assert (brief.activity.notes, brief.activity.threads) == (2, 1)
    assert [one.item.iid for one in brief.related][:1] == [7]
    assert [one.type for one in brief.timeline_excerpt] == ["created", "label", "closed_by", "state"]


@pytest.mark.requirement("explain:open-threads")
def test_a_brief_lists_what_is_still_open(house: ProvenanceHouse) -> None:
    asked = make.discussion(5, make.note(50, "Fine."), make.note(51, "But is it?"))
    house.shelf.put(APP, make.issue(1), asked)
    brief = house.explain(ExplanationOf(kind=ISSUE, iid=1, asked=Asked())).explanation
    (thread,) = brief.open_threads
    assert (thread.gitlab_note_id, thread.last_author, thread.excerpt) == (50, "bob", "Fine.")
    assert (brief.open_threads_total, brief.key_decisions) == (1, ())


def test_a_quiet_item_has_a_short_brief(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1, milestone=make.milestone(2), assignees=(make.BOB,)))
    brief = house.explain(ExplanationOf(kind=ISSUE, iid=1, asked=Asked())).explanation
    assert (brief.milestone, brief.assignees, brief.related) == ("v2", ("bob",), ())
    assert (brief.activity.first_note_at, brief.activity.participants) == (None, ())
    with pytest.raises(NotFound):
        house.explain(ExplanationOf(kind=MERGE_REQUEST, iid=1, asked=Asked()))


@pytest.mark.requirement("related:signs")
def test_relatives_are_found_by_references_labels_and_paths(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, merged(1, description="See #2", labels=("bug",)), make.file_change("a.py"))
    house.shelf.put(APP, make.issue(2, description="Also !5"))
    house.shelf.put(APP, merged(3), make.file_change("a.py"))
    house.shelf.put(APP, make.issue(4, labels=("bug",)))
    house.shelf.put(APP, merged(5))
    found = house.related(RelatedTo(kind=MERGE_REQUEST, iid=1, asked=Asked()))
    assert [(one.item.iid, [reason.sign for reason in one.reasons]) for one in found.related] == [
        (2, [Sign.REFERENCES]),
        (5, [Sign.REFERENCES]),
        (3, [Sign.PATHS]),
        (4, [Sign.LABELS]),
    ]
    assert found.related[1].reasons[0].detail == "by way of group/app#2"
    assert found.signs == (Sign.REFERENCES, Sign.PATHS, Sign.LABELS)


def test_an_issue_is_related_by_the_files_of_its_merge_requests(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1))
    house.shelf.put(APP, merged(2), make.closes_issue(1), make.file_change("a.py"))
    house.shelf.put(APP, merged(3), make.file_change("a.py"))
    found = house.related(RelatedTo(kind=ISSUE, iid=1, asked=Asked(), limit=2))
    assert [one.item.iid for one in found.related] == [2, 3]
    with pytest.raises(NotFound):
        house.related(RelatedTo(kind=ISSUE, iid=9, asked=Asked()))


@pytest.mark.requirement("related:vectors")
def test_where_there_are_vectors_meaning_counts_too() -> None:
    vectors = {
        issue_key(1): ThreadMeaning(description=(1.0, 0.0), notes=()),
        issue_key(2): ThreadMeaning(description=(0.0, 1.0), notes=()),
        issue_key(3): ThreadMeaning(description=(0.9, 0.1), notes=()),
    }
    house = ProvenanceHouse(meanings=vectors)
    house.shelf.project()
    for iid in (1, 2, 3):
        house.shelf.put(APP, make.issue(iid))
    found = house.related(RelatedTo(kind=ISSUE, iid=1, asked=Asked()))
    assert [one.item.iid for one in found.related] == [3, 2]
    assert found.related[0].reasons[0].detail == "similarity 0.99"
    assert Sign.MEANING in found.signs


def test_items_with_several_signs_come_before_those_with_one() -> None:
    signs = [
        Resemblance(item=issue_key(2), sign=Sign.PATHS, strength=9, detail="a"),
        Resemblance(item=issue_key(3), sign=Sign.PATHS, strength=5, detail="a"),
        Resemblance(item=issue_key(3), sign=Sign.LABELS, strength=1, detail="bug"),
        Resemblance(item=issue_key(1), sign=Sign.LABELS, strength=9, detail="bug"),
    ]
    for ordered in (signs, signs[::-1]):
        ranked = rank_related(ordered, without=issue_key(1), limit=9)
        assert [(one.item.iid, len(one.reasons)) for one in ranked] == [(3, 2), (2, 1)]


@pytest.mark.requirement("drift:measured")
def test_drift_is_where_notes_stay_away_from_the_description() -> None:
    notes = [NoteMeaning(note_gitlab_id=number, vector=(1.0, 0.0)) for number in (1, 2)]
    away = [NoteMeaning(note_gitlab_id=number, vector=(0.0, 1.0)) for number in (3, 4, 5)]
    found = drift((1.0, 0.0), [*notes, *away], threshold=0.4)
    assert [one.drifted for one in found] == [False, False, False, True, True]
    assert cosine((0.0, 0.0), (1.0, 0.0)) == 0


@pytest.mark.requirement("drift:measured")
def test_drifting_notes_are_shown_with_their_places() -> None:
    notes = (NoteMeaning(note_gitlab_id=10, vector=(1.0, 0.0)), NoteMeaning(note_gitlab_id=99, vector=(1.0, 0.0)))
    house = ProvenanceHouse(meanings={issue_key(1): ThreadMeaning(description=(0.0, 1.0), notes=notes)})
    house.shelf.project()
    house.shelf.put(APP, make.issue(1), make.discussion(1, make.note(10, "Off topic")))
    found = house.drift(DriftOf(kind=ISSUE, iid=1, asked=Asked()))
    assert [(one.gitlab_note_id, one.drifted, one.excerpt) for one in found.notes] == [(10, True, "Off topic")]


@pytest.mark.requirement("drift:without-vectors")
def test_without_vectors_drift_says_so(house: ProvenanceHouse) -> None:
    house.shelf.put(APP, make.issue(1))
    with pytest.raises(EmbedderUnavailable) as caught:
        house.drift(DriftOf(kind=ISSUE, iid=1, asked=Asked()))
    assert caught.value.actions == ("lore embed",)
    with pytest.raises(NotFound):
        house.drift(DriftOf(kind=ISSUE, iid=2, asked=Asked()))


def test_the_same_question_gets_the_same_answer(house: ProvenanceHouse) -> None:
    linked_items(house)
    command = TimelineOf(what="#1", asked=Asked(), depth=2)
    assert house.timeline(command) == house.timeline(replace(command))
