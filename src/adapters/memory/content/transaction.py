"""A transaction over the tables in memory."""

from adapters.memory.content.bookkeeping import MemoryCursors, MemoryDirtySources, MemoryQuarantine
from adapters.memory.content.dependents import MemoryDependents
from adapters.memory.content.documents import MemoryDocuments
from adapters.memory.content.entities import MemoryEntities
from adapters.memory.content.jobs import MemoryJobs
from adapters.memory.content.projects import MemoryProjects
from adapters.memory.content.tables import Tables


class MemoryTransaction:
    """Port `Transaction`."""

    def __init__(self, tables: Tables) -> None:
        self.projects = MemoryProjects(tables)
        self.entities = MemoryEntities(tables)
        self.dependents = MemoryDependents(tables)
        self.jobs = MemoryJobs(tables)
        self.cursors = MemoryCursors(tables)
        self.dirty = MemoryDirtySources(tables)
        self.documents = MemoryDocuments(tables)
        self.quarantine = MemoryQuarantine(tables)
