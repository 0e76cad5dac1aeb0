"""How a list ordered by `updated_at` is read while its rows change (sync.md rule 2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from domain.errors import MalformedPayload

MAX_PAGES_OF_ONE_ANCHOR = 10_000
"""A million rows with one timestamp; a server that asks for more is going in circles."""
MAX_PASSES_OVER_TIES = 1_000
"""Every pass but two sees a row leave that never comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row of a page, as far as the walk cares."""

    gitlab_id: int
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPosition:
    """Where to read next. `updated_after` None means from the beginning of time."""

    updated_after: int | None = None
    page: int = 1
    keyset_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWalk:
    """A walk through one list.

    Offset pages skip rows while data changes, so after each page the list is anchored anew at the last `updated_at`
    and page 1 is read again. Rows that share one timestamp cannot be left that way: their pages are stepped through
    by number, and read again from page 1 until two passes running show the same: a row that leaves after it was read
    shifts others past the page that is read next, and is missing in the pass after. That nothing is new tells less, for
    the same row may have been skipped twice. With keyset paging the server does it.
    """

    position: ListPosition
    seen: frozenset[Seen] = field(default_factory=frozenset)
    """Rows at or after the anchor that were delivered before."""
    this_pass: frozenset[Seen] = frozenset()
    """Ties that were delivered since page 1 was read last."""
    last_pass: frozenset[Seen] = frozenset()
    passes: int = 1
    previous_page: tuple[Seen, ...] = ()

    @classmethod
    def start(cls, updated_after: int | None) -> "ListWalk":
        return cls(position=ListPosition(updated_after=updated_after))

    def new(self, rows: Iterable[Seen]) -> frozenset[Seen]:
        """The rows that were not delivered before in this walk."""
        return frozenset(rows) - self.seen

    def after(self, rows: tuple[Seen, ...], *, has_next: bool, keyset_cursor: str | None) -> "ListWalk | None":
        """The walk after this page, or None at the end. Raises `MalformedPayload` where paging goes in circles."""
        if keyset_cursor is not None:
            if keyset_cursor == self.position.keyset_cursor:
                raise MalformedPayload("GitLab's list paging goes in circles: the next page is the same page.")
            return replace(self, position=replace(self.position, keyset_cursor=keyset_cursor))
        if not has_next:
            return self._past_ties(rows)
        if rows and rows == self.previous_page:
            raise MalformedPayload("GitLab's list paging goes in circles: two pages running are the same.")
        last = max((row.updated_at for row in rows), default=None)
        if last is None or last <= (self.position.updated_after or 0):
            return self._step(rows)
        return self._past_ties(rows) or self._anchored_at(last, rows)

    def _anchored_at(self, last: int, rows: tuple[Seen, ...]) -> "ListWalk":
        kept = frozenset(row for row in self.seen.union(rows) if row.updated_at >= last)
        return ListWalk(position=ListPosition(updated_after=last), seen=kept)

    def _step(self, rows: tuple[Seen, ...]) -> "ListWalk":
        if self.position.page >= MAX_PAGES_OF_ONE_ANCHOR:
            raise MalformedPayload("GitLab's list paging does not come to an end.")
        return replace(
            self,
            position=replace(self.position, page=self.position.page + 1),
            seen=self.seen.union(rows),
            this_pass=self._ties_with(rows),
            previous_page=rows,
        )

    def _past_ties(self, rows: tuple[Seen, ...]) -> "ListWalk | None":
        """Another pass over several pages of ties, or on behind them; None where there were none.

        The page that ended the ties may have left out rows behind them too, so it is no place to go on from.
        """
        ties = self._ties_with(rows)
        if self.position.page == 1 or self.position.keyset_cursor is not None or not (ties or self.last_pass):
            return None
        if ties == self.last_pass:
            return self._anchored_at((self.position.updated_after or 0) + 1, rows)
        if self.passes >= MAX_PASSES_OVER_TIES:
            raise MalformedPayload("GitLab's list paging does not come to an end.")
        return ListWalk(
            position=ListPosition(updated_after=self.position.updated_after),
            seen=self.seen.union(rows),
            last_pass=ties,
            passes=self.passes + 1,
        )

    def _ties_with(self, rows: tuple[Seen, ...]) -> frozenset[Seen]:
        return self.this_pass.union(row for row in rows if row.updated_at <= (self.position.updated_after or 0))
