"""The chain of a line: commit, merge request, issues, and the threads that decided it (spec/provenance.md, trace)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from application.ports.blame import Blame
from application.ports.path_reader import PathReader
from application.provenance.decided import Background, FindBackground
from application.provenance.find_merge_request import FindMergeRequest, MergeRequestOf
from application.provenance.line_records import (
    FoundMergeRequest,
    LineStatus,
    LineTrace,
    LineTraceAnswer,
    ShownCommit,
    ShownPassage,
    TracedLines,
)
from application.provenance.resolve_rename_chain import ResolveRenameChain
from application.provenance.shown import shown_item
from application.provenance.whereabouts import Asked, FindWhereabouts, Whereabouts
from domain.attribution import Attribution
from domain.blame import BlamedLine, CommitFacts, Place
from domain.errors import UsageError
from domain.line_trace import TracedLine
from domain.refs import EntityKind
from domain.timeline import ItemKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLineOf:
    asked: Asked
    first: int
    last: int
    threads: int = 10
    """At most so many discussions a group of lines."""
    groups: int = 20
    """At most so many groups of lines of one origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Lines of one origin with what the ladder says of them."""

    lines: tuple[BlamedLine, ...]
    commit: CommitFacts | None
    found: tuple[Attribution, ...] = ()
    found_elsewhere: tuple[Attribution, ...] = ()

    @property
    def line(self) -> BlamedLine:
        """The one that says most."""
        return max(self.lines, key=lambda line: len(line.text.strip()))

    @property
    def key(self) -> ItemKey | None:
        if not self.found or not self.found[0].held:
            return None
        return ItemKey(self.found[0].project_path, EntityKind.MERGE_REQUEST, self.found[0].iid)


class TraceLine:
    """Raises `UsageError` outside a checkout, and what the `Blame` port raises."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        blame: Blame,
        resolve_rename_chain: ResolveRenameChain,
        find_merge_request: FindMergeRequest,
        find_background: FindBackground,
        paths: PathReader,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._blame = blame
        self._resolve_rename_chain = resolve_rename_chain
        self._find_merge_request = find_merge_request
        self._find_background = find_background
        self._paths = paths

    def __call__(self, command: TraceLineOf) -> LineTraceAnswer:
        here = self._find_whereabouts(command.asked, needs_git=True)
        if here.place is None:
            raise UsageError(
                "A line can be traced inside a git checkout only.",
                suggestion="Run this where the file is checked out, or trace the file without a line.",
                actions=(f"lore trace {here.path} -p {here.project.path}",),
            )
        lines = self._blame.lines(here.place, command.first, command.last)
        groups = [tuple(group) for _, group in groupby(lines, key=_origin)]
        names = self._names(here)
        traced = self._traced(here, here.place, groups[: command.groups], names)
        background = self._background(here, traced)
        oldest_at = self._paths.first_opened_at(here.project.project_id)
        shown = tuple(self._shown(here, group, names, background, oldest_at, command.threads) for group in traced)
        return LineTraceAnswer(
            trace=LineTrace(path=here.path, project_path=here.project.path, lines=shown),
            total_groups=len(groups),
            freshness=self._find_whereabouts.age((here.project,), command.asked.require_fresh_ms),
        )

    def _names(self, here: Whereabouts) -> tuple[str, ...]:
        found = self._resolve_rename_chain.names(here.project.project_id, here.path)
        return tuple(dict.fromkeys((here.path, *(found or ()))))

    def _traced(
        self, here: Whereabouts, place: Place, groups: Sequence[tuple[BlamedLine, ...]], names: tuple[str, ...]
    ) -> list[_Group]:
        firsts = [group[0] for group in groups]
        shas = {line.sha for line in firsts} | {line.relocation.sha for line in firsts if line.relocation}
        commits = self._blame.commits(place, [sha for sha in shas if sha is not None])
        return [self._group(here, place, group, names, commits) for group in groups]

    def _group(
        self,
        here: Whereabouts,
        place: Place,
        lines: tuple[BlamedLine, ...],
        names: tuple[str, ...],
        commits: Mapping[str, CommitFacts],
    ) -> _Group:
        group = _Group(lines=lines, commit=commits.get(lines[0].sha or ""))
        line, commit = group.line, group.commit
        if commit is None or line.history_ends:
            return group
        asked = MergeRequestOf(project=here.project, place=place, line=line, commit=commit, paths=names)
        other = None if line.relocation is None else commits.get(line.relocation.sha)
        elsewhere = None if other is None else replace(asked, commit=other, line=replace(line, relocation=None))
        return replace(
            group,
            found=self._find_merge_request(asked),
            found_elsewhere=() if elsewhere is None else self._find_merge_request(elsewhere),
        )

    def _background(self, here: Whereabouts, groups: Sequence[_Group]) -> Background:
        everything = [found for group in groups for found in (*group.found, *group.found_elsewhere) if found.held]
        keys = [ItemKey(one.project_path, EntityKind.MERGE_REQUEST, one.iid) for one in everything]
        return self._find_background(here.project.instance, list(dict.fromkeys(keys)))

    def _shown(
        self,
        here: Whereabouts,
        group: _Group,
        names: tuple[str, ...],
        background: Background,
        oldest_at: int | None,
        threads: int,
    ) -> TracedLines:
        line, found = group.line, [_found(one, background) for one in group.found]
        status = _status(group, oldest_at)
        traced = self._line_in_diff(here, group, names) if group.key is not None else None
        return TracedLines(
            first_line=group.lines[0].line,
            last_line=group.lines[-1].line,
            texts=tuple(each.text for each in group.lines),
            status=status,
            explanation=_EXPLANATIONS[status],
            commit=None if group.commit is None else _commit(group.commit, group.lines[0]),
            merge_request=found[0] if found else None,
            alternatives=tuple(found[1:]),
            passage=_passage(line, group.found_elsewhere, background),
            issues=() if group.key is None else background.linked_issues(group.key),
            discussions=()
            if group.key is None or traced is None
            else background.deciding_threads(group.key, traced, threads),
        )

    def _line_in_diff(self, here: Whereabouts, group: _Group, names: tuple[str, ...]) -> TracedLine:
        line = group.line
        paths = {*names, line.original_path}
        of_this_project = [one.iid for one in group.found[:1] if one.project_path == here.project.path]
        diffs = self._paths.diffs(here.project.project_id, of_this_project, paths)
        fitting = [one.diff for one in diffs if one.new_path == line.original_path] or [one.diff for one in diffs]
        return TracedLine(
            text=line.text,
            line=line.original_line,
            paths=frozenset(paths),
            diff=fitting[0] if fitting else "",
        )


