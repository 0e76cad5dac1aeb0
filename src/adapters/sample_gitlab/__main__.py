"""Runs a sample GitLab as its own process: `python -m adapters.sample_gitlab --corpus DIR --port 8099`."""

import argparse
import gc
import sys
import threading
from pathlib import Path

from adapters.sample_gitlab.corpus import CORPUS_TOKEN, load_corpus
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.model import Token
from adapters.sample_gitlab.profile import Profile
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from adapters.sample_gitlab.settings import RateLimit, Settings
from adapters.sample_gitlab.world import World


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m adapters.sample_gitlab", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--corpus", type=Path, help="directory with meta.json and projects/")
    source.add_argument("--sample", action="store_true", help="the built-in sample projects")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--root", default="", help="relative root, such as /gitlab")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--cap-latency-ms", type=float, help="latency is drawn between --latency-ms and this")
    parser.add_argument("--token", help=f"instead of {SAMPLE_TOKEN} or {CORPUS_TOKEN}")
    parser.add_argument("--version", default=Profile().version, help="GitLab version to be like")
    parser.add_argument("--requests-per-minute", type=int, help="refuse more with 429")
    return parser


def world_of(options: argparse.Namespace) -> World:
    world = sample_world() if options.sample else load_corpus(options.corpus)
    if options.token:
        (known,) = world.tokens.values()
        world.tokens = {options.token: Token(text=options.token, username=known.username)}
    return world


def main(argv: list[str] | None = None) -> None:
    """Prints the URL on a line of its own when the server is ready, and runs until it is killed."""
    options = arguments().parse_args(argv)
    world = world_of(options)
    gc.freeze()
    limit = options.requests_per_minute
    settings = Settings(
        port=options.port,
        root=options.root,
        profile=Profile(version=options.version),
        latency_ms=options.latency_ms,
        latency_cap_ms=options.cap_latency_ms,
        rate_limit=RateLimit(requests=limit) if limit else None,
    )
    with SampleGitLab(world, settings) as gitlab:
        sys.stdout.write(f"{gitlab.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
