"""Drawing the tables in memory as a picture that can be compared."""

from collections.abc import Iterator
from dataclasses import asdict, fields

from adapters.memory.content.tables import DocumentRow, ItemRow, Tables
from adapters.memory.pictures import (
    ContentPicture,
    DocumentName,
    DocumentPicture,
    ItemName,
    ItemPicture,
    JobPicture,
    ProjectPicture,
    SetName,
    StorePicture,
    picture_of_item,
)
from domain.document_records import Document
from domain.entities import DependentRecord
from domain.references import FoundReference
from domain.refs import DependentKind, EntityRef, ProjectId, SourceKey, dependents_of

_LOCAL = {"key", "project_id"}


class Drawing:
    """Names every row by what GitLab calls it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def store(self) -> StorePicture:
        tables = self._tables
        return StorePicture(
            content=self._content(),
            projects=dict(self._projects()),
            tombstones=dict(self._tombstones()),
            watermarks={self._set_name(*name): state.watermark for name, state in tables.set_states.items()},
            jobs=dict(self._jobs()),
            cursors={(*self._project_name(project), kind): at for (project, kind), at in tables.cursors.items()},
            dirty={self._document_name(key): at for key, at in tables.dirty.items()},
            quarantine=tuple(sorted((row.rejected for row in tables.quarantine.values()), key=repr)),
        )

    def _content(self) -> ContentPicture:
        living = {ref: row for ref, row in self._tables.items.items() if row.deleted_at is None}
        return ContentPicture(
            items={self._name(ref): self._item(ref, row) for ref, row in living.items()},
            references={self._name(ref): self._references(ref, row) for ref, row in living.items()},
            documents={self._document_name(key): _document(row) for key, row in self._tables.documents.items()},
        )

    def _item(self, ref: EntityRef, row: ItemRow) -> ItemPicture:
        return picture_of_item(row.entity, {kind: self._records(ref, kind) for kind in dependents_of(ref.kind)})

    def _records(self, ref: EntityRef, kind: DependentKind) -> tuple[DependentRecord, ...]:
        if kind is not DependentKind.DISCUSSIONS:
            return self._tables.sets.get((ref, kind), ())
        threads = self._tables.threads.get(ref, {}).values()
        return tuple(thread.discussion for thread in threads if thread.deleted_at is None)

    def _references(self, ref: EntityRef, row: ItemRow) -> tuple[tuple[int | None, FoundReference], ...]:
        notes = self._tables.note_references.get(ref, {})
        found: list[tuple[int | None, FoundReference]] = [(None, reference) for reference in row.references]
        found += [(note, reference) for note, references in notes.items() for reference in references]
        return tuple(sorted(found, key=repr))

    def _projects(self) -> Iterator[tuple[tuple[str, int], ProjectPicture]]:
        for project_id, row in self._tables.projects.items():
            paths = {path for (_, path), owner in self._tables.paths.items() if owner == project_id}
            yield (
                self._project_name(project_id),
                ProjectPicture(
                    path=row.stored.path,
                    aliases=frozenset(paths - {row.stored.path}),
                    in_standard_sync=row.stored.in_standard_sync,
                ),
            )

    def _tombstones(self) -> Iterator[tuple[ItemName, int]]:
        for ref, row in self._tables.items.items():
            if row.deleted_at is not None:
                yield self._name(ref), row.deleted_at

    def _jobs(self) -> Iterator[tuple[SetName, JobPicture]]:
        for name, row in self._tables.jobs.items():
            yield self._set_name(*name), JobPicture(**asdict(row))

    def _project_name(self, project_id: ProjectId) -> tuple[str, int]:
        stored = self._tables.projects[project_id].stored
        return stored.instance, stored.gitlab_id

    def _name(self, ref: EntityRef) -> ItemName:
        instance, project = self._project_name(ref.project_id)
        return ItemName(instance=instance, project=project, kind=ref.kind, iid=ref.iid)

    def _set_name(self, ref: EntityRef, kind: DependentKind) -> SetName:
        return self._name(ref), kind

    def _document_name(self, key: SourceKey) -> DocumentName:
        if key in self._tables.item_keys:
            return self._name(self._tables.item_keys[key]), None
        ref, discussion_id = self._tables.thread_keys[key]
        return self._name(ref), discussion_id


def _document(row: DocumentRow) -> DocumentPicture:
    names = [field.name for field in fields(Document) if field.name not in _LOCAL]
    return DocumentPicture(fields={name: getattr(row.document, name) for name in names}, chunks=row.chunks)
