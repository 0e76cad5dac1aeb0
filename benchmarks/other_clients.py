"""The same data read by other clients of GitLab's API: python-gitlab, serially and in threads, and perceval."""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import gitlab
from benchmarks.served_corpus import TOKEN, ServedCorpus
from perceval.backends.core.gitlab import GitLab as Perceval  # type: ignore[import-untyped]  # it ships no types

Kind = Literal["issues", "merge_requests"]
_BOTH = ("discussions", "resource_state_events", "resource_label_events", "resource_milestone_events")
SETS: dict[Kind, tuple[str, ...]] = {
    "issues": (*_BOTH, "links"),
    "merge_requests": (*_BOTH, "closes_issues", "diffs", "commits"),
}
"""What lore asks for of every item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one client took for some of the items, and what it would take for all."""

    client: str
    items: int
    of_items: int
    seconds: float
    requests: int

    @property
    def share(self) -> float:
        return self.of_items / self.items

    @property
    def is_extrapolated(self) -> bool:
        return self.items < self.of_items


def python_gitlab(server: ServedCorpus, paths: Sequence[str], *, threads: int, sample: int) -> Reading:
    """Each item's sets, every page of them, over one kept connection a thread."""
    with gitlab.Gitlab(server.url, private_token=TOKEN, per_page=100, keep_base_url=True) as client:
        homes = [f"/projects/{client.projects.get(path).id}" for path in paths]
        items = [
            (f"{home}/{kind}/{row['iid']}", kind)
            for home in homes
            for kind in SETS
            for row in _every(client, f"{home}/{kind}?scope=all&state=all")
        ]
        chosen = items[:: max(1, len(items) // sample)]
        server.requests()
        began = time.perf_counter()
        if threads == 1:
            for item in chosen:
                _read_item(client, *item)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda item: _read_item(client, *item), chosen))
        seconds = time.perf_counter() - began
    name = "python-gitlab, serially" if threads == 1 else f"python-gitlab, {threads} threads"
    return Reading(client=name, items=len(chosen), of_items=len(items), seconds=seconds, requests=server.requests())


def _read_item(client: gitlab.Gitlab, path: str, kind: Kind) -> None:
    for name in SETS[kind]:
        list(_every(client, f"{path}/{name}"))


def _every(client: gitlab.Gitlab, path: str) -> Any:
    return client.http_list(path, iterator=True)


def perceval(server: ServedCorpus, paths: Sequence[str], *, of_items: int, sample: int) -> Reading:
    """It knows issues and merge requests with their notes and versions, and asks for the emoji of every note."""
    owner, _, name = paths[0].rpartition("/")
    server.requests()
    began, items = time.perf_counter(), 0
    for category in ("issue", "merge_request"):
        backend = Perceval(owner.replace("/", "%2F"), name, api_token=TOKEN, base_url=server.url)
        items += sum(1 for _ in islice(backend.fetch(category=category), sample // 2))
    seconds = time.perf_counter() - began
    return Reading(client="perceval", items=items, of_items=of_items, seconds=seconds, requests=server.requests())


Client = Callable[[], Reading]


def measured(clients: Sequence[Client]) -> list[Reading]:
    readings = []
    for client in clients:
        readings.append(client())
        print(f"  {readings[-1].client}: {readings[-1].seconds:.1f} s", file=sys.stderr)
    return readings
