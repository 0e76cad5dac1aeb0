"""Notes and events: what happens below an item of the little GitLab."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1
from typing import Any

from adapters.memory.server.model import ServerItem
from adapters.memory.server.touching import Touching
from domain.entities import DiffPosition, Discussion, LabelEvent, MilestoneEvent, Note, StateEvent
from domain.errors import GitLabNotFound
from domain.refs import DependentKind

AUTHOR = "ada"
"""Who does what nobody else is named for."""


class Threads(Touching):
    """Comments, system notes and resource events."""

    def comment(
        self,
        item: ServerItem,
        body: str,
        *,
        author: str = AUTHOR,
        reply_to: str | None = None,
        position: DiffPosition | None = None,
        threaded: bool = False,
    ) -> Note:
        """A comment, the first note of a thread (`threaded`, or `position`), or a reply to a discussion by its id."""
        kind = "DiffNote" if position else "DiscussionNote" if threaded or reply_to else None
        note = self._new_note(author, body, kind=kind, position=position)
        if reply_to is None:
            self._append(item, note, individual=kind is None)
        else:
            self._replace_thread(item, reply_to, lambda thread: replace(thread, notes=(*thread.notes, note)))
        self.change(item, user_notes_count=item.entity.user_notes_count + 1)
        self.touch(item)
        return note

    def system_note(self, item: ServerItem, body: str, *, author: str = AUTHOR, touch: bool = True) -> Note:
        note = self._new_note(author, body, system=True)
        self._append(item, note, individual=True)
        if touch:
            self.touch(item)
        return note

    def mention(self, item: ServerItem, source: ServerItem) -> Note:
        """A cross reference, which bumps nothing."""
        what = source.kind.value.replace("_", " ")
        reference = source.reference if source.project is not item.project else f"{source.kind.sigil}{source.iid}"
        return self.system_note(item, f"mentioned in {what} {reference}", touch=False)

    def edit_note(self, item: ServerItem, note_id: int, body: str) -> None:
        self._change_notes(
            item,
            note_id,
            lambda note: replace(note, body=body, updated_at=self.now) if note.gitlab_id == note_id else note,
        )
        self.touch(item)

    def resolve(self, item: ServerItem, note_id: int, *, by: str = AUTHOR) -> None:
        """Resolves the note's whole thread."""
        solved: dict[str, Any] = {
            "resolved": True,
            "resolved_by": self.user(by),
            "resolved_at": self.now,
            "updated_at": self.now,
        }
        self._change_notes(item, note_id, lambda note: replace(note, **solved) if note.resolvable else note)
        self.touch(item)

    def delete_note(self, item: ServerItem, note_id: int) -> None:
        """Bumps nothing. A thread ends with its last note."""
        thread = self.thread_of(item, note_id)
        rest = tuple(note for note in thread.notes if note.gitlab_id != note_id)
        kept = [replace(thread, notes=rest)] if rest else []
        others = [other for other in item.discussions if other is not thread]
        item.sets[DependentKind.DISCUSSIONS] = [*sorted([*others, *kept], key=_first_created)]
        if any(note.gitlab_id == note_id and not note.system for note in thread.notes):
            self.change(item, user_notes_count=item.entity.user_notes_count - 1)

    def thread_of(self, item: ServerItem, note_id: int) -> Discussion:
        for thread in item.discussions:
            if any(note.gitlab_id == note_id for note in thread.notes):
                return thread
        raise GitLabNotFound(f"There is no note {note_id} in {item.reference}.")

    def state_event(
        self, item: ServerItem, state: str, by: str, *, via: ServerItem | None = None, commit: str | None = None
    ) -> None:
        event = StateEvent(
            gitlab_id=self.new_id("state_events"),
            state=state,
            created_at=self.now,
            user=self.user(by),
            source_commit=commit,
            source_merge_request_gitlab_id=via.entity.gitlab_id if via else None,
        )
        item.sets[DependentKind.STATE_EVENTS].append(event)

    def label_event(self, item: ServerItem, action: str, label: str, by: str) -> None:
        event = LabelEvent(
            gitlab_id=self.new_id("label_events"),
            action=action,
            created_at=self.now,
            label=label,
            user=self.user(by),
        )
        item.sets[DependentKind.LABEL_EVENTS].append(event)

    def milestone_event(self, item: ServerItem, action: str, milestone: str, by: str) -> None:
        event = MilestoneEvent(
            gitlab_id=self.new_id("milestone_events"),
            action=action,
            created_at=self.now,
            milestone=milestone,
            user=self.user(by),
        )
        item.sets[DependentKind.MILESTONE_EVENTS].append(event)

    def _new_note(
        self,
        author: str,
        body: str,
        *,
        kind: str | None = None,
        position: DiffPosition | None = None,
        system: bool = False,
    ) -> Note:
        return Note(
            gitlab_id=self.new_id("notes"),
            body=body,
            author=self.user(author),
            created_at=self.now,
            updated_at=self.now,
            system=system,
            type=kind,
            resolvable=kind is not None,
            resolved=False if kind else None,
            position=position,
        )

    def _append(self, item: ServerItem, note: Note, *, individual: bool) -> None:
        discussion_id = sha1(f"discussion {note.gitlab_id}".encode(), usedforsecurity=False).hexdigest()
        thread = Discussion(gitlab_id=discussion_id, individual_note=individual, notes=(note,))
        item.sets[DependentKind.DISCUSSIONS].append(thread)

    def _change_notes(self, item: ServerItem, note_id: int, changed: Callable[[Note], Note]) -> None:
        thread_id = self.thread_of(item, note_id).gitlab_id
        self._replace_thread(
            item, thread_id, lambda thread: replace(thread, notes=tuple(changed(note) for note in thread.notes))
        )

    def _replace_thread(
        self, item: ServerItem, discussion_id: str, changed: Callable[[Discussion], Discussion]
    ) -> None:
        if not any(thread.gitlab_id == discussion_id for thread in item.discussions):
            raise GitLabNotFound(f"There is no discussion {discussion_id} in {item.reference}.")
        item.sets[DependentKind.DISCUSSIONS] = [
            changed(thread) if thread.gitlab_id == discussion_id else thread for thread in item.discussions
        ]


def _first_created(thread: Discussion) -> tuple[int, int]:
    return thread.notes[0].created_at, thread.notes[0].gitlab_id
