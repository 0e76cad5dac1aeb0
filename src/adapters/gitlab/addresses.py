"""Where one GitLab is, and what of the URLs it sends still means that place."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from domain.addresses import Site, read_site
from domain.errors import ConfigInvalid, UsageError

_ITEM = re.compile(r"/(?P<project>.+?)/(?:-/)?(?:issues(?:/incident)?|work_items|merge_requests)/\d+(?:/.*)?")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLabAddress:
    """The only place that an instance's token is sent to."""

    site: Site
    url: str
    """Scheme, host, port and root path, without a slash at the end."""
    root: str
    """The path of a relative-URL installation, such as `/gitlab`, or empty."""

    @classmethod
    def of(cls, instance: str, url: str) -> "GitLabAddress":
        """Raises `ConfigInvalid`, which does not repeat the URL: it may hold a password."""
        try:
            site = read_site(url)
        except UsageError as error:
            raise ConfigInvalid(
                f"The url of instance {instance} is not usable: {error.message}.",
                suggestion="Give GitLab's own address, such as https://gitlab.example.com or https://host/gitlab.",
            ) from error
        text = str(site)
        return cls(site=site, url=text, root=urlsplit(text).path)

    @property
    def is_gitlab_com(self) -> bool:
        return self.site.host == "gitlab.com"

    @property
    def is_encrypted(self) -> bool:
        return self.site.scheme == "https"

    def target_of(self, location: str) -> str | None:
        """A redirect's target as path and query below this address, or None where it leads out of its API.

        GitLab builds such URLs from its own configuration, so behind a proxy scheme and port may be others
        (FACTS.md section b); the host may not.
        """
        try:
            parts = urlsplit(urljoin(f"{self.url}/", location))
            host = parts.hostname
        except ValueError:
            return None
        path = parts.path.removeprefix(self.root)
        if host != self.site.host.strip("[]") or not path.startswith("/api/v4/") or _DOTS.search(path):
            return None
        return f"{path}?{parts.query}" if parts.query else path

    def project_path(self, web_url: str) -> str | None:
        """The full path of the project in an item's web address, of any form and whatever its host."""
        try:
            path = urlsplit(web_url).path
        except ValueError:
            return None
        found = _ITEM.fullmatch(path.removeprefix(self.root) if path.startswith(f"{self.root}/") else path)
        return found["project"] if found else None
