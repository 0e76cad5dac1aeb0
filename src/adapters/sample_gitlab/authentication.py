"""Whose call it is, by GitLab's five places for a token, and its words of refusal (FACTS.md section d)."""

import json

from adapters.sample_gitlab.messages import Params, Refused, Request, Response, message
from adapters.sample_gitlab.model import Token
from adapters.sample_gitlab.world import World

_EXPIRED = "Token is expired. You can either do re-authorization or token refresh."
_REVOKED = "Token was revoked. You have to re-authorize from the user."
_TOO_LITTLE = "The request requires higher privileges than provided by the access token."
_READING = frozenset({"api", "read_api"})


def token_of(request: Request, params: Params, world: World) -> Token | None:
    """None for an anonymous call; refuses with 401 whatever is given and no good."""
    text = _given(request, params)
    if text is None:
        return None
    token = world.tokens.get(text)
    if token is None:
        raise Refused(message(401, "401 Unauthorized"))
    if token.expired or token.revoked:
        raise Refused(_invalid(_EXPIRED if token.expired else _REVOKED))
    _check_scope(token, request.path)
    return token


def _given(request: Request, params: Params) -> str | None:
    if "private-token" in request.headers:
        return request.headers["private-token"]
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    for name in ("private_token", "access_token", "job_token"):
        if name in params:
            return params.get(name)
    return request.headers.get("job-token")


def _invalid(words: str) -> Response:
    body = json.dumps({"error": "invalid_token", "error_description": words}).encode()
    challenge = f'Bearer realm="The API", error="invalid_token", error_description="{words}"'
    return Response(401, body, (("WWW-Authenticate", challenge),))


def _check_scope(token: Token, path: str) -> None:
    if _READING & set(token.scopes) or path.endswith("/personal_access_tokens/self"):
        return
    if path.endswith("/api/v4/user") and "read_user" in token.scopes:
        return
    said = {"error": "insufficient_scope", "error_description": _TOO_LITTLE, "scope": "api read_api"}
    raise Refused(Response(403, json.dumps(said).encode()))
