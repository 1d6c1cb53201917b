"""Old snapshots go; what somebody may still need does not, and never silently."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from practice_guard.core import errors, snapshots
from practice_guard.core.upkeep import cleanup
from practice_guard.core.upkeep.retention import Rule, Ruling
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard, somebody
from tests.world.keeping import exports, nothing_written, refused, verifies
from tests.world.seasons import two_teams
from tests.world.tampering import tampered_with

ALL = Rule(all=True)


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with practices; no snapshot yet."""
    two_teams(league)
    return Guard(database)


def cleans_up(guard: Guard, rule: Rule = ALL, *, overrule: bool = False) -> list[Ruling]:
    tomorrow = guard.later(days=1)
    return guard.with_connection(lambda found: cleanup.apply(tomorrow.at(found), rule, overrule=overrule))


def would_clean_up(guard: Guard, rule: Rule = ALL) -> list[Ruling]:
    tomorrow = guard.later(days=1)
    return guard.reads(lambda connection: cleanup.plan(tomorrow.at(connection), rule))


def left(guard: Guard) -> list[str]:
    return [each.id for each in guard.reads(snapshots.listing)]


def reasons(rulings: Sequence[Ruling]) -> dict[str, str]:
    return {ruling.snapshot.id: ruling.reason for ruling in rulings}


def tables(database: ScratchDatabase) -> int:
    return database.count("pg_tables", "schemaname = 'practice_guard' AND tablename ~ '^s[0-9]'")


def test_older_ones_go_with_their_tables_and_lists(guard: Guard, database: ScratchDatabase) -> None:
    first = guard.has_backed_up()
    newer = [guard.has_backed_up() for _ in range(3)]
    assert would_clean_up(guard, Rule(keep_last=2))[3].goes

    cleans_up(guard, Rule(keep_last=2))

    assert left(guard) == [newer[2].id, newer[1].id]
    assert tables(database) == 2 * len(first.sets)
    assert database.value("SELECT count(DISTINCT list) FROM practice_guard.team_lists") == 2
    assert database.rows("SELECT kind FROM practice_guard.ledger") == [("cleanup",)]
    verifies(guard)


def test_a_dry_run_says_the_same_and_writes_nothing(guard: Guard, database: ScratchDatabase) -> None:
    for _ in range(3):
        guard.has_backed_up()
    with nothing_written(database):
        would = reasons(would_clean_up(guard))
    assert reasons(cleans_up(guard)) == would


def test_a_snapshot_whose_rows_wait_and_that_nobody_carries_stays(guard: Guard, database: ScratchDatabase) -> None:
    first = guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Series H(2)")
    guard.restores()
    carrying = guard.has_backed_up()
    assert carrying.carried == 1
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL WHERE id = %(id)s", id=carrying.id)
    builders.the_etl_recreates_everything(database)
    guard.restores(first.id)
    # As after a backup that lost them: nothing newer carries the row any more.
    forgetful = guard.backs_up(accept_current=True).snapshot
    assert forgetful is not None
    assert forgetful.carried == 1
    database.rows("DELETE FROM practice_guard." + forgetful.sets["practices"].rows_table + " WHERE guard_carried")

    rulings = cleans_up(guard)

    assert first.id in left(guard)
    assert reasons(rulings)[forgetful.id].startswith("is damaged")


def test_once_a_newer_one_carries_them_the_older_one_may_go(guard: Guard, database: ScratchDatabase) -> None:
    website = builders.the_website_now(database)
    before = builders.practices_by_natural_key(database)
    guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Series H(2)")
    guard.restores()
    carrying = guard.has_backed_up()

    cleans_up(guard)

    assert left(guard) == [carrying.id]
    verifies(guard)
    assert exports(guard)
    builders.the_etl_runs(database, source=website)
    guard.restores()
    assert builders.practices_by_natural_key(database) == before


