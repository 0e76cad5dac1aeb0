"""Projects, one by one and below a group."""

from collections.abc import Iterator
from urllib.parse import quote

from adapters.gitlab.decoding import decoded, stored
from adapters.gitlab.mapping import project
from adapters.gitlab.pages import read_pages
from adapters.gitlab.payloads import ProjectPayload
from adapters.gitlab.records import Shape
from adapters.gitlab.transport import Transport
from domain.entities import Fetched, Project, Rejected
from domain.errors import MalformedPayload

_BELOW = {
    "include_subgroups": "true",
    "with_shared": "false",
    "archived": "false",
    "order_by": "id",
    "sort": "asc",
}


class Projects:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._shape: Shape[ProjectPayload, Project] = Shape("project", ProjectPayload, project)

    def one(self, project_id: int | str) -> Fetched[Project]:
        answer = self._transport.get(project_path(project_id), {}, self._read)
        found, payload = answer.value
        return Fetched(value=found, payload=payload, requested_at=answer.requested_at)

    def below(self, group: str) -> Iterator[Project]:
        """One that cannot be read is told of after the others: raises `MalformedPayload` at the end."""
        path = f"/api/v4/groups/{quote(group, safe='')}/projects"
        rejected: list[Rejected] = []
        for answer in read_pages(self._transport, path, _BELOW, self._shape):
            yield from (found for found in answer.value.records if not found.archived)
            rejected += answer.value.rejected
        if rejected:
            ids = ", ".join(bad.gitlab_id or "without an id" for bad in rejected)
            raise MalformedPayload(
                f"Projects of the group {group} cannot be read: {ids}: {rejected[0].error}.",
                suggestion="The other projects of the group are not affected; report it if it stays so.",
                details={"method": "GET", "path": path},
            )

    def _read(self, content: bytes) -> tuple[Project, bytes]:
        value = decoded(content)
        if not isinstance(value, dict):
            raise ValueError("a project was expected")  # noqa: TRY004 - one error for all misfits
        return self._shape.one(value), stored(without_tokens(value))


def project_path(project_id: int | str) -> str:
    return f"/api/v4/projects/{quote(str(project_id), safe='')}"


def without_tokens(value: dict[str, object]) -> dict[str, object]:
    """Maintainers are shown a project's `runners_token`; what is secret is not kept."""
    return {key: item for key, item in value.items() if not (key.endswith("_token") and isinstance(item, str))}
