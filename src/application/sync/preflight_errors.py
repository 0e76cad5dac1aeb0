"""How a preflight that failed is told: every target in one go (C9)."""

from application.sync.preflight import PreflightFindings
from application.sync.surgical_results import ResultSheet
from domain.errors import LoreError, SurgicalPreflightFailed
from domain.refs import EntityKind
from domain.targets import SurgicalPlan, Target


def reconcile_action(plan: SurgicalPlan, target: Target) -> tuple[str, ...]:
    """What removes an item that GitLab no longer has."""
    option = "--issue" if target.kind is EntityKind.ISSUE else "--mr"
    return (f"lore sync --reconcile {option} {target.iid} -p {plan.project_path}",)


def preflight_error(plan: SurgicalPlan, findings: PreflightFindings, sheet: ResultSheet) -> LoreError:
    """The error to raise: the common one where all failed for one reason other than 404."""
    reasons = {failed.reason for failed in findings.failures}
    details = {
        "targets": [
            {
                "target": failed.target.short,
                "kind": failed.target.kind.value,
                "iid": failed.target.iid,
                "reason": failed.reason,
                "message": failed.error.message,
            }
            for failed in findings.failures
        ],
        "suggested_retry_command": sheet.retry_command,
    }
    actions = [action for row in sheet.results for action in row.actions]
    first = findings.failures[0].error
    if len(findings.failures) == len(plan.targets) and len(reasons) == 1 and not reasons & {"not_found", "gone"}:
        return type(first)(
            first.message, suggestion=first.suggestion, actions=first.actions, details={**first.details, **details}
        )
    told = ", ".join(f"{failed.target.short} ({failed.reason.replace('_', ' ')})" for failed in findings.failures)
    return SurgicalPreflightFailed(
        f"{len(findings.failures)} of {len(plan.targets)} targets of {plan.project_path} could not be fetched: {told}.",
        suggestion="Nothing was written. Name only targets that exist and that the token may read.",
        actions=actions,
        details=details,
    )
