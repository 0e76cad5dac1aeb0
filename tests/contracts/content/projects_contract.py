"""What `Projects` promises."""

import pytest

from application.ports.content_store import ContentStore, StoredProject, Transaction
from contracts import builders
from contracts.content.opened_store import OpenedStore, Writing
from domain.entities import Project


def register(
    transaction: Transaction, project: Project, *, instance: str = "work", in_standard_sync: bool = True
) -> StoredProject:
    return transaction.projects.register(instance, builders.BASE_URL, project, in_standard_sync=in_standard_sync)


class ProjectsContract(OpenedStore):
    def test_a_project_is_found_by_its_path(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            registered = register(transaction, builders.project(77, "group/app"))
        with store.reading() as view:
            assert view.projects.find("work", "group/app") == registered
            assert view.projects.find("work", "group/other") is None
            assert view.projects.find("home", "group/app") is None
        assert (registered.instance, registered.gitlab_id, registered.path) == ("work", 77, "group/app")

    def test_registering_again_keeps_the_key(self, writing: Writing) -> None:
        with writing() as transaction:
            first = register(transaction, builders.project(77))
        with writing() as transaction:
            assert register(transaction, builders.project(77, archived=True)) == first

    def test_its_address_is_known_before_it_is_registered_again(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            register(transaction, builders.project(77, web_url="https://there"))
            register(transaction, builders.project(77, web_url="https://here"))
        with store.reading() as view:
            assert view.projects.web_url("work", 77) == "https://here"
            assert view.projects.web_url("work", 78) is None
            assert view.projects.web_url("home", 77) is None

    @pytest.mark.requirement("sync:rule-11")
    def test_a_renamed_project_is_found_by_both_paths(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            old = register(transaction, builders.project(77, "group/app"))
            new = register(transaction, builders.project(77, "other/app"))
        assert new.project_id == old.project_id
        with store.reading() as view:
            assert view.projects.find("work", "group/app") == new
            assert view.projects.find("work", "other/app") == new

    @pytest.mark.requirement("sync:rule-11")
    def test_a_project_that_got_its_old_path_back_is_found_by_all_its_paths(
        self, store: ContentStore, writing: Writing
    ) -> None:
        with writing() as transaction:
            seen = [
                register(transaction, builders.project(77, path)) for path in ("group/app", "other/app", "group/app")
            ]
        with store.reading() as view:
            assert view.projects.find("work", "group/app") == seen[-1]
            assert view.projects.find("work", "other/app") == seen[-1]

    @pytest.mark.requirement("sync:rule-11")
    def test_a_path_leads_to_the_project_that_was_last_seen_there(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            moved = register(transaction, builders.project(77, "group/app"))
            heir = register(transaction, builders.project(78, "group/app"))
        with store.reading() as view:
            assert view.projects.find("work", "group/app") == heir
        with writing() as transaction:
            moved = register(transaction, builders.project(77, "other/app"))
        with store.reading() as view:
            assert view.projects.find("work", "other/app") == moved
            assert moved.project_id != heir.project_id

    def test_instances_are_apart(self, store: ContentStore, writing: Writing) -> None:
        with writing() as transaction:
            work = register(transaction, builders.project(77), instance="work")
            home = register(transaction, builders.project(77), instance="home")
        assert work.project_id != home.project_id
        with store.reading() as view:
            assert view.projects.find("home", builders.PROJECT_PATH) == home

    @pytest.mark.requirement("sync:rule-11")
    def test_a_project_in_standard_sync_stays_there(self, writing: Writing) -> None:
        with writing() as transaction:
            register(transaction, builders.project(77), in_standard_sync=True)
            again = register(transaction, builders.project(77), in_standard_sync=False)
        assert again.in_standard_sync

    def test_a_project_of_a_surgical_run_can_come_into_standard_sync_later(self, writing: Writing) -> None:
        with writing() as transaction:
            first = register(transaction, builders.project(77), in_standard_sync=False)
            later = register(transaction, builders.project(77), in_standard_sync=True)
        assert (first.in_standard_sync, later.in_standard_sync) == (False, True)
