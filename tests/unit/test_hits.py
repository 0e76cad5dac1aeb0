"""What several expressions found is one list."""

from application.ports.document_search import TextHit
from application.search.hits import best_hits


def hits(**scores: float) -> list[TextHit]:
    return [TextHit(document_id=ord(name), score=score) for name, score in scores.items()]


def order(found: list[TextHit]) -> str:
    return "".join(chr(hit.document_id) for hit in found)


def test_each_document_comes_once_by_its_best_score() -> None:
    found = best_hits([hits(a=2, b=1), hits(c=5, a=3, b=0.5)], literal_first=False)
    assert order(found) == "cab"
    assert [hit.score for hit in found] == [5, 3, 1]


def test_what_holds_a_literal_comes_before_everything_else() -> None:
    assert order(best_hits([hits(a=2, b=1), hits(c=5, a=3, b=0.5)], literal_first=True)) == "abc"


def test_nothing_found_is_an_empty_list() -> None:
    assert best_hits([[], []], literal_first=True) == []
