"""What can be a token for GitLab's API, and what only looks like one."""

from domain.errors import ConfigInvalid

_CI_JOB_TOKEN = "glcbt-"  # noqa: S105 - GitLab's prefix, no token


def usable_token(secret: str, origin: str) -> str:
    """The secret as it is. Raises `ConfigInvalid`, without repeating it, for what cannot stand in a header.

    CI job tokens are refused too: they reach too few routes (sync.md section 6).
    """
    if not secret.isascii() or not secret.isprintable() or " " in secret or not secret:
        raise ConfigInvalid(
            f"The token from {origin} is none: tokens are letters, digits and signs on one line, without blanks.",
            suggestion="Set it again, with nothing around it.",
            actions=["lore token set"],
        )
    if secret.startswith(_CI_JOB_TOKEN):
        raise ConfigInvalid(
            f"The token from {origin} is a CI job token, which may read too little of GitLab's API.",
            suggestion="Use a personal, project or group access token with scope read_api.",
        )
    return secret
