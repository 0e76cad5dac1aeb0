# ruff: noqa: PLC0415 - each builder imports its own adapter, as in entrypoints.container
"""The second room of the composition root: readers and use-cases of provenance and people.

It takes what is shared from `entrypoints.container` and follows the same rules: builders import their adapter when it
is first asked for, use-cases are `Late`, and a test compares every dependency with the signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoints.container import Container
from entrypoints.late import Late
from entrypoints.quick_injector import containers, providers
from entrypoints.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from application.people.find_active_threads import FindActiveThreads
    from application.people.find_experts import FindExperts
    from application.people.find_overlap import FindOverlap
    from application.people.find_person import FindPerson
    from application.people.looked_at import LookedAt
    from application.people.show_my_work import ShowMyWork
    from application.people.show_reviews import ShowReviews
    from application.people.show_workload import ShowWorkload
    from application.ports.blame import Blame
    from application.ports.clock import Clock
    from application.ports.commit_reader import CommitReader
    from application.ports.item_histories import ItemHistories
    from application.ports.path_reader import PathReader
    from application.ports.people_reader import PeopleReader
    from application.ports.private_files import PrivateFiles
    from application.ports.project_places import ProjectPlaces
    from application.ports.relatives import Meanings, Relatives
    from application.ports.vector_index import VectorIndex
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
    from application.provenance.whereabouts import FindWhereabouts
    from application.reading.freshness import TellFreshness
    from application.search.search_documents import SearchDocuments


def _places(engine: Engine) -> ProjectPlaces:
    from adapters.sql.provenance.project_places import SqlProjectPlaces

    return SqlProjectPlaces(engine)


def _paths(engine: Engine) -> PathReader:
    from adapters.sql.provenance.paths import SqlPathReader

    return SqlPathReader(engine)


def _commits(engine: Engine) -> CommitReader:
    from adapters.sql.provenance.commits import SqlCommitReader

    return SqlCommitReader(engine)


def _items(engine: Engine) -> ItemHistories:
    from adapters.sql.provenance.items import SqlItemHistories

    return SqlItemHistories(engine)


def _people(engine: Engine) -> PeopleReader:
    from adapters.sql.provenance.people import SqlPeopleReader

    return SqlPeopleReader(engine)


def _relatives(engine: Engine) -> Relatives:
    from adapters.sql.provenance.relatives import SqlRelatives

    return SqlRelatives(engine)


def _meanings(engine: Engine, get_vector_index: Callable[[], VectorIndex]) -> Meanings:
    from adapters.sql.provenance.meanings import SqlMeanings

    return SqlMeanings(engine, get_vector_index)


def _looked_at(settings: Settings, private_files: PrivateFiles) -> LookedAt:
    from application.people.looked_at import LookedAt

    return LookedAt(files=private_files, path=str(settings.data_folder / "looked-at.json"))


class ProvenanceContainer(containers.DeclarativeContainer):
    settings: providers.Dependency[Settings] = providers.Dependency()
    engine: providers.Dependency[Engine] = providers.Dependency()
    clock: providers.Dependency[Clock] = providers.Dependency()
    blame: providers.Dependency[Blame] = providers.Dependency()
    private_files: providers.Dependency[PrivateFiles] = providers.Dependency()
    tell_freshness: providers.Dependency[TellFreshness] = providers.Dependency()
    search_documents: providers.Dependency[SearchDocuments] = providers.Dependency()
    vector_index: providers.Dependency[VectorIndex] = providers.Dependency()

    places = providers.ThreadSafeSingleton(_places, engine=engine)
    paths = providers.ThreadSafeSingleton(_paths, engine=engine)
    commits = providers.ThreadSafeSingleton(_commits, engine=engine)
    items = providers.ThreadSafeSingleton(_items, engine=engine)
    people = providers.ThreadSafeSingleton(_people, engine=engine)
    relatives = providers.ThreadSafeSingleton(_relatives, engine=engine)
    meanings = providers.ThreadSafeSingleton(_meanings, engine=engine, get_vector_index=vector_index.provider)
    looked_at = providers.ThreadSafeSingleton(_looked_at, settings=settings, private_files=private_files)

    find_whereabouts: providers.Factory[FindWhereabouts] = providers.Factory(
        Late("application.provenance.whereabouts:FindWhereabouts"),
        places=places,
        blame=blame,
        tell_freshness=tell_freshness,
    )
    resolve_rename_chain: providers.Factory[ResolveRenameChain] = providers.Factory(
        Late("application.provenance.resolve_rename_chain:ResolveRenameChain"), paths=paths
    )
    find_touched_file: providers.Factory[FindTouchedFile] = providers.Factory(
        Late("application.provenance.touched_file:FindTouchedFile"),
        paths=paths,
        resolve_rename_chain=resolve_rename_chain,
    )
    find_background: providers.Factory[FindBackground] = providers.Factory(
        Late("application.provenance.decided:FindBackground"), items=items
    )
    find_merge_request: providers.Factory[FindMergeRequest] = providers.Factory(
        Late("application.provenance.find_merge_request:FindMergeRequest"), blame=blame, commits=commits
    )
    find_person: providers.Factory[FindPerson] = providers.Factory(
        Late("application.people.find_person:FindPerson"), people=people
    )

    file_history: providers.Factory[FileHistory] = providers.Factory(
        Late("application.provenance.file_history:FileHistory"),
        find_whereabouts=find_whereabouts,
        find_touched_file=find_touched_file,
        paths=paths,
        items=items,
    )
    trace_path: providers.Factory[TracePath] = providers.Factory(
        Late("application.provenance.trace_path:TracePath"),
        find_whereabouts=find_whereabouts,
        find_touched_file=find_touched_file,
        find_background=find_background,
        paths=paths,
    )
    trace_line: providers.Factory[TraceLine] = providers.Factory(
        Late("application.provenance.trace_line:TraceLine"),
        find_whereabouts=find_whereabouts,
        blame=blame,
        resolve_rename_chain=resolve_rename_chain,
        find_merge_request=find_merge_request,
        find_background=find_background,
        paths=paths,
    )
    show_timeline: providers.Factory[ShowTimeline] = providers.Factory(
        Late("application.provenance.show_timeline:ShowTimeline"),
        find_whereabouts=find_whereabouts,
        items=items,
        get_search=search_documents.provider,
    )
    find_related: providers.Factory[FindRelated] = providers.Factory(
        Late("application.provenance.find_related:FindRelated"),
        find_whereabouts=find_whereabouts,
        items=items,
        relatives=relatives,
        meanings=meanings,
    )
    explain_item: providers.Factory[ExplainItem] = providers.Factory(
        Late("application.provenance.explain_item:ExplainItem"),
        find_whereabouts=find_whereabouts,
        items=items,
        find_related=find_related,
    )
    find_drift: providers.Factory[FindDrift] = providers.Factory(
        Late("application.provenance.find_drift:FindDrift"),
        find_whereabouts=find_whereabouts,
        items=items,
        meanings=meanings,
    )
    show_item_as_of: providers.Factory[ShowItemAsOf] = providers.Factory(
        Late("application.provenance.item_as_of:ShowItemAsOf"), find_whereabouts=find_whereabouts, items=items
    )

    find_experts: providers.Factory[FindExperts] = providers.Factory(
        Late("application.people.find_experts:FindExperts"),
        find_whereabouts=find_whereabouts,
        resolve_rename_chain=resolve_rename_chain,
        people=people,
        paths=paths,
        clock=clock,
    )
    find_overlap: providers.Factory[FindOverlap] = providers.Factory(
        Late("application.people.find_overlap:FindOverlap"),
        find_whereabouts=find_whereabouts,
        resolve_rename_chain=resolve_rename_chain,
        people=people,
        paths=paths,
        clock=clock,
    )
    show_workload: providers.Factory[ShowWorkload] = providers.Factory(
        Late("application.people.show_workload:ShowWorkload"),
        find_whereabouts=find_whereabouts,
        find_person=find_person,
        people=people,
    )
    show_reviews: providers.Factory[ShowReviews] = providers.Factory(
        Late("application.people.show_reviews:ShowReviews"),
        find_whereabouts=find_whereabouts,
        find_person=find_person,
        people=people,
        items=items,
        clock=clock,
    )
    find_active_threads: providers.Factory[FindActiveThreads] = providers.Factory(
        Late("application.people.find_active_threads:FindActiveThreads"),
        find_whereabouts=find_whereabouts,
        people=people,
        clock=clock,
    )
    show_my_work: providers.Factory[ShowMyWork] = providers.Factory(
        Late("application.people.show_my_work:ShowMyWork"),
        find_whereabouts=find_whereabouts,
        find_person=find_person,
        people=people,
        looked_at=looked_at,
        clock=clock,
    )


def provenance_of(box: Container) -> ProvenanceContainer:
    """The use-cases over what a container holds; they live as long as it."""
    return ProvenanceContainer(
        settings=box.settings,
        engine=box.engine,
        clock=box.clock,
        blame=box.blame,
        private_files=box.private_files,
        tell_freshness=box.tell_freshness,
        search_documents=box.search_documents,
        vector_index=box.vector_index,
    )
