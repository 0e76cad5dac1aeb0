"""Cursors and snippets, whatever they are made from."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import UsageError
from domain.paging import cursor_for, read_cursor
from domain.snippets import SNIPPET_CHARS, count_terms, snippet

MARKS = len("… ") + len(" …")


class TestCursors:
    @settings(max_examples=100, deadline=None)
    @given(question=st.text(), value=st.one_of(st.integers(), st.text()), key=st.integers())
    def test_what_goes_in_comes_out_for_the_same_question(self, question: str, value: int | str, key: int) -> None:
        assert read_cursor(question, cursor_for(question, value, key)) == (value, key)

    @settings(max_examples=100, deadline=None)
    @given(cursor=st.text())
    def test_nothing_else_is_a_cursor(self, cursor: str) -> None:
        with pytest.raises(UsageError, match="--cursor"):
            read_cursor("question", cursor)

    @pytest.mark.parametrize("content", ["[]", "{}", "1", '["mark","value"]', "[1,2,3]", '["x",null,1]', '["x",1,"y"]'])
    def test_well_formed_but_foreign_content_is_refused(self, content: str) -> None:
        with pytest.raises(UsageError, match="--cursor"):
            read_cursor("question", base64.urlsafe_b64encode(content.encode()).decode())

    def test_it_is_refused_for_another_question(self) -> None:
        with pytest.raises(UsageError, match="another question"):
            read_cursor("one", cursor_for("another", 1, 2))


WORDS = st.lists(st.sampled_from(["alpha", "beta", "Gamma", "δέλτα", "İstanbul", "日本語の文", "foo_bar", "\n\n"]))


class TestSnippets:
    @settings(max_examples=200, deadline=None)
    @given(
        text=st.one_of(st.text(max_size=600), WORDS.map(" filler text ".join)),
        terms=st.lists(st.sampled_from(["alpha", "beta", "gamma", "δέλτα", "日本", "text", "istanbul"]), max_size=4),
    )
    def test_highlights_lie_inside_the_text_in_order_and_on_terms(self, text: str, terms: list[str]) -> None:
        shown = snippet(text, terms)
        assert len(shown.text) <= SNIPPET_CHARS + MARKS
        end = 0
        for start, stop in shown.highlights:
            assert end <= start < stop <= len(shown.text)
            marked = shown.text[start:stop].lower()
            assert any(marked.startswith(term.lower()[: max(4, len(term) - 3)]) or term in marked for term in terms)
            end = stop

    def test_the_window_with_the_most_terms_is_shown(self) -> None:
        text = f"alpha {'filler ' * 60}alpha and beta {'filler ' * 60}"
        shown = snippet(text, ["alpha", "beta"])
        assert [shown.text[start:stop] for start, stop in shown.highlights] == ["alpha", "beta"]
        assert shown.text.startswith("… ")
        assert shown.text.endswith(" …")

    def test_a_text_without_a_term_begins_at_its_beginning(self) -> None:
        assert snippet("One\n two", ["zzz"]).text == "One two"

    def test_other_forms_of_a_word_are_its_occurrences(self) -> None:
        shown = snippet("It retries, having retried", ["retry"])
        assert [shown.text[start:stop] for start, stop in shown.highlights] == ["retries", "retried"]

    def test_terms_are_counted_once_each(self) -> None:
        assert count_terms("alpha alpha beta", ["alpha", "beta", "gamma", "alpha"]) == 2
