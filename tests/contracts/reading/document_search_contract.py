"""What `DocumentSearch` promises."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports.content_store import ContentStore
from application.ports.document_search import DocumentSearch, SearchFilter
from contracts import builders
from contracts.builders import DAY, HOUR, NOON, SECOND
from contracts.content.opened_store import OpenedStore, Writing
from contracts.reading.shelf import Shelf, fill, write_documents
from domain.document_records import DocumentPart
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
        hits = documents.by_text(expression, chosen, limit=50)
        found = documents.documents([hit.document_id for hit in hits])
        shown = [found[hit.document_id] for hit in hits]
        return [f"{one.source_type} {one.project_path}{one.kind.sigil}{one.iid}" for one in shown]

    @pytest.mark.usefixtures("shelf")
    def test_a_word_is_found_wherever_it_stands_and_first_where_it_is_in_the_title(
        self, documents: DocumentSearch
    ) -> None:
        found = self.names(documents, '"retry"')
        assert set(found) == {"issue group/app#1", "issue group/lib#1", "discussion group/app#1"}
        assert self.names(documents, '"uploads"')[0] == "issue group/app#1"

    @pytest.mark.usefixtures("shelf")
    @pytest.mark.parametrize(
        ("expression", "found"),
        [
            ('"timeout" AND "saw"', {"discussion group/app#1"}),
            ('"saw" OR "count"', {"discussion group/app#1", "discussion group/app!1"}),
            ('"large files"', {"issue group/app#1"}),
            ('"files large"', set()),
            ('("zzz" OR "large") AND "files"', {"issue group/app#1"}),
            ('"upl"*', {"issue group/app#1", "discussion group/app#1"}),
            ('"app" AND "py" AND "count"', {"discussion group/app!1"}),
            ('"carol"', {"issue group/app#2", "merge_request group/app!2", "discussion group/app!1"}),
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
            ({"source_types": (SourceType.DISCUSSION,)}, {"discussion group/app#1"}),
            ({"author": "@Bob"}, {"discussion group/app#1"}),
            ({"labels": ("NET",)}, {"issue group/app#1", "discussion group/app#1"}),
            ({"labels": ("net", "other")}, set()),
            ({"state": "closed"}, set()),
            ({"created_since": NOON + SECOND}, {"discussion group/app#1"}),
            ({"created_until": NOON}, {"issue group/app#1", "issue group/lib#1"}),
            ({"updated_since": NOON + HOUR}, {"issue group/app#1", "issue group/lib#1"}),
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
            ("src/app.py", {"merge_request group/app!1", "discussion group/app!1"}),
            ("src/", {"merge_request group/app!1", "discussion group/app!1"}),
            ("src/old/", {"discussion group/app!1"}),
            ("src", set()),
            ("%", set()),
        ],
    )
    def test_by_the_files_they_touch(self, documents: DocumentSearch, path: str, found: set[str]) -> None:
        assert set(self.names(documents, '"request"', SearchFilter(path=path))) == found

    def test_only_of_the_named_projects(self, documents: DocumentSearch, shelf: Shelf) -> None:
        chosen = SearchFilter(project_ids=(shelf.lib,))
        assert self.names(documents, '"retry"', chosen) == ["issue group/lib#1"]

    @pytest.mark.usefixtures("shelf")
    def test_at_most_as_many_as_wanted_the_best_first(self, documents: DocumentSearch) -> None:
        hits = documents.by_text('"retry"', NOTHING_CHOSEN, limit=2)
        assert len(hits) == 2
        assert hits[0].score >= hits[1].score

    @pytest.mark.usefixtures("shelf")
    def test_a_frequency_is_counted_up_to_a_bound(self, documents: DocumentSearch) -> None:
        assert documents.frequency('"retry"', at_most=100) == 3
        assert documents.frequency('"retry"', at_most=2) == 2
        assert documents.frequency('"zzz"', at_most=100) == 0

    @pytest.mark.usefixtures("shelf")
    def test_a_document_knows_its_item_and_its_notes(self, documents: DocumentSearch) -> None:
        (hit,) = documents.by_text('"saw"', NOTHING_CHOSEN, limit=5)
        found = documents.documents([hit.document_id])[hit.document_id]
        assert (found.kind, found.iid, found.title, found.state) == (EntityKind.ISSUE, 1, "Retry uploads", "opened")
        assert found.item_web_url == builders.issue(1).web_url
        assert found.parts == (
            DocumentPart(text="I saw a timeout too", note_gitlab_id=200),
            DocumentPart(text="So did I", note_gitlab_id=201),
        )

    @pytest.mark.usefixtures("shelf")
    def test_unknown_documents_are_left_out(self, documents: DocumentSearch) -> None:
        assert documents.documents([987_654_321]) == {}

    def test_a_refreshed_document_has_its_new_dates_and_its_old_text(
        self, documents: DocumentSearch, shelf: Shelf, writing: Writing
    ) -> None:
        (hit,) = documents.by_text('"budget"', NOTHING_CHOSEN, limit=5)
        with writing() as transaction:
            key = next(key for key in _issue_keys() if _is_of(transaction.documents.sources([key]), shelf))
            known = builders.document(key, project_id=shelf.lib, project_path="group/lib", title="Retry budget")
            transaction.documents.refresh(replace(known, updated_at=NOON + DAY, title="Ignored"))
        later = SearchFilter(updated_since=NOON + DAY)
        assert documents.by_text('"budget"', later, limit=5) == (hit,)
        assert documents.documents([hit.document_id])[hit.document_id].updated_at == NOON + DAY
        assert documents.by_text('"ignored"', NOTHING_CHOSEN, limit=5) == ()

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
