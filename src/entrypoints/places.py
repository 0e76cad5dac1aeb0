"""Where things lie when nothing says otherwise: the platform's own folders for `lore`."""

from pathlib import Path

_NAME = "lore"


def config_file() -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - `--help` needs no folders

    return user_config_path(_NAME) / "config.toml"


def data_folder() -> Path:
    from platformdirs import user_data_path  # noqa: PLC0415 - `--help` needs no folders

    return user_data_path(_NAME)


def log_folder() -> Path:
    from platformdirs import user_log_path  # noqa: PLC0415 - `--help` needs no folders

    return user_log_path(_NAME)
