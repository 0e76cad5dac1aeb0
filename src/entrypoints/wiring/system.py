"""What every other room stands on: the settings, this process, its clock, threads, files and checkout."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from entrypoints.quick_injector import containers, providers
from entrypoints.settings import Settings
from entrypoints.surroundings import Surroundings

if TYPE_CHECKING:
    from application.ports.blame import Blame
    from application.ports.cancellation import Cancellation
    from application.ports.clock import Clock
    from application.ports.identifiers import Identifiers
    from application.ports.private_files import PrivateFiles
    from application.ports.process_identity import ProcessIdentity
    from application.ports.progress import Progress
    from application.ports.workers import Workers

_GIT_SECONDS = 30


def _clock() -> Clock:
    from adapters.system.clock import SystemClock

    return SystemClock()


def _identifiers() -> Identifiers:
    from adapters.system.identifiers import UuidIdentifiers

    return UuidIdentifiers()


def _process() -> ProcessIdentity:
    from adapters.system.process_identity import SystemProcessIdentity

    return SystemProcessIdentity()


def _cancellation(closing: ExitStack) -> Cancellation:
    """Asked for in the main thread, which alone hears signals."""
    from adapters.system.cancellation import SignalCancellation

    cancellation = SignalCancellation()
    closing.enter_context(cancellation.listening())
    return cancellation


def _progress(surroundings: Surroundings) -> Progress:
    return surroundings.progress


def _workers(settings: Settings) -> Workers:
    from adapters.threads.workers import ThreadWorkers

    return ThreadWorkers(settings.sync.concurrency)


def _blame(surroundings: Surroundings) -> Blame:
    from pathlib import Path

    from adapters.git.blame import GitBlame
    from adapters.git.command import Git

    git = Git(program="git", environment=surroundings.environ, timeout_seconds=_GIT_SECONDS)
    return GitBlame(git=git, folder=Path.cwd())


def _private_files() -> PrivateFiles:
    from adapters.secrets.private_files import DiskPrivateFiles

    return DiskPrivateFiles()


class System(containers.DeclarativeContainer):
    settings = providers.Dependency(instance_of=Settings)
    surroundings = providers.Dependency(instance_of=Surroundings)
    closing = providers.Dependency(instance_of=ExitStack)
    clock = providers.ThreadSafeSingleton(_clock)
    identifiers = providers.ThreadSafeSingleton(_identifiers)
    process = providers.ThreadSafeSingleton(_process)
    cancellation = providers.ThreadSafeSingleton(_cancellation, closing=closing)
    progress = providers.ThreadSafeSingleton(_progress, surroundings=surroundings)
    workers = providers.ThreadSafeSingleton(_workers, settings=settings)
    blame = providers.ThreadSafeSingleton(_blame, surroundings=surroundings)
    private_files = providers.ThreadSafeSingleton(_private_files)
