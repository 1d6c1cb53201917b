"""What was measured: samples, the lines of a table, and the goals that they are held against."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Figure = Literal["value", "ratio", "difference"]
"""What a goal speaks of: ours as it is, ours divided by theirs, or ours less theirs."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The same thing measured several times."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Sample:
        """A sample of these values; there is at least one."""
        return cls(tuple(map(float, values)))

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def document(self) -> dict[str, object]:
        """As it stands in JSON."""
        rounded = [round(value, 4) for value in self.values]
        return {"median": round(self.median, 4), "low": min(rounded), "high": max(rounded), "values": rounded}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is to be: at most `limit`, or at least."""

    limit: float
    figure: Figure = "ratio"
    at_least: bool = False

    def reached(self, figure: float) -> bool:
        """Whether this is reached."""
        return figure >= self.limit if self.at_least else figure <= self.limit


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: ours, and what it is held against.

    Attributes:
        what: what was measured.
        ours: the guard's sample.
        against: what stands beside it, in words.
        theirs: its sample.
        goal: what is to be reached.
        unit: of both samples.
        compared: whether one divided by the other says something, where there is no goal.
    """

    what: str
    ours: Sample
    against: str = ""
    theirs: Sample | None = None
    goal: Goal | None = None
    unit: str = "s"
    compared: bool = True

    @property
    def figure(self) -> float | None:
        """What the goal speaks of, or the ratio where there is none; None where nothing stands beside it."""
        kind: Figure = self.goal.figure if self.goal else "ratio"
        if kind == "value":
            return self.ours.median
        if self.theirs is None or not (self.goal or self.compared):
            return None
        if kind == "difference":
            return self.ours.median - self.theirs.median
        return self.ours.median / self.theirs.median if self.theirs.median else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return None if self.goal is None or self.figure is None else self.goal.reached(self.figure)

    def document(self) -> dict[str, object]:
        """As it stands in JSON."""
        theirs = {"what": self.against, **self.theirs.document()} if self.theirs else None
        goal = (
            {"figure": self.goal.figure, "limit": self.goal.limit, "at_least": self.goal.at_least}
            if self.goal
            else None
        )
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours.document(),
            "against": theirs,
            "figure": None if self.figure is None else round(self.figure, 4),
            "goal": goal,
            "reached": self.reached,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """What a part brought: a title, its lines, and what else is to be known of it."""

    title: str
    lines: tuple[Line, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """As it stands in JSON."""
        return {"title": self.title, "lines": [line.document() for line in self.lines], "facts": dict(self.facts)}
