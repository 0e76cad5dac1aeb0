"""Reads the story's files, in the order in which it is told."""

import tomllib
from pathlib import Path

from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.story.series import series

FILES = ("spring", "summer", "winter")


def items() -> list[Row]:
    folder = Path(__file__).parent
    told = [item for name in FILES for item in tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))["item"]]
    return [*told, *series()]
