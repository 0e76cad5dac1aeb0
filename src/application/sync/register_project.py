"""Write a project as GitLab shows it now; one that moved takes its items with it (rule 11)."""

from application.ports.content_store import StoredProject, Transaction
from application.sync.commands import NamedOnInstance
from domain.entities import Project


def register_project(
    transaction: Transaction, named: NamedOnInstance, project: Project, *, in_standard_sync: bool, dirty_at: int
) -> StoredProject:
    """A rename touches no item on GitLab, so that no list would tell the new addresses of its items."""
    projects = transaction.projects
    earlier = projects.web_url(named.instance, project.gitlab_id)
    stored = projects.register(named.instance, named.base_url, project, in_standard_sync=in_standard_sync)
    if earlier is not None and earlier != project.web_url:
        moved = transaction.entities.move(stored.project_id, earlier, project.web_url)
        transaction.dirty.mark(moved, queued_at=dirty_at)
    return stored
