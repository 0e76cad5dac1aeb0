"""From a commit to its merge request: a ladder of evidence, each rung with a stated confidence (trace)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.blame import CommitFacts
from domain.commit_messages import (
    NamedMergeRequest,
    cherry_picked_from,
    imported_pull_request,
    merge_request_trailers,
)


class Confidence(StrEnum):
    HIGH = "high"
    """GitLab itself says so."""
    MEDIUM = "medium"
    """A strong sign that can mislead."""
    LOW = "low"
    """The best guess there is."""


class Method(StrEnum):
    """The rungs, strongest first."""

    MERGE_COMMIT = "merge_commit_sha"
    SQUASH_COMMIT = "squash_commit_sha"
    COMMIT_OF_MERGED = "mr_commits"
    BROUGHT_IN = "merge_that_brought_it_in"
    TRAILER = "merge_request_trailer"
    REWRITTEN = "same_commit_rewritten"
    CHERRY_PICK = "cherry_picked_from"
    PULL_REQUEST = "imported_pull_request"
    DIFF = "mr_diff"
    COMMIT_OF_UNMERGED = "commit_of_unmerged_mr"


class ShaRole(StrEnum):
    """As what a merge request holds a commit."""

    MERGE = "merge"
    SQUASH = "squash"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the ladder needs to know of a merge request."""

    project_path: str
    iid: int
    created_at: int
    merged_at: int | None = None

    @property
    def merged(self) -> bool:
        return self.merged_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShaMatch:
    sha: str
    role: ShaRole
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the store holds on one commit.

    `matches` are for the shas of `wanted_shas`, `named` for the merge requests of `named_merge_requests`. The last two
    are for commits that those do not explain: merge requests with a commit of the same author, time and title, and
    those whose diff adds the line.
    """

    commit: CommitFacts
    merges: Sequence[CommitFacts] = ()
    matches: Sequence[ShaMatch] = ()
    named: Sequence[Candidate] = ()
    rewritten: Sequence[Candidate] = ()
    diffs: Sequence[Candidate] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The merge request behind a commit. Where the store does not hold it, it is known by name only."""

    project_path: str
    iid: int
    method: Method
    confidence: Confidence
    held: bool = True
    evidence_sha: str | None = None
    """The other commit that led there: the merge that brought it in, or the one it was picked from."""


def wanted_shas(commit: CommitFacts, merges: Sequence[CommitFacts]) -> tuple[str, ...]:
    """The shas that the store is to be asked for; picked commits may be abbreviated."""
    return tuple(dict.fromkeys((commit.sha, *(merge.sha for merge in merges), *cherry_picked_from(commit.message))))


def named_merge_requests(
    commit: CommitFacts, merges: Sequence[CommitFacts], project_path: str
) -> tuple[NamedMergeRequest, ...]:
    """The merge requests that messages name, with their projects."""
    messages = [commit.message, *(merge.message for merge in merges)]
    trailers = [named for message in messages for named in merge_request_trailers(message)]
    imported = [imported_pull_request(message) for message in messages]
    found = [*trailers, *(NamedMergeRequest(None, iid) for iid in imported if iid is not None)]
    return tuple(dict.fromkeys(NamedMergeRequest(named.project_path or project_path, named.iid) for named in found))


def attributions(evidence: Evidence, project_path: str, *, relocated: bool = False) -> tuple[Attribution, ...]:
    """Every merge request that something speaks for, the best founded first, each with its strongest rung.

    Of a line that came from another file (`relocated`) no answer is sure: writing it and bringing it here were two.
    """
    best: dict[tuple[str, int], Attribution] = {}
    for found in _rungs(evidence, project_path):
        capped = relocated and found.confidence is Confidence.HIGH
        known = replace(found, confidence=Confidence.MEDIUM) if capped else found
        best.setdefault((found.project_path, found.iid), known)
    return tuple(best.values())


def explained(evidence: Evidence, project_path: str) -> bool:
    """Whether a merge request of the store answers better than by a guess, so that dearer look-ups can be spared."""
    return any(one.held and one.confidence is not Confidence.LOW for one in attributions(evidence, project_path))


def _rungs(evidence: Evidence, project_path: str) -> Iterator[Attribution]:
    sha = evidence.commit.sha
    for role, method in ((ShaRole.MERGE, Method.MERGE_COMMIT), (ShaRole.SQUASH, Method.SQUASH_COMMIT)):
        yield from (_found(candidate, method, Confidence.HIGH) for candidate in _holding(evidence, sha, role))
    yield from _commit_of_merged(evidence, project_path)
    yield from _brought_in(evidence)
    yield from _trailers(evidence, project_path)
    yield from (_found(one, Method.REWRITTEN, Confidence.MEDIUM) for one in _by_merge(evidence.rewritten))
    yield from _cherry_picks(evidence, project_path)
    yield from _pull_requests(evidence, project_path)
    yield from _by_diff(evidence)
    yield from (
        _found(candidate, Method.COMMIT_OF_UNMERGED, Confidence.LOW)
        for candidate in _holding(evidence, sha, ShaRole.COMMIT)
    )


