"""Which project somebody meant (spec/cli.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Ambiguous, NotFound, UsageError
from domain.nearest import MAX_CANDIDATES, resolve_project, similar

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


@pytest.mark.parametrize("name", ["", " ", "/"])
def test_an_empty_name_means_no_project_even_where_there_is_only_one(name: str) -> None:
    with pytest.raises(UsageError):
        resolve_project(name, ["group/app"])


def test_many_candidates_are_counted_and_the_first_told() -> None:
    with pytest.raises(Ambiguous) as raised:
        resolve_project("app", [f"group{n:02}/app" for n in range(30)])
    assert raised.value.details["total"] == 30
    assert raised.value.details["candidates"] == [f"group{n:02}/app" for n in range(MAX_CANDIDATES)]


@given(st.sampled_from(PATHS), st.data())
def test_a_full_path_always_means_itself(path: str, data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from([*PATHS, f"{path}-more", f"x/{path}", path.upper()]), unique=True))
    assert resolve_project(path, [*(one for one in others if one != path), path]) == path
