"""Port `StoreRepair`: the store's own checks, and everything derived brought into line with what it derives from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, bindparam, select

from adapters.sql.connections import for_writing
from adapters.sql.prepared import Prepared
from adapters.sql.schema import app_locks
from adapters.sql.soundness import sources, vectors
from adapters.sql.soundness.any_bytes import reading_any_bytes
from adapters.sql.soundness.item_entries import mend_item_entries, wrong_item_entries
from adapters.sql.soundness.text_index import index_damage, rebuild_indexes
from adapters.sql.soundness.text_mending import distrust, drop_strays, mend, stray_chunks, stray_entries
from adapters.sql.soundness.texts import TextFault, all_stored_texts, faults_of, stored_texts
from application.ports.locks import Lease
from application.ports.store_repair import Finding, MendedVectors
from domain.errors import LockLost

_MOST = 20
_DERIVED = frozenset({"document_chunks", "chunk_vectors", "title_vectors", "vector_segments"})
"""Tables whose own checks find rows that name none, and which can be mended."""
_HELD = Prepared(
    select(app_locks.c.name).where(app_locks.c.name == bindparam("lock"), app_locks.c.owner == bindparam("me"))
)


class SqlStoreRepair:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    def findings(self) -> tuple[Finding, ...]:
        damage = index_damage(self._engine)
        with self._engine.connect() as connection, reading_any_bytes(connection):
            texts = _text_findings(connection)
            return (
                _finding("integrity", _integrity(connection)),
                _finding("foreign_keys", _lost_rows(connection)),
                _finding("index", [*damage, *texts[TextFault.ENTRY]]),
                _finding("orphans", sources.orphans(connection)),
                _finding("documents", [*sources.sources_without_document(connection), *texts[TextFault.DOCUMENT]]),
                _finding("chunks", texts[TextFault.CHUNKS]),
                _finding("vectors", [f"{meant} {key}" for meant, key in vectors.unusable_vectors(connection)]),
                _finding("segments", _segment_findings(connection)),
            )

    def mend_index(self, lease: Lease) -> int:
        with self._writing(lease) as connection:
            rebuild_indexes(connection)
            wrong = sources.drop_orphans(connection) + drop_strays(connection)
            misplaced = sources.misplaced(connection)
            distrust(connection, misplaced)
        last = 0
        while True:
            lease.let_others_in()
            with self._writing(lease) as connection:
                page = stored_texts(connection, last)
                wrong += sum(mend(connection, stored) for stored in page)
                if not page:
                    return wrong + mend_item_entries(connection)
            last = page[-1].row.id

    def mend_vectors(self, lease: Lease) -> MendedVectors:
        with self._writing(lease) as connection:
            dropped = vectors.drop_unusable_vectors(connection)
            vectors.drop_segments(connection, vectors.torn_segments(connection))
            entries = 0
            for shelf in vectors.shelves(connection):
                dropped += vectors.drop_contradicted(connection, shelf)
                lacking = sum(1 for _ in vectors.without_entry(connection, shelf))
                if lacking:
                    vectors.pack_again(connection, shelf)
                entries += lacking
        return MendedVectors(dropped=dropped, entries=entries)

    @contextmanager
    def _writing(self, lease: Lease) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            if _HELD.run(connection, lock=lease.name, me=lease.owner).first() is None:
                raise LockLost(
                    f"The lock {lease.name!r} has another owner now; the repair was not finished.",
                    suggestion="Run the command again.",
                    details={"lock": lease.name},
                )
            with reading_any_bytes(connection):
                yield connection


def _integrity(connection: Connection) -> list[str]:
    said = [str(line) for line in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars()]
    return [line for line in said if line != "ok"]


def _lost_rows(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [f"{row[0]} row {row[1]} names a row of {row[2]}" for row in rows if row[0] not in _DERIVED]


def _text_findings(connection: Connection) -> dict[TextFault, list[str]]:
    found = {
        TextFault.DOCUMENT: [f"document {key}" for key in sources.misplaced(connection)],
        TextFault.CHUNKS: [f"chunk {key}" for key in stray_chunks(connection)],
        TextFault.ENTRY: [
            *(f"entry {key}" for key in stray_entries(connection)),
            *(f"entry of item {key}" for key in wrong_item_entries(connection)),
        ],
    }
    for stored in all_stored_texts(connection):
        for fault in faults_of(stored):
            found[fault].append(f"document {stored.row.id}")
    return found


def _segment_findings(connection: Connection) -> list[str]:
    found = [f"segment {segment}" for segment in vectors.torn_segments(connection)]
    for shelf in vectors.shelves(connection):
        found += [f"{shelf.meant} {key}" for key in vectors.without_entry(connection, shelf)]
    return found


def _finding(check: str, wrong: Sequence[str]) -> Finding:
    return Finding(check=check, count=len(wrong), example=wrong[0] if wrong else "")
