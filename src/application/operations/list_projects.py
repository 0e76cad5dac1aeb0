"""Which projects the store holds."""

from application.ports.project_registry import ProjectRegistry, RegisteredProject


class ListProjects:
    def __init__(self, *, registry: ProjectRegistry) -> None:
        self._registry = registry

    def __call__(self) -> tuple[RegisteredProject, ...]:
        """By path."""
        return self._registry.projects()
