"""Who knows a path and who works on it, for people."""

from application.people.find_experts import ExpertsAnswer, ShownExpert
from entrypoints.cli.freshness_view import show_age
from entrypoints.cli.provenance_parts import counted, show_hints, show_names
from entrypoints.cli.screen import Cell, Screen


def show_experts(screen: Screen, found: ExpertsAnswer) -> None:
    experts = found.experts
    screen.line(Cell(experts.path or ".", "bold"), Cell(f"  {experts.project_path}", "dim"))
    show_names(screen, experts.resolved_paths, "names")
    for expert in experts.experts:
        screen.line(
            Cell(f"{_score(expert.score):>8}  ", "green"),
            Cell(f"@{expert.username}", "bold"),
            Cell(f"  {counted(expert.merge_requests, 'merge request')}  ", "dim"),
            screen.when(expert.last_at),
        )
        _show_parts(screen, expert)
    show_hints(screen, experts.hints)
    show_age(screen, found.freshness)


def _score(score: float) -> str:
    """What has nearly faded is still worth something."""
    return f"{score:.1f}" if round(score, 1) else "<0.1"


def _show_parts(screen: Screen, expert: ShownExpert) -> None:
    for part in expert.parts or ():
        rule = f"{part.weight:g} points, half in {part.half_life_days:g} days"
        screen.line(Cell(f"{part.points:16.1f}  {part.kind.value}: {part.count} at {rule}", "dim"))
