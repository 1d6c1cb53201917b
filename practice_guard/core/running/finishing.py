"""With which snapshot a run is finished that was ended before its end."""

from __future__ import annotations

from practice_guard.core import errors
from practice_guard.core.database.port import Database
from practice_guard.core.model import LATEST
from practice_guard.core.records import runs
from practice_guard.core.records.runs import Run
from practice_guard.core.snapshots import snapshot, verification
from practice_guard.core.snapshots.snapshot import Snapshot


def chosen(database: Database, run: Run, wanted: str | None, environment: str) -> Snapshot:
    """Return the run's own snapshot, or the one that a person named in its place, proven to be whole.

    Args:
        database: in a reading transaction.
        run: the run that is to be finished.
        wanted: the id that a person named, or `latest` for the newest verified one that is whole; None for its own.
        environment: for the commands to copy.

    Raises:
        errors.SnapshotError: it is gone or damaged; says how another one is named.
    """
    way_out = runs.resumption(environment, LATEST)
    if wanted == LATEST:
        return _newest_whole(database, way_out, environment)
    try:
        kept = snapshot.find(database, wanted or run.snapshot or "")
        verification.verify(database, kept)
    except errors.SnapshotError as error:
        which = "The snapshot that was named" if wanted else f"The snapshot that run {run.id} took"
        steps = (way_out, f"practice-guard snapshots verify --env {environment}   # which ones are whole")
        raise type(error)(f"{which} cannot be used. {error.message}", next_steps=steps) from error
    return kept


def _newest_whole(database: Database, way_out: str, environment: str) -> Snapshot:
    for each in snapshot.listing(database):
        if each.verified_at is not None and not verification.fault(database, each):
            return each
    raise errors.NoSnapshotError(
        "No verified snapshot in this database is whole.",
        next_steps=(
            f"practice-guard snapshots import FILE --env {environment}   # from an export",
            f"practice-guard backup --accept-current --env {environment}   # or, only where every row is in place",
            way_out,
        ),
    )
