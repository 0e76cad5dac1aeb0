"""The health of a store that tests make ill."""

from application.ports.store_health import HeldLock, ModelCoverage


class MemoryStoreHealth:
    """Port `StoreHealth`. It says what it was told to say."""

    def __init__(self) -> None:
        self.damaged: tuple[str, ...] = ()
        self.gaps = 0
        self.covered: tuple[ModelCoverage, ...] = ()
        self.held: tuple[HeldLock, ...] = ()

    def damage(self) -> tuple[str, ...]:
        return self.damaged

    def index_gaps(self) -> int:
        return self.gaps

    def coverage(self) -> tuple[ModelCoverage, ...]:
        return self.covered

    def locks(self) -> tuple[HeldLock, ...]:
        return tuple(sorted(self.held, key=lambda lock: lock.name))
