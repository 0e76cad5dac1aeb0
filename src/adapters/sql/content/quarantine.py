"""Records that GitLab sent and that cannot be read (sync.md rule 7)."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, or_

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, inserting
from adapters.sql.schema import sync_quarantine
from domain.entities import Rejected
from domain.refs import ProjectId

_SAME_NAME = (
    sync_quarantine.c.project_id.is_not_distinct_from(bindparam("project_id")),
    sync_quarantine.c.record == bindparam("record"),
    sync_quarantine.c.gitlab_id.is_not_distinct_from(bindparam("gitlab_id")),
)
_FORGET = Prepared(
    delete(sync_quarantine).where(
        *_SAME_NAME, or_(sync_quarantine.c.gitlab_id.is_not(None), sync_quarantine.c.payload == bindparam("payload"))
    )
)
_INSERT = inserting(sync_quarantine)
_OF_PROJECT = sync_quarantine.c.project_id == bindparam("project_id")
_NAMED = (_OF_PROJECT, sync_quarantine.c.record == bindparam("record"))
_RELEASE_ALL = Prepared(delete(sync_quarantine).where(_OF_PROJECT))
_RELEASE_NAMED = Prepared(delete(sync_quarantine).where(*_NAMED))
_RELEASE = Prepared(delete(sync_quarantine).where(*_NAMED, sync_quarantine.c.gitlab_id == bindparam("gitlab_id")))


class SqlQuarantine:
    """Port `Quarantine`."""

    def __init__(self, known: Known) -> None:
        self._connection = known.connection

    def add(self, project_id: ProjectId | None, rejected: Rejected, *, at: int) -> None:
        row = {
            "project_id": project_id,
            "record": rejected.record,
            "gitlab_id": rejected.gitlab_id,
            "payload": rejected.payload,
        }
        _FORGET.run(self._connection, **row)
        _INSERT.run(self._connection, error=rejected.error, quarantined_at=at, **row)

    def release(self, project_id: ProjectId, record: str, gitlab_id: str | None = None) -> None:
        if gitlab_id is None:
            _RELEASE_NAMED.run(self._connection, project_id=project_id, record=record)
        else:
            _RELEASE.run(self._connection, project_id=project_id, record=record, gitlab_id=gitlab_id)

    def release_all(self, project_ids: Collection[ProjectId]) -> None:
        for project_id in project_ids:
            _RELEASE_ALL.run(self._connection, project_id=project_id)
