"""Every transaction checks that the lock it is made under is still held (section 5)."""

from sqlalchemy import Connection, bindparam, select, update

from adapters.sql.prepared import Prepared
from adapters.sql.schema import app_locks
from application.ports.locks import Lease
from domain.errors import LockLost

HEARTBEAT_MS = 15_000
"""A transaction renews the heartbeat of its lock when that is older, and of all others that its process holds."""

_CHECK = Prepared(
    select(app_locks).where(app_locks.c.name == bindparam("name"), app_locks.c.owner == bindparam("owner"))
)
_RENEW = Prepared(
    update(app_locks)
    .where(app_locks.c.host == bindparam("_host"), app_locks.c.pid == bindparam("_pid"))
    .values(heartbeat_at=bindparam("now"))
)


def check_lease(connection: Connection, lease: Lease, now: int) -> None:
    """Raises `LockLost` where the lock has another owner; else shows, now and then, that its owner lives."""
    row = _CHECK.run(connection, name=lease.name, owner=lease.owner).first()
    if row is None:
        raise LockLost(
            f"The lock {lease.name!r} has another owner now; nothing more was written.",
            suggestion="Run the command again.",
            details={"lock": lease.name},
        )
    if now - row.heartbeat_at >= HEARTBEAT_MS:
        _RENEW.run(connection, now=now, _host=row.host, _pid=row.pid)
