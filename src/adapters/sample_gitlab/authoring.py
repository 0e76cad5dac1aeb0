"""Making things in the sample GitLab: issues, merge requests, notes, threads and events."""

from collections.abc import Iterable, Sequence

from adapters.sample_gitlab.model import ITEM_KIND, Discussion, Issue, Item, MergeRequest, Note, Project
from adapters.sample_gitlab.rows import (
    Row,
    complete_commit,
    complete_diff,
    complete_issue,
    complete_merge_request,
    complete_note,
    label_titles,
    sha,
)
from adapters.sample_gitlab.touching import Touching


class Authoring(Touching):
    """Whatever is made gets the clock's time, the next ids and the side effects it has on GitLab."""

    def create_issue(
        self,
        project: Project,
        title: str,
        *,
        author: str,
        description: str = "",
        labels: Iterable[str] = (),
        milestone: Row | None = None,
        assignees: Iterable[str] = (),
        confidential: bool = False,
        issue_type: str = "issue",
        iid: int | None = None,
    ) -> Issue:
        with self.lock:
            known = self._issuable(project, title, author, description, labels, milestone, assignees)
            known |= {
                "id": self.next_id("issues"),
                "iid": iid or max(project.issues, default=0) + 1,
                "confidential": confidential,
                "issue_type": issue_type,
            }
            issue = project.take_issue(complete_issue(known, project.path))
            self._label_at_birth(issue, author)
        return issue

    def create_mr(
        self,
        project: Project,
        title: str,
        *,
        author: str,
        source_branch: str,
        target_branch: str | None = None,
        description: str = "",
        labels: Iterable[str] = (),
        milestone: Row | None = None,
        assignees: Iterable[str] = (),
        reviewers: Iterable[str] = (),
        diffs: Sequence[Row] = (),
        commits: Sequence[Row] = (),
        closes: Iterable[Issue] = (),
        base_sha: str | None = None,
        iid: int | None = None,
    ) -> MergeRequest:
        """`closes` must agree with the closing words in title, description and commit messages."""
        with self.lock:
            known = self._issuable(project, title, author, description, labels, milestone, assignees)
            known |= {
                "id": self.next_id("merge_requests"),
                "iid": iid or max(project.merge_requests, default=0) + 1,
                "source_branch": source_branch,
                "target_branch": target_branch or project.row["default_branch"],
                "reviewers": [self.user(name) for name in reviewers],
            }
            merge_request = project.take_merge_request(complete_merge_request(known, project.path))
            merge_request.closes = [(issue.project.path, issue.iid) for issue in closes]
            self._label_at_birth(merge_request, author)
            self.new_version(merge_request, diffs, commits, base_sha or sha(project.id, "base"))
        return merge_request

    def _issuable(
        self,
        project: Project,
        title: str,
        author: str,
        description: str,
        labels: Iterable[str],
        milestone: Row | None,
        assignees: Iterable[str],
    ) -> Row:
        titles = label_titles(labels)
        for label in titles:
            self.label_named(project, label)
        return {
            "project_id": project.id,
            "title": title,
            "description": description,
            "author": self.user(author),
            "created_at": self.now,
            "labels": titles,
            "milestone": milestone,
            "assignees": [self.user(name) for name in assignees],
        }

    def _label_at_birth(self, item: Item, author: str) -> None:
        item.updated_us = item.created_us = self.clock.now_us
        item.project.reordered()
        for label in item.row["labels"]:
            self.label_event(item, label, "add", author)
        if item.row["milestone"]:
            self.milestone_event(item, item.row["milestone"], "add", author)

    def new_version(self, mr: MergeRequest, diffs: Sequence[Row], commits: Sequence[Row], base_sha: str) -> None:
        """Replaces the diff of a merge request and records the version; says nothing and bumps nothing."""
        project = mr.project
        mr.diffs = [complete_diff(diff) for diff in diffs]
        mr.commits = [complete_commit(commit, project.path) for commit in commits]
        head = mr.commits[0]["id"] if mr.commits else sha(project.id, mr.iid, "head", len(mr.versions))
        mr.row["sha"] = head
        mr.row["changes_count"] = str(len(mr.diffs)) if mr.diffs else None
        mr.row["diff_refs"] = {"base_sha": base_sha, "head_sha": head, "start_sha": base_sha}
        mr.versions.insert(0, version_row(mr, self.next_id("versions"), self.now))
        self.changed(mr)

    # notes

    def add_note(
        self,
        item: Item,
        body: str,
        *,
        author: str,
        reply_to: Discussion | None = None,
        position: Row | None = None,
        threaded: bool = False,
        internal: bool = False,
    ) -> Note:
        """A comment, the first note of a thread (`threaded`, or `position` on a diff), or a reply to one."""
        with self.lock:
            kind = "DiffNote" if position else "DiscussionNote" if threaded else None
            if reply_to is not None:
                kind, position = _joined(reply_to)
            note = self._note(item, body, author, kind=kind, position=position, internal=internal)
            self._place(item, note, reply_to, alone=kind is None)
            item.row["user_notes_count"] += 1
            self.touch(item)
        return note

    def system_note(self, item: Item, body: str, *, author: str, touch: bool = True) -> Note:
        with self.lock:
            note = self._note(item, body, author, system=True)
            self._place(item, note, None, alone=True)
            if touch:
                self.touch(item)
        return note

    def discussion_of(self, item: Item, note: Note) -> Discussion:
        return next(discussion for discussion in item.discussions if note in discussion.notes)

    def _note(
        self,
        item: Item,
        body: str,
        author: str,
        *,
        kind: str | None = None,
        position: Row | None = None,
        system: bool = False,
        internal: bool = False,
    ) -> Note:
        known: Row = {
            "id": self.next_id("notes"),
            "type": kind,
            "body": body,
            "author": self.user(author),
            "created_at": self.now,
            "system": system,
            "noteable_id": item.id,
            "noteable_type": ITEM_KIND[type(item)],
            "noteable_iid": item.iid,
            "project_id": item.project.id,
            "resolvable": kind is not None and isinstance(item, MergeRequest),
            "internal": internal,
            "confidential": internal,
        }
        if position is not None:
            known |= {"position": position, "commit_id": None}
        return Note(complete_note(known))

    def _place(self, item: Item, note: Note, reply_to: Discussion | None, *, alone: bool) -> None:
        if reply_to is None:
            name = sha("discussion", note.row["id"])
            item.discussions.append(Discussion(name, alone, [note]))
            return
        reply_to.individual_note = False
        reply_to.notes.append(note)

    # events

    def label_event(self, item: Item, label: str, action: str, by: str) -> None:
        event = self._event(item, by) | {"label": self.label_named(item.project, label), "action": action}
        item.label_events.append(event)

    def milestone_event(self, item: Item, milestone: Row, action: str, by: str) -> None:
        item.milestone_events.append(self._event(item, by) | {"milestone": milestone, "action": action})

    def state_event(
        self, item: Item, state: str, by: str, *, via: MergeRequest | None = None, commit: str | None = None
    ) -> None:
        source = {"source_commit": commit, "source_merge_request_id": via.id if via else None}
        item.state_events.append(self._event(item, by) | source | {"state": state})

    def _event(self, item: Item, by: str) -> Row:
        return {
            "id": self.next_id("events"),
            "user": self.user(by),
            "created_at": self.now,
            "resource_type": ITEM_KIND[type(item)],
            "resource_id": item.id,
        }


def version_row(mr: MergeRequest, version_id: int, created_at: str) -> Row:
    refs = mr.row["diff_refs"] or {}
    return {
        "id": version_id,
        "head_commit_sha": refs.get("head_sha"),
        "base_commit_sha": refs.get("base_sha"),
        "start_commit_sha": refs.get("start_sha"),
        "created_at": created_at,
        "merge_request_id": mr.id,
        "state": "collected",
        "real_size": str(len(mr.diffs)),
        "patch_id_sha": sha("patch", mr.id, refs.get("head_sha")),
    }


def _joined(discussion: Discussion) -> tuple[str, Row | None]:
    """The type and position of a reply: those of its thread. A reply makes a thread of a plain comment."""
    first = discussion.notes[0]
    if first.row["type"] is None:
        first.row["type"] = "DiscussionNote"
        first.rendered.clear()
    return first.row["type"], first.row.get("position")
