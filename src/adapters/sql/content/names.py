"""Labels and milestones, each kept once below its project."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import bindparam, select, update

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, inserting_for_key
from adapters.sql.schema import labels, milestones
from domain.entities import Milestone
from domain.refs import ProjectId

_LABEL = Prepared(
    select(labels.c.id).where(labels.c.project_id == bindparam("project_id"), labels.c.name == bindparam("name"))
)
_INSERT_LABEL = inserting_for_key(labels)
_MILESTONE = Prepared(
    select(milestones).where(
        milestones.c.project_id == bindparam("project_id"), milestones.c.gitlab_id == bindparam("gitlab_id")
    )
)
_INSERT_MILESTONE = inserting_for_key(milestones)
_FIELDS = ("iid", "title", "state", "due_date", "web_url")
_UPDATE_MILESTONE = Prepared(
    update(milestones).where(milestones.c.id == bindparam("key")).values({name: bindparam(name) for name in _FIELDS})
)


class Names:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._labels: dict[tuple[ProjectId, str], int] = {}
        self._milestones: dict[tuple[ProjectId, Milestone], int] = {}

    def label_ids(self, project_id: ProjectId, titles: Iterable[str]) -> list[int]:
        """Local keys, without repetitions; new labels are written."""
        return [self._label_id(project_id, title) for title in dict.fromkeys(titles)]

    def milestone_id(self, project_id: ProjectId, milestone: Milestone | None) -> int | None:
        """Its local key; a new one is written, and one that changed."""
        if milestone is None:
            return None
        key = self._milestones.get((project_id, milestone))
        if key is None:
            key = self._milestones[project_id, milestone] = self._write(project_id, milestone)
        return key

    def _label_id(self, project_id: ProjectId, name: str) -> int:
        key = self._labels.get((project_id, name))
        if key is None:
            connection = self._known.connection
            key = _LABEL.run(connection, project_id=project_id, name=name).scalar()
            if key is None:
                key = _INSERT_LABEL.run(connection, project_id=project_id, name=name).scalar()
            self._labels[project_id, name] = key
        return key

    def _write(self, project_id: ProjectId, milestone: Milestone) -> int:
        connection, values = self._known.connection, asdict(milestone)
        row = _MILESTONE.run(connection, project_id=project_id, gitlab_id=milestone.gitlab_id).first()
        if row is None:
            return int(_INSERT_MILESTONE.run(connection, project_id=project_id, **values).scalar())
        if any(getattr(row, name) != values[name] for name in _FIELDS):
            _UPDATE_MILESTONE.run(connection, key=row.id, **values)
        return int(row.id)
