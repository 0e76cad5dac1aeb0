"""The nearest entries among those whose document a filter lets through.

A wide filter is asked about the documents of the nearest entries only, more and more of them until enough have passed;
of a narrow one all documents are read, and only their entries count. Both find the same.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, select

from adapters.numpy_alone import np
from adapters.sql import vector_kernel as kernel
from adapters.sql.prepared import among
from adapters.sql.reading.document_filters import conditions, conditions_on_all
from adapters.sql.schema import documents
from adapters.sql.unchanged import Remembered
from adapters.sql.vectors.remembered_signs import Signs
from application.ports.document_search import SearchFilter

MOST_ASKED = 8
"""So many times the wanted entries are asked about, at most: beyond, to read all that passes costs less."""
_FIRST = 2
_SPARE = 1.5
"""More than the share that passed so far tells, so that one more round is enough."""


AllPassing: TypeAlias = Remembered[SearchFilter, kernel.Ints]
"""The documents that a filter lets through: a search asks twice, and the next one often with the same filter."""


class DocumentFilter:
    """A search's filter, within one transaction."""

    def __init__(self, connection: Connection, chosen: SearchFilter, all_passing: AllPassing) -> None:
        self._connection = connection
        self._chosen = chosen
        self._all_passing = all_passing
        self.lets_all_through = chosen == SearchFilter()

    def passing(self, ids: kernel.Ints) -> kernel.Ints:
        """Those of the documents that pass."""
        if self.lets_all_through:
            return ids
        statement = _IDS.where(among(documents.c.id, "ids"), *conditions(self._chosen))
        return _numbers(self._connection, statement, ids=json.dumps(np.unique(ids).tolist()))

    @property
    def knows_all_passing(self) -> bool:
        """Whether they have been read already, and nothing was committed since."""
        return self._all_passing.has(self._connection, self._chosen)

    def all_passing(self) -> kernel.Ints:
        return self._all_passing.of(self._connection, self._chosen)


def read_all_passing(connection: Connection, chosen: SearchFilter) -> kernel.Ints:
    return _numbers(connection, _IDS.where(*conditions_on_all(chosen)))


def _numbers(connection: Connection, statement: Select[tuple[Any, ...]], **values: str) -> kernel.Ints:
    return kernel.whole_numbers(connection.execute(statement, values).scalars().all())


_IDS = select(documents.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    signs: Signs
    differing: kernel.Counts
    """In how many signs each entry differs from what is asked."""


def nearest_places(scan: Scan, chosen: DocumentFilter, *, wanted: int) -> kernel.Ints:
    """Places of the entries that differ in the fewest signs, among those that pass; in no order."""
    if chosen.lets_all_through:
        return kernel.fewest(scan.differing, wanted)
    asked = _FIRST * wanted
    while asked <= MOST_ASKED * wanted and not chosen.knows_all_passing:
        places = kernel.fewest(scan.differing, asked)
        owners = scan.signs.documents[places]
        inside = places[np.isin(owners, chosen.passing(owners))]
        if len(inside) >= wanted or len(places) == len(scan.differing):
            return _fewest_among(scan, inside, wanted)
        asked = max(2 * asked, int(_SPARE * asked * wanted / (len(inside) + 1)))
    return _fewest_among(scan, np.isin(scan.signs.documents, chosen.all_passing()).nonzero()[0], wanted)


def _fewest_among(scan: Scan, places: kernel.Ints, wanted: int) -> kernel.Ints:
    return places[kernel.fewest(scan.differing[places], wanted)]
