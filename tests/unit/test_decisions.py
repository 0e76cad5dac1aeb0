"""Decisions are notes that say so, that end an item, or that settled a thread."""

import pytest

from contracts import builders as make
from domain.decisions import OpenThread, Rule, decisions, open_threads, weight_of
from domain.entities import Discussion, Note


def thread(*notes: Note, number: int = 1) -> Discussion:
    return make.discussion(number, *notes)


def rules_of(body: str) -> list[Rule]:
    return [rule for one in decisions(make.issue(1), [thread(make.note(1, body))], limit=5) for rule in one.rules]


@pytest.mark.requirement("explain:decisions")
@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("After the call we decided to keep the old format.", Rule.DECIDED),
        ("Conclusion: no flag.", Rule.DECIDED),
        ("Let's go with option B", Rule.DECIDED),
        ("Closing this in favour of #7.", Rule.REFUSED),
        ("We won't implement that here", Rule.REFUSED),
        ("This is a duplicate of #3", Rule.REFUSED),
        ("We all agree that it is wrong.", Rule.AGREED),
        ("I'd prefer a table here.", Rule.PREFERRED),
        ("A table is better than a list, because it can be sorted.", Rule.PREFERRED),
        ("I'll rename it.", Rule.PROMISED),
    ],
)
def test_a_note_that_says_so_is_a_decision(body: str, rule: Rule) -> None:
    assert rules_of(body) == [rule]


@pytest.mark.requirement("explain:decisions")
@pytest.mark.parametrize(
    "body",
    [
        "What is this?",
        "Have we decided to keep the old format?",
        "If the consensus is to do this, fine.",
        "I don't think we agreed on that",
        "> we decided to keep it\n\nHm.",
        "`we decided`",
        "Rejected packets are counted",
    ],
)
def test_questions_suppositions_quotes_and_code_decide_nothing(body: str) -> None:
    assert rules_of(body) == []


def test_a_decision_names_its_note_and_the_sentence() -> None:
    note = make.note(7, "Long talk today.\nWe decided to use `foo` here. More follows.", author=make.CAROL)
    (one,) = decisions(make.issue(1), [thread(note, number=3)], limit=5)
    assert (one.note_gitlab_id, one.discussion_gitlab_id, one.author) == (7, make.sha(3), "carol")
    assert one.excerpt == "We decided to use `foo` here."


def test_the_last_word_of_who_closed_counts() -> None:
    closed_at = make.NOON + make.HOUR
    one = make.issue(1, state="closed", closed_at=closed_at, closed_by=make.BOB)
    notes = (
        make.note(1, "Earlier remark", created_at=closed_at - 2 * make.MINUTE),
        make.note(2, "Not needed any more", created_at=closed_at - make.MINUTE),
        make.note(3, "Thanks", created_at=closed_at - make.MINUTE, author=make.CAROL),
    )
    assert [(d.note_gitlab_id, d.rules) for d in decisions(one, [thread(*notes)], limit=5)] == [(2, (Rule.ENDED,))]


def test_the_last_word_of_who_merged_counts_by_time_and_by_event() -> None:
    merged_at = make.NOON + make.HOUR
    said = thread(make.note(1, "Good to have", created_at=merged_at - make.MINUTE))
    merged = make.merge_request(1, state="merged", merged_at=merged_at, merge_user=make.BOB)
    event = make.state_event(1, "merged", user=make.BOB, created_at=merged_at)
    assert decisions(merged, [said], limit=5) == decisions(make.merge_request(1), [said], [event], limit=5)
    late = thread(make.note(1, "Good to have", created_at=merged_at - make.HOUR))
    assert decisions(merged, [late], limit=5) == ()


def test_the_note_that_settled_a_thread_counts_unless_it_says_nothing() -> None:
    def settled(body: str) -> Discussion:
        return thread(make.note(1, "Too slow?", resolvable=True, resolved=True), make.note(2, body, resolvable=True))

    (one,) = decisions(make.merge_request(1), [settled("The loop runs once only, so it is fine as it is")], limit=5)
    assert one.rules == (Rule.RESOLVED,)
    assert decisions(make.merge_request(1), [settled("Done.")], limit=5) == ()


def test_what_bots_and_gitlab_itself_say_is_no_decision() -> None:
    notes = (make.note(1, "We decided it", author=make.user("ci-bot")), make.note(2, "We decided it", system=True))
    assert decisions(make.issue(1), [thread(*notes)], limit=5) == ()


def test_the_weightiest_are_kept_in_the_order_of_time() -> None:
    notes = [
        make.note(1, "We decided on A."),
        make.note(2, "I'll write it."),
        make.note(3, "We decided on B.", author=make.ALICE),
    ]
    found = decisions(make.issue(1), [thread(*notes)], limit=2)
    assert [one.note_gitlab_id for one in found] == [1, 3]
    assert found[1].points > found[0].points
    assert weight_of(make.issue(1), thread(*notes)) == found[1].points
    assert weight_of(make.issue(1), thread(make.note(1, "Hm"))) == 0


@pytest.mark.requirement("explain:open-threads")
def test_unresolved_threads_and_unanswered_questions_are_open() -> None:
    unresolved = thread(make.note(1, resolvable=True, resolved=False), make.note(2, author=make.CAROL), number=1)
    resolved = thread(make.note(3, resolvable=True, resolved=True), number=2)
    asked = thread(make.note(4, "Fine."), make.note(5, "But why?"), number=3)
    answered = thread(make.note(6, "Why?"), make.note(7, "Because."), number=4)
    alone = make.discussion(5, make.note(8, "Anyone?"), individual_note=True)
    silent = thread(make.note(9, "closed", system=True), number=6)
    found = open_threads([unresolved, resolved, asked, answered, alone, silent])
    assert [one.discussion_gitlab_id for one in found] == [make.sha(3), make.sha(1)]
    assert found[1] == OpenThread(
        discussion_gitlab_id=make.sha(1),
        first_note_gitlab_id=1,
        last_note_gitlab_id=2,
        author="bob",
        last_author="carol",
        last_at=make.NOON + 2000,
        notes=2,
        resolvable=True,
    )


def test_a_question_only_quoted_is_not_asked() -> None:
    assert open_threads([thread(make.note(1, "> why?"), make.note(2, "> why?"))]) == ()
