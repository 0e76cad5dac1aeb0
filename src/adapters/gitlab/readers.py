"""The port `GitLabs`: a reader for each configured instance, made when it is first asked for."""

import os
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.budgets import FileBudget, SharedBudget, ThreadsBudget
from adapters.gitlab.connections import TIMEOUT_S, Connections
from adapters.gitlab.limiter import GITLAB_COM_PER_S, Pacer
from adapters.gitlab.reader import HttpGitLabReader
from adapters.gitlab.retries import Jitter, Patience
from adapters.gitlab.transport import Transport
from application.ports.clock import Clock
from domain.access_tokens import usable_token
from domain.errors import ConfigInvalid, TokenNotSet
from domain.runs import RequestStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceConnection:
    """How to reach one instance. `token` is called once, when the instance is first used; no repr shows it."""

    name: str
    url: str
    token: Callable[[], str] = field(repr=False)
    """Raises `TokenNotSet`, or gives an empty text, where there is none."""
    ca_file: str | None = None
    requests_per_second: float | None = None
    concurrency: int = 8
    urgent: bool = False
    """Surgical work: it may use the tenth of the budget that bulk work leaves, and goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What all instances have in common; tests change it."""

    version: str = "0"
    """Of this program, for the User-Agent."""
    budget_folder: Path | None = None
    """Where the processes that use one store share their request budgets; without it only threads do."""
    timeout_s: float = TIMEOUT_S
    patience: Patience = field(default_factory=Patience)
    jitter: Jitter = random.random
    http: httpx.BaseTransport | None = None
    """Instead of the network."""


class HttpGitLabs:
    """A context manager: its end closes every connection."""

    def __init__(self, connections: Sequence[InstanceConnection], clock: Clock, habits: Habits | None = None) -> None:
        self._known = {connection.name: connection for connection in connections}
        self._clock = clock
        self._habits = habits or Habits()
        self._making = threading.Lock()
        self._readers: dict[str, HttpGitLabReader] = {}
        self._open: list[Connections] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with self._making:
            self._readers.clear()
            opened, self._open = self._open, []
        for connections in opened:
            connections.close()

    def reader(self, instance: str) -> HttpGitLabReader:
        with self._making:
            known = self._readers.get(instance)
            if known is None:
                known = self._readers[instance] = self._made(self._connection(instance))
            return known

    def statistics(self) -> RequestStatistics:
        with self._making:
            readers = tuple(self._readers.values())
        return sum((reader.statistics() for reader in readers), RequestStatistics())

    def _connection(self, instance: str) -> InstanceConnection:
        if instance not in self._known:
            names = ", ".join(self._known) or "none"
            raise ConfigInvalid(
                f"No GitLab instance is called {instance}.",
                suggestion=f"Configured are: {names}.",
                actions=("lore config show",),
                details={"instance": instance},
            )
        return self._known[instance]

    def _made(self, connection: InstanceConnection) -> HttpGitLabReader:
        habits = self._habits
        address = GitLabAddress.of(connection.name, connection.url)
        connections = Connections(
            address=address,
            token=_token_of(connection),
            user_agent=f"lore/{habits.version}",
            ca_file=connection.ca_file,
            timeout_s=habits.timeout_s,
            transport=habits.http,
        )
        self._open.append(connections)
        transport = Transport(
            address=address,
            connections=connections,
            pacer=self._pacer(connection, address),
            clock=self._clock,
            jitter=habits.jitter,
            concurrency=connection.concurrency,
            patience=habits.patience,
        )
        return HttpGitLabReader(transport, address)

    def _pacer(self, connection: InstanceConnection, address: GitLabAddress) -> Pacer:
        return Pacer(
            self._clock,
            self._budget(address),
            ceiling_per_s=connection.requests_per_second,
            start_per_s=GITLAB_COM_PER_S if address.is_gitlab_com else None,
            urgent=connection.urgent,
        )

    def _budget(self, address: GitLabAddress) -> SharedBudget:
        if self._habits.budget_folder is None:
            return ThreadsBudget()
        name = sha256(address.url.encode()).hexdigest()[:12]
        return FileBudget(self._habits.budget_folder / f"gitlab-{name}.budget")


def _token_of(connection: InstanceConnection) -> str:
    """CI job tokens are refused: older ones have no prefix and are told by where they come from (sync.md section 6)."""
    token = connection.token().strip()
    if not token:
        raise TokenNotSet(
            f"No token is set for the GitLab instance {connection.name}.",
            suggestion="Create one with scope read_api and set it.",
            actions=("lore token set",),
            details={"instance": connection.name},
        )
    if token == os.environ.get("CI_JOB_TOKEN"):
        raise ConfigInvalid(
            f"The token of {connection.name} is a CI job token, which may read too little of GitLab's API.",
            suggestion="Use a personal, project or group access token with scope read_api.",
        )
    return usable_token(token, f"instance {connection.name}")
