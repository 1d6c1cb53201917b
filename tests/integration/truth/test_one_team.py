"""One team of many is made anew, which is no bulk: what went with it comes back all the same."""

from __future__ import annotations

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

OF_USERS = ("polls", "captain_messages", "practice_times")


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Twelve teams, each with a poll, a message and a recurring practice; backed up."""
    for number in range(1, 13):
        team = league.has_team(series=f"Chicago {number}")
        league.captain_sets_practice_time(team)
        league.captain_writes_message(team)
        league.captain_asks(team, "Who can play?")
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def of_users(database: ScratchDatabase) -> dict[str, int]:
    return {table: database.count(table) for table in OF_USERS}


def one_team_is_made_anew(database: ScratchDatabase, *, keeps_id: bool) -> None:
    """The import takes a team with all that hangs on it, and lists it again."""
    number = database.value("SELECT min(id) FROM teams")
    for table in OF_USERS:
        database.rows(f"DELETE FROM {table} WHERE team_id = %(team)s", team=number)
    names = [
        name
        for (name,) in database.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'teams' AND table_schema = 'public'"
            "   AND column_name NOT IN ('id', 'created_at', 'updated_at')"
        )
    ]
    listed = ", ".join(names)
    key = "old.id" if keeps_id else "nextval('teams_id_seq')"
    database.rows("CREATE TEMP TABLE old AS SELECT * FROM teams WHERE id = %(team)s", team=number)
    database.rows("SET session_replication_role = replica")
    database.rows("DELETE FROM teams WHERE id = %(team)s", team=number)
    database.rows(f"INSERT INTO teams (id, {listed}) SELECT {key}, {listed} FROM old")
    database.rows("RESET session_replication_role")


@pytest.mark.parametrize("keeps_id", [True, False])
@pytest.mark.parametrize("restored", [True, False])
def test_what_went_with_one_team_comes_back(
    guarded: Guard, database: ScratchDatabase, *, restored: bool, keeps_id: bool
) -> None:
    """Also after last night's restore, of which no snapshot was taken since."""
    before = of_users(database)
    if restored:
        builders.the_etl_runs(database, "dangling")
        guarded.restores()
        assert of_users(database) == before
    one_team_is_made_anew(database, keeps_id=keeps_id)
    assert of_users(database) != before

    health = guarded.judges_health()
    assert not health.healthy
    assert health.total.deleted == 0
    guarded.restores()
    assert of_users(database) == before


@pytest.mark.parametrize("restored", [True, False])
def test_what_a_user_deletes_stays_deleted_where_another_team_was_made_anew(
    guarded: Guard, database: ScratchDatabase, *, restored: bool
) -> None:
    if restored:
        builders.the_etl_runs(database, "dangling")
        guarded.restores()
    one_team_is_made_anew(database, keeps_id=False)
    database.rows("DELETE FROM captain_messages WHERE team_id = (SELECT max(team_id) FROM captain_messages)")
    guarded.restores()
    assert database.count("captain_messages") == 11


def test_a_team_that_a_person_corrects_is_the_team_that_it_was(guarded: Guard, database: ScratchDatabase) -> None:
    """A name that is written anew makes no team new, and a user's wish no import's doing."""
    database.rows("UPDATE teams SET created_at = now() - interval '30 days', team_alias = 'Aces'")
    guarded.has_backed_up()
    team = database.value("SELECT min(team_id) FROM captain_messages")
    database.rows("UPDATE teams SET team_alias = 'Deuces' WHERE id = %(team)s", team=team)
    database.rows("DELETE FROM captain_messages WHERE team_id = %(team)s", team=team)
    assert guarded.judges_health().total.deleted == 1
