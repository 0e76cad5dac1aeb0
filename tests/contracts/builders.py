"""Records with plausible defaults, so that a test names only what it is about.

Times count from `NOON`, a fixed instant; `gitlab_id`s and addresses follow from iids unless given.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from application.ports.store_health import ModelCoverage
from domain.document_records import Chunk, Document, DocumentPart
from domain.embedding import EmbeddingSpace
from domain.entities import (
    ClosesIssue,
    Commit,
    DependentAnswer,
    DependentRecord,
    DiffPosition,
    Discussion,
    Fetched,
    FileChange,
    Issue,
    IssueLink,
    LabelEvent,
    MergeRequest,
    Milestone,
    MilestoneEvent,
    Note,
    Project,
    Rejected,
    StateEvent,
    User,
)
from domain.refs import DependentKind, EntityKind, ProjectId, SourceKey, SourceType
from domain.runs import Run, RunMode, RunPhase, RunStatus

NOON = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC."""
SECOND = 1_000
MINUTE = 60_000
HOUR = 3_600_000
DAY = 86_400_000

INSTANCE = "work"
BASE_URL = "https://gitlab.example.com"
PROJECT_PATH = "group/app"

T = TypeVar("T")


def user(username: str = "alice", **fields: Any) -> User:
    """The same username always has the same id."""
    number = zlib.crc32(username.encode()) % 1_000_000
    known = User(gitlab_id=number, username=username, name=username.title(), web_url=f"{BASE_URL}/{username}")
    return replace(known, **fields)


ALICE, BOB, CAROL = user("alice"), user("bob"), user("carol")


def milestone(iid: int = 1, **fields: Any) -> Milestone:
    known = Milestone(gitlab_id=7_000 + iid, iid=iid, title=f"v{iid}", state="active", due_date="2026-06-30")
    return replace(known, **fields)


def project(gitlab_id: int = 77, path: str = PROJECT_PATH, **fields: Any) -> Project:
    known = Project(
        gitlab_id=gitlab_id,
        path=path,
        name=path.rpartition("/")[2],
        web_url=f"{BASE_URL}/{path}",
        default_branch="main",
    )
    return replace(known, **fields)


def issue(iid: int = 1, **fields: Any) -> Issue:
    known = Issue(
        gitlab_id=10_000 + iid,
        iid=iid,
        title=f"Issue {iid}",
        description=f"What issue {iid} is about",
        state="opened",
        author=ALICE,
        created_at=NOON,
        updated_at=NOON + HOUR,
        web_url=f"{BASE_URL}/{PROJECT_PATH}/-/issues/{iid}",
    )
    return replace(known, **fields)


def merge_request(iid: int = 1, **fields: Any) -> MergeRequest:
    known = MergeRequest(
        gitlab_id=20_000 + iid,
        iid=iid,
        title=f"Merge request {iid}",
        description=f"What merge request {iid} changes",
        state="opened",
        author=ALICE,
        created_at=NOON,
        updated_at=NOON + HOUR,
        web_url=f"{BASE_URL}/{PROJECT_PATH}/-/merge_requests/{iid}",
        source_branch=f"branch-{iid}",
        target_branch="main",
        source_project_gitlab_id=77,
        target_project_gitlab_id=77,
        sha=sha(iid),
    )
    return replace(known, **fields)


def sha(number: int) -> str:
    return f"{number:040x}"


def position(new_path: str = "src/app.py", **fields: Any) -> DiffPosition:
    known = DiffPosition(
        position_type="text",
        base_sha=sha(1),
        start_sha=sha(1),
        head_sha=sha(2),
        old_path=new_path,
        new_path=new_path,
        new_line=10,
    )
    return replace(known, **fields)


def note(gitlab_id: int = 1, body: str = "", **fields: Any) -> Note:
    known = Note(
        gitlab_id=gitlab_id,
        body=body or f"Note {gitlab_id}",
        author=BOB,
        created_at=NOON + gitlab_id * SECOND,
        updated_at=NOON + gitlab_id * SECOND,
    )
    return replace(known, **fields)


def discussion(gitlab_id: str | int = 1, *notes: Note, individual_note: bool = False) -> Discussion:
    """A thread; without notes given, it has one whose id follows from the thread's."""
    number = int(gitlab_id, 16) if isinstance(gitlab_id, str) else gitlab_id
    return Discussion(
        gitlab_id=gitlab_id if isinstance(gitlab_id, str) else sha(gitlab_id),
        individual_note=individual_note,
        notes=notes or (note(number * 100),),
    )


def state_event(gitlab_id: int = 1, state: str = "closed", **fields: Any) -> StateEvent:
    return replace(StateEvent(gitlab_id=gitlab_id, state=state, created_at=NOON + HOUR, user=ALICE), **fields)


