"""The arithmetic of nearness: vectors of one byte a dimension, their sign bits, and the nearest among many.

A vector is kept as signed bytes with a scale of its own: one scale for all ruins some models (spec/search.md). Sign
bits alone find the candidates, which are then judged by their bytes.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from adapters.numpy_alone import NDArray, np
from domain.embedding import Vector

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Counts: TypeAlias = NDArray[np.uint16]

_WORD = 8
_STEPS = 127
_BLOCK = 16_384
"""Entries that are compared at once: few enough that what is between stays in the processor's cache."""


def quantised(vector: Vector) -> tuple[float, bytes]:
    """The scale, and a signed byte for each dimension."""
    values = _floats(vector)
    scale = float(np.abs(values).max(initial=0.0)) / _STEPS
    steps = np.rint(values / scale) if scale else np.zeros_like(values)
    return scale, steps.astype(np.int8).tobytes()


def sign_bits(vector: Vector) -> bytes:
    """A bit for each dimension, padded to whole words of 64."""
    return _padded(np.packbits(_floats(vector) > 0)).tobytes()


def numbers(packed: bytes) -> Ints:
    return np.frombuffer(packed, "<i8").astype(np.int64, copy=False)


def packed_numbers(values: Iterable[int]) -> bytes:
    return whole_numbers(values).astype("<i8").tobytes()


def whole_numbers(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def differing_signs(vector: Vector, bits: NDArray[np.uint64]) -> Counts:
    """In how many signs each entry differs from the vector; `bits` has a row for each word, a column for each entry.

    Word by word costs half of entry by entry.
    """
    asked = np.frombuffer(sign_bits(vector), np.uint64)
    differing = np.zeros(bits.shape[1], np.uint16)
    for at in range(0, len(differing), _BLOCK):
        block = differing[at : at + _BLOCK]
        for word, entries in zip(asked, bits, strict=False):  # without entries, there are no rows either
            block += np.bitwise_count(entries[at : at + _BLOCK] ^ word)
    return differing


def fewest(counts: Counts, limit: int) -> Ints:
    """Places of so many of the smallest counts; in no order."""
    if len(counts) <= limit:
        return np.arange(len(counts))
    last = np.partition(counts, limit - 1)[limit - 1]
    below = np.flatnonzero(counts < last)
    return np.concatenate((below, np.flatnonzero(counts == last)[: limit - len(below)]))


def similarities(vector: Vector, scales: Sequence[float], quantised_bytes: Sequence[bytes]) -> Floats:
    """The cosines of the vector with each of those that are kept."""
    if not quantised_bytes:
        return np.zeros(0, np.float32)
    steps = np.frombuffer(b"".join(quantised_bytes), np.int8).reshape(len(quantised_bytes), -1).astype(np.float32)
    found: Floats = (steps @ _floats(vector)) * np.asarray(scales, np.float32)
    return found


def held_in(values: Ints, sorted_values: Ints) -> NDArray[np.bool_]:
    """Which of the values are among the others."""
    if not len(sorted_values):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(sorted_values, values)
    places[places == len(sorted_values)] = 0
    found: NDArray[np.bool_] = sorted_values[places] == values
    return found


def _floats(vector: Vector) -> Floats:
    return np.frombuffer(vector, np.float32)


def _padded(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.pad(packed, (0, -len(packed) % _WORD))
