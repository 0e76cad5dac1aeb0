"""The door of the composition root: opens a container of all rooms (`entrypoints.wiring`), and the sample GitLab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from entrypoints.settings import Settings
from entrypoints.surroundings import Surroundings
from entrypoints.wiring.operations import Operations

__all__ = ["Container", "SampleInstance", "Surroundings", "open_container", "open_sample_gitlab"]


class Container(Operations):
    """Every use-case; the last room holds the others."""


@contextmanager
def open_container(settings: Settings, surroundings: Surroundings) -> Iterator[Container]:
    """Give a container for the block, and close what it opened when the block ends."""
    with ExitStack() as closing:
        yield Container(settings=settings, surroundings=surroundings, closing=closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInstance:
    """The built-in sample GitLab while it runs, on loopback."""

    url: str
    token: str = field(repr=False)
    projects: tuple[str, ...]


@contextmanager
def open_sample_gitlab() -> Iterator[SampleInstance]:
    """Run the sample for the block, on a free port."""
    from adapters.sample_gitlab.gitlab import SampleGitLab
    from adapters.sample_gitlab.sample_data import PROJECTS, SAMPLE_TOKEN, sample_world

    with SampleGitLab(sample_world()) as gitlab:
        yield SampleInstance(url=gitlab.url, token=SAMPLE_TOKEN, projects=tuple(PROJECTS.values()))
