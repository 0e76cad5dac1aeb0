"""Reads the settings: flag before environment before file before default, remembering where each came from."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from domain.errors import ConfigInvalid, ConfigNotFound, FileError
from entrypoints import places
from entrypoints.config_checks import CheckedConfig, ConfigChecks, describe
from entrypoints.config_keys import TABLES
from entrypoints.settings import (
    EmbeddingSettings,
    InstanceSettings,
    Settings,
    StorageSettings,
    SyncSettings,
    WhoSettings,
)

CONFIG_VARIABLE = "LORE_CONFIG"
DATABASE_VARIABLE = "LORE_DATABASE_URL"


def load_settings(environ: Mapping[str, str], *, config: Path | None = None) -> Settings:
    """Raises `ConfigInvalid`, `ConfigNotFound` for a file that was named and is not there, and `FileError`.

    No file at the usual place is no error: whoever needs an instance asks `Settings.configured_instances`.
    """
    file, named_by = config_place(environ, config)
    text = _read(file)
    if text is None and named_by is not None:
        raise ConfigNotFound(
            f"{describe(file)}, named by {named_by}, does not exist.",
            suggestion="Name another file, or make this one.",
            actions=["lore init"],
        )
    checked = ConfigChecks(describe(file)).check(_parsed(file, text or ""))
    database, database_origin = _database(environ, checked, file)
    origins = _origins(checked, file)
    if named_by is not None:
        origins["config_file"] = named_by
    if database_origin is not None:
        origins["storage.database_url"] = database_origin
    return _settings(checked, file=file, exists=text is not None, database=database, origins=origins)


def config_place(environ: Mapping[str, str], flag: Path | None) -> tuple[Path, str | None]:
    """Where the configuration is or would be, and who says so; None: the platform."""
    if flag is not None:
        return flag.expanduser().absolute(), "flag --config"
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser().absolute(), f"environment {CONFIG_VARIABLE}"
    return places.config_file(), None


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ConfigInvalid(
            f"{describe(file)} is no UTF-8 text.", suggestion="Save it as UTF-8, as TOML asks."
        ) from error
    except OSError as error:
        raise FileError(
            f"{describe(file)} cannot be read: {error.strerror}.",
            suggestion="Mend its permissions, or name another file with --config.",
        ) from error


def _parsed(file: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(
            f"{describe(file)} is no TOML: {error}.",
            suggestion="Mend that line; spec: https://toml.io.",
            actions=["lore config path"],
            details={"source": describe(file)},
        ) from error


def _database(environ: Mapping[str, str], checked: CheckedConfig, file: Path) -> tuple[str, str | None]:
    if url := environ.get(DATABASE_VARIABLE):
        origin = f"environment {DATABASE_VARIABLE}"
        wanted = TABLES["storage"]["database_url"]
        return str(ConfigChecks("environment").value(DATABASE_VARIABLE, wanted, url)), origin
    if url_in_file := checked.tables.get("storage", {}).get("database_url"):
        return _beside(file, str(url_in_file)), f"file {describe(file)}"
    return f"sqlite:///{places.data_folder() / 'lore.db'}", None


def _beside(file: Path, url: str) -> str:
    """A relative path in the file counts from the file's own folder."""
    return f"sqlite:///{file.parent / url.removeprefix('sqlite:///')}"


def _origins(checked: CheckedConfig, file: Path) -> dict[str, str]:
    keys = list(checked.top)
    keys += [f"{name}.{key}" for name, table in checked.tables.items() for key in table]
    keys += [f"instances.{instance['name']}.{key}" for instance in checked.instances for key in instance]
    return dict.fromkeys(keys, f"file {describe(file)}")


def _settings(
    checked: CheckedConfig, *, file: Path, exists: bool, database: str, origins: Mapping[str, str]
) -> Settings:
    tables, top = checked.tables, checked.top
    store_file = Path(database.removeprefix("sqlite:///")).absolute()
    return Settings(
        config_file=file,
        config_exists=exists,
        data_folder=store_file.parent,
        storage=StorageSettings(database_url=f"sqlite:///{store_file}"),
        instances=tuple(_instance(each, file.parent) for each in checked.instances),
        sync=SyncSettings(**tables.get("sync", {})),  # type: ignore[arg-type]  # the key table reads each as its field
        embedding=EmbeddingSettings(**tables.get("embedding", {})),  # type: ignore[arg-type]  # as above
        who=WhoSettings(**tables.get("who", {})),  # type: ignore[arg-type]  # as above
        default_project=str(top["default_project"]) if "default_project" in top else None,
        origins=origins,
    )


def _instance(values: Mapping[str, object], folder: Path) -> InstanceSettings:
    located = {key: folder / value if isinstance(value, Path) else value for key, value in values.items()}
    return InstanceSettings(**located)  # type: ignore[arg-type]  # the key table reads each as its field
