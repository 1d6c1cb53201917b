"""What a restore, and an undo, say of rows that the database refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from practice_guard.core.findings import found
from practice_guard.core.model import Finding, Reason
from practice_guard.core.restore.halving import ALONE
from practice_guard.core.restore.plans import Bucket, Plan
from practice_guard.core.restore.refusals import AGAIN
from practice_guard.core.restore.undo import Undone
from practice_guard.core.steps import TRY, Step
from practice_guard.core.words import agreeing, counted


def refused(plan: Plan, name: str) -> list[Finding]:
    """Find that rows of a set wait because the database refuses them: one finding, however many they are.

    Args:
        plan: what a restore would do, or did.
        name: the set.
    """
    said = _said(plan, name)
    if not said:
        return []
    rows, ((most, count),) = said.total(), said.most_common(1)
    whom = agreeing(rows, "it", "them")
    of = f"For {whom}" if count == rows == 1 else "For all of them" if count == rows else f"For {count:,} of them"
    others = f", and for the rest {counted(len(said) - 1, 'other reason')}" if len(said) > 1 else ""
    left, keep = plan.counts(name)["total"] - rows, agreeing(rows, "It keeps", "They keep")
    alone = f" {keep} none of the other {left:,} off." if left else ""
    return [
        found(
            "rows-refused",
            f"{counted(rows, 'row')} of {name} {agreeing(rows, 'waits', 'wait')} because the database has a rule "
            "against that.",
            f"{of}: {most}{others}.{alone}",
            TRY,
            rows=rows,
        )
    ]


def count_refused(plan: Plan) -> dict[str, int]:
    """Count the rows that wait because the database refuses them, by set; without those of which it refuses none."""
    found_ = {name: _said(plan, name).total() for name in plan.sets}
    return {name: rows for name, rows in found_.items() if rows}


def tried_again(plan: Plan) -> tuple[int, str]:
    """Return how many rows are tried again that were refused last time, and what was said of most of them then."""
    said: Counter[str] = Counter()
    for each in plan.sums:
        if each.writes and each.note.startswith(AGAIN):
            said[each.note.removeprefix(AGAIN).removeprefix(ALONE)] += each.rows
    return said.total(), next((words for words, _ in said.most_common(1)), "")


def waits_for(pending: int, refused: Mapping[str, int]) -> str:
    """Say for what rows wait, in words that follow their number.

    Args:
        pending: how many rows wait.
        refused: how many of them because the database refuses them, by set.
    """
    rows = sum(refused.values())
    for_team = f"for {agreeing(pending - rows, 'its', 'their')} team or a person"
    since = f"since the database refuses {agreeing(rows, 'it', 'them')} in {', '.join(refused)}"
    verb = agreeing(pending, "waits", "wait")
    if not rows:
        return f"{verb} {for_team}"
    return f"{verb}, {since}" if rows == pending else f"{verb}: {pending - rows:,} {for_team}, {rows:,} {since}"


def _said(plan: Plan, name: str) -> Counter[str]:
    """Count the rows of a set that wait because the database refuses them, by what is said of each."""
    said: Counter[str] = Counter()
    for each in plan.of(name):
        if each.bucket is Bucket.PENDING and each.reason is Reason.REFUSED:
            said[each.note] += each.rows
    return said


def left(undone: Undone, name: str) -> list[Finding]:
    """Find that rows of a set stay where a restore put them: one finding, however many they are.

    Args:
        undone: what an undo would do, or did.
        name: the set.
    """
    said = Counter({f'another row has their place, by the unique key "{key}"': rows
                    for key, rows in undone.staying[name].items()})  # fmt: skip
    said.update(undone.refused[name])
    if not said:
        return []
    rows, ((most, _),) = said.total(), said.most_common(1)
    others = f", and {counted(len(said) - 1, 'other reason')}" if len(said) > 1 else ""
    return [
        found(
            "rows-not-taken-back",
            f"{counted(rows, 'row')} of {name} {agreeing(rows, 'stays', 'stay')} where restore {undone.entry.id} put "
            f"{agreeing(rows, 'it', 'them')}.",
            f"For {'it' if rows == 1 else 'most of them'}: {most}{others}. All that could go back does.",
            Step("restore", "--undo", str(undone.entry.id), why="tries them again, once they may go back"),
            rows=rows,
        )
    ]
