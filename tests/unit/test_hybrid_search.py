"""Search by words and meaning together."""

from dataclasses import replace

import pytest

from adapters.memory.embedder import MemoryEmbedder
from application.ports.document_search import SearchFilter
from application.search import search_documents
from application.search.meaning import MeaningSearch
from application.search.search_documents import SearchAnswer, SearchMode, SearchQuestion
from contracts import builders
from contracts.reading.shelf import put, write_documents
from domain.errors import EmbedderUnavailable
from reading_house import ReadingHouse

EVERYTHING = SearchFilter()


@pytest.fixture
def house() -> ReadingHouse:
    house = ReadingHouse()
    house.embed()
    return house


def found(house: ReadingHouse, text: str, **fields: object) -> SearchAnswer:
    question = replace(SearchQuestion(text=text, filter=EVERYTHING), **fields)  # type: ignore[arg-type]  # of any type
    return house.search(question)


def items(answer: SearchAnswer) -> list[tuple[str, str]]:
    return [(result.project_path, f"{result.kind.sigil}{result.iid}") for result in answer.results]


@pytest.mark.requirement("search:hybrid")
def test_words_and_meaning_are_searched_together(house: ReadingHouse) -> None:
    words = found(house, "large files", mode=SearchMode.LEXICAL)
    both = found(house, "large files")
    assert (words.mode, both.mode, both.note) == ("lexical", "hybrid", "")
    assert items(both)[0] == items(words)[0] == ("group/app", "#1")
    assert len(both.results) > len(words.results)
    assert not both.total_is_exact


@pytest.mark.requirement("search:hybrid")
def test_meaning_alone_can_be_asked_for(house: ReadingHouse) -> None:
    answer = found(house, "Uploads of large files", mode=SearchMode.SEMANTIC)
    assert answer.mode == "semantic"
    assert items(answer)[0] == ("group/app", "#1")


@pytest.mark.requirement("search:explain")
def test_an_explanation_tells_score_and_rank_of_each_side(house: ReadingHouse) -> None:
    answer = found(house, "large files", explain=True)
    first = answer.results[0].explanation
    assert first is not None
    assert (first.text.rank, first.text.score is not None, first.chunk.rank) == (1, True, 1)
    assert first.reasons[0] == "number 1 by its words"
    assert all(result.explanation is None for result in found(house, "large files").results)


@pytest.mark.requirement("search:explain")
def test_an_identifier_that_stands_there_letter_by_letter_comes_first_and_it_is_told(house: ReadingHouse) -> None:
    with house.writing() as transaction:
        put(transaction, house.shelf.app, builders.issue(8, title="RetryUploads retryUploads retry-uploads"))
        put(transaction, house.shelf.app, builders.issue(9, title="A name", description="It is retry_uploads here"))
    write_documents(house.writing)
    answer = found(house, "retry_uploads", explain=True)
    assert items(answer)[0] == ("group/app", "#9")
    told = [result.explanation.reasons[0] for result in answer.results[:2] if result.explanation is not None]
    assert told == ["it holds what was typed, letter by letter", "number 2 by its words"]


def test_in_a_large_store_items_with_common_terms_only_come_where_too_few_have_a_rare_one(
    house: ReadingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_documents, "MANY_ITEMS", 1)
    monkeypatch.setattr(search_documents, "COMMON", 0.2)
    lexical = SearchMode.LEXICAL
    all_of_them = items(found(house, "retry uploads", mode=lexical))
    assert len(all_of_them) == 2
    monkeypatch.setattr(search_documents, "FEWEST_CANDIDATES", 1)
    monkeypatch.setattr(search_documents, "CANDIDATES_PER_RESULT", 1)
    assert items(found(house, "retry uploads", mode=lexical, limit=1)) == all_of_them[:1] == [("group/app", "#1")]


@pytest.mark.requirement("search:named-items")
@pytest.mark.parametrize("name", ["#2", "app#2", f"{builders.BASE_URL}/group/app/-/issues/2#note_1"])
def test_the_item_that_is_named_comes_first_and_it_is_told(house: ReadingHouse, name: str) -> None:
    with house.writing() as transaction:
        put(transaction, house.shelf.app, builders.issue(8, title="#2 app#2 issues 2", description="#2 and #2 again"))
    write_documents(house.writing)
    answer = found(house, name, explain=True)
    assert items(answer)[0] == ("group/app", "#2")
    explanation = answer.results[0].explanation
    assert explanation is not None
    assert explanation.reasons[0] == "it is what was named"


@pytest.mark.requirement("search:without-vectors")
def test_a_store_without_vectors_searches_by_words_and_says_so() -> None:
    answer = found(ReadingHouse(), "large files")
    assert answer.mode == "lexical"
    assert "lore embed" in answer.note
    assert items(answer) == [("group/app", "#1")]


@pytest.mark.requirement("search:without-vectors")
def test_no_query_is_embedded_where_there_are_no_vectors_to_compare_it_with(house: ReadingHouse) -> None:
    empty = ReadingHouse()
    found(empty, "large files")
    assert empty.embedder.asked == []
    house.embedder = MemoryEmbedder(model="another")
    assert "No passage has a vector of another@1 yet" in found(house, "large files").note
    assert house.embedder.asked == []


@pytest.mark.requirement("search:without-vectors")
def test_where_no_embedder_is_wanted_it_is_said_and_no_vector_promised() -> None:
    meanings = MeaningSearch(embedder=None, get_index=lambda: ReadingHouse().vectors)
    assert meanings.ask("large files") == (
        "Only words were searched: the configuration wants no embedder (embedding.provider is none)."
    )


@pytest.mark.requirement("search:without-vectors")
def test_without_an_embedder_words_are_searched_and_the_reason_told(house: ReadingHouse) -> None:
    house.embedder.error = EmbedderUnavailable("It is gone.")
    answer = found(house, "large files")
    assert (answer.mode, answer.note) == ("lexical", "Only words were searched: It is gone.")
    with pytest.raises(EmbedderUnavailable):
        found(house, "large files", mode=SearchMode.SEMANTIC)


def test_what_has_no_vector_yet_is_told(house: ReadingHouse) -> None:
    text = "Nobody embedded this"
    with house.writing() as transaction:
        key = next(iter(house.store.chunks()))
        document = house.store._tables.documents[key]
        transaction.documents.put(document.document, [replace(document.chunks[0], text=text)])
    assert "1 of" in found(house, "large files").note


def test_the_filter_holds_on_both_sides(house: ReadingHouse) -> None:
    answer = found(house, "large files", projects=("group/lib",))
    assert {path for path, _ in items(answer)} == {"group/lib"}


def test_pages_follow_each_other_without_gap_or_repetition(house: ReadingHouse) -> None:
    everything = items(found(house, "retry uploads"))
    pages, cursor = [], None
    for _ in everything:
        answer = found(house, "retry uploads", limit=1, cursor=cursor)
        pages += items(answer)
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert pages == everything
