"""A user name as typed, checked against the people whom the store knows."""

from application.ports.people_reader import PeopleReader
from domain.errors import NotFound

_SUGGESTED = 5


class FindPerson:
    """Raises `NotFound` with names that look like it."""

    def __init__(self, *, people: PeopleReader) -> None:
        self._people = people

    def __call__(self, typed: str) -> str:
        """The name as GitLab writes it; a leading `@` is left aside."""
        name = typed.strip().removeprefix("@")
        found = self._people.users(name)
        if found:
            return found[0].username
        near = self._people.similar_usernames(name, limit=_SUGGESTED) if name else ()
        raise NotFound(
            f"The store knows nobody called @{name}.",
            suggestion=f"Did you mean {', '.join(f'@{one}' for one in near)}?"
            if near
            else "`lore sync` brings the people of the issues and merge requests that it fetches.",
            actions=tuple(f"lore who @{one}" for one in near[:1]) or ("lore sync",),
            details={"username": name, "near": list(near)},
        )
