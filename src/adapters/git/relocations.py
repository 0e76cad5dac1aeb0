"""Lines that came from another file: were they moved, or copied?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.git.command import Git
from domain.blame import BlamedLine, Passage, Relocation


def with_relocations(
    git: Git, root: str, through_files: Sequence[BlamedLine], within_file: Sequence[BlamedLine]
) -> Iterator[BlamedLine]:
    """Compare blame with and without `-C`; where they differ, the line came from another file.

    Copied text (licences, imports, test data) has an unrelated commit as its oldest source: there the commit that
    copied it is the answer. 4 of the 7 such lines among 435 of real projects were of that kind.
    """
    removed: dict[str, frozenset[str]] = {}
    for origin, arrival in zip(through_files, within_file, strict=True):
        if origin.sha == arrival.sha or origin.sha is None or arrival.sha is None:
            yield origin
            continue
        if arrival.sha not in removed:
            removed[arrival.sha] = _removed_lines(git, root, arrival.sha)
        moved = _stripped(origin.text) in removed[arrival.sha]
        yield _related(origin, arrival, Passage.MOVED) if moved else _related(arrival, origin, Passage.COPIED)


def _related(line: BlamedLine, other: BlamedLine, passage: Passage) -> BlamedLine:
    relocation = Relocation(passage=passage, sha=str(other.sha), path=other.original_path, line=other.original_line)
    return replace(line, relocation=relocation)


def _removed_lines(git: Git, root: str, sha: str) -> frozenset[str]:
    options = ("--first-parent", "-m", "-M", "--unified=0", "--format=", "--no-ext-diff", "--no-textconv")
    output = git(root, "show", *options, sha, "--").decode(errors="replace")
    return frozenset(
        _stripped(line[1:]) for line in output.split("\n") if line.startswith("-") and not line.startswith("--- ")
    )


def _stripped(text: str) -> str:
    """Without white space, which blame looks through."""
    return "".join(text.split())
