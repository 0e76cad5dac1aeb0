"""`lore embed`, over a GitLab and a store in memory."""

from pathlib import Path

import pytest

from cli_house import CONFIG, CliHouse


@pytest.fixture
def at(tmp_path: Path) -> CliHouse:
    at = CliHouse(tmp_path)
    at.house.gitlab.create_issue(at.house.gitlab.create_project("group/project"))
    at.house.later()
    at.lore("sync", "--no-embed")
    return at


@pytest.mark.requirement("search:embed-command")
def test_what_a_sync_left_out_is_embedded(at: CliHouse) -> None:
    nothing = {"chunks_embedded": 0, "chunks_read_whole": 0, "pending": 0, "in_part": 0, "note": ""}
    assert at.lore("embed").data == {**nothing, "chunks_embedded": 1}
    assert at.lore("embed").data == nothing


def test_people_are_told_the_numbers(at: CliHouse) -> None:
    assert "1 passages embedded, 0 still without a vector." in at.lore("embed", terminal=True).stdout


def test_where_no_embedder_is_wanted_the_command_says_so(at: CliHouse) -> None:
    at.config.write_text(f'{CONFIG}[embedding]\nprovider = "none"\n')
    del at.lore.adapters["embedder"], at.lore.adapters["embedding"]
    ran = at.lore("embed")
    assert (ran.exit_code, ran.error["code"]) == (14, "EMBEDDER_UNAVAILABLE")
    assert "embedding.provider" in ran.error["suggestion"]


def test_what_stands_in_the_way_is_told(at: CliHouse) -> None:
    at.house.embedding.has_embedder = False
    told = at.lore("embed").data
    assert (told["chunks_embedded"], told["pending"], told["note"]) == (0, 1, "There is no embedder.")
    assert "There is no embedder." in at.lore("embed", terminal=True).stdout
