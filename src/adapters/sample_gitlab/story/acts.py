"""What people do to an item in the story: comments, reviews, and the verbs that begin with an exclamation mark."""

from collections.abc import Callable
from typing import Any

from adapters.sample_gitlab.model import Note
from adapters.sample_gitlab.story.stage import Act, Scene, Stage
from adapters.sample_gitlab.story.tree import Operation, position_in

Verb = Callable[..., None]
_ON_A_LINE = 4


def perform(stage: Stage, scene: Scene, act: Act) -> None:
    """`[who, text]` comments, `[who, "*", text]` opens a thread, `[who, ">", text]` answers in the last thread,
    `[who, path, line, text]` comments a line of the diff, `[who, "!verb", ...]` does something else.
    """
    who, what, *rest = act
    if what.startswith("!"):
        VERBS[what](stage, scene, who, *rest)
        return
    if len(act) == _ON_A_LINE:
        note = _on_a_line(stage, scene, who, what, *rest)
    elif what in {"*", ">"}:
        note = _in_a_thread(stage, scene, who, what, rest[0])
    else:
        note = stage.world.add_note(scene.acted, stage.text(scene, what), author=who)
    stage.cross_reference(scene.acted, note.row["body"], who)


def _on_a_line(stage: Stage, scene: Scene, who: str, path: str, line: str, text: str) -> Note:
    mr = scene.merge_request
    position = position_in(mr.diffs, path, line, mr.row["diff_refs"])
    note = stage.world.add_note(mr, stage.text(scene, text), author=who, position=position)
    scene.thread = stage.world.discussion_of(mr, note)
    return note


def _in_a_thread(stage: Stage, scene: Scene, who: str, mark: str, text: str) -> Note:
    body = stage.text(scene, text)
    if mark == ">":
        return stage.world.add_note(scene.acted, body, author=who, reply_to=scene.thread)
    note = stage.world.add_note(scene.acted, body, author=who, threaded=True)
    scene.thread = stage.world.discussion_of(scene.acted, note)
    return note


def _close(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.close(scene.acted, by=who)


def _reopen(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.reopen(scene.acted, by=who)


def _merge(stage: Stage, scene: Scene, who: str) -> None:
    place = scene.spec.get("in", "press")
    commit = stage.world.merge_mr(scene.merge_request, by=who)
    if "onto" not in scene.spec:
        stage.trees[place] = stage.trees[place].after(scene.operations)
        stage.heads[place] = commit


def _push(stage: Stage, scene: Scene, who: str, message: str, operations: list[Operation]) -> None:
    mr = scene.merge_request
    scene.operations += operations
    diffs = scene.base.after(scene.operations).diffs_from(scene.base)
    new = stage.commits([stage.text(scene, message)], who, mr.row["sha"])
    stage.world.push(mr, diffs, [*new, *mr.commits], by=who, added=len(new))


def _approve(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.approve(scene.merge_request, by=who)


def _review(stage: Stage, scene: Scene, who: str, *people: str) -> None:
    stage.world.request_review(scene.merge_request, people, by=who)


def _resolve(stage: Stage, scene: Scene, who: str) -> None:
    if scene.thread is not None:
        stage.world.resolve(scene.acted, scene.thread, by=who)


def _label(stage: Stage, scene: Scene, who: str, *names: str) -> None:
    for name in names:
        stage.world.add_label(scene.acted, name, by=who)


def _unlabel(stage: Stage, scene: Scene, who: str, name: str) -> None:
    stage.world.remove_label(scene.acted, name, by=who)


def _assign(stage: Stage, scene: Scene, who: str, *people: str) -> None:
    stage.world.set_assignees(scene.acted, people, by=who)


def _milestone(stage: Stage, scene: Scene, who: str, title: str) -> None:
    stage.world.set_milestone(scene.acted, stage.milestone(stage.home(scene), title), by=who)


def _title(stage: Stage, scene: Scene, who: str, title: str) -> None:
    stage.world.set_title(scene.acted, title, by=who)


def _describe(stage: Stage, scene: Scene, who: str, text: str) -> None:
    stage.world.set_description(scene.acted, stage.text(scene, text), by=who)


def _ready(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.set_draft(scene.merge_request, draft=False, by=who)


def _draft(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.set_draft(scene.merge_request, draft=True, by=who)


def _confidential(stage: Stage, scene: Scene, who: str) -> None:
    stage.world.make_confidential(scene.issue, by=who)


def _move(stage: Stage, scene: Scene, who: str, place: str) -> None:
    moved = stage.world.move_issue(scene.issue, stage.projects[place], by=who)
    if "moved" in scene.spec:
        stage.items[scene.spec["moved"]] = moved


def _link(stage: Stage, scene: Scene, who: str, name: str, kind: Any = "relates_to") -> None:
    other = stage.items[name]
    stage.world.link_issues(scene.issue, stage.world.issue(other.project, other.iid), by=who, kind=kind)


def _award(stage: Stage, scene: Scene, who: str, emoji: str) -> None:
    stage.world.award(scene.acted, emoji, by=who)


def _internal(stage: Stage, scene: Scene, who: str, text: str) -> None:
    stage.world.add_note(scene.acted, stage.text(scene, text), author=who, internal=True)


def _status(stage: Stage, scene: Scene, who: str, name: str, category: str) -> None:
    stage.world.set_status(scene.issue, name, category, by=who)


VERBS: dict[str, Verb] = {
    "!close": _close,
    "!reopen": _reopen,
    "!merge": _merge,
    "!push": _push,
    "!approve": _approve,
    "!review": _review,
    "!resolve": _resolve,
    "!label": _label,
    "!unlabel": _unlabel,
    "!assign": _assign,
    "!milestone": _milestone,
    "!title": _title,
    "!describe": _describe,
    "!ready": _ready,
    "!draft": _draft,
    "!confidential": _confidential,
    "!move": _move,
    "!link": _link,
    "!award": _award,
    "!internal": _internal,
    "!status": _status,
}
