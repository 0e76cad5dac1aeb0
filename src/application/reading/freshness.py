"""How old an answer from the store is, and whether that is good enough for whoever asks."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.item_reader import KnownProject
from application.ports.run_ledger import RunFilter, RunLedger
from domain.errors import Stale
from domain.freshness import FreshnessState, mirror_freshness
from domain.runs import RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorAge:
    """Every answer from the store carries it (spec/cli.md, Robot mode)."""

    state: FreshnessState
    synced_at: int | None
    """The last complete sync of the project whose last one is oldest; None: one of them never had any."""
    age_seconds: int | None
    last_run_status: RunStatus | None


class TellFreshness:
    def __init__(self, *, ledger: RunLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def __call__(
        self, projects: tuple[KnownProject, ...], *, require_fresh_ms: int | None = None, remedy: str | None = None
    ) -> MirrorAge:
        """`remedy` is the command that would bring newer data. Raises `Stale` where they are older than required.

        Projects outside standard sync have no age of their own, and count only where there are no others.
        """
        synced = [project.synced_at for project in projects if project.in_standard_sync]
        freshness = mirror_freshness(synced, now=self._clock.now_ms())
        if require_fresh_ms is not None and (freshness.age_ms is None or freshness.age_ms > require_fresh_ms):
            raise _stale(freshness.age_ms, require_fresh_ms, remedy or _sync_of(projects))
        last = next(iter(self._ledger.runs(RunFilter(limit=1))), None)
        return MirrorAge(
            state=freshness.state,
            synced_at=freshness.synced_at,
            age_seconds=None if freshness.age_ms is None else freshness.age_ms // 1000,
            last_run_status=last.status if last else None,
        )


def _sync_of(projects: tuple[KnownProject, ...]) -> str:
    return f"lore sync -p {projects[0].path}" if len(projects) == 1 else "lore sync"


def _stale(age_ms: int | None, required_ms: int, remedy: str) -> Stale:
    seconds = None if age_ms is None else age_ms // 1000
    age = "were never synced completely" if seconds is None else f"are {seconds} s old"
    return Stale(
        f"The stored data {age}; at most {required_ms // 1000} s were asked for.",
        suggestion=f"`{remedy}` brings newer ones.",
        actions=(remedy,),
        details={"age_seconds": seconds, "required_seconds": required_ms // 1000},
    )
