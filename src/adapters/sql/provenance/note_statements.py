"""Selects of notes by people, together with the items that they belong to."""

from sqlalchemy import Select, case, func, select

from adapters.sql.prepared import Row
from adapters.sql.schema import discussions, instances, issues, merge_requests, notes, projects, users
from application.ports.people_reader import NoteSeen
from domain.refs import EntityKind
from domain.timeline import ItemKey

SPOKEN = (notes.c.deleted_at.is_(None), notes.c.system.is_(False), discussions.c.deleted_at.is_(None))
LIVING_ITEM = func.coalesce(issues.c.deleted_at, merge_requests.c.deleted_at).is_(None)
KIND = case((discussions.c.issue_id.is_(None), EntityKind.MERGE_REQUEST), else_=EntityKind.ISSUE).label("kind")
OF_ITEM = (
    instances.c.name.label("instance"),
    projects.c.path.label("project_path"),
    KIND,
    func.coalesce(issues.c.iid, merge_requests.c.iid).label("iid"),
    func.coalesce(issues.c.title, merge_requests.c.title).label("title"),
    func.coalesce(issues.c.web_url, merge_requests.c.web_url).label("item_url"),
)


def notes_with_items() -> Select[*tuple[object, ...]]:
    """Living notes by people; the notes' table leads, so that its indexes on time and author are of use."""
    return (
        select(
            notes.c.gitlab_id,
            notes.c.created_at,
            notes.c.body,
            notes.c.new_path,
            discussions.c.gitlab_id.label("discussion_id"),
            users.c.username,
            *OF_ITEM,
        )
        .select_from(notes)
        .join(discussions, notes.c.discussion_id == discussions.c.id)
        .join(projects, notes.c.project_id == projects.c.id)
        .join(instances, projects.c.instance_id == instances.c.id)
        .join(users, notes.c.author_id == users.c.id)
        .outerjoin(issues, discussions.c.issue_id == issues.c.id)
        .outerjoin(merge_requests, discussions.c.merge_request_id == merge_requests.c.id)
        .where(*SPOKEN, LIVING_ITEM)
    )


def item_key(row: Row) -> ItemKey:
    return ItemKey(row.project_path, EntityKind(row.kind), row.iid)


def note_seen(row: Row) -> NoteSeen:
    return NoteSeen(
        instance=row.instance,
        item=item_key(row),
        item_title=row.title,
        gitlab_discussion_id=row.discussion_id,
        gitlab_note_id=row.gitlab_id,
        author=row.username,
        created_at=row.created_at,
        body=row.body,
        web_url=f"{row.item_url}#note_{row.gitlab_id}",
        path=row.new_path,
    )
