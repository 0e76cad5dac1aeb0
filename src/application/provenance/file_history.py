"""Which merge requests touched a file, through its renames, newest first (spec/provenance.md, file-history)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.item_histories import ItemHistories
from application.ports.path_reader import PathReader
from application.ports.project_places import ProjectPlace
from application.provenance.missing_paths import path_not_found
from application.provenance.shown import ShownThread, shown_thread, spoken
from application.provenance.touched_file import (
    FindTouchedFile,
    RenameLink,
    TouchedFile,
    TouchedFileOf,
    rename_link,
)
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.entities import MergeRequest
from domain.path_changes import ChangeKind, PathChange
from domain.refs import EntityKind
from domain.renames import MAX_HOPS, Life
from domain.timeline import ItemKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHistoryOf:
    asked: Asked
    discussions: bool = False
    merged_only: bool = False
    """Only what was merged into the default branch."""
    follow_renames: bool = True
    limit: int = 50
    max_hops: int = MAX_HOPS


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchingMerge:
    """A merge request that touched the file, and how."""

    project_path: str
    iid: int
    title: str
    state: str
    author: str
    change_type: ChangeKind
    old_path: str
    new_path: str
    merged_at: int | None
    created_at: int
    web_url: str
    merge_commit_sha: str | None
    discussions: tuple[ShownThread, ...] | None
    """None: not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLife:
    """Another file that bore the name before; `ended_by` is the merge request that deleted it, where known."""

    names: tuple[str, ...]
    rename_chain: tuple[RenameLink, ...]
    born_by: int | None
    ended_by: int | None
    merge_requests: tuple[int, ...]
    """Their iids, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHistoryData:
    path: str
    project_path: str
    resolved_paths: tuple[str, ...]
    rename_chain: tuple[RenameLink, ...]
    merge_requests: tuple[TouchingMerge, ...]
    earlier_lives: tuple[EarlierLife, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHistoryAnswer:
    history: FileHistoryData
    total_mrs: int
    renames_followed: int
    paths_searched: int
    freshness: MirrorAge


class FileHistory:
    """Raises `NotFound` for a path that no stored merge request touched, with near matches and what is missing."""

    def __init__(
        self,
        *,
        find_whereabouts: FindWhereabouts,
        find_touched_file: FindTouchedFile,
        paths: PathReader,
        items: ItemHistories,
    ) -> None:
        self._find_whereabouts = find_whereabouts
        self._find_touched_file = find_touched_file
        self._paths = paths
        self._items = items

    def __call__(self, command: FileHistoryOf) -> FileHistoryAnswer:
        here = self._find_whereabouts(command.asked)
        file = self._find_touched_file(
            TouchedFileOf(
                project_id=here.project.project_id,
                path=here.path,
                folder=command.asked.path.endswith("/"),
                max_hops=command.max_hops if command.follow_renames else 0,
                merged_only=command.merged_only,
                limit=command.limit,
            )
        )
        if file is None:
            raise path_not_found(self._paths, here.project, here.path, (here.path,))
        return FileHistoryAnswer(
            history=self._history(here.project, file, command),
            total_mrs=file.total,
            renames_followed=len(file.steps),
            paths_searched=len(file.names),
            freshness=self._find_whereabouts.age((here.project,), command.asked.require_fresh_ms),
        )

    def _history(self, project: ProjectPlace, file: TouchedFile, command: FileHistoryOf) -> FileHistoryData:
        return FileHistoryData(
            path=file.path,
            project_path=project.path,
            resolved_paths=file.names,
            rename_chain=file.rename_chain,
            merge_requests=self._merge_requests(project, file, command),
            earlier_lives=tuple(_earlier(life, command) for life in file.earlier),
            hints=tuple(_hints(file, command)),
        )

    def _merge_requests(
        self, project: ProjectPlace, file: TouchedFile, command: FileHistoryOf
    ) -> tuple[TouchingMerge, ...]:
        iids = [change.mr_iid for change in file.changes]
        keys = {iid: ItemKey(project.path, EntityKind.MERGE_REQUEST, iid) for iid in iids}
        found = self._items.entities(project.instance, list(keys.values()))
        merge_requests = {key.iid: each for key, each in found.items() if isinstance(each, MergeRequest)}
        threads = self._threads(project, file, merge_requests) if command.discussions else None
        return tuple(
            _touching(project, change, merge_requests[change.mr_iid], threads)
            for change in file.changes
            if change.mr_iid in merge_requests
        )

    def _threads(
        self, project: ProjectPlace, file: TouchedFile, merge_requests: Mapping[int, MergeRequest]
    ) -> dict[int, list[ShownThread]]:
        found: dict[int, list[ShownThread]] = defaultdict(list)
        for one in self._paths.threads_on(project.project_id, list(merge_requests), file.paths):
            if spoken(one.discussion):
                web_url = merge_requests[one.item.iid].web_url
                found[one.item.iid].append(shown_thread(one.item, web_url, one.discussion))
        return found


def _touching(
    project: ProjectPlace, change: PathChange, one: MergeRequest, threads: Mapping[int, Sequence[ShownThread]] | None
) -> TouchingMerge:
    return TouchingMerge(
        project_path=project.path,
        iid=one.iid,
        title=one.title,
        state=one.state,
        author=one.author.username,
        change_type=change.kind,
        old_path=change.old_path,
        new_path=change.new_path,
        merged_at=one.merged_at,
        created_at=one.created_at,
        web_url=one.web_url,
        merge_commit_sha=one.merge_commit_sha,
        discussions=None if threads is None else tuple(threads.get(one.iid, ())),
    )


def _earlier(life: Life, command: FileHistoryOf) -> EarlierLife:
    fitting = (change.mr_iid for change in life.changes if change.counts or not command.merged_only)
    return EarlierLife(
        names=life.names,
        rename_chain=tuple(rename_link(step) for step in life.steps),
        born_by=life.born_by,
        ended_by=life.ended_by,
        merge_requests=tuple(dict.fromkeys(fitting)),
    )


def _hints(file: TouchedFile, command: FileHistoryOf) -> list[str]:
    hints = []
    if not file.total:
        hints.append(f"None of the {file.left_out} merge requests was merged into the default branch; omit --merged.")
    if file.cut_short and not command.follow_renames:
        hints.append("The file had other names as well; omit --no-follow-renames.")
    if file.cut_short and command.follow_renames:
        hints.append(f"The file had more names than {command.max_hops} renames lead to.")
    if file.earlier:
        hints.append(f"The name stood for {len(file.earlier)} other file(s) before; see earlier_lives.")
    return hints
