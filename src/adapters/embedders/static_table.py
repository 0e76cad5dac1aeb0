"""A stop-gap embedder: one vector for each word piece, fitted to a sample of the user's own passages.

Of 4,500 passages of 82 pieces, 3,000 for the fit, it finds 4.5 of the teacher's 10 nearest and embeds 10,000 in one
CPU-second where the built-in model embeds 40.
"""

import hashlib
import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from adapters.embedders.wordpiece import VOCABULARY_SIZE, WordPiece
from application.ports.embedder import Embedder
from domain.chunking import CHUNKING
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import EmbeddingFailed

_READ_PIECES: Final = 254
"""Of a text, as many as the built-in model reads."""
_PENALTY: Final = 0.5
"""Of large vectors; from 0.2 to 0.5 the fit to held-back passages is the same to one per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTable:
    """What was learned of a teacher; pieces that no passage of the sample has are left out."""

    teacher: str
    pieces: NDArray[np.int32]
    weights: NDArray[np.float32]
    vectors: NDArray[np.float16]
    usual: NDArray[np.float32]
    """The mean of the sample, which a text without any known piece gets."""

    def dumped(self) -> bytes:
        buffer = io.BytesIO()
        np.savez(
            buffer,
            teacher=np.frombuffer(self.teacher.encode(), np.uint8),
            pieces=self.pieces,
            weights=self.weights,
            vectors=self.vectors,
            usual=self.usual,
        )
        return buffer.getvalue()

    @classmethod
    def loaded(cls, dumped: bytes) -> Self:
        with np.load(io.BytesIO(dumped), allow_pickle=False) as kept:
            return cls(
                teacher=kept["teacher"].tobytes().decode(),
                pieces=kept["pieces"],
                weights=kept["weights"],
                vectors=kept["vectors"],
                usual=kept["usual"],
            )

    @property
    def checksum(self) -> str:
        parts = (self.pieces, self.weights, self.vectors, self.usual)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


class StaticTable:
    """Port `Embedder`. Not used by two threads at once."""

    def __init__(self, table: FittedTable) -> None:
        self._table = table
        self._tokenizer = WordPiece()
        self._vectors = table.vectors.astype(np.float32)
        self._rows = np.full(VOCABULARY_SIZE, -1, np.int32)
        self._rows[table.pieces] = np.arange(len(table.pieces), dtype=np.int32)

    @property
    def space(self) -> EmbeddingSpace:
        return EmbeddingSpace(
            model=f"static-{self._table.teacher}",
            checksum=self._table.checksum,
            dimensions=self._vectors.shape[1],
            chunking=CHUNKING,
        )

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> Vector:
        pieces, counts = _bag(self._tokenizer, text)
        rows = self._rows[pieces]
        known = rows >= 0
        strengths = _strengths(counts[known], self._table.weights[rows[known]])
        summed: NDArray[np.float32] = strengths @ self._vectors[rows[known]]
        length = np.linalg.norm(summed)
        return array("f", (summed / length if length else self._table.usual).astype(np.float32).tobytes())


def fitted(teacher: Embedder, sample: Sequence[str]) -> FittedTable:
    """Ridge regression of the teacher's vectors on the bags of pieces, through the sample's Gram matrix.

    3,000 passages cost 3 CPU-seconds beside the teacher's work, and some 300 MB.
    """
    if not sample:
        raise EmbeddingFailed("There are no passages to fit a table to.", suggestion="Sync first.")
    targets = np.array([np.frombuffer(vector, np.float32) for vector in teacher.embed_documents(sample)])
    tokenizer = WordPiece()
    bags = [_bag(tokenizer, text) for text in sample]
    frequencies = np.bincount(np.concatenate([pieces for pieces, _ in bags]), minlength=VOCABULARY_SIZE)
    used = np.flatnonzero(frequencies)
    weights = (np.log((len(sample) + 1) / (frequencies + 1)) + 0.2).astype(np.float32)
    design = np.zeros((len(sample), len(used)), np.float32)
    for row, (pieces, counts) in enumerate(bags):
        design[row, np.searchsorted(used, pieces)] = _strengths(counts, weights[pieces])
    gram = design @ design.T + _PENALTY * np.eye(len(sample), dtype=np.float32)
    return FittedTable(
        teacher=teacher.space.model,
        pieces=used.astype(np.int32),
        weights=weights[used],
        vectors=(design.T @ np.linalg.solve(gram, targets)).astype(np.float16),
        usual=_unit(targets.mean(axis=0)),
    )


def _bag(tokenizer: WordPiece, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pieces of a text and how often each occurs."""
    return np.unique(np.array(tokenizer.pieces(text)[:_READ_PIECES], np.int64), return_counts=True)


def _strengths(counts: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    strengths = np.log1p(counts).astype(np.float32) * weights
    return strengths / (np.linalg.norm(strengths) or 1)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """At length one; where every direction is as good as the others, the first."""
    length = np.linalg.norm(vector)
    return vector / length if length else np.eye(1, len(vector), dtype=np.float32)[0]
