"""What became of each target of a surgical run, and what is still to be done."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace

from domain.refs import EntityKind
from domain.runs import Failure, Run
from domain.targets import SurgicalPlan, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityResult:
    """`status`: pending, found (preflight only), created, updated, unchanged, skipped_stale, removed, or why it failed
    (not_found, gone, forbidden, unauthorized, rate_limited, network, malformed)."""

    kind: EntityKind
    iid: int
    web_url: str
    status: str = "pending"
    title: str = ""
    updated_at: int | None = None
    settled: bool | None = None
    """Whether nothing older than now can be missing (rule 3); None: not fetched."""
    complete: bool = False
    """Whether item, dependent sets and documents are all done."""
    failures: tuple[Failure, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(slots=True)
class ResultSheet:
    """The results of one run by target, in the order of the command."""

    plan: SurgicalPlan
    _rows: dict[Target, EntityResult] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = {
            target: EntityResult(kind=target.kind, iid=target.iid, web_url=self.plan.url(target))
            for target in self.plan.targets
        }

    def set(self, target: Target, **changes: object) -> None:
        self._rows[target] = replace(self._rows[target], **changes)  # type: ignore[arg-type]  # names checked at run time

    def add_failure(self, target: Target, failure: Failure) -> None:
        self.set(target, failures=(*self._rows[target].failures, failure), complete=False)

    def complete(self, targets: Iterable[Target]) -> None:
        """Mark those of the targets done that have no failure."""
        for target in targets:
            if not self._rows[target].failures:
                self.set(target, complete=True)

    @property
    def results(self) -> tuple[EntityResult, ...]:
        return tuple(self._rows.values())

    @property
    def retry_command(self) -> str | None:
        """Does, as it stands, what is still to be done; GitLab's 404s are not tried again (section 4)."""
        options = [
            option
            for target, row in self._rows.items()
            if not row.complete and row.status not in {"not_found", "gone"}
            for option in (f"--{'issue' if target.kind is EntityKind.ISSUE else 'mr'}-url", self.plan.url(target))
        ]
        return shlex.join(["lore", "sync", *options]) if options else None

    def as_json(self) -> str:
        """The ledger's `surgical_summary_json`."""
        rows = [asdict(row) for row in self.results]
        return json.dumps({"entity_results": rows, "suggested_retry_command": self.retry_command})


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgicalReport:
    run: Run
    project_path: str
    entity_results: tuple[EntityResult, ...]
    suggested_retry_command: str | None
    warnings: tuple[str, ...] = ()
