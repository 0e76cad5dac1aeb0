"""The settings in force as rows, each with where it comes from."""

from dataclasses import dataclass, fields
from pathlib import Path

from entrypoints.redaction import redact
from entrypoints.settings import Settings

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    key: str
    value: object
    origin: str
    """`flag ...`, `environment ...`, `file ...` or `default`."""

    @property
    def shown(self) -> str:
        """The value for people."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return ", ".join(map(str, self.value)) if isinstance(self.value, tuple) else str(self.value)


def setting_rows(settings: Settings) -> tuple[SettingRow, ...]:
    """Every setting once, by its dotted name; passwords in addresses are hidden."""
    rows = [
        _row(settings, "config_file", settings.config_file),
        _row(settings, "default_project", settings.default_project),
    ]
    for instance in settings.instances:
        rows += [
            _row(settings, f"instances.{instance.name}.{field.name}", getattr(instance, field.name))
            for field in fields(instance)
            if field.name != "name"
        ]
    for table in ("sync", "embedding", "storage"):
        record = getattr(settings, table)
        rows += [_row(settings, f"{table}.{field.name}", getattr(record, field.name)) for field in fields(record)]
    return tuple(rows)


def _row(settings: Settings, key: str, value: object) -> SettingRow:
    shown = redact(str(value)) if isinstance(value, str | Path) else value
    return SettingRow(key=key, value=shown, origin=settings.origins.get(key, DEFAULT))
