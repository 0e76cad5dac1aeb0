"""`dependent_sets`: how fresh each item's sets are, one row for each item and kind (sync.md rules 3 and 8)."""

import json
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import bindparam, case, null, select, update
from sqlalchemy.dialects.sqlite import insert

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, among
from adapters.sql.schema import dependent_sets
from application.ports.content_store import DependentState
from domain.refs import DependentKind, EntityRef, ProjectId, dependents_of

_OF_ITEM = tuple(dependent_sets.c[name] == bindparam(f"_{name}") for name in ("project_id", "kind", "iid"))
_THIS = (*_OF_ITEM, dependent_sets.c.dependent == bindparam("_dependent"))
_READ = Prepared(
    select(dependent_sets.c.dependent, dependent_sets.c.watermark, dependent_sets.c.fetch_started_at).where(*_OF_ITEM)
)
_UPSERT = insert(dependent_sets)
_WANT = Prepared(
    _UPSERT.on_conflict_do_update(
        index_elements=["project_id", "kind", "iid", "dependent"],
        set_={
            "wanted_at": _UPSERT.excluded.wanted_at,
            # What was fetched for a later state of the item says nothing of this one (rule 12 goes back in time).
            "watermark": case(
                (dependent_sets.c.watermark > _UPSERT.excluded.wanted_at, null()), else_=dependent_sets.c.watermark
            ),
        },
    ),
    columns=("project_id", "kind", "iid", "dependent", "entity_id", "wanted_at"),
)
_UNWANT = Prepared(update(dependent_sets).where(*_OF_ITEM).values(wanted_at=null(), watermark=null()))
_START = Prepared(update(dependent_sets).where(*_THIS).values(fetch_started_at=bindparam("at")))
_SETTLE = Prepared(update(dependent_sets).where(*_THIS).values(watermark=bindparam("at")))
_UNSETTLE = Prepared(
    update(dependent_sets).where(among(dependent_sets.c.project_id, "project_ids")).values(watermark=null())
)
_NEVER = DependentState(watermark=None, fetch_started_at=None)


class SetStates:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._states: dict[EntityRef, dict[DependentKind, DependentState]] = {}

    def get(self, ref: EntityRef, dependent: DependentKind) -> DependentState:
        return self._of(ref).get(dependent, _NEVER)

    def want(self, ref: EntityRef, wanted_at: int, *, is_new: bool) -> None:
        """The item is at this `updated_at` now."""
        key = self._known.item_ids[ref]
        item = {"project_id": ref.project_id, "kind": ref.kind, "iid": ref.iid, "entity_id": key}
        _WANT.each(
            self._known.connection,
            ({**item, "dependent": dependent, "wanted_at": wanted_at} for dependent in dependents_of(ref.kind)),
        )
        if is_new:
            self._states[ref] = {}
        else:
            self._states.pop(ref, None)

    def unwant(self, ref: EntityRef) -> None:
        """The item is gone. Should it come back, its sets are not what was fetched for it before."""
        _UNWANT.run(self._known.connection, _project_id=ref.project_id, _kind=ref.kind, _iid=ref.iid)
        self._states.pop(ref, None)

    def start(self, ref: EntityRef, dependent: DependentKind, *, at: int) -> None:
        """The set is the one whose fetch began then."""
        state = self.get(ref, dependent)
        self._set(_START, ref, dependent, at)
        self._states[ref][dependent] = replace(state, fetch_started_at=at)

    def settle(self, ref: EntityRef, dependent: DependentKind, *, watermark: int) -> None:
        state = self.get(ref, dependent)
        if state.watermark is None or state.watermark < watermark:
            self._set(_SETTLE, ref, dependent, watermark)
            self._states[ref][dependent] = replace(state, watermark=watermark)

    def unsettle_all(self, project_ids: Collection[ProjectId]) -> None:
        _UNSETTLE.run(self._known.connection, project_ids=json.dumps(list(project_ids)))
        self._states.clear()

    def _set(self, statement: Prepared, ref: EntityRef, dependent: DependentKind, at: int) -> None:
        statement.run(
            self._known.connection,
            _project_id=ref.project_id,
            _kind=ref.kind,
            _iid=ref.iid,
            _dependent=dependent,
            at=at,
        )

    def _of(self, ref: EntityRef) -> dict[DependentKind, DependentState]:
        if ref not in self._states:
            rows = _READ.run(self._known.connection, _project_id=ref.project_id, _kind=ref.kind, _iid=ref.iid)
            self._states[ref] = {
                DependentKind(row.dependent): DependentState(
                    watermark=row.watermark, fetch_started_at=row.fetch_started_at
                )
                for row in rows
            }
        return self._states[ref]
