"""The composition root: the one module that knows which adapter meets which port.

Each builder imports its adapter when it is first asked for, so a command pays only for what it uses, and its return
type makes mypy check that the adapter meets the port. What must be closed is entered on one stack, which closes it in
reverse order whatever else fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

from application.operations.check_tokens import CheckTokens
from application.ports.clock import Clock
from application.ports.gitlab_reader import GitLabs
from application.ports.private_files import PrivateFiles
from application.ports.tokens import Tokens
from entrypoints.quick_injector import containers, providers
from entrypoints.settings import InstanceSettings, Settings

_ONLY_VARIABLE = "GITLAB_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a container gets from the door that opens it."""

    environ: Mapping[str, str] = field(repr=False)
    urgent: bool = False
    """Somebody waits for a few items: requests may use the part of the budget that bulk work leaves."""


def _clock() -> Clock:
    from adapters.system.clock import SystemClock

    return SystemClock()


def _private_files() -> PrivateFiles:
    from adapters.secrets.private_files import DiskPrivateFiles

    return DiskPrivateFiles()


def _tokens(settings: Settings, surroundings: Surroundings, private_files: PrivateFiles) -> Tokens:
    from adapters.secrets.system_keyring import installed_keyring
    from adapters.secrets.tokens import SystemTokens, TokenPlace

    alone = len(settings.instances) == 1
    places = {
        instance.name: TokenPlace(
            url=instance.url,
            variable=_token_variable(instance, alone=alone),
            file=instance.token_file,
            command=instance.token_command,
        )
        for instance in settings.instances
    }
    return SystemTokens(
        places,
        environ=surroundings.environ,
        files=private_files,
        folder=settings.config_file.parent / "tokens",
        keyring=installed_keyring(),
    )


def _token_variable(instance: InstanceSettings, *, alone: bool) -> str | None:
    """GITLAB_TOKEN is meant for the only instance there is; of several, nobody could say for which."""
    if instance.token_env or instance.token_file or instance.token_command:
        return instance.token_env
    return _ONLY_VARIABLE if alone else None


def _gitlabs(
    settings: Settings, surroundings: Surroundings, tokens: Tokens, clock: Clock, closing: ExitStack
) -> GitLabs:
    from adapters.gitlab.readers import Habits, HttpGitLabs, InstanceConnection
    from entrypoints.program_version import program_version

    connections = [
        InstanceConnection(
            name=instance.name,
            url=instance.url,
            token=partial(_secret, tokens, instance.name),
            ca_file=str(instance.ca_file) if instance.ca_file else None,
            requests_per_second=settings.sync.requests_per_second,
            concurrency=settings.sync.concurrency,
            urgent=surroundings.urgent,
        )
        for instance in settings.instances
    ]
    budget_folder = settings.data_folder if settings.data_folder.is_dir() else None
    habits = Habits(version=program_version(), budget_folder=budget_folder)
    return closing.enter_context(HttpGitLabs(connections, clock, habits))


def _secret(tokens: Tokens, instance: str) -> str:
    return tokens.find(instance).secret


class Container(containers.DeclarativeContainer):
    settings = providers.Dependency(instance_of=Settings)
    surroundings = providers.Dependency(instance_of=Surroundings)
    closing = providers.Dependency(instance_of=ExitStack)

    clock = providers.ThreadSafeSingleton(_clock)
    private_files = providers.ThreadSafeSingleton(_private_files)
    tokens = providers.ThreadSafeSingleton(
        _tokens, settings=settings, surroundings=surroundings, private_files=private_files
    )
    gitlabs = providers.ThreadSafeSingleton(
        _gitlabs, settings=settings, surroundings=surroundings, tokens=tokens, clock=clock, closing=closing
    )

    check_tokens = providers.Factory(CheckTokens, gitlabs=gitlabs, tokens=tokens, clock=clock)


@contextmanager
def open_container(settings: Settings, surroundings: Surroundings) -> Iterator[Container]:
    """Give a container for the block, and close what it opened when the block ends."""
    with ExitStack() as closing:
        yield Container(settings=settings, surroundings=surroundings, closing=closing)
