"""What every `ProjectRegistry` promises."""

from abc import abstractmethod

import pytest

from application.ports.content_store import ContentStore
from application.ports.document_sources import DocumentSources
from application.ports.locks import SYNC, Lease, Locks
from application.ports.project_registry import ProjectRegistry
from contracts import builders
from contracts.content.opened_store import OpenedStore, Writing, issue_ref, merge_request_ref, put, put_set, register
from domain.errors import LockLost
from domain.refs import DependentKind, EntityKind, ProjectId, SourceKey, SourceType


def fill(writing: Writing, project_id: ProjectId) -> SourceKey:
    """An issue with two threads, one of them GitLab's own, and a merge request; returns the issue's key."""
    with writing() as transaction:
        written = put(transaction, project_id, builders.issue(1))
        put(transaction, project_id, builders.merge_request(1))
        put_set(
            transaction,
            issue_ref(project_id),
            DependentKind.DISCUSSIONS,
            builders.discussion(1, builders.note(1), builders.note(2)),
            builders.discussion(2, builders.note(3, system=True)),
        )
        transaction.dirty.mark(written.touched, queued_at=builders.NOON)
        transaction.jobs.queue(issue_ref(project_id), [DependentKind.STATE_EVENTS])
        transaction.cursors.move(project_id, EntityKind.ISSUE, builders.NOON)
        transaction.quarantine.add(project_id, builders.rejected(), at=builders.NOON)
        key = written.touched[0]
        transaction.documents.put(builders.document(key, project_id=project_id), builders.chunks("text"))
    return key


class ProjectRegistryContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def registry(self, store: ContentStore, locks: Locks) -> ProjectRegistry:
        """Over the same store."""

    def test_a_store_without_projects_lists_none(self, registry: ProjectRegistry) -> None:
        assert registry.projects() == ()

    def test_projects_are_listed_by_path_with_what_is_held_of_each(
        self, registry: ProjectRegistry, writing: Writing
    ) -> None:
        with writing() as transaction:
            register(transaction, 78, "group/zoo")
            project_id = register(transaction, 77, "group/app")
        fill(writing, project_id)
        app, zoo = registry.projects()
        assert (app.path, app.issues, app.merge_requests, app.notes) == ("group/app", 1, 1, 2)
        assert (zoo.path, zoo.issues, zoo.merge_requests, zoo.notes) == ("group/zoo", 0, 0, 0)
        assert (app.project_id, app.instance, app.in_standard_sync) == (project_id, builders.INSTANCE, True)
        assert app.web_url == f"{builders.BASE_URL}/group/app"

    def test_what_has_a_tombstone_is_not_counted(
        self, registry: ProjectRegistry, writing: Writing, project_id: ProjectId
    ) -> None:
        fill(writing, project_id)
        with writing() as transaction:
            transaction.entities.bury(issue_ref(project_id), deleted_at=builders.NOON)
        (app,) = registry.projects()
        assert (app.issues, app.merge_requests, app.notes) == (0, 1, 0)

    def test_former_paths_are_aliases(self, registry: ProjectRegistry, writing: Writing) -> None:
        for path in ("group/old", "group/older", "group/new"):
            with writing() as transaction:
                register(transaction, 77, path)
        (project,) = registry.projects()
        assert project.path == "group/new"
        assert set(project.aliases) == {"group/old", "group/older"}

    @pytest.mark.requirement("sync:rule-11")
    def test_a_forgotten_project_is_gone_with_all_below_it(
        self, registry: ProjectRegistry, store: ContentStore, writing: Writing, lease: Lease, project_id: ProjectId
    ) -> None:
        key = fill(writing, project_id)
        registry.forget(lease, project_id)
        assert registry.projects() == ()
        with store.reading() as view:
            assert view.projects.find(builders.INSTANCE, builders.PROJECT_PATH) is None
            assert view.entities.get(issue_ref(project_id)) is None
            assert view.dirty.count() == 0
            assert view.jobs.count([project_id]) == 0
            assert view.cursors.get(project_id, EntityKind.ISSUE) is None
            assert view.documents.content_hashes([key]) == {}

    @pytest.mark.requirement("sync:rule-11")
    def test_other_projects_stay(
        self, registry: ProjectRegistry, store: ContentStore, writing: Writing, lease: Lease, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            other = register(transaction, 78, "group/other")
        key = fill(writing, other)
        fill(writing, project_id)
        registry.forget(lease, project_id)
        (left,) = registry.projects()
        assert (left.path, left.issues, left.notes) == ("group/other", 1, 2)
        with store.reading() as view:
            assert view.dirty.queued_at([key]) == {key: builders.NOON}
            assert view.jobs.count([other]) > 0
            assert view.documents.content_hashes([key]) != {}

    def test_a_forgotten_project_comes_back_as_a_new_one(
        self, registry: ProjectRegistry, writing: Writing, lease: Lease, project_id: ProjectId
    ) -> None:
        fill(writing, project_id)
        registry.forget(lease, project_id)
        with writing() as transaction:
            again = register(transaction)
        fill(writing, again)
        assert [project.issues for project in registry.projects()] == [1]

    def test_without_the_lock_nothing_is_removed(
        self, registry: ProjectRegistry, store: ContentStore, locks: Locks
    ) -> None:
        with locks.hold(SYNC, wait_ms=0) as lease, store.writing(lease) as transaction:
            project_id = register(transaction)
        with pytest.raises(LockLost):
            registry.forget(lease, project_id)
        assert len(registry.projects()) == 1


class DocumentSourcesContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def sources(self, store: ContentStore) -> DocumentSources:
        """Over the same store."""

    def test_every_living_source_is_listed_once_in_pages(
        self, sources: DocumentSources, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            keys = [put(transaction, project_id, builders.issue(iid)).touched[0] for iid in range(1, 6)]
        found: list[SourceKey] = []
        while page := sources.page(SourceType.ISSUE, after_id=found[-1].source_id if found else 0, limit=2):
            assert len(page) <= 2
            found += page
        assert found == sorted(keys)

    def test_types_are_apart(self, sources: DocumentSources, writing: Writing, project_id: ProjectId) -> None:
        fill(writing, project_id)
        counts = {kind: len(sources.page(kind, after_id=0, limit=10)) for kind in SourceType}
        assert counts == {SourceType.ISSUE: 1, SourceType.MERGE_REQUEST: 1, SourceType.DISCUSSION: 2}

    def test_what_has_a_tombstone_is_left_out(
        self, sources: DocumentSources, writing: Writing, project_id: ProjectId
    ) -> None:
        fill(writing, project_id)
        with writing() as transaction:
            transaction.entities.bury(issue_ref(project_id), deleted_at=builders.NOON)
            transaction.entities.bury(merge_request_ref(project_id), deleted_at=builders.NOON)
        assert not any(sources.page(kind, after_id=0, limit=10) for kind in SourceType)