def _commit_of_merged(evidence: Evidence, project_path: str) -> Iterator[Attribution]:
    """A commit may be in several merge requests: stacked ones, or one that merges a whole branch of others.

    The merge that brought it into the branch decides; without one it is the first that was merged. The answer is sure
    where all agree, the outermost merge too: one that the store does not know may be another merge request's.
    """
    holders = _by_merge(_holding(evidence, evidence.commit.sha, ShaRole.COMMIT))
    witnessed = list(_witnessed(evidence, project_path))
    agreed = len({(one.project_path, one.iid) for one in holders} | {key for key, _ in witnessed}) == 1
    sure = agreed and (not evidence.merges or evidence.merges[-1].sha in {sha for _, sha in witnessed})
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    for key, sha in witnessed:
        for holder in holders:
            if (holder.project_path, holder.iid) == key:
                yield _found(holder, Method.COMMIT_OF_MERGED, confidence, sha)
    yield from (_found(holder, Method.COMMIT_OF_MERGED, confidence) for holder in holders)


def _witnessed(evidence: Evidence, project_path: str) -> Iterator[tuple[tuple[str, int], str]]:
    """The merge requests that the merges speak for by their shas or words, the outermost merge first."""
    for merge in reversed(evidence.merges):
        for candidate in _holding(evidence, merge.sha, ShaRole.MERGE):
            yield (candidate.project_path, candidate.iid), merge.sha
        for key in _trailer_keys(merge.message, project_path):
            yield key, merge.sha


def _brought_in(evidence: Evidence) -> Iterator[Attribution]:
    found = [
        (candidate, merge.sha)
        for merge in reversed(evidence.merges)
        for candidate in _holding(evidence, merge.sha, ShaRole.MERGE)
    ]
    sure = len(found) == 1 and found[0][1] == evidence.merges[-1].sha
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    yield from (_found(candidate, Method.BROUGHT_IN, confidence, sha) for candidate, sha in found)


def _trailers(evidence: Evidence, project_path: str) -> Iterator[Attribution]:
    own = () if cherry_picked_from(evidence.commit.message) else (evidence.commit,)
    found = [
        (key, None if witness is evidence.commit else witness.sha)
        for witness in (*own, *reversed(evidence.merges))
        for key in _trailer_keys(witness.message, project_path)
    ]
    outermost = evidence.merges[-1].sha if evidence.merges else None
    agreed = len({key for key, _ in found}) == 1 and found[0][1] in {None, outermost}
    for key, sha in found:
        held = _named(evidence, key)
        sure = held is not None and held.merged and agreed
        yield Attribution(
            project_path=key[0],
            iid=key[1],
            method=Method.TRAILER,
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            held=held is not None,
            evidence_sha=sha,
        )


def _cherry_picks(evidence: Evidence, project_path: str) -> Iterator[Attribution]:
    """The merge request that the picked commit came from: where it was decided, though not what brought it here."""
    for picked in cherry_picked_from(evidence.commit.message):
        sources = [match for match in evidence.matches if match.sha.startswith(picked)]
        for candidate in _by_merge(match.candidate for match in sources):
            yield _found(candidate, Method.CHERRY_PICK, Confidence.MEDIUM, picked)
        for key in _trailer_keys(evidence.commit.message, project_path):
            held = _named(evidence, key)
            if held is not None:
                yield _found(held, Method.CHERRY_PICK, Confidence.MEDIUM, picked)


def _pull_requests(evidence: Evidence, project_path: str) -> Iterator[Attribution]:
    """Numbers in the messages of an imported project; a subject's own number may be another repository's."""
    named = [
        (_named(evidence, (project_path, iid)), witness.sha)
        for witness in (*reversed(evidence.merges), evidence.commit)
        if (iid := imported_pull_request(witness.message)) is not None
    ]
    confidence = Confidence.MEDIUM if len({one for one, _ in named}) == 1 else Confidence.LOW
    for held, sha in named:
        if held is not None and held.merged:
            yield _found(held, Method.PULL_REQUEST, confidence, sha)


def _by_diff(evidence: Evidence) -> Iterator[Attribution]:
    """Merge requests that add the line and were merged once the commit was there, the nearest in time first."""
    possible = [one for one in _by_merge(evidence.diffs) if (one.merged_at or 0) >= evidence.commit.authored_at]
    confidence = Confidence.MEDIUM if len(possible) == 1 else Confidence.LOW
    nearest = sorted(possible, key=lambda one: abs((one.merged_at or 0) - evidence.commit.committed_at))
    yield from (_found(candidate, Method.DIFF, confidence) for candidate in nearest)


def _holding(evidence: Evidence, sha: str, role: ShaRole) -> list[Candidate]:
    found = (match.candidate for match in evidence.matches if match.sha == sha and match.role is role)
    return sorted(found, key=lambda one: (one.project_path, one.iid))


def _by_merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that were merged, the first one first."""
    merged = (candidate for candidate in candidates if candidate.merged)
    return sorted(merged, key=lambda one: (one.merged_at or 0, one.project_path, one.iid))


def _trailer_keys(message: str, project_path: str) -> list[tuple[str, int]]:
    return [(named.project_path or project_path, named.iid) for named in merge_request_trailers(message)]


def _named(evidence: Evidence, key: tuple[str, int]) -> Candidate | None:
    return next((one for one in evidence.named if (one.project_path, one.iid) == key), None)


def _found(candidate: Candidate, method: Method, confidence: Confidence, sha: str | None = None) -> Attribution:
    return Attribution(
        project_path=candidate.project_path,
        iid=candidate.iid,
        method=method,
        confidence=confidence,
        evidence_sha=sha,
    )
