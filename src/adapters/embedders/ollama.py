"""Ollama: a server for models on one's own machine (https://docs.ollama.com/api)."""

import json
import re
import shlex
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from adapters.embedders.embedding_server import HASTY, EmbeddingServer, Patience
from adapters.embedders.served_embedder import TextsRefused
from adapters.embedders.server_failures import Refusal, foreign_answer, wrong_place
from domain.errors import EmbeddingModelNotFound, LoreError
from domain.safe_text import single_line

DEFAULT_URL: Final = "http://127.0.0.1:11434"
_TAG: Final = ":latest"
_DIGEST: Final = re.compile("(?:sha256:)?([0-9a-f]{12,64})")


class Ollama:
    """A `Dialect`. The digest that Ollama shows tells the versions of a model apart."""

    def __init__(self, server: EmbeddingServer, *, model: str, dimensions: int | None = None) -> None:
        """`dimensions`: fewer than the model has, which few models can."""
        self._server = server
        self._model = model if ":" in model.rpartition("/")[2] else model + _TAG
        self._wish = {} if dimensions is None else {"dimensions": dimensions}

    @property
    def url(self) -> str:
        return self._server.url

    def identity(self) -> tuple[str, str]:
        models = self._list("/api/tags", "models", None, HASTY)
        for each in models if isinstance(models, list) else ():
            if isinstance(each, dict) and each.get("name") == self._model:
                return self._model, _digest(each.get("digest"))
        raise self._unknown()

    def embeddings(self, texts: Sequence[str], patience: Patience) -> object:
        body = {"model": self._model, "input": list(texts), "truncate": True, **self._wish}
        return self._list("/api/embed", "embeddings", body, patience)

    def _list(self, path: str, key: str, body: dict[str, object] | None, patience: Patience) -> object:
        try:
            return json.loads(self._server.asked(path, patience, body))[key]
        except Refusal as refusal:
            raise self._meaning(refusal) from refusal
        except (ValueError, RecursionError, LookupError, TypeError) as error:
            remedy = "Set base_url in [embedding] to the address of an Ollama."
            raise foreign_answer(self.url, "Ollama", remedy) from error

    def _meaning(self, refusal: Refusal) -> LoreError:
        if refusal.status != HTTPStatus.NOT_FOUND:
            return TextsRefused(
                f"Ollama at {self.url} does not embed with {single_line(self._model)}: "
                f"{refusal.told or f'it answers {refusal.status}'}.",
                suggestion="Choose a model that is made for embeddings, such as nomic-embed-text.",
                actions=("lore doctor",),
                details={"url": self.url, "model": self._model},
            )
        return self._unknown() if "model" in refusal.told.lower() else wrong_place(self.url, "Ollama's /api")

    def _unknown(self) -> EmbeddingModelNotFound:
        name = self._model.removesuffix(_TAG)
        return EmbeddingModelNotFound(
            f"Ollama at {self.url} has no model {single_line(name)}.",
            suggestion="Fetch it, or name one that it has.",
            actions=(f"ollama pull {shlex.quote(name)}", "ollama list"),
            details={"url": self.url, "model": self._model},
        )


def _digest(told: object) -> str:
    """Hexadecimal, or nothing: it becomes part of a name that is shown."""
    found = _DIGEST.fullmatch(told) if isinstance(told, str) else None
    return found[1] if found else ""
