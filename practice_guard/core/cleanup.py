"""Removing old snapshots: never the newest good one, nor one whose waiting rows no newer one has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from practice_guard.core import locks, restore, retention, snapshot, storage
from practice_guard.core.database import Access, Database
from practice_guard.core.model import Match
from practice_guard.core.plan import Bucket
from practice_guard.core.protected import ProtectedSet
from practice_guard.core.retention import Rule, Ruling
from practice_guard.core.snapshot import Snapshot
from practice_guard.core.surroundings import Surroundings, look


def plan(database: Database, sets: Sequence[ProtectedSet], rule: Rule, now: datetime, schema: str) -> list[Ruling]:
    """Decide which snapshots may go, newest first. Reads only."""
    known = snapshot.listing(database)
    provisional = retention.judge(known, rule, frozenset(), now)
    doomed = [ruling.snapshot for ruling in provisional if ruling.goes and ruling.snapshot.verified_at is not None]
    if not doomed:
        return provisional
    around = look(database, sets, schema)
    newest = next(each for each in known if each.verified_at is not None)
    carried = _waiting_rows(database, newest, around)
    waiting = frozenset(each.id for each in doomed if _waiting_rows(database, each, around) - carried)
    return retention.judge(known, rule, waiting, now)


def apply(
    database: Database,
    sets: Sequence[ProtectedSet],
    rule: Rule,
    now: datetime,
    *,
    environment: str,
    schema: str = "public",
    patience: float = 30.0,
) -> list[Ruling]:
    """Remove what may go, in one transaction, and return why each snapshot went or stayed.

    Raises:
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.LockedError: another guard is at work.
    """

    def work(_within: float) -> list[Ruling]:
        locks.take(database)
        storage.check_mark(storage.locate(database), environment)
        rulings = plan(database, sets, rule, now, schema)
        for ruling in rulings:
            if ruling.goes:
                snapshot.remove(database, ruling.snapshot)
        return rulings

    return locks.attempt(database, Access.SNAPSHOT, work, patience=patience)


def _waiting_rows(database: Database, kept: Snapshot, around: Surroundings) -> Counter[tuple[str, str, str]]:
    """Count the rows of a snapshot that wait, by set, content and team."""
    made = restore.plan(database, kept, around)
    found: Counter[tuple[str, str, str]] = Counter()
    for bound in around.sets:
        if bound.name not in made.sets:
            continue
        contents = {row.row: row.content for row in restore.kept_rows(database, kept.sets[bound.name], bound, kept.id)}
        for row in made.sets[bound.name].rows:
            if row.bucket is Bucket.PENDING:
                match: Match | None = made.match(row)
                found[bound.name, contents[row.row], str(match.old.identity) if match else ""] += 1
    return found
