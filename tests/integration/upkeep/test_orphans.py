"""Rows of a set that was declared after an import: adopted by the lists of an older snapshot, they find their teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, CLUBS, LEAGUES, PLAYERS, SERIES, TEAMS, ProtectedSet, Reference
from practice_guard.core.checks import safety
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.steps import Step
from practice_guard.core.upkeep import Backup, Rule, cleanup
from tests.world import builders
from tests.world.backing_up import codes
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import (
    exports,
    imports,
    nothing_written,
    refused,
    the_guards_schema_is_lost,
    verifies,
)

CARPOOLS = ProtectedSet("carpools", "carpools", (Reference("team_id", TEAMS), Reference("league_id", LEAGUES)))
NAMES = ("Tennaqua", "Wilmette", "Hinsdale PC")


@pytest.fixture
def before(league: League, database: ScratchDatabase) -> Guard:
    """A guard that has never heard of carpools; each of three teams has some, and practices."""
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, league_id int, driver text)")
    for number, club in enumerate(NAMES, 1):
        team = league.has_team(club=club, league="NSTF" if club == "Wilmette" else "APTA_CHICAGO")
        league.captain_schedules_practices(team, 2)
        drives(database, number, team=team.id)
    return Guard(database)


@pytest.fixture
def guard(before: Guard) -> Guard:
    """The same guard, to which carpools have been declared."""
    return Guard(before.database, sets=[*BUILT_IN, CARPOOLS])


def drives(database: ScratchDatabase, times: int, *, team: int) -> None:
    """Each carpool says in words whose it is, which no import changes."""
    for _ in range(times):
        database.rows(
            "INSERT INTO carpools (team_id, league_id, driver)"
            " SELECT t.id, t.league_id, t.team_name FROM teams AS t WHERE t.id = %(team)s",
            team=team,
        )


def whose(database: ScratchDatabase) -> Counter[tuple[str, ...]]:
    """The carpools by their own words, and by the team and league that they point at."""
    return Counter(
        database.rows(
            "SELECT c.driver, t.team_name, l.league_id FROM carpools AS c"
            " LEFT JOIN teams AS t ON t.id = c.team_id LEFT JOIN leagues AS l ON l.id = c.league_id"
        )
    )


def imported(guard: Guard, *, times: int = 1) -> None:
    """Nights on which an import ran and the guard put back what it knew of."""
    for _ in range(times):
        builders.the_etl_recreates_everything(guard.database)
        guard.restores()
        guard.has_backed_up()


def adopted(taken: Backup) -> dict[tuple[str, str], int]:
    """The rows that were adopted, by column and by what their id was."""
    assert taken.adoption is not None
    sums: Counter[tuple[str, str]] = Counter()
    for each in taken.adoption.adopted:
        sums[each.orphan.column, each.was.partition(" (")[0]] += each.orphan.rows
    return dict(sums)


ALL = {
    ("team_id", "Tennaqua - 22"): 1,
    ("team_id", "Wilmette - 22"): 2,
    ("team_id", "Hinsdale PC - 22"): 3,
    ("league_id", "APTA_CHICAGO"): 4,
    ("league_id", "NSTF"): 2,
}


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


def test_a_restore_of_them_can_be_taken_back_and_done_again(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    guard.adopts(first.id)
    adrift = whose(guard.database)
    guard.takes_back(guard.restores().ledger)
    assert whose(guard.database) == adrift
    guard.restores()
    assert whose(guard.database) == right


def test_an_export_has_their_origins(before: Guard, guard: Guard, database: ScratchDatabase) -> None:
    first, right = before.has_backed_up(), whose(database)
    imported(before)
    taken = guard.adopts(first.id).snapshot
    assert taken is not None
    file = exports(guard, taken.id)
    the_guards_schema_is_lost(database)
    assert imports(guard, file).snapshot.digest == taken.digest
    assert verifies(guard, taken.id).lists == taken.lists
    guard.restores(taken.id)
    assert whose(database) == right


def test_every_snapshot_is_whole_afterwards(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    taken = guard.adopts(first.id).snapshot
    assert taken is not None
    assert [verifies(guard, each).id for each in (first.id, taken.id)] == [first.id, taken.id]


@pytest.mark.parametrize("wanted", ["20200101-000000-abc", "nobody"])
def test_a_snapshot_that_is_not_there_is_said(before: Guard, guard: Guard, wanted: str) -> None:
    before.has_backed_up()
    imported(before)
    kept = guard.database.all_rows()
    with pytest.raises(errors.NoSnapshotError, match=f"no snapshot {wanted}"):
        guard.adopts(wanted)
    assert guard.database.all_rows() == kept


def test_a_damaged_snapshot_adopts_nobody(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    guard.database.rows("UPDATE practice_guard.team_lists SET name = 'x' WHERE list = %(id)s", id=first.id)
    with refused(errors.DamagedSnapshotError, first.id, guard.database):
        guard.adopts(first.id)


def test_a_snapshot_of_another_database_adopts_nobody(
    before: Guard, guard: Guard, make_database: Callable[[], ScratchDatabase]
) -> None:
    before.has_backed_up()
    imported(before)
    other = Guard(make_database())
    team = League(other.database).has_team()
    League(other.database).captain_schedules_practices(team, 1)
    theirs = other.has_backed_up()
    imports(guard, exports(other, theirs.id), into_other=True)
    with refused(errors.WrongDatabaseError, "from another database", guard.database):
        guard.adopts(theirs.id)


def adopting(steps: object) -> list[Step]:
    """The commands among advice that adopt."""
    listed = steps if isinstance(steps, tuple) else (steps,)
    return [each for each in listed if isinstance(each, Step) and "--orphans-from" in each.words]


class TestWithoutAdoption:
    """What names the command: the snapshot whose lists know most of the ids."""

    def named(self, guard: Guard, code: str) -> list[str]:
        found = guard.reads(lambda connection: safety.examine(guard.at(connection))).findings
        return [step.words[2] for each in found if each.code == code for step in adopting(each.fix)]

    def test_a_backup_goes_through_and_names_it(self, before: Guard, guard: Guard) -> None:
        first = before.has_backed_up()
        imported(before, times=2)
        taken = guard.backs_up()
        assert taken.snapshot is not None
        (finding,) = taken.findings
        assert (finding.code, finding.severity) == ("rows-on-vanished-team", Severity.WARNING)
        assert [step.words[2] for step in adopting(finding.fix)] == [first.id]

    def test_validate_safety_names_it_before_and_after_that_backup(self, before: Guard, guard: Guard) -> None:
        first = before.has_backed_up()
        imported(before)
        assert self.named(guard, "rows-on-vanished-team") == [first.id]
        guard.has_backed_up()
        assert self.named(guard, "rows-pending") == [first.id]
        guard.adopts(first.id)
        guard.restores()
        assert self.named(guard, "rows-pending") == []

    def test_where_no_list_knows_the_ids_nothing_is_named(self, before: Guard, guard: Guard) -> None:
        builders.the_etl_recreates_everything(guard.database)
        before.has_backed_up_nothing()
        assert self.named(guard, "rows-on-vanished-team") == []

    def test_rows_that_came_to_hang_on_such_ids_since_stop_the_etl_and_name_it(
        self, before: Guard, guard: Guard, database: ScratchDatabase
    ) -> None:
        old = builders.teams_now(database)[0].id
        first = before.has_backed_up()
        imported(before)
        newest = guard.adopts(first.id).snapshot
        guard.restores()
        guard.has_backed_up()
        assert newest is not None
        database.rows("INSERT INTO carpools (team_id, driver) VALUES (%(old)s, 'Tennaqua - 22')", old=old)
        found = guard.reads(lambda connection: safety.examine(guard.at(connection)))
        assert (found.safe, self.named(guard, "rows-on-vanished-team")) == (False, [newest.id])
        assert adopted(guard.adopts(first.id)) == {("team_id", "Tennaqua - 22"): 1}
        guard.restores()
        assert guard.reads(lambda connection: safety.examine(guard.at(connection))).safe
