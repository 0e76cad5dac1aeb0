"""What `Documents` promises."""

import pytest

from application.ports.content_store import ContentStore
from contracts import builders
from contracts.content.opened_store import (
    OpenedStore,
    Writing,
    issue_ref,
    merge_request_ref,
    put,
    put_set,
)
from domain.document_records import DiscussionSource, ItemSource
from domain.refs import DependentKind, EntityKind, ProjectId, SourceKey, SourceType


class DocumentSourcesContract(OpenedStore):
    def test_an_item_comes_with_its_project_and_its_paths(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        request = builders.merge_request(1, labels=("bug",))
        with writing() as transaction:
            (key,) = put(transaction, project_id, request).touched
            changes = (builders.file_change("b.py", "a.py"), builders.file_change("b.py"))
            put_set(transaction, merge_request_ref(project_id), DependentKind.DIFFS, *changes)
        with store.reading() as view:
            assert view.documents.sources([key])[key] == ItemSource(
                key=key,
                project_id=project_id,
                project_path=builders.PROJECT_PATH,
                entity=request,
                paths=("a.py", "b.py"),
            )

    @pytest.mark.parametrize("kind", EntityKind)
    def test_a_thread_comes_with_its_item(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, kind: EntityKind
    ) -> None:
        is_issue = kind is EntityKind.ISSUE
        item = builders.issue(1) if is_issue else builders.merge_request(1)
        ref = issue_ref(project_id) if is_issue else merge_request_ref(project_id)
        thread = builders.discussion(1, builders.note(1), builders.note(2, system=True))
        with writing() as transaction:
            put(transaction, project_id, item)
            (key,) = put_set(transaction, ref, DependentKind.DISCUSSIONS, thread)
        with store.reading() as view:
            assert view.documents.sources([key])[key] == DiscussionSource(
                key=key,
                project_id=project_id,
                project_path=builders.PROJECT_PATH,
                item=item,
                discussion=thread,
            )

    def test_many_come_at_once_and_those_that_are_gone_are_left_out(
        self, store: ContentStore, writing: Writing, project_id: ProjectId
    ) -> None:
        with writing() as transaction:
            (first,) = put(transaction, project_id, builders.issue(1)).touched
            (second,) = put(transaction, project_id, builders.merge_request(1)).touched
            (buried,) = put(transaction, project_id, builders.issue(2)).touched
            threads = put_set(
                transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, *map(builders.discussion, (1, 2))
            )
            put_set(transaction, issue_ref(project_id), DependentKind.DISCUSSIONS, builders.discussion(1))
            transaction.entities.bury(issue_ref(project_id, 2), deleted_at=1)
        unknown = [SourceKey(source_type, 404) for source_type in SourceType]
        with store.reading() as view:
            found = view.documents.sources([first, second, buried, *threads, *unknown])
            assert view.documents.sources([]) == {}
        assert set(found) == {first, second, threads[0]}


class DocumentsContract(OpenedStore):
    @pytest.fixture
    def key(self, writing: Writing, project_id: ProjectId) -> SourceKey:
        with writing() as transaction:
            return put(transaction, project_id, builders.issue(1)).touched[0]

    def test_a_document_is_known_by_its_hash(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        for content_hash in ("one", "two"):
            with writing() as transaction:
                document = builders.document(key, project_id=project_id, content_hash=content_hash)
                transaction.documents.put(document, builders.chunks("What issue 1 is about"))
            with store.reading() as view:
                found = view.documents.content_hashes([key, SourceKey(SourceType.DISCUSSION, key.source_id)])
            assert found == {key: content_hash}

    def test_a_removed_document_is_gone(
        self, store: ContentStore, writing: Writing, project_id: ProjectId, key: SourceKey
    ) -> None:
        with writing() as transaction:
            transaction.documents.put(builders.document(key, project_id=project_id), builders.chunks("text"))
        with writing() as transaction:
            assert transaction.documents.remove(key)
            assert not transaction.documents.remove(key)
        with store.reading() as view:
            assert view.documents.content_hashes([key]) == {}
