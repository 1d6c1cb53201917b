"""What the guard cost beside the ETL, night by night: whether that is much, and which phase grew."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from practice_guard.core.findings import Overrides, found, weigh
from practice_guard.core.model import Finding, Severity, Slow
from practice_guard.core.records import Phase, Run
from practice_guard.core.running.report import overhead
from practice_guard.core.steps import Step

BETWEEN = "between phases"
"""What is none of the phases: connecting, waiting for what the ETL left at work, writing the record."""

NIGHTS_BEFORE = 30
"""The nights before with whose median a phase is compared; older ones say nothing of today's league."""

_FEWEST = 3
"""Nights before, below which nobody can say what is usual."""

_TIMES, _SECONDS = 2.0, 2.0
"""A phase grew when it took more than so many times as long as usual, and more than so many seconds longer.

A busy machine makes half a second one and a half, and two seconds three; that is no growth.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a night's guarding.

    Attributes:
        name: of the phase, or `BETWEEN`.
        seconds: how long it took.
        whole: it came to a good end; one that did not says nothing of how long it takes.
        usual: the median of the nights before; None where they are too few.
    """

    name: str
    seconds: float
    whole: bool = True
    usual: float | None = None

    @property
    def grew(self) -> bool | None:
        """Whether it took clearly longer than usual; None where nobody can say."""
        if self.usual is None or not self.whole:
            return None
        return self.seconds > _TIMES * self.usual and self.seconds - self.usual > _SECONDS


@dataclass(frozen=True, slots=True)
class Night:
    """What one run cost. What its record does not say is None, and never 0.

    Attributes:
        run: its record.
        guard_seconds: the guard's own time; of a run that is not finished nobody knows it yet.
        etl_seconds: how long the ETL ran; None too where it was not started.
        parts: the guard's phases, in order, and what lay between them.
    """

    run: Run
    guard_seconds: float | None
    etl_seconds: float | None
    parts: tuple[Part, ...]

    @property
    def overhead_percent(self) -> float | None:
        """The guard's time in percent of the ETL's."""
        return None if self.guard_seconds is None else overhead(self.guard_seconds, self.etl_seconds)

    @property
    def grew(self) -> tuple[Part, ...]:
        """The parts that took clearly longer than usual."""
        return tuple(part for part in self.parts if part.grew)

    @property
    def is_told(self) -> bool:
        """Whether the record says how long each part took."""
        return self.guard_seconds is not None and bool(self.parts)


def nights(runs: Sequence[Run]) -> list[Night]:
    """Tell what runs cost, each compared with those before it.

    Args:
        runs: the record of runs, newest first.

    Returns:
        a night for each run, newest first.
    """
    before: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=NIGHTS_BEFORE))
    told = []
    for run in reversed(runs):
        night = of_run(run)
        told.append(replace(night, parts=tuple(_beside(part, before[part.name]) for part in night.parts)))
        for part in night.parts:
            if part.whole:
                before[part.name].append(part.seconds)
    return told[::-1]


def of_run(run: Run) -> Night:
    """Tell what one run cost, from its record alone."""
    guard = run.guard_seconds if run.finished_at is not None and run.guard_seconds > 0 else None
    recorded = [each for each in run.phases if each.get("name") != Phase.ETL]
    parts = _parts(recorded)
    if guard is not None and parts and all(_seconds(each) is not None for each in recorded):
        rest = round(guard - sum(part.seconds for part in parts), 3)
        parts = (*parts, Part(BETWEEN, rest)) if rest >= 0 else parts
    return Night(run, guard, run.etl_seconds, parts)


def _parts(recorded: Sequence[Mapping[str, object]]) -> tuple[Part, ...]:
    """Add up the phases that have a time; a run that was resumed may have been in one twice."""
    parts: dict[str, Part] = {}
    for each in recorded:
        name, seconds = str(each.get("name")), _seconds(each)
        if seconds is None:
            continue
        had = parts.get(name, Part(name, 0.0))
        parts[name] = Part(name, round(had.seconds + seconds, 3), had.whole and each.get("ok") is True)
    return tuple(parts.values())


def _seconds(phase: Mapping[str, object]) -> float | None:
    found = phase.get("seconds")
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _beside(part: Part, before: Sequence[float]) -> Part:
    return replace(part, usual=round(median(before), 3)) if len(before) >= _FEWEST else part


def guard_slow(told: Sequence[Night], slow: Slow, overrides: Overrides) -> list[Finding]:
    """Warn where the guard took too much of the newest night that can be judged.

    Args:
        told: what the runs cost, newest first.
        slow: from when on it is too much.
        overrides: severities from the settings.
    """
    judged = next((night for night in told if _can_be_judged(night)), None)
    return [weigh(each, overrides) for each in _too_slow(judged, slow)] if judged else []


def at_the_end(run: Run, slow: Slow, overrides: Overrides) -> list[Finding]:
    """Warn at the end of a run where the guard took too much of it.

    A run's verdict is about rows, and no setting makes a slow night a bad one: here it is a warning at most.
    """
    night = of_run(run)
    weighed = [weigh(each, overrides) for each in _too_slow(night, slow)] if _can_be_judged(night) else []
    most = [min(each.severity, Severity.WARNING, key=lambda severity: severity.weight) for each in weighed]
    look = Step("history", "--cost", why="each phase of each night, and which one grew")
    return [replace(each, severity=severity, fix=look) for each, severity in zip(weighed, most, strict=True)]


def _can_be_judged(night: Night) -> bool:
    """Whether the share means anything: an ETL that failed ended before its time."""
    return night.run.etl_exit_code == 0 and night.overhead_percent is not None


def _too_slow(night: Night, slow: Slow) -> list[Finding]:
    guard, etl, percent = night.guard_seconds, night.etl_seconds, night.overhead_percent
    if guard is None or etl is None or percent is None or not slow.is_passed(guard, percent):
        return []
    longest = max(night.parts, key=lambda part: part.seconds, default=None)
    most = f"Most of it is {longest.name}, {longest.seconds:,.1f} s. " if longest else ""
    return [
        found(
            "guard-slow",
            f"{percent:,.1f} % of the ETL's time: the guard took {guard:,.1f} s beside {etl:,.1f} s in run "
            f"{night.run.id}.",
            f"{most}{said_to_have_grown(night.grew)}More than {slow.percent:g} % and more than {slow.seconds:g} s is "
            "called slow (PRACTICE_GUARD_SLOW_PERCENT, PRACTICE_GUARD_SLOW_SECONDS).",
            Step("explain", "guard-slow", why="what helps with each phase"),
        )
    ]


def said_to_have_grown(parts: Sequence[Part]) -> str:
    """Say of each part that grew how long it took and how long is usual, with a blank behind; empty for none."""
    return "".join(
        f"{part.name[:1].upper()}{part.name[1:]} grew: {part.seconds:,.1f} s, where {part.usual or 0.0:,.1f} s is "
        "usual. "
        for part in parts
    )
