"""Backups that must refuse or say something, in the words of the domain."""

from __future__ import annotations

from practice_guard.core import snapshots
from practice_guard.core.database import Access, connect
from practice_guard.core.model import Verdict
from practice_guard.core.snapshots import verification
from practice_guard.core.upkeep import Backup
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import nothing_written
from tests.world.seasons import two_teams


def has_two_teams(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with three practices, a recurring one and a message; nothing backed up yet."""
    first, second = two_teams(league)
    league.captain_sets_practice_time(second)
    league.captain_writes_message(first)
    return Guard(database)


def has_lost_a_row_since_an_earlier_version(database: ScratchDatabase) -> str:
    """An earlier version's snapshot says nothing of what its database looked like; returns its id."""
    database.rows("UPDATE practice_guard.snapshots SET mark = repeat('0', 64)")
    with connect(database.url, application="test") as connection, connection.transaction(Access.PLAN):
        snapshot = snapshots.find(connection)
        digest = verification.digest(connection, snapshot)
    database.rows(
        "UPDATE practice_guard.snapshots SET digest = %(digest)s WHERE id = %(id)s", digest=digest, id=snapshot.id
    )
    database.rows("DELETE FROM schedule WHERE id = (SELECT min(id) FROM schedule)")
    return snapshot.id


def codes(taken: Backup) -> list[str]:
    return [finding.code for finding in taken.findings]


def refused_for(code: str, guard: Guard) -> Backup:
    """A backup that refuses: nothing is written and `latest` stays."""
    before = guard.reads(snapshots.listing)
    with nothing_written(guard.database):
        taken = guard.backs_up()
    assert (taken.snapshot, taken.verdict) == (None, Verdict.REFUSED)
    assert code in codes(taken)
    assert guard.reads(snapshots.listing) == before
    return taken
