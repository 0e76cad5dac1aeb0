"""An empty store whose `sync` lock is held, and the few words in which contract tests write to it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TypeAlias

import pytest

from application.ports.content_store import ContentStore, Transaction, Written
from application.ports.locks import SYNC, Lease, Locks
from contracts import builders
from domain.entities import DependentRecord, Entity
from domain.refs import DependentKind, EntityKind, EntityRef, ProjectId, SourceKey

Writing: TypeAlias = Callable[[], AbstractContextManager[Transaction]]


class OpenedStore(ABC):
    """A concrete suite gives `store` and the `locks` whose leases it checks; both are new and empty."""

    @pytest.fixture
    @abstractmethod
    def locks(self) -> Locks | Iterator[Locks]: ...

    @pytest.fixture
    @abstractmethod
    def store(self, locks: Locks) -> ContentStore | Iterator[ContentStore]: ...

    @pytest.fixture
    def lease(self, locks: Locks) -> Iterator[Lease]:
        with locks.hold(SYNC, wait_ms=0) as lease:
            yield lease

    @pytest.fixture
    def writing(self, store: ContentStore, lease: Lease) -> Writing:
        return lambda: store.writing(lease)

    @pytest.fixture
    def project_id(self, writing: Writing) -> ProjectId:
        with writing() as transaction:
            return register(transaction)


def register(transaction: Transaction, gitlab_id: int = 77, path: str = builders.PROJECT_PATH) -> ProjectId:
    registered = transaction.projects.register(
        builders.INSTANCE, builders.BASE_URL, builders.project(gitlab_id, path), in_standard_sync=True
    )
    return registered.project_id


def put(transaction: Transaction, project_id: ProjectId, entity: Entity, *, requested_at: int | None = None) -> Written:
    at = builders.NOON + 2 * builders.HOUR if requested_at is None else requested_at
    return transaction.entities.put(project_id, builders.fetched(entity, requested_at=at), [])


def put_set(
    transaction: Transaction,
    ref: EntityRef,
    dependent: DependentKind,
    *records: DependentRecord,
    requested_at: int = builders.NOON + 2 * builders.HOUR,
) -> tuple[SourceKey, ...]:
    """A complete answer: what it does not hold is gone."""
    answer = builders.answer(dependent, *records, requested_at=requested_at)
    return transaction.dependents.put(ref, answer, sweep=None, references=[])


def issue_ref(project_id: ProjectId, iid: int = 1) -> EntityRef:
    return EntityRef(project_id, EntityKind.ISSUE, iid)


def merge_request_ref(project_id: ProjectId, iid: int = 1) -> EntityRef:
    return EntityRef(project_id, EntityKind.MERGE_REQUEST, iid)
