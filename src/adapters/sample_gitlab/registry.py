"""The frame of a world: its clock, its ids, and where users, groups, projects and items are found."""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Iterator

from adapters.sample_gitlab.model import Group, Issue, Item, MergeRequest, Note, Project, Token
from adapters.sample_gitlab.rows import HERE, Row, complete_label, complete_project, label_row, user_row
from adapters.sample_gitlab.times import MILLISECOND, iso
from domain.errors import NotFound


class WorldClock:
    """The server's time: the real one, shifted, or one that stands still until it is moved."""

    def __init__(self) -> None:
        self._standing_us: int | None = None
        self._shift_us = 0

    @property
    def now_us(self) -> int:
        if self._standing_us is not None:
            return self._standing_us
        return time.time_ns() // 1_000 + self._shift_us

    @now_us.setter
    def now_us(self, at_us: int) -> None:
        self._standing_us = at_us

    def advance(self, by_us: int) -> None:
        if self._standing_us is None:
            self._shift_us += by_us
        else:
            self._standing_us += by_us

    def run_freely(self) -> None:
        self._standing_us, self._shift_us = None, 0


class Registry:
    """Holds everything; `lock` is held by whoever reads or changes more than one thing."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = WorldClock()
        self.users: dict[str, Row] = {}
        self.groups: dict[str, Group] = {}
        self.projects: dict[int, Project] = {}
        self.renamed_paths: dict[str, int] = {}
        self.tokens: dict[str, Token] = {}
        self._ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    # time and ids

    @property
    def now_ms(self) -> int:
        """Setting it makes the clock stand still there; `advance` moves it on."""
        return self.clock.now_us // MILLISECOND

    @now_ms.setter
    def now_ms(self, at_ms: int) -> None:
        self.clock.now_us = at_ms * MILLISECOND

    def advance(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1_000_000))

    @property
    def now(self) -> str:
        return iso(self.clock.now_us)

    def next_id(self, table: str) -> int:
        return next(self._ids[table])

    def ids_start_at(self, table: str, first: int) -> None:
        self._ids[table] = itertools.count(first)

    # people, groups, projects

    def add_user(self, username: str, name: str) -> Row:
        return self.take_user(user_row(self.next_id("users"), username, name))

    def take_user(self, row: Row) -> Row:
        self.users[row["username"]] = row
        return row

    def user(self, username: str) -> Row:
        if username not in self.users:
            raise NotFound(f"The sample GitLab has no user {username!r}.")
        return self.users[username]

    def add_token(self, token: Token) -> Token:
        self.tokens[token.text] = token
        return token

    def add_group(self, full_path: str, name: str | None = None) -> Group:
        """Makes the groups above it too, where they are missing."""
        if full_path in self.groups:
            return self.groups[full_path]
        above, _, path = full_path.rpartition("/")
        parent = self.add_group(above).row["id"] if above else None
        group_id = self.next_id("namespaces")
        row: Row = {
            "id": group_id,
            "web_url": f"{HERE}/groups/{full_path}",
            "name": name or path.title(),
            "path": path,
            "description": "",
            "visibility": "public",
            "avatar_url": None,
            "request_access_enabled": True,
            "full_name": full_path.replace("/", " / "),
            "full_path": full_path,
            "parent_id": parent,
            "created_at": self.now,
        }
        return self.groups.setdefault(full_path, Group(row))

    def add_project(self, path: str, *, name: str | None = None, visibility: str = "private") -> Project:
        above, _, last = path.rpartition("/")
        namespace = self.add_group(above).row
        known = {
            "id": self.next_id("projects"),
            "name": name or last,
            "path_with_namespace": path,
            "created_at": self.now,
            "visibility": visibility,
            "namespace": namespace_of(namespace),
        }
        return self.take_project(Project(complete_project(known)))

    def take_project(self, project: Project) -> Project:
        self.projects[project.id] = project
        return project

    def project(self, path_or_id: str | int) -> Project:
        for project in self.projects.values():
            if path_or_id in {project.path, project.id}:
                return project
        raise NotFound(f"The sample GitLab has no project {path_or_id!r}.")

    def define_label(self, project: Project, name: str, color: str = "#428bca", description: str | None = None) -> Row:
        """An item gets it by `add_label` of the world."""
        row = complete_label(label_row(self.next_id("labels"), name, color, description))
        project.labels.append(row)
        return row

    def label_named(self, project: Project, name: str) -> Row:
        """Makes it where it is missing, as GitLab does for labels given by name."""
        found = next((row for row in project.labels if row["name"] == name), None)
        return found or self.define_label(project, name)

    def define_milestone(self, project: Project, title: str, *, due_date: str | None = None) -> Row:
        iid = len(project.milestones) + 1
        row: Row = {
            "id": self.next_id("milestones"),
            "iid": iid,
            "project_id": project.id,
            "title": title,
            "description": "",
            "state": "active",
            "created_at": self.now,
            "updated_at": self.now,
            "due_date": due_date,
            "start_date": None,
            "expired": False,
            "web_url": f"{HERE}/{project.path}/-/milestones/{iid}",
        }
        project.milestones.append(row)
        return row

    # items

    def issue(self, project: str | int | Project, iid: int) -> Issue:
        home = project if isinstance(project, Project) else self.project(project)
        if iid not in home.issues:
            raise NotFound(f"The sample GitLab has no issue {home.path}#{iid}.")
        return home.issues[iid]

    def merge_request(self, project: str | int | Project, iid: int) -> MergeRequest:
        home = project if isinstance(project, Project) else self.project(project)
        if iid not in home.merge_requests:
            raise NotFound(f"The sample GitLab has no merge request {home.path}!{iid}.")
        return home.merge_requests[iid]

    def items(self, kind: type[Item] | None = None) -> Iterator[Item]:
        """Of all projects, in the order of their making; loads what is not loaded yet."""
        for project in self.projects.values():
            if kind in {None, Issue}:
                yield from project.issues.values()
            if kind in {None, MergeRequest}:
                yield from project.merge_requests.values()

    def notes(self) -> Iterator[Note]:
        for item in self.items():
            yield from item.notes

    def closers(self, issue: Issue) -> list[MergeRequest]:
        """The merge requests that close this issue once they are merged."""
        wanted = (issue.project.path, issue.iid)
        return [item for item in self.items(MergeRequest) if isinstance(item, MergeRequest) and wanted in item.closes]

    def load(self) -> None:
        """Reads every project that is not read yet, so that no request has to wait for it."""
        for project in self.projects.values():
            project.ensure_loaded()


def namespace_of(group: Row) -> Row:
    """A group as projects carry it."""
    shown = ("id", "name", "path", "full_path", "parent_id", "avatar_url", "web_url")
    return {key: group[key] for key in shown} | {"kind": "group"}
