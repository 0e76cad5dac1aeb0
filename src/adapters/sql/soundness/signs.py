"""Which packed entries are a vector's own: of the same document, and with the signs of its numbers."""

from dataclasses import dataclass

from adapters.numpy_alone import NDArray, np
from adapters.sql.vector_kernel import Ints

Bytes = NDArray[np.uint8]

_WORD_BITS = 64
NO_ENTRY = -1
CONTRADICTED = -2
"""There are entries of that key and document, but none with the vector's signs: one of the two was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Everything that the segments of one space and kind hold, by key."""

    keys: Ints
    owners: Ints
    bits: Bytes
    """A row for each entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    keys: Ints
    owners: Ints
    """The documents they belong to."""
    steps: NDArray[np.int8]
    """A row for each vector."""


def bytes_of(dimensions: int) -> int:
    """Of an entry's sign bits, which fill whole words."""
    return -(-dimensions // _WORD_BITS) * _WORD_BITS // 8


def by_key(keys: Ints, owners: Ints, bits: Bytes) -> Entries:
    order = np.argsort(keys, kind="stable")
    return Entries(keys=keys[order], owners=owners[order], bits=bits[order])


def places_of(vectors: Vectors, entries: Entries) -> Ints:
    """Where each vector has its entry, or `NO_ENTRY`, or `CONTRADICTED`.

    Entries of vectors that are gone may bear the same key, so one that is right is enough.
    """
    ones = signs_of(vectors.steps)
    zeros = _packed(vectors.steps < 0, padded_with=True)
    first = np.searchsorted(entries.keys, vectors.keys, "left")
    last = np.searchsorted(entries.keys, vectors.keys, "right")
    found = np.full(len(vectors.keys), NO_ENTRY, np.int64)
    for turn in range(int((last - first).max(initial=0))):
        rows = np.flatnonzero((found < 0) & (first + turn < last))
        rows = rows[entries.owners[first[rows] + turn] == vectors.owners[rows]]
        places = first[rows] + turn
        bits = entries.bits[places]
        wrong = ((bits & zeros[rows]) | (~bits & ones[rows])).any(axis=1)
        found[rows] = np.where(wrong, CONTRADICTED, places)
    return found


def signs_of(steps: NDArray[np.int8]) -> Bytes:
    """As the index packs them. A number so small that it became 0 counts as negative: its sign is not known."""
    return _packed(steps > 0, padded_with=False)


def _packed(flags: NDArray[np.bool_], *, padded_with: bool) -> Bytes:
    missing = -flags.shape[1] % _WORD_BITS
    return np.packbits(np.pad(flags, ((0, 0), (0, missing)), constant_values=padded_with), axis=1)
