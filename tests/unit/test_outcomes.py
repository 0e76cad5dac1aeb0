"""Every error has its exit code and its HTTP status."""

from pathlib import Path

import pytest

from domain import errors
from domain.errors import LoreError
from entrypoints.outcomes import EXIT_CODES, error_body, exit_code, http_status

SPEC = Path(__file__).parents[2].parent / "shared" / "spec" / "cli.md"
CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LoreError)]


@pytest.mark.requirement("cli:exit-codes")
@pytest.mark.parametrize("error", CLASSES)
def test_every_error_has_an_exit_code_and_a_status(error: type[LoreError]) -> None:
    assert error.code in EXIT_CODES
    assert 400 <= http_status(error.code) < 600


@pytest.mark.skipif(not SPEC.exists(), reason="the specification is not here")
def test_the_codes_are_those_of_the_specification() -> None:
    rows = [line for line in SPEC.read_text().splitlines() if line.startswith("|")]
    said: dict[str, int] = {}
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        for number, words in zip(cells[::2], cells[1::2], strict=False):
            if number.isdigit() and words != "success":
                said |= {word.strip("`"): int(number) for word in words.split("(")[0].replace(",", " ").split()}
    assert said == dict(EXIT_CODES)


def test_an_unknown_code_is_a_fault_of_the_program() -> None:
    assert (exit_code("NO_SUCH_CODE"), http_status("NO_SUCH_CODE")) == (1, 500)


def test_an_error_is_told_in_one_shape() -> None:
    error = errors.NotFound("gone", suggestion="look", actions=["lore x"], details={"iid": 3})
    assert error_body(error) == {
        "ok": False,
        "error": {
            "code": "NOT_FOUND",
            "message": "gone",
            "suggestion": "look",
            "actions": ["lore x"],
            "details": {"iid": 3},
        },
    }
