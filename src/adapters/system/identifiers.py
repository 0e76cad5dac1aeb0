"""Random names."""

from uuid import uuid4


class UuidIdentifiers:
    """Port `Identifiers`."""

    def new(self) -> str:
        return str(uuid4())
