"""Rack::Attack: so many requests in a fixed window of the server's clock, and the headers that tell of it."""

import threading

from adapters.sample_gitlab.messages import Headers, Response
from adapters.sample_gitlab.registry import WorldClock
from adapters.sample_gitlab.settings import RateLimit
from adapters.sample_gitlab.times import SECOND, http_date

_MINUTE_S = 60


class Throttle:
    """All requests count as one user's."""

    def __init__(self, limit: RateLimit | None, clock: WorldClock) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._window = 0
        self._observed = 0

    def refuse(self) -> Response | None:
        """Counts the request; the 429 if it is one too many."""
        if self._limit is None:
            return None
        now = self._clock.now_us // SECOND
        with self._lock:
            window = now // self._limit.period_s
            if window != self._window:
                self._window, self._observed = window, 0
            self._observed += 1
            too_many = self._observed > self._limit.requests
        if not (too_many and self._limit.enforced):
            return None
        wait = self._limit.period_s - now % self._limit.period_s
        late: Headers = (("Retry-After", str(wait)), ("RateLimit-ResetTime", http_date((now + wait) * SECOND)))
        return Response(429, b"Retry later\n", (*self._told(self._limit), *late), "text/plain")

    def headers(self) -> Headers:
        """What successful answers carry."""
        return self._told(self._limit) if self._limit is not None and self._limit.informed else ()

    def _told(self, limit: RateLimit) -> Headers:
        """`RateLimit-Limit` is put on 60 s and rounded up, `RateLimit-Remaining` is not (FACTS.md section c)."""
        return (
            ("RateLimit-Name", limit.name),
            ("RateLimit-Limit", str(-(-limit.requests * _MINUTE_S // limit.period_s))),
            ("RateLimit-Observed", str(self._observed)),
            ("RateLimit-Remaining", str(max(0, limit.requests - self._observed))),
            ("RateLimit-Reset", str((self._window + 1) * limit.period_s)),
        )
