"""What questions about provenance are asked about: what is hottest in a store, and what chance draws."""

import json
import posixpath
import random
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from application.provenance.whereabouts import Asked
from domain.blame import BlamedLine, Checkout, CommitFacts, Place
from domain.refs import EntityKind

T = TypeVar("T")
HOTTEST, DRAWN = 20, 60
BUSY_MONTH = 30_000
"""So many notes were written in the busiest month of the repeated store, far more than in its last."""


@dataclass(frozen=True, slots=True)
class Drawn(Generic[T]):
    hottest: Sequence[T]
    any: Sequence[T]


def drawn(ranked: Sequence[T]) -> Drawn[T]:
    """Of things that are given hottest first."""
    return Drawn(ranked[:HOTTEST], random.Random(1).sample(ranked, min(DRAWN, len(ranked))))


def hottest_and_any(what: str, found: Drawn[T]) -> Iterator[tuple[str, Sequence[T]]]:
    yield f"hottest {what}", found.hottest
    yield f"{what} by chance", found.any


@dataclass(frozen=True, slots=True)
class Item:
    kind: EntityKind
    iid: int
    asked: Asked
    then: int
    """A time in its life."""

    @property
    def word(self) -> str:
        return "issue" if self.kind is EntityKind.ISSUE else "mr"

    @property
    def command(self) -> str:
        return f"{self.word}s"


@dataclass(frozen=True, slots=True)
class Line:
    project: str
    path: str
    number: int
    text: str
    sha: str
    path_then: str


class Arguments:
    """Read from a store, and from the ground truth of the corpus that it was made of."""

    def __init__(self, database: Path, corpus: Path) -> None:
        with closing(sqlite3.connect(database)) as store:
            self.projects = [path for (path,) in store.execute("SELECT path FROM projects ORDER BY path")]
            (self.newest_note_at,) = store.execute("SELECT max(created_at) FROM notes").fetchone()
            (self.busy_month_at,) = store.execute(_BUSY_MONTH, (BUSY_MONTH,)).fetchone()
            changes = Counter(dict(_changes(store)))
            self.people: Drawn[str] = drawn([name for (name,) in store.execute(_PEOPLE)])
            self.items = drawn([_item(*row) for row in store.execute(_ITEMS)])
            self.labels = [name for (name,) in store.execute(_LABELS, (HOTTEST,))]
        self.files = drawn([Asked(path=path, project=project) for (project, path), _ in changes.most_common()])
        self.folders = drawn(
            [Asked(path=f"{path}/", project=project) for (project, path), _ in _folders(changes).most_common()]
        )
        self.busiest_project = self.files.hottest[0].project
        self.lines = random.Random(1).sample([_line(row) for row in _truth(corpus, "line_trace")], DRAWN)
        self.texts = [row["query"] for row in random.Random(1).sample(list(_truth(corpus, "retrieval")), DRAWN)]


_BUSY_MONTH = "SELECT created_at FROM notes ORDER BY created_at DESC LIMIT 1 OFFSET ?"
_PEOPLE = (
    "SELECT username FROM users JOIN (SELECT author_id, count(*) AS notes FROM notes GROUP BY author_id)"
    " ON author_id = users.id ORDER BY notes DESC"
)
_LABELS = (
    "SELECT labels.name FROM issue_labels JOIN labels ON labels.id = label_id GROUP BY label_id"
    " ORDER BY count(*) DESC LIMIT ?"
)
_ITEMS = """
SELECT issue_id IS NOT NULL, coalesce(issues.iid, merge_requests.iid), projects.path,
    coalesce(issues.created_at + issues.updated_at, merge_requests.created_at + merge_requests.updated_at) / 2
FROM (
    SELECT issue_id, merge_request_id, count(*) AS notes
    FROM discussions JOIN notes ON notes.discussion_id = discussions.id GROUP BY issue_id, merge_request_id
)
LEFT JOIN issues ON issues.id = issue_id LEFT JOIN merge_requests ON merge_requests.id = merge_request_id
JOIN projects ON projects.id = coalesce(issues.project_id, merge_requests.project_id)
ORDER BY notes DESC
"""


def _item(is_issue: int, iid: int, project: str, then: int) -> Item:
    kind = EntityKind.ISSUE if is_issue else EntityKind.MERGE_REQUEST
    return Item(kind=kind, iid=iid, asked=Asked(project=project), then=then)


def _changes(store: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], int]]:
    rows = store.execute(
        "SELECT projects.path, new_path, count(*) FROM mr_file_changes"
        " JOIN projects ON projects.id = project_id GROUP BY project_id, new_path"
    )
    return (((project, path), number) for project, path, number in rows)


def _folders(changes: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (project, path), number in changes.items():
        folder = path
        while folder:
            folder = posixpath.dirname(folder)
            found[project, folder or "."] += number
    return found


def _truth(corpus: Path, name: str) -> Iterator[dict[str, Any]]:
    with (corpus / "truth" / f"{name}.ndjson").open() as lines:
        yield from map(json.loads, lines)


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        project=row["project"],
        path=row["file"],
        number=row["line"],
        text=row["text"],
        sha=row["commit"],
        path_then=row["path_then"],
    )


class TracedLines:
    """Port `Blame` that takes no time: what git said of the lines of a corpus's ground truth."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = {(line.path, line.number): line for line in lines}

    def locate(self, path: str) -> Place | None:
        return Place(checkout=Checkout(root="/"), path=path) if any(path == known for known, _ in self._lines) else None

    def lines(self, place: Place, first: int, last: int) -> tuple[BlamedLine, ...]:
        return tuple(self._blamed(self._lines[place.path, number]) for number in range(first, last + 1))

    def commits(self, _place: Place, shas: Collection[str]) -> Mapping[str, CommitFacts]:
        return {sha: _commit(sha) for sha in shas}

    def merges_of(self, _place: Place, _sha: str) -> tuple[CommitFacts, ...]:
        return ()

    def _blamed(self, line: Line) -> BlamedLine:
        return BlamedLine(
            line=line.number, text=line.text, sha=line.sha, original_path=line.path_then, original_line=line.number
        )


def _commit(sha: str) -> CommitFacts:
    return CommitFacts(sha=sha, parent_shas=(), author_name="", authored_at=0, committed_at=2**41, message="")
