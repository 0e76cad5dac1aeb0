"""What tests of SQL adapters stand on: locks in the database, and the ports that vectors need."""

from pathlib import Path

from sqlalchemy import Engine

from adapters.locks.kernel_liveness import KernelLiveness
from adapters.memory.clock import MemoryClock
from adapters.sql.content_store import SqlContentStore
from adapters.sql.locks import SqlLocks
from adapters.sql.reading.document_search import SqlDocumentSearch
from adapters.sql.vectors.index import SqlVectorIndex
from adapters.sql.vectors.store import SqlVectorStore
from adapters.system.identifiers import UuidIdentifiers
from adapters.system.process_identity import SystemProcessIdentity


def sql_locks(engine: Engine, folder: Path, clock: MemoryClock | None = None) -> SqlLocks:
    """The kernel's locks lie in the folder."""
    return SqlLocks(
        engine,
        liveness=KernelLiveness(folder / "locks"),
        clock=clock or MemoryClock(),
        identifiers=UuidIdentifiers(),
        process=SystemProcessIdentity(),
    )


class SqlVectorPorts:
    """`VectorPorts`."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        clock = MemoryClock()
        self.locks = sql_locks(engine, folder, clock)
        self.store = SqlContentStore(engine, clock)
        self.index = SqlVectorIndex(engine)
        self.vectors = SqlVectorStore(engine, clock)
        self.search = SqlDocumentSearch(engine)
