"""Why a path has no history, and what would bring one."""

from application.ports.path_reader import PathReader
from application.ports.project_places import ProjectPlace
from domain.errors import NotFound

_SUGGESTED = 5


def path_not_found(paths: PathReader, project: ProjectPlace, path: str, searched: tuple[str, ...]) -> NotFound:
    """The error for a path that no stored merge request touched; `details` say how much was there to look at."""
    coverage = paths.coverage(project.project_id)
    near = paths.similar_paths(project.project_id, path, limit=_SUGGESTED) if path else ()
    sync = f"lore sync -p {project.path}"
    suggestion = f"Did you mean {', '.join(near)}?" if near else "Paths count from the repository's root."
    actions: tuple[str, ...] = ()
    if coverage.with_diffs < coverage.merge_requests:
        suggestion = f"`{sync}` fetches the diffs that are missing." + (f" {suggestion}" if near else "")
        actions = (sync,)
    return NotFound(
        f"No merge request of {project.path} in the store touched {path or 'anything'}: the diffs of "
        f"{coverage.with_diffs} of its {coverage.merge_requests} merge requests are there.",
        suggestion=suggestion,
        actions=actions or tuple(f"lore file-history {name} -p {project.path}" for name in near[:1]),
        details={
            "path": path,
            "project_path": project.path,
            "paths_searched": list(searched),
            "near": list(near),
            "merge_requests": coverage.merge_requests,
            "with_diffs": coverage.with_diffs,
        },
    )
