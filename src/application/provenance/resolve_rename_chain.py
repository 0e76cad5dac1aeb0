"""All names a file ever had, and which merge requests were about it under which name."""

from dataclasses import dataclass
from functools import partial

from application.ports.path_reader import PathReader
from domain.refs import ProjectId
from domain.renames import MAX_HOPS, Resolution, resolve_renames


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameChainOf:
    project_id: ProjectId
    path: str
    max_hops: int = MAX_HOPS
    """0: do not follow renames."""


class ResolveRenameChain:
    """None where no stored merge request touched the path."""

    def __init__(self, *, paths: PathReader) -> None:
        self._paths = paths

    def __call__(self, command: RenameChainOf) -> Resolution | None:
        changes_of = partial(self._paths.changes_of, command.project_id)
        return resolve_renames(command.path, changes_of, max_hops=command.max_hops)

    def outline(self, command: RenameChainOf) -> Resolution | None:
        """The names and renames of every life, which few of the changes tell: of those it holds only some."""
        outline_of = partial(self._paths.outline_of, command.project_id)
        return resolve_renames(command.path, outline_of, max_hops=command.max_hops)

    def names(self, project_id: ProjectId, path: str) -> tuple[str, ...] | None:
        """The names of the present life; None as above."""
        found = self.outline(RenameChainOf(project_id=project_id, path=path))
        return None if found is None else found.present.names
