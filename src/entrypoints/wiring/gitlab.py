"""The configured GitLabs and the tokens for them."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from entrypoints.quick_injector import providers
from entrypoints.settings import InstanceSettings, Settings
from entrypoints.surroundings import Surroundings
from entrypoints.wiring.system import System

if TYPE_CHECKING:
    from application.ports.clock import Clock
    from application.ports.gitlab_reader import GitLabs
    from application.ports.private_files import PrivateFiles
    from application.ports.tokens import Tokens

_ONLY_VARIABLE = "GITLAB_TOKEN"
_HASTY_WAITS_MS = 3_000
_HASTY_MS = 15_000


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
    from adapters.gitlab.retries import Patience
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
    patience = Patience(waits_ms=_HASTY_WAITS_MS, elapsed_ms=_HASTY_MS) if surroundings.hasty else Patience()
    habits = Habits(version=program_version(), budget_folder=budget_folder, patience=patience)
    return closing.enter_context(HttpGitLabs(connections, clock, habits))


def _secret(tokens: Tokens, instance: str) -> str:
    return tokens.find(instance).secret


class GitLabAccess(System):
    tokens = providers.ThreadSafeSingleton(
        _tokens, settings=System.settings, surroundings=System.surroundings, private_files=System.private_files
    )
    gitlabs = providers.ThreadSafeSingleton(
        _gitlabs,
        settings=System.settings,
        surroundings=System.surroundings,
        tokens=tokens,
        clock=System.clock,
        closing=System.closing,
    )
