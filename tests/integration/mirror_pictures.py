"""What the sample GitLab says and what a database holds, in one form, so that a test can compare them to the last note.

The two halves share no code with the sync: one reads the API's JSON, the other plain rows.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.sample_gitlab.asking import Asking
from adapters.sample_gitlab.gitlab import SampleGitLab

Picture = dict[str, dict[str, object]]
"""By full reference, `group/app#1`: the item's fields, and what hangs on it by the name of the set."""

_PLAIN = ("iid", "title", "state", "web_url", "user_notes_count", "upvotes", "downvotes")
_TIMES = ("created_at", "updated_at", "closed_at")
_ISSUE = ("due_date", "confidential", "issue_type", "weight")
_MERGE_REQUEST = (
    "source_branch",
    "target_branch",
    "draft",
    "detailed_merge_status",
    "sha",
    "merge_commit_sha",
    "squash_commit_sha",
)
_PLACE = ("base_sha", "start_sha", "head_sha", "old_path", "new_path", "old_line", "new_line")
_FILE = ("old_path", "new_path", "new_file", "renamed_file", "deleted_file", "a_mode", "b_mode", "diff")
_FLAGS = {"confidential", "draft", "new_file", "renamed_file", "deleted_file", "system", "internal", "resolvable"}


def differences(gitlab: SampleGitLab, database: Path, *paths: str) -> list[str]:
    """Where the store does not show what the server says; all projects of the server if none is named."""
    return compared(server_picture(gitlab, *paths), store_picture(database))


def compared(server: Picture, store: Picture) -> list[str]:
    told = [f"{item} is only on the server" for item in sorted(server.keys() - store.keys())]
    told += [f"{item} is only in the store" for item in sorted(store.keys() - server.keys())]
    for item in sorted(server.keys() & store.keys()):
        told += [
            f"{item} {part}: {server[item][part]!r} became {store[item].get(part)!r}"
            for part in server[item]
            if server[item][part] != store[item].get(part)
        ]
    return told


# the server's half


def server_picture(gitlab: SampleGitLab, *paths: str) -> Picture:
    asking = gitlab.asked()
    picture: Picture = {}
    for project in gitlab.world.projects.values():
        if not project.visible or (paths and project.path not in paths):
            continue
        for sigil, name in (("#", "issues"), ("!", "merge_requests")):
            place = f"/projects/{project.id}/{name}"
            for row in asking.every(f"{place}?scope=all&state=all"):
                item = f"{place}/{row['iid']}"
                picture[f"{project.path}{sigil}{row['iid']}"] = _told_item(row, name) | _told_sets(asking, item, name)
    return picture


def _told_item(row: Mapping[str, Any], name: str) -> dict[str, object]:
    told = _told_common(row)
    if name == "issues":
        return told | {field: row[field] for field in _ISSUE} | {"moved_to": row["moved_to_id"]}
    return told | {
        **{field: row[field] for field in _MERGE_REQUEST},
        "source_project": row["source_project_id"],
        "target_project": row["target_project_id"],
        "merged_at": _ms(row["merged_at"]),
        "merge_user": _id(row["merge_user"]),
        "reviewers": [person["id"] for person in row["reviewers"]],
    }


def _told_common(row: Mapping[str, Any]) -> dict[str, object]:
    milestone = row["milestone"]
    return {
        **{field: row[field] for field in _PLAIN},
        **{field: _ms(row[field]) for field in _TIMES},
        "gitlab_id": row["id"],
        "description": row["description"] or "",
        "author": row["author"]["id"],
        "closed_by": _id(row["closed_by"]),
        "labels": sorted(row["labels"]),
        "assignees": [person["id"] for person in row["assignees"]],
        "milestone": None if milestone is None else (milestone["id"], milestone["title"]),
        "discussion_locked": row["discussion_locked"],
    }


