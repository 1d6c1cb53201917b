"""What the guard cost, night by night: a row a run with a bar of its phases, and the newest night phase by phase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timezone
from statistics import median

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.records import Phase
from practice_guard.core.running import BETWEEN, NIGHTS_BEFORE, Night, Part, overhead, said_to_have_grown
from practice_guard.render.outcome import Outcome
from practice_guard.render.running import seconds
from practice_guard.render.text import Paragraph, line

_WIDTH = 20
_UNKNOWN = "unknown"

_LETTERS = {
    Phase.VALIDATE: ("v", "cyan"),
    Phase.BACKUP: ("b", "blue"),
    Phase.CHECK: ("c", "cyan"),
    Phase.RESTORE: ("r", "green"),
    Phase.HEALTH: ("h", "cyan"),
    Phase.ROLLBACK: ("k", "yellow"),
    Phase.CLEANUP: ("x", "blue"),
    BETWEEN: (".", "dim"),
}
"""The letter that a part is drawn with, so that a bar says without colours what it is made of."""

_OTHER = ("o", "dim")
"""The letter of what another version did."""

_FAR_OUT = 2.0
"""Times the median share beyond which a bar is cut, so that one night makes not all others too short to read."""


def beside(outcome: Outcome, nights: Sequence[Night], slow: Sequence[Finding]) -> Outcome:
    """Tell in a history what the guard cost; a person is shown that and no events.

    Args:
        outcome: the history.
        nights: what is shown, newest first.
        slow: what is to be warned of; an error makes the answer no.
    """
    verdict = Verdict.REFUSED if any(each.severity is Severity.ERROR for each in slow) else outcome.verdict
    return replace(
        outcome,
        verdict=verdict,
        sentence=f"{outcome.sentence} {_grown(nights)}",
        result={**outcome.result, "nights": [_document(night) for night in nights]},
        body=tuple(_body(nights)),
        findings=(*outcome.findings, *slow),
    )


def _document(night: Night) -> dict[str, object]:
    guard, etl = night.guard_seconds, night.etl_seconds
    return {
        "run": night.run.id,
        "at": night.run.started_at.isoformat(),
        "guard_seconds": None if guard is None else round(guard, 3),
        "etl_seconds": None if etl is None else round(etl, 3),
        "overhead_percent": night.overhead_percent,
        "phases": [
            {
                "name": part.name,
                "seconds": part.seconds,
                "overhead_percent": overhead(part.seconds, etl),
                "usual_seconds": part.usual,
                "grew": part.grew,
            }
            for part in night.parts
        ],
        "grew": [part.name for part in night.grew],
    }


def _grown(nights: Sequence[Night]) -> str:
    """Say of the newest night that is told of whether a phase grew."""
    night = next((night for night in nights if night.is_told), None)
    if night is None:
        return "Of no night is it known how long each phase took."
    if night.grew:
        return f"In run {night.run.id}: {said_to_have_grown(night.grew).rstrip()}"
    if all(part.grew is None for part in night.parts):
        return f"Before run {night.run.id} there were too few nights to say whether a phase grew."
    return f"No phase grew in run {night.run.id}."


def _body(nights: Sequence[Night]) -> Iterator[RenderableType]:
    if not nights:
        return
    full = _full(nights)
    grid = _grid(right=(0, 2, 3, 4))
    grid.add_row(*(Text(each, "dim") for each in ("run", "begun, UTC", "guard", "ETL", "share", "by phase")))
    for night in nights:
        begun = f"{night.run.started_at.astimezone(timezone.utc):%Y-%m-%d %H:%M}"
        cells = (str(night.run.id), begun, _time(night.guard_seconds), _etl(night), _share(night))
        grid.add_row(*(Text(each) for each in cells), _bar(night, full))
    yield Padding(grid, (0, 0, 1, 2))
    yield Paragraph(line(_legend(nights, full), "dim"), 2)
    newest = next((night for night in nights if night.is_told), None)
    if newest is not None:
        yield line("")
        yield Paragraph(line(f"Run {newest.run.id}; usual is the median of up to {NIGHTS_BEFORE} nights before:"), 2)
        yield _phases(newest)


def _full(nights: Sequence[Night]) -> float:
    """Return the share, in percent, that a whole bar stands for; 0 where none is known."""
    shares = [night.overhead_percent for night in nights if night.overhead_percent]
    return min(max(shares), _FAR_OUT * median(shares)) if shares else 0.0


def _grid(right: Sequence[int]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for place in range(6):
        grid.add_column(justify="right" if place in right else "left", no_wrap=True)
    return grid


def _time(span: float | None) -> str:
    return _UNKNOWN if span is None else seconds(span)


def _etl(night: Night) -> str:
    """Return how long the ETL ran; a run that is refused starts none."""
    started = night.run.touched or night.etl_seconds is not None
    return _time(night.etl_seconds) if started else "none"


def _share(night: Night) -> str:
    percent = night.overhead_percent
    if percent is None:
        return _UNKNOWN if night.run.touched else ""
    return _percent(percent)


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:,.1f} %" if percent < 10 else f"{percent:,.0f} %"  # noqa: PLR2004


def _bar(night: Night, full: float) -> Text:
    """Draw a night's share, each part with its letter and as long as it took; one that grew in capitals."""
    percent, bar = night.overhead_percent, Text()
    whole = sum(part.seconds for part in night.parts)
    if not percent or not full or not whole:
        return bar
    length = min(_WIDTH, max(1, round(_WIDTH * percent / full)))
    passed, drawn = 0.0, 0
    for part in night.parts:
        passed += part.seconds
        until = round(length * passed / whole)
        letter, style = _letter(part)
        letters = max(until - drawn, 1 if part.grew else 0)
        bar.append(letter * letters, style)
        drawn += letters
    if percent > full:
        bar.append(">")
    return bar


def _letter(part: Part) -> tuple[str, str]:
    letter, style = next((drawn for name, drawn in _LETTERS.items() if name == part.name), _OTHER)
    if not part.grew:
        return letter, style
    return ("!" if part.name == BETWEEN else letter.upper()), "bold red"


def _legend(nights: Sequence[Night], full: float) -> str:
    there = {part.name for night in nights for part in night.parts}
    known = [f"{letter} {name}" for name, (letter, _) in _LETTERS.items() if name in there]
    other = [f"{_OTHER[0]} {name}" for name in sorted(there - set(_LETTERS))]
    grown = ["a capital or ! grew"] if any(night.grew for night in nights) else []
    cut = ["> is longer than drawn"] if any((night.overhead_percent or 0.0) > full for night in nights) else []
    return ", ".join([*known, *other, *grown, *cut]) + "." if there else "How long each phase took is not known."


def _phases(night: Night) -> Padding:
    """Draw each phase of a night as long as it took, beside its share of the ETL's time and what is usual."""
    longest = max(part.seconds for part in night.parts) or 1.0
    grid = _grid(right=(1, 2, 3))
    grid.add_row(*(Text(each, "dim") for each in ("", "seconds", "of ETL", "usual", "", "")))
    for part in night.parts:
        _, style = _letter(part)
        bar = "#" * max(1, round(_WIDTH * part.seconds / longest)) if part.seconds else ""
        share, word = _percent(overhead(part.seconds, night.etl_seconds)), "grew" if part.grew else ""
        usual = _UNKNOWN if part.usual is None else seconds(part.usual)
        cells = (part.name, seconds(part.seconds), share, usual)
        grid.add_row(*(Text(each) for each in cells), Text(bar, style), Text(word, "bold red"))
    return Padding(grid, (0, 0, 1, 2))
