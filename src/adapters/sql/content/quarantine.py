"""Records that GitLab sent and that cannot be read (sync.md rule 7)."""

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


class SqlQuarantine:
    """Port `Quarantine`. A record that comes again replaces what was kept of it."""

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
