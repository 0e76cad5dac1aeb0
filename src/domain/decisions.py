"""What was decided on an item, by rules: every statement is somebody's note or GitLab's event (explain).

No language model: a note counts for what it says in so many words, for who says it, and for what happened right after
it. Rules read English; what they miss is still in the threads.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from domain.entities import Discussion, Entity, MergeRequest, Note, StateEvent
from domain.excerpts import one_line
from domain.expertise import is_bot
from domain.references import without_code

_JUST_BEFORE_MS = 10 * 60_000
"""Who closes or merges says why within minutes."""
_MORE_THAN_DONE = 30
_EXCERPT = 300
_REMEMBERED = 4_096
"""So many notes are not read closely again: the same threads are asked about from many sides."""
_QUOTED = re.compile(r"^ {0,3}>.*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


class Rule(StrEnum):
    """Why a note counts as a decision."""

    DECIDED = "says_it_was_decided"
    ENDED = "said_at_closing_or_merging"
    AGREED = "says_there_is_agreement"
    REFUSED = "says_it_will_not_be_done"
    PREFERRED = "prefers_one_way_for_a_reason"
    RESOLVED = "resolved_the_thread"
    PROMISED = "says_what_will_be_done"


_POINTS = {
    Rule.DECIDED: 5.0,
    Rule.REFUSED: 4.0,
    Rule.ENDED: 3.0,
    Rule.AGREED: 2.0,
    Rule.PREFERRED: 2.0,
    Rule.PROMISED: 1.0,
    Rule.RESOLVED: 1.0,
}
_BY_AUTHOR_OR_MERGER = 1.0

_PHRASES = (
    (
        Rule.DECIDED,
        (
            r"(?:we|i|they|it was|has been|have)(?: have| has| had| just)? decided",
            r"(?:decision|conclusion|resolution|outcome|consensus)(?: here)?(?: is| was|(?=:))",
            r"(?:rough|strong|clear) consensus|settled on|(?:we|i) chose|final decision",
            r"let'?s (?:go|stick|proceed) with",
            r"(?:we|i)(?:'ll| will| are going to| am going to)? (?:go|going|went|stick|proceed) with",
        ),
    ),
    (
        Rule.REFUSED,
        (
            r"(?:won'?t|will not|not going to) (?:fix|do|merge|implement|support|accept)|wontfix",
            r"(?:i'm|i am|we're|we are|going to|i'll|i will|let'?s) clos(?:e|ing)",
            r"clos(?:e|ing) (?:this|as|in favou?r)",
            r"superseded by|(?:is|as) a duplicate of|out of scope",
        ),
    ),
    (
        Rule.AGREED,
        (
            r"(?:we|everyone|all|both) (?:have )?agreed?|agreed (?:that|on|to)|no objections?",
            r"(?:i|fully|totally) agree(?: that| with| on)?|that works for me|sounds good",
        ),
    ),
    (
        Rule.PREFERRED,
        (
            r"(?:i|we)(?:'d| would)? (?:strongly )?prefer|the reason (?:is|was|for|why)",
            r"(?:instead|rather than|better|preferable|should).{0,200}? (?:because|since|so that)",
        ),
    ),
    (Rule.PROMISED, (r"(?:i|we)(?:'ll| will) \w+", r"follow[- ]?up|in a (?:separate|later|future) ")),
)
_PATTERNS = {rule: re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE) for rule, phrases in _PHRASES}
_TRIGGERS = {
    Rule.DECIDED: (
        "decided",
        "decision",
        "conclusion",
        "resolution",
        "outcome",
        "consensus",
        "settled on",
        "chose",
        "go with",
        "going with",
        "went with",
        "stick with",
        "proceed with",
    ),
    Rule.REFUSED: (
        "won't",
        "wont",
        "will not",
        "not going to",
        "m clos",
        "re clos",
        "to clos",
        "ll clos",
        "let's clos",
        "lets clos",
        "close this",
        "closing this",
        "close as",
        "closing as",
        "in favor",
        "in favour",
        "superseded",
        "duplicate of",
        "out of scope",
    ),
    Rule.AGREED: ("agree", "objection", "works for me", "sounds good"),
    Rule.PREFERRED: ("prefer", "the reason", "because", "since", "so that"),
    Rule.PROMISED: ("i'll ", "we'll ", "i will ", "we will ", "followup", "follow-up", "follow up", "in a "),
}
"""Words of which one stands in every text that the rule can fit: most notes have none, and need not be read closely."""
_UNDECIDED = re.compile(
    r"\?$|^if\b|\b(?:if the|if we|if there|unless|whether|whatever the|not sure|don'?t (?:think|believe|see)|do we)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A note that decided something, and the sentence of it that says so."""

    note_gitlab_id: int
    discussion_gitlab_id: str
    author: str
    created_at: int
    excerpt: str
    rules: tuple[Rule, ...]
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    """A thread that waits for somebody: not resolved, or a question with no answer after it."""

    discussion_gitlab_id: str
    first_note_gitlab_id: int
    last_note_gitlab_id: int
    author: str
    last_author: str
    last_at: int
    notes: int
    resolvable: bool


