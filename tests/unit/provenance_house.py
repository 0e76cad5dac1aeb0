"""Every use-case of provenance and people, over a library, a checkout and a clock in memory."""

import hashlib

from adapters.memory.blame import MemoryBlame, MemoryRepository
from adapters.memory.clock import MemoryClock
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.private_files import MemoryPrivateFiles
from adapters.memory.provenance.library import LibraryItem, MemoryLibrary
from adapters.memory.provenance.relatives import MemoryMeanings
from adapters.memory.run_ledger import MemoryRunLedger
from application.people.find_active_threads import FindActiveThreads
from application.people.find_experts import FindExperts
from application.people.find_overlap import FindOverlap
from application.people.find_person import FindPerson
from application.people.looked_at import LookedAt
from application.people.show_my_work import ShowMyWork
from application.people.show_reviews import ShowReviews
from application.people.show_workload import ShowWorkload
from application.ports.relatives import ThreadMeaning
from application.provenance.decided import FindBackground
from application.provenance.explain_item import ExplainItem
from application.provenance.file_history import FileHistory
from application.provenance.find_drift import FindDrift
from application.provenance.find_merge_request import FindMergeRequest
from application.provenance.find_related import FindRelated
from application.provenance.item_as_of import ShowItemAsOf
from application.provenance.resolve_rename_chain import ResolveRenameChain
from application.provenance.show_timeline import ShowTimeline
from application.provenance.touched_file import FindTouchedFile
from application.provenance.trace_line import TraceLine
from application.provenance.trace_path import TracePath
from application.provenance.whereabouts import Asked, FindWhereabouts
from application.reading.freshness import MirrorAge, TellFreshness
from application.search.search_documents import (
    Passage,
    SearchAnswer,
    SearchDocuments,
    SearchQuestion,
    SearchResult,
)
from contracts import builders as make
from domain.blame import Checkout, CommitFacts
from domain.freshness import FreshnessState
from domain.git_remotes import Remote
from domain.timeline import ItemKey
from provenance_shelves import MemoryShelf

ROOT = "/home/ada/app"
ANYWHERE = Asked()
NOW = make.NOON + 30 * make.DAY


