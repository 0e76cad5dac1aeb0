"""What every `Progress` promises: to take whatever a run tells it."""

from abc import ABC, abstractmethod

import pytest

from application.ports.progress import Progress


class ProgressContract(ABC):
    @pytest.fixture
    @abstractmethod
    def progress(self) -> Progress: ...

    def test_stages_follow_one_another(self, progress: Progress) -> None:
        for name in ("ingest", "dependents", "docs"):
            progress.stage(name, total=2)
            progress.advance()
            progress.advance()

    def test_a_stage_may_not_know_how_long_it_is(self, progress: Progress) -> None:
        progress.stage("ingest")
        progress.advance(100, detail="page 1")
        progress.advance(100, total=250)

    def test_a_stage_may_do_more_than_it_thought_or_nothing(self, progress: Progress) -> None:
        progress.stage("docs", total=1)
        progress.advance(5)
        progress.stage("embed", total=0)

    def test_steps_before_the_first_stage_are_no_error(self, progress: Progress) -> None:
        progress.advance()

    def test_details_may_be_any_text(self, progress: Progress) -> None:
        progress.stage("ingest")
        progress.advance(detail="[bold]#12[/bold] \x1b[31m\u202e\n")