def decisions(
    entity: Entity, discussions: Iterable[Discussion], state_events: Sequence[StateEvent] = (), *, limit: int
) -> tuple[Decision, ...]:
    """The weightiest decisions in the order in which they were made."""
    found = list(_decisions(entity, discussions, state_events))
    weightiest = sorted(found, key=lambda one: (-one.points, -one.created_at, one.note_gitlab_id))[:limit]
    return tuple(sorted(weightiest, key=lambda one: (one.created_at, one.note_gitlab_id)))


def weight_of(entity: Entity, discussion: Discussion, state_events: Sequence[StateEvent] = ()) -> float:
    """How much a thread decided: its best note's points."""
    return max((one.points for one in _decisions(entity, (discussion,), state_events)), default=0.0)


def _decisions(
    entity: Entity, discussions: Iterable[Discussion], state_events: Sequence[StateEvent]
) -> Iterator[Decision]:
    spoken = [
        (discussion, note)
        for discussion in discussions
        for note in discussion.notes
        if not note.system and not is_bot(note.author.username)
    ]
    if spoken:
        ends = tuple(_ends(entity, state_events))
        last_words = _last_words([note for _, note in spoken], ends)
        weighty = frozenset({entity.author.username, *(by for _, by in ends)})
        for pair in spoken:
            yield from _decision(*pair, last_words, weighty)


def _ends(entity: Entity, state_events: Sequence[StateEvent]) -> Iterator[tuple[int, str]]:
    """When and by whom the item was closed or merged."""
    for event in state_events:
        if event.state in {"closed", "merged"} and event.user is not None:
            yield event.created_at, event.user.username
    if entity.closed_at is not None and entity.closed_by is not None:
        yield entity.closed_at, entity.closed_by.username
    if isinstance(entity, MergeRequest) and entity.merged_at is not None and entity.merge_user is not None:
        yield entity.merged_at, entity.merge_user.username


def _last_words(notes: Sequence[Note], ends: Sequence[tuple[int, str]]) -> frozenset[int]:
    """What those who closed or merged said last, right before they did."""
    found = set()
    for at, by in ends:
        before = [
            (note.created_at, note.gitlab_id)
            for note in notes
            if note.author.username == by and 0 <= at - note.created_at <= _JUST_BEFORE_MS
        ]
        if before:
            found.add(max(before)[1])
    return frozenset(found)


