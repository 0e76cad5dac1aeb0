"""Ports `ProjectPlaces`, `PathReader`, `CommitReader` and `ItemHistories` on a library in memory."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from adapters.memory.provenance.library import LibraryItem, MemoryLibrary
from application.ports.item_histories import ItemRecord
from application.ports.path_reader import DiffCoverage, ItemThread, NewestChanges, StoredDiff
from application.ports.project_places import ProjectPlace
from domain.attribution import Candidate, ShaMatch, ShaRole
from domain.blame import CommitFacts
from domain.commit_messages import NamedMergeRequest
from domain.diff_lines import adds_line
from domain.entities import (
    Commit,
    Discussion,
    Entity,
    FileChange,
    LabelEvent,
    MergeRequest,
    MilestoneEvent,
    StateEvent,
)
from domain.path_changes import PathChange, change_kind, is_mainline
from domain.refs import DependentKind, ProjectId
from domain.timeline import ItemKey, Reference

_FULL_LENGTH = 40


class MemoryProjectPlaces:
    """Port `ProjectPlaces`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def all(self) -> tuple[ProjectPlace, ...]:
        return tuple(sorted(self._library.projects.values(), key=lambda place: (place.path, place.instance)))


class MemoryPathReader:
    """Port `PathReader`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def changes_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        wanted = set(paths)
        return tuple(one for one in self._changes(project_id) if {one.old_path, one.new_path} & wanted)

    def outline_of(self, project_id: ProjectId, paths: Sequence[str]) -> tuple[PathChange, ...]:
        return self.changes_of(project_id, paths)

    def newest_of(self, project_id: ProjectId, paths: Sequence[str], *, merged_only: bool, limit: int) -> NewestChanges:
        return _newest(self.changes_of(project_id, paths), merged_only=merged_only, limit=limit)

    def newest_below(self, project_id: ProjectId, folder: str, *, merged_only: bool, limit: int) -> NewestChanges:
        prefix = f"{folder}/" if folder else ""
        below = [
            one
            for one in self._changes(project_id)
            if one.old_path.startswith(prefix) or one.new_path.startswith(prefix)
        ]
        return _newest(below, merged_only=merged_only, limit=limit)

    def similar_paths(self, project_id: ProjectId, path: str, *, limit: int) -> tuple[str, ...]:
        name = path.rstrip("/").rpartition("/")[2].lower()
        known = sorted({one.new_path for one in self._changes(project_id)})
        alike = [one for one in known if one.rpartition("/")[2].lower() == name]
        return tuple((alike or [one for one in known if name in one.lower()])[:limit])

    def coverage(self, project_id: ProjectId) -> DiffCoverage:
        items = [item for item, _ in self._library.merge_requests(project_id)]
        fetched = [item for item in items if DependentKind.DIFFS in item.synced]
        return DiffCoverage(merge_requests=len(items), with_diffs=len(fetched))

    def first_opened_at(self, project_id: ProjectId) -> int | None:
        items = [item for item, _ in self._library.merge_requests(project_id)]
        return min(items, key=lambda item: item.entity.iid).entity.created_at if items else None

    def diffs(self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]) -> tuple[StoredDiff, ...]:
        found = [
            StoredDiff(mr_iid=mr.iid, old_path=change.old_path, new_path=change.new_path, diff=change.diff)
            for item, mr in self._library.merge_requests(project_id)
            for change in item.of_type(FileChange)
            if mr.iid in iids and not {change.old_path, change.new_path}.isdisjoint(paths)
        ]
        return tuple(sorted(found, key=lambda one: (one.mr_iid, one.new_path, one.old_path)))

    def threads_on(
        self, project_id: ProjectId, iids: Collection[int], paths: Collection[str]
    ) -> tuple[ItemThread, ...]:
        found = [
            ItemThread(item=item.key, discussion=discussion)
            for item, mr in self._library.merge_requests(project_id)
            for discussion in item.discussions
            if mr.iid in iids and any(_stands_on(discussion, path) for path in paths)
        ]
        return tuple(sorted(found, key=lambda one: min(note.created_at for note in one.discussion.notes)))

    def _changes(self, project_id: ProjectId) -> Iterator[PathChange]:
        for item, mr in self._library.merge_requests(project_id):
            for change in item.of_type(FileChange):
                yield _path_change(item.project, mr, change)


def _newest(changes: Iterable[PathChange], *, merged_only: bool, limit: int) -> NewestChanges:
    fitting = [one for one in changes if one.counts or not merged_only]
    newest = sorted({(one.at, one.mr_iid) for one in fitting}, reverse=True)
    kept = {iid for _, iid in newest[:limit]}
    return NewestChanges(merge_requests=len(newest), changes=tuple(one for one in fitting if one.mr_iid in kept))


def _stands_on(discussion: Discussion, path: str) -> bool:
    places = (note.position for note in discussion.notes if note.position is not None)
    return any(path in {place.old_path, place.new_path} for place in places)


def _path_change(project: ProjectPlace, mr: MergeRequest, change: FileChange) -> PathChange:
    return PathChange(
        mr_iid=mr.iid,
        old_path=change.old_path,
        new_path=change.new_path,
        kind=change_kind(
            old_path=change.old_path,
            new_path=change.new_path,
            new_file=change.new_file,
            deleted_file=change.deleted_file,
        ),
        created_at=mr.created_at,
        merged_at=mr.merged_at if mr.state == "merged" else None,
        into_mainline=is_mainline(mr.target_branch, project.default_branch),
    )


class MemoryCommitReader:
    """Port `CommitReader`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def matches(self, project_id: ProjectId, shas: Sequence[str]) -> tuple[ShaMatch, ...]:
        return tuple(
            dict.fromkeys(
                ShaMatch(sha=held, role=role, candidate=_candidate(item, mr))
                for sha in shas
                for item, mr in self._library.merge_requests(project_id)
                for held, role in _shas(item, mr)
                if held == sha or (len(sha) < _FULL_LENGTH and held.startswith(sha))
            )
        )

    def candidates(self, instance: str, named: Collection[NamedMergeRequest]) -> tuple[Candidate, ...]:
        places = self._library.places_of(instance)
        wanted = {(places[one.project_path].path, one.iid) for one in named if one.project_path in places}
        return tuple(
            _candidate(item, item.entity)
            for item in self._library.living()
            if isinstance(item.entity, MergeRequest)
            and item.project.instance == instance
            and (item.project.path, item.entity.iid) in wanted
        )

    def rewritten(self, project_id: ProjectId, paths: Sequence[str], commit: CommitFacts) -> tuple[Candidate, ...]:
        sought = (commit.subject, commit.author_name, commit.authored_at)
        return tuple(
            _candidate(item, mr)
            for item, mr in self._touching(project_id, paths)
            if any((one.title, one.author_name, one.authored_at) == sought for one in item.of_type(Commit))
        )

    def adding(
        self, project_id: ProjectId, paths: Sequence[str], text: str, *, merged_since: int, limit: int
    ) -> tuple[Candidate, ...]:
        merged = [
            (mr.merged_at, mr.iid, change.diff, _candidate(item, mr))
            for item, mr in self._touching(project_id, paths)
            for change in item.of_type(FileChange)
            if mr.state == "merged"
            and mr.merged_at is not None
            and mr.merged_at >= merged_since
            and not {change.old_path, change.new_path}.isdisjoint(paths)
        ]
        looked_at = sorted(merged, key=lambda one: one[:2])[:limit]
        found = {candidate for _, _, diff, candidate in looked_at if adds_line(diff, text)}
        return tuple(sorted(found, key=lambda one: one.iid))

    def _touching(self, project_id: ProjectId, paths: Sequence[str]) -> Iterator[tuple[LibraryItem, MergeRequest]]:
        for item, mr in self._library.merge_requests(project_id):
            names = {path for change in item.of_type(FileChange) for path in (change.old_path, change.new_path)}
            if not names.isdisjoint(paths):
                yield item, mr


