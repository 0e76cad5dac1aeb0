"""The dependent sets of the store in memory: threads, events, links, diffs, commits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

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
            return self._put_threads(ref, answer, sweep, references)
        shown_before = paths_of(self._tables.sets.get(name, ()))
        self._tables.sets[name] = tuple(dict.fromkeys(answer.records))
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
        answer: DependentAnswer,
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        old = self._tables.threads.get(ref, {})
        discussions = {record.gitlab_id: record for record in answer.records if isinstance(record, Discussion)}
        gone = {name for name in self.discussion_ids(ref) - discussions.keys() if sweep is None or name in sweep}
        new = {name: replace(old[name], deleted_at=answer.requested_at) for name in sorted(gone)}
        for name, discussion in discussions.items():
            source = old[name].source if name in old else self._new_key(ref, discussion)
            new[name] = ThreadRow(source=source, discussion=discussion)
        self._tables.threads[ref] = {**old, **new}
        self._put_references(ref, discussions.values(), references)
        return tuple(thread.source for name, thread in new.items() if _shown(old.get(name)) != _shown(thread))

    def _put_references(
        self, ref: EntityRef, answered: Iterable[Discussion], references: Sequence[tuple[int, FoundReference]]
    ) -> None:
        """Replace those of the answer's threads; keep those of living threads that were not seen."""
        notes = {note.gitlab_id for discussion in answered for note in discussion.notes}
        living = (thread for thread in self._tables.threads[ref].values() if thread.deleted_at is None)
        unseen = {note.gitlab_id for thread in living for note in thread.discussion.notes} - notes
        old = self._tables.note_references.get(ref, {})
        new = {note_id: found for note_id, found in old.items() if note_id in unseen}
        for note_id, reference in dict.fromkeys(references):
            if note_id in notes:
                new[note_id] = (*new.get(note_id, ()), reference)
        self._tables.note_references[ref] = new

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
