"""An embedder for tests: a text's vector is made of hashes of its words, so texts with the same words are near."""

import math
import re
import zlib
from array import array
from collections.abc import Sequence

from domain.chunking import CHUNKING
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import LoreError


class MemoryEmbedder:
    """Port `Embedder`. Knob: `error` is raised instead of embedding; `embedded` are the documents' texts so far."""

    def __init__(self, *, model: str = "hash", dimensions: int = 64) -> None:
        self._space = EmbeddingSpace(model=model, checksum="1", dimensions=dimensions, chunking=CHUNKING)
        self.error: LoreError | None = None
        self.embedded: list[str] = []

    @property
    def space(self) -> EmbeddingSpace:
        return self._space

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        vectors = [self.embed_query(text) for text in texts]
        self.embedded += texts
        return vectors

    def embed_query(self, text: str) -> Vector:
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
