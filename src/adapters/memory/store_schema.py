"""The schema of a store that has none."""

from application.ports.store_schema import SchemaState


class MemoryStoreSchema:
    """Port `StoreSchema`. `error` is what `upgrade` raises instead of upgrading."""

    def __init__(self, current: str | None = None, newest: str = "0002") -> None:
        self.current = current
        self.newest = newest
        self.error: Exception | None = None

    def state(self) -> SchemaState:
        return SchemaState(place="memory", current=self.current, newest=self.newest)

    def upgrade(self) -> None:
        if self.error is not None:
            raise self.error
        self.current = self.newest
