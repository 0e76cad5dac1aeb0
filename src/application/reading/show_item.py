"""Show one issue or merge request with its threads and all that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from application.ports.item_reader import ItemReader, KnownProject, ReadItem, ReadReference
from application.reading.freshness import MirrorAge, TellFreshness
from application.reading.listed import ListedItem, ListedThread, listed_item, listed_thread
from application.reading.project_choice import ChooseProjects
from domain.entities import (
    Commit,
    DependentRecord,
    Discussion,
    FileChange,
    LabelEvent,
    MilestoneEvent,
    StateEvent,
)
from domain.errors import NotFound
from domain.refs import DependentKind, EntityKind, EntityRef, dependents_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemToShow:
    kind: EntityKind
    iid: int
    project: str | None = None
    require_fresh_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """A change of state, label or milestone."""

    created_at: int
    actor: str | None
    change: str
    """Such as `closed`, `label add bug`, `milestone remove v1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    old_path: str
    new_path: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCommit:
    sha: str
    title: str
    author_name: str
    authored_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    item: ListedItem
    description: str
    threads: tuple[ListedThread, ...]
    events: tuple[ShownEvent, ...]
    references: tuple[ReadReference, ...]
    referenced_by: tuple[ReadReference, ...]
    files: tuple[ShownFile, ...]
    commits: tuple[ShownCommit, ...]
    not_fetched: tuple[DependentKind, ...]
    """Sets that were not fetched yet: what they would show is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAnswer:
    shown: ShownItem
    freshness: MirrorAge


class ShowItem:
    """Raises `NotFound` where the store does not hold the item, with the command that would fetch it."""

    def __init__(self, *, items: ItemReader, choose_projects: ChooseProjects, tell_freshness: TellFreshness) -> None:
        self._items = items
        self._choose_projects = choose_projects
        self._tell_freshness = tell_freshness

    def __call__(self, command: ItemToShow) -> ShowAnswer:
        project = self._choose_projects.one(command.project)
        ref = EntityRef(project.project_id, command.kind, command.iid)
        item = self._items.find(ref)
        option = "--issue" if command.kind is EntityKind.ISSUE else "--mr"
        fetch = f"lore sync {option} {command.iid} -p {project.path}"
        if item is None:
            raise NotFound(
                f"The store holds no {project.path}{command.kind.sigil}{command.iid}.",
                suggestion=f"If GitLab has it, `{fetch}` brings it.",
                actions=(fetch,),
            )
        fetched = self._items.fetched_sets(ref)
        seen = (_as_seen(project, command.kind, fetched),)
        freshness = self._tell_freshness(seen, require_fresh_ms=command.require_fresh_ms, remedy=fetch)
        return ShowAnswer(shown=self._shown(item, fetched), freshness=freshness)

    def _shown(self, item: ReadItem, fetched: Mapping[DependentKind, int]) -> ShownItem:
        sets = {kind: self._items.records(item.ref, kind) for kind in dependents_of(item.ref.kind)}
        threads = _of_type(sets[DependentKind.DISCUSSIONS], Discussion)
        return ShownItem(
            item=listed_item(item),
            description=item.entity.description,
            threads=tuple(listed_thread(item, thread) for thread in threads),
            events=_events(
                sets[DependentKind.STATE_EVENTS], sets[DependentKind.LABEL_EVENTS], sets[DependentKind.MILESTONE_EVENTS]
            ),
            references=tuple(self._items.references_from(item.ref)),
            referenced_by=tuple(self._items.references_to(item.ref)),
            files=tuple(_file(change) for change in _of_type(sets.get(DependentKind.DIFFS, ()), FileChange)),
            commits=tuple(
                ShownCommit(
                    sha=commit.sha, title=commit.title, author_name=commit.author_name, authored_at=commit.authored_at
                )
                for commit in _of_type(sets.get(DependentKind.COMMITS, ()), Commit)
            ),
            not_fetched=tuple(kind for kind in dependents_of(item.ref.kind) if kind not in fetched),
        )


def _as_seen(project: KnownProject, kind: EntityKind, fetched: Mapping[DependentKind, int]) -> KnownProject:
    """The project as one item of it is known: by a sync of all, or by a later fetch of everything of this item."""
    times = [project.synced_at] if project.in_standard_sync and project.synced_at is not None else []
    if all(dependent in fetched for dependent in dependents_of(kind)):
        times.append(min(fetched.values()))
    return replace(project, synced_at=max(times, default=None), in_standard_sync=True)


def _of_type(records: Sequence[DependentRecord], wanted: type[T]) -> tuple[T, ...]:
    return tuple(record for record in records if isinstance(record, wanted))


def _events(*sets: Sequence[DependentRecord]) -> tuple[ShownEvent, ...]:
    events = [event for records in sets for record in records if (event := _event(record)) is not None]
    return tuple(sorted(events, key=lambda event: event.created_at))


def _event(record: DependentRecord) -> ShownEvent | None:
    if isinstance(record, StateEvent):
        change = record.state
    elif isinstance(record, LabelEvent):
        change = f"label {record.action} {record.label or '(deleted)'}"
    elif isinstance(record, MilestoneEvent):
        change = f"milestone {record.action} {record.milestone or '(deleted)'}"
    else:
        return None
    actor = record.user.username if record.user else None
    return ShownEvent(created_at=record.created_at, actor=actor, change=change)


def _file(change: FileChange) -> ShownFile:
    words = {
        "added": change.new_file,
        "deleted": change.deleted_file,
        "renamed": change.renamed_file,
    }
    kind = next((word for word, holds in words.items() if holds), "modified")
    return ShownFile(old_path=change.old_path, new_path=change.new_path, change=kind)
