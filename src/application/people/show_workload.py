"""What somebody has on the table (spec/provenance.md, who @user)."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.people.find_person import FindPerson
from application.ports.people_reader import Part, PartTaken, PeopleReader
from application.provenance.shown import ShownItem, shown_item
from application.provenance.whereabouts import FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.refs import EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadOf:
    username: str
    projects: tuple[str, ...] = ()
    require_fresh_ms: int | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSection:
    total: int
    items: tuple[ShownItem, ...]
    """The last moved first, cut at the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Open items only."""

    username: str
    assigned_issues: WorkSection
    assigned_merge_requests: WorkSection
    authored_merge_requests: WorkSection
    reviewing_merge_requests: WorkSection
    authored_issues: WorkSection


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadAnswer:
    workload: Workload
    freshness: MirrorAge


class ShowWorkload:
    def __init__(self, *, find_whereabouts: FindWhereabouts, find_person: FindPerson, people: PeopleReader) -> None:
        self._find_whereabouts = find_whereabouts
        self._find_person = find_person
        self._people = people

    def __call__(self, command: WorkloadOf) -> WorkloadAnswer:
        projects = self._find_whereabouts.all(command.projects)
        username = self._find_person(command.username)
        ids = [place.project_id for place in projects]
        taken = self._people.parts_taken(username, ids, open_only=True, since=0, limit=command.limit)

        def section(kind: EntityKind, part: Part) -> WorkSection:
            fitting = [one for one in taken.parts if one.item.kind is kind and one.part is part]
            return _section(fitting, taken.totals.get((kind, part), 0))

        return WorkloadAnswer(
            workload=Workload(
                username=username,
                assigned_issues=section(EntityKind.ISSUE, Part.ASSIGNEE),
                assigned_merge_requests=section(EntityKind.MERGE_REQUEST, Part.ASSIGNEE),
                authored_merge_requests=section(EntityKind.MERGE_REQUEST, Part.AUTHOR),
                reviewing_merge_requests=section(EntityKind.MERGE_REQUEST, Part.REVIEWER),
                authored_issues=section(EntityKind.ISSUE, Part.AUTHOR),
            ),
            freshness=self._find_whereabouts.age(projects, command.require_fresh_ms),
        )


def _section(parts: Sequence[PartTaken], total: int) -> WorkSection:
    return WorkSection(total=total, items=tuple(shown_item(one.item, one.entity) for one in parts))
