"""A backup never makes damage the truth, and says what looks wrong in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from practice_guard.core import errors
from practice_guard.core.model import Severity, Verdict
from tests.world import builders
from tests.world.backing_up import codes, has_two_teams, refused_for
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import nothing_written, refused
from tests.world.tampering import tampered_with


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with three practices, a recurring one and a message; nothing backed up yet."""
    return has_two_teams(league, database)


@pytest.mark.parametrize("etl", [*builders.ETLS, builders.the_etl_fails_half_way])
def test_an_import_that_nobody_restored_is_not_taken_as_the_truth(
    guard: Guard, etl: Callable[[ScratchDatabase], None]
) -> None:
    guard.has_backed_up()
    etl(guard.database)
    refused_for("import-not-restored", guard)

    guard.restores()

    assert guard.backs_up().snapshot is not None


def test_what_is_not_in_place_adds_up_also_where_users_edited_it(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("UPDATE practice_times SET location = 'Court 9'")
    builders.the_etl_recreates_everything(database)
    (finding,) = (each for each in guard.backs_up().findings if each.code == "import-not-restored")
    edited = guard.plans().counts("practice_times")["edited"]
    gone, adrift = re.findall(r"([\d,]+) (?:not there|on nothing)", finding.what)
    assert (edited, int(gone) + int(adrift)) == (1, finding.rows)


def test_nothing_at_all_is_no_first_snapshot(database: ScratchDatabase) -> None:
    guard = Guard(database)
    with nothing_written(database):
        taken = guard.backs_up()
    assert (taken.snapshot, codes(taken)) == (None, ["nothing-to-protect"])
    assert guard.backs_up(accept_current=True).snapshot is not None


def test_nothing_left_where_there_was_something_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    for table in ("schedule", "practice_times", "captain_messages"):
        database.rows(f"DELETE FROM {table}")
    assert refused_for("nothing-left", guard).snapshot is None


def test_a_set_that_had_many_rows_and_has_none_is_refused(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    league.captain_schedules_practices(builders.teams_now(database)[0], 10)
    guard.has_backed_up()
    database.rows("DELETE FROM schedule")
    assert refused_for("nothing-left", guard).findings[0].rows == 13
    assert "0 rows of practices where snapshot" in refused_for("nothing-left", guard).findings[0].what


def test_a_schedule_without_matches_that_was_truncated_was_not_emptied_by_users(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    database.rows("TRUNCATE schedule")
    assert "rows-deleted" not in codes(refused_for("import-not-restored", guard))


def test_what_is_there_can_be_accepted_and_that_is_recorded(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    assert not kept.accepted_current
    builders.the_etl_recreates_everything(database)

    taken = guard.backs_up(accept_current=True)

    assert taken.snapshot is not None
    assert taken.snapshot.accepted_current
    assert taken.verdict is Verdict.FINE
    (finding,) = (each for each in taken.findings if each.code == "import-not-restored")
    assert finding.severity is Severity.WARNING
    assert "--accept-current" in finding.why
    assert guard.finds().id == taken.snapshot.id


def test_accepting_what_needs_no_acceptance_is_not_recorded(guard: Guard) -> None:
    taken = guard.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert not taken.snapshot.accepted_current


def test_rows_that_users_deleted_are_said(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("DELETE FROM practice_times")
    taken = guard.backs_up()
    assert taken.snapshot is not None
    assert codes(taken) == ["rows-deleted"]
    assert taken.snapshot.carried == 0


@pytest.mark.parametrize("label", ["a\0b", "half \ud800", "two\nlines", "\x1b[31m"])
def test_a_label_that_cannot_be_shown_is_refused(guard: Guard, label: str) -> None:
    kept = guard.has_backed_up()
    with refused(errors.UsageError, "label", guard.database):
        guard.backs_up(label=label)
    assert guard.finds() == kept


def test_a_damaged_snapshot_is_passed_over(guard: Guard, database: ScratchDatabase) -> None:
    good = guard.has_backed_up()
    bad = guard.has_backed_up()
    tampered_with(database, bad.id, "a label changed")

    taken = guard.backs_up()

    assert taken.previous == guard.finds(good.id)
    assert codes(taken) == ["snapshot-passed-over"]
    builders.the_etl_recreates_everything(database)
    refused_for("import-not-restored", guard)


def test_where_no_snapshot_is_whole_nothing_is_compared_and_nothing_taken(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    guard.has_backed_up()
    database.rows("UPDATE practice_guard.snapshots SET label = 'x'")
    with refused(errors.DamagedSnapshotError, "None of the 2 verified snapshots is whole", database):
        guard.backs_up()
    taken = guard.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert codes(taken) == ["snapshot-passed-over"] * 2


# Rows older than their team


def teams_are_created_anew_under_the_same_ids(database: ScratchDatabase) -> None:
    """An import that handed ids out again, before the guard was there."""
    database.rows("UPDATE teams SET created_at = now() + interval '1 minute'")


def test_rows_older_than_their_team_are_a_sign_at_the_first_backup(guard: Guard, database: ScratchDatabase) -> None:
    teams_are_created_anew_under_the_same_ids(database)
    taken = guard.backs_up()
    assert taken.verdict is Verdict.FINE
    (finding,) = taken.findings
    assert (finding.code, finding.severity, finding.rows) == ("rows-older-than-team", Severity.WARNING, 5)
    assert "on Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO), which is of 20" in finding.examples[0]
    assert len(database.rows(str(finding.fix))) == 3
    assert codes(guard.backs_up()) == []


def test_a_row_that_came_onto_a_recycled_id_is_a_sign(guard: Guard, league: League, database: ScratchDatabase) -> None:
    """Written between the backup and the import, which handed its team's id to another team."""
    guard.has_backed_up()
    (first, second) = builders.teams_now(database)
    league.captain_sets_practice_time(first)
    builders.the_etl_recycles_ids(database)
    guard.restores()
    assert first.identity != builders.teams_now(database)[0].identity or second.id
    taken = guard.backs_up()
    assert taken.snapshot is not None
    assert codes(taken) == ["rows-older-than-team"]
    assert taken.findings[0].rows == 1


def test_rows_that_a_restore_placed_are_no_sign(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    for etl in (
        builders.the_etl_recreates_everything,
        builders.the_etl_recycles_ids,
        builders.the_etl_keeps_ids,
        builders.the_etl_leaves_practices_on_old_ids,
        builders.the_etl_recreates_everything,
    ):
        etl(database)
        guard.restores()
        assert codes(guard.backs_up()) == []


def test_rows_placed_by_a_restore_from_an_older_snapshot_are_no_sign(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores(kept.id)
    database.rows("DELETE FROM practice_guard.snapshots WHERE id <> %(id)s", id=kept.id)
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL")
    assert codes(guard.backs_up()) == []


def test_nobody_knows_which_is_later_without_a_zone(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE teams ALTER created_at TYPE timestamp USING created_at + interval '1 day'")
    assert codes(guard.backs_up()) == []


def test_a_snapshot_says_what_it_is(guard: Guard, database: ScratchDatabase) -> None:
    taken = guard.backs_up(label="before the season")
    assert taken.snapshot is not None
    kept = guard.finds()
    assert kept == taken.snapshot
    assert (kept.label, kept.environment, kept.tool_version) == ("before the season", "local", "0.0-test")
    assert kept.taken_at == dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc)
    assert kept.server_version == database.value("SHOW server_version")
    assert kept.fingerprint["uuid"] == str(database.value("SELECT uuid FROM practice_guard.installation"))
    assert (kept.rows, kept.sets["practices"].rows, kept.sets["practices"].teams) == (5, 3, 2)


def test_a_person_reads_it_with_plain_sql(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    builders.the_etl_empties_everything(database)
    rows = database.rows(
        "SELECT p.match_date, p.match_time, t.name FROM practice_guard."
        + kept.sets["practices"].rows_table
        + " AS p JOIN practice_guard.team_lists AS t ON t.list = %(id)s AND t.id = p.home_team_id ORDER BY p.id",
        id=kept.id,
    )
    assert rows[0] == (builders.MONDAY, builders.SEVEN, "Tennaqua - 22")
    assert len(rows) == 3


def test_two_backups_in_one_second_have_an_id_each(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.choice", lambda letters: letters[0])
    ids = [guard.has_backed_up().id for _ in range(3)]
    assert ids == ["20260105-120000-aaa", "20260105-120000-aaaa", "20260105-120000-aaaaa"]


def test_an_id_whose_lists_are_still_needed_is_given_to_nobody(
    guard: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.choice", lambda letters: letters[0])
    first = guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Series H(2)")
    guard.restores()
    second = guard.has_backed_up()
    assert second.lists == (second.id, first.id)
    database.rows("DELETE FROM practice_guard.snapshots WHERE id = %(id)s", id=first.id)

    assert guard.has_backed_up().id not in (first.id, second.id)
