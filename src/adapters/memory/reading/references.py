"""References from and to an item of the store in memory, resolved when they are read (sync.md rule 6)."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.memory.content.tables import Tables
from adapters.memory.reading.living import living_item, living_items, path_of
from application.ports.item_reader import ReadReference
from domain.entities import ClosesIssue, DependentRecord, IssueLink, StateEvent
from domain.references import Relation
from domain.refs import DependentKind, EntityKind, EntityRef

_ORIGINS = {
    DependentKind.ISSUE_LINKS: "issue_link",
    DependentKind.CLOSES_ISSUES: "closes_issues",
    DependentKind.STATE_EVENTS: "state_event",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    kind: EntityKind
    project_path: str
    iid: int
    relation: str
    origin: str


def references_from(tables: Tables, ref: EntityRef) -> tuple[ReadReference, ...]:
    return tuple(dict.fromkeys(_shown(tables, one) for one in _all_of(tables, ref)))


def references_to(tables: Tables, ref: EntityRef) -> tuple[ReadReference, ...]:
    paths = {path for (_, path), owner in tables.paths.items() if owner == ref.project_id}
    found = [
        ReadReference(
            project_path=path_of(tables, source),
            kind=source.kind,
            iid=source.iid,
            relation=one.relation,
            origin=one.origin,
            title=row.entity.title,
            state=row.entity.state,
        )
        for source, row in living_items(tables)
        for one in _all_of(tables, source)
        if one.kind is ref.kind and one.iid == ref.iid and one.project_path in paths
    ]
    return tuple(dict.fromkeys(found))


def _all_of(tables: Tables, ref: EntityRef) -> Iterator[_Reference]:
    row = living_item(tables, ref)
    if row is None:
        return
    texts = [("description", found) for found in row.references]
    system = {
        note.gitlab_id
        for thread in tables.threads.get(ref, {}).values()
        for note in thread.discussion.notes
        if note.system
    }
    for note_id, references in tables.note_references.get(ref, {}).items():
        texts += [("system_note" if note_id in system else "note", found) for found in references]
    for origin, found in texts:
        yield _Reference(
            kind=found.kind, project_path=found.project_path, iid=found.iid, relation=found.relation, origin=origin
        )
    for dependent, origin in _ORIGINS.items():
        for record in tables.sets.get((ref, dependent), ()):
            yield from _of_record(tables, record, origin)


def _of_record(tables: Tables, record: DependentRecord, origin: str) -> Iterator[_Reference]:
    match record:
        case IssueLink(target_project_path=path, target_iid=iid):
            relation = Relation.RELATED if record.link_type == "relates_to" else record.link_type
            yield _Reference(kind=EntityKind.ISSUE, project_path=path, iid=iid, relation=relation, origin=origin)
        case ClosesIssue(target_project_path=str(path), target_iid=int(iid)):
            yield _Reference(kind=EntityKind.ISSUE, project_path=path, iid=iid, relation=Relation.CLOSES, origin=origin)
        case StateEvent(state="closed", source_merge_request_gitlab_id=int(gitlab_id)):
            for ref, row in tables.items.items():
                if ref.kind is EntityKind.MERGE_REQUEST and row.entity.gitlab_id == gitlab_id:
                    yield _Reference(
                        kind=ref.kind,
                        project_path=path_of(tables, ref),
                        iid=ref.iid,
                        relation=Relation.CLOSED_BY,
                        origin=origin,
                    )


def _shown(tables: Tables, reference: _Reference) -> ReadReference:
    owners = {owner for (_, path), owner in tables.paths.items() if path == reference.project_path}
    targets = (living_item(tables, EntityRef(owner, reference.kind, reference.iid)) for owner in sorted(owners))
    target = next((row.entity for row in targets if row is not None), None)
    return ReadReference(
        project_path=reference.project_path,
        kind=reference.kind,
        iid=reference.iid,
        relation=reference.relation,
        origin=reference.origin,
        title=target.title if target else None,
        state=target.state if target else None,
    )
