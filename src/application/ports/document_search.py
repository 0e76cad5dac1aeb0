"""Finding items by the words of their documents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.document_records import DocumentPart
from domain.named_items import NamedItem
from domain.ranking import ItemId
from domain.refs import EntityKind, ProjectId, SourceType


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """Every condition that is given must hold; they hold inside the search, so a narrow filter loses no result.

    `author` wrote the document (the item, or the thread's first note); labels and state are the item's. Names compare
    whatever their case; times are milliseconds UTC.
    """

    source_types: tuple[SourceType, ...] = ()
    """With `DISCUSSION` among them: documents of these types; without: all documents of items of these types."""
    project_ids: tuple[ProjectId, ...] | None = None
    author: str | None = None
    labels: tuple[str, ...] = ()
    state: str | None = None
    path: str | None = None
    """A file, or a folder that ends with a slash."""
    created_since: int | None = None
    created_until: int | None = None
    updated_since: int | None = None

    @property
    def is_of_items(self) -> bool:
        """Whether it holds for all documents of an item or for none."""
        of_documents = (self.author, self.path, self.created_since, self.created_until, self.updated_since)
        return SourceType.DISCUSSION not in self.source_types and all(one is None for one in of_documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    document_id: int
    item: ItemId
    source_type: SourceType
    project_path: str
    kind: EntityKind
    iid: int
    title: str
    """The item's title as GitLab shows it."""
    state: str
    parts: tuple[DocumentPart, ...]
    item_web_url: str
    author: str
    updated_at: int


class DocumentSearch(Protocol):
    """Expressions are those of `domain.query`."""

    def frequency(self, expression: str, *, at_most: int) -> int:
        """In how many items the expression occurs, counted up to `at_most`."""
        ...

    def size(self) -> int:
        """How many items can be found."""
        ...

    def by_text(self, expression: str, chosen: SearchFilter, *, limit: int, rare: str = "") -> dict[ItemId, float]:
        """BM25 with field weights of the best items, the best first; with `rare`, of those that match this too.

        What an expression asks for may stand anywhere in an item; with a filter that not all its documents pass, in one
        document that does.
        """
        ...

    def holding(self, literals: Sequence[str], items: Collection[ItemId]) -> frozenset[ItemId]:
        """Those of the items whose texts hold all the literals, letter by letter."""
        ...

    def named(self, names: Sequence[NamedItem], chosen: SearchFilter) -> frozenset[ItemId]:
        """The items of these names whose own documents pass the filter; of every project that could be meant."""
        ...

    def items_of(self, document_ids: Collection[int]) -> dict[int, ItemId]: ...

    def telling(
        self, items: Collection[ItemId], chosen: SearchFilter, terms: Sequence[str], *, most: int
    ) -> dict[ItemId, tuple[FoundDocument, ...]]:
        """At most so many documents of each item that the filter lets through: those with the most of the terms, lower
        case beginnings of words; among equals the item's own first, then the oldest."""
        ...

    def documents(self, ids: Collection[int]) -> dict[int, FoundDocument]: ...
