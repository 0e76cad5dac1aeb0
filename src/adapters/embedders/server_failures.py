"""What can go wrong between `lore` and an embedding server, each with what to do about it."""

import json
import re
from typing import Final

import httpx

from domain.errors import EmbedderUnavailable, EmbeddingFailed
from domain.safe_text import single_line

_SHOWN_CHARS: Final = 200
_SECONDS: Final = re.compile(r"[0-9]{1,6}")


class Setback(Exception):
    """A failure that may pass; `error` is what it comes to if it does not."""

    def __init__(self, error: EmbedderUnavailable, retry_after_ms: int | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.retry_after_ms = retry_after_ms


class Refusal(Exception):
    """The server answered with a status from 400 to 499; `told` is its reason, harmless and short."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"{status} {told}")
        self.status = status
        self.told = told


def told(content: bytes, key: str) -> str:
    """The server's own words in an error that is JSON, where it has some, without the key that it may repeat."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    found = answer.get("error", answer.get("message", answer.get("detail"))) if isinstance(answer, dict) else None
    if isinstance(found, dict):
        found = found.get("message")
    if not isinstance(found, str):
        return ""
    return single_line(found.replace(key, "***") if key else found)[:_SHOWN_CHARS]


def no_answer(url: str, error: httpx.HTTPError, limit_s: float) -> Exception:
    """Time-outs are not tried again: a server that is too slow once is too slow thrice."""
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return _unavailable(
            url,
            f"The embedding server at {url} did not answer within {limit_s:g} s.",
            "See whether it is overloaded, choose a smaller model, or raise timeout_seconds in [embedding].",
        )
    return Setback(
        _unavailable(
            url,
            f"The embedding server at {url} cannot be reached ({type(error).__name__}).",
            "Start it, or mend base_url in [embedding].",
        )
    )


def passing(url: str, status: int, said: str, retry_after: str) -> Setback:
    reason = f": {said}" if said else ""
    error = _unavailable(
        url,
        f"The embedding server at {url} cannot serve now ({status}){reason}.",
        "Try again later, or look into the server's log.",
    )
    return Setback(error, int(retry_after) * 1_000 if _SECONDS.fullmatch(retry_after) else None)


def end_of_patience(url: str, wait_ms: int) -> EmbedderUnavailable:
    return _unavailable(
        url,
        f"The embedding server at {url} asks for a wait of {wait_ms // 1_000} s.",
        "Try again then; what is embedded already is kept.",
    )


def not_allowed(url: str, status: int, *, with_key: bool) -> EmbedderUnavailable:
    remedy = (
        "See that the variable named by api_key_env in [embedding] holds a key that is good for this server and model."
        if with_key
        else "Name the environment variable that holds the server's key with api_key_env in [embedding]."
    )
    return _unavailable(url, f"The embedding server at {url} does not let lore in ({status}).", remedy)


def unusable_key(url: str) -> EmbedderUnavailable:
    return _unavailable(
        url,
        f"What should be the key of {url} is none: keys are letters, digits and signs without blanks.",
        "Set the variable named by api_key_env in [embedding] again.",
    )


def unusable_proxy(url: str) -> EmbedderUnavailable:
    return _unavailable(
        url,
        f"The proxy settings of the environment cannot be used, so {url} was not asked.",
        "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.",
    )


def redirected(url: str) -> EmbedderUnavailable:
    return _unavailable(
        url,
        f"The embedding server at {url} sends lore to another address, which it does not follow.",
        "Set base_url in [embedding] to the final address, if you trust it.",
    )


def too_large(url: str, limit: int) -> EmbedderUnavailable:
    return _unavailable(
        url,
        f"The answer of the embedding server at {url} is larger than {limit // 1024 // 1024} MB and was given up.",
        "See that base_url in [embedding] is that of an embedding server.",
    )


def wrong_place(url: str, api: str) -> EmbedderUnavailable:
    """It knows the address as little as a web server that has nothing to do with embeddings."""
    return _unavailable(
        url,
        f"What answers at {url} does not know {api}.",
        "Set base_url in [embedding] to the address under which the server's interface lies.",
    )


def foreign_answer(url: str, who: str, remedy: str) -> EmbeddingFailed:
    """Something answers there, but not what was asked for."""
    return EmbeddingFailed(
        f"What {url} answers is not what {who} would.",
        suggestion=remedy,
        actions=("lore doctor",),
        details={"url": url},
    )


def _unavailable(url: str, message: str, suggestion: str) -> EmbedderUnavailable:
    return EmbedderUnavailable(message, suggestion=suggestion, actions=("lore doctor",), details={"url": url})
