"""Complete API rows: the fields that GitLab 19 always sends, filled in around those that are known."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]

HERE = "https://gitlab.example.com"
"""Stands in every row and text for the address of the server, which is put in when the row is sent."""

_TIME_STATS = {"time_estimate": 0, "total_time_spent": 0, "human_time_estimate": None, "human_total_time_spent": None}
_TASK = re.compile(r"^\s*[-*+] \[([ xX])\] ", re.MULTILINE)


def sha(*parts: object) -> str:
    """A commit or discussion id that the same parts always give."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def user_row(user_id: int, username: str, name: str) -> Row:
    return {
        "id": user_id,
        "username": username,
        "name": name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{HERE}/{username}",
    }


def label_row(label_id: int, name: str, color: str = "#428bca", description: str | None = None) -> Row:
    return complete_label({"id": label_id, "name": name, "color": color, "description": description})


def complete_label(known: Mapping[str, Any]) -> Row:
    return {"description_html": known.get("description") or "", "text_color": "#FFFFFF"} | dict(known)


def complete_project(known: Mapping[str, Any]) -> Row:
    """Expects id, path_with_namespace, name, created_at and namespace."""
    path = known["path_with_namespace"]
    parent = known["namespace"]["name"]
    filled: Row = {
        "description": None,
        "name_with_namespace": f"{parent} / {known['name']}",
        "path": path.rsplit("/", 1)[-1],
        "default_branch": "main",
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": f"git@gitlab.example.com:{path}.git",
        "http_url_to_repo": f"{HERE}/{path}.git",
        "web_url": f"{HERE}/{path}",
        "readme_url": None,
        "forks_count": 0,
        "avatar_url": None,
        "star_count": 0,
        "last_activity_at": known["created_at"],
        "visibility": "private",
        "archived": False,
        "empty_repo": False,
        "issues_enabled": True,
        "merge_requests_enabled": True,
        "issues_access_level": "enabled",
        "merge_requests_access_level": "enabled",
    }
    return filled | dict(known)


def _ticked(description: str | None) -> Row:
    ticks = _TASK.findall(description or "")
    return {"count": len(ticks), "completed_count": sum(tick != " " for tick in ticks)}


def _issuable(known: Mapping[str, Any], mark: str, folder: str, project_path: str) -> Row:
    number = f"{mark}{known['iid']}"
    assignees = known.get("assignees", [])
    return {
        "description": None,
        "state": "opened",
        "updated_at": known["created_at"],
        "closed_at": None,
        "closed_by": None,
        "labels": [],
        "milestone": None,
        "assignees": assignees,
        "assignee": assignees[0] if assignees else None,
        "user_notes_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "discussion_locked": None,
        "web_url": f"{HERE}/{project_path}/-/{folder}/{known['iid']}",
        "time_stats": dict(_TIME_STATS),
        "task_completion_status": _ticked(known.get("description")),
        "references": {"short": number, "relative": number, "full": f"{project_path}{number}"},
        "subscribed": False,
        "imported": False,
        "imported_from": "none",
    }


def complete_issue(known: Mapping[str, Any], project_path: str) -> Row:
    """Expects id, iid, project_id, title, created_at and author; gives the row of the single GET."""
    base = f"{HERE}/api/v4/projects/{known['project_id']}"
    own = f"{base}/issues/{known['iid']}"
    filled: Row = {
        "issue_type": "issue",
        "merge_requests_count": 0,
        "start_date": None,
        "due_date": None,
        "confidential": False,
        "weight": None,
        "blocking_issues_count": 0,
        "severity": "UNKNOWN",
        "moved_to_id": None,
        "service_desk_reply_to": None,
        "_links": {
            "self": own,
            "notes": f"{own}/notes",
            "award_emoji": f"{own}/award_emoji",
            "project": base,
            "closed_as_duplicate_of": None,
        },
    }
    row = _issuable(known, "#", "issues", project_path) | filled | dict(known)
    row["type"] = row["issue_type"].upper()
    return with_tasks(row)


