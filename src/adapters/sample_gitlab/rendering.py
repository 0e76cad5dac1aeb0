"""From the world's rows to the bytes on the wire: shaped for the version, with the server's address, kept for reuse."""

import json
from collections.abc import Iterable

from adapters.sample_gitlab.model import Discussion, Issue, Item, Link, MergeRequest, Note, RenderKey
from adapters.sample_gitlab.profile import Profile
from adapters.sample_gitlab.rows import HERE, Row

_ISSUE_ONLY = {
    "subscribed", "has_tasks", "task_status", "_links", "references",
    "severity", "moved_to_id", "imported", "imported_from", "service_desk_reply_to",
}  # fmt: skip
_SINGLE_ONLY = {
    "subscribed", "changes_count", "latest_build_started_at", "latest_build_finished_at",
    "first_deployed_to_production_at", "pipeline", "head_pipeline", "diff_refs", "merge_error",
    "first_contribution", "user", "rebase_in_progress", "diverged_commits_count",
}  # fmt: skip
_SIMPLE = {"id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at", "web_url"}
LEFT_OUT = {
    "issue:single": set(),
    "issue:list": {"subscribed"},
    "issue:basic": _ISSUE_ONLY,
    "mr:single": set(),
    "mr:list": _SINGLE_ONLY,
    "mr:related": {"subscribed"},
    "note": set(),
}


class Renderer:
    """Turns rows into JSON for one server; `public_url` includes the relative root."""

    def __init__(self, public_url: str, profile: Profile) -> None:
        self.public_url = public_url
        self._profile = profile
        self._address = (HERE.encode(), public_url.encode())
        self._key = f"{public_url} {profile.full_version}"
        missing = set(profile.missing_fields)
        self._missing = {kind: self._of(kind, missing) for kind in ("issue", "mr", "note", "diff", "commit", "version")}

    @staticmethod
    def _of(kind: str, missing: set[str]) -> set[str]:
        suffix = f"_of_{kind}"
        return {name.removesuffix(suffix) for name in missing if "_of_" not in name or name.endswith(suffix)}

    def dumps(self, value: object) -> bytes:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8").replace(*self._address)

    def item(self, item: Item, form: str) -> bytes:
        """`form` is single, list, basic (issues in closes_issues), related or simple (MRs)."""
        key: RenderKey = (self._key, form)
        found = item.rendered.get(key)
        if found is None:
            found = item.rendered[key] = self.dumps(self.shape(item, form))
        return found

    def shape(self, item: Item, form: str) -> Row:
        if form == "simple":
            return {key: item.row[key] for key in item.row if key in _SIMPLE}
        kind = "mr" if isinstance(item, MergeRequest) else "issue"
        left_out = LEFT_OUT[f"{kind}:{form.removesuffix('+labels')}"] | self._missing[kind]
        row = {key: value for key, value in item.row.items() if key not in left_out}
        if form.endswith("+labels"):
            defined = {label["name"]: label for label in item.project.labels}
            row["labels"] = [defined[name] for name in item.row["labels"] if name in defined]
        return row

    def linked(self, issue: Issue, link: Link) -> bytes:
        """The other end of a link, as `/links` lists it for this issue."""
        outward = link.source is issue
        other = link.target if outward else link.source
        kind = link.kind if outward or link.kind == "relates_to" else "is_blocked_by"
        row = self.shape(other, "list")
        row |= {"issue_link_id": link.id, "link_type": kind}
        row |= {"link_created_at": link.created_at, "link_updated_at": link.created_at}
        return self.dumps(row)

    def note(self, note: Note) -> bytes:
        key: RenderKey = (self._key, "note")
        found = note.rendered.get(key)
        if found is None:
            missing = self._missing["note"]
            row = {name: value for name, value in note.row.items() if name not in missing}
            found = note.rendered[key] = self.dumps(row)
        return found

    def discussion(self, discussion: Discussion) -> bytes:
        head = f'{{"id":"{discussion.id}","individual_note":{str(discussion.individual_note).lower()},"notes":'
        return b"%s%s}" % (head.encode(), array(self.note(note) for note in discussion.readable))

    def rows(self, rows: Iterable[Row], kind: str = "") -> bytes:
        """`kind` names what the version may leave out: diff, commit, version."""
        missing = self._missing.get(kind, set())
        if not missing:
            return self.dumps(list(rows))
        return self.dumps([{key: value for key, value in row.items() if key not in missing} for row in rows])


def array(parts: Iterable[bytes]) -> bytes:
    return b"[%s]" % b",".join(parts)
