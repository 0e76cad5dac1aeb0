"""What documents could be made from."""

from collections.abc import Sequence
from typing import Protocol

from domain.refs import SourceKey, SourceType


class DocumentSources(Protocol):
    def page(self, source_type: SourceType, *, after_id: int, limit: int) -> Sequence[SourceKey]:
        """The next keys of this type that have no tombstone, by their ids; none: that was the last page."""
        ...
