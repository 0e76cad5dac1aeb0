"""Progress that nobody watches and tests can read."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class StageShown:
    """What a user would have seen of one stage."""

    name: str
    total: int | None
    done: int = 0
    details: list[str] = field(default_factory=list)


class MemoryProgress:
    """Port `Progress`."""

    def __init__(self) -> None:
        self.stages: list[StageShown] = []

    def stage(self, name: str, *, total: int | None = None) -> None:
        self.stages.append(StageShown(name=name, total=total))

    def advance(self, steps: int = 1, *, total: int | None = None, detail: str = "") -> None:
        """Steps before the first stage are shown nowhere."""
        if not self.stages:
            return
        current = self.stages[-1]
        current.done += steps
        current.total = current.total if total is None else total
        if detail:
            current.details.append(detail)
