"""Rows of a set that was declared after an import: adopted by the lists of an older snapshot, they find their teams."""

from __future__ import annotations

from collections import Counter

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, CLUBS, LEAGUES, PLAYERS, SERIES, ProtectedSet, Reference
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.upkeep import Rule, cleanup
from tests.world import builders
from tests.world.backing_up import codes
from tests.world.builders import League, ScratchDatabase
from tests.world.carpools import ALL, adopted, imported, whose
from tests.world.guarding import Guard
from tests.world.keeping import (
    nothing_written,
)


@pytest.mark.parametrize("imports", [1, 2])
def test_rows_declared_after_imports_are_placed_by_the_list_from_before_them(
    before: Guard, guard: Guard, imports: int
) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before, times=imports)

    taken = guard.adopts(first.id)

    assert taken.snapshot is not None, taken.findings
    assert adopted(taken) == ALL
    assert set(taken.snapshot.lists) == {taken.snapshot.id, first.id}
    assert taken.adoption
    assert all(each.today and not each.waits for each in taken.adoption.adopted)
    assert codes(taken) == []
    guard.restores()
    assert whose(guard.database) == right
    assert guard.judges_health().verdict is Verdict.FINE


def test_rows_that_waited_in_a_snapshot_already_are_adopted_too(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(guard.database)
    guard.restores()
    assert guard.judges_health().total.pending == 6

    assert adopted(guard.adopts(first.id)) == ALL

    guard.restores()
    assert whose(guard.database) == right


def test_what_was_adopted_and_has_its_team_is_restored_before_the_next_backup(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    guard.adopts(first.id)
    assert guard.judges_health().sets["carpools"].orphaned == 6
    again = guard.backs_up()
    assert (again.snapshot, codes(again)) == (None, ["import-not-restored"])
    guard.restores()
    assert guard.has_backed_up().carried == 0


def test_latest_is_a_snapshot_too(before: Guard, guard: Guard) -> None:
    before.has_backed_up()
    right = whose(guard.database)
    builders.the_etl_recreates_everything(guard.database)
    before.restores()
    assert adopted(guard.adopts("latest")) == ALL
    guard.restores()
    assert whose(guard.database) == right


def test_an_import_that_nobody_restored_is_restored_first(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    builders.the_etl_recreates_everything(guard.database)
    with nothing_written(guard.database):
        taken = guard.adopts(first.id)
    assert (taken.snapshot, "import-not-restored" in codes(taken)) == (None, True)


def test_what_is_shown_first_writes_nothing_and_is_what_is_adopted(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    kept = guard.database.all_rows()
    shown = guard.would_adopt(first.id).adoption
    assert guard.database.all_rows() == kept
    assert guard.adopts(first.id, shown=shown).adoption == shown


def test_nothing_else_is_adopted_than_what_was_shown(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    shown = guard.would_adopt(first.id).adoption
    guard.database.rows("DELETE FROM carpools WHERE id = (SELECT min(id) FROM carpools)")
    kept = guard.database.all_rows()
    with pytest.raises(errors.StalePlanError, match="than were shown"):
        guard.adopts(first.id, shown=shown)
    assert guard.database.all_rows() == kept


def test_rows_whose_team_the_import_left_out_wait_and_keep_their_origin(
    before: Guard, guard: Guard, database: ScratchDatabase
) -> None:
    first, right, website = before.has_backed_up(), whose(database), builders.the_website_now(database)
    builders.the_etl_lacks_team(database, "Hinsdale PC - 22")
    before.restores()

    taken = guard.adopts(first.id)

    assert taken.adoption is not None
    waiting = [each for each in taken.adoption.adopted if each.waits]
    assert [(each.orphan.rows, each.was.partition(" (")[0]) for each in waiting] == [(3, "Hinsdale PC - 22")]
    for _ in range(2):
        guard.restores()
        assert guard.judges_health().sets["carpools"].pending == 3
        assert first.id in guard.has_backed_up().lists
    removed = guard.with_connection(lambda found: cleanup.apply(guard.later(days=90).at(found), Rule(1)))
    assert {each.snapshot.id for each in removed if each.goes} >= {first.id}
    builders.the_etl_runs(database, source=website)
    guard.restores()
    assert whose(database) == right


def test_ids_that_no_list_knows_are_told_and_stay(before: Guard, guard: Guard, database: ScratchDatabase) -> None:
    first, right = before.has_backed_up(), whose(database)
    database.rows("INSERT INTO carpools (team_id, driver) VALUES (9001, 'x'), (9001, 'x'), (9002, 'x')")
    imported(before)

    taken = guard.adopts(first.id)

    assert adopted(taken) == ALL
    assert taken.adoption is not None
    assert [(each.id, each.rows) for each in taken.adoption.unknown] == [(9001, 2), (9002, 1)]
    (finding,) = taken.findings
    assert (finding.code, finding.severity, finding.rows) == ("rows-on-vanished-team", Severity.WARNING, 3)
    assert "9001, 9002" in finding.what
    guard.restores()
    assert whose(database) - right == {("x", None, None): 3}
    assert database.count("carpools", "team_id IN (9001, 9002)") == 3
    again = guard.adopts(first.id)
    assert adopted(again) == {}
    assert again.snapshot is not None


def test_who_is_adopted_once_is_not_adopted_twice(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    guard.adopts(first.id)
    applied = guard.restores()
    again = guard.adopts(first.id)
    assert (adopted(again), again.snapshot is None) == ({}, False)
    assert again.snapshot
    assert again.snapshot.lists == (again.snapshot.id,)
    assert guard.restores().written == 0
    assert (applied.written, whose(guard.database)) == (6, right)


def test_ids_that_were_handed_on_are_not_gone_and_stay_where_they_are(
    before: Guard, guard: Guard, database: ScratchDatabase
) -> None:
    first = before.has_backed_up()
    builders.the_etl_recycles_ids(database)
    before.restores()
    taken = guard.adopts(first.id)
    assert adopted(taken) == {}
    assert taken.snapshot is not None


def test_an_id_that_has_been_another_teams_in_between_is_told(
    before: Guard, guard: Guard, database: ScratchDatabase
) -> None:
    first = before.has_backed_up()
    builders.the_etl_recycles_ids(database)
    before.restores()
    second = before.has_backed_up()
    imported(before)

    taken = guard.adopts(first.id)

    assert sum(count for (column, _), count in adopted(taken).items() if column == "team_id") == 6
    (finding,) = (each for each in taken.findings if each.code == "ids-reused")
    assert "; elsewhere " in finding.examples[0]
    assert taken.snapshot
    assert second.id not in taken.snapshot.lists


def test_sets_that_hang_on_leagues_are_adopted_as_well(
    before: Guard, league: League, database: ScratchDatabase
) -> None:
    database.rows("CREATE TABLE pins (id serial PRIMARY KEY, league_id int NOT NULL, code text)")
    database.rows("INSERT INTO pins (league_id, code) SELECT id, league_id FROM leagues")
    first = before.has_backed_up()
    imported(before, times=2)
    guard = Guard(database, sets=[*BUILT_IN, ProtectedSet("pins", "pins", (Reference("league_id", LEAGUES),))])

    assert adopted(guard.adopts(first.id)) == {("league_id", "APTA_CHICAGO"): 1, ("league_id", "NSTF"): 1}

    guard.restores()
    assert database.count("pins AS p JOIN leagues AS l ON l.id = p.league_id", "p.code = l.league_id") == 2


def test_sets_that_hang_on_clubs_series_and_players_are_adopted_as_well(
    before: Guard, league: League, database: ScratchDatabase
) -> None:
    league.has_team(club="Lake Forest", series="Chicago 9", players=["P1", "P2", "P3"])
    database.rows(
        "CREATE TABLE bookings (id serial PRIMARY KEY, club_id int, series_id int, player_id int, said text[])"
    )
    database.rows(
        "INSERT INTO bookings (club_id, series_id, player_id, said)"
        " SELECT c.id, s.id, p.id, ARRAY[c.name, s.name, p.tenniscores_player_id]::text[]"
        " FROM clubs AS c, series AS s, players AS p"
    )
    first = before.has_backed_up()
    imported(before, times=2)
    references = (Reference("club_id", CLUBS), Reference("series_id", SERIES), Reference("player_id", PLAYERS))
    guard = Guard(database, sets=[*BUILT_IN, ProtectedSet("bookings", "bookings", references)])

    taken = guard.adopts(first.id)

    rows = database.count("bookings")
    assert Counter(column for column, _ in adopted(taken)) == {"club_id": 4, "series_id": 2, "player_id": 3}
    assert sum(adopted(taken).values()) == 3 * rows
    assert taken.adoption
    assert all(each.today and not each.waits for each in taken.adoption.adopted)
    guard.restores()
    right = "said = ARRAY[c.name, s.name, p.tenniscores_player_id]::text[]"
    joined = "bookings AS b JOIN clubs AS c ON c.id = b.club_id JOIN series AS s ON s.id = b.series_id"
    assert database.count(f"{joined} JOIN players AS p ON p.id = b.player_id", right) == rows
