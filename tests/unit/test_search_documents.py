"""From what was typed to items, the best passages first."""

from dataclasses import replace

import pytest

from application.documents.generate_scoped_docs import GenerateDocs, GenerateScopedDocs
from application.ports.document_search import SearchFilter
from application.ports.locks import SYNC
from application.search.search_documents import SearchQuestion
from contracts import builders
from contracts.builders import DAY, HOUR, NOON
from contracts.content.opened_store import issue_ref
from contracts.reading.shelf import put, put_set, write_documents
from domain.errors import Stale, UsageError
from domain.refs import DependentKind, EntityKind, SourceType
from reading_house import ReadingHouse

EVERYTHING = SearchFilter()


@pytest.fixture
def house() -> ReadingHouse:
    return ReadingHouse()


def asked(text: str, **fields: object) -> SearchQuestion:
    return replace(SearchQuestion(text=text, filter=EVERYTHING), **fields)  # type: ignore[arg-type]  # of any type


class TestSearch:
    def test_results_are_items_with_what_is_needed_to_act_on_them(self, house: ReadingHouse) -> None:
        found = house.search(asked("large files"))
        (result,) = found.results
        assert (result.kind, result.project_path, result.iid, result.title) == (
            EntityKind.ISSUE,
            "group/app",
            1,
            "Retry uploads",
        )
        assert (result.state, result.author) == ("opened", "alice")
        assert result.snippet == "Uploads of large files"
        assert (found.total, found.total_is_exact, found.next_cursor, found.mode) == (1, True, None, "lexical")
        assert found.terms == ("large", "files")

    def test_an_item_and_its_threads_are_one_result(self, house: ReadingHouse) -> None:
        found = house.search(asked("retry"))
        assert [(result.project_path, result.iid) for result in found.results] == [("group/app", 1), ("group/lib", 1)]

    def test_a_passage_leads_to_its_note_and_its_highlights_stand_on_the_words(self, house: ReadingHouse) -> None:
        (result,) = house.search(asked("saw timeout")).results[:1]
        (passage,) = result.passages
        assert passage.gitlab_note_id == 200
        assert passage.web_url.endswith("/issues/1#note_200")
        assert [passage.snippet[start:end] for start, end in passage.highlights] == ["saw", "timeout"]

    def test_where_only_the_title_has_the_words_the_description_begins(self, house: ReadingHouse) -> None:
        (result,) = house.search(asked("budget")).results
        assert [(passage.snippet, passage.highlights) for passage in result.passages] == [("What issue 1 is about", ())]

    def test_an_item_without_any_text_shows_its_title(self, house: ReadingHouse) -> None:
        with house.writing() as transaction:
            put(transaction, house.shelf.app, builders.issue(8, title="Nameless horror", description=" "))
        write_documents(house.writing)
        (result,) = house.search(asked("horror")).results
        assert result.snippet == "Nameless horror"

    def test_words_that_no_text_has_together_are_tried_apart(self, house: ReadingHouse) -> None:
        found = house.search(asked("budget timeout"))
        assert {(result.project_path, result.iid) for result in found.results} == {
            ("group/lib", 1),
            ("group/app", 1),
        }

    def test_an_item_with_many_threads_hides_no_other(self, house: ReadingHouse) -> None:
        threads = [builders.discussion(number, builders.note(number * 10)) for number in range(100, 400)]
        with house.writing() as transaction:
            put_set(transaction, issue_ref(house.shelf.lib), DependentKind.DISCUSSIONS, *threads)
        write_documents(house.writing)
        found = house.search(asked("retry", limit=2))
        assert {result.project_path for result in found.results} == {"group/app", "group/lib"}

    def test_filters_and_projects_narrow(self, house: ReadingHouse) -> None:
        only_threads = SearchFilter(source_types=(SourceType.DISCUSSION,))
        assert [result.iid for result in house.search(asked("retry", filter=only_threads)).results] == [1]
        found = house.search(asked("retry", projects=("lib",)))
        assert [result.project_path for result in found.results] == ["group/lib"]

    def test_pages_follow_each_other(self, house: ReadingHouse) -> None:
        first = house.search(asked("retry", limit=1))
        second = house.search(asked("retry", limit=1, cursor=first.next_cursor))
        assert (first.total, second.next_cursor) == (2, None)
        assert [result.project_path for result in (*first.results, *second.results)] == ["group/app", "group/lib"]
        with pytest.raises(UsageError, match="another question"):
            house.search(asked("uploads", cursor=first.next_cursor))

    @pytest.mark.parametrize("text", ["", "  ", "*()", '""'])
    def test_without_a_word_there_is_nothing_to_search_for(self, house: ReadingHouse, text: str) -> None:
        with pytest.raises(UsageError, match="no word"):
            house.search(asked(text))

    @pytest.mark.requirement("cli:require-fresh")
    def test_old_data_are_refused_where_fresh_ones_are_required(self, house: ReadingHouse) -> None:
        with pytest.raises(Stale):
            house.search(asked("retry", projects=("app",), require_fresh_ms=HOUR - 1))


class TestDates:
    def test_a_change_that_leaves_the_text_alone_moves_the_documents_dates(self, house: ReadingHouse) -> None:
        later = builders.issue(1, gitlab_id=501, title="Retry budget", web_url="https://x/lib/1", updated_at=NOON + DAY)
        before = house.store.chunks()
        with house.writing() as transaction:
            put(transaction, house.shelf.lib, later)
            due = transaction.dirty.oldest(10)
        with house.locks.hold(SYNC, wait_ms=0) as lease:
            done = GenerateScopedDocs(store=house.store)(GenerateDocs(lease=lease, keys=due))
        assert (done.regenerated, done.unchanged) == ((), 1)
        found = house.search(asked("budget", filter=SearchFilter(updated_since=NOON + DAY)))
        assert [result.updated_at for result in found.results] == [NOON + DAY]
        assert house.store.chunks() == before
