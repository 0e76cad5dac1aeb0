"""Documents are cut into passages that lose nothing and fit an embedding model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.chunking import BUDGET, chunks_of
from domain.document_records import DocumentPart

WORDS = st.lists(
    st.sampled_from(["queue", "retry_queue.flush()", "時刻", "a", "x" * 90, "end.", "\n\n", "\n"]), max_size=600
)
PARTS = st.lists(
    st.builds(
        lambda words, note: DocumentPart(text=" ".join(words), note_gitlab_id=note),
        WORDS,
        st.one_of(st.none(), st.integers(1, 9)),
    ),
    max_size=4,
)
TITLES = st.sampled_from(["", "A title", "word " * 200, "\u3042" * 500])


def words_of(text: str) -> str:
    return "".join(text.split())


@pytest.mark.requirement("search:chunks")
@given(TITLES, PARTS)
@settings(max_examples=100, deadline=None)
def test_no_word_is_lost_and_none_crosses_into_another_note(title: str, parts: list[DocumentPart]) -> None:
    chunks = chunks_of(title, parts)
    for note in {part.note_gitlab_id for part in parts}:
        passages = [words_of(chunk.text) for chunk in chunks if chunk.note_gitlab_id == note]
        for part in parts:
            for word in part.text.split() if part.note_gitlab_id == note else ():
                pieces = [word[start : start + 40] for start in range(0, len(word), 40)]
                assert all(any(piece in passage for passage in passages) for piece in pieces)


@given(TITLES, PARTS)
@settings(max_examples=100, deadline=None)
def test_passages_are_numbered_bounded_and_the_same_again(title: str, parts: list[DocumentPart]) -> None:
    chunks = chunks_of(title, parts)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert all(len(chunk.text) <= BUDGET * 14 for chunk in chunks)
    assert chunks == chunks_of(title, parts)


@pytest.mark.requirement("search:chunks")
def test_every_passage_begins_with_the_title_of_its_item() -> None:
    chunks = chunks_of("Queue stuck", [DocumentPart(text="word " * 500)])
    assert len(chunks) > 2
    assert all(chunk.text.startswith("Queue stuck\n\n") for chunk in chunks)
    assert all(150 <= len(chunk.text.split()) <= BUDGET for chunk in chunks[:-1])


def test_neighbouring_passages_overlap_a_little() -> None:
    text = " ".join(f"w{number}" for number in range(400))
    first, second, *_ = chunks_of("", [DocumentPart(text=text)])
    shared = set(first.text.split()) & set(second.text.split())
    assert 1 <= len(shared) <= 20


def test_passages_end_with_a_paragraph_where_they_can() -> None:
    text = f"{'one ' * 150}\n\n{'two ' * 150}"
    first, second = chunks_of("", [DocumentPart(text=text)])
    assert first.text.split()[-1] == "one"
    assert second.text.endswith("two")


def test_a_title_without_text_is_a_passage_and_nothing_at_all_is_none() -> None:
    assert [chunk.text for chunk in chunks_of("Only a title", [])] == ["Only a title"]
    assert chunks_of("", []) == ()
    assert chunks_of("A thread's title", [DocumentPart(text=" ", note_gitlab_id=3)]) == ()
