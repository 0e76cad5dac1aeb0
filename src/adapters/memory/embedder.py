"""An embedder for tests: a text's vector is made of hashes of its words, so texts with the same words are near."""

import math
import re
import zlib
from array import array
from collections.abc import Sequence

from application.ports.embedder import QuickReader, Reading
from domain.chunking import CHUNKING
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import LoreError


class MemoryEmbedder:
    """Port `Embedder`. Knob: `error` is raised instead of embedding; `embedded` are the documents' texts so far,
    `read_in_part` those that were read quickly, which only an embedder with `quick_words` does, and `asked` the
    queries."""

    def __init__(self, *, model: str = "hash", dimensions: int = 64, quick_words: int | None = None) -> None:
        """`quick_words`: of a text, so many are read quickly."""
        self._space = EmbeddingSpace(model=model, checksum="1", dimensions=dimensions, chunking=CHUNKING)
        self.error: LoreError | None = None
        self.embedded: list[str] = []
        self.read_in_part: list[str] = []
        self.asked: list[str] = []
        self._quick_words = quick_words

    @property
    def name(self) -> str:
        return self._space.name

    @property
    def space(self) -> EmbeddingSpace:
        return self._space

    @property
    def quick_reader(self) -> QuickReader | None:
        return None if self._quick_words is None else self

    def read_quickly(self, texts: Sequence[str]) -> Sequence[Reading]:
        beginnings = [" ".join(text.split()[: self._quick_words]) for text in texts]
        self.read_in_part += texts
        return [
            Reading(vector=self._vector(beginning), is_whole=beginning == " ".join(text.split()))
            for text, beginning in zip(texts, beginnings, strict=True)
        ]

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        vectors = [self._vector(text) for text in texts]
        self.embedded += texts
        return vectors

    def embed_query(self, text: str) -> Vector:
        self.asked.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vector:
        if self.error is not None:
            raise self.error
        sums = [0.0] * self._space.dimensions
        for word in re.findall(r"\w+", text.lower()) or [""]:
            number = zlib.crc32(word.encode("utf-8", "replace"))
            for place in range(len(sums)):
                number = (number * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
                sums[place] += 1 if number & 0x10000 else -1
        length = math.sqrt(math.fsum(value * value for value in sums))
        return array("f", (value / length if length else 0.0 for value in sums))
