"""How the little GitLab puts its answers: payloads, pages, refusals."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.memory.server.model import ServerItem
from domain.entities import DependentRecord, Entity, Fetched, Rejected
from domain.list_walk import ListPosition

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    rows: Sequence[T]
    has_next: bool
    keyset_cursor: str | None = None


def offset_page(rows: Sequence[T], page: int, size: int) -> Page[T]:
    return Page(rows=rows[(page - 1) * size : page * size], has_next=len(rows) > page * size)


def keyset_page(rows: Sequence[ServerItem], cursor: str | None, size: int) -> Page[ServerItem]:
    """The rows after the one that the cursor names; the last page has no cursor (FACTS.md section b)."""
    if cursor is not None:
        after = tuple(json.loads(cursor))
        rows = [item for item in rows if (item.entity.updated_at, item.entity.gitlab_id) > after]
    page, has_next = rows[:size], len(rows) > size
    last = json.dumps([page[-1].entity.updated_at, page[-1].entity.gitlab_id]) if has_next else None
    return Page(rows=page, has_next=has_next, keyset_cursor=last)


def updated_since(rows: Sequence[ServerItem], position: ListPosition) -> list[ServerItem]:
    """`updated_after` is inclusive (FACTS.md section 0)."""
    return [item for item in rows if item.entity.updated_at >= (position.updated_after or 0)]


def fetched(entity: Entity, *, requested_at: int) -> Fetched[Entity]:
    content = {"id": entity.gitlab_id, "iid": entity.iid, "title": entity.title, "description": entity.description}
    return Fetched(value=entity, payload=packed(content), requested_at=requested_at)


def rejected_item(item: ServerItem) -> Rejected:
    return _rejected(item.kind.value, item.entity.gitlab_id)


def rejected_record(item: ServerItem, record: DependentRecord, dependent: str) -> Rejected:
    return _rejected(dependent, getattr(record, "gitlab_id", item.entity.gitlab_id))


def packed(content: object) -> bytes:
    return zlib.compress(json.dumps(content).encode(), level=1)


def _rejected(record: str, gitlab_id: object) -> Rejected:
    payload = packed({"id": gitlab_id})
    return Rejected(record=record, gitlab_id=str(gitlab_id), payload=payload, error="title: a text was expected")
