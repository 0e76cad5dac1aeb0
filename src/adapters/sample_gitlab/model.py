"""What the sample GitLab holds: projects with their issues, merge requests, threads, events and diffs."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.times import microseconds

ItemKind = Literal["Issue", "MergeRequest"]
RenderKey = tuple[str, str]
SortKey = tuple[int | str, int]


@dataclass(slots=True, eq=False)
class Note:
    """One note; a hidden one is left out of its page after the paging, as GitLab does it."""

    row: Row
    hidden: bool = False
    rendered: dict[RenderKey, bytes] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Discussion:
    id: str
    individual_note: bool
    notes: list[Note]

    @property
    def readable(self) -> list[Note]:
        return [note for note in self.notes if not note.hidden]


@dataclass(slots=True, eq=False)
class Link:
    """Two issues that were linked; `kind` is how the target looks from the source."""

    id: int
    source: "Issue"
    target: "Issue"
    kind: Literal["relates_to", "blocks"]
    created_at: str


@dataclass(slots=True, eq=False)
class Item:
    """What issues and merge requests have in common. `row` is the answer of the single GET."""

    project: "Project"
    row: Row
    updated_us: int
    created_us: int
    readable: bool = True
    discussions: list[Discussion] = field(default_factory=list)
    state_events: list[Row] = field(default_factory=list)
    label_events: list[Row] = field(default_factory=list)
    milestone_events: list[Row] = field(default_factory=list)
    awards: list[Row] = field(default_factory=list)
    rendered: dict[RenderKey, bytes] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def iid(self) -> int:
        return int(self.row["iid"])

    @property
    def reference(self) -> str:
        return str(self.row["references"]["full"])

    @property
    def notes(self) -> Iterator[Note]:
        """Every note of every thread, hidden ones too, thread by thread."""
        return (note for discussion in self.discussions for note in discussion.notes)

    def sort_key(self, column: str) -> SortKey:
        if column == "updated_at":
            return self.updated_us, self.id
        if column == "created_at":
            return self.created_us, self.id
        if column == "title":
            return str(self.row["title"]).lower(), self.id
        return self.id, self.id


@dataclass(slots=True, eq=False)
class Issue(Item):
    links: list[Link] = field(default_factory=list)
    status: Row | None = None


@dataclass(slots=True, eq=False)
class MergeRequest(Item):
    diffs: list[Row] = field(default_factory=list)
    commits: list[Row] = field(default_factory=list)
    closes: list[tuple[str, int]] = field(default_factory=list)
    """Project path and iid of each issue that GitLab would close on the merge."""
    versions: list[Row] = field(default_factory=list)
    approved_by: list[Row] = field(default_factory=list)


ITEM_KIND: dict[type[Item], ItemKind] = {Issue: "Issue", MergeRequest: "MergeRequest"}


@dataclass(slots=True)
class Order:
    """The items of a project by one column, ascending, ties by id."""

    keys: list[SortKey]
    items: list[Item]
    open_to_all: bool
    """Nothing in it is hidden from anybody who sees the project."""

    def between(self, after_us: int | None, before_us: int | None) -> list[Item]:
        """Both ends inclusive, as `updated_after` and `updated_before` are."""
        low = 0 if after_us is None else bisect_left(self.keys, (after_us,))
        high = len(self.keys) if before_us is None else bisect_left(self.keys, (before_us + 1,))
        return self.items[low:high]


@dataclass(slots=True, eq=False)
class Group:
    row: Row

    @property
    def path(self) -> str:
        return str(self.row["full_path"])


@dataclass(slots=True, eq=False)
class Project:
    """A project; its contents may be read only when they are first asked for."""

    row: Row
    visible: bool = True
    load: Callable[["Project"], None] | None = None
    labels: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    _issues: dict[int, Issue] = field(default_factory=dict)
    _merge_requests: dict[int, MergeRequest] = field(default_factory=dict)
    _orders: dict[tuple[type[Item], str], Order] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def path(self) -> str:
        return str(self.row["path_with_namespace"])

    @property
    def issues(self) -> dict[int, Issue]:
        self.ensure_loaded()
        return self._issues

    @property
    def merge_requests(self) -> dict[int, MergeRequest]:
        self.ensure_loaded()
        return self._merge_requests

    def ensure_loaded(self) -> None:
        load, self.load = self.load, None
        if load is not None:
            load(self)

    def items(self, kind: type[Item]) -> Iterator[Item]:
        return iter(self.issues.values() if kind is Issue else self.merge_requests.values())

    def order(self, kind: type[Item], column: str) -> Order:
        found = self._orders.get((kind, column))
        if found is None:
            items = sorted(self.items(kind), key=lambda item: item.sort_key(column))
            open_to_all = all(item.readable and not item.row.get("confidential") for item in items)
            found = Order([item.sort_key(column) for item in items], items, open_to_all)
            self._orders[kind, column] = found
        return found

    def reordered(self) -> None:
        """To be called after any change of a time, a title or the set of items."""
        self._orders.clear()

    def take_issue(self, row: Row) -> Issue:
        updated, created = _times(row)
        issue = self._issues[row["iid"]] = Issue(self, row, updated, created)
        self.reordered()
        return issue

    def take_merge_request(self, row: Row) -> MergeRequest:
        updated, created = _times(row)
        merge_request = self._merge_requests[row["iid"]] = MergeRequest(self, row, updated, created)
        self.reordered()
        return merge_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A personal access token; `expired` and `revoked` ones are known and refused."""

    text: str
    username: str
    name: str = "lore"
    scopes: tuple[str, ...] = ("read_api",)
    expired: bool = False
    revoked: bool = False

    def __repr__(self) -> str:
        return f"Token({self.name!r} of {self.username!r})"


def _times(row: Row) -> tuple[int, int]:
    return microseconds(row["updated_at"]), microseconds(row["created_at"])
