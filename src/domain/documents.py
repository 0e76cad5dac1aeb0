"""Render what the store holds into documents: one for each issue, merge request and discussion (spec/search.md)."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from domain.document_records import (
    DiscussionSource,
    Document,
    DocumentContent,
    DocumentPart,
    DocumentSource,
    ItemSource,
)
from domain.entities import Entity, MergeRequest, Note

RENDERING = "1"
"""Part of every content hash: another number makes every document be written again."""

_DRAFT = re.compile(r"\s*(?:(?:(?:draft|wip)\s*:|\[(?:draft|wip)\]|\((?:draft|wip)\))\s*)+", re.IGNORECASE)
_RESOLVE = re.compile(r'^\s*resolve\s+"(?P<title>.+)"\s*$', re.IGNORECASE | re.DOTALL)


def render(source: DocumentSource) -> Document | None:
    """The document of a source, or None where it has none: a thread without a person's words says nothing (C2)."""
    return _of_item(source) if isinstance(source, ItemSource) else _of_discussion(source)


def title_for_index(title: str) -> str:
    """The title without what GitLab's buttons add to it: `Draft:`, `WIP:`, `Resolve "..."`."""
    draft = _DRAFT.match(title)
    plain = title if draft is None else title[draft.end() :]
    resolved = _RESOLVE.match(plain)
    return (resolved["title"] if resolved else plain).strip()


def content_hash(content: DocumentContent) -> str:
    parts = [[part.text, part.note_gitlab_id] for part in content.parts]
    shown = [content.title, parts, content.labels, content.people, content.paths, content.state, content.web_url]
    if content.milestone:
        shown.append(content.milestone)
    return hashlib.sha256(json.dumps([RENDERING, *shown]).encode()).hexdigest()


def _of_item(source: ItemSource) -> Document:
    entity = source.entity
    return _hashed(
        source,
        entity,
        parts=(DocumentPart(text=entity.description),) if entity.description.strip() else (),
        people=_distinct((entity.author.username, *_responsible(entity))),
        paths=source.paths,
        author=entity.author.username,
        created_at=entity.created_at,
        updated_at=entity.updated_at,
        web_url=entity.web_url,
        milestone="" if entity.milestone is None else entity.milestone.title,
    )


def _of_discussion(source: DiscussionSource) -> Document | None:
    notes = [note for note in source.discussion.notes if not note.system and note.body.strip()]
    if not notes:
        return None
    return _hashed(
        source,
        source.item,
        parts=tuple(DocumentPart(text=note.body, note_gitlab_id=note.gitlab_id) for note in notes),
        people=_distinct(note.author.username for note in notes),
        paths=tuple(sorted(set(_paths(notes)))),
        author=notes[0].author.username,
        created_at=notes[0].created_at,
        updated_at=max(note.updated_at for note in notes),
        web_url=f"{source.item.web_url}#note_{notes[0].gitlab_id}",
    )


def _responsible(entity: Entity) -> tuple[str, ...]:
    people = [user.username for user in entity.assignees]
    if isinstance(entity, MergeRequest):
        people += [user.username for user in entity.reviewers]
    return tuple(people)


def _paths(notes: Iterable[Note]) -> Iterable[str]:
    for note in notes:
        if note.position is not None:
            yield from filter(None, (note.position.old_path, note.position.new_path))


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _hashed(
    source: DocumentSource,
    item: Entity,
    *,
    parts: tuple[DocumentPart, ...],
    people: tuple[str, ...],
    paths: tuple[str, ...],
    author: str,
    created_at: int,
    updated_at: int,
    web_url: str,
    milestone: str = "",
) -> Document:
    document = Document(
        key=source.key,
        project_id=source.project_id,
        project_path=source.project_path,
        item_kind=item.kind,
        iid=item.iid,
        title=title_for_index(item.title),
        parts=parts,
        labels=tuple(sorted(item.labels)),
        people=people,
        paths=paths,
        author=author,
        state=item.state,
        created_at=created_at,
        updated_at=updated_at,
        web_url=web_url,
        milestone=milestone,
        content_hash="",
    )
    return replace(document, content_hash=content_hash(document))
