"""The dependent sets of items: their rows, and how fresh they are."""

from collections.abc import Collection, Sequence

from adapters.sql.content.known import Known
from adapters.sql.content.payloads import Payloads
from adapters.sql.content.people import People
from adapters.sql.content.plain_sets import PlainSets
from adapters.sql.content.references import References
from adapters.sql.content.set_states import SetStates
from adapters.sql.content.threads import Threads
from application.ports.content_store import DependentState
from domain.entities import DependentAnswer, Discussion
from domain.references import FoundReference
from domain.refs import DependentKind, EntityRef, ProjectId, SourceKey


class SqlDependents:
    """Port `Dependents`."""

    def __init__(self, known: Known, people: People, references: References, sets: SetStates) -> None:
        self._payloads = Payloads(known.connection)
        self._sets = sets
        self._threads = Threads(known, people, references)
        self._plain_sets = PlainSets(known, people, references)
        self._known = known

    def state(self, ref: EntityRef, dependent: DependentKind) -> DependentState:
        return self._sets.get(ref, dependent)

    def discussion_ids(self, ref: EntityRef) -> frozenset[str]:
        return self._threads.living(ref)

    def put(
        self,
        ref: EntityRef,
        answer: DependentAnswer,
        *,
        sweep: Collection[str] | None,
        references: Sequence[tuple[int, FoundReference]],
    ) -> tuple[SourceKey, ...]:
        self._known.item_id(ref)
        self._sets.start(ref, answer.dependent, at=answer.requested_at)
        if answer.records:
            self._payloads.put(ref, answer.dependent, answer.payload, answer.requested_at)
        else:
            self._payloads.drop(ref, answer.dependent)
        if answer.dependent is not DependentKind.DISCUSSIONS:
            return self._plain_sets.put(ref, answer.dependent, answer.records)
        threads = (record for record in answer.records if isinstance(record, Discussion))
        return self._threads.put(ref, threads, seen_at=answer.requested_at, sweep=sweep, references=references)

    def settle(self, ref: EntityRef, dependent: DependentKind, *, watermark: int) -> None:
        self._sets.settle(ref, dependent, watermark=watermark)

    def unsettle_all(self, project_ids: Collection[ProjectId]) -> None:
        self._sets.unsettle_all(project_ids)
