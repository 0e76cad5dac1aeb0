"""One path on several GitLabs (spec/cli.md: an ambiguous name is exit 18, with the candidates)."""

import pytest

from application.ports.item_reader import ItemReader, KnownProject
from application.reading.project_choice import ChooseProjects
from domain.errors import Ambiguous
from domain.refs import ProjectId


class TwoInstances:
    """As much of an `ItemReader` as choosing a project asks for."""

    def projects(self) -> tuple[KnownProject, ...]:
        return tuple(
            KnownProject(
                project_id=ProjectId(number), instance=name, path="group/app", synced_at=None, in_standard_sync=True
            )
            for number, name in enumerate(("home", "work"), start=1)
        )


@pytest.fixture
def choose() -> ChooseProjects:
    reader: ItemReader = TwoInstances()  # type: ignore[assignment]  # the other methods are not asked for
    return ChooseProjects(items=reader)


def test_lists_show_both(choose: ChooseProjects) -> None:
    assert [project.instance for project in choose(("app",))] == ["home", "work"]


def test_a_single_item_could_be_of_either(choose: ChooseProjects) -> None:
    with pytest.raises(Ambiguous) as raised:
        choose.one("app")
    assert raised.value.details["instances"] == ["home", "work"]
