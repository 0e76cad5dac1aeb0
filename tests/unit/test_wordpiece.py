"""Texts become the pieces that the model was trained on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.embedders.wordpiece import CLS, SEP, UNKNOWN, VOCABULARY_SIZE, WordPiece, read_vocabulary

VOCABULARY = read_vocabulary()
NAMES = {number: piece for piece, number in VOCABULARY.items()}
TOKENIZER = WordPiece(VOCABULARY)


def shown(text: str) -> str:
    return " ".join(NAMES[number] for number in TOKENIZER.pieces(text))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The queue is stuck.", "the queue is stuck ."),
        ("retry_queue", "re ##try _ queue"),
        ("Café naïve", "cafe naive"),
        ("日本", "日 本"),
        ("a\tb\nc\u00a0d", "a b c d"),
        ("\x00\ufffd\u200b", ""),
        ("x" * 101, "[UNK]"),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(text: str, pieces: str) -> None:
    assert shown(text) == pieces


def test_the_vocabulary_has_every_number_once() -> None:
    assert sorted(NAMES) == list(range(VOCABULARY_SIZE))
    assert [VOCABULARY[name] for name in ("[CLS]", "[SEP]", "[UNK]")] == [CLS, SEP, UNKNOWN]


def test_a_long_text_ends_where_the_model_stops_reading() -> None:
    encoded = TOKENIZER.encode("word " * 500, at_most=256)
    assert len(encoded) == 256
    assert (encoded[0], encoded[-1]) == (CLS, SEP)


def test_a_word_without_any_known_piece_is_unknown() -> None:
    assert WordPiece({"[UNK]": UNKNOWN}).pieces("word") == [UNKNOWN]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_becomes_numbers_of_the_vocabulary(text: str) -> None:
    assert all(0 <= number < VOCABULARY_SIZE for number in TOKENIZER.pieces(text))


def test_what_is_remembered_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.embedders.wordpiece._REMEMBERED_WORDS", 1)
    tokenizer = WordPiece(VOCABULARY)
    assert [tokenizer.pieces("one two one") for _ in range(2)] == [TOKENIZER.pieces("one two one")] * 2
