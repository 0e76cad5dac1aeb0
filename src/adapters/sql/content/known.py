"""What a transaction has already learnt from its connection, so that it asks only once."""

from sqlalchemy import Connection, bindparam, select

from adapters.sql.item_tables import TABLES
from adapters.sql.prepared import Prepared
from adapters.sql.schema import projects
from domain.errors import NotFound
from domain.refs import EntityKind, EntityRef, ProjectId

_INSTANCE = Prepared(select(projects.c.instance_id).where(projects.c.id == bindparam("project_id")))


def _finding(kind: EntityKind) -> Prepared:
    item = TABLES[kind].item
    return Prepared(
        select(item.c.id).where(item.c.project_id == bindparam("project_id"), item.c.iid == bindparam("iid"))
    )


_ITEM_ID = {kind: _finding(kind) for kind in EntityKind}


class Known:
    """Lives as long as its transaction, in which nobody else writes; a view sees one state only."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.item_ids: dict[EntityRef, int] = {}
        self.absent: set[EntityRef] = set()
        self._instances: dict[ProjectId, int] = {}

    def instance_of(self, project_id: ProjectId) -> int:
        if project_id not in self._instances:
            found = _INSTANCE.run(self.connection, project_id=project_id).scalar()
            if found is None:
                raise NotFound("The store does not hold this project any more.", details={"project_id": project_id})
            self._instances[project_id] = found
        return self._instances[project_id]

    def find_item(self, ref: EntityRef) -> int | None:
        """The item's local key, or None."""
        if ref not in self.item_ids:
            found = _ITEM_ID[ref.kind].run(self.connection, project_id=ref.project_id, iid=ref.iid).scalar()
            if found is None:
                return None
            self.item_ids[ref] = found
        return self.item_ids[ref]

    def item_id(self, ref: EntityRef) -> int:
        """The item's local key. Raises `NotFound`."""
        found = self.find_item(ref)
        if found is None:
            raise NotFound(f"The store does not hold {ref.kind.sigil}{ref.iid}.")
        return found
