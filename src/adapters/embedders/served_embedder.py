"""An embedder that is a server: batches, the space its vectors belong to, and what its answers are worth."""

import hashlib
import math
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NoReturn, Protocol

from adapters.embedders.embedding_server import HASTY, ONE_MORE_TRY, THOROUGH, Patience
from adapters.embedders.prefixes import NO_PREFIXES, Prefixes
from domain.chunking import CHUNKING
from domain.embedding import EmbeddingSpace, Vector, model_name
from domain.errors import EmbeddingFailed

_BATCH: Final = 32
_LONGEST: Final = 8_000
"""Characters of a text that are sent: in any script fewer tokens than hosted models read (8,191)."""
_SHORTEST: Final = 250
"""A server that refuses even so little does not do so for a text's length."""
_NOTHING: Final = "."
"""Stands for a text without any visible character, which some servers refuse."""
_PROBE: Final = "dimensions"


class TextsRefused(EmbeddingFailed):
    """The server takes no such texts, perhaps because one is longer than its model reads."""


class Dialect(Protocol):
    """How one kind of server is talked to. Raises the errors of the port `Embedder`."""

    @property
    def url(self) -> str: ...

    def identity(self) -> tuple[str, str]:
        """The model's name, and what tells one version of it from the next. May ask the server."""
        ...

    def embeddings(self, texts: Sequence[str], patience: Patience) -> object:
        """What the server gave as its list of vectors, in the order of the texts. Raises `TextsRefused`."""
        ...


class ServedEmbedder:
    """Port `Embedder`. The dimensions are those of the first answer where they are not configured; only who asks for
    the space before anything was embedded pays for a probe of one word."""

    def __init__(self, dialect: Dialect, *, dimensions: int | None = None, prefixes: Prefixes = NO_PREFIXES) -> None:
        self._dialect = dialect
        self._dimensions = dimensions
        self._prefixes = prefixes

    @property
    def name(self) -> str:
        return model_name(*self._identity)

    @property
    def space(self) -> EmbeddingSpace:
        model, checksum = self._identity
        if self._dimensions is None:
            self._dimensions = len(self._embedded([_PROBE], ONE_MORE_TRY)[0])
        return EmbeddingSpace(model=model, checksum=checksum, dimensions=self._dimensions, chunking=CHUNKING)

    @property
    def quick_reader(self) -> None:
        return None

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        sendable = [self._prefixes.document + _sendable(text) for text in texts]
        vectors: list[Vector] = []
        for start in range(0, len(sendable), _BATCH):
            vectors += self._embedded(sendable[start : start + _BATCH], THOROUGH)
        return vectors

    def embed_query(self, text: str) -> Vector:
        return self._embedded([self._prefixes.query + _sendable(text)], HASTY)[0]

    @cached_property
    def _identity(self) -> tuple[str, str]:
        """Texts with another prefix have other vectors, so the documents' prefix is part of the version."""
        model, checksum = self._dialect.identity()
        prefix = self._prefixes.document
        return model, hashlib.sha256(f"{checksum} {prefix}".encode()).hexdigest() if prefix else checksum

    def _embedded(self, texts: Sequence[str], patience: Patience) -> list[Vector]:
        """Where texts are refused, the one that is too long is looked for, and counts by its beginning."""
        try:
            return self._vectors(self._dialect.embeddings(texts, patience), len(texts))
        except TextsRefused:
            middle = len(texts) // 2
            if middle:
                return self._embedded(texts[:middle], patience) + self._embedded(texts[middle:], patience)
            if len(texts[0]) <= _SHORTEST:
                raise
            return self._embedded([texts[0][: len(texts[0]) // 2]], patience)

    def _vectors(self, answered: object, count: int) -> list[Vector]:
        if not isinstance(answered, list):
            self._useless("no list of vectors")
        if len(answered) != count:
            self._useless(f"{len(answered)} vectors for {count} texts")
        return [self._vector(numbers) for numbers in answered]

    def _vector(self, numbers: object) -> Vector:
        try:
            vector = array("f", numbers if isinstance(numbers, list) else ())
        except (TypeError, OverflowError):
            self._useless("vectors with something other than numbers in them")
        self._dimensions = self._dimensions or len(vector)
        if len(vector) != self._dimensions or not vector:
            self._useless(f"a vector of {len(vector)} dimensions where {self._dimensions} are expected", _DIMENSIONS)
        length = math.sqrt(math.fsum(value * value for value in vector))
        if not math.isfinite(length) or not length:
            self._useless("a vector without a direction: it is zero, or not of finite numbers")
        return array("f", (value / length for value in vector))

    def _useless(self, what: str, remedy: str = "") -> NoReturn:
        raise EmbeddingFailed(
            f"The embedding server at {self._dialect.url} answered with {what}.",
            suggestion=remedy or "See that base_url and model in [embedding] name an embedding server and its model.",
            actions=("lore doctor",),
            details={"url": self._dialect.url},
        )


_DIMENSIONS: Final = "Set dimensions in [embedding] to what the model has, or leave it out."


def _sendable(text: str) -> str:
    """The beginning of a text as JSON and every server can take it."""
    return text[:_LONGEST].encode("utf-8", "replace").decode().replace("\x00", " ").strip() or _NOTHING