def _shas(item: LibraryItem, mr: MergeRequest) -> Iterator[tuple[str, ShaRole]]:
    own = ((mr.merge_commit_sha, ShaRole.MERGE), (mr.squash_commit_sha, ShaRole.SQUASH), (mr.sha, ShaRole.COMMIT))
    yield from ((sha, role) for sha, role in own if sha is not None)
    yield from ((commit.sha, ShaRole.COMMIT) for commit in item.of_type(Commit))


def _candidate(item: LibraryItem, mr: MergeRequest) -> Candidate:
    return Candidate(
        project_path=item.project.path,
        iid=mr.iid,
        created_at=mr.created_at,
        merged_at=mr.merged_at if mr.state == "merged" else None,
    )


class MemoryItemHistories:
    """Port `ItemHistories`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def entities(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, Entity]:
        return {key: item.entity for key, item in self._library.named(instance, keys).items()}

    def threads(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, tuple[Discussion, ...]]:
        return {key: item.discussions for key, item in self._library.named(instance, keys).items()}

    def records(self, instance: str, keys: Collection[ItemKey]) -> dict[ItemKey, ItemRecord]:
        return {key: self._record(instance, item) for key, item in self._library.named(instance, keys).items()}

    def references_of(self, instance: str, keys: Sequence[ItemKey]) -> tuple[Reference, ...]:
        wanted = set(self._library.named(instance, keys))
        return tuple(
            dict.fromkeys(one for one in self._library.references(instance) if {one.source, one.target} & wanted)
        )

    def _record(self, instance: str, item: LibraryItem) -> ItemRecord:
        states = sorted(item.of_type(StateEvent), key=lambda event: (event.created_at, event.gitlab_id))
        numbers = dict.fromkeys(event.source_merge_request_gitlab_id for event in states)
        behind = ((number, self._library.behind(instance, number)) for number in numbers if number is not None)
        return ItemRecord(
            key=item.key,
            entity=item.entity,
            discussions=item.discussions,
            state_events=tuple(states),
            label_events=tuple(sorted(item.of_type(LabelEvent), key=lambda one: (one.created_at, one.gitlab_id))),
            milestone_events=tuple(
                sorted(item.of_type(MilestoneEvent), key=lambda one: (one.created_at, one.gitlab_id))
            ),
            closing_merge_requests=tuple((number, key) for number, key in behind if key is not None),
            synced=item.synced,
        )