def test_rows_that_no_newer_one_has_keep_their_snapshot(guard: Guard, database: ScratchDatabase) -> None:
    """Whoever takes what is there as the truth still does not lose what waits in an older one."""
    first = guard.has_backed_up()
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL")
    builders.the_etl_lacks_series(database, "Series H(2)")
    second = guard.backs_up(accept_current=True).snapshot
    assert second is not None
    assert second.carried == 0
    database.rows("UPDATE practice_guard.snapshots SET verified_at = now()")

    rulings = cleans_up(guard)

    assert reasons(rulings)[first.id] == "has rows that wait and that no newer snapshot carries"
    assert left(guard) == [second.id, first.id]


def test_a_set_whose_table_is_gone_keeps_its_snapshot(guard: Guard, league: League, database: ScratchDatabase) -> None:
    league.captain_sets_practice_time(builders.teams_now(database)[0])
    first = guard.has_backed_up()
    database.rows("DROP TABLE practice_times")
    guard.backs_up(accept_current=True)
    assert reasons(cleans_up(guard))[first.id].startswith("has rows that wait")


def test_a_damaged_one_goes_only_when_it_is_named(guard: Guard, database: ScratchDatabase) -> None:
    bad, good = guard.has_backed_up(), guard.has_backed_up()
    tampered_with(database, bad.id, "the table dropped")
    assert reasons(cleans_up(guard))[bad.id].startswith("is damaged")
    named = Rule(named=bad.id)
    with refused(errors.ConfirmationError, "is damaged, so that nobody knows", database):
        cleans_up(guard, named)
    cleans_up(guard, named, overrule=True)
    assert left(guard) == [good.id]


def test_the_newest_one_is_damaged_so_the_one_before_stays(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    good, bad = guard.has_backed_up(), guard.has_backed_up()
    tampered_with(database, bad.id, "a label changed")
    cleans_up(guard)
    assert left(guard) == [bad.id, good.id]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_with_a_digest_of_a_newer_kind_stays_and_holds_up_no_other(
    guard: Guard, database: ScratchDatabase, place: int
) -> None:
    taken = [guard.has_backed_up() for _ in range(3)]
    newer = taken[place].id
    tampered_with(database, newer, "a digest of a newer kind")
    whole = [each.id for each in taken if each.id != newer]

    rulings = cleans_up(guard)

    assert reasons(rulings)[newer].startswith("is damaged")
    assert {*left(guard)} == {newer, whole[-1]}


def test_the_last_good_one_is_removed_only_when_told_so(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    named = Rule(named=kept.id)
    assert would_clean_up(guard, named)[0].overruled == "is the newest verified snapshot"
    with refused(errors.ConfirmationError, "is the newest verified snapshot. Nothing was removed", database):
        cleans_up(guard, named)

    cleans_up(guard, named, overrule=True)

    assert left(guard) == []
    assert tables(database) == 0
    entry = database.rows("SELECT snapshot, result -> 'removed' ->> snapshot FROM practice_guard.ledger")
    assert entry == [(kept.id, "named by its id, although it is the newest verified snapshot")]


def test_another_one_that_is_named_goes_without_more(guard: Guard) -> None:
    older, newer = guard.has_backed_up(), guard.has_backed_up()
    cleans_up(guard, Rule(named=older.id))
    assert left(guard) == [newer.id]


def test_where_nothing_may_go_nothing_is_written(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    with nothing_written(database):
        cleans_up(guard)
    with refused(errors.NoSnapshotError, "There is no snapshot x", database):
        cleans_up(guard, Rule(named="x"))


def test_another_environments_snapshots_are_left_alone(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    guard.has_backed_up()
    with refused(errors.WrongDatabaseError, "is marked as local", database):
        cleans_up(dataclasses.replace(guard, author=somebody("staging")))


def test_a_database_without_the_guards_tables_has_nothing_to_remove(guard: Guard, database: ScratchDatabase) -> None:
    with nothing_written(database):
        assert cleans_up(guard) == []
