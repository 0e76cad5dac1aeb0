"""The dependent sets of the store in memory: threads, events, links, diffs, commits."""

from collections.abc import Collection, Sequence
from typing import cast

from adapters.memory.content.tables import Tables, ThreadRow
from application.ports.content_store import DependentState
from domain.entities import DependentAnswer, DependentRecord, Discussion, FileChange, Note
from domain.errors import NotFound
from domain.references import FoundReference
from domain.refs import DependentKind, EntityRef, ProjectId, SourceKey, SourceType

_NEVER = DependentState(watermark=None, fetch_started_at=None)


class MemoryDependents:
    """Port `Dependents`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def state(self, ref: EntityRef, dependent: DependentKind) -> DependentState:
        return self._tables.set_states.get((ref, dependent), _NEVER)

    def discussion_ids(self, ref: EntityRef) -> frozenset[str]:
        threads = self._tables.threads.get(ref, {})
        return frozenset(name for name, thread in threads.items() if thread.deleted_at is None)

    def put(
        self,
        ref: EntityRef,
        answer: DependentAnswer,
        *,
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        if ref not in self._tables.items:
            raise NotFound(f"The store does not hold {ref.kind.sigil}{ref.iid}.")
        name = (ref, answer.dependent)
        self._tables.payloads[name] = answer.payload
        watermark = self.state(ref, answer.dependent).watermark
        self._tables.set_states[name] = DependentState(watermark=watermark, fetch_started_at=answer.requested_at)
        if answer.dependent is DependentKind.DISCUSSIONS:
            return self._put_threads(ref, cast("Sequence[Discussion]", answer.records), sweep, references)
        shown_before = paths_of(self._tables.sets.get(name, ()))
        self._tables.sets[name] = tuple(answer.records)
        return () if paths_of(answer.records) == shown_before else (self._tables.items[ref].source,)

    def settle(self, ref: EntityRef, dependent: DependentKind, *, watermark: int) -> None:
        old = self.state(ref, dependent)
        moved = watermark if old.watermark is None else max(old.watermark, watermark)
        self._tables.set_states[ref, dependent] = DependentState(watermark=moved, fetch_started_at=old.fetch_started_at)

    def unsettle_all(self, project_ids: Collection[ProjectId]) -> None:
        for (ref, dependent), state in list(self._tables.set_states.items()):
            if ref.project_id in project_ids:
                self._tables.set_states[ref, dependent] = DependentState(
                    watermark=None, fetch_started_at=state.fetch_started_at
                )

    def _put_threads(
        self,
        ref: EntityRef,
        discussions: Sequence[Discussion],
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        old = self._tables.threads.get(ref, {})
        seen = {discussion.gitlab_id for discussion in discussions}
        swept = {name for name in self.discussion_ids(ref) - seen if sweep is None or name in sweep}
        new = {name: thread for name, thread in old.items() if name not in swept}
        for discussion in discussions:
            before = old.get(discussion.gitlab_id)
            source = before.source if before else self._new_key(ref, discussion)
            new[discussion.gitlab_id] = ThreadRow(source=source, discussion=discussion)
        for name in swept:
            del self._tables.thread_keys[old[name].source]
        self._tables.threads[ref] = new
        self._put_references(ref, seen, references)
        names = dict.fromkeys([*(discussion.gitlab_id for discussion in discussions), *sorted(swept)])
        return tuple(
            (new.get(name) or old[name]).source for name in names if _shown(old.get(name)) != _shown(new.get(name))
        )

    def _put_references(
        self, ref: EntityRef, seen: Collection[str], references: Sequence[tuple[int, FoundReference]]
    ) -> None:
        """Replace those of the threads in the answer; keep those of threads that were kept without being seen."""
        threads = self._tables.threads[ref]
        unseen = {note.gitlab_id for name, row in threads.items() if name not in seen for note in row.discussion.notes}
        old = self._tables.note_references.get(ref, {})
        kept = {note_id: found for note_id, found in old.items() if note_id in unseen}
        for note_id, reference in references:
            kept[note_id] = (*kept.get(note_id, ()), reference)
        self._tables.note_references[ref] = kept

    def _new_key(self, ref: EntityRef, discussion: Discussion) -> SourceKey:
        key = SourceKey(SourceType.DISCUSSION, self._tables.new_id("discussions"))
        self._tables.thread_keys[key] = (ref, discussion.gitlab_id)
        return key


def paths_of(records: Sequence[DependentRecord]) -> tuple[str, ...]:
    """The file names that a merge request's document shows, old names too, sorted."""
    changes = [record for record in records if isinstance(record, FileChange)]
    return tuple(sorted({path for change in changes for path in (change.old_path, change.new_path) if path}))


def _shown(thread: ThreadRow | None) -> tuple[Note, ...]:
    """What the thread's document is made from: living threads' notes by people (C2)."""
    if thread is None or thread.deleted_at is not None:
        return ()
    return tuple(note for note in thread.discussion.notes if not note.system)
