"""What `StoreFigures` and `StoreRepair` promise."""

from abc import abstractmethod

import pytest

from application.ports.content_store import ContentStore
from application.ports.locks import Lease, Locks
from application.ports.store_figures import KINDS, StoreFigures
from application.ports.store_repair import StoreRepair
from contracts import builders
from contracts.builders import DAY, HOUR, NOON
from contracts.content.opened_store import OpenedStore, Writing, issue_ref, merge_request_ref
from contracts.reading.shelf import LIB_PATH, Shelf, fill, write_documents
from domain.errors import LockLost
from domain.refs import DependentKind, EntityKind, SourceKey, SourceType, dependents_of


class StoreFiguresContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def figures(self, store: ContentStore) -> StoreFigures: ...

    @pytest.fixture
    def shelf(self, writing: Writing) -> Shelf:
        return fill(writing)

    def test_projects_come_by_path_with_what_is_held_of_them(self, figures: StoreFigures, shelf: Shelf) -> None:
        app, lib = figures.projects()
        assert (app.project_id, app.instance, app.path) == (shelf.app, builders.INSTANCE, builders.PROJECT_PATH)
        assert (app.issues, app.merge_requests, app.notes) == (3, 2, 5)
        assert (app.synced_at, app.in_standard_sync) == (NOON + DAY, True)
        assert app.cursors == ((EntityKind.ISSUE, NOON),)
        assert (lib.path, lib.issues, lib.synced_at, lib.cursors) == (LIB_PATH, 1, None, ())
        assert lib.web_url == f"{builders.BASE_URL}/{LIB_PATH}"

    def test_what_is_still_to_be_done_is_counted(self, figures: StoreFigures, shelf: Shelf, writing: Writing) -> None:
        ref = issue_ref(shelf.lib)
        with writing() as transaction:
            for dependent in dependents_of(EntityKind.ISSUE):
                transaction.dependents.settle(ref, dependent, watermark=NOON + HOUR)
            transaction.jobs.queue(issue_ref(shelf.app), [DependentKind.DISCUSSIONS, DependentKind.STATE_EVENTS])
            (job, _) = transaction.jobs.claim("run", [shelf.app], list(DependentKind), now=NOON, limit=5)
            transaction.jobs.fail(job, error="no", next_attempt_at=NOON)
            transaction.quarantine.add(shelf.app, builders.rejected(), at=NOON)
        app, lib = figures.projects()
        assert (app.pending, app.failing, app.quarantined, app.unsettled) == (2, 1, 1, 5)
        assert (lib.pending, lib.failing, lib.quarantined, lib.unsettled) == (0, 0, 0, 0)

    @pytest.mark.usefixtures("shelf")
    def test_documents_that_are_due_are_counted(self, figures: StoreFigures, writing: Writing) -> None:
        assert figures.dirty_sources() > 0
        write_documents(writing)
        assert figures.dirty_sources() == 0

    def test_every_kind_is_counted(self, figures: StoreFigures, shelf: Shelf, writing: Writing) -> None:
        write_documents(writing)
        counts = {(one.what, one.state): one.count for one in figures.counts(None)}
        assert counts.pop(("chunks", None)) >= counts[("documents", None)]
        assert counts == {
            ("issues", "closed"): 1,
            ("issues", "opened"): 3,
            ("merge_requests", "merged"): 1,
            ("merge_requests", "opened"): 1,
            ("discussions", None): 4,
            ("notes", None): 5,
            ("system_notes", None): 1,
            ("events", None): 1,
            ("issue_links", None): 1,
            ("file_changes", None): 1,
            ("commits", None): 2,
            ("documents", None): 9,
        }
        of_lib = {one.what: one.count for one in figures.counts([shelf.lib])}
        assert list(of_lib) == list(KINDS)
        assert {what for what, count in of_lib.items() if count} == {"issues", "documents", "chunks"}

    def test_an_empty_store_has_none_of_anything(self, figures: StoreFigures) -> None:
        assert [(one.what, one.state, one.count) for one in figures.counts(None)] == [(kind, None, 0) for kind in KINDS]
        assert figures.projects() == ()
        assert figures.size().bytes >= 0


class StoreRepairContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def repair(self, store: ContentStore, locks: Locks) -> StoreRepair: ...

    @pytest.fixture
    def shelf(self, writing: Writing) -> Shelf:
        return fill(writing)

    def wrong(self, repair: StoreRepair) -> dict[str, int]:
        return {finding.check: finding.count for finding in repair.findings() if finding.count}

    @pytest.mark.usefixtures("shelf")
    def test_a_sound_store_has_no_findings(self, repair: StoreRepair, writing: Writing) -> None:
        assert self.wrong(repair) == {}
        write_documents(writing)
        assert self.wrong(repair) == {}
        checks = [finding.check for finding in repair.findings()]
        assert checks == [
            "integrity",
            "foreign_keys",
            "index",
            "orphans",
            "documents",
            "chunks",
            "vectors",
            "segments",
        ]

    @pytest.mark.usefixtures("shelf")
    def test_a_document_that_is_missing_and_not_due_is_found(self, repair: StoreRepair, writing: Writing) -> None:
        write_documents(writing)
        with writing() as transaction:
            transaction.documents.remove(SourceKey(SourceType.ISSUE, 1))
        (finding,) = [finding for finding in repair.findings() if finding.count]
        assert (finding.check, finding.count, finding.example) == ("documents", 1, "issue 1")

    def test_a_document_without_a_source_is_found_and_removed(
        self, repair: StoreRepair, shelf: Shelf, writing: Writing, lease: Lease
    ) -> None:
        write_documents(writing)
        with writing() as transaction:
            transaction.entities.bury(merge_request_ref(shelf.app), deleted_at=NOON)
        assert self.wrong(repair) == {"orphans": 3}
        assert repair.mend_index(lease) == 3
        assert self.wrong(repair) == {}
        assert repair.mend_index(lease) == 0

    def test_whoever_lost_the_lock_mends_nothing(self, repair: StoreRepair, locks: Locks) -> None:
        with locks.hold("other", wait_ms=0) as lease:
            pass
        with pytest.raises(LockLost):
            repair.mend_index(lease)
