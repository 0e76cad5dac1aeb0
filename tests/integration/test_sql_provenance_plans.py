"""No statement of the provenance readers walks through all notes, changes, commits or items."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from adapters.sql.prepared import Prepared
from adapters.sql.provenance import (
    acts,
    commits,
    items,
    locating,
    meanings,
    parts,
    paths,
    people,
    references,
    relatives,
    reviews,
    touching,
)

MODULES = (acts, commits, items, locating, meanings, parts, paths, people, references, relatives, reviews, touching)
LARGE = frozenset(
    {
        "chunk_vectors",
        "discussions",
        "document_chunks",
        "documents",
        "entity_references",
        "issues",
        "merge_requests",
        "mr_commits",
        "mr_file_changes",
        "notes",
        "resource_label_events",
        "resource_milestone_events",
        "resource_state_events",
        "title_vectors",
    }
)


def prepared(name: str, value: object) -> Iterator[tuple[str, Prepared]]:
    """Every statement in a module's value, however deep, with where it was found."""
    if isinstance(value, Prepared):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from prepared(f"{name}[{key}]", part)
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from prepared(f"{name}[{number}]", part)
    elif isinstance(value, touching._Finder):
        yield from ((f"{name}.{part}", getattr(value, part)) for part in ("count", "by_change", "by_age"))


STATEMENTS = [
    pytest.param(statement, id=where)
    for module in MODULES
    for name, value in vars(module).items()
    for where, statement in prepared(f"{module.__name__.rpartition('.')[2]}.{name}", value)
]


def plan_of(engine: Engine, statement: Prepared) -> list[str]:
    nothing = (None,) * statement.sql.count("?")
    with engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", nothing)]


@pytest.mark.requirement("provenance:query-plans")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_large_tables_are_searched_by_an_index(engine: Engine, statement: Prepared) -> None:
    plan = plan_of(engine, statement)
    walked = [step.split()[1] for step in plan if step.startswith("SCAN")]
    assert not LARGE & set(walked), plan


OF_A_COMMIT = [param for param in STATEMENTS if str(param.id).startswith("commits.")]


@pytest.mark.requirement("provenance:query-plans")
@pytest.mark.parametrize("statement", OF_A_COMMIT)
def test_a_line_is_not_traced_through_all_merge_requests_of_its_project(engine: Engine, statement: Prepared) -> None:
    plan = plan_of(engine, statement)
    assert not [step for step in plan if step.startswith("SEARCH") and step.endswith("(project_id=?)")], plan
