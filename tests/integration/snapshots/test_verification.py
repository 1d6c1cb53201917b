"""Snapshots that were tampered with in the guard's tables: they are not used, and harm no other."""

from __future__ import annotations

import pytest

from practice_guard.core.database import Connection
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots import snapshot, verification
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import exports, has_carried_a_practice, refused, removes, verifies
from tests.world.tampering import TAMPERING, tampered_with


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """A guard with a snapshot of two teams' practices, one of them carried, and a message."""
    return has_carried_a_practice(league, database)


@pytest.mark.parametrize("case", TAMPERING)
def test_a_snapshot_that_was_tampered_with_is_not_used(guard: Guard, database: ScratchDatabase, case: str) -> None:
    kept = guard.finds()
    message = tampered_with(database, kept.id, case)
    builders.the_etl_recreates_everything(database)
    for act in (lambda: verifies(guard, kept.id), lambda: guard.restores(kept.id), lambda: exports(guard, kept.id)):
        with refused(DamagedSnapshotError, message, database):
            act()


@pytest.mark.parametrize("case", TAMPERING)
def test_the_other_snapshots_are_not_harmed(guard: Guard, database: ScratchDatabase, case: str) -> None:
    kept = guard.finds()
    other = next(each for each in guard.reads(snapshot.listing) if each.id != kept.id)
    message = tampered_with(database, kept.id, case)

    problems = guard.reads(
        lambda connection: {each.id: verification.fault(connection, each) for each in snapshot.listing(connection)}
    )

    assert message in problems.pop(kept.id)
    # The older list is the other snapshot's own.
    assert problems == {other.id: "" if case != "an older list gone" else problems[other.id]}


@pytest.mark.parametrize("column", ["verified_at", "imported_at"])
@pytest.mark.parametrize("time", ["infinity", "-infinity", "20000-01-01"])
def test_a_time_outside_the_digest_hides_nothing(
    guard: Guard, database: ScratchDatabase, column: str, time: str
) -> None:
    kept = guard.finds()
    database.rows(f"UPDATE practice_guard.snapshots SET {column} = %(time)s::timestamptz", time=time)
    assert verifies(guard, kept.id).verified_at is not None


@pytest.mark.parametrize("case", ["a fingerprint that is no object", "a digest of a newer kind"])
def test_the_next_backup_passes_a_tampered_one_over(guard: Guard, database: ScratchDatabase, case: str) -> None:
    kept = guard.finds()
    other = next(each for each in guard.reads(snapshot.listing) if each.id != kept.id)
    tampered_with(database, kept.id, case)
    taken = guard.backs_up()
    assert taken.previous is not None
    assert taken.previous.id == other.id


def test_the_newest_whole_one_is_found_below_what_is_damaged_or_was_never_verified(
    guard: Guard, database: ScratchDatabase
) -> None:
    newest, oldest = guard.has_backed_up(), guard.reads(snapshot.listing)[-1]
    middle = guard.reads(snapshot.listing)[1]
    assert _newest_whole(guard) == (newest.id, {})
    message = tampered_with(database, newest.id, "a row changed")
    assert _newest_whole(guard) == (middle.id, {newest.id: f"Snapshot {newest.id} is damaged: {message} were changed."})
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL WHERE id = %(id)s", id=middle.id)
    whole, passed_over = _newest_whole(guard)
    assert (whole, list(passed_over)) == (oldest.id, [newest.id])
    tampered_with(database, oldest.id, "the team list gone")
    whole, passed_over = _newest_whole(guard)
    assert (whole, list(passed_over)) == (None, [newest.id, oldest.id]), "newest first, each with its own fault"
    assert "the team list" in passed_over[oldest.id]


def _newest_whole(guard: Guard) -> tuple[str | None, dict[str, str]]:
    def work(connection: Connection) -> tuple[str | None, dict[str, str]]:
        whole, passed_over = verification.newest_whole(connection, snapshot.listing(connection))
        return whole.id if whole else None, passed_over

    return guard.reads(work)


def test_removing_a_tampered_one_drops_nothing_else(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.finds()
    tampered_with(database, kept.id, "a set's table changed")
    as_listed = next(each for each in guard.reads(snapshot.listing) if each.id == kept.id)
    removes(guard, as_listed)
    assert database.count("practice_guard.ledger") == 1
    assert kept.id not in [each.id for each in guard.reads(snapshot.listing)]
