"""The references that an item's description and its threads' notes make."""

from collections.abc import Iterable

from application.sync.run_scope import SyncedProject
from domain.entities import Discussion, Entity
from domain.references import FoundReference, Place, references_in, references_in_system_note


def references_of_item(project: SyncedProject, entity: Entity) -> tuple[FoundReference, ...]:
    """Those of the title and the description; a closing word in the title counts too (FACTS.md a, closes_issues)."""
    return references_in(f"{entity.title}\n\n{entity.description}", _place(project))


def references_of_notes(
    project: SyncedProject, threads: Iterable[Discussion]
) -> tuple[tuple[int, FoundReference], ...]:
    """(note's GitLab id, reference) pairs."""
    place = _place(project)
    return tuple(
        (note.gitlab_id, found)
        for thread in threads
        for note in thread.notes
        for found in (references_in_system_note if note.system else references_in)(note.body, place)
    )


def _place(project: SyncedProject) -> Place:
    return Place(project_path=project.path, base_url=project.base_url)
