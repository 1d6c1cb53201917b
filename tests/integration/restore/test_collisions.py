"""Unique keys: rows that change places, and rows that wait for theirs while the rest goes on."""

from __future__ import annotations

import pytest

from practice_guard.core import restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.database import Connection
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.model import Team
from practice_guard.render.restoring import waiting
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, swap_ids, team_now
from tests.world.guarding import Guard


def looks(guard: Guard) -> None:
    """What a dry run finds out besides the plan."""

    def work(connection: Connection) -> None:
        kept, app = snapshots.find(connection), look(connection, guard.sets)
        restore.check_columns(restore.work_out(connection, kept, app))

    guard.reads(work)


def teams_of_practice_times(database: ScratchDatabase) -> dict[int, int | None]:
    found: dict[int, int | None] = dict(database.rows("SELECT id, team_id FROM practice_times"))
    return found


class TestRowsThatChangePlaces:
    def test_practice_times_change_places(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        """17 becomes 18 and 18 becomes 17, on one day at one time in one place."""
        other = league.has_team(series="Chicago 11")
        times = {league.captain_sets_practice_time(team): team.identity for team in (tennaqua, other)}
        guard.has_backed_up()
        swap_ids(database, tennaqua.id, other.id)
        assert guard.restores().plan.counts()["relink"] == 2
        placed: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
        assert {key: team_now(database, identity).id for key, identity in times.items()} == placed

    def test_a_chain_of_three(self, league: League, database: ScratchDatabase, guard: Guard) -> None:
        teams = [league.has_team(series=f"Chicago {number}") for number in (1, 2, 3)]
        times = {league.captain_sets_practice_time(team): team.identity for team in teams}
        guard.has_backed_up()
        swap_ids(database, teams[0].id, teams[1].id)
        swap_ids(database, teams[1].id, teams[2].id)
        guard.restores()
        placed: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
        assert {key: team_now(database, identity).id for key, identity in times.items()} == placed


class TestAPracticeTimeThatAUserMoved:
    """… while it hung on a vanished team, to where the captain has set another one anew."""

    @pytest.fixture
    def moved(self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> int:
        """Returns the one that was set anew."""
        time = league.captain_sets_practice_time(tennaqua)
        league.captain_schedules_practices(tennaqua, 3)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        database.rows("UPDATE practice_times SET day_of_week = 'Tuesday' WHERE id = %(id)s", id=time)
        return league.captain_sets_practice_time(team_now(database, tennaqua.identity), day="Tuesday")

    def test_waits_and_everything_else_is_restored(self, guard: Guard, database: ScratchDatabase, moved: int) -> None:
        before = teams_of_practice_times(database)
        looks(guard)
        shown = guard.plans()
        done = guard.restores()
        assert done.plan.digest == shown.digest
        assert (done.plan.counts()["insert"], done.plan.counts()["pending"]) == (3, 1)
        assert teams_of_practice_times(database) == before
        assert guard.restores().written == 0

    def test_says_why_in_the_contracts_words(self, guard: Guard, moved: int) -> None:
        (entry,) = waiting(guard.plans())
        assert entry["reason"] == "conflicting"
        assert "stands in its place" in str(entry["because"])

    def test_comes_home_once_there_is_room(
        self, guard: Guard, database: ScratchDatabase, tennaqua: Team, moved: int
    ) -> None:
        guard.restores()
        database.rows("DELETE FROM practice_times WHERE id = %(id)s", id=moved)
        guard.restores()
        assert list(teams_of_practice_times(database).values()) == [team_now(database, tennaqua.identity).id]

    def test_goes_on_waiting_through_the_next_night(
        self, guard: Guard, database: ScratchDatabase, tennaqua: Team, moved: int
    ) -> None:
        """Now both are in the snapshot, one of an older team list, and both lead to one place."""
        guard.restores()
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        counts = guard.restores().plan.counts("practice_times")
        assert (counts["relink"], counts["pending"]) == (1, 1)
        assert teams_of_practice_times(database)[moved] == team_now(database, tennaqua.identity).id


def test_a_part_whose_place_the_rest_holds_waits_for_the_whole(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
) -> None:
    """17 has become 18 and 18 17; one team alone cannot go home, and hangs on the other one no longer."""
    other = league.has_team(series="Chicago 11")
    times = {league.captain_sets_practice_time(team): team.identity for team in (tennaqua, other)}
    guard.has_backed_up()
    swap_ids(database, tennaqua.id, other.id)
    part = guard.restores(request=Request(Scope(teams=frozenset({tennaqua.name or ""}))))
    assert part.plan.counts()["pending"] == part.plan.counts()["total"] == 1
    own, theirs = sorted(times)
    assert teams_of_practice_times(database) == {own: None, theirs: other.id}
    guard.restores()
    now = {key: team_now(database, identity).id for key, identity in times.items()}
    assert teams_of_practice_times(database) == now


@pytest.mark.parametrize("rule", ["", "DROP CONSTRAINT practice_times_pkey, ADD UNIQUE (id), ADD PRIMARY KEY "])
def test_a_practice_time_set_anew_while_the_old_one_hangs_on_an_id_in_other_hands(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, rule: str
) -> None:
    """The old one waits, and says so; everything else is restored."""
    if rule:
        (name,) = database.value("SELECT array_agg(conname) FROM pg_constraint WHERE contype = 'u'"
                                 " AND conrelid = 'practice_times'::regclass")  # fmt: skip
        database.rows(
            f"ALTER TABLE practice_times DROP CONSTRAINT {name},"
            f" {rule} (team_id, day_of_week, start_time, end_time, location)"
        )
    other = league.has_team(series="Chicago 11")
    time = league.captain_sets_practice_time(tennaqua)
    league.captain_asks(other)
    guard.has_backed_up()
    swap_ids(database, tennaqua.id, other.id)
    anew = league.captain_sets_practice_time(team_now(database, tennaqua.identity))
    foreseen, done = guard.plans(), guard.restores()
    assert foreseen.counts() == done.plan.counts()
    assert (done.plan.counts()["relink"], done.plan.counts()["pending"]) == (1, 1)
    assert teams_of_practice_times(database) == {time: tennaqua.id, anew: other.id}
    assert database.value("SELECT team_id FROM polls") == team_now(database, other.identity).id
    assert guard.judges_health().total.wrong_team == 1
    assert guard.restores().written == 0
    database.rows("DELETE FROM practice_times WHERE id = %(id)s", id=time)
    assert guard.restores().plan.counts()["pending"] == 0


class TestANewConstraint:
    """… keeps no others off: what breaks it waits, and a dry run says so too."""

    def test_that_a_row_to_be_relinked_breaks(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.the_etl_leaves_practices_without_team(database)
        league.captain_schedules_practice(team_now(database, tennaqua.identity), location="Elsewhere")
        database.rows("ALTER TABLE schedule ADD CONSTRAINT one UNIQUE (home_team_id, match_date, match_time)")
        shown = guard.plans()
        assert (shown.counts()["relink"], shown.counts()["pending"]) == (1, 1)
        (entry,) = waiting(shown)
        assert "one allows one" in str(entry["because"])
        assert guard.restores().plan.sums == shown.sums

    def test_that_a_row_without_league_breaks(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practice(tennaqua, with_league=False)
        league.captain_schedules_practices(tennaqua, 2)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        database.rows("ALTER TABLE schedule ALTER league_id SET NOT NULL")
        (entry,) = waiting(guard.plans())
        assert (entry["reason"], entry["because"]) == ("refused", "there must be a value now for schedule.league_id")
        done = guard.restores()
        assert (done.plan.counts()["insert"], done.plan.counts()["pending"]) == (2, 1)


def test_a_message_of_a_user_who_is_gone_waits_in_the_contracts_words(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
) -> None:
    league.captain_writes_message(tennaqua)
    guard.has_backed_up()
    database.rows("DELETE FROM captain_messages")
    database.rows("DELETE FROM users")
    (entry,) = waiting(guard.plans(request=Request(include_deleted=True)))
    assert (entry["reason"], entry["because"]) == ("missing", "what its captain_user_id points at is not there")