def label_event(gitlab_id: int = 1, label: str | None = "bug", **fields: Any) -> LabelEvent:
    known = LabelEvent(gitlab_id=gitlab_id, action="add", created_at=NOON + HOUR, label=label, user=ALICE)
    return replace(known, **fields)


def milestone_event(gitlab_id: int = 1, title: str | None = "v1", **fields: Any) -> MilestoneEvent:
    known = MilestoneEvent(gitlab_id=gitlab_id, action="add", created_at=NOON + HOUR, milestone=title, user=ALICE)
    return replace(known, **fields)


def issue_link(target_iid: int = 2, **fields: Any) -> IssueLink:
    known = IssueLink(
        gitlab_id=500 + target_iid,
        link_type="relates_to",
        target_project_path=PROJECT_PATH,
        target_iid=target_iid,
        created_at=NOON,
    )
    return replace(known, **fields)


def closes_issue(target_iid: int = 1, **fields: Any) -> ClosesIssue:
    return replace(ClosesIssue(target_project_path=PROJECT_PATH, target_iid=target_iid), **fields)


def file_change(new_path: str = "src/app.py", old_path: str | None = None, **fields: Any) -> FileChange:
    """A rename where both paths are given and differ."""
    known = FileChange(
        old_path=old_path or new_path,
        new_path=new_path,
        renamed_file=old_path not in {None, new_path},
        a_mode="100644",
        b_mode="100644",
        diff="@@ -1 +1 @@\n-old\n+new\n",
    )
    return replace(known, **fields)


def commit(number: int = 1, **fields: Any) -> Commit:
    known = Commit(
        sha=sha(number),
        title=f"Commit {number}",
        message=f"Commit {number}\n\nWhy it was made",
        author_name="Alice",
        authored_at=NOON,
        committed_at=NOON,
        parent_shas=(sha(number - 1),),
    )
    return replace(known, **fields)


def payload(content: object = None) -> bytes:
    """Compressed JSON, as the reader hands it over."""
    return zlib.compress(json.dumps(content).encode())


def fetched(value: T, *, requested_at: int = NOON + 2 * HOUR) -> Fetched[T]:
    return Fetched(value=value, payload=payload(repr(value)), requested_at=requested_at)


def answer(
    dependent: DependentKind,
    *records: DependentRecord,
    requested_at: int = NOON + 2 * HOUR,
    **fields: Any,
) -> DependentAnswer:
    """A complete set, as fetched when both clocks agreed."""
    known = DependentAnswer(
        dependent=dependent,
        records=records,
        payload=payload([repr(record) for record in records]),
        requested_at=requested_at,
        server_requested_at=requested_at,
    )
    return replace(known, **fields)


def rejected(record: str = "issue", gitlab_id: str | None = "10009", **fields: Any) -> Rejected:
    known = Rejected(record=record, gitlab_id=gitlab_id, payload=payload({"id": gitlab_id}), error="title is missing")
    return replace(known, **fields)


def document(key: SourceKey | None = None, **fields: Any) -> Document:
    """By default an issue's, with a body that says `text`."""
    chosen = key or SourceKey(SourceType.ISSUE, 1)
    known = Document(
        key=chosen,
        project_id=ProjectId(1),
        project_path=PROJECT_PATH,
        item_kind=EntityKind.ISSUE,
        iid=1,
        title="Issue 1",
        parts=(DocumentPart(text="What issue 1 is about"),),
        labels=("bug",),
        people=("alice",),
        paths=(),
        author="alice",
        state="opened",
        created_at=NOON,
        updated_at=NOON + HOUR,
        web_url=f"{BASE_URL}/{PROJECT_PATH}/-/issues/1",
        content_hash="hash-1",
    )
    return replace(known, **fields)


def chunks(*texts: str, note_gitlab_id: int | None = None) -> Sequence[Chunk]:
    return tuple(Chunk(ordinal=ordinal, text=text, note_gitlab_id=note_gitlab_id) for ordinal, text in enumerate(texts))


def covered(space: EmbeddingSpace, *, titles: tuple[int, int] = (0, 0), **numbers: Any) -> ModelCoverage:
    """`titles`: with and without a vector."""
    known = ModelCoverage(
        space=space, embedded=0, in_part=0, pending=0, titles_embedded=titles[0], titles_pending=titles[1]
    )
    return replace(known, **numbers)


def run(run_id: str = "run-1", **fields: Any) -> Run:
    known = Run(
        run_id=run_id,
        mode=RunMode.STANDARD,
        phase=RunPhase.INGEST,
        status=RunStatus.RUNNING,
        started_at=NOON,
        heartbeat_at=NOON,
        project=PROJECT_PATH,
        host="here",
        pid=4711,
    )
    return replace(known, **fields)
