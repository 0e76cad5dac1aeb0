"""The times during which a name stood for one file: from a creation or rename to a deletion or rename away."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from domain.path_changes import ChangeKind, PathChange


class _Role(IntEnum):
    """What a change means to one name, in the order in which one merge request does it."""

    GIVES_UP = 0
    KEEPS = 1
    TAKES = 2


_GIVES_UP, _KEEPS, _TAKES = _Role
_ADDED, _DELETED, _RENAMED = ChangeKind.ADDED, ChangeKind.DELETED, ChangeKind.RENAMED
"""By names of their own: Python 3.11 needs 0.2 us to look a member up, and a history has thousands of changes."""


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """One file under one name. `since` and `until` are None where no merge request tells beginning or end."""

    path: str
    since: PathChange | None
    until: PathChange | None
    changes: tuple[PathChange, ...]

    @cached_property
    def renames(self) -> tuple[PathChange, ...]:
        """The renames that joined this name to another one, oldest first."""
        return tuple(change for change in self.changes if change.kind is _RENAMED and change.counts)


@dataclass(slots=True)
class _Draft:
    since: PathChange | None
    until: PathChange | None = None
    changes: list[PathChange] = field(default_factory=list)

    @property
    def begins_at(self) -> int:
        """When the name is first known to have stood for this file."""
        return self.changes[0].at

    def overlaps(self, change: PathChange) -> bool:
        """Whether the merge request was already there when this tenure began: it worked on the same file."""
        return change.created_at < self.begins_at

    def is_late(self, change: PathChange) -> bool:
        """Whether the merge request was there before the name was given up, and was merged after it."""
        return self.until is not None and change.created_at < self.until.at


def tenures_of(path: str, changes: Iterable[PathChange]) -> tuple[Tenure, ...]:
    """Sort the changes that name `path` into the files it stood for, oldest tenure first."""
    own = [change for change in dict.fromkeys(changes) if path in (change.old_path, change.new_path)]
    drafts: list[_Draft] = []
    for change, role in _in_order(path, [change for change in own if change.counts]):
        _place(drafts, change, role)
    begins = [draft.begins_at for draft in drafts]
    if own and not drafts:
        drafts.append(_Draft(since=None))
    for change, role in _in_order(path, [change for change in own if not change.counts]):
        _file(drafts, begins, change, role)
    return tuple(_finished(path, draft) for draft in drafts)


def _in_order(path: str, changes: Iterable[PathChange]) -> Iterator[tuple[PathChange, _Role]]:
    """The oldest first; what one merge request did to the name in the order of the roles."""
    keyed = [(change.at, change.mr_iid, _role(change, path), change) for change in changes]
    return ((change, role) for _, _, role, change in sorted(keyed))


def _role(change: PathChange, path: str) -> _Role:
    if change.kind is _DELETED or change.new_path != path:
        return _GIVES_UP
    if change.kind is _ADDED or change.old_path != path:
        return _TAKES
    return _KEEPS


def _place(drafts: list[_Draft], change: PathChange, role: _Role) -> None:
    """File a change of the mainline; they come oldest first."""
    current = drafts[-1] if drafts else None
    if current is None or _begins_anew(current, change, role):
        current = _Draft(since=change if role is _TAKES else None)
        drafts.append(current)
    current.changes.append(change)
    if role is _GIVES_UP and current.until is None:
        current.until = change


def _begins_anew(current: _Draft, change: PathChange, role: _Role) -> bool:
    if role is _TAKES:
        return current.until is not None or not _takes_alike(current, change)
    return current.until is not None and not current.is_late(change)


def _takes_alike(current: _Draft, change: PathChange) -> bool:
    """Whether two merge requests that were open together brought the same file to this name."""
    same_source = change.kind is _ADDED or (current.since is not None and current.since.old_path == change.old_path)
    return same_source and current.overlaps(change)


def _file(drafts: Sequence[_Draft], begins: Sequence[int], change: PathChange, role: _Role) -> None:
    """File a change that never reached the mainline under the tenure of its time, before all under the first."""
    begun = bisect_right(begins, change.at)
    latest = drafts[max(begun - 1, 0)]
    ended = latest.until is not None and latest.until.at <= change.at
    follows = begun if ended and role is _TAKES and begun < len(drafts) else max(begun - 1, 0)
    drafts[follows].changes.append(change)


def _finished(path: str, draft: _Draft) -> Tenure:
    return Tenure(path=path, since=draft.since, until=draft.until, changes=tuple(draft.changes))
