"""What an error means outside the program: its exit code, its HTTP status, and the one shape in which it is told.

The tables are those of spec/cli.md; every door reads them here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import LoreError

EXIT_CODES: Mapping[str, int] = MappingProxyType(
    {
        "INTERNAL_ERROR": 1,
        "USAGE": 2,
        "CONFIG_INVALID": 3,
        "TOKEN_NOT_SET": 4,
        "GITLAB_AUTH_FAILED": 5,
        "GITLAB_NOT_FOUND": 6,
        "SURGICAL_PREFLIGHT_FAILED": 6,
        "GITLAB_RATE_LIMITED": 7,
        "GITLAB_NETWORK_ERROR": 8,
        "DB_LOCKED": 9,
        "DB_ERROR": 10,
        "MIGRATION_FAILED": 11,
        "IO_ERROR": 12,
        "TRANSFORM_ERROR": 13,
        "EMBEDDER_UNAVAILABLE": 14,
        "EMBEDDING_MODEL_NOT_FOUND": 15,
        "EMBEDDING_FAILED": 16,
        "NOT_FOUND": 17,
        "AMBIGUOUS": 18,
        "HEALTH_CHECK_FAILED": 19,
        "CONFIG_NOT_FOUND": 20,
        "STALE": 21,
        "CANCELLED": 130,
    }
)

_HTTP_STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "USAGE": 422,
        "GITLAB_AUTH_FAILED": 502,
        "GITLAB_NOT_FOUND": 502,
        "SURGICAL_PREFLIGHT_FAILED": 502,
        "GITLAB_RATE_LIMITED": 503,
        "GITLAB_NETWORK_ERROR": 502,
        "DB_LOCKED": 503,
        "TRANSFORM_ERROR": 502,
        "EMBEDDER_UNAVAILABLE": 503,
        "EMBEDDING_FAILED": 502,
        "NOT_FOUND": 404,
        "AMBIGUOUS": 409,
        "HEALTH_CHECK_FAILED": 503,
        "CONFIG_NOT_FOUND": 503,
        "STALE": 409,
        "CANCELLED": 503,
    }
)


def exit_code(code: str) -> int:
    """A code that is in no table is a fault of the program's own."""
    return EXIT_CODES.get(code, EXIT_CODES["INTERNAL_ERROR"])


def http_status(code: str) -> int:
    """Whatever the asker cannot mend by asking differently, and nobody by waiting, is 500."""
    return _HTTP_STATUSES.get(code, 500)


def error_body(error: LoreError) -> dict[str, object]:
    """The answer that tells an error, before it is made JSON and cleaned of secrets."""
    return {
        "ok": False,
        "error": {
            "code": error.code,
            "message": error.message,
            "suggestion": error.suggestion,
            "actions": list(error.actions),
            "details": error.details,
        },
    }
