"""Every way in which an import loses a practice, and what users did meanwhile, through a real PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core import errors
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.model import Team
from tests.world import builders
from tests.world.builders import (
    MONDAY,
    League,
    Row,
    ScratchDatabase,
    practices_by_natural_key,
    team_now,
    the_app_writes_a_practice,
    the_etl_runs,
)
from tests.world.guarding import Guard

TUESDAY = MONDAY + dt.timedelta(days=1)
EIGHT = dt.time(20, 0)


@pytest.fixture
def wilmette(league: League) -> Team:
    return league.has_team(club="Wilmette", series="Chicago 11")


def practices(database: ScratchDatabase) -> list[Row]:
    return database.rows(
        "SELECT id, home_team_id, league_id, created_at::text FROM schedule"
        " WHERE home_team ILIKE '%%practice%%' ORDER BY id",
    )


class TestOneImport:
    def test_deleted_rows_come_back_as_they_were(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 3)
        before = practices(database)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        assert guard.restores().plan.counts()["insert"] == 3
        after = practices(database)
        new = team_now(database, tennaqua.identity)
        assert [(row[0], row[3]) for row in after] == [(row[0], row[3]) for row in before]
        assert {row[1] for row in after} == {new.id} != {tennaqua.id}
        assert {row[2] for row in after} == {database.value("SELECT league_id FROM teams")}

    @pytest.mark.parametrize("variant", ["set-null", "dangling"])
    def test_rows_without_their_team_are_relinked(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, variant: str
    ) -> None:
        league.captain_schedules_practices(tennaqua, 2)
        before = practices_by_natural_key(database)
        guard.has_backed_up()
        the_etl_runs(database, variant)
        counts = guard.restores().plan.counts()
        assert (counts["relink"], counts["insert"]) == (2, 0)
        assert practices_by_natural_key(database) == before

    def test_rows_on_wrong_teams_are_brought_home(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, wilmette: Team
    ) -> None:
        """The import keeps the rows and hands the ids to other teams."""
        for team in (tennaqua, wilmette, league.has_team(club="Lakeshore", series="Chicago 12")):
            league.captain_schedules_practices(team, 2)
            league.captain_sets_practice_time(team)
        before = practices_by_natural_key(database)
        guard.has_backed_up()
        the_etl_runs(database, "recycle", "dangling")
        assert practices_by_natural_key(database) != before
        assert guard.judges_health().total.wrong_team > 0
        guard.restores()
        assert practices_by_natural_key(database) == before

    def test_a_practice_without_league_stays_without(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practice(tennaqua, with_league=False)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        guard.restores()
        assert practices(database)[0][2] is None
        assert guard.restores().written == 0

    def test_the_away_team_is_remapped_too(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, wilmette: Team
    ) -> None:
        league.captain_schedules_practice(tennaqua)
        database.rows("UPDATE schedule SET away_team_id = %(id)s", id=wilmette.id)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        guard.restores()
        assert database.value("SELECT away_team_id FROM schedule") == team_now(database, wilmette.identity).id

    def test_a_taken_primary_key_is_left_to_its_owner(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, wilmette: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 2)
        league.has_match(tennaqua, wilmette)
        before = practices_by_natural_key(database)
        guard.has_backed_up()
        builders.the_etl_recycles_ids(database)
        (taken,) = database.rows("SELECT id, home_team FROM schedule")
        guard.restores()
        assert database.rows("SELECT id, home_team FROM schedule WHERE id = %(id)s", id=taken[0]) == [taken]
        assert practices_by_natural_key(database) == before
        assert database.count("schedule") == 3

    @pytest.mark.parametrize("etl", [builders.the_etl_recreates_everything, builders.the_etl_recycles_ids])
    def test_the_applications_next_insert_works(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, etl: object
    ) -> None:
        league.captain_schedules_practices(tennaqua, 3)
        guard.has_backed_up()
        etl(database)  # type: ignore[operator]
        guard.restores()
        keys = {row[0] for row in practices(database)}
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) not in keys

    def test_also_where_the_only_practice_had_the_first_id(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        assert league.captain_schedules_practice(tennaqua) == 1
        guard.has_backed_up()
        builders.the_etl_recycles_ids(database)
        guard.restores()
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) == 2

    def test_sequences_never_go_back(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practice(tennaqua)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        database.rows("SELECT setval('schedule_id_seq', 5000)")
        guard.restores()
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) == 5001

    @pytest.mark.parametrize("always", ["ALWAYS", "BY DEFAULT"])
    def test_identity_columns(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, always: str
    ) -> None:
        database.rows("ALTER TABLE schedule ALTER id DROP DEFAULT")
        database.rows(f"ALTER TABLE schedule ALTER id ADD GENERATED {always} AS IDENTITY (START 40)")
        league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        database.rows("DELETE FROM schedule")
        database.rows("ALTER TABLE schedule ALTER id RESTART WITH 40")
        database.rows("UPDATE teams SET updated_at = now()")
        guard.restores()
        assert [row[0] for row in practices(database)] == [40, 41]
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) == 42

    def test_a_sequence_that_nobody_owns(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        database.rows("CREATE SEQUENCE numbers START 70")
        database.rows("ALTER TABLE schedule ALTER id SET DEFAULT nextval('numbers')")
        league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        database.rows("ALTER SEQUENCE numbers RESTART")
        guard.restores()
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) == 72

    def test_also_where_the_import_restarted_the_sequence_and_left_the_rows(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        practices = league.captain_schedules_practices(tennaqua, 3)
        guard.has_backed_up()
        the_etl_runs(database, "recycle", "set-null")
        assert guard.restores().plan.counts()["relink"] == 3
        assert the_app_writes_a_practice(database, tennaqua, TUESDAY) > max(practices)


class TestExactlyAsMany:
    def test_two_on_one_date_and_two_alike(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        for time in (builders.SEVEN, EIGHT, EIGHT, EIGHT):
            league.captain_schedules_practice(tennaqua, time=time)
        before = practices_by_natural_key(database)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        the_app_writes_a_practice(database, tennaqua, MONDAY, EIGHT)
        counts = guard.restores().plan.counts()
        assert (counts["intact"], counts["insert"]) == (1, 3)
        assert practices_by_natural_key(database) == before

    def test_twice_is_as_once_and_says_so(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 3)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        guard.restores()
        after = practices(database)
        for _ in range(2):
            again = guard.restores()
            assert (again.written, again.plan.counts()["intact"]) == (0, 3)
        assert practices(database) == after


class TestWhatUsersDid:
    def test_a_practice_written_before_the_restore_stays(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, wilmette: Team
    ) -> None:
        league.captain_schedules_practice(tennaqua)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        own = the_app_writes_a_practice(database, wilmette, TUESDAY)
        was = database.rows("SELECT * FROM schedule WHERE id = %(id)s", id=own)
        guard.restores()
        assert database.rows("SELECT * FROM schedule WHERE id = %(id)s", id=own) == was
        assert database.count("schedule") == 2

    def test_a_moved_practice_is_left_moved_on_its_team(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        practice = league.captain_schedules_practice(tennaqua)
        guard.has_backed_up()
        builders.a_user_moves_practice(database, practice, date=TUESDAY)
        builders.the_etl_leaves_practices_on_old_ids(database)
        assert guard.restores().plan.counts()["edited"] == 1
        (row,) = practices_by_natural_key(database)
        assert (row.date, row.team) == (TUESDAY, tennaqua.identity)

    def test_a_provable_deletion_stays(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        gone, _ = league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.a_user_deletes_practice(database, gone)
        counts = guard.restores().plan.counts()
        assert (counts["deleted"], counts["insert"]) == (1, 0)
        assert guard.restores(request=Request(include_deleted=True)).plan.counts()["insert"] == 1
        assert database.count("schedule") == 2

    def test_a_deletion_after_the_restore_stays_too(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        gone, _ = league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        guard.restores()
        builders.a_user_deletes_practice(database, gone)
        assert guard.restores().plan.counts()["deleted"] == 1
        assert database.count("schedule") == 1

    def test_a_deletion_before_an_import_cannot_be_known(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        gone, _ = league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.a_user_deletes_practice(database, gone)
        builders.the_etl_recreates_everything(database)
        assert guard.restores().plan.counts()["insert"] == 2

    def test_an_import_that_kept_every_team_id_is_an_import(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.the_etl_keeps_ids(database)
        assert guard.restores().plan.counts()["insert"] == 2

    def test_a_practice_time_that_is_gone_comes_back_and_is_not_taken_for_its_twin_of_another_team(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        """Both teams of the club practise on Mondays at seven; who took the one of them away nobody knows."""
        other = league.has_team(series="Chicago 11")
        league.captain_schedules_practice(tennaqua)
        gone = league.captain_sets_practice_time(tennaqua)
        guard.has_backed_up()
        database.rows("DELETE FROM practice_times WHERE id = %(id)s", id=gone)
        league.captain_sets_practice_time(other)
        builders.the_etl_recreates_everything(database)
        made = guard.restores().plan
        assert made.counts("practice_times")["insert"] == 1
        new = team_now(database, tennaqua.identity).id
        assert sorted(database.rows("SELECT team_id FROM practice_times")) == sorted([(other.id,), (new,)])

    def test_a_practice_time_set_again_before_the_restore_does_not_stop_it(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_sets_practice_time(tennaqua)
        league.captain_schedules_practice(tennaqua)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        league.captain_sets_practice_time(team_now(database, tennaqua.identity))
        guard.restores()
        new = team_now(database, tennaqua.identity).id
        assert database.count("practice_times", f"team_id = {new}") == 1
        assert database.count("schedule", f"home_team_id = {new}") == 1


class TestAPartOnly:
    @pytest.fixture
    def damaged(self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> Guard:
        other = league.has_team(club="Wilmette", series="S10", league="CNSWPL", name="Wilmette 10")
        for team in (tennaqua, other):
            league.captain_schedules_practices(team, 2)
            league.captain_sets_practice_time(team)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        return guard

    @pytest.mark.parametrize(
        ("scope", "practices_back", "times_back"),
        [
            (Scope(leagues=frozenset({"CNSWPL"})), 2, 1),
            (Scope(teams=frozenset({"Tennaqua - 22"})), 2, 1),
            (Scope(protected=frozenset({"practices"})), 4, 0),
            (Scope(protected=frozenset({"practice_times"}), leagues=frozenset({"CNSWPL"})), 0, 1),
        ],
    )
    def test_is_restored_and_the_rest_afterwards(
        self, damaged: Guard, database: ScratchDatabase, scope: Scope, practices_back: int, times_back: int
    ) -> None:
        damaged.restores(request=Request(scope))
        in_place = "team_id IN (SELECT id FROM teams)"
        assert (database.count("schedule"), database.count("practice_times", in_place)) == (practices_back, times_back)
        damaged.restores()
        assert (database.count("schedule"), database.count("practice_times", in_place)) == (4, 2)

    def test_of_what_does_not_exist_is_refused(self, damaged: Guard) -> None:
        with pytest.raises(errors.UsageError, match="Tennaqua - 22"):
            damaged.plans(request=Request(Scope(teams=frozenset({"Tenaqua - 22"}))))


class TestOtherReferences:
    def test_a_league_that_is_gone_is_left_empty_and_filled_in_later(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        """A practice of one league's team under another league, which the import leaves out for a night."""
        league.has_team(club="Wilmette", series="S10", league="CNSWPL", name="Wilmette 10")
        league.captain_schedules_practice(tennaqua)
        database.rows("UPDATE schedule SET league_id = (SELECT id FROM leagues WHERE league_id = 'CNSWPL')")
        website = builders.the_website_now(database)
        guard.has_backed_up()
        builders.the_etl_lacks_league(database, "CNSWPL")
        made = guard.restores().plan
        assert [(each.rows, each.lost) for each in made.sums] == [(1, True)]
        assert practices(database)[0][2] is None
        assert guard.restores().written == 0
        assert guard.has_backed_up().rows == 1
        the_etl_runs(database, source=website)
        guard.restores()
        assert practices(database)[0][2] == database.value("SELECT id FROM leagues WHERE league_id = 'CNSWPL'")
