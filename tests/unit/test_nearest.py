"""Which project somebody meant (spec/cli.md)."""

import pytest

from domain.errors import Ambiguous, NotFound
from domain.nearest import resolve_project, similar

PATHS = ["group/app", "group/App-next", "team/sub/app", "Group/lib"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("group/app", "group/app"),
        ("GROUP/LIB", "Group/lib"),
        ("lib", "Group/lib"),
        ("sub/app", "team/sub/app"),
        ("next", "group/App-next"),
        ("/group/app/", "group/app"),
    ],
)
def test_a_name_is_matched_by_the_first_rule_that_fits_one(name: str, path: str) -> None:
    assert resolve_project(name, PATHS) == path


def test_a_name_that_fits_several_tells_them() -> None:
    with pytest.raises(Ambiguous) as raised:
        resolve_project("app", PATHS)
    assert raised.value.details["candidates"] == ["group/app", "team/sub/app"]


def test_a_name_that_fits_none_tells_near_ones() -> None:
    with pytest.raises(NotFound) as raised:
        resolve_project("group/apq", PATHS)
    assert "group/app" in raised.value.suggestion


def test_nothing_near_says_how_to_list() -> None:
    with pytest.raises(NotFound) as raised:
        resolve_project("zzz", [])
    assert "lore project list" in raised.value.suggestion


def test_similar_names_keep_their_spelling() -> None:
    assert similar("group/APP", PATHS)[0] == "group/app"
