"""Records that name an issue of some project: links, and what a merge request closes."""

import re

from adapters.gitlab.addresses import GitLabAddress
from adapters.gitlab.payloads import ClosesIssuePayload, IssueLinkPayload, ReferencesPayload
from domain.entities import ClosesIssue, IssueLink

_FULL = re.compile(r"(?P<project>[^#\s]+)#\d+")


class ReferenceMapping:
    """The project is in `references.full`, which some answers lack, or else in the issue's own address."""

    def __init__(self, address: GitLabAddress) -> None:
        self._address = address

    def issue_link(self, payload: IssueLinkPayload) -> IssueLink:
        """Raises ValueError where nothing says which project the other issue is in."""
        return IssueLink(
            gitlab_id=payload.issue_link_id,
            link_type=payload.link_type or "relates_to",
            target_project_path=self._project(payload.references, payload.web_url),
            target_iid=payload.iid,
            created_at=payload.link_created_at,
        )

    def closes_issue(self, payload: ClosesIssuePayload) -> ClosesIssue:
        """An issue without an iid is one of an external tracker, known by its id alone."""
        if payload.iid is None and payload.project_id is not None:
            raise ValueError("one of GitLab's own issues must have an iid")
        if payload.iid is None:
            return ClosesIssue(target_project_path=None, target_iid=None, external_id=str(payload.id))
        project = self._project(payload.references, payload.web_url)
        return ClosesIssue(target_project_path=project, target_iid=payload.iid)

    def _project(self, references: ReferencesPayload | None, web_url: str | None) -> str:
        full = _FULL.fullmatch(references.full or "") if references else None
        project = full["project"] if full else self._address.project_path(web_url or "")
        if project is None:
            raise ValueError("neither references.full nor web_url says which project it is in")
        return project
