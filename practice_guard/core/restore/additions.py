"""What users added between a snapshot and the import after it, which no plan knows (design, "Much is not little")."""

from __future__ import annotations

from datetime import timedelta

from practice_guard.core.findings import found
from practice_guard.core.model import Finding
from practice_guard.core.restore.plans import Plan
from practice_guard.core.words import duration


def unknown(plan: Plan, age: timedelta) -> list[Finding]:
    """Find that users may have added rows between the snapshot and the import, which took them for good.

    Args:
        plan: the snapshot's.
        age: the snapshot's.
    """
    time = plan.uncounted(age)
    if time is None:
        return []
    what = f"{duration(time)} lie between snapshot {plan.snapshot} and the import: what users added then is in neither."
    why = "The import took the tables as they were; rows that are newer than the snapshot nobody can count or put back."
    if not plan.since.known:
        what = (
            f"Snapshot {plan.snapshot} is {duration(time)} old, and nobody can tell when an import ran since: what "
            "users added before it is in neither."
        )
        why = "An import takes the tables as they are; rows that are newer than the snapshot nobody can count."
    return [found("additions-unknown", what, why, "Take a snapshot right before each import: run, or backup.")]
