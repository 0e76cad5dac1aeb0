"""Asks the API in process, without sockets, faults or latency: what a test compares a store with."""

import json
from collections.abc import Iterator
from typing import Any

from adapters.sample_gitlab.messages import OK, Request, Response
from adapters.sample_gitlab.routes import API, Api
from domain.errors import NotFound


class Asking:
    """Paths are below `/api/v4` and may carry a query; without a token the call is anonymous."""

    def __init__(self, api: Api, token: str | None) -> None:
        self._api = api
        self._token = token

    def response(self, path: str, *, headers: dict[str, str] | None = None, method: str = "GET") -> Response:
        place, _, query = path.partition("?")
        known = {} if self._token is None else {"private-token": self._token}
        return self._api(Request(method, f"{API}{place}", query, known | (headers or {})))

    def json(self, path: str) -> Any:
        """Raises NotFound for anything but a 200."""
        response = self.response(path)
        if response.status != OK:
            raise NotFound(f"The sample GitLab answered {response.status} to {path}.")
        return json.loads(response.body)

    def every(self, path: str) -> Iterator[Any]:
        """The rows of all offset pages of a list."""
        joint = "&" if "?" in path else "?"
        page = "1"
        while page:
            response = self.response(f"{path}{joint}per_page=100&page={page}")
            if response.status != OK:
                raise NotFound(f"The sample GitLab answered {response.status} to {path}.")
            yield from json.loads(response.body)
            page = dict(response.headers).get("X-Next-Page", "")

    def graphql(self, query: str, **variables: object) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        known = {} if self._token is None else {"private-token": self._token}
        return json.loads(self._api(Request("POST", "/api/graphql", "", known, body)).body)