def _told_sets(asking: Asking, item: str, name: str) -> dict[str, object]:
    def every(dependent: str) -> Iterable[Any]:
        return asking.every(f"{item}/{dependent}")

    told: dict[str, object] = {
        "discussions": {
            thread["id"]: (thread["individual_note"], [_told_note(note) for note in thread["notes"]])
            for thread in every("discussions")
            if thread["notes"]
        },
        "state_events": [
            (*_told_event(row), row["state"], row["source_commit"], row["source_merge_request_id"])
            for row in every("resource_state_events")
        ],
        "label_events": [
            (*_told_event(row), row["action"], (row["label"] or {}).get("name"))
            for row in every("resource_label_events")
        ],
        "milestone_events": [
            (*_told_event(row), row["action"], (row["milestone"] or {}).get("title"))
            for row in every("resource_milestone_events")
        ],
    }
    if name == "issues":
        return told | {"links": [_told_link(row) for row in asking.json(f"{item}/links")]}
    return told | {
        "closes": sorted(_reference(row["web_url"]) for row in every("closes_issues")),
        "diffs": [_told_file(row) for row in every("diffs")],
        "commits": [_told_commit(row) for row in every("commits")],
    }


def _told_note(note: Mapping[str, Any]) -> dict[str, object]:
    place = note.get("position")
    start = ((place or {}).get("line_range") or {}).get("start") or {}
    return {
        **{field: note[field] for field in ("type", "body", "system", "internal", "resolvable")},
        "id": note["id"],
        "author": note["author"]["id"],
        "created_at": _ms(note["created_at"]),
        "updated_at": _ms(note["updated_at"]),
        "resolved": note["resolved"] if note["resolvable"] else None,
        "resolved_by": _id(note.get("resolved_by")),
        "resolved_at": _ms(note.get("resolved_at")),
        "position": place and [*(place.get(field) for field in _PLACE), start.get("old_line"), start.get("new_line")],
    }


