"""Makes a store of any number of documents out of an embedded one, by repeating it with perturbed text and vectors.

Documents, chunks, indexes and vectors are written through the store's own adapters; only the rows of the issues and
merge requests that documents belong to are copied in SQL. In every copy a fifth of the words are exchanged for words
drawn from the whole corpus, so that terms stay as frequent as they are, and every vector is a real one moved towards
another, with noise.
"""

import json
import random
import re
import shutil
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, event

from adapters.memory.cancellation import MemoryCancellation
from adapters.memory.progress import MemoryProgress
from adapters.sql.connections import for_writing
from application.documents.generate_scoped_docs import BATCH
from application.embedding.embed_documents import EmbedDocuments
from application.ports.locks import EMBED, SYNC
from domain.chunking import chunks_of
from domain.document_records import Document, DocumentPart
from domain.embedding import EmbeddingSpace, Vector
from domain.refs import EntityKind, ProjectId, SourceKey, SourceType
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.settings import Settings

EXCHANGED = 0.2
MOVED = 0.3
NOISE = 0.02
APART = 10**8
"""What numbers of one copy differ by from those of the next."""
_WORDS = re.compile(r"(\w+)")


def enlarge(base: Path, settings: Settings, documents: int) -> None:
    """Make the settings' store, with so many documents, from the embedded one at `base`."""
    shutil.copy(base, settings.store_file)
    with open_container(settings, Surroundings(environ={}, progress=MemoryProgress())) as box:
        _quick(box.engine())
        _shrink(box, documents)
        corpus = _Corpus(settings.store_file)
        missing = documents - len(corpus.documents)
        copies = -(-missing // len(corpus.documents))
        for copy in range(1, copies + 1):
            _copy_items(settings.store_file, copy)
            _write(box, corpus, copy, missing - (copy - 1) * len(corpus.documents))
        _embed(box, corpus)
    with closing(sqlite3.connect(settings.store_file)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _quick(engine: Engine) -> None:
    """What is lost when the machine stops is made again."""

    @event.listens_for(engine, "connect")
    def hurry(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        connection.execute("PRAGMA wal_autocheckpoint = 100000")

    engine.dispose()


def _shrink(box: Container, documents: int) -> None:
    """Remove documents, whole items, until no more than so many are left."""
    with box.engine().connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT source_type, source_id, item_kind, item_id FROM documents ORDER BY item_id, item_kind"
        ).all()
    excess = [SourceKey(SourceType(row[0]), row[1]) for row in rows[documents:]]
    with box.locks().hold(SYNC, wait_ms=0) as lease:
        for start in range(0, len(excess), BATCH):
            with box.store().writing(lease) as transaction:
                for key in excess[start : start + BATCH]:
                    transaction.documents.remove(key)
        with for_writing(box.engine()).begin() as connection:
            for kind, table in _TABLES.items():
                connection.exec_driver_sql(
                    f"DELETE FROM {table} WHERE id NOT IN (SELECT item_id FROM documents WHERE item_kind = ?)",  # noqa: S608
                    (kind,),
                )
    with box.locks().hold(EMBED, wait_ms=0) as lease:
        box.vectors().tidy(lease)


_TABLES = {EntityKind.ISSUE: "issues", EntityKind.MERGE_REQUEST: "merge_requests"}


def _copy_items(database: Path, copy: int) -> None:
    offset = copy * APART
    with closing(sqlite3.connect(database)) as store, store:
        for table in _TABLES.values():
            names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            values = [f"{name} + {offset}" if name in {"id", "gitlab_id", "iid"} else name for name in names]
            store.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}"  # noqa: S608
                f" WHERE id < {APART}"
            )


def _write(box: Container, corpus: "_Corpus", copy: int, wanted: int) -> None:
    perturbed = corpus.copied(copy)
    with box.locks().hold(SYNC, wait_ms=0) as lease:
        for start in range(0, min(wanted, len(corpus.documents)), 1_000):
            with box.store().writing(lease) as transaction:
                for _, document in zip(range(min(1_000, wanted - start)), perturbed, strict=False):
                    transaction.documents.put(document, chunks_of(document.title, document.parts))
    print(f"copy {copy} written", flush=True)


def _embed(box: Container, corpus: "_Corpus") -> None:
    embedder = box.embedder()
    if embedder is None:
        raise SystemExit("The configuration wants no embedder.")
    stage = EmbedDocuments(
        embedder=_StandIn(corpus, embedder.space),
        vectors=box.vectors(),
        locks=box.locks(),
        cancellation=MemoryCancellation(),
        progress=MemoryProgress(),
    )
    print(stage.embed(None, wait_ms=0), flush=True)


