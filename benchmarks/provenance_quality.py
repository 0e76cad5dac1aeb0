"""Measure file histories, line traces and expert rankings against a corpus's ground truth.

    python benchmarks/provenance_quality.py CORPUS [CORPUS ...] [--repositories DIR]

A corpus is a folder of NDJSON in GitLab's shapes with a `truth` folder. Line traces need the projects' git histories:
`DIR/group+name`, bare or not. Nothing is written but a temporary checkout.
"""

import argparse
import gzip
import json
import math
import posixpath
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from adapters.git.blame import GitBlame
from adapters.git.command import from_process_environment
from application.people.find_experts import NEWEST
from domain.attribution import (
    Attribution,
    Candidate,
    Evidence,
    ShaMatch,
    ShaRole,
    attributions,
    named_merge_requests,
    wanted_shas,
)
from domain.blame import BlamedLine, CommitFacts
from domain.expertise import NoteBy, ScoreRules, TouchingMergeRequest, experts
from domain.path_changes import PathChange, change_kind, is_mainline
from domain.renames import resolve_renames

Row = dict[str, Any]
TOP = 5
BY_AUTHORS, BY_PEOPLE, FORMULA = "counting MRs written", "counting MRs written or reviewed", "formula"


def rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield from map(json.loads, lines)


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def maybe_moment(text: str | None) -> int | None:
    return None if text is None else moment(text)


@dataclass(slots=True)
class Activity:
    """A merge request with what people did in it."""

    row: Row
    paths: set[str] = field(default_factory=set)
    notes: list[tuple[NoteBy, frozenset[str]]] = field(default_factory=list)
    """User notes, with the paths of those on the diff."""

    @property
    def merged_at(self) -> int | None:
        return maybe_moment(self.row["merged_at"]) if self.row["state"] == "merged" else None


class Project:
    """One project of a corpus, in memory."""

    def __init__(self, folder: Path) -> None:
        known = json.loads((folder / "project.json").read_text())
        self.path: str = known["path_with_namespace"]
        self.default_branch: str = known["default_branch"]
        self.merge_requests = {row["iid"]: Activity(row) for row in rows(folder / "merge_requests.ndjson.gz")}
        self.changes: dict[str, list[PathChange]] = defaultdict(list)
        self.shas: dict[str, list[ShaMatch]] = defaultdict(list)
        self._read_diffs(folder)
        self._read_shas(folder)
        self._read_notes(folder)

    def candidate(self, iid: int) -> Candidate:
        one = self.merge_requests[iid]
        created_at = moment(one.row["created_at"])
        return Candidate(project_path=self.path, iid=iid, created_at=created_at, merged_at=one.merged_at)

    def _read_diffs(self, folder: Path) -> None:
        for row in rows(folder / "mr_diffs.ndjson.gz"):
            one = self.merge_requests[row["mr_iid"]]
            for diff in row["diffs"]:
                paths = {"old_path": diff["old_path"], "new_path": diff["new_path"]}
                change = PathChange(
                    mr_iid=row["mr_iid"],
                    kind=change_kind(new_file=diff["new_file"], deleted_file=diff["deleted_file"], **paths),
                    created_at=moment(one.row["created_at"]),
                    merged_at=one.merged_at,
                    into_mainline=is_mainline(one.row["target_branch"], self.default_branch),
                    **paths,
                )
                one.paths |= set(paths.values())
                for path in set(paths.values()):
                    self.changes[path].append(change)

    def _read_shas(self, folder: Path) -> None:
        for iid, one in self.merge_requests.items():
            for role, name in ((ShaRole.MERGE, "merge_commit_sha"), (ShaRole.SQUASH, "squash_commit_sha")):
                if one.row[name]:
                    self._add_sha(one.row[name], role, iid)
        for row in rows(folder / "mr_commits.ndjson.gz"):
            for commit in row["commits"]:
                self._add_sha(commit["id"], ShaRole.COMMIT, row["mr_iid"])

    def _add_sha(self, sha: str, role: ShaRole, iid: int) -> None:
        self.shas[sha].append(ShaMatch(sha=sha, role=role, candidate=self.candidate(iid)))

    def _read_notes(self, folder: Path) -> None:
        for row in rows(folder / "discussions.ndjson.gz"):
            if row["noteable_type"] != "MergeRequest":
                continue
            for note in row["discussion"]["notes"]:
                if not note["system"]:
                    place = note.get("position") or {}
                    on = frozenset(filter(None, (place.get("old_path"), place.get("new_path"))))
                    by = NoteBy(note["author"]["username"], moment(note["created_at"]))
                    self.merge_requests[row["noteable_iid"]].notes.append((by, on))


