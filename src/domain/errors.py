"""Everything `lore` can say went wrong, as one tree that entrypoints translate once.

Each class carries the stable `code` of spec/cli.md; the entrypoints' one table maps codes to exit codes and HTTP
statuses. `suggestion` is one sentence on what to do, `actions` are commands that can be pasted, `details` are facts
for programs. None of them ever holds a token.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class LoreError(Exception):
    """Base of every error `lore` raises on purpose."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(
        self,
        message: str,
        *,
        suggestion: str = "",
        actions: Sequence[str] = (),
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.actions = tuple(actions)
        self.details = dict(details or {})


class UsageError(LoreError):
    """The command as typed makes no sense. Trying again as it is does not help."""

    code = "USAGE"


class ConfigInvalid(LoreError):
    """A setting is unknown or has a wrong value."""

    code = "CONFIG_INVALID"


class ConfigNotFound(LoreError):
    """There is no configuration yet."""

    code = "CONFIG_NOT_FOUND"


class TokenNotSet(LoreError):
    """No token is to be found where the configuration says it is."""

    code = "TOKEN_NOT_SET"


class GitLabError(LoreError):
    """GitLab did not give what was asked for."""


class GitLabAuthFailed(GitLabError):
    """GitLab refused the token or the permission; `details["reason"]` says which.

    Reasons: unauthorized, expired, revoked, insufficient_scope, forbidden.
    """

    code = "GITLAB_AUTH_FAILED"


class GitLabForbidden(GitLabAuthFailed):
    """The token is good, but this one thing is not for it (403)."""


class GitLabNotFound(GitLabError):
    """GitLab says there is no such thing, or hides it from this token (404)."""

    code = "GITLAB_NOT_FOUND"


class SurgicalPreflightFailed(GitLabError):
    """At least one named target could not be fetched, so nothing was written; `details["targets"]` lists each."""

    code = "SURGICAL_PREFLIGHT_FAILED"


class GitLabRateLimited(GitLabError):
    """GitLab asked for more patience than the retries had (429)."""

    code = "GITLAB_RATE_LIMITED"


class GitLabUnavailable(GitLabError):
    """GitLab could not be reached, or answered that it cannot serve now. Trying again later may help."""

    code = "GITLAB_NETWORK_ERROR"


class MalformedPayload(GitLabError):
    """GitLab sent something that cannot be read as what was asked for."""

    code = "TRANSFORM_ERROR"


class StoreLocked(LoreError):
    """Somebody else holds the lock or the database, and the wait for it timed out."""

    code = "DB_LOCKED"


class LockLost(StoreLocked):
    """The lock this run held has another owner now; what it was about to write was not written."""


class StoreError(LoreError):
    """The database cannot be used: damaged, no database at all, read-only, or newer than this program."""

    code = "DB_ERROR"


class MigrationFailed(LoreError):
    """The database could not be brought to this program's schema; it is as it was before."""

    code = "MIGRATION_FAILED"


class FileError(LoreError):
    """A file or folder could not be read or written."""

    code = "IO_ERROR"


class EmbedderUnavailable(LoreError):
    """The embedder cannot be reached or loaded."""

    code = "EMBEDDER_UNAVAILABLE"


class EmbeddingModelNotFound(LoreError):
    """The embedder does not know the configured model."""

    code = "EMBEDDING_MODEL_NOT_FOUND"


class EmbeddingFailed(LoreError):
    """The embedder answered, but not with usable vectors."""

    code = "EMBEDDING_FAILED"


class NotFound(LoreError):
    """The store does not hold it."""

    code = "NOT_FOUND"


class Ambiguous(LoreError):
    """The name fits several things; `details["candidates"]` lists them."""

    code = "AMBIGUOUS"


class HealthCheckFailed(LoreError):
    """A check of `lore doctor` failed."""

    code = "HEALTH_CHECK_FAILED"


class Stale(LoreError):
    """The stored data are older than `--require-fresh` allows."""

    code = "STALE"


class Cancelled(LoreError):
    """The user stopped the run; what was complete is kept."""

    code = "CANCELLED"