def _decision(
    discussion: Discussion, note: Note, last_words: Collection[int], weighty: Collection[str]
) -> Iterator[Decision]:
    happened = {Rule.ENDED: note.gitlab_id in last_words, Rule.RESOLVED: _resolved_by(discussion, note)}
    possible = _possible_rules(note.body)
    if not possible and not any(happened.values()):
        return
    sentences = _own_sentences(note.body)
    said = _said(sentences, possible)
    rules = tuple(rule for rule in Rule if rule in said or happened.get(rule))
    if rules and sentences:
        yield Decision(
            note_gitlab_id=note.gitlab_id,
            discussion_gitlab_id=discussion.gitlab_id,
            author=note.author.username,
            created_at=note.created_at,
            excerpt=next((said[rule] for rule in rules if rule in said), sentences[0]).shown,
            rules=rules,
            points=sum(_POINTS[rule] for rule in rules)
            + (_BY_AUTHOR_OR_MERGER if note.author.username in weighty else 0),
        )


@lru_cache(maxsize=_REMEMBERED)
def _possible_rules(body: str) -> tuple[Rule, ...]:
    """Those that fit the note as it is written: what fits without its code and quotations is among them."""
    text = body.lower()
    triggered = (rule for rule, words in _TRIGGERS.items() if any(map(text.__contains__, words)))
    return tuple(rule for rule in triggered if _PATTERNS[rule].search(body))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`prose` is what the author says without code; `text` has the code too. Quotations are in neither."""

    prose: str
    text: str

    @property
    def shown(self) -> str:
        return one_line(self.text, _EXCERPT)


def _said(sentences: Sequence[_Sentence], rules: Iterable[Rule]) -> dict[Rule, _Sentence]:
    """The first sentence for each rule; one that asks or supposes decides nothing."""
    found = {}
    for rule in rules:
        fitting = (one for one in sentences if _PATTERNS[rule].search(one.prose) and not _UNDECIDED.search(one.prose))
        first = next(fitting, None)
        if first is not None:
            found[rule] = first
    return found


@lru_cache(maxsize=_REMEMBERED)
def _own_sentences(body: str) -> tuple[_Sentence, ...]:
    """Sentence by sentence, without quoted lines; in code nothing is decided."""
    own = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), body)
    prose = without_code(own)
    starts = [0, *(end.end() for end in _SENTENCE_END.finditer(prose))]
    return tuple(
        _Sentence(said, own[start:end])
        for start, end in pairwise([*starts, len(prose)])
        if (said := prose[start:end].strip())
    )


def _resolved_by(discussion: Discussion, note: Note) -> bool:
    """Whether the thread was resolved with this note, and the note says more than `Done.`"""
    spoken = [one for one in discussion.notes if not one.system]
    last = len(spoken) > 1 and spoken[-1] is note and any(one.resolved for one in spoken)
    return last and len(note.body.strip()) >= _MORE_THAN_DONE


def open_threads(discussions: Iterable[Discussion]) -> tuple[OpenThread, ...]:
    """Threads that wait for somebody, the one that moved last first. GitLab marks those of diffs; others end in `?`."""
    found = [thread for discussion in discussions for thread in _open(discussion)]
    return tuple(sorted(found, key=lambda thread: (-thread.last_at, thread.discussion_gitlab_id)))


def _open(discussion: Discussion) -> Iterator[OpenThread]:
    notes = [note for note in discussion.notes if not note.system]
    if not notes:
        return
    resolvable = [note for note in notes if note.resolvable]
    unresolved = any(not note.resolved for note in resolvable)
    if unresolved or (not resolvable and not discussion.individual_note and _asks(notes[-1])):
        yield OpenThread(
            discussion_gitlab_id=discussion.gitlab_id,
            first_note_gitlab_id=notes[0].gitlab_id,
            last_note_gitlab_id=notes[-1].gitlab_id,
            author=notes[0].author.username,
            last_author=notes[-1].author.username,
            last_at=notes[-1].created_at,
            notes=len(notes),
            resolvable=bool(resolvable),
        )


def _asks(note: Note) -> bool:
    """Whether the last thing that the note itself says is a question."""
    return "?" in note.body and any(one.prose.endswith("?") for one in _own_sentences(note.body)[-1:])
