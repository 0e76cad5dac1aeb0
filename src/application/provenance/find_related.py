"""What resembles an issue or a merge request (spec/provenance.md, related)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from application.ports.item_histories import ItemHistories
from application.ports.project_places import ProjectPlace
from application.ports.relatives import Meanings, Relatives
from application.provenance.shown import ShownItem, shown_item
from application.provenance.stored_item import item_not_found
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.entities import Entity
from domain.refs import EntityKind
from domain.related import RelatedItem, Resemblance, Sign, by_references, by_shared_names, rank_related
from domain.timeline import ItemKey, expand

_REACH = 2
_MOST_REACHED = 200
_MOST_SHARING = 50
_MOST_PATHS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTo:
    kind: EntityKind
    iid: int
    asked: Asked
    limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReason:
    sign: Sign
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRelated:
    score: float
    reasons: tuple[ShownReason, ...]
    item: ShownItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """`signs` are those that were looked at; without vectors, meaning is not among them."""

    related: tuple[ShownRelated, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedAnswer:
    related: tuple[ShownRelated, ...]
    signs: tuple[Sign, ...]
    freshness: MirrorAge


class FindRelated:
    """Raises `NotFound` where the store does not hold the item."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        items: ItemHistories,
        relatives: Relatives,
        meanings: Meanings,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._items = items
        self._relatives = relatives
        self._meanings = meanings

    def __call__(self, command: RelatedTo) -> RelatedAnswer:
        project = self._find_whereabouts.project(command.asked)
        key = ItemKey(project.path, command.kind, command.iid)
        entity = self._items.entities(project.instance, [key]).get(key)
        if entity is None:
            raise item_not_found(project, key)
        found = self.of(project, key, entity, command.limit)
        freshness = self._find_whereabouts.age((project,), command.asked.require_fresh_ms)
        return RelatedAnswer(related=found.related, signs=found.signs, freshness=freshness)

    def of(self, project: ProjectPlace, key: ItemKey, entity: Entity, limit: int) -> Relations:
        references_of = partial(self._items.references_of, project.instance)
        reached = expand([key], references_of, depth=_REACH, max_items=_MOST_REACHED)
        near = [one.item for one in reached.reached if one.depth == 1]
        touching = [key] if key.kind is EntityKind.MERGE_REQUEST else near
        meaning = self._by_meaning(project, key)
        found = [
            *by_references(reached),
            *meaning,
            *self._by_labels(project, entity),
            *self._by_paths(project, touching),
        ]
        ranked = rank_related(found, without=key, limit=limit)
        held = self._items.entities(project.instance, [one.item for one in ranked])
        return Relations(
            related=tuple(_shown(one, held[one.item]) for one in ranked if one.item in held),
            signs=tuple(sign for sign in Sign if sign is not Sign.MEANING or meaning),
        )

    def _by_meaning(self, project: ProjectPlace, key: ItemKey) -> list[Resemblance]:
        nearest = self._meanings.nearest(project.instance, key, limit=_MOST_SHARING)
        return [
            Resemblance(item=item, sign=Sign.MEANING, strength=similarity, detail=f"similarity {similarity:.2f}")
            for item, similarity in nearest
        ]

    def _by_labels(self, project: ProjectPlace, entity: Entity) -> list[Resemblance]:
        shared = self._relatives.sharing_labels(project.project_id, entity.labels, limit=_MOST_SHARING)
        return by_shared_names(Sign.LABELS, shared.sharing, shared.used, shared.total)

    def _by_paths(self, project: ProjectPlace, touching: Sequence[ItemKey]) -> list[Resemblance]:
        """By the files of the merge request itself, or of those that an issue is tied to."""
        iids = [
            item.iid for item in touching if item.kind is EntityKind.MERGE_REQUEST and item.project_path == project.path
        ]
        paths = self._relatives.paths_of(project.project_id, iids)[:_MOST_PATHS]
        shared = self._relatives.sharing_paths(project.project_id, paths, limit=_MOST_SHARING)
        return by_shared_names(Sign.PATHS, shared.sharing, shared.used, shared.total)


def _shown(one: RelatedItem, entity: Entity) -> ShownRelated:
    return ShownRelated(
        score=round(one.score, 6),
        reasons=tuple(ShownReason(sign=reason.sign, detail=reason.detail) for reason in one.reasons),
        item=shown_item(one.item, entity),
    )
