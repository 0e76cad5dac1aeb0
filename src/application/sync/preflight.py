"""Phase preflight: fetch the project and every named item, over the network only (C1, C6, C9, C15)."""

from collections import deque
from dataclasses import dataclass

from application.ports.cancellation import Cancellation
from application.ports.content_store import ContentStore
from application.ports.gitlab_reader import GitLabs
from application.ports.workers import Workers
from domain.entities import Entity, Fetched, Project
from domain.errors import (
    GitLabAuthFailed,
    GitLabForbidden,
    GitLabNotFound,
    GitLabRateLimited,
    GitLabUnavailable,
    LoreError,
    MalformedPayload,
)
from domain.refs import EntityRef
from domain.targets import SurgicalPlan, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightFailure:
    target: Target
    reason: str
    error: LoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightFindings:
    project: Project | None
    items: dict[Target, Fetched[Entity]]
    failures: tuple[PreflightFailure, ...]


class Preflight:
    """All targets are asked for, and all that fail are told in one go. Nothing is written."""

    def __init__(self, *, gitlabs: GitLabs, store: ContentStore, workers: Workers, cancellation: Cancellation) -> None:
        self._gitlabs = gitlabs
        self._store = store
        self._workers = workers
        self._cancellation = cancellation

    def __call__(self, plan: SurgicalPlan) -> PreflightFindings:
        reader = self._gitlabs.reader(plan.instance)
        try:
            project = reader.project(plan.project_path).value
        except LoreError as error:
            return self._all_failed(plan, error)
        answers: dict[Target, Fetched[Entity] | LoreError] = {}
        waiting = deque(plan.targets)

        def fetch(target: Target) -> Fetched[Entity]:
            return reader.entity(project.gitlab_id, target.kind, target.iid)

        for finished in self._workers.run(fetch, lambda: waiting.popleft() if waiting else None):
            self._cancellation.check()
            answers[finished.item] = finished.outcome
        failures, items = [], {}
        for target in plan.targets:
            answer = answers[target]
            if isinstance(answer, LoreError):
                failures.append(
                    PreflightFailure(target=target, reason=self._reason(plan, target, answer), error=answer)
                )
            else:
                items[target] = answer
        return PreflightFindings(project=project, items=items, failures=tuple(failures))

    def _all_failed(self, plan: SurgicalPlan, error: LoreError) -> PreflightFindings:
        failures = tuple(
            PreflightFailure(target=target, reason=reason_of(error), error=error) for target in plan.targets
        )
        return PreflightFindings(project=None, items={}, failures=failures)

    def _reason(self, plan: SurgicalPlan, target: Target, error: LoreError) -> str:
        reason = reason_of(error)
        return "gone" if reason == "not_found" and self._is_held(plan, target) else reason

    def _is_held(self, plan: SurgicalPlan, target: Target) -> bool:
        with self._store.reading() as view:
            project = view.projects.find(plan.instance, plan.project_path)
            if project is None:
                return False
            stored = view.entities.get(EntityRef(project.project_id, target.kind, target.iid))
        return stored is not None and stored.deleted_at is None


_REASONS: tuple[tuple[type[LoreError], str], ...] = (
    (GitLabForbidden, "forbidden"),
    (GitLabAuthFailed, "unauthorized"),
    (GitLabNotFound, "not_found"),
    (GitLabRateLimited, "rate_limited"),
    (GitLabUnavailable, "network"),
    (MalformedPayload, "malformed"),
)


def reason_of(error: LoreError) -> str:
    """One word for programs: why a request failed."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "failed")
