"""What is not inside a project: version, user, token, projects and groups."""

from adapters.sample_gitlab.answering import Call
from adapters.sample_gitlab.messages import Refused, Response, error, message
from adapters.sample_gitlab.model import Project
from adapters.sample_gitlab.rows import Row, sha

_SIMPLE = (
    "id", "description", "name", "name_with_namespace", "path", "path_with_namespace", "created_at",
    "default_branch", "tag_list", "topics", "ssh_url_to_repo", "http_url_to_repo", "web_url", "readme_url",
    "forks_count", "avatar_url", "star_count", "last_activity_at", "namespace",
)  # fmt: skip


def version(call: Call) -> Response:
    call.signed_in()
    return call.one(_metadata(call))


def metadata(call: Call) -> Response:
    call.signed_in()
    if not call.settings.profile.has_metadata:
        raise Refused(error(404, "404 Not Found"))
    return call.one(_metadata(call))


def _metadata(call: Call) -> Row:
    profile = call.settings.profile
    return {
        "version": profile.full_version,
        "revision": sha(profile.full_version)[:11],
        "kas": {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None},
        "enterprise": profile.enterprise,
    }


def user(call: Call) -> Response:
    row = call.world.user(call.signed_in().username)
    return call.one(row | {"public_email": None, "email": f"{row['username']}@example.com", "bot": False})


def user_by_id(call: Call) -> Response:
    wanted = call.number(0)
    found = next((row for row in call.world.users.values() if row["id"] == wanted), None)
    if found is None:
        raise Refused(message(404, "404 User Not Found"))
    return call.one(found)


def own_token(call: Call) -> Response:
    token = call.signed_in()
    if call.ids != ("self",) or not call.settings.profile.has_token_self:
        raise Refused(error(404, "404 Not Found"))
    row: Row = {
        "id": 1,
        "name": token.name,
        "revoked": False,
        "created_at": "2026-01-01T00:00:00.000Z",
        "description": None,
        "scopes": list(token.scopes),
        "user_id": call.world.user(token.username)["id"],
        "last_used_at": call.world.now,
        "active": True,
        "expires_at": None,
    }
    return call.one(row)


def project(call: Call) -> Response:
    return call.one(_shown(call, call.project()))


def _shown(call: Call, found: Project) -> Row:
    return found.row | {"_links": {"self": f"{call.renderer.public_url}/api/v4/projects/{found.id}"}}


def projects(call: Call) -> Response:
    archived = call.params.get("archived")
    wanted = [item for item in _visible(call) if not archived or item.row["archived"] is (archived.lower() == "true")]
    return _page(call, wanted)


def group(call: Call) -> Response:
    found = _group(call)
    return call.one(found | {"projects": [], "shared_with_groups": []})


def group_projects(call: Call) -> Response:
    """Archived projects only when they are asked for; those of subgroups too with `include_subgroups`."""
    path = _group(call)["full_path"]
    deep = call.params.flag("include_subgroups")
    wanted = []
    for item in _visible(call):
        home = item.path.rpartition("/")[0]
        inside = home == path or (deep and home.startswith(f"{path}/"))
        if inside and (not item.row["archived"] or "archived" in call.params):
            wanted.append(item)
    return _page(call, wanted)


def _group(call: Call) -> Row:
    asked = call.ids[0]
    for found in call.world.groups.values():
        if asked.lower() == found.path.lower() or asked == str(found.row["id"]):
            return found.row
    raise Refused(message(404, "404 Group Not Found"))


def _visible(call: Call) -> list[Project]:
    found = [item for item in call.world.projects.values() if item.visible]
    if call.token is None:
        found = [item for item in found if item.row["visibility"] == "public"]
    descending = call.params.get("sort", "desc") == "desc"
    return sorted(found, key=lambda item: item.id, reverse=descending)


def _page(call: Call, found: list[Project]) -> Response:
    simple = call.params.flag("simple")

    def render(item: Project) -> bytes:
        row = _shown(call, item)
        return call.renderer.dumps({key: row[key] for key in _SIMPLE} if simple else row)

    return call.page(found, render, defaults={"order_by": "created_at", "sort": "desc"})