def _told_event(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["id"], _ms(row["created_at"]), _id(row["user"])


def _told_link(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["issue_link_id"], row["link_type"], row["references"]["full"], _ms(row["link_created_at"])


def _told_file(row: Mapping[str, Any]) -> tuple[object, ...]:
    left_out = row["too_large"] or (row["collapsed"] and not row["diff"])
    return (*(row[field] for field in _FILE), left_out, row["generated_file"])


def _told_commit(row: Mapping[str, Any]) -> tuple[object, ...]:
    times = _ms(row["authored_date"]), _ms(row["committed_date"])
    return row["id"], row["title"], row["message"], row["author_name"], *times, tuple(row["parent_ids"])


def _reference(web_url: str) -> str:
    path, _, iid = web_url.split("/", 3)[3].partition("/-/issues/")
    return f"{path}#{iid}"


def _id(person: Mapping[str, Any] | None) -> object:
    return None if person is None else person["id"]


def _ms(text: str | None) -> int | None:
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


# the store's half


def store_picture(database: Path) -> Picture:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        picture: Picture = {}
        for table, key, prefix, sigil in (
            ("issues", "issue_id", "issue", "#"),
            ("merge_requests", "merge_request_id", "mr", "!"),
        ):
            for row in connection.execute(
                f"SELECT item.*, p.path AS project_path FROM {table} item JOIN projects p ON p.id = project_id"  # noqa: S608 - our own names
                " WHERE deleted_at IS NULL"
            ):
                stored = _Stored(connection, row, key, prefix)
                picture[f"{row['project_path']}{sigil}{row['iid']}"] = stored.item() | stored.sets()
        return picture


class _Stored:
    """One item's rows."""

    def __init__(self, connection: sqlite3.Connection, row: sqlite3.Row, key: str, prefix: str) -> None:
        self._connection = connection
        self._row = row
        self._key = key
        self._prefix = prefix
        self._is_issue = key == "issue_id"

    def item(self) -> dict[str, object]:
        row = self._row
        told: dict[str, object] = {field: row[field] for field in (*_PLAIN, *_TIMES, "gitlab_id", "description")}
        told |= {
            "author": self._person(row["author_id"]),
            "closed_by": self._person(row["closed_by_id"]),
            "labels": [one for (one,) in self._joined("labels", "label", "l.name", "ORDER BY l.name")],
            "assignees": self._people("assignees"),
            "milestone": self._milestone(),
            "discussion_locked": None if row["discussion_locked"] is None else bool(row["discussion_locked"]),
        }
        if self._is_issue:
            return told | {field: _plain(row, field) for field in _ISSUE} | {"moved_to": row["moved_to_gitlab_id"]}
        return told | {
            **{field: _plain(row, field) for field in _MERGE_REQUEST},
            "source_project": row["source_project_gitlab_id"],
            "target_project": row["target_project_gitlab_id"],
            "merged_at": row["merged_at"],
            "merge_user": self._person(row["merge_user_id"]),
            "reviewers": self._people("reviewers"),
        }

    def sets(self) -> dict[str, object]:
        told: dict[str, object] = {
            "discussions": self._discussions(),
            "state_events": self._events("state", "state", "source_commit", "source_merge_request_gitlab_id"),
            "label_events": self._events("label", "action", "label"),
            "milestone_events": self._events("milestone", "action", "milestone"),
        }
        if self._is_issue:
            return told | {
                "links": [
                    (row["gitlab_id"], row["link_type"], _full(row), row["link_created_at"])
                    for row in self._rows("issue_links")
                ]
            }
        return told | {
            "closes": sorted(_full(row) for row in self._rows("mr_closes_issues")),
            "diffs": [
                (*(_plain(row, field) for field in _FILE), bool(row["too_large"]), bool(row["generated_file"]))
                for row in self._rows("mr_file_changes")
            ],
            "commits": [_stored_commit(row) for row in self._rows("mr_commits")],
        }

    def _discussions(self) -> dict[str, object]:
        threads: dict[int, tuple[str, bool, list[dict[str, object]]]] = {
            row["id"]: (row["gitlab_id"], bool(row["individual_note"]), [])
            for row in self._rows("discussions")
            if row["deleted_at"] is None
        }
        for key, (_, _, notes) in threads.items():
            notes += [self._note(row) for row in self._notes(key)]
        return {gitlab_id: (alone, notes) for gitlab_id, alone, notes in threads.values() if notes}

    def _notes(self, discussion_id: int) -> Iterable[sqlite3.Row]:
        living = "SELECT * FROM notes WHERE discussion_id = ? AND deleted_at IS NULL ORDER BY ordinal"
        return self._connection.execute(living, (discussion_id,))

    def _note(self, row: sqlite3.Row) -> dict[str, object]:
        place = [row[field] for field in (*_PLACE, "start_old_line", "start_new_line")]
        return {
            **{field: _plain(row, field) for field in ("type", "body", "system", "internal", "resolvable")},
            "id": row["gitlab_id"],
            "author": self._person(row["author_id"]),
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "resolved": None if row["resolved"] is None else bool(row["resolved"]),
            "resolved_by": self._person(row["resolved_by_id"]),
            "resolved_at": row["resolved_at"],
            "position": None if row["position_type"] is None else place,
        }

    def _events(self, kind: str, *fields: str) -> list[tuple[object, ...]]:
        return [
            (row["gitlab_id"], row["created_at"], self._person(row["user_id"]), *(row[field] for field in fields))
            for row in self._rows(f"resource_{kind}_events")
        ]

    def _rows(self, table: str) -> Iterable[sqlite3.Row]:
        every = f"SELECT * FROM {table} WHERE {self._key} = ? ORDER BY id"  # noqa: S608 - our own names
        return self._connection.execute(every, (self._row["id"],))

    def _joined(self, what: str, one: str, column: str, order: str) -> Iterable[sqlite3.Row]:
        other = "labels" if one == "label" else "users"
        every = (
            f"SELECT {column} FROM {self._prefix}_{what} j JOIN {other} l ON l.id = j.{one}_id"  # noqa: S608 - our own names
            f" WHERE j.{self._key} = ? {order}"
        )
        return self._connection.execute(every, (self._row["id"],))

    def _people(self, what: str) -> list[int]:
        return [one for (one,) in self._joined(what, "user", "l.gitlab_id", "ORDER BY j.ordinal")]

    def _person(self, key: int | None) -> object:
        found = self._connection.execute("SELECT gitlab_id FROM users WHERE id = ?", (key,)).fetchone()
        return None if found is None else found[0]

    def _milestone(self) -> object:
        known = "SELECT gitlab_id, title FROM milestones WHERE id = ?"
        found = self._connection.execute(known, (self._row["milestone_id"],)).fetchone()
        return None if found is None else tuple(found)


def _plain(row: sqlite3.Row, field: str) -> object:
    return bool(row[field]) if field in _FLAGS else row[field]


def _full(row: sqlite3.Row) -> str:
    return f"{row['target_project_path']}#{row['target_iid']}"


def _stored_commit(row: sqlite3.Row) -> tuple[object, ...]:
    words = row["sha"], row["title"], row["message"], row["author_name"]
    return *words, row["authored_date"], row["committed_date"], tuple(json.loads(row["parent_ids"]))
