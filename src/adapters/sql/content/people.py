"""People, kept by their stable GitLab ids: usernames change (sync.md section 6)."""

import json
from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from adapters.sql.content.known import Known
from adapters.sql.prepared import Prepared, among, inserting_for_key
from adapters.sql.schema import users
from domain.entities import User
from domain.refs import ProjectId

_FIND = Prepared(
    select(users).where(users.c.instance_id == bindparam("instance_id"), among(users.c.gitlab_id, "gitlab_ids"))
)
_INSERT = inserting_for_key(users)
_UPDATE = Prepared(
    update(users)
    .where(users.c.id == bindparam("key"))
    .values(username=bindparam("username"), name=bindparam("name"), web_url=bindparam("web_url"))
)


class People:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._ids: dict[tuple[int, int], tuple[User, int]] = {}

    def ids(self, project_id: ProjectId, people: Iterable[User | None]) -> dict[int, int]:
        """Local keys by GitLab id; who is new is written, and who has another name now."""
        instance_id = self._known.instance_of(project_id)
        wanted = {user.gitlab_id: user for user in people if user is not None}
        cached = {number: self._ids.get((instance_id, number)) for number in wanted}
        missing = [user for number, user in wanted.items() if (entry := cached[number]) is None or entry[0] != user]
        if missing:
            self._write(instance_id, missing)
        return {number: self._ids[instance_id, number][1] for number in wanted}

    def _write(self, instance_id: int, missing: list[User]) -> None:
        connection = self._known.connection
        numbers = json.dumps([user.gitlab_id for user in missing])
        found = {row.gitlab_id: row for row in _FIND.run(connection, instance_id=instance_id, gitlab_ids=numbers)}
        for user in missing:
            row = found.get(user.gitlab_id)
            values = {"username": user.username, "name": user.name, "web_url": user.web_url}
            if row is None:
                key = _INSERT.run(connection, instance_id=instance_id, gitlab_id=user.gitlab_id, **values).scalar()
            else:
                key = row.id
                if (row.username, row.name, row.web_url) != tuple(values.values()):
                    _UPDATE.run(connection, key=key, **values)
            self._ids[instance_id, user.gitlab_id] = (user, key)
