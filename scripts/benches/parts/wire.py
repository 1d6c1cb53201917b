"""A server that is forty milliseconds away: seconds, round trips, and how long users' writes wait meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.benches.bench import Bench
from scripts.benches.cycle import STEPS, Step
from scripts.benches.measures import Goal, Line, Sample, Table
from scripts.benches.stage import Stage, say
from scripts.benches.wire import wire_to
from scripts.benches.writer import writing

ROUND_TRIP = 0.04
_AT_MOST = 30.0
_WITHIN = 1.0


@dataclass
class _Seen:
    """One command, run by run."""

    seconds: list[float] = field(default_factory=list)
    round_trips: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)


def wire(bench: Bench) -> Table:
    """Each command through a wire of 40 ms there and back, and beside the server, with a user who writes meanwhile."""
    stage = bench.stage(bench.night)
    far, near = ({step.name: _Seen() for steps in STEPS.values() for step in steps} for _ in range(2))
    for run in range(bench.runs):
        say(f"wire: {run + 1} of {bench.runs}")
        for seen, seconds in ((far, ROUND_TRIP / 2), (near, 0.0)):
            for state, steps in STEPS.items():
                stage.guard.become(state)
                for step in steps:
                    _take(stage, step, seen[step.name], seconds)
    lines = [line for name in far for line in _lines(name, far[name], near[name])]
    return Table(f"wire: {bench.night}, 40 ms there and back, a user writing to schedule every 10 ms", tuple(lines))


def _take(stage: Stage, step: Step, seen: _Seen, seconds: float) -> None:
    with wire_to(stage.guard.url, seconds) as wire, writing(stage.guard.url) as waits:
        spent = stage.program.run(wire.url, *step.arguments, status=step.status)
    seen.seconds.append(spent.seconds)
    seen.round_trips.append(wire.counts.round_trips)
    seen.requests.append(wire.counts.requests)
    seen.p99.append(waits.p99)
    seen.worst.append(waits.worst)


def _lines(name: str, far: _Seen, near: _Seen) -> Iterator[Line]:
    restores = name == "restore"
    trips = Goal(_AT_MOST, "value") if restores else None
    within = Goal(_WITHIN, "value") if restores else None
    asked = Sample.of(far.requests)
    yield Line(name, Sample.of(far.seconds), "beside the server", Sample.of(near.seconds))
    yield Line("  round trips", Sample.of(far.round_trips), "requests", asked, trips, unit="trips", compared=False)
    yield _writers("  writers, p99 (longest beside it)", far, within)
    yield _writers("  writers beside the server, p99", near, within)


def _writers(what: str, seen: _Seen, within: Goal | None) -> Line:
    return Line(what, Sample.of(seen.p99), "longest", Sample.of(seen.worst), within, compared=False)
