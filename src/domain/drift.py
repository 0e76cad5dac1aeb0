"""Where a discussion left its topic: notes whose meaning is far from the description's (spec/provenance.md, drift)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

Vector = tuple[float, ...]

_NEIGHBOURS = 2
"""A note is judged together with so many before it: one aside is no drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMeaning:
    note_gitlab_id: int
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPoint:
    """`similarity` to the description from -1 to 1, smoothed over the notes before."""

    note_gitlab_id: int
    similarity: float
    drifted: bool


def drift(description: Vector, notes: Sequence[NoteMeaning], *, threshold: float) -> tuple[DriftPoint, ...]:
    """Every note in order; `drifted` where the discussion stays below the threshold."""
    square = _product(description, description)
    plain = [_cosine(description, square, note.vector) for note in notes]
    smooth = [math.fsum(window) / len(window) for window in _windows(plain)]
    return tuple(
        DriftPoint(note_gitlab_id=note.note_gitlab_id, similarity=similarity, drifted=similarity < threshold)
        for note, similarity in zip(notes, smooth, strict=True)
    )


def cosine(one: Vector, other: Vector) -> float:
    """0 where either has no length."""
    return _cosine(one, _product(one, one), other)


def _cosine(one: Vector, square: float, other: Vector) -> float:
    length = math.sqrt(square * _product(other, other))
    return _product(one, other) / length if length else 0.0


def _product(one: Vector, other: Vector) -> float:
    return math.fsum(map(mul, one, other))


def _windows(values: Sequence[float]) -> list[Sequence[float]]:
    return [values[max(0, end - _NEIGHBOURS) : end + 1] for end in range(len(values))]
