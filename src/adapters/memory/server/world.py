"""What people do to the little GitLab, with GitLab's own effects on time."""

from collections.abc import Container, Sequence
from dataclasses import replace

from adapters.memory.server.authoring import Authoring
from adapters.memory.server.model import ServerItem, ServerProject
from adapters.memory.server.threads import AUTHOR
from domain.entities import ClosesIssue, Commit, DependentRecord, Discussion, FileChange, IssueLink
from domain.refs import DependentKind, EntityKind


class World(Authoring):
    """Each method is one act of somebody on the server."""

    # attributes of the row: `updated_at` always moves

    def set_title(self, item: ServerItem, title: str, *, by: str = AUTHOR) -> None:
        old = item.entity.title
        self.save(item, title=title)
        if item.kind is EntityKind.MERGE_REQUEST:
            self.change(item, draft=title.startswith("Draft: "))
        self.system_note(item, f"changed title from **{{-{old}-}}** to **{{+{title}+}}**", author=by)

    def set_description(self, item: ServerItem, description: str, *, by: str = AUTHOR) -> None:
        self.save(item, description=description)
        self.system_note(item, "changed the description", author=by)

    def close(
        self, item: ServerItem, *, by: str = AUTHOR, via: ServerItem | None = None, commit: str | None = None
    ) -> None:
        """Makes a state event and no note."""
        self.state_event(item, "closed", by, via=via, commit=commit)
        self.save(item, state="closed", closed_at=self.now, closed_by=self.user(by))

    def reopen(self, item: ServerItem, *, by: str = AUTHOR) -> None:
        self.state_event(item, "reopened", by)
        self.save(item, state="opened", closed_at=None, closed_by=None)

    def merge(self, item: ServerItem, *, by: str = AUTHOR) -> None:
        """Closes what the merge request closes, where it goes into the default branch."""
        self.state_event(item, "merged", by)
        self.save(item, state="merged", merged_at=self.now, merge_user=self.user(by))
        for closing in item.records(DependentKind.CLOSES_ISSUES):
            issue = self._named(closing)
            if issue is not None and issue.entity.state == "opened":
                self.close(issue, by=by, via=item)

    def set_milestone(self, item: ServerItem, title: str | None, *, by: str = AUTHOR) -> None:
        old, new = item.entity.milestone, None
        if old is not None:
            self.milestone_event(item, "remove", old.title, by)
        if title is not None:
            new = self.milestone(title)
            self.milestone_event(item, "add", title, by)
        self.save(item, milestone=new)

    def push(
        self, item: ServerItem, diffs: Sequence[FileChange], commits: Sequence[Commit], *, by: str = AUTHOR
    ) -> None:
        self.set_diff(item, diffs, commits)
        self.save(item)
        self.system_note(item, f"added {len(commits)} commits", author=by)

    # what hangs on the row: a touch, which does nothing within 60 s of the last bump

    def label(self, item: ServerItem, *names: str, by: str = AUTHOR) -> None:
        for name in sorted(set(names) - set(item.entity.labels)):
            self.label_event(item, "add", name, by)
        self.change(item, labels=tuple(sorted({*item.entity.labels, *names})))
        self.touch(item)

    def unlabel(self, item: ServerItem, *names: str, by: str = AUTHOR) -> None:
        for name in sorted(set(names) & set(item.entity.labels)):
            self.label_event(item, "remove", name, by)
        self.change(item, labels=tuple(sorted(set(item.entity.labels) - set(names))))
        self.touch(item)

    def assign(self, item: ServerItem, *usernames: str, by: str = AUTHOR) -> None:
        self.change(item, assignees=tuple(self.user(name) for name in usernames))
        named = " and ".join(f"@{name}" for name in usernames)
        self.system_note(item, f"assigned to {named}" if usernames else "removed assignee", author=by)

    def link(self, source: ServerItem, target: ServerItem, *, link_type: str = "relates_to", by: str = AUTHOR) -> None:
        """Both ends see the link, get a note and are touched."""
        link_id = self.new_id("links")
        back = {"blocks": "is_blocked_by", "is_blocked_by": "blocks"}.get(link_type, link_type)
        for here, there, seen_as in ((source, target, link_type), (target, source, back)):
            link = IssueLink(
                gitlab_id=link_id,
                link_type=seen_as,
                target_project_path=there.project.path,
                target_iid=there.iid,
                created_at=self.now,
            )
            here.sets[DependentKind.ISSUE_LINKS].append(link)
            self.system_note(here, f"marked as related to {there.reference}", author=by)

    # what no list tells

    def move(self, item: ServerItem, project: ServerProject, *, by: str = AUTHOR) -> ServerItem:
        """Closes the issue here and makes another one there, with its threads under new ids."""
        moved = self.create_issue(
            project,
            item.entity.title,
            author=item.entity.author.username,
            labels=item.entity.labels,
            description=item.entity.description,
        )
        for thread in item.discussions:
            self._copy_thread(thread, moved)
        self.system_note(moved, f"moved from {item.reference}", author=by)
        self.save(item, state="closed", closed_at=self.now, moved_to_gitlab_id=moved.entity.gitlab_id)
        self.system_note(item, f"moved to {moved.reference}", author=by)
        return moved

    def delete(self, item: ServerItem) -> None:
        """Answers 404 from now on, and its links are gone at the other ends, with no bump anywhere."""
        del item.project.items[item.kind, item.iid]
        links = item.sets.get(DependentKind.ISSUE_LINKS, ())
        gone = {link.gitlab_id for link in links if isinstance(link, IssueLink)}
        for project in self.projects.values():
            for other in project.items.values():
                _unlink(other, gone)

    def hide(self, item: ServerItem) -> None:
        """The issue became confidential, and the token may not see such."""
        self.save(item, confidential=True)
        item.readable = False

    def show(self, item: ServerItem) -> None:
        self.save(item, confidential=False)
        item.readable = True

    def rename_project(self, project: ServerProject, path: str) -> None:
        """The old path leads to the project until another one takes it."""
        project.former_paths.add(project.path)
        former, present = project.project.web_url, f"{self.base_url}/{path}"
        project.project = replace(project.project, path=path, web_url=present)
        for item in project.items.values():  # which bumps none of them
            item.entity = replace(item.entity, web_url=present + item.entity.web_url.removeprefix(former))

    def switch_off(self, project: ServerProject, kind: EntityKind) -> None:
        """Turn the feature off; the items stay where they are, unseen."""
        if kind is EntityKind.ISSUE:
            project.project = replace(project.project, issues_enabled=False)
        else:
            project.project = replace(project.project, merge_requests_enabled=False)

    def _copy_thread(self, thread: Discussion, moved: ServerItem) -> None:
        discussion_id = None
        for note in thread.notes:
            if note.system:
                continue
            copy = self.comment(
                moved,
                note.body,
                author=note.author.username,
                reply_to=discussion_id,
                threaded=not thread.individual_note,
            )
            discussion_id = self.thread_of(moved, copy.gitlab_id).gitlab_id

    def _named(self, closing: DependentRecord) -> ServerItem | None:
        """The issue that a merge request closes, where this server has it."""
        if not isinstance(closing, ClosesIssue) or closing.target_iid is None:
            return None
        named = [project for project in self.projects.values() if project.path == closing.target_project_path]
        return named[0].items.get((EntityKind.ISSUE, closing.target_iid)) if named else None


def _unlink(item: ServerItem, gone: Container[int]) -> None:
    links = item.sets.get(DependentKind.ISSUE_LINKS, [])
    links[:] = [link for link in links if not (isinstance(link, IssueLink) and link.gitlab_id in gone)]
