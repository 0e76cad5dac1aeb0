"""Ends a run at a chosen step, as SIGKILL would: nothing that it does afterwards has any effect.

`Killer.step` is a hook for the adapters in memory. From the fatal step on it raises each time, so that what a dying
run tries on its way out, such as a last row in the ledger, is not done either.
"""


class Killed(BaseException):
    """The process is gone."""


class Killer:
    """`at` counts steps from the first, which is 1; None: never, to count the steps of a whole run."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.steps = 0

    def step(self, *_: object) -> None:
        self.steps += 1
        if self.at is not None and self.steps >= self.at:
            raise Killed
