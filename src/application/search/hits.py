"""What several expressions of one query found, the strictest first, made into one list."""

from collections.abc import Sequence

from application.ports.document_search import TextHit


def best_hits(found: Sequence[Sequence[TextHit]], *, literal_first: bool) -> list[TextHit]:
    """Each document once, by its best score, the best first.

    With `literal_first`, what the first expression found is lifted above everything else.
    """
    highest = max((hit.score for hits in found for hit in hits), default=0.0)
    best: dict[int, float] = {}
    for place, hits in enumerate(found):
        lift = highest if literal_first and place == 0 else 0.0
        for hit in hits:
            best[hit.document_id] = max(best.get(hit.document_id, hit.score), hit.score + lift)
    ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
    return [TextHit(document_id=number, score=score) for number, score in ranked]
