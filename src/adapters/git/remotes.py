"""A checkout's remotes, the one of the current branch first."""

from adapters.git.command import Git, GitFailed
from domain.git_remotes import Remote, parse_remote

_MOST = 20
_ORIGIN = "origin"


def remotes(git: Git, root: str) -> tuple[Remote, ...]:
    names = _names(git, root)
    first = [_tracked(git, root), _ORIGIN]
    ordered = sorted(names, key=lambda name: (first.index(name) if name in first else len(first), name))
    found = (parse_remote(name, _text(git, root, "remote", "get-url", "--", name)) for name in ordered[:_MOST])
    return tuple(remote for remote in found if remote is not None)


def default_branch(git: Git, root: str, remote: str) -> str | None:
    """What the clone recorded as the remote's HEAD; later changes on the server are not seen."""
    prefix = f"refs/remotes/{remote}/"
    target = _text(git, root, "symbolic-ref", "--quiet", f"{prefix}HEAD")
    return target.removeprefix(prefix) if target.startswith(prefix) else None


def _names(git: Git, root: str) -> list[str]:
    return [name for name in _text(git, root, "remote").split("\n") if name]


def _tracked(git: Git, root: str) -> str:
    branch = _text(git, root, "symbolic-ref", "--quiet", "--short", "HEAD")
    return _text(git, root, "config", "--get", f"branch.{branch}.remote") if branch else ""


def _text(git: Git, root: str, *arguments: str) -> str:
    """git's one answer; empty where it has none."""
    try:
        return git(root, *arguments).decode(errors="replace").removesuffix("\n")
    except GitFailed:
        return ""
