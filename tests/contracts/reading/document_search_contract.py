"""What `DocumentSearch` promises."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports.content_store import ContentStore
from application.ports.document_search import DocumentSearch, FoundDocument, SearchFilter
from contracts import builders
from contracts.builders import DAY, HOUR, NOON, SECOND
from contracts.content.opened_store import OpenedStore, Writing
from contracts.reading.shelf import Shelf, fill, put, write_documents
from domain.document_records import DocumentPart
from domain.named_items import named_items
from domain.query import plan_query
from domain.refs import EntityKind, SourceKey, SourceType

NOTHING_CHOSEN = SearchFilter()


class DocumentSearchContract(OpenedStore):
    @pytest.fixture
    @abstractmethod
    def documents(self, store: ContentStore) -> DocumentSearch: ...

    @pytest.fixture
    def shelf(self, writing: Writing) -> Shelf:
        shelf = fill(writing)
        write_documents(writing)
        return shelf

    def names(self, documents: DocumentSearch, expression: str, chosen: SearchFilter = NOTHING_CHOSEN) -> list[str]:
        found = documents.by_text(expression, chosen, limit=50)
        shown = documents.telling(found, NOTHING_CHOSEN, (), most=1)
        return [f"{one.project_path}{one.kind.sigil}{one.iid}" for item in found for one in shown[item]]

    def documents_of(self, documents: DocumentSearch, expression: str, *terms: str) -> list[FoundDocument]:
        found = documents.by_text(expression, NOTHING_CHOSEN, limit=50)
        telling = documents.telling(found, NOTHING_CHOSEN, terms, most=5)
        return [one for item in found for one in telling[item]]

    @pytest.mark.usefixtures("shelf")
    def test_a_word_is_found_wherever_it_stands_and_first_where_it_is_in_the_title(
        self, documents: DocumentSearch
    ) -> None:
        found = self.names(documents, '"retry"')
        assert set(found) == {"group/app#1", "group/lib#1"}
        assert self.names(documents, '"uploads"')[0] == "group/app#1"

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("expression", "found"),
        [
            ('"timeout" AND "saw"', {"group/app#1"}),
            ('"saw" OR "count"', {"group/app#1", "group/app!1"}),
            ('"large files"', {"group/app#1"}),
            ('"files large"', set()),
            ('("zzz" OR "large") AND "files"', {"group/app#1"}),
            ('"large" AND "timeout"', {"group/app#1"}),  # one in the description, one in a thread
            ('"upl"*', {"group/app#1"}),
            ('"app" AND "py" AND "count"', {"group/app!1"}),
            ('"carol"', {"group/app#2", "group/app!2"}),
            ('"v1"', {"group/app#2"}),  # its milestone
            ('"zzz"', set()),
        ],
    )
    def test_expressions_say_what_has_to_be_there(
        self, documents: DocumentSearch, expression: str, found: set[str]
    ) -> None:
        assert set(self.names(documents, expression)) == found

    @pytest.mark.requirement("search:filters-inside")
    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("conditions", "found"),
        [
            ({"source_types": (SourceType.DISCUSSION,)}, {"group/app#1"}),
            ({"source_types": (SourceType.ISSUE,)}, {"group/app#1", "group/lib#1"}),
            ({"source_types": (SourceType.MERGE_REQUEST,)}, set()),
            ({"author": "@Bob"}, {"group/app#1"}),
            ({"labels": ("NET",)}, {"group/app#1"}),
            ({"labels": ("net", "other")}, set()),
            ({"state": "closed"}, set()),
            ({"created_since": NOON + SECOND}, {"group/app#1"}),
            ({"created_until": NOON}, {"group/app#1", "group/lib#1"}),
            ({"updated_since": NOON + HOUR}, {"group/app#1", "group/lib#1"}),
        ],
    )
    def test_documents_have_to_fit_every_condition(
        self, documents: DocumentSearch, conditions: dict[str, Any], found: set[str]
    ) -> None:
        assert set(self.names(documents, '"retry"', SearchFilter(**conditions))) == found

    @pytest.mark.requirement("search:filters-inside")
    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("src/app.py", {"group/app!1"}),
            ("src/", {"group/app!1"}),
            ("src/old/", {"group/app!1"}),
            ("src", set()),
            ("%", set()),
        ],
    )
    def test_by_the_files_they_touch(self, documents: DocumentSearch, path: str, found: set[str]) -> None:
        assert set(self.names(documents, '"request"', SearchFilter(path=path))) == found

    def test_only_of_the_named_projects(self, documents: DocumentSearch, shelf: Shelf) -> None:
        chosen = SearchFilter(project_ids=(shelf.lib,))
        assert self.names(documents, '"retry"', chosen) == ["group/lib#1"]

    @pytest.mark.usefixtures("shelf")
    def test_at_most_as_many_as_wanted_the_best_first(self, documents: DocumentSearch) -> None:
        both = documents.by_text('"retry"', NOTHING_CHOSEN, limit=2)
        assert list(both.values()) == sorted(both.values(), reverse=True)
        assert list(documents.by_text('"retry"', NOTHING_CHOSEN, limit=1)) == list(both)[:1]

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize("chosen", [NOTHING_CHOSEN, SearchFilter(state="opened"), SearchFilter(author="alice")])
    def test_of_what_matches_only_what_has_a_rare_term_too_may_be_wanted(
        self, documents: DocumentSearch, chosen: SearchFilter
    ) -> None:
        every = documents.by_text('"retry" OR "uploads"', chosen, limit=50)
        rare = documents.by_text('"retry" OR "uploads"', chosen, limit=50, rare='"uploads"')
        assert (len(every), len(rare)) == (2, 1)
        assert rare.items() <= every.items()  # with the same scores

    def test_how_many_items_can_be_found_is_counted_anew_after_every_change(
        self, documents: DocumentSearch, writing: Writing
    ) -> None:
        assert documents.size() == 0
        fill(writing)
        write_documents(writing)
        assert documents.size() == 6

    @pytest.mark.usefixtures("shelf")
    def test_with_a_filter_on_documents_one_of_them_has_to_hold_it_all(self, documents: DocumentSearch) -> None:
        by_bob = SearchFilter(author="bob")
        assert self.names(documents, '"timeout"', by_bob) == ["group/app#1"]
        assert self.names(documents, '"timeout" AND "large"', by_bob) == []

    @pytest.mark.usefixtures("shelf")
    def test_a_frequency_is_counted_up_to_a_bound(self, documents: DocumentSearch) -> None:
        assert documents.frequency('"retry"', at_most=100) == 2
        assert documents.frequency('"retry"', at_most=1) == 1
        assert documents.frequency('"zzz"', at_most=100) == 0

    @pytest.mark.usefixtures("shelf")
    def test_a_document_knows_its_item_and_its_notes(self, documents: DocumentSearch) -> None:
        found = self.documents_of(documents, '"saw"', "saw")[0]
        assert (found.kind, found.iid, found.title, found.state) == (EntityKind.ISSUE, 1, "Retry uploads", "opened")
        assert found.item_web_url == builders.issue(1).web_url
        assert found.parts == (
            DocumentPart(text="I saw a timeout too", note_gitlab_id=200),
            DocumentPart(text="So did I", note_gitlab_id=201),
        )

    @pytest.mark.usefixtures("shelf")
    def test_the_documents_with_the_most_terms_are_told_first_and_the_items_own_of_equals(
        self, documents: DocumentSearch
    ) -> None:
        def types(*terms: str) -> list[SourceType]:
            return [one.source_type for one in self.documents_of(documents, '"saw"', *terms)]

        assert types("timeout", "saw") == [SourceType.DISCUSSION, SourceType.ISSUE]
        assert types() == [SourceType.ISSUE, SourceType.DISCUSSION]
        (item,) = documents.by_text('"saw"', NOTHING_CHOSEN, limit=5)
        assert len(documents.telling([item], NOTHING_CHOSEN, (), most=1)[item]) == 1
        by_bob = documents.telling([item], SearchFilter(author="bob"), (), most=5)
        assert [one.source_type for one in by_bob[item]] == [SourceType.DISCUSSION]

    @pytest.mark.requirement("search:identifiers")
    @pytest.mark.usefixtures("shelf")
    def test_literals_are_held_letter_by_letter_anywhere_in_an_item(self, documents: DocumentSearch) -> None:
        (item,) = documents.by_text('"saw"', NOTHING_CHOSEN, limit=5)
        assert documents.holding(["timeout too", "of large"], [item]) == {item}
        assert documents.holding(["Timeout too"], [item]) == frozenset()
        assert documents.holding(["timeout too", "nowhere"], [item]) == frozenset()
        assert documents.holding(["timeout"], []) == frozenset()

    def test_literals_may_have_quotes_and_backslashes(self, documents: DocumentSearch, writing: Writing) -> None:
        shelf = fill(writing)
        with writing() as transaction:
            put(transaction, shelf.app, builders.issue(8, description='say "C:\\temp" twice'))
        write_documents(writing)
        (item,) = documents.by_text('"twice"', NOTHING_CHOSEN, limit=5)
        assert documents.holding(['"C:\\temp"'], [item]) == {item}

    @pytest.mark.requirement("search:named-items")
    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("named", "found"),
        [
            (["#1"], {"group/app#1", "group/lib#1"}),
            (["app#1", "!2"], {"group/app#1", "group/app!2"}),
            (["lib!1", "#99"], set()),
        ],
    )
    def test_items_are_found_by_name(self, documents: DocumentSearch, named: list[str], found: set[str]) -> None:
        items = documents.named(named_items(" ".join(named)), NOTHING_CHOSEN)
        telling = documents.telling(items, NOTHING_CHOSEN, (), most=1).values()
        assert {f"{one.project_path}{one.kind.sigil}{one.iid}" for (one,) in telling} == found

    @pytest.mark.requirement("search:named-items", "search:filters-inside")
    def test_what_is_named_has_to_pass_the_filter(self, documents: DocumentSearch, shelf: Shelf) -> None:
        assert len(documents.named(named_items("#1"), SearchFilter(project_ids=(shelf.lib,)))) == 1
        assert documents.named(named_items("#1"), SearchFilter(state="closed")) == frozenset()

    @pytest.mark.usefixtures("shelf")
    def test_documents_lead_to_their_items(self, documents: DocumentSearch) -> None:
        found = self.documents_of(documents, '"saw"')
        assert documents.items_of([one.document_id for one in found]) == {one.document_id: one.item for one in found}
        assert documents.items_of([987_654_321]) == {}

    @pytest.mark.usefixtures("shelf")
    def test_unknown_documents_are_left_out(self, documents: DocumentSearch) -> None:
        assert documents.documents([987_654_321]) == {}

    def test_a_refreshed_document_has_its_new_dates_and_its_old_text(
        self, documents: DocumentSearch, shelf: Shelf, writing: Writing
    ) -> None:
        found = documents.by_text('"budget"', NOTHING_CHOSEN, limit=5)
        with writing() as transaction:
            key = next(key for key in _issue_keys() if _is_of(transaction.documents.sources([key]), shelf))
            known = builders.document(key, project_id=shelf.lib, project_path="group/lib", title="Retry budget")
            transaction.documents.refresh(replace(known, updated_at=NOON + DAY, title="Ignored"))
        later = SearchFilter(updated_since=NOON + DAY)
        assert list(documents.by_text('"budget"', later, limit=5)) == list(found)
        assert [one.updated_at for one in self.documents_of(documents, '"budget"')] == [NOON + DAY]
        assert documents.by_text('"ignored"', NOTHING_CHOSEN, limit=5) == {}

    @pytest.mark.usefixtures("shelf")
    def test_what_a_removed_thread_said_is_found_no_more(self, documents: DocumentSearch, writing: Writing) -> None:
        assert self.names(documents, '"saw"') == ["group/app#1"]
        with writing() as transaction:
            removed = [transaction.documents.remove(SourceKey(SourceType.DISCUSSION, key)) for key in range(1, 20)]
        assert any(removed)
        assert self.names(documents, '"saw"') == []
        assert self.names(documents, '"uploads"') == ["group/app#1"]

    @pytest.mark.requirement("search:any-query-is-safe")
    @pytest.mark.usefixtures("shelf")
    @settings(
        max_examples=100,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(typed=st.one_of(st.text(max_size=60), st.text(alphabet='"*()^:-+ANDORNEAR{} \0日本foo_', max_size=30)))
    def test_whatever_is_typed_can_be_searched_for(self, documents: DocumentSearch, typed: str) -> None:
        plan = plan_query(typed, lambda expression: documents.frequency(expression, at_most=10))
        for expression in plan.expressions:
            documents.by_text(expression, NOTHING_CHOSEN, limit=5)


def _issue_keys() -> list[SourceKey]:
    return [SourceKey(SourceType.ISSUE, number) for number in range(1, 20)]


def _is_of(sources: dict[SourceKey, Any], shelf: Shelf) -> bool:
    return any(source.project_id == shelf.lib for source in sources.values())
