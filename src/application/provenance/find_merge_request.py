"""From a commit of a checkout to the merge request behind it, by the ladder of `domain.attribution`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.blame import Blame
from application.ports.commit_reader import CommitReader
from application.ports.project_places import ProjectPlace
from domain.attribution import (
    Attribution,
    Evidence,
    attributions,
    explained,
    named_merge_requests,
    wanted_shas,
)
from domain.blame import BlamedLine, CommitFacts, Place

_DIFFS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequestOf:
    project: ProjectPlace
    place: Place
    line: BlamedLine
    commit: CommitFacts
    paths: tuple[str, ...]
    """All names of the file."""


class FindMergeRequest:
    """The cheap look-ups come first: by shas and by names. Diffs are searched only where those leave a guess."""

    def __init__(self, *, blame: Blame, commits: CommitReader) -> None:
        self._blame = blame
        self._commits = commits

    def __call__(self, command: MergeRequestOf) -> tuple[Attribution, ...]:
        project, commit = command.project, command.commit
        merges = self._blame.merges_of(command.place, commit.sha)
        evidence = Evidence(
            commit=commit,
            merges=merges,
            matches=self._commits.matches(project.project_id, wanted_shas(commit, merges)),
            named=self._commits.candidates(project.instance, named_merge_requests(commit, merges, project.path)),
        )
        if not explained(evidence, project.path):
            evidence = self._searched(evidence, command)
        return attributions(evidence, project.path, relocated=command.line.relocation is not None)

    def _searched(self, evidence: Evidence, command: MergeRequestOf) -> Evidence:
        project_id, paths = command.project.project_id, self._paths(command)
        return replace(
            evidence,
            rewritten=self._commits.rewritten(project_id, paths, command.commit),
            diffs=self._commits.adding(
                project_id,
                paths,
                command.line.text,
                merged_since=command.commit.authored_at,
                limit=_DIFFS_LOOKED_AT,
            )
            if command.line.text.strip()
            else (),
        )

    def _paths(self, command: MergeRequestOf) -> Sequence[str]:
        return tuple(dict.fromkeys((*command.paths, command.line.original_path)))
