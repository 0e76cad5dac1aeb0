"""The chains from a file to its merge requests, their issues and the discussions (spec/provenance.md, trace)."""

from dataclasses import dataclass

from application.ports.path_reader import PathReader
from application.provenance.decided import Background, DecidingThread, FindBackground, LinkedIssue
from application.provenance.missing_paths import path_not_found
from application.provenance.shown import ShownItem, shown_item
from application.provenance.touched_file import FindTouchedFile, RenameLink, TouchedFile, TouchedFileOf
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.line_trace import TracedLine
from domain.path_changes import ChangeKind, PathChange
from domain.refs import EntityKind
from domain.renames import MAX_HOPS
from domain.timeline import ItemKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePathOf:
    asked: Asked
    limit: int = 10
    threads: int = 10
    """At most so many discussions a merge request."""
    max_hops: int = MAX_HOPS


@dataclass(frozen=True, slots=True, kw_only=True)
class PathChain:
    """One merge request that touched the path; its discussions on the path come first."""

    merge_request: ShownItem
    change_type: ChangeKind
    old_path: str
    new_path: str
    issues: tuple[LinkedIssue, ...]
    discussions: tuple[DecidingThread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTrace:
    path: str
    project_path: str
    resolved_paths: tuple[str, ...]
    rename_chain: tuple[RenameLink, ...]
    chains: tuple[PathChain, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTraceAnswer:
    trace: PathTrace
    total_mrs: int
    freshness: MirrorAge


class TracePath:
    """Raises `NotFound` as `FileHistory` does."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        find_touched_file: FindTouchedFile,
        find_background: FindBackground,
        paths: PathReader,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._find_touched_file = find_touched_file
        self._find_background = find_background
        self._paths = paths

    def __call__(self, command: TracePathOf) -> PathTraceAnswer:
        here = self._find_whereabouts(command.asked)
        project = here.project
        file = self._find_touched_file(
            TouchedFileOf(
                project_id=project.project_id,
                path=here.path,
                folder=command.asked.path.endswith("/"),
                max_hops=command.max_hops,
                limit=command.limit,
            )
        )
        if file is None:
            raise path_not_found(self._paths, project, here.path, (here.path,))
        keys = {change: ItemKey(project.path, EntityKind.MERGE_REQUEST, change.mr_iid) for change in file.changes}
        background = self._find_background(project.instance, list(keys.values()))
        trace = PathTrace(
            path=file.path,
            project_path=project.path,
            resolved_paths=file.names,
            rename_chain=file.rename_chain,
            chains=tuple(
                _chain(change, key, file, background, command.threads)
                for change, key in keys.items()
                if key in background.entities
            ),
        )
        freshness = self._find_whereabouts.age((project,), command.asked.require_fresh_ms)
        return PathTraceAnswer(trace=trace, total_mrs=file.total, freshness=freshness)


def _chain(change: PathChange, key: ItemKey, file: TouchedFile, background: Background, threads: int) -> PathChain:
    anywhere = TracedLine(text="", line=0, paths=file.paths)
    return PathChain(
        merge_request=shown_item(key, background.entities[key]),
        change_type=change.kind,
        old_path=change.old_path,
        new_path=change.new_path,
        issues=background.linked_issues(key),
        discussions=background.deciding_threads(key, anywhere, threads),
    )
