"""The one item that a question is about, as the store holds it."""

from application.ports.item_histories import ItemHistories, ItemRecord
from application.ports.project_places import ProjectPlace
from domain.errors import NotFound
from domain.refs import EntityKind
from domain.timeline import ItemKey


def stored_item(items: ItemHistories, project: ProjectPlace, key: ItemKey) -> ItemRecord:
    """Raises `NotFound`."""
    record = items.records(project.instance, [key]).get(key)
    if record is None:
        raise item_not_found(project, key)
    return record


def item_not_found(project: ProjectPlace, key: ItemKey) -> NotFound:
    """With the command that would bring it."""
    option = "--issue" if key.kind is EntityKind.ISSUE else "--mr"
    fetch = f"lore sync {option} {key.iid} -p {key.project_path}"
    return NotFound(
        f"The store holds no {key.project_path}{key.kind.sigil}{key.iid}.",
        suggestion=f"If GitLab has it, `{fetch}` brings it.",
        actions=(fetch,),
        details={
            "project_path": key.project_path,
            "kind": key.kind.value,
            "iid": key.iid,
            "instance": project.instance,
        },
    )
