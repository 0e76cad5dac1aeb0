"""Where people talk right now (spec/provenance.md, who --active)."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.people_reader import PeopleReader
from application.provenance.shown import EXCERPT
from application.provenance.whereabouts import FindWhereabouts
from application.reading.freshness import MirrorAge
from domain.dates import DAY_MS
from domain.excerpts import one_line

WINDOW_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveThreadsSince:
    projects: tuple[str, ...] = ()
    require_fresh_ms: int | None = None
    since: int | None = None
    """None: 14 days."""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownActiveThread:
    project_path: str
    noteable_type: str
    parent_iid: int
    parent_title: str
    gitlab_discussion_id: str
    gitlab_note_id: int
    notes: int
    participants: tuple[str, ...]
    last_at: int
    excerpt: str
    web_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveThreadsAnswer:
    threads: tuple[ShownActiveThread, ...]
    since_at: int
    freshness: MirrorAge


class FindActiveThreads:
    def __init__(self, *, find_whereabouts: FindWhereabouts, people: PeopleReader, clock: Clock) -> None:
        self._find_whereabouts = find_whereabouts
        self._people = people
        self._clock = clock

    def __call__(self, command: ActiveThreadsSince) -> ActiveThreadsAnswer:
        now = self._clock.now_ms()
        since = now - WINDOW_DAYS * DAY_MS if command.since is None else command.since
        projects = self._find_whereabouts.all(command.projects)
        ids = [place.project_id for place in projects]
        found = self._people.active_threads(ids, since=since, limit=command.limit)
        threads = tuple(
            ShownActiveThread(
                project_path=one.item.project_path,
                noteable_type=one.item.kind.noteable_type,
                parent_iid=one.item.iid,
                parent_title=one.item_title,
                gitlab_discussion_id=one.gitlab_discussion_id,
                gitlab_note_id=one.first_note_id,
                notes=one.notes,
                participants=one.participants,
                last_at=one.last_at,
                excerpt=one_line(one.excerpt, EXCERPT),
                web_url=one.web_url,
            )
            for one in found
        )
        return ActiveThreadsAnswer(
            threads=threads, since_at=since, freshness=self._find_whereabouts.age(projects, command.require_fresh_ms)
        )
