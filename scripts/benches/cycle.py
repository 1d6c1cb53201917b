"""The commands of a night, each beside the imports it makes and beside plain SQL, turn by turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.benches.measures import Sample
from scripts.benches.stage import GUARDED, IMPORTED, LEAGUE, NOT_PRESERVED, Stage, say


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and the statement that stands beside it; `status` is what it ends with there."""

    name: str
    arguments: tuple[str, ...]
    statement: str = ""
    status: int = 0


STEPS: Mapping[str, tuple[Step, ...]] = {
    LEAGUE: (Step("backup", ("backup",), "backup"),),
    GUARDED: (
        Step("validate-safety", ("validate-safety",), "validate_safety"),
        Step("second backup", ("backup",)),
    ),
    IMPORTED: (
        Step("check-preservation", ("check-preservation",), "check_preservation", NOT_PRESERVED),
        Step("restore --dry-run", ("restore", "--dry-run"), "dry_run"),
        Step("restore", ("restore",), "restore"),
        Step("health", ("health",), "health"),
    ),
}
"""What is done in which state, in this order: the health of what the restore has left."""


@dataclass
class Cost:
    """What one command takes, run by run."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    @property
    def ours(self) -> Sample:
        """Seconds of the whole process."""
        return Sample.of(self.seconds)

    @property
    def memory(self) -> Sample:
        """Megabytes of the process, at most."""
        return Sample.of(self.megabytes)

    @property
    def alone(self) -> Sample:
        """Seconds of the imports alone."""
        return Sample.of(self.imports)

    @property
    def beside(self) -> Sample | None:
        """Seconds of the statement."""
        return Sample.of(self.plain) if self.plain else None


def measure(stage: Stage, runs: int) -> Mapping[str, Cost]:
    """Go through so many nights; returns what each command took, by the step's name."""
    costs: dict[str, Cost] = defaultdict(Cost)
    for run in range(runs):
        say(f"{stage.size}: night {run + 1} of {runs}")
        for state, steps in STEPS.items():
            stage.guard.become(state)
            if state in stage.plain.states:
                stage.plain.become(state)
            for step in steps:
                _take(stage, step, costs[step.name], plain_first=run % 2 == 1)
    return costs


def _take(stage: Stage, step: Step, cost: Cost, *, plain_first: bool) -> None:
    cost.imports.append(stage.program.imports(*step.arguments).seconds)
    if step.statement and plain_first:
        cost.plain.append(stage.query(step.statement))
    spent = stage.program.run(stage.guard.url, *step.arguments, status=step.status)
    cost.seconds.append(spent.seconds)
    cost.megabytes.append(spent.megabytes)
    if step.statement and not plain_first:
        cost.plain.append(stage.query(step.statement))
