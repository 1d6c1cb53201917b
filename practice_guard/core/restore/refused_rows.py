"""What is said of rows that the database refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from practice_guard.core.findings import found
from practice_guard.core.model import Finding, Reason
from practice_guard.core.restore.plans import Bucket, Plan
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted

ALONE = "the database refuses it: "
"""Before the database's words, of a row that stood alone when they were said."""

AGAIN = "is tried again; last time: "
"""Before what an earlier restore said of a row that is tried again."""

TRY = Step("restore", "--dry-run", "--try", why="what the database refuses, with its words; then change its rule")


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
