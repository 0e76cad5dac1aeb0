"""Who may see what: confidential and unreadable items, hidden notes, projects renamed, closed off or archived."""

from dataclasses import replace
from typing import Literal

from adapters.sample_gitlab.authoring import Authoring
from adapters.sample_gitlab.model import Issue, Item, MergeRequest, Note, Project
from adapters.sample_gitlab.rows import HERE, Row

GHOST = "ghost"
Feature = Literal["issues", "merge_requests"]


class Access(Authoring):
    """The acts that take things from the sight of a token, or change the name under which they are seen."""

    def make_confidential(self, issue: Issue, *, by: str, still_readable: bool = True) -> None:
        """With `still_readable=False` the token's user is none of those who may read it: it vanishes (404)."""
        with self.lock:
            issue.row["confidential"] = True
            issue.readable = still_readable
            self.saved(issue)
            self.system_note(issue, "made the issue confidential", author=by)

    def set_readable(self, item: Item, readable: bool) -> None:
        """An issue that is not readable is not found; a merge request is forbidden (FACTS.md section a)."""
        with self.lock:
            item.readable = readable
            self.changed(item)

    def hide_note(self, note: Note) -> None:
        """As an internal note that the token may not read: its page is that much shorter."""
        with self.lock:
            note.hidden = True

    def forbid(self, project: Project) -> None:
        """The token loses the project: 404 for it and all below."""
        with self.lock:
            project.visible = False

    def allow(self, project: Project) -> None:
        with self.lock:
            project.visible = True

    def archive(self, project: Project) -> None:
        with self.lock:
            project.row["archived"] = True

    def feature_off(self, project: Project, feature: Feature) -> None:
        """Issues become an empty list, merge requests 403."""
        with self.lock:
            project.row |= {f"{feature}_enabled": False, f"{feature}_access_level": "disabled"}

    def revoke_token(self, text: str) -> None:
        with self.lock:
            self.tokens[text] = replace(self.tokens[text], revoked=True)

    def expire_token(self, text: str) -> None:
        with self.lock:
            self.tokens[text] = replace(self.tokens[text], expired=True)

    def rename_project(self, project: Project, path: str) -> None:
        """The old path answers 301 (16.7 and later); the id stays, and no item's `updated_at` moves."""
        with self.lock:
            old = project.path
            self.renamed_paths[old] = project.id
            group, _, last = path.rpartition("/")
            self.add_group(group)
            project.row |= {"path_with_namespace": path, "path": last, "web_url": f"{HERE}/{path}"}
            for kind in (project.issues, project.merge_requests):
                for item in kind.values():
                    _move(item, old, path)

    def rename_label(self, project: Project, old: str, new: str) -> None:
        """No timestamp moves, although the text in every row does."""
        with self.lock:
            self.label_named(project, old)["name"] = new
            for item in self._labelled(project, old):
                item.row["labels"] = sorted({new} | {name for name in item.row["labels"] if name != old})
                self.changed(item)

    def delete_label(self, project: Project, name: str) -> None:
        """Its events stay and carry no label any more."""
        with self.lock:
            gone = self.label_named(project, name)
            project.labels.remove(gone)
            for item in self._labelled(project, name):
                item.row["labels"] = [label for label in item.row["labels"] if label != name]
                self.changed(item)
            for item in self._all_of(project):
                item.label_events = [_without(event, gone) for event in item.label_events]

    def rename_user(self, username: str, new: str) -> None:
        with self.lock:
            row = self.users.pop(username)
            row |= {"username": new, "web_url": f"{HERE}/{new}"}
            self.users[new] = row
            self.embedded_changed()

    def delete_user(self, username: str) -> None:
        """The ghost user takes over what they wrote; of all that only their merge requests are bumped."""
        with self.lock:
            gone = self.users.pop(username)
            ghost = self.users.get(GHOST) or self.add_user(GHOST, "Ghost User")
            for item in self.items():
                bumped = isinstance(item, MergeRequest) and item.row["author"] is gone
                _haunt(item, gone, ghost)
                if bumped:
                    self.saved(item)
            self.embedded_changed()

    def _labelled(self, project: Project, name: str) -> list[Item]:
        return [item for item in self._all_of(project) if name in item.row["labels"]]

    @staticmethod
    def _all_of(project: Project) -> list[Item]:
        return [*project.issues.values(), *project.merge_requests.values()]


def _haunt(item: Item, gone: Row, ghost: Row) -> None:
    for note in item.notes:
        if note.row["author"] is gone:
            note.row["author"] = ghost
    if item.row["author"] is gone:
        item.row["author"] = ghost
    if item.row["closed_by"] is gone:
        item.row["closed_by"] = None
    item.row["assignees"] = [person for person in item.row["assignees"] if person is not gone]
    item.row["assignee"] = next(iter(item.row["assignees"]), None)


def _move(item: Item, old: str, new: str) -> None:
    item.row["web_url"] = item.row["web_url"].replace(f"{HERE}/{old}/", f"{HERE}/{new}/")
    item.row["references"] = item.row["references"] | {"full": f"{new}{item.row['references']['short']}"}
    item.rendered.clear()


def _without(event: Row, label: Row) -> Row:
    return event | {"label": None} if event["label"] is label else event
