"""Makes the embedder that the settings name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.addresses import read_site
from domain.errors import EmbedderUnavailable
from entrypoints.settings import EmbeddingSettings, is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from adapters.embedders.embedding_server import EmbeddingServer
    from adapters.embedders.prefixes import Prefixes
    from application.ports.clock import Clock
    from application.ports.embedder import Embedder


def chosen_embedder(
    settings: EmbeddingSettings, *, environ: Mapping[str, str], clock: Clock, closing: ExitStack
) -> Embedder | None:
    """Asks no server and loads no model yet. None: the user wants none."""
    if settings.provider == "none":
        return None
    if settings.provider == "builtin":
        from adapters.embedders.minilm import MiniLm  # noqa: PLC0415  # only what is chosen is loaded

        return MiniLm()
    return _served(settings, environ, clock, closing)


def _served(settings: EmbeddingSettings, environ: Mapping[str, str], clock: Clock, closing: ExitStack) -> Embedder:
    from adapters.embedders import ollama, openai_compatible  # noqa: PLC0415  # as above
    from adapters.embedders.served_embedder import ServedEmbedder  # noqa: PLC0415  # as above

    model, dimensions, prefixes = settings.model or "", settings.dimensions, _prefixes(settings)
    if settings.provider == "ollama":
        server = _server(settings, ollama.DEFAULT_URL, environ, clock, closing)
        local = ollama.Ollama(server, model=model, dimensions=dimensions)
        return ServedEmbedder(local, dimensions=dimensions, prefixes=prefixes)
    server = _server(settings, openai_compatible.DEFAULT_URL, environ, clock, closing)
    dialect = openai_compatible.OpenAiCompatible(server, model=model, dimensions=dimensions)
    return ServedEmbedder(dialect, dimensions=dimensions, prefixes=prefixes)


def _prefixes(settings: EmbeddingSettings) -> Prefixes:
    """What the user says, else what the model is known to want."""
    from adapters.embedders.prefixes import Prefixes, known_prefixes  # noqa: PLC0415  # only what is chosen is loaded

    known = known_prefixes(settings.model or "")
    return Prefixes(
        query=known.query if settings.query_prefix is None else settings.query_prefix,
        document=known.document if settings.document_prefix is None else settings.document_prefix,
    )


def _server(
    settings: EmbeddingSettings, default_url: str, environ: Mapping[str, str], clock: Clock, closing: ExitStack
) -> EmbeddingServer:
    from adapters.embedders.embedding_server import EmbeddingServer, ServerAccess  # noqa: PLC0415  # loads httpx

    url = settings.base_url or default_url
    access = ServerAccess(
        url=url,
        key=partial(_key, environ, settings.api_key_env, url) if settings.api_key_env else None,
        timeout_s=settings.timeout_seconds,
        direct=is_loopback(read_site(url).host),
    )
    return closing.enter_context(EmbeddingServer(access, clock))


def _key(environ: Mapping[str, str], variable: str, url: str) -> str:
    if key := environ.get(variable, "").strip():
        return key
    raise EmbedderUnavailable(
        f"The environment variable {variable}, which should hold the key for {url}, is not set.",
        suggestion="Set it, or name another variable with api_key_env in [embedding].",
        actions=("lore config show",),
        details={"variable": variable, "url": url},
    )
