"""Ports `Relatives` and `Meanings` in memory."""

from collections.abc import Callable, Collection, Iterable, Mapping

from adapters.memory.provenance.library import LibraryItem, MemoryLibrary
from application.ports.relatives import COMMON, Shared, ThreadMeaning
from domain.drift import cosine
from domain.entities import FileChange
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey


class MemoryRelatives:
    """Port `Relatives`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def sharing_labels(self, project_id: ProjectId, labels: Collection[str], *, limit: int) -> Shared:
        items = sorted(
            self._library.living((project_id,)), key=lambda item: (-item.entity.updated_at, -item.entity.iid)
        )
        found = _sharing(items, labels, lambda item: item.entity.labels)
        sharing = {
            name: tuple(key for kind in EntityKind for key in [key for key in keys if key.kind is kind][:limit])
            for name, keys in found.items()
        }
        return Shared(
            sharing=sharing,
            used={name: len(keys) for name, keys in found.items()},
            total=self._total(project_id, tuple(EntityKind)),
        )

    def paths_of(self, project_id: ProjectId, iids: Collection[int]) -> tuple[str, ...]:
        found = [
            change.new_path
            for item, mr in self._library.merge_requests(project_id)
            for change in item.of_type(FileChange)
            if mr.iid in iids
        ]
        return tuple(sorted(set(found)))

    def sharing_paths(self, project_id: ProjectId, paths: Collection[str], *, limit: int) -> Shared:
        items = [item for item, _ in self._library.merge_requests(project_id)]
        items.sort(key=lambda item: -item.entity.iid)
        found = _sharing(items, paths, lambda item: [change.new_path for change in item.of_type(FileChange)])
        return Shared(
            sharing={name: tuple(keys[:limit]) for name, keys in found.items()},
            used={name: len(keys) for name, keys in found.items()},
            total=self._total(project_id, (EntityKind.MERGE_REQUEST,)),
        )

    def _total(self, project_id: ProjectId, kinds: Collection[EntityKind]) -> int:
        return sum(1 for ref in self._library.items if ref.project_id == project_id and ref.kind in kinds)


def _sharing(
    items: Iterable[LibraryItem], names: Collection[str], names_of: Callable[[LibraryItem], Collection[str]]
) -> dict[str, list[ItemKey]]:
    found: dict[str, list[ItemKey]] = {}
    for item in items:
        for name in sorted(set(names_of(item)) & set(names)):
            found.setdefault(name, []).append(item.key)
    return {name: keys for name, keys in found.items() if len(keys) < COMMON}


class MemoryMeanings:
    """Port `Meanings`: the vectors that it is given; none at all is a store without an embedder."""

    def __init__(self, known: Mapping[ItemKey, ThreadMeaning] | None = None) -> None:
        self._known = dict(known or {})

    def of_threads(self, instance: str, item: ItemKey) -> ThreadMeaning | None:
        return self._known.get(item) if instance else None

    def nearest(self, instance: str, item: ItemKey, *, limit: int) -> tuple[tuple[ItemKey, float], ...]:
        own = self.of_threads(instance, item)
        if own is None:
            return ()
        others = [
            (key, cosine(own.description, meaning.description)) for key, meaning in self._known.items() if key != item
        ]
        return tuple(sorted(others, key=lambda pair: (-pair[1], pair[0]))[:limit])
