"""What one version of GitLab can do: the switches of the simulator checklist (FACTS.md)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

KindOfStatus = Literal["none", "text", "object"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A GitLab of one version; everything that depends on the version is asked here."""

    version: str = "19.1.2"
    enterprise: bool = True
    licensed: bool = True
    """Without a licence an enterprise build knows statuses and every one is null."""

    @cached_property
    def number(self) -> tuple[int, int]:
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)

    @cached_property
    def full_version(self) -> str:
        return f"{self.version}-ee" if self.enterprise else self.version

    @cached_property
    def keyset_issues(self) -> bool:
        return self.number >= (18, 3)

    @cached_property
    def has_diffs_endpoint(self) -> bool:
        return self.number >= (15, 7)

    @cached_property
    def has_metadata(self) -> bool:
        return self.number >= (15, 2)

    @cached_property
    def has_token_self(self) -> bool:
        return self.number >= (15, 5)

    @cached_property
    def redirects_renamed(self) -> bool:
        return self.number >= (16, 7)

    @cached_property
    def status(self) -> KindOfStatus:
        """How GraphQL answers the status widget: an object since 18.2, a string of another feature before."""
        if not self.enterprise:
            return "none"
        return "object" if self.number >= (18, 2) else "text"

    @cached_property
    def missing_fields(self) -> frozenset[str]:
        """Fields of issues, MRs, notes and diffs that this version does not send yet (or no longer)."""
        since = {
            (16, 0): ("squash_on_merge", "project_id_of_note"),
            (16, 1): ("prepared_at",),
            (16, 9): ("generated_file", "patch_id_sha", "extended_trailers"),
            (17, 0): ("imported", "imported_from"),
            (17, 5): ("merge_after",),
            (18, 4): ("collapsed", "too_large"),
            (19, 1): ("start_date_of_issue",),
        }
        missing = {name for first, names in since.items() if self.number < first for name in names}
        if self.number >= (18, 9):
            missing.add("attachment")
        if not self.enterprise:
            missing |= {"weight", "blocking_issues_count", "health_status", "epic", "epic_iid", "iteration"}
        return frozenset(missing)


LATEST = Profile()
GITLAB_18_2 = Profile(version="18.2.1")
GITLAB_16_11 = Profile(version="16.11.4")
GITLAB_15_0 = Profile(version="15.0.5")
COMMUNITY = Profile(enterprise=False)
