"""GitLab's own answers, compressed as they came."""

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.prepared import Prepared
from adapters.sql.schema import raw_payloads
from domain.refs import EntityRef

_COLUMNS = ("project_id", "kind", "iid", "dependent", "payload", "requested_at")
_UPSERT = insert(raw_payloads)
_PUT = Prepared(
    _UPSERT.on_conflict_do_update(
        index_elements=["project_id", "kind", "iid", "dependent"],
        set_={"payload": _UPSERT.excluded.payload, "requested_at": _UPSERT.excluded.requested_at},
    ),
    columns=_COLUMNS,
)
_DROP = Prepared(delete(raw_payloads).where(*(raw_payloads.c[name] == bindparam(name) for name in _COLUMNS[:4])))


class Payloads:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, ref: EntityRef, dependent: str, payload: bytes, requested_at: int) -> None:
        """`dependent` is empty for the item's own payload."""
        _PUT.run(
            self._connection,
            project_id=ref.project_id,
            kind=ref.kind,
            iid=ref.iid,
            dependent=dependent,
            payload=payload,
            requested_at=requested_at,
        )

    def drop(self, ref: EntityRef, dependent: str) -> None:
        _DROP.run(self._connection, project_id=ref.project_id, kind=ref.kind, iid=ref.iid, dependent=dependent)