class ProvenanceHouse:
    """`shelf` holds the store's content; the checkout is of the project `group/app`."""

    def __init__(self, *, folder: str = "/elsewhere", meanings: dict[ItemKey, ThreadMeaning] | None = None) -> None:
        self.shelf = MemoryShelf()
        self.clock = MemoryClock(NOW)
        self.files = MemoryPrivateFiles()
        remote = Remote(name="origin", host="gitlab.example.com", path=make.PROJECT_PATH)
        self.repository = MemoryRepository(checkout=Checkout(root=ROOT, remotes=(remote,)))
        self.blame = MemoryBlame(self.repository, folder=folder)
        self.meanings = MemoryMeanings(meanings)
        readers = self.shelf.readers()
        self.readers = readers
        ledger = MemoryRunLedger(self.clock, MemoryLiveness())
        freshness = TellFreshness(ledger=ledger, clock=self.clock)
        self.whereabouts = FindWhereabouts(places=readers.places, blame=self.blame, tell_freshness=freshness)
        self.resolve = ResolveRenameChain(paths=readers.paths)
        self.touched = FindTouchedFile(paths=readers.paths, resolve_rename_chain=self.resolve)
        self.background = FindBackground(items=readers.items)
        self.person = FindPerson(people=readers.people)
        self.looked_at = LookedAt(files=self.files, path="looked-at.json")

    def commit(self, message: str, files: dict[str, tuple[str, ...]], *parents: str, at: int = make.NOON) -> str:
        """Record a tree in the checkout and stand on it."""
        sha = hashlib.sha1(f"{len(self.repository.commits)} {message}".encode(), usedforsecurity=False).hexdigest()
        self.repository.commits[sha] = CommitFacts(
            sha=sha, parent_shas=parents, author_name="Alice", authored_at=at, committed_at=at, message=message
        )
        self.repository.trees[sha] = dict(files)
        self.repository.head, self.repository.work_tree = sha, dict(files)
        return sha

    @property
    def file_history(self) -> FileHistory:
        return FileHistory(
            find_whereabouts=self.whereabouts,
            find_touched_file=self.touched,
            paths=self.readers.paths,
            items=self.readers.items,
        )

    @property
    def trace_path(self) -> TracePath:
        return TracePath(
            find_whereabouts=self.whereabouts,
            find_touched_file=self.touched,
            find_background=self.background,
            paths=self.readers.paths,
        )

    @property
    def trace_line(self) -> TraceLine:
        return TraceLine(
            find_whereabouts=self.whereabouts,
            blame=self.blame,
            resolve_rename_chain=self.resolve,
            find_merge_request=FindMergeRequest(blame=self.blame, commits=self.readers.commits),
            find_background=self.background,
            paths=self.readers.paths,
        )

    @property
    def item_as_of(self) -> ShowItemAsOf:
        return ShowItemAsOf(find_whereabouts=self.whereabouts, items=self.readers.items)

    @property
    def related(self) -> FindRelated:
        return FindRelated(
            find_whereabouts=self.whereabouts,
            items=self.readers.items,
            relatives=self.readers.relatives,
            meanings=self.meanings,
        )

    @property
    def drift(self) -> FindDrift:
        return FindDrift(find_whereabouts=self.whereabouts, items=self.readers.items, meanings=self.meanings)

    @property
    def timeline(self) -> ShowTimeline:
        return ShowTimeline(
            find_whereabouts=self.whereabouts,
            items=self.readers.items,
            get_search=lambda: LibrarySearch(self.shelf.library),
        )

    @property
    def explain(self) -> ExplainItem:
        return ExplainItem(
            find_whereabouts=self.whereabouts,
            items=self.readers.items,
            find_related=self.related,
        )

    @property
    def experts(self) -> FindExperts:
        return FindExperts(
            find_whereabouts=self.whereabouts,
            resolve_rename_chain=self.resolve,
            people=self.readers.people,
            paths=self.readers.paths,
            clock=self.clock,
        )

    @property
    def overlap(self) -> FindOverlap:
        return FindOverlap(
            find_whereabouts=self.whereabouts,
            resolve_rename_chain=self.resolve,
            people=self.readers.people,
            paths=self.readers.paths,
            clock=self.clock,
        )

    @property
    def workload(self) -> ShowWorkload:
        return ShowWorkload(find_whereabouts=self.whereabouts, find_person=self.person, people=self.readers.people)

    @property
    def reviews(self) -> ShowReviews:
        return ShowReviews(
            find_whereabouts=self.whereabouts,
            find_person=self.person,
            people=self.readers.people,
            items=self.readers.items,
            clock=self.clock,
        )

    @property
    def active_threads(self) -> FindActiveThreads:
        return FindActiveThreads(find_whereabouts=self.whereabouts, people=self.readers.people, clock=self.clock)

    @property
    def my_work(self) -> ShowMyWork:
        return ShowMyWork(
            find_whereabouts=self.whereabouts,
            find_person=self.person,
            people=self.readers.people,
            looked_at=self.looked_at,
            clock=self.clock,
        )


class LibrarySearch(SearchDocuments):
    """Finds the items in whose texts the whole question stands."""

    def __init__(self, library: MemoryLibrary) -> None:
        self._library = library

    def __call__(self, question: SearchQuestion) -> SearchAnswer:
        found = [result for item in self._library.living() if (result := _result(item, question.text)) is not None]
        return SearchAnswer(
            results=tuple(found[: question.limit]),
            total=len(found),
            total_is_exact=True,
            next_cursor=None,
            mode="lexical",
            terms=(question.text,),
            freshness=MirrorAge(state=FreshnessState.NEVER, synced_at=None, age_seconds=None, last_run_status=None),
        )


def _result(item: LibraryItem, text: str) -> SearchResult | None:
    notes = [note for discussion in item.discussions for note in discussion.notes]
    passages = tuple(
        Passage(snippet=note.body, highlights=(), gitlab_note_id=note.gitlab_id, web_url="")
        for note in notes
        if text in note.body
    )
    if not passages and text not in f"{item.entity.title} {item.entity.description}":
        return None
    return SearchResult(
        kind=item.key.kind,
        project_path=item.key.project_path,
        iid=item.key.iid,
        title=item.entity.title,
        state=item.entity.state,
        author=item.entity.author.username,
        updated_at=item.entity.updated_at,
        web_url=item.entity.web_url,
        score=1.0,
        snippet="",
        passages=passages,
    )
