"""What a restore, and an undo, say of rows that the database refuses."""

from __future__ import annotations

from collections import Counter

from practice_guard.core.findings import found
from practice_guard.core.model import Finding, Reason
from practice_guard.core.restore.plans import Bucket, Plan
from practice_guard.core.restore.undo import Undone
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted


def refused(plan: Plan, name: str) -> list[Finding]:
    """Find that rows of a set wait because the database refuses them: one finding, however many they are.

    Args:
        plan: what a restore would do, or did.
        name: the set.
    """
    said: Counter[str] = Counter()
    for each in plan.of(name):
        if each.bucket is Bucket.PENDING and each.reason is Reason.REFUSED:
            said[each.note] += each.rows
    if not said:
        return []
    rows, ((most, _),) = said.total(), said.most_common(1)
    others = f", and {counted(len(said) - 1, 'other reason')}" if len(said) > 1 else ""
    return [
        found(
            "rows-refused",
            f"{counted(rows, 'row')} of {name} {agreeing(rows, 'waits', 'wait')} because the database has a rule "
            "against that.",
            f"For {'it' if rows == 1 else 'most of them'}: {most}{others}. The others came back without "
            f"{agreeing(rows, 'it', 'them')}.",
            Step(
                "restore",
                "--dry-run",
                "--json",
                why="which rows, and the words for each; then change the rule, or give up",
            ),
            rows=rows,
        )
    ]


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
