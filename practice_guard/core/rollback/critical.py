"""Whether a night ended so badly that a run asked to may roll back: what was asked for, and no more, decides."""

from __future__ import annotations

from dataclasses import dataclass

from practice_guard.core.application import Application
from practice_guard.core.checks import Health, Preservation
from practice_guard.core.database import Database
from practice_guard.core.rollback import tables
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Night:
    """What is known of a night after its restore.

    Attributes:
        etl_failed: the ETL failed, or nobody saw its end.
        preservation: what became of the teams.
        health: what became of the rows.
    """

    etl_failed: bool
    preservation: Preservation | None
    health: Health


def why(database: Database, app: Application, snapshot: Snapshot, night: Night, above: float) -> str:
    """Say why the state is critical, in the transaction that is open; empty where it is not.

    It is where the ETL failed with its tables half filled, where a league of the snapshot is gone, and where more than
    `above` percent (0 to 100) of the protected rows are on no team.
    """
    if night.etl_failed and (found := _half_filled(database, app, snapshot, above)):
        return f"the ETL failed and left {found}"
    gone = [each for each in (night.preservation.findings if night.preservation else ()) if each.code == _GONE]
    if gone:
        return f"{counted(len(gone), 'league')} of the snapshot {agreeing(len(gone), 'is', 'are')} gone"
    total = night.health.total
    off, of = max(total.pending, total.orphaned) + total.lost, total.before
    if of and 100 * off > above * of:
        return f"{off:,} of {counted(of, 'protected row')} {agreeing(off, 'is', 'are')} on no team"
    return ""


_GONE = "league-vanished"


def _half_filled(database: Database, app: Application, snapshot: Snapshot, above: float) -> str:
    """Name the table of the ETL's that has lost most of its rows, if it has lost more than that percent of them."""
    worst, share = "", above
    for task, rows in tables.counts(database, tables.tasks(snapshot, app)):
        lost = 100 * (task.stored.rows - rows) / task.stored.rows if task.stored.rows else 0.0
        if lost > share:
            worst, share = f"{rows:,} of {counted(task.stored.rows, 'row')} in {task.whole.table.qualified}", lost
    return worst