def with_tasks(row: Row) -> Row:
    """Sets the fields that follow from the checklist counts of an issue."""
    done = row["task_completion_status"]
    row["has_tasks"] = done["count"] > 0
    row.pop("task_status", None)
    if row["has_tasks"]:
        row["task_status"] = f"{done['completed_count']} of {done['count']} checklist items completed"
    return row


def retold(row: Row, description: str) -> None:
    """Puts a new description into a row, with what follows from it."""
    row["description"] = description
    row["task_completion_status"] = _ticked(description)
    if "has_tasks" in row:
        with_tasks(row)


def complete_merge_request(known: Mapping[str, Any], project_path: str) -> Row:
    """Expects id, iid, project_id, title, created_at, author and source_branch; gives the row of the single GET."""
    draft = known["title"].startswith("Draft: ")
    filled: Row = {
        "merged_by": None,
        "merge_user": None,
        "merged_at": None,
        "target_branch": "main",
        "reviewers": [],
        "source_project_id": known["project_id"],
        "target_project_id": known["project_id"],
        "draft": draft,
        "work_in_progress": draft,
        "merge_when_pipeline_succeeds": False,
        "merge_status": "can_be_merged",
        "detailed_merge_status": "draft_status" if draft else "mergeable",
        "merge_after": None,
        "sha": None,
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "should_remove_source_branch": None,
        "force_remove_source_branch": True,
        "prepared_at": known["created_at"],
        "reference": f"!{known['iid']}",
        "squash": False,
        "squash_on_merge": False,
        "has_conflicts": False,
        "blocking_discussions_resolved": True,
        "approvals_before_merge": None,
        "changes_count": None,
        "latest_build_started_at": None,
        "latest_build_finished_at": None,
        "first_deployed_to_production_at": None,
        "pipeline": None,
        "head_pipeline": None,
        "diff_refs": None,
        "merge_error": None,
        "first_contribution": False,
        "user": {"can_merge": False},
    }
    return _issuable(known, "!", "merge_requests", project_path) | filled | dict(known)


def complete_note(known: Mapping[str, Any]) -> Row:
    """Expects id, body, author, created_at and the four fields that name the item."""
    filled: Row = {
        "type": None,
        "attachment": None,
        "updated_at": known["created_at"],
        "system": False,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "commands_changes": {},
    }
    row = filled | dict(known)
    if row["type"] == "DiffNote":
        row.setdefault("suggestions", [])
    if row["resolvable"]:
        row = {"resolved": False, "resolved_by": None, "resolved_at": None} | row
    return row


def complete_commit(known: Mapping[str, Any], project_path: str) -> Row:
    """Expects id, message, author_name and authored_date."""
    message = known["message"]
    filled: Row = {
        "short_id": known["id"][:8],
        "created_at": known["authored_date"],
        "parent_ids": [],
        "title": message.split("\n", 1)[0],
        "committer_name": known["author_name"],
        "committed_date": known["authored_date"],
        "trailers": {},
        "extended_trailers": {},
        "web_url": f"{HERE}/{project_path}/-/commit/{known['id']}",
    }
    row = filled | dict(known)
    for email in ("author_email", "committer_email"):
        row[email] = row.get(email) or "unknown@example.com"
    return row


def complete_diff(known: Mapping[str, Any]) -> Row:
    """Expects old_path, new_path and diff; keys that start with `x_` are the converter's and are dropped."""
    filled: Row = {
        "a_mode": "100644",
        "b_mode": "100644",
        "new_file": False,
        "renamed_file": known["old_path"] != known["new_path"],
        "deleted_file": False,
        "generated_file": False,
        "collapsed": False,
        "too_large": False,
    }
    return filled | {key: value for key, value in known.items() if not key.startswith("x_")}


def label_titles(labels: Iterable[str]) -> list[str]:
    """As GitLab sends them: sorted by title."""
    return sorted(set(labels), key=lambda title: (title.lower(), title))
