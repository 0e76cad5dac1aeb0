"""How one sample server behaves, whatever world it serves."""

from dataclasses import dataclass

from adapters.sample_gitlab.profile import LATEST, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """Rack::Attack's fixed window, aligned to the epoch (FACTS.md section c)."""

    requests: int
    period_s: int = 60
    name: str = "throttle_authenticated_api"
    enforced: bool = True
    """False: the headers are sent, but nothing is ever refused."""
    informed: bool = True
    """False: the headers come with a 429 only, as older versions do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 0
    root: str = ""
    """A relative root such as `/gitlab`; the API is below it."""
    profile: Profile = LATEST
    latency_ms: float = 0
    """The least time between a request's arrival and its answer; the server's own work counts into it."""
    latency_cap_ms: float | None = None
    """With it the latency is drawn for each request, evenly and by `seed`, between `latency_ms` and this."""
    seed: int = 1
    total_limit: int = 10_000
    """Lists with more rows come without X-Total, X-Total-Pages and rel="last"."""
    link_base: str | None = None
    """Scheme, host and port in `Link`, where they are not those that the client used (a badly set up proxy)."""
    rate_limit: RateLimit | None = None
    etags: bool = True
