"""Where the discussion of an item left its description (spec/provenance.md, drift)."""

from dataclasses import dataclass

from application.ports.item_histories import ItemHistories, ItemRecord
from application.ports.relatives import Meanings, ThreadMeaning
from application.provenance.shown import EXCERPT, spoken
from application.provenance.stored_item import stored_item
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.drift import DriftPoint, drift
from domain.entities import Discussion, Note
from domain.errors import EmbedderUnavailable
from domain.excerpts import one_line
from domain.refs import EntityKind
from domain.timeline import ItemKey

THRESHOLD = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOf:
    kind: EntityKind
    iid: int
    asked: Asked
    threshold: float = THRESHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftingNote:
    """`similarity` to the description, from -1 to 1, smoothed over the notes before it."""

    project_path: str
    noteable_type: str
    parent_iid: int
    gitlab_discussion_id: str
    gitlab_note_id: int
    author: str
    created_at: int
    similarity: float
    drifted: bool
    excerpt: str
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftAnswer:
    notes: tuple[DriftingNote, ...]
    threshold: float
    freshness: MirrorAge


class FindDrift:
    """Raises `NotFound` where the store does not hold the item, `EmbedderUnavailable` where it has no vectors of it."""

    def __init__(self, *, find_whereabouts: FindWhereabouts, items: ItemHistories, meanings: Meanings) -> None:
        self._find_whereabouts = find_whereabouts
        self._items = items
        self._meanings = meanings

    def __call__(self, command: DriftOf) -> DriftAnswer:
        project = self._find_whereabouts.project(command.asked)
        key = ItemKey(project.path, command.kind, command.iid)
        record = stored_item(self._items, project, key)
        meaning = self._meanings.of_threads(project.instance, key)
        if meaning is None:
            raise EmbedderUnavailable(
                f"Drift is measured with vectors; there are none of {key.project_path}{key.kind.sigil}{key.iid}.",
                suggestion="Choose an embedder in [embedding] and run `lore embed`.",
                actions=("lore embed",),
            )
        freshness = self._find_whereabouts.age((project,), command.asked.require_fresh_ms)
        return DriftAnswer(
            notes=_notes(record, meaning, command.threshold), threshold=command.threshold, freshness=freshness
        )


def _notes(record: ItemRecord, meaning: ThreadMeaning, threshold: float) -> tuple[DriftingNote, ...]:
    places = {note.gitlab_id: (discussion, note) for discussion in record.discussions for note in spoken(discussion)}
    points = drift(meaning.description, meaning.notes, threshold=threshold)
    return tuple(
        _note(record, point, *places[point.note_gitlab_id]) for point in points if point.note_gitlab_id in places
    )


def _note(record: ItemRecord, point: DriftPoint, discussion: Discussion, note: Note) -> DriftingNote:
    return DriftingNote(
        project_path=record.key.project_path,
        noteable_type=record.key.kind.noteable_type,
        parent_iid=record.key.iid,
        gitlab_discussion_id=discussion.gitlab_id,
        gitlab_note_id=note.gitlab_id,
        author=note.author.username,
        created_at=note.created_at,
        similarity=round(point.similarity, 4),
        drifted=point.drifted,
        excerpt=one_line(note.body, EXCERPT),
        web_url=f"{record.entity.web_url}#note_{note.gitlab_id}",
    )
