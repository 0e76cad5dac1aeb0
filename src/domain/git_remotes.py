"""Which project a git remote points to: its host and path, without credentials."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_SCP_LIKE = re.compile(r"^(?:[^@/\s]+@)?(?P<host>\[[^\]]+\]|[^:/\s@]+):(?P<path>(?!//).+)$")
_SCHEMES = frozenset({"http", "https", "ssh", "git", "git+ssh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A remote of a checkout. User, password and port are left out: the first two are secrets."""

    name: str
    host: str
    path: str
    """The path on the host without leading slash and `.git`; behind a relative root, the root is part of it."""


def parse_remote(name: str, url: str) -> Remote | None:
    """Read `https://`, `ssh://`, `git://` and `user@host:path` URLs; None for local paths and the like."""
    parts = urlsplit(url)
    if parts.scheme in _SCHEMES and parts.hostname:
        return _remote(name, parts.hostname, unquote(parts.path))
    found = _SCP_LIKE.match(url)
    if found is None or "://" in url or len(found["host"]) == 1:  # `C:\repo` is a local path
        return None
    return _remote(name, found["host"], found["path"])


def _remote(name: str, host: str, path: str) -> Remote | None:
    bare = path.strip("/").removesuffix(".git").rstrip("/")
    return Remote(name=name, host=host.casefold(), path=bare) if bare else None


def project_path(remote: Remote, base_url: str) -> str | None:
    """The project of the GitLab at `base_url` that the remote points to; None if it is another host's.

    Over ssh the relative root of the web address is not part of the path, so both forms are accepted.
    """
    parts = urlsplit(base_url)
    if parts.hostname is None or _host(remote.host) != _host(parts.hostname):
        return None
    root = parts.path.strip("/")
    return remote.path.removeprefix(f"{root}/") if root else remote.path


def _host(name: str) -> str:
    """GitLab's ssh host may be an alias of the web host (`altssh.gitlab.com`, `ssh.example.com`)."""
    return name.casefold().removeprefix("altssh.").removeprefix("ssh.").removeprefix("www.")
