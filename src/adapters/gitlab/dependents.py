"""The sets that belong to an item: where each is asked for, how it is read, and what may be missing from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.decoding import decoded, joined, stored, stored_as_sent
from adapters.gitlab.mapping import commit, file_change, label_event, milestone_event, state_event
from adapters.gitlab.pages import WholeList, read_whole
from adapters.gitlab.payloads import (
    ClosesIssuePayload,
    CommitPayload,
    DiffPayload,
    DiffSummaryPayload,
    IssueLinkPayload,
    LabelEventPayload,
    MilestoneEventPayload,
    StateEventPayload,
)
from adapters.gitlab.records import DiscussionShape, ListShape, Read, Shape, array_of
from adapters.gitlab.references import ReferenceMapping
from adapters.gitlab.transport import Answer, Transport
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentAnswer,
    DependentRecord,
    Discussion,
    FileChange,
)
from domain.errors import GitLabNotFound
from domain.refs import DependentKind

_PATHS = {
    DependentKind.DISCUSSIONS: "discussions",
    DependentKind.STATE_EVENTS: "resource_state_events",
    DependentKind.LABEL_EVENTS: "resource_label_events",
    DependentKind.MILESTONE_EVENTS: "resource_milestone_events",
    DependentKind.ISSUE_LINKS: "links",
    DependentKind.CLOSES_ISSUES: "closes_issues",
    DependentKind.DIFFS: "diffs",
    DependentKind.COMMITS: "commits",
}
_MANY_FILES = 100
_MUCH_DIFF = 1_000_000
"""From here on GitLab may have left out files, whose default limits are 1,000 files and 50,000 lines; only then it is
worth a request to ask."""

R = TypeVar("R", bound=DependentRecord)


def dependent_shapes(address: GitLabAddress) -> dict[DependentKind, ListShape[DependentRecord]]:
    references = ReferenceMapping(address)
    return {
        DependentKind.DISCUSSIONS: DiscussionShape(DependentKind.DISCUSSIONS),
        DependentKind.STATE_EVENTS: Shape(DependentKind.STATE_EVENTS, StateEventPayload, state_event),
        DependentKind.LABEL_EVENTS: Shape(DependentKind.LABEL_EVENTS, LabelEventPayload, label_event),
        DependentKind.MILESTONE_EVENTS: Shape(DependentKind.MILESTONE_EVENTS, MilestoneEventPayload, milestone_event),
        DependentKind.ISSUE_LINKS: Shape(
            DependentKind.ISSUE_LINKS, IssueLinkPayload, references.issue_link, id_field="issue_link_id"
        ),
        DependentKind.CLOSES_ISSUES: Shape(DependentKind.CLOSES_ISSUES, ClosesIssuePayload, references.closes_issue),
        DependentKind.DIFFS: Shape(DependentKind.DIFFS, DiffPayload, file_change),
        DependentKind.COMMITS: Shape(DependentKind.COMMITS, CommitPayload, commit),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The older answer to a question for diffs: the merge request with all of them inside."""

    read: Read[FileChange]
    array: list[object]
    overflow: bool


class Dependents:
    """Reads them, each whole."""

    def __init__(self, transport: Transport, address: GitLabAddress) -> None:
        self._transport = transport
        self._shapes = dependent_shapes(address)
        self._diff = Shape(DependentKind.DIFFS, DiffPayload, file_change)
        self._summary = Shape("merge_request", DiffSummaryPayload, lambda payload: payload.changes_count or "")
        self._is_old = False

    def read(self, item: str, dependent: DependentKind) -> DependentAnswer:
        """`item` is the API path of the issue or merge request."""
        if dependent is DependentKind.DIFFS:
            return self._diffs(item)
        return self._listed(item, dependent)

    def _listed(self, item: str, dependent: DependentKind) -> DependentAnswer:
        path = f"{item}/{_PATHS[dependent]}"
        return _answer(dependent, read_whole(self._transport, path, self._shapes[dependent]))

    def _diffs(self, item: str) -> DependentAnswer:
        """`/diffs`, which GitLab has from 15.7 on, or else `/changes` (sync.md rule 4)."""
        if not self._is_old:
            try:
                return self._warned(item, self._listed(item, DependentKind.DIFFS))
            except GitLabNotFound:
                pass
        answer = self._transport.get(f"{item}/changes", {}, self._changes)
        self._is_old = True
        return _answer_of_changes(answer)

    def _changes(self, content: bytes) -> Changes:
        value = decoded(content)
        if not isinstance(value, dict):
            raise ValueError("a merge request was expected")  # noqa: TRY004 - one error for all misfits
        array = array_of(value.get("changes"))
        return Changes(read=self._diff.each(array), array=array, overflow=value.get("overflow") is True)

    def _warned(self, item: str, answer: DependentAnswer) -> DependentAnswer:
        """Nothing in the answer itself tells that files were left out: the merge request's own count does."""
        size = sum(len(record.diff) for record in answer.records if isinstance(record, FileChange))
        if len(answer.records) < _MANY_FILES and size < _MUCH_DIFF:
            return answer
        count = self._transport.get(item, {}, lambda content: self._summary.one(decoded(content))).value
        if not count.endswith("+"):
            return answer
        return replace(answer, warnings=(*answer.warnings, _left_out(count)))


def _answer(dependent: DependentKind, whole: WholeList[DependentRecord]) -> DependentAnswer:
    records = each_once(whole.records)
    return DependentAnswer(
        dependent=dependent,
        records=records,
        payload=stored_as_sent(joined(whole.pages)),
        requested_at=whole.first.requested_at,
        server_requested_at=whole.first.server_requested_at,
        pages=len(whole.pages),
        rejected=tuple(whole.rejected),
        warnings=_too_large(records),
    )


def _answer_of_changes(answer: Answer[Changes]) -> DependentAnswer:
    changes = answer.value
    records = each_once(changes.read.records)
    overflow = (_left_out("overflow"),) if changes.overflow else ()
    return DependentAnswer(
        dependent=DependentKind.DIFFS,
        records=records,
        payload=stored(changes.array),
        requested_at=answer.requested_at,
        server_requested_at=answer.server_requested_at,
        rejected=tuple(changes.read.rejected),
        warnings=(*_too_large(records), *overflow),
    )


def each_once(records: Iterable[DependentRecord]) -> tuple[DependentRecord, ...]:
    """Rows that moved while the pages were read come twice; the later state counts. Threads without notes are none."""
    known = {_key(record): record for record in records}
    return tuple(record for record in known.values() if not isinstance(record, Discussion) or record.notes)


def _key(record: DependentRecord) -> object:
    if isinstance(record, Commit):
        return record.sha
    if isinstance(record, (ClosesIssue, FileChange)):
        return record
    return record.gitlab_id


def _too_large(records: Iterable[DependentRecord]) -> tuple[str, ...]:
    count = sum(1 for record in records if isinstance(record, FileChange) and record.too_large)
    return (f"GitLab left out the diffs of {count} files over its size limit.",) if count else ()


def _left_out(said: str) -> str:
    return f"GitLab left out files: the merge request is over its diff limits ({said})."
