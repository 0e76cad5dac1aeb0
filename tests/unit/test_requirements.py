"""Every promise of the manifest has a test, and every test's promise is in the manifest."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from requirements import REQUIREMENTS, SOURCES

TESTS = Path(__file__).parents[1]


def marks_in(text: str) -> Iterator[ast.expr]:
    """The arguments of every `pytest.mark.requirement(...)`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            yield from node.args


def shown_in(file: Path) -> set[str]:
    found = set()
    for argument in marks_in(file.read_text(encoding="utf-8")):
        assert isinstance(argument, ast.Constant), f"{file.name}:{argument.lineno}: write the id out, to be found"
        found.add(str(argument.value))
    return found


SHOWN = {file.relative_to(TESTS): shown_in(file) for file in sorted(TESTS.rglob("*.py"))}
ALL_SHOWN = set().union(*SHOWN.values())


def test_every_promise_has_a_test() -> None:
    assert sorted(set(REQUIREMENTS) - ALL_SHOWN) == []


def test_every_test_shows_a_promise_of_the_manifest() -> None:
    unknown = {str(file): sorted(ids - set(REQUIREMENTS)) for file, ids in SHOWN.items() if ids - set(REQUIREMENTS)}
    assert unknown == {}, "add them to tests/requirements.py"


@pytest.mark.parametrize("number", range(1, 16))
def test_every_constraint_of_surgical_sync_is_shown_in_memory(number: int) -> None:
    """Spec/sync.md section 3: each has at least one unit test against in-memory fakes."""
    assert any(f"surgical:C{number}" in ids for file, ids in SHOWN.items() if file.parts[0] == "unit")


def test_every_area_has_a_source() -> None:
    assert {name.partition(":")[0] for name in REQUIREMENTS} == set(SOURCES)


def test_every_promise_is_a_sentence() -> None:
    assert [name for name, promise in REQUIREMENTS.items() if not promise.endswith(".")] == []


def test_marks_are_found_wherever_they_stand() -> None:
    text = (
        "pytestmark = pytest.mark.requirement('a:1')\n@pytest.mark.requirement('a:2', 'a:3')\ndef test() -> None: ..."
    )
    assert [ast.literal_eval(each) for each in marks_in(text)] == ["a:1", "a:2", "a:3"]
