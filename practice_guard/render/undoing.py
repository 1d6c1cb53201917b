"""An undo as an outcome: what went back where it was, what stays, and why."""

from __future__ import annotations

from practice_guard.core.findings import worst_first
from practice_guard.core.model import Verdict
from practice_guard.core.restore import Undone, left
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.restoring import rules
from practice_guard.render.text import line, table


def undo(report: Undone, *, dry_run: bool = False, tried: bool = False) -> Outcome:
    """Present an undo, planned, tried or applied.

    Args:
        report: what is or was to be done.
        dry_run: it was only shown.
        tried: and for that done for real, and taken back.
    """
    staying = {name: report.unmoved[name] + report.left(name) for name in report.removed}
    rows = [(name, report.removed[name], report.relinked[name], staying[name]) for name in staying]
    rows.append(("sum", report.taken_out, report.pointed_back, sum(staying.values())))
    return Outcome(
        Verdict.WAITING if report.leaves else Verdict.FINE,
        _sentence(report, dry_run=dry_run, tried=tried),
        {
            "undoes": report.entry.id,
            "ledger": None if tried else report.ledger,
            "dry_run": dry_run,
            "tried": tried,
            "not_foreseen": [] if tried or not dry_run else list(report.untold),
            "removed": dict(report.removed),
            "relinked": dict(report.relinked),
            "adrift": dict(report.adrift),
            "unmoved": dict(report.unmoved),
            "staying": {name: dict(keys) for name, keys in report.staying.items()},
            "refused": {name: dict(words) for name, words in report.refused.items()},
        },
        (
            table(("protected", "removed", "pointed back", "stay"), rows),
            *map(line, _notes(report, dry_run=dry_run, tried=tried)),
        ),
        tuple(worst_first(each for name in staying for each in left(report, name))),
        _steps(report, dry_run=dry_run, tried=tried),
    )


def _steps(report: Undone, *, dry_run: bool, tried: bool) -> tuple[Step, ...]:
    if not dry_run:
        return (Step("health"),)
    number = str(report.entry.id)
    trying = Step("restore", "--undo", number, "--dry-run", "--try", why="what only a write can show")
    return (*(() if tried or not report.untold else (trying,)), Step("restore", "--undo", number))


def _notes(report: Undone, *, dry_run: bool, tried: bool) -> list[str]:
    said = []
    unmoved = sum(report.unmoved.values())
    if emptied := sum(report.adrift.values()) - unmoved:
        points = agreeing(emptied, "points", "point")
        said.append(f"{counted(emptied, 'row')} {points} at nothing then: what was there before is gone.")
    if unmoved:
        they = agreeing(unmoved, "it", "they")
        stay = agreeing(unmoved, "stays where it is", "stay where they are")
        said.append(
            f"{counted(unmoved, 'row')} {stay}: what {they} pointed at is gone, and {they} must point at something."
        )
    if tried:
        said.append("Tried: done for real and taken back.")
    elif dry_run and report.untold:
        said.append(
            f"Foreseen from the catalogue. What these say of a row only a write shows: {rules(report.untold)}. A row "
            "that one of them refuses would stay, alone."
        )
    return [f"  {each}\n" for each in said]


def _sentence(report: Undone, *, dry_run: bool, tried: bool) -> str:
    stays = report.leaves + sum(report.unmoved.values())
    kept = f", {stays:,} {agreeing(stays, 'stays', 'stay')}" if stays else ""
    does = f"{counted(report.taken_out, 'row')} removed, {report.pointed_back:,} pointed back{kept}"
    if tried:
        return f"Nothing is left written. An undo of restore {report.entry.id} was tried and taken back: {does}."
    if dry_run:
        return f"Nothing was written. An undo of restore {report.entry.id}: {does}."
    if report.ledger is None:
        return f"Nothing was written: not one row that restore {report.entry.id} wrote can go back."
    return f"Restore {report.entry.id} was taken back (ledger {report.ledger}): {does}."