_EXPLANATIONS = {
    LineStatus.TRACED: "",
    LineStatus.NAMED: "The store does not hold this merge request; a surgical sync brings it.",
    LineStatus.UNCOMMITTED: "These lines are not committed yet.",
    LineStatus.HISTORY_ENDS: "The clone is shallow: `git fetch --unshallow` brings the commit that wrote these lines.",
    LineStatus.BEFORE_HISTORY: "The commit is older than every merge request that the store holds.",
    LineStatus.NO_MERGE_REQUEST: "No merge request of the store holds this commit: it was pushed without one, or "
    "that was not synced.",
}


def _origin(line: BlamedLine) -> tuple[str | None, bool, str]:
    return line.sha, line.history_ends, "" if line.relocation is None else line.relocation.sha


def _status(group: _Group, oldest_at: int | None) -> LineStatus:
    if group.lines[0].sha is None:
        return LineStatus.UNCOMMITTED
    if group.lines[0].history_ends:
        return LineStatus.HISTORY_ENDS
    if group.found:
        return LineStatus.TRACED if group.found[0].held else LineStatus.NAMED
    old = group.commit is not None and oldest_at is not None and group.commit.committed_at < oldest_at
    return LineStatus.BEFORE_HISTORY if old else LineStatus.NO_MERGE_REQUEST


def _commit(commit: CommitFacts, line: BlamedLine) -> ShownCommit:
    return ShownCommit(
        sha=commit.sha,
        subject=commit.subject,
        author_name=commit.author_name,
        authored_at=commit.authored_at,
        path=line.original_path,
        line=line.original_line,
    )


def _found(one: Attribution, background: Background) -> FoundMergeRequest:
    key = ItemKey(one.project_path, EntityKind.MERGE_REQUEST, one.iid)
    entity = background.entities.get(key)
    return FoundMergeRequest(
        project_path=one.project_path,
        iid=one.iid,
        method=one.method,
        confidence=one.confidence,
        held=one.held,
        evidence_sha=one.evidence_sha,
        item=None if entity is None else shown_item(key, entity),
    )


def _passage(line: BlamedLine, elsewhere: Sequence[Attribution], background: Background) -> ShownPassage | None:
    if line.relocation is None:
        return None
    return ShownPassage(
        passage=line.relocation.passage,
        sha=line.relocation.sha,
        path=line.relocation.path,
        line=line.relocation.line,
        merge_request=_found(elsewhere[0], background) if elsewhere else None,
    )
