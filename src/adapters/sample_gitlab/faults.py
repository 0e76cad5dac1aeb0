"""Faults that a test switches on: which requests they hit, how often, and what becomes of the answer."""

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.sample_gitlab.messages import Answer, Request, Response

Effect = Callable[[Request, Answer], Response]


@dataclass(slots=True, eq=False)
class Fault:
    """One rule: the first `after` matching requests pass, the next `times` are hit (None: all the others)."""

    effect: Effect
    path: re.Pattern[str]
    method: str | None
    after: int
    times: int | None
    probability: float
    seen: int = 0
    hits: int = 0

    def hit_by(self, request: Request, chance: random.Random) -> bool:
        if self.method not in {None, request.method} or not self.path.search(request.target):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.hits >= self.times):
            return False
        if self.probability < 1 and chance.random() >= self.probability:
            return False
        self.hits += 1
        return True


@dataclass(slots=True)
class Faults:
    """The faults of one server; the same seed and the same order of requests give the same faults."""

    seed: int = 1
    rules: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - reproducible faults, no secrets

    def add(
        self,
        effect: Effect,
        path: str = "",
        *,
        method: str | None = None,
        after: int = 0,
        times: int | None = 1,
        probability: float = 1.0,
    ) -> Fault:
        """`path` is a regular expression, searched in path and query as sent: `/issues\\?`, `/projects/7/`."""
        rule = Fault(effect, re.compile(path), method, after, times, probability)
        with self._lock:
            self.rules.append(rule)
        return rule

    def remove(self, rule: Fault) -> None:
        with self._lock:
            self.rules.remove(rule)

    def clear(self) -> None:
        with self._lock:
            self.rules.clear()

    def apply(self, request: Request, answer: Answer) -> Response:
        """The first rule that hits decides."""
        with self._lock:
            hit = next((rule for rule in self.rules if rule.hit_by(request, self._chance)), None)
        return answer() if hit is None else hit.effect(request, answer)