class _Corpus:
    """The documents of the store that is repeated, and their vectors."""

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(database)) as store:
            self.documents = list(_documents(store))
            self.titles, title_owners = _vectors(
                store,
                "SELECT v.scale, v.vector, d.item_kind || d.item_id"
                " FROM title_vectors AS v JOIN documents AS d ON d.id = v.document_id",
            )
            self.chunks, chunk_owners = _vectors(
                store,
                "SELECT v.scale, v.vector, d.item_kind || d.item_id FROM chunk_vectors AS v"
                " JOIN document_chunks AS c ON c.id = v.chunk_id JOIN documents AS d ON d.id = c.document_id",
            )
        self.title_of = {item: place for place, item in enumerate(title_owners)}
        self.chunks_of: dict[str, list[int]] = {}
        for place, item in enumerate(chunk_owners):
            self.chunks_of.setdefault(item, []).append(place)
        self.item_of_title: dict[str, str] = {}
        self._pieces = {
            text: _WORDS.split(text)
            for _, one in self.documents
            for text in (one.title, *(part.text for part in one.parts))
        }
        self._words = [
            word for _, one in self.documents for part in one.parts for word in self._pieces[part.text][1::2]
        ]

    def copied(self, copy: int) -> Iterator[Document]:
        for item, document in self.documents:
            title = self._perturbed(document.title, random.Random(f"{copy} {item}"))
            self.item_of_title[title] = item
            chance = random.Random(f"{copy} {document.key}")
            parts = tuple(replace(part, text=self._perturbed(part.text, chance)) for part in document.parts)
            offset = copy * APART
            yield replace(
                document,
                key=SourceKey(document.key.source_type, document.key.source_id + offset),
                iid=document.iid + offset,
                title=title,
                parts=parts,
                content_hash=f"{copy}-{document.content_hash}",
            )

    def _perturbed(self, text: str, chance: random.Random) -> str:
        pieces = list(self._pieces[text])
        for place in range(1, len(pieces), 2):
            if chance.random() < EXCHANGED:
                pieces[place] = chance.choice(self._words)
        return "".join(pieces)


def _documents(store: sqlite3.Connection) -> Iterator[tuple[str, Document]]:
    """Each with the name of its item; an item's documents follow each other."""
    rows = store.execute(
        "SELECT source_type, source_id, project_id, item_kind, item_id, iid, title, parts_json, labels_json,"
        " people_json, paths_json, author, state, created_at, updated_at, web_url, content_hash, milestone"
        " FROM documents ORDER BY item_kind, item_id, id"
    )
    for row in rows:
        yield (
            f"{row[3]}{row[4]}",
            Document(
                key=SourceKey(SourceType(row[0]), row[1]),
                project_id=ProjectId(row[2]),
                project_path="",
                item_kind=EntityKind(row[3]),
                iid=row[5],
                title=row[6],
                parts=tuple(DocumentPart(text=text, note_gitlab_id=note) for note, text in json.loads(row[7])),
                labels=tuple(json.loads(row[8])),
                people=tuple(json.loads(row[9])),
                paths=tuple(json.loads(row[10])),
                author=row[11],
                state=row[12],
                created_at=row[13],
                updated_at=row[14],
                web_url=row[15],
                milestone=row[17],
                content_hash=row[16],
            ),
        )


def _vectors(store: sqlite3.Connection, statement: str) -> tuple[NDArray[np.float32], list[str]]:
    rows = store.execute(statement).fetchall()
    steps = np.frombuffer(b"".join(row[1] for row in rows), np.int8).reshape(len(rows), -1)
    scales = np.array([row[0] for row in rows], np.float32)
    return steps.astype(np.float32) * scales[:, None], [row[2] for row in rows]


class _StandIn:
    """Port `Embedder`: a real vector of the item whose title the text begins with, perturbed."""

    def __init__(self, corpus: _Corpus, space: EmbeddingSpace) -> None:
        self._corpus = corpus
        self._chance = np.random.default_rng(1)
        self.space = space
        self.name = space.name
        self.quick_reader = None

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        near = np.stack([self._real(text) for text in texts])
        far = self._corpus.chunks[self._chance.integers(len(self._corpus.chunks), size=len(texts))]
        moved = near + MOVED * (far - near) + self._chance.normal(0, NOISE, near.shape).astype(np.float32)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        return [array("f", one.astype(np.float32).tobytes()) for one in moved]

    def embed_query(self, text: str) -> Vector:
        return self.embed_documents([text])[0]

    def _real(self, text: str) -> Any:
        title, _, passage = text.partition("\n\n")
        item = self._corpus.item_of_title.get(title, "")
        if not passage and item in self._corpus.title_of:
            return self._corpus.titles[self._corpus.title_of[item]]
        places = self._corpus.chunks_of.get(item) or range(len(self._corpus.chunks))
        return self._corpus.chunks[int(self._chance.choice(places))]
