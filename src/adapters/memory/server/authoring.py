"""Making projects, issues and merge requests in the little GitLab."""

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.threads import AUTHOR, Threads
from domain.entities import ClosesIssue, Commit, FileChange, Issue, MergeRequest, Project
from domain.refs import DependentKind, EntityKind


class Authoring(Threads):
    """Whatever is made gets the next ids and the server's time. A project may be named by its path."""

    def create_project(self, path: str = "group/project", **attributes: Any) -> ServerProject:
        gitlab_id = self.new_id("projects")
        known = {"name": path.rpartition("/")[2], "web_url": f"{self.base_url}/{path}", "default_branch": "main"}
        project = ServerProject(project=Project(gitlab_id=gitlab_id, path=path, **(known | attributes)))
        self.projects[gitlab_id] = project
        return project

    def create_issue(
        self,
        project: ServerProject,
        title: str = "An issue",
        *,
        author: str = AUTHOR,
        labels: Iterable[str] = (),
        iid: int | None = None,
        **attributes: Any,
    ) -> ServerItem:
        known = self._new_item(project, EntityKind.ISSUE, title, author, labels, iid)
        item = project.add(Issue(**(known | attributes)))
        self._label_at_birth(item, author)
        return item

    def create_merge_request(
        self,
        project: ServerProject,
        title: str = "A change",
        *,
        author: str = AUTHOR,
        labels: Iterable[str] = (),
        iid: int | None = None,
        diffs: Sequence[FileChange] = (),
        commits: Sequence[Commit] = (),
        closes: Iterable[ServerItem] = (),
        **attributes: Any,
    ) -> ServerItem:
        known = self._new_item(project, EntityKind.MERGE_REQUEST, title, author, labels, iid) | {
            "source_branch": "change",
            "target_branch": "main",
            "source_project_gitlab_id": project.gitlab_id,
            "target_project_gitlab_id": project.gitlab_id,
            "draft": title.startswith("Draft: "),
            "detailed_merge_status": "mergeable",
        }
        item = project.add(MergeRequest(**(known | attributes)))
        item.sets[DependentKind.CLOSES_ISSUES] = [_closing(issue) for issue in closes]
        self._label_at_birth(item, author)
        self.set_diff(item, diffs, commits)
        return item

    def set_diff(self, item: ServerItem, diffs: Sequence[FileChange], commits: Sequence[Commit]) -> None:
        """Another version of a merge request's branch; nothing is bumped."""
        item.sets[DependentKind.DIFFS] = list(diffs)
        item.sets[DependentKind.COMMITS] = list(commits)
        self.change(item, sha=commits[0].sha if commits else None)

    def _new_item(
        self,
        project: ServerProject,
        kind: EntityKind,
        title: str,
        author: str,
        labels: Iterable[str],
        iid: int | None,
    ) -> dict[str, Any]:
        number = project.next_iid(kind) if iid is None else iid
        return {
            "gitlab_id": self.new_id(kind.api_name),
            "iid": number,
            "title": title,
            "description": "",
            "state": "opened",
            "author": self.user(author),
            "created_at": self.now,
            "updated_at": self.now,
            "web_url": f"{project.project.web_url}/-/{kind.api_name}/{number}",
            "labels": tuple(sorted(labels)),
        }

    def _label_at_birth(self, item: ServerItem, author: str) -> None:
        for label in item.entity.labels:
            self.label_event(item, "add", label, author)


def _closing(issue: ServerItem) -> ClosesIssue:
    return ClosesIssue(target_project_path=issue.project.path, target_iid=issue.iid)
