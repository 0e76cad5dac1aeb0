"""Which change moves `updated_at`, and when it does not (FACTS.md section e)."""

from adapters.sample_gitlab.model import Item, Note
from adapters.sample_gitlab.registry import Registry
from adapters.sample_gitlab.times import MILLISECOND, SECOND, iso

TOUCH_INTERVAL_US = 60 * SECOND


class Touching(Registry):
    """Adds the two ways in which GitLab bumps an item: by saving it and by touching it."""

    def saved(self, item: Item) -> None:
        """An attribute of the row itself was saved: `updated_at` always moves."""
        self._bump(item, self.clock.now_us)

    def touch(self, item: Item) -> None:
        """Something below the item changed: nothing moves while the last bump is 60 s old or younger."""
        if self.clock.now_us - item.updated_us > TOUCH_INTERVAL_US:
            self._bump(item, self.clock.now_us)
        self.changed(item)

    def set_updated_at(self, item: Item, at_ms: int, *, microseconds: int = 0) -> None:
        """As an administrator can, also backwards; `microseconds` are those that the wire does not show."""
        with self.lock:
            self._bump(item, at_ms * MILLISECOND + microseconds)

    def _bump(self, item: Item, at_us: int) -> None:
        item.updated_us = at_us
        item.row["updated_at"] = iso(at_us)
        home = item.project.row
        home["last_activity_at"] = max(home["last_activity_at"], item.row["updated_at"])
        self.changed(item)

    def changed(self, item: Item) -> None:
        """To be called after any change of the row; drops what was rendered from it."""
        item.rendered.clear()
        item.project.reordered()

    def embedded_changed(self) -> None:
        """A user, label or milestone that many rows carry has changed: no timestamp moves."""
        for item in self.items():
            item.rendered.clear()
            for note in item.notes:
                note.rendered.clear()

    def note_changed(self, note: Note) -> None:
        note.row["updated_at"] = self.now
        note.rendered.clear()
