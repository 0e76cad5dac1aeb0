"""Any server that takes OpenAI's `POST /embeddings`: OpenAI itself, vLLM, llama.cpp, LM Studio, Ollama and others."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from adapters.embedders.embedding_server import EmbeddingServer, Patience
from adapters.embedders.served_embedder import TextsRefused
from adapters.embedders.server_failures import Refusal, foreign_answer, wrong_place
from domain.errors import EmbeddingModelNotFound, LoreError
from domain.safe_text import single_line

DEFAULT_URL: Final = "https://api.openai.com/v1"


class OpenAiCompatible:
    """A `Dialect`. Such servers tell nothing about a model but its name, and many call theirs `default` or the like:
    so the server's address takes the place of a checksum, and another server is another space."""

    def __init__(self, server: EmbeddingServer, *, model: str, dimensions: int | None = None) -> None:
        """`dimensions`: sent only if given, since many servers know no such parameter."""
        self._server = server
        self._model = model
        self._wish = {} if dimensions is None else {"dimensions": dimensions}

    @property
    def url(self) -> str:
        return self._server.url

    def identity(self) -> tuple[str, str]:
        return self._model, hashlib.sha256(self.url.encode()).hexdigest()

    def embeddings(self, texts: Sequence[str], patience: Patience) -> object:
        body = {"model": self._model, "input": list(texts), "encoding_format": "float", **self._wish}
        try:
            return _in_order(json.loads(self._server.asked("/embeddings", patience, body)))
        except Refusal as refusal:
            raise self._meaning(refusal) from refusal
        except (ValueError, RecursionError, LookupError, TypeError) as error:
            remedy = "Set base_url in [embedding] to what stands before /embeddings; often it ends in /v1."
            raise foreign_answer(self.url, "an OpenAI-compatible server", remedy) from error

    def _meaning(self, refusal: Refusal) -> LoreError:
        details = {"url": self.url, "model": self._model}
        if refusal.status != HTTPStatus.NOT_FOUND:
            return TextsRefused(
                f"The embedding server at {self.url} does not embed with {single_line(self._model)}: "
                f"{refusal.told or f'it answers {refusal.status}'}.",
                suggestion="Check model and dimensions in [embedding].",
                actions=("lore doctor",),
                details=details,
            )
        if "model" not in refusal.told.lower():
            return wrong_place(self.url, "POST /embeddings")
        return EmbeddingModelNotFound(
            f"The embedding server at {self.url} has no model {single_line(self._model)}.",
            suggestion="Name one that it has as model in [embedding].",
            actions=("lore config show",),
            details=details,
        )


def _in_order(answer: Mapping[str, Sequence[Mapping[str, object]]]) -> list[object]:
    """The vectors by the places of their texts, each of which must be answered once."""
    by_place = {entry.get("index", place): entry["embedding"] for place, entry in enumerate(answer["data"])}
    return [by_place[place] for place in range(len(answer["data"]))]
