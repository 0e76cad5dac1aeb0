"""From the settings and what was typed to the command that a sync gets."""

from dataclasses import dataclass

from application.operations.current_project import CurrentProject, FindCurrentProject, InstanceAddress
from application.sync.commands import NamedOnInstance, SyncProjects
from domain.addresses import same_path
from domain.dates import DAY_MS
from domain.errors import ConfigInvalid, UsageError
from domain.targets import ConfiguredInstance
from entrypoints.settings import InstanceSettings, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardWishes:
    """None: as the settings say."""

    project: str | None
    full: bool
    docs: bool
    embed: bool
    events: bool | None
    diffs: bool | None
    reconcile: bool = False


def configured(settings: Settings) -> tuple[ConfiguredInstance, ...]:
    return tuple(
        ConfiguredInstance(name=one.name, base_url=one.url, projects=one.projects, groups=one.groups)
        for one in settings.configured_instances()
    )


def default_project(settings: Settings, current_project: CurrentProject) -> str | None:
    """The project of the git checkout, by its address, else the configured one, by its path."""
    addresses = tuple(InstanceAddress(name=one.name, base_url=one.url) for one in settings.configured_instances())
    found = current_project(FindCurrentProject(instances=addresses))
    return settings.default_project if found is None else f"{found.base_url}/{found.path}"


def standard_command(settings: Settings, wishes: StandardWishes) -> SyncProjects:
    """Raises `UsageError` for a project that no instance is configured to sync."""
    instances = settings.configured_instances()
    projects = tuple(_named(one, path) for one in instances for path in one.projects)
    groups = tuple(_named(one, path) for one in instances for path in one.groups)
    if wishes.project is not None:
        projects, groups = _only(instances, wishes.project), ()
    if not projects and not groups:
        raise ConfigInvalid(
            f"{settings.config_file} names no project and no group to sync.",
            suggestion="Add projects or groups to an instance, or name single items with --issue and --mr.",
            actions=["lore config path"],
        )
    return SyncProjects(
        projects=projects,
        groups=groups,
        full=wishes.full,
        reconcile=wishes.reconcile,
        reconcile_after_ms=settings.sync.reconcile_days * DAY_MS,
        docs=wishes.docs,
        embed=wishes.embed,
        events=settings.sync.fetch_resource_events if wishes.events is None else wishes.events,
        diffs=settings.sync.fetch_diffs if wishes.diffs is None else wishes.diffs,
    )


def _named(instance: InstanceSettings, path: str) -> NamedOnInstance:
    return NamedOnInstance(instance=instance.name, base_url=instance.url, path=path)


def _only(instances: tuple[InstanceSettings, ...], path: str) -> tuple[NamedOnInstance, ...]:
    """The one project, wherever it is configured by itself or below a group."""
    wanted = path.strip("/")
    holders = [
        one
        for one in instances
        if any(same_path(wanted, known) for known in one.projects)
        or any(same_path(wanted[: len(group) + 1], f"{group}/") for group in one.groups)
    ]
    if holders:
        return tuple(_named(one, wanted) for one in holders)
    known = sorted({known for one in instances for known in (*one.projects, *one.groups)})
    raise UsageError(
        f"{path} is no project that the configuration names, nor below one of its groups.",
        suggestion=f"Give the full path of a configured one ({', '.join(known[:10])}), or add it to the configuration.",
        actions=["lore config path"],
        details={"target": path, "reason": "not configured", "configured": known},
    )
