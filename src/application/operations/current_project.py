"""Which project is meant where one is needed and none is named (spec/cli.md)."""

from collections.abc import Iterator
from dataclasses import dataclass

from application.ports.blame import Blame
from application.sync.commands import NamedOnInstance
from domain.errors import FileError
from domain.git_remotes import Remote, project_path


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceAddress:
    name: str
    base_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCurrentProject:
    instances: tuple[InstanceAddress, ...]
    folder: str = "."


class CurrentProject:
    """The project of the git checkout's remote, on the first instance that lies on that host; None: there is none.

    Where git is missing or refuses, there is no checkout.
    """

    def __init__(self, *, blame: Blame) -> None:
        self._blame = blame

    def __call__(self, command: FindCurrentProject) -> NamedOnInstance | None:
        for remote in self._remotes(command.folder):
            for instance in command.instances:
                path = project_path(remote, instance.base_url)
                if path is not None:
                    return NamedOnInstance(instance=instance.name, base_url=instance.base_url, path=path)
        return None

    def _remotes(self, folder: str) -> Iterator[Remote]:
        try:
            place = self._blame.locate(folder)
        except FileError:
            return
        if place is not None:
            yield from place.checkout.remotes
