"""The world of a sample GitLab: everything a test or a demo can do to it, with GitLab's own effects on time."""

from collections.abc import Iterable, Sequence
from typing import Literal

from adapters.sample_gitlab.access import Access
from adapters.sample_gitlab.model import Discussion, Issue, Item, Link, MergeRequest, Note, Project
from adapters.sample_gitlab.rows import Row, label_titles, retold, sha


class World(Access):
    """Every method is one act of somebody on the server and is atomic towards the requests being served."""

    # attributes of the row: `updated_at` always moves

    def set_title(self, item: Item, title: str, *, by: str) -> None:
        with self.lock:
            old, item.row["title"] = item.row["title"], title
            if isinstance(item, MergeRequest):
                item.row["draft"] = item.row["work_in_progress"] = title.startswith("Draft: ")
            self.saved(item)
            self.system_note(item, f"changed title from **{{-{old}-}}** to **{{+{title}+}}**", author=by)

    def set_draft(self, mr: MergeRequest, *, draft: bool, by: str) -> None:
        """Puts `Draft: ` before the title or takes it away."""
        with self.lock:
            title = mr.row["title"].removeprefix("Draft: ")
            mr.row |= {"title": f"Draft: {title}" if draft else title, "draft": draft, "work_in_progress": draft}
            mr.row["detailed_merge_status"] = "draft_status" if draft else "mergeable"
            self.saved(mr)
            self.system_note(mr, f"marked this merge request as **{'draft' if draft else 'ready'}**", author=by)

    def set_description(self, item: Item, description: str, *, by: str) -> None:
        with self.lock:
            retold(item.row, description)
            self.saved(item)
            self.system_note(item, "changed the description", author=by)

    def close(self, item: Item, *, by: str, via: MergeRequest | None = None, commit: str | None = None) -> None:
        """Makes a state event and no note; `via` is the merge request whose merge closed it."""
        with self.lock:
            item.row |= {"state": "closed", "closed_at": self.now, "closed_by": self.user(by)}
            self.state_event(item, "closed", by, via=via, commit=commit)
            self.saved(item)

    def reopen(self, item: Item, *, by: str) -> None:
        with self.lock:
            item.row |= {"state": "opened", "closed_at": None, "closed_by": None}
            self.state_event(item, "reopened", by)
            self.saved(item)

    def set_milestone(self, item: Item, milestone: Row | None, *, by: str) -> None:
        with self.lock:
            for row, action in ((item.row["milestone"], "remove"), (milestone, "add")):
                if row is not None:
                    self.milestone_event(item, row, action, by)
            item.row["milestone"] = milestone
            self.saved(item)

    def merge_mr(self, mr: MergeRequest, *, by: str) -> str:
        """Gives the merge commit; closes what the merge request closes, if it goes to the default branch."""
        with self.lock:
            commit = sha("merge", mr.project.id, mr.iid)
            who = self.user(by)
            mr.row |= {"state": "merged", "merged_at": self.now, "merged_by": who, "merge_user": who}
            mr.row |= {"merge_commit_sha": commit, "detailed_merge_status": "not_open"}
            self.state_event(mr, "merged", by)
            self.saved(mr)
            for issue in self.closed_on_merge(mr):
                if issue.row["state"] == "opened":
                    self.close(issue, by=by, via=mr)
        return commit

    def closed_on_merge(self, mr: MergeRequest) -> list[Issue]:
        """Nothing unless the target is the default branch (FACTS.md section a)."""
        if mr.row["target_branch"] != mr.project.row["default_branch"]:
            return []
        homes = {project.path: project for project in self.projects.values()}
        found = (homes[path].issues.get(iid) for path, iid in mr.closes if path in homes)
        return [issue for issue in found if issue is not None]

    def push(self, mr: MergeRequest, diffs: Sequence[Row], commits: Sequence[Row], *, by: str, added: int = 1) -> None:
        """`commits` are all of the branch, newest first; `added` of them are new."""
        with self.lock:
            base = (mr.row["diff_refs"] or {}).get("base_sha") or sha(mr.project.id, "base")
            self.new_version(mr, diffs, commits, base)
            self.saved(mr)
            listed = "".join(f"<li>{row['short_id']} - {row['title']}</li>" for row in mr.commits[:added])
            counted = f"{added} commit{'' if added == 1 else 's'}"
            new, first = mr.versions[0]["id"], mr.versions[-1]["head_commit_sha"]
            compare = f"{mr.row['web_url']}/diffs?diff_id={new}&start_sha={first}"
            text = f"added {counted}\n\n<ul>{listed}</ul>\n\n[Compare with previous version]({compare})"
            self.system_note(mr, text, author=by)

    # what hangs on the row: a touch, which does nothing within 60 s of the last bump

    def add_label(self, item: Item, name: str, *, by: str) -> None:
        with self.lock:
            self.label_event(item, name, "add", by)
            item.row["labels"] = label_titles([*item.row["labels"], name])
            self.touch(item)

    def remove_label(self, item: Item, name: str, *, by: str) -> None:
        with self.lock:
            self.label_event(item, name, "remove", by)
            item.row["labels"] = [label for label in item.row["labels"] if label != name]
            self.touch(item)

    def set_assignees(self, item: Item, usernames: Iterable[str], *, by: str) -> None:
        with self.lock:
            people = [self.user(name) for name in usernames]
            item.row |= {"assignees": people, "assignee": people[0] if people else None}
            names = " and ".join(f"@{person['username']}" for person in people)
            self.system_note(item, f"assigned to {names}" if people else "removed assignee", author=by)

    def request_review(self, mr: MergeRequest, usernames: Iterable[str], *, by: str) -> None:
        with self.lock:
            people = [self.user(name) for name in usernames]
            mr.row["reviewers"] = [*mr.row["reviewers"], *(row for row in people if row not in mr.row["reviewers"])]
            names = " and ".join(f"@{person['username']}" for person in people)
            self.system_note(mr, f"requested review from {names}", author=by)

    def approve(self, mr: MergeRequest, *, by: str) -> None:
        with self.lock:
            mr.approved_by.append(self.user(by))
            self.system_note(mr, "approved this merge request", author=by)

    def edit_note(self, item: Item, note: Note, body: str) -> None:
        with self.lock:
            note.row["body"] = body
            self.note_changed(note)
            self.touch(item)

    def resolve(self, item: Item, discussion: Discussion, *, by: str) -> None:
        with self.lock:
            for note in discussion.notes:
                if note.row["resolvable"]:
                    note.row |= {"resolved": True, "resolved_by": self.user(by), "resolved_at": self.now}
                    self.note_changed(note)
            self.touch(item)

    def link_issues(
        self, source: Issue, target: Issue, *, by: str, kind: Literal["relates_to", "blocks"] = "relates_to"
    ) -> Link:
        with self.lock:
            link = Link(self.next_id("links"), source, target, kind, self.now)
            for one, other in ((source, target), (target, source)):
                one.links.append(link)
                self.system_note(one, f"marked as related to {self.seen_from(one, other)}", author=by)
        return link

    # what moves no timestamp at all

    def delete_note(self, item: Item, note: Note) -> None:
        with self.lock:
            discussion = self.discussion_of(item, note)
            discussion.notes.remove(note)
            if not discussion.notes:
                item.discussions.remove(discussion)
            item.row["user_notes_count"] -= 0 if note.row["system"] else 1
            self.changed(item)

    def mention(self, source: Item, target: Item, *, by: str) -> Note:
        """The note `mentioned in ...` on the target; it does not bump it (FACTS.md section 0)."""
        kind = "merge request" if isinstance(source, MergeRequest) else "issue"
        body = f"mentioned in {kind} {self.seen_from(target, source)}"
        return self.system_note(target, body, author=by, touch=False)

    def award(self, item: Item, name: str, *, by: str) -> None:
        with self.lock:
            kind = "MergeRequest" if isinstance(item, MergeRequest) else "Issue"
            row: Row = {"id": self.next_id("awards"), "name": name, "user": self.user(by)}
            row |= {"created_at": self.now, "updated_at": self.now, "awardable_id": item.id, "awardable_type": kind}
            item.awards.append(row)
            counter = {"thumbsup": "upvotes", "thumbsdown": "downvotes"}.get(name)
            if counter:
                item.row[counter] += 1
            self.changed(item)

    def set_status(self, issue: Issue, name: str, category: str, *, by: str, color: str = "#737278") -> None:
        """The work-item status of GraphQL; setting it touches through a system note."""
        with self.lock:
            gid = f"gid://gitlab/WorkItems::Statuses::Custom::Status/{self.next_id('statuses')}"
            issue.status = {"id": gid, "name": name, "category": category, "color": color, "iconName": "status"}
            self.system_note(issue, f"set status to **{name}**", author=by)

    # items that come, go and move

    def delete(self, item: Item) -> None:
        """No tombstone and no event: from now on it is not found (FACTS.md section 0)."""
        with self.lock:
            if isinstance(item, Issue):
                self._unlink(item)
                del item.project.issues[item.iid]
            else:
                del item.project.merge_requests[item.iid]
            item.project.reordered()

    def _unlink(self, issue: Issue) -> None:
        for link in issue.links:
            other = link.target if link.source is issue else link.source
            other.links.remove(link)

    def move_issue(self, issue: Issue, to: Project, *, by: str) -> Issue:
        """Closes the old issue with `moved_to_id` set and makes a new one, with new ids, in the other project."""
        with self.lock:
            new = self.create_issue(
                to,
                issue.row["title"],
                author=issue.row["author"]["username"],
                description=issue.row["description"] or "",
                labels=issue.row["labels"],
                confidential=issue.row["confidential"],
            )
            for note in [note for note in issue.notes if not note.row["system"]]:
                self.add_note(new, note.row["body"], author=note.row["author"]["username"])
            self.system_note(new, f"moved from {self.seen_from(new, issue)}", author=by)
            issue.row["moved_to_id"] = new.id
            self.close(issue, by=by)
            self.system_note(issue, f"moved to {self.seen_from(issue, new)}", author=by)
        return new

    def seen_from(self, here: Item, there: Item) -> str:
        return self.reference(here.project, there)

    @staticmethod
    def reference(here: Project, there: Item) -> str:
        """As short as GitLab writes it at this distance (FACTS.md section f)."""
        if here is there.project:
            return str(there.row["references"]["short"])
        own, _, _ = here.path.rpartition("/")
        other, _, name = there.project.path.rpartition("/")
        return f"{name}{there.row['references']['short']}" if own == other else there.reference
