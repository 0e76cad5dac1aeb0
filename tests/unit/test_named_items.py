"""Items that a search names."""

import pytest

from domain.named_items import NamedItem, named_items
from domain.refs import EntityKind

ISSUE, REQUEST = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


@pytest.mark.requirement("search:named-items")
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("#12", [(ISSUE, 12, "")]),
        (" !7 ", [(REQUEST, 7, "")]),
        ("app!7 group/lib#1", [(REQUEST, 7, "app"), (ISSUE, 1, "group/lib")]),
        ("https://gitlab.example.com/group/app/-/issues/12#note_5", [(ISSUE, 12, "group/app")]),
        ("https://example.com/git/group/app/-/merge_requests/7/diffs?view=x", [(REQUEST, 7, "git/group/app")]),
        ("https://gitlab.example.com/group/app/-/work_items/3", [(ISSUE, 3, "group/app")]),
        ("", []),
        ("12", []),
        ("#0", []),
        ("#12 is broken", []),
        ("C#", []),
        ("https://gitlab.example.com/group/app/-/issues", []),
        ("https://", []),
    ],
)
def test_only_a_text_of_nothing_but_names_names_items(text: str, named: list[tuple[EntityKind, int, str]]) -> None:
    assert [(one.kind, one.iid, one.path) for one in named_items(text)] == named


@pytest.mark.parametrize(
    ("path", "project", "is_meant"),
    [
        ("", "group/app", True),
        ("app", "group/app", True),
        ("APP", "Group/app", True),
        ("group/app", "group/app", True),
        ("git/group/app", "group/app", True),
        ("pp", "group/app", False),
        ("other/app", "group/app", False),
    ],
)
def test_a_project_is_meant_by_the_end_of_its_path(path: str, project: str, is_meant: bool) -> None:
    assert NamedItem(kind=ISSUE, iid=1, path=path).is_in(project) is is_meant
