"""A merge request with the issues behind it and the threads that decided it, most relevant first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from application.ports.item_histories import ItemHistories
from application.provenance.shown import ShownItem, ShownThread, shown_item, shown_thread, spoken
from domain.decisions import weight_of
from domain.entities import Discussion, Entity
from domain.line_trace import RankedThread, Thread, ThreadPosition, TracedLine, rank_threads
from domain.refs import EntityKind
from domain.timeline import ItemKey, Reference

_CLOSING = frozenset({"closes", "closed_by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIssue:
    """An issue and what ties it to the merge request: it `closes` it, or one `mentions` the other."""

    relation: str
    issue: ShownItem


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingThread:
    """A thread and why it is shown; `distance` counts rows of the diff between it and the line."""

    reason: str
    distance: int | None
    identifiers: tuple[str, ...]
    thread: ShownThread


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What was behind merge requests: their issues, closing ones first, and all their threads."""

    issues: Mapping[ItemKey, tuple[tuple[str, ItemKey], ...]]
    entities: Mapping[ItemKey, Entity]
    threads: Mapping[ItemKey, tuple[Discussion, ...]]

    def linked_issues(self, merge_request: ItemKey) -> tuple[LinkedIssue, ...]:
        return tuple(
            LinkedIssue(relation=relation, issue=shown_item(key, self.entities[key]))
            for relation, key in self.issues.get(merge_request, ())
        )

    def deciding_threads(self, merge_request: ItemKey, line: TracedLine, limit: int) -> tuple[DecidingThread, ...]:
        """Those of the merge request and its issues in which somebody said something."""
        candidates = [
            (key, discussion)
            for key in (merge_request, *(issue for _, issue in self.issues.get(merge_request, ())))
            for discussion in self.threads.get(key, ())
            if spoken(discussion)
        ]
        ranked = rank_threads(line, [self._thread(number, *one) for number, one in enumerate(candidates)])
        return tuple(self._deciding(one, *candidates[one.key]) for one in islice(ranked, limit))

    def _thread(self, number: int, key: ItemKey, discussion: Discussion) -> Thread:
        notes = spoken(discussion)
        place = notes[0].position
        return Thread(
            key=number,
            bodies=tuple(note.body for note in notes),
            created_at=notes[0].created_at,
            of_merge_request=key.kind is EntityKind.MERGE_REQUEST,
            position=None
            if place is None
            else ThreadPosition(
                old_path=place.old_path,
                new_path=place.new_path,
                old_line=place.old_line,
                new_line=place.new_line,
                first_new_line=place.start_new_line,
            ),
            weigh=lambda: weight_of(self.entities[key], discussion) + len(notes) / 100,
        )

    def _deciding(self, ranked: RankedThread, key: ItemKey, discussion: Discussion) -> DecidingThread:
        return DecidingThread(
            reason=ranked.nearness.name.lower(),
            distance=ranked.distance,
            identifiers=ranked.identifiers,
            thread=shown_thread(key, self.entities[key].web_url, discussion),
        )


class FindBackground:
    def __init__(self, *, items: ItemHistories) -> None:
        self._items = items

    def __call__(self, instance: str, merge_requests: Sequence[ItemKey]) -> Background:
        issues = _issues(merge_requests, self._items.references_of(instance, merge_requests)) if merge_requests else {}
        everything = [*merge_requests, *(issue for linked in issues.values() for _, issue in linked)]
        entities = self._items.entities(instance, everything)
        return Background(
            issues={key: tuple(one for one in linked if one[1] in entities) for key, linked in issues.items()},
            entities=entities,
            threads=self._items.threads(instance, everything),
        )


def _issues(
    merge_requests: Sequence[ItemKey], references: Iterable[Reference]
) -> dict[ItemKey, tuple[tuple[str, ItemKey], ...]]:
    """Of each merge request its issues, each once with the strongest relation; those that are closed come first."""
    found: dict[ItemKey, dict[ItemKey, str]] = {key: {} for key in merge_requests}
    for one in sorted(references, key=lambda one: (one.relation not in _CLOSING, one.source, one.target)):
        for here, there in ((one.source, one.target), (one.target, one.source)):
            if here in found and there.kind is EntityKind.ISSUE and one.stored:
                found[here].setdefault(there, "closes" if one.relation in _CLOSING else one.relation)
    return {key: tuple((relation, issue) for issue, relation in of.items()) for key, of in found.items()}