def share(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many histories are those of the diffs, and how near those without gaps come to git's."""

    agreed: int
    total: int
    mean_jaccard: float


def file_histories(corpus: Path, projects: Mapping[str, Project]) -> Agreement:
    agreed, jaccards, total = 0, list[float](), 0
    for row in rows(corpus / "truth/file_history.ndjson"):
        changes = projects[row["project"]].changes

        def changes_of(paths: Sequence[str], /, known: Mapping[str, list[PathChange]] = changes) -> list[PathChange]:
            return [change for path in paths for change in known.get(path, ())]

        found = resolve_renames(row["file"], changes_of)
        mine = {change.mr_iid for change in found.present.changes if change.counts} if found else set[int]()
        by_diffs, git = set(row["by_diffs"]["mrs"]), set(row["git"]["mrs"])
        total += 1
        agreed += mine == by_diffs
        if mine != by_diffs:
            print(f"  differs: {row['file']}: only here {sorted(mine - by_diffs)}, missing {sorted(by_diffs - mine)}")
        if row["git"]["commits_outside_corpus"] == 0:
            jaccards.append(len(mine & git) / len(mine | git) if mine | git else 1.0)
    mean = math.fsum(jaccards) / len(jaccards) if jaccards else 1.0
    print(f"file-history: agrees with by_diffs {agreed}/{total}; mean Jaccard with git {mean:.3f} over {len(jaccards)}")
    return Agreement(agreed=agreed, total=total, mean_jaccard=mean)


class Checkouts:
    """Work trees of the truth's tips, holding only the files asked about."""

    def __init__(self, repositories: Path, scratch: Path) -> None:
        self._repositories, self._scratch = repositories, scratch
        self._git = from_process_environment()

    def of(self, project: str, tip: str, file: str) -> GitBlame | None:
        name = project.replace("/", "+")
        source = self._repositories / name
        source = source / "repo" if (source / "repo").is_dir() else source
        if not source.is_dir():
            return None
        target = self._scratch / name
        if not target.exists():
            self._run("clone", "-q", "--shared", "--no-checkout", str(source), str(target))
            self._run("-C", str(target), "update-ref", "--no-deref", "HEAD", tip)
            self._run("-C", str(target), "reset", "-q")
        self._run("-C", str(target), "checkout", "-q", "--", file)
        return GitBlame(git=self._git, folder=target)

    def _run(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True)  # noqa: S607  # the benchmark's user has git


def traced(
    project: Project, line: BlamedLine, commit: CommitFacts, merges: Sequence[CommitFacts], without: int | None
) -> Attribution | None:
    """The answer; `without` plays a store that lacks that merge request."""
    matches = [match for sha in wanted_shas(commit, merges) for match in project.shas.get(sha, ())]
    named = [one.iid for one in named_merge_requests(commit, merges, project.path) if one.project_path == project.path]
    evidence = Evidence(
        commit=commit,
        merges=merges,
        matches=[match for match in matches if match.candidate.iid != without],
        named=[project.candidate(iid) for iid in named if iid in project.merge_requests and iid != without],
    )
    return next(iter(attributions(evidence, project.path, relocated=line.relocation is not None)), None)


def line_traces(corpus: Path, projects: Mapping[str, Project], checkouts: Checkouts) -> None:
    outcomes, methods, withheld, skipped = Counter[str](), Counter[str](), Counter[str](), 0
    for row in rows(corpus / "truth/line_trace.ndjson"):
        blame = checkouts.of(row["project"], row["tip"], row["file"])
        place = None if blame is None else blame.locate(row["file"])
        if blame is None or place is None:
            skipped += 1
            continue
        (line,) = blame.lines(place, row["line"], row["line"])
        sha = str(line.sha)
        known = (projects[row["project"]], line, blame.commits(place, [sha])[sha], blame.merges_of(place, sha))
        found = traced(*known, None)
        outcomes[_outcome(found, row["mr"])] += 1
        methods[found.method.value if found else "-"] += 1
        withheld[_outcome(traced(*known, row["mr"]), row["mr"])] += 1
        if found is None or found.iid != row["mr"]:
            print(f"  {row['file']}:{row['line']}: !{found.iid if found else '-'} for !{row['mr']}; {line.relocation}")
    right = sum(count for outcome, count in outcomes.items() if outcome.startswith("right"))
    print(
        f"line to MR: right {share(right, outcomes.total())} of {outcomes.total()}, {dict(outcomes)}; {dict(methods)}"
    )
    print(f"  with the MR withheld from the store: {dict(withheld)}")
    if skipped:
        print(f"  {skipped} lines skipped: no repository")


def _outcome(found: Attribution | None, truth: int) -> str:
    if found is None:
        return "not known"
    if not found.held:
        return "named, not held"
    return f"{'right' if found.iid == truth else 'wrong'} ({found.confidence.value})"


Ranking = Callable[[Project, Row, int], list[str]]


def touching(project: Project, row: Row, cutoff: int) -> Iterator[Activity]:
    for one in project.merge_requests.values():
        if one.paths & set(row["files"]) and one.merged_at is not None and one.merged_at < cutoff:
            yield one


def by_count(people_of: Callable[[Row], Iterable[str]]) -> Ranking:
    def ranking(project: Project, row: Row, cutoff: int) -> list[str]:
        counts = Counter(name for one in touching(project, row, cutoff) for name in set(people_of(one.row)))
        return sorted(counts, key=lambda name: (-counts[name], name))

    return ranking


def authors(row: Row) -> list[str]:
    return [row["author"]["username"]]


def authors_and_reviewers(row: Row) -> list[str]:
    return [*authors(row), *(user["username"] for user in row["reviewers"])]


def by_formula(rules: ScoreRules, most: int) -> Ranking:
    """As `who` does it: the newest merge requests on the path and in its folder, `most` of each."""

    def ranking(project: Project, row: Row, cutoff: int) -> list[str]:
        files = set(row["files"])
        folders = {posixpath.dirname(path) for path in files}
        kept: dict[bool, list[TouchingMergeRequest]] = {True: [], False: []}
        for one in sorted(project.merge_requests.values(), key=lambda one: -moment(one.row["created_at"])):
            on_path = bool(one.paths & files)
            nearby = bool({posixpath.dirname(path) for path in one.paths} & folders)
            early = moment(one.row["created_at"]) < cutoff
            if early and (on_path or nearby) and len(kept[on_path]) < most:
                kept[on_path].append(_touching(one, files if on_path else None))
        return [one.username for one in experts([*kept[True], *kept[False]], rules, as_of=cutoff - 1)]

    return ranking


def _touching(one: Activity, files: set[str] | None) -> TouchingMergeRequest:
    on_path = [note for note, paths in one.notes if (paths & files if files else paths)]
    return TouchingMergeRequest(
        iid=one.row["iid"],
        author=one.row["author"]["username"],
        created_at=moment(one.row["created_at"]),
        merged_at=one.merged_at,
        closed_at=maybe_moment(one.row["closed_at"]),
        reviewers=tuple(user["username"] for user in one.row["reviewers"]),
        path_notes=tuple(on_path),
        further_notes=tuple(note for note, _ in one.notes if note not in on_path),
        nearby=files is None,
    )


def reviewers(corpus: Path, projects: Mapping[str, Project]) -> dict[str, float]:
    """hit@5 of each way to rank."""
    found = {}
    rankings: dict[str, Ranking] = {
        BY_AUTHORS: by_count(authors),
        BY_PEOPLE: by_count(authors_and_reviewers),
        "formula, path only": by_formula(ScoreRules(nearby=0), NEWEST),
        FORMULA: by_formula(ScoreRules(), NEWEST),
    }
    truth = list(rows(corpus / "truth/reviewers.ndjson"))
    for name, ranking in rankings.items():
        ranks = []
        for row in truth:
            ranked = ranking(projects[row["project"]], row, moment(row["cutoff"]))
            others = [person for person in ranked if person != row["author"]]
            ranks.append(min((others.index(who) for who in row["actual_reviewers"] if who in others), default=None))
        hits = [rank for rank in ranks if rank is not None and rank < TOP]
        first = [rank for rank in ranks if rank == 0]
        print(f"who: {name}: hit@{TOP} {share(len(hits), len(ranks))}, hit@1 {share(len(first), len(ranks))}")
        found[name] = len(hits) / len(ranks)
    return found


def read_projects(corpus: Path) -> dict[str, Project]:
    folders = sorted((corpus / "projects").iterdir())
    return {project.path: project for project in map(Project, folders)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--repositories", type=Path)
    options = parser.parse_args()
    for corpus in options.corpora:
        print(f"== {corpus.name}")
        projects = read_projects(corpus)
        file_histories(corpus, projects)
        reviewers(corpus, projects)
        if options.repositories is not None:
            with tempfile.TemporaryDirectory() as scratch:
                line_traces(corpus, projects, Checkouts(options.repositories.resolve(), Path(scratch)))


if __name__ == "__main__":
    main()
