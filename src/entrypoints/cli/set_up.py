"""From what was wished to a configuration that works."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer

from application.ports.tokens import Tokens
from domain.errors import ConfigInvalid, UsageError
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.screen import Cell, Screen
from entrypoints.config_checks import ConfigChecks, describe
from entrypoints.config_keys import INSTANCE, TOP
from entrypoints.config_text import new_config, with_instance
from entrypoints.config_values import Value
from entrypoints.settings import InstanceSettings, Settings

_SOURCE = "lore init"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """As typed; nothing of it is checked yet."""

    url: str | None = None
    name: str | None = None
    token_env: str | None = None
    projects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    username: str | None = None
    default_project: str | None = None
    secret: str | None = field(default=None, repr=False)
    """A token that was typed, to be kept."""


def set_up(ctx: typer.Context, wishes: Wishes, *, check: bool, force: bool) -> None:
    """With `check`, everything is asked of GitLab first, and nothing is written if anything is wrong."""
    from application.operations.check_tokens import CheckedInstance
    from application.operations.set_up_instance import SetUp

    settings = invocation(ctx).settings()
    instance = checked_instance(wishes)
    text = _config_text(settings, instance, wishes.default_project, force=force)
    kept = () if force else settings.instances
    draft = replace(settings, config_exists=True, instances=(*kept, instance))
    for warning in replace(draft, instances=(instance,)).warnings():
        invocation(ctx).warn(warning)
    with opened(ctx, draft, hasty=True) as box, _kept(box.tokens(), instance.name, wishes.secret):
        if not check:
            box.private_files().write(str(settings.config_file), text)
            data = {"config_path": str(settings.config_file), "token": None, "projects": instance.projects}
            answer(ctx, data, lambda screen: _show_end(screen, settings.config_file, instance.projects))
            return
        report = box.set_up_instance()(
            SetUp(
                instance=CheckedInstance(name=instance.name, url=instance.url),
                projects=instance.projects,
                groups=instance.groups,
                config_path=str(settings.config_file),
                config_text=text,
            )
        )
    answer(ctx, report, lambda screen: _show_end(screen, settings.config_file, report.projects))


@contextmanager
def _kept(tokens: Tokens, instance: str, secret: str | None) -> Iterator[None]:
    """Keep a token that was typed, unless the block fails."""
    if secret is None:
        yield
        return
    tokens.keep(instance, secret)
    try:
        yield
    except BaseException:
        tokens.forget(instance)
        raise


def checked_instance(wishes: Wishes) -> InstanceSettings:
    """Raises `ConfigInvalid` for what cannot be a setting, by the same rules as for the file."""
    if wishes.url is None:
        raise UsageError(
            "There is no --url, and nobody to ask for it.",
            suggestion="`lore init --non-interactive --url URL --token-env VAR --project group/app` asks nothing.",
        )
    url = str(_checked("--url", INSTANCE["url"], wishes.url))
    plain = InstanceSettings(name="new", url=url)
    name = str(_checked("--name", INSTANCE["name"], wishes.name or plain.site.host.strip("[]").replace(":", ".")))
    return replace(
        plain,
        name=name,
        token_env=_text("--token-env", INSTANCE["token_env"], wishes.token_env),
        username=_text("--username", INSTANCE["username"], wishes.username),
        projects=_texts("--project", INSTANCE["projects"], wishes.projects),
        groups=_texts("--group", INSTANCE["groups"], wishes.groups),
    )


def _checked(option: str, wanted: Value, value: object) -> object:
    return ConfigChecks(_SOURCE).value(option, wanted, value)


def _text(option: str, wanted: Value, value: str | None) -> str | None:
    return None if value is None else str(_checked(option, wanted, value))


def _texts(option: str, wanted: Value, values: tuple[str, ...]) -> tuple[str, ...]:
    checked = _checked(option, wanted, list(values))
    return tuple(map(str, checked)) if isinstance(checked, tuple) else ()


def _config_text(settings: Settings, instance: InstanceSettings, default_project: str | None, *, force: bool) -> str:
    default = _text("--default-project", TOP["default_project"], default_project)
    if force or not settings.config_exists:
        return new_config(instance, default)
    for known in settings.instances:
        if known.name == instance.name or known.url == instance.url:
            raise ConfigInvalid(
                f"{describe(settings.config_file)} has {known.url} already, as {known.name}.",
                suggestion="Edit the file, or replace it with --force.",
                actions=["lore config path", "lore auth"],
            )
    if default is not None:
        raise UsageError(
            f"{describe(settings.config_file)} is there already; --default-project is not added to it.",
            suggestion="Edit the file, or replace it with --force.",
        )
    text = with_instance(settings.config_file.read_text(encoding="utf-8"), instance)
    ConfigChecks(describe(settings.config_file)).check(tomllib.loads(text))
    return text


def _show_end(screen: Screen, config_file: Path, projects: tuple[str, ...]) -> None:
    screen.line(Cell("✓ ", "green"), f"{config_file} is written.")
    for path in projects:
        screen.line(Cell("✓ ", "green"), path)
    screen.line("Next: ", Cell("lore sync", "cyan"), " brings it all in.")
