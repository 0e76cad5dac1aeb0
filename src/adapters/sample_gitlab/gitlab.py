"""The facade: a sample GitLab that runs in this process, on loopback, for as long as its `with` block."""

import random
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.faults import Faults
from adapters.sample_gitlab.journal import Journal
from adapters.sample_gitlab.messages import Headers, Request, Response, error
from adapters.sample_gitlab.routes import Api
from adapters.sample_gitlab.server import Listener, monotonic_ms
from adapters.sample_gitlab.settings import Settings
from adapters.sample_gitlab.throttle import Throttle
from adapters.sample_gitlab.times import http_date
from adapters.sample_gitlab.world import World

Hook = Callable[[Request], None]


class SampleGitLab:
    """Serves a world at `url`; tests change `world`, add to `faults`, look at `requests`."""

    def __init__(self, world: World, settings: Settings | None = None) -> None:
        self.world = world
        self.settings = settings or Settings()
        self.faults = Faults(self.settings.seed)
        self.requests = Journal()
        self._hooks: list[Hook] = []
        self._chance = random.Random(self.settings.seed)  # noqa: S311 - latencies, no secrets
        self._throttle = Throttle(self.settings.rate_limit, world.clock)
        self._listener = Listener(self.settings.host, self.settings.port, self._respond, self._date)
        self.url = f"http://{self._listener.host}:{self._listener.port}{self.settings.root}"
        self._api = Api(world, self.settings, self.url)
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """For those who cannot use `with`; `close` ends it."""
        self._listener.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._stopping.set()
        self._listener.stop()

    def asked(self, token: str | None = None) -> Asking:
        """What the API says at this moment, asked in process; with the world's first token if none is given."""
        return Asking(self._api, token or next(iter(self.world.tokens), None))

    def on_request(self, hook: Hook) -> None:
        """Called before each request is answered, outside the world's lock: it may change the world."""
        self._hooks.append(hook)

    def forget_hooks(self) -> None:
        self._hooks.clear()

    def _date(self) -> str:
        return http_date(self.world.clock.now_us)

    def _respond(self, outer: Request) -> Response:
        started = monotonic_ms()
        request = self._below_root(outer)
        self.requests.begin()
        status, size = 500, 0
        try:
            response = self._answer(request)
            status, size = response.status, len(response.body)
            self._keep_latency(started)
        finally:
            took = monotonic_ms() - started
            self.requests.end(request, status=status, started_ms=started, took_ms=took, size=size)
        response.headers = (*response.headers, *self._always(took))
        return response

    def _below_root(self, request: Request) -> Request:
        root = self.settings.root
        if not root or not request.path.startswith(f"{root}/"):
            return request
        path = request.path[len(root) :]
        return Request(request.method, path, request.query, request.headers, request.body, root)

    def _answer(self, request: Request) -> Response:
        for hook in tuple(self._hooks):
            hook(request)
        if request.root != self.settings.root:
            return error(404, "404 Not Found")
        refused = self._throttle.refuse()
        if refused is not None:
            return refused
        response = self.faults.apply(request, lambda: self._api(request))
        response.headers = (*response.headers, *self._throttle.headers())
        return response

    def _keep_latency(self, started: float) -> None:
        low, high = self.settings.latency_ms, self.settings.latency_cap_ms
        latency = low if high is None else self._chance.uniform(low, high)
        missing = latency - (monotonic_ms() - started)
        if missing > 0:
            self._stopping.wait(missing / 1000)

    @staticmethod
    def _always(took_ms: float) -> Headers:
        request_id = f"{random.getrandbits(128):032X}"
        return (
            ("Cache-Control", "max-age=0, private, must-revalidate"),
            ("Vary", "Origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Gitlab-Meta", f'{{"correlation_id":"{request_id}","version":"1"}}'),
            ("X-Request-Id", request_id),
            ("X-Runtime", f"{took_ms / 1000:.6f}"),
        )
