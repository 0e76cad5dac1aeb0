"""Notes as answers about people show them."""

from dataclasses import dataclass

from application.ports.people_reader import NoteSeen
from application.provenance.shown import EXCERPT
from domain.excerpts import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNote:
    project_path: str
    noteable_type: str
    parent_iid: int
    parent_title: str | None
    gitlab_discussion_id: str | None
    gitlab_note_id: int | None
    author: str
    created_at: int
    excerpt: str
    path: str | None
    web_url: str


def shown_note(note: NoteSeen) -> ShownNote:
    return ShownNote(
        project_path=note.item.project_path,
        noteable_type=note.item.kind.noteable_type,
        parent_iid=note.item.iid,
        parent_title=note.item_title,
        gitlab_discussion_id=note.gitlab_discussion_id,
        gitlab_note_id=note.gitlab_note_id,
        author=note.author,
        created_at=note.created_at,
        excerpt=one_line(note.body, EXCERPT),
        path=note.path,
        web_url=note.web_url,
    )
