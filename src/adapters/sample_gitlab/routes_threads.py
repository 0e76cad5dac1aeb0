"""Notes and discussions, whose pages GitLab thins out after the paging for what the token may not read."""

from adapters.sample_gitlab.answering import Call
from adapters.sample_gitlab.messages import Refused, Response, error, message
from adapters.sample_gitlab.model import Discussion, Note

_DEFAULTS = {"order_by": "created_at", "sort": "desc"}
_KEPT_BY = {"only_comments": False, "only_activity": True}


def discussions(call: Call) -> Response:
    call.signed_in()
    return call.page(call.item().discussions, call.renderer.discussion, lambda discussion: bool(discussion.readable))


def discussion(call: Call) -> Response:
    call.signed_in()
    for found in call.item().discussions:
        if found.id == call.ids[2] and found.readable:
            return Response(200, call.renderer.discussion(found))
    raise Refused(message(404, "404 Discussion Not Found"))


def notes(call: Call) -> Response:
    """Newest first, unless `sort=asc`; `created_at` means by id (FACTS.md section a)."""
    call.signed_in()
    column = call.params.get("order_by", "created_at")
    if column not in {"created_at", "updated_at"}:
        raise Refused(error(400, "order_by does not have a valid value"))
    found = sorted(call.item().notes, key=_by_update if column == "updated_at" else _by_id)
    wanted_system = _KEPT_BY.get(call.params.get("activity_filter"))
    if wanted_system is not None:
        found = [note for note in found if note.row["system"] is wanted_system]
    if call.params.get("sort", "desc") == "desc":
        found.reverse()
    return call.page(found, call.renderer.note, lambda note: not note.hidden, defaults=_DEFAULTS)


def note(call: Call) -> Response:
    return Response(200, call.renderer.note(_note(call)))


def note_award_emoji(call: Call) -> Response:
    _note(call)
    return call.page_of_rows([])


def note_of_discussion(call: Call) -> Response:
    call.signed_in()
    wanted = call.number(3)
    for found in call.item().discussions:
        if found.id == call.ids[2]:
            return Response(200, call.renderer.note(_readable(found, wanted)))
    raise Refused(message(404, "404 Discussion Not Found"))


def _note(call: Call) -> Note:
    call.signed_in()
    wanted = call.number(2)
    for found in call.item().notes:
        if found.row["id"] == wanted and not found.hidden:
            return found
    raise Refused(message(404, "404 Not found"))


def _readable(discussion: Discussion, note_id: int) -> Note:
    for found in discussion.readable:
        if found.row["id"] == note_id:
            return found
    raise Refused(message(404, "404 Not found"))


def _by_id(note: Note) -> int:
    return int(note.row["id"])


def _by_update(note: Note) -> tuple[str, int]:
    return note.row["updated_at"], note.row["id"]
