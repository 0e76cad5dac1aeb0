"""How GitLab moves `updated_at` (FACTS.md section e), and who and what it knows."""

from collections import Counter
from dataclasses import replace
from typing import Any

from adapters.memory.server.model import ServerItem, ServerProject
from application.ports.clock import Clock
from domain.entities import Milestone, User

TOUCH_INTERVAL_MS = 60_000


class Touching:
    """The server's clock and its two ways of bumping an item: by saving it and by touching it."""

    def __init__(self, clock: Clock, *, base_url: str, skew_ms: int) -> None:
        self._clock = clock
        self._last_ids: Counter[str] = Counter()
        self._users: dict[str, User] = {}
        self._milestones: dict[str, Milestone] = {}
        self.base_url = base_url
        self.skew_ms = skew_ms
        """The server's clock minus the local one."""
        self.projects: dict[int, ServerProject] = {}

    @property
    def now(self) -> int:
        """By the server's clock."""
        return self._clock.now_ms() + self.skew_ms

    def save(self, item: ServerItem, **attributes: Any) -> None:
        """Attributes of the row itself change: `updated_at` always moves."""
        self.change(item, **attributes, updated_at=self.now)

    def touch(self, item: ServerItem) -> None:
        """Something below the item changed: nothing moves while the last bump is 60 s old or younger."""
        if self.now - item.entity.updated_at > TOUCH_INTERVAL_MS:
            self.change(item, updated_at=self.now)

    def change(self, item: ServerItem, **attributes: Any) -> None:
        """Attributes change and nobody is told."""
        item.entity = replace(item.entity, **attributes)

    def set_updated_at(self, item: ServerItem, at: int) -> None:
        """As an administrator can, also backwards."""
        self.change(item, updated_at=at)

    def user(self, username: str) -> User:
        if username not in self._users:
            gitlab_id = len(self._users) + 1
            url = f"{self.base_url}/{username}"
            self._users[username] = User(gitlab_id=gitlab_id, username=username, name=username.title(), web_url=url)
        return self._users[username]

    def milestone(self, title: str) -> Milestone:
        if title not in self._milestones:
            number = self.new_id("milestones")
            self._milestones[title] = Milestone(gitlab_id=number, iid=number, title=title, state="active")
        return self._milestones[title]

    def new_id(self, thing: str) -> int:
        self._last_ids[thing] += 1
        return self._last_ids[thing]
