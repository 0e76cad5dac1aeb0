"""Port `PeopleReader` on a library in memory."""

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from adapters.memory.provenance.library import LibraryItem, MemoryLibrary
from application.ports.people_reader import (
    MOST_NOTES,
    ActiveThread,
    ActsOnItem,
    ExpertiseQuery,
    NoteSeen,
    Part,
    PartsTaken,
    PartTaken,
    ReviewDone,
    ReviewsDone,
)
from domain.acts import REVIEW_REQUEST, Act, in_order
from domain.attention import speaks_to
from domain.entities import Discussion, FileChange, MergeRequest, Note, User
from domain.expertise import NoteBy, TouchingMergeRequest
from domain.refs import EntityKind, ProjectId
from domain.timeline import ItemKey

_PART_ORDER = list(Part)


class MemoryPeopleReader:
    """Port `PeopleReader`."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def users(self, username: str) -> tuple[User, ...]:
        known = {
            (item.project.instance, user.username): user for item in self._library.living() for user in _people(item)
        }
        return tuple(user for (_, name), user in sorted(known.items()) if _same(name, username))

    def similar_usernames(self, username: str, *, limit: int) -> tuple[str, ...]:
        known = sorted({user.username for item in self._library.living() for user in _people(item)})
        for part in (username.lower(), username.lower()[:4]):
            found = [name for name in known if part and part in name.lower()]
            if found:
                return tuple(found[:limit])
        return ()

    def touching(self, query: ExpertiseQuery) -> tuple[TouchingMergeRequest, ...]:
        return tuple(one for project_id in query.project_ids for one in self._touching(query, project_id))

    def parts_taken(
        self, username: str, project_ids: Collection[ProjectId], *, open_only: bool, since: int, limit: int
    ) -> PartsTaken:
        parts = [
            PartTaken(instance=item.project.instance, item=item.key, entity=item.entity, part=part)
            for item in self._library.living(project_ids)
            for part in _parts_of(item, username)
            if item.entity.updated_at >= since and (item.entity.state == "opened" or not open_only)
        ]
        parts.sort(key=lambda one: (-one.entity.updated_at, one.item, _PART_ORDER.index(one.part)))
        totals = Counter[tuple[EntityKind, Part]]()
        taken: list[PartTaken] = []
        for one in parts:
            totals[one.item.kind, one.part] += 1
            if totals[one.item.kind, one.part] <= limit:
                taken.append(one)
        return PartsTaken(totals=dict(totals), parts=tuple(taken))

    def reviews_by(self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int) -> ReviewsDone:
        of_others = [
            item
            for item in self._library.living(project_ids)
            if isinstance(item.entity, MergeRequest) and not _same(item.entity.author.username, username)
        ]
        said = self._seen(of_others, lambda one: _same(one.author, username), since, MOST_NOTES)
        by_item: dict[ItemKey, list[NoteSeen]] = {}
        for note in said:
            by_item.setdefault(note.item, []).append(note)
        reviews = [_review(notes) for notes in by_item.values()]
        reviews.sort(key=lambda one: (-one.last_at, one.item.project_path, -one.item.iid))
        files = Counter(note.path for note in said if note.path is not None)
        return ReviewsDone(total=len(reviews), reviews=tuple(reviews[:limit]), files=dict(files))

    def acts_on(
        self, instance: str, items: Sequence[ItemKey], *, me: str, looked_at: int | None
    ) -> dict[ItemKey, ActsOnItem]:
        return {
            key: ActsOnItem(last=_last_acts(item), new=_new_notes(item, me, looked_at))
            for key, item in self._library.named(instance, items).items()
        }

    def notes_mentioning(
        self, username: str, project_ids: Collection[ProjectId], *, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        def fits(one: NoteSeen) -> bool:
            return not _same(one.author, username) and speaks_to(one.body, username)

        items = list(self._library.living(project_ids))
        described = [_described(item) for item in items]
        found = [
            *self._seen(items, fits, since, limit),
            *(one for one in described if fits(one) and one.created_at >= since),
        ]
        return tuple(sorted(found, key=_newest_first)[:limit])

    def notes_on(
        self, instance: str, items: Sequence[ItemKey], *, without: str, since: int, limit: int
    ) -> tuple[NoteSeen, ...]:
        found = self._library.named(instance, items).values()
        return self._seen(found, lambda one: not _same(one.author, without), since, limit)

    def active_threads(self, project_ids: Collection[ProjectId], *, since: int, limit: int) -> tuple[ActiveThread, ...]:
        found = [
            _active(item, discussion, since)
            for item in self._library.living(project_ids)
            for discussion in item.discussions
            if len([note for note in _spoken(discussion) if note.created_at >= since]) > 1
        ]
        return tuple(sorted(found, key=lambda one: (-one.notes, -one.last_at))[:limit])

    def _seen(
        self,
        items: Collection[LibraryItem] | Iterator[LibraryItem],
        fits: Callable[[NoteSeen], bool],
        since: int,
        limit: int,
    ) -> tuple[NoteSeen, ...]:
        found = [
            one
            for item in items
            for discussion in item.discussions
            for note in _spoken(discussion)
            if fits(one := _seen(item, discussion, note)) and one.created_at >= since
        ]
        return tuple(sorted(found, key=_newest_first)[:limit])

    def _touching(self, query: ExpertiseQuery, project_id: ProjectId) -> Iterator[TouchingMergeRequest]:
        early = [(item, mr) for item, mr in self._library.merge_requests(project_id) if mr.created_at <= query.until]
        newest_first = sorted(early, key=lambda pair: -pair[1].iid)
        on_path = [pair for pair in newest_first if _touches(query, pair[0])][: query.limit]
        yield from (_with_people(item, mr, query, nearby=False) for item, mr in on_path)
        if query.folder is not None:
            beside = [pair for pair in newest_first if pair not in on_path and _is_beside(query.folder, pair[0])]
            yield from (_with_people(item, mr, query, nearby=True) for item, mr in beside[: query.limit])


def _review(notes: Sequence[NoteSeen]) -> ReviewDone:
    return ReviewDone(
        instance=notes[0].instance,
        item=notes[0].item,
        notes=len(notes),
        diff_notes=sum(1 for note in notes if note.path is not None),
        last_at=max(note.created_at for note in notes),
    )


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _people(item: LibraryItem) -> Iterator[User]:
    entity = item.entity
    yield entity.author
    yield from entity.assignees
    if isinstance(entity, MergeRequest):
        yield from entity.reviewers
    yield from (note.author for note in _all_notes(item))


def _parts_of(item: LibraryItem, username: str) -> Iterator[Part]:
    entity = item.entity
    people = {
        Part.AUTHOR: (entity.author,),
        Part.ASSIGNEE: entity.assignees,
        Part.REVIEWER: entity.reviewers if isinstance(entity, MergeRequest) else (),
    }
    yield from (part for part, users in people.items() if any(_same(user.username, username) for user in users))


def _all_notes(item: LibraryItem) -> Iterator[Note]:
    return (note for discussion in item.discussions for note in discussion.notes)


def _last_acts(item: LibraryItem) -> tuple[Act, ...]:
    last: dict[tuple[str, bool], Act] = {}
    requests: list[Act] = []
    for note in sorted(_all_notes(item), key=lambda note: note.created_at):
        act = Act(username=note.author.username, at=note.created_at, spoken=not note.system)
        last[act.username, act.spoken] = act
        if note.system and note.body.startswith(REVIEW_REQUEST):
            requests.append(replace(act, body=note.body))
    return tuple(sorted([*last.values(), *requests], key=in_order))


def _new_notes(item: LibraryItem, me: str, looked_at: int | None) -> int:
    others = (note for note in _all_notes(item) if not note.system and not _same(note.author.username, me))
    return 0 if looked_at is None else sum(1 for note in others if note.created_at > looked_at)


def _spoken(discussion: Discussion) -> list[Note]:
    return [note for note in discussion.notes if not note.system]


def _seen(item: LibraryItem, discussion: Discussion, note: Note) -> NoteSeen:
    return NoteSeen(
        instance=item.project.instance,
        item=item.key,
        item_title=item.entity.title,
        gitlab_discussion_id=discussion.gitlab_id,
        gitlab_note_id=note.gitlab_id,
        author=note.author.username,
        created_at=note.created_at,
        body=note.body,
        web_url=f"{item.entity.web_url}#note_{note.gitlab_id}",
        path=None if note.position is None else note.position.new_path,
    )


def _described(item: LibraryItem) -> NoteSeen:
    return NoteSeen(
        instance=item.project.instance,
        item=item.key,
        item_title=item.entity.title,
        gitlab_discussion_id=None,
        gitlab_note_id=None,
        author=item.entity.author.username,
        created_at=item.entity.created_at,
        body=item.entity.description,
        web_url=item.entity.web_url,
    )


def _newest_first(note: NoteSeen) -> tuple[int, int, ItemKey]:
    return -note.created_at, -(note.gitlab_note_id or 0), note.item


def _active(item: LibraryItem, discussion: Discussion, since: int) -> ActiveThread:
    spoken = _spoken(discussion)
    lately = [note for note in spoken if note.created_at >= since]
    return ActiveThread(
        instance=item.project.instance,
        item=item.key,
        item_title=item.entity.title,
        gitlab_discussion_id=discussion.gitlab_id,
        first_note_id=spoken[0].gitlab_id,
        notes=len(lately),
        participants=tuple(dict.fromkeys(note.author.username for note in lately)),
        last_at=max(note.created_at for note in lately),
        excerpt=spoken[0].body,
        web_url=f"{item.entity.web_url}#note_{spoken[0].gitlab_id}",
    )


def _paths(item: LibraryItem) -> set[str]:
    return {path for change in item.of_type(FileChange) for path in (change.old_path, change.new_path)}


def _fits(query: ExpertiseQuery, paths: set[str]) -> bool:
    if query.below is not None:
        return any(not query.below or path.startswith(f"{query.below}/") for path in paths)
    return not paths.isdisjoint(query.paths)


def _touches(query: ExpertiseQuery, item: LibraryItem) -> bool:
    return _fits(query, _paths(item))


def _is_beside(folder: str, item: LibraryItem) -> bool:
    return any(posixpath.dirname(path) == folder for path in _paths(item))


def _with_people(item: LibraryItem, mr: MergeRequest, query: ExpertiseQuery, *, nearby: bool) -> TouchingMergeRequest:
    here: list[NoteBy] = []
    further: list[NoteBy] = []
    spoken = (note for discussion in item.discussions for note in _spoken(discussion))
    for note in sorted(spoken, key=lambda note: (note.created_at, note.gitlab_id)):
        if query.since <= note.created_at <= query.until:
            is_here = _is_here(note, query, nearby=nearby)
            (here if is_here else further).append(NoteBy(note.author.username, note.created_at))
    return TouchingMergeRequest(
        iid=mr.iid,
        author=mr.author.username,
        created_at=mr.created_at,
        merged_at=mr.merged_at if mr.state == "merged" else None,
        closed_at=mr.closed_at if mr.state == "closed" else None,
        reviewers=tuple(user.username for user in mr.reviewers),
        path_notes=tuple(here),
        further_notes=tuple(further),
        nearby=nearby,
    )


def _is_here(note: Note, query: ExpertiseQuery, *, nearby: bool) -> bool:
    if note.position is None:
        return False
    paths = {path for path in (note.position.old_path, note.position.new_path) if path is not None}
    return bool(paths) if nearby else _fits(query, paths)
