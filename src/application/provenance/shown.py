"""Items and threads as provenance answers show them: flat, and with what is needed to find them again."""

from dataclasses import dataclass

from domain.entities import Discussion, Entity, MergeRequest, Note
from domain.excerpts import one_line
from domain.refs import EntityKind
from domain.timeline import ItemKey

EXCERPT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    kind: EntityKind
    project_path: str
    iid: int
    title: str
    state: str
    author: str
    created_at: int
    updated_at: int
    merged_at: int | None
    closed_at: int | None
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownThread:
    """A thread by its first note; `last_excerpt` is the last note's text where there are several."""

    project_path: str
    noteable_type: str
    parent_iid: int
    gitlab_discussion_id: str
    gitlab_note_id: int
    author: str
    created_at: int
    notes: int
    resolved: bool | None
    old_path: str | None
    new_path: str | None
    old_line: int | None
    new_line: int | None
    excerpt: str
    last_author: str | None
    last_excerpt: str | None
    web_url: str


def shown_item(key: ItemKey, entity: Entity) -> ShownItem:
    return ShownItem(
        kind=key.kind,
        project_path=key.project_path,
        iid=key.iid,
        title=entity.title,
        state=entity.state,
        author=entity.author.username,
        created_at=entity.created_at,
        updated_at=entity.updated_at,
        merged_at=entity.merged_at if isinstance(entity, MergeRequest) else None,
        closed_at=entity.closed_at,
        web_url=entity.web_url,
    )


def spoken(discussion: Discussion) -> tuple[Note, ...]:
    """What people said in it."""
    return tuple(note for note in discussion.notes if not note.system)


def shown_thread(key: ItemKey, item_url: str, discussion: Discussion) -> ShownThread:
    """Of a discussion in which somebody said something."""
    notes = spoken(discussion)
    first, last = notes[0], notes[-1]
    place = first.position
    return ShownThread(
        project_path=key.project_path,
        noteable_type=key.kind.noteable_type,
        parent_iid=key.iid,
        gitlab_discussion_id=discussion.gitlab_id,
        gitlab_note_id=first.gitlab_id,
        author=first.author.username,
        created_at=first.created_at,
        notes=len(notes),
        resolved=first.resolved,
        old_path=None if place is None else place.old_path,
        new_path=None if place is None else place.new_path,
        old_line=None if place is None else place.old_line,
        new_line=None if place is None else place.new_line,
        excerpt=one_line(first.body, EXCERPT),
        last_author=last.author.username if len(notes) > 1 else None,
        last_excerpt=one_line(last.body, EXCERPT) if len(notes) > 1 else None,
        web_url=f"{item_url}#note_{first.gitlab_id}",
    )
