"""Tables as text: medians with their spread, what they are held against, and the figure beside its goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.benches.measures import Line, Sample, Table

_SIGNS = {"value": "", "ratio": " x", "difference": " more"}
_WIDTH = 46
_HUNDRED = 100


def server(facts: Mapping[str, object], runs: int) -> str:
    """What was measured on, in one line."""
    settings = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in ("server_version", "own"))
    whose = "its own settings, as it comes" if facts["own"] else "as it was found"
    return f"PostgreSQL {facts['server_version']} ({whose}: {settings}); medians of {runs}, with the spread"


def table(found: Table) -> Iterator[str]:
    """The lines of a table."""
    yield ""
    yield found.title
    yield f"  {'':{_WIDTH}}{'median':>9}  {'low to high':<18}{'beside':>9}  {'':28}{'figure':>10}  goal"
    for line in found.lines:
        yield f"  {line.what:{_WIDTH}}{_amount(line.ours.median):>9}  {_spread(line.ours):<18}{_beside(line)}".rstrip()
    for name, value in found.facts.items():
        yield (
            f"  {name.replace('_', ' ')}: {value:,}"
            if isinstance(value, int)
            else f"  {name.replace('_', ' ')}: {value}"
        )


def _beside(line: Line) -> str:
    theirs = _amount(line.theirs.median) if line.theirs else ""
    if line.figure is None:
        return f"{theirs:>9}  {line.against:28}{line.unit}"
    figure = f"{_amount(line.figure)}{_SIGNS[line.goal.figure if line.goal else 'ratio']}"
    if line.goal is None:
        return f"{theirs:>9}  {line.against:28}{figure:>10}"
    sign, said = (">=" if line.goal.at_least else "<="), ("reached" if line.reached else "NOT REACHED")
    unit = "" if line.goal.figure == "ratio" else f" {line.unit}"
    return f"{theirs:>9}  {line.against:28}{figure:>10}  {sign} {line.goal.limit:g}{unit}: {said}"


def _spread(sample: Sample) -> str:
    return f"{_amount(min(sample.values))} to {_amount(max(sample.values))}"


def _amount(value: float) -> str:
    if abs(value) >= _HUNDRED:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= _HUNDRED / 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
