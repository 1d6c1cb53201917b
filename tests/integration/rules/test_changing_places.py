"""Rows that change places: under whatever keeps rows apart each ends on its team, or waits where nothing lets it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from practice_guard.core import restore
from practice_guard.core.model import Team
from tests.world.builders import League, ScratchDatabase, swap_ids, team_now
from tests.world.guarding import Guard

TIMES = "ALTER TABLE practice_times"
TO_TEAMS = "ADD FOREIGN KEY (team_id) REFERENCES teams"
ONE_EACH = f"{TIMES} ADD UNIQUE (team_id), ALTER team_id SET NOT NULL"
APART = f"{TIMES} ALTER team_id SET NOT NULL, ADD EXCLUDE"
NUMBERED = f"{TIMES} DROP CONSTRAINT practice_times_pkey, ADD UNIQUE (id),"
PLACES = {
    "only some numbers": f"{ONE_EACH}, ADD CHECK (team_id BETWEEN 1 AND 9999)",
    "only large numbers": f"UPDATE teams SET id = id + 100000; UPDATE practice_times SET team_id = team_id + 100000;"
    f"{ONE_EACH}, ADD CHECK (team_id BETWEEN 100000 AND 999999)",
    "only these numbers": f"{ONE_EACH}, ADD CHECK (team_id <= 3 AND team_id > 0)",
    "no team is free": f"{ONE_EACH}, {TO_TEAMS}",
    "asked at the end": f"{TIMES} ADD UNIQUE (team_id) DEFERRABLE, ALTER team_id SET NOT NULL, {TO_TEAMS}",
    "of a part": f"{TIMES} ALTER team_id SET NOT NULL, ADD CHECK (team_id IN (1, 2, 3));"
    " CREATE UNIQUE INDEX rule ON practice_times ((team_id + 0)) WHERE day_of_week = 'Monday'",
    "exclusion": f"{TIMES} ADD EXCLUDE (team_id WITH =, day_of_week WITH =)",
    "exclusion, never empty": f"{APART} (team_id WITH =, day_of_week WITH =)",
    "exclusion, no team is free": f"{APART} (team_id WITH =), {TO_TEAMS}",
    "exclusion, of what overlaps": f"{APART} USING gist (int4range(team_id, team_id + 1) WITH &&)",
    "exclusion, of a type that it is not": f"{APART} USING gist (int8range(team_id, team_id, '[]') WITH =), {TO_TEAMS}",
    "exclusion, over an expression": f"{APART} ((team_id * 2) WITH =) WHERE (team_id > 0)",
    "exclusion, asked at the end": f"{APART} (team_id WITH =) DEFERRABLE, {TO_TEAMS}",
    "numbered always": f"{ONE_EACH}, {TO_TEAMS}; {TIMES} ALTER id DROP DEFAULT,"
    " ALTER id ADD GENERATED ALWAYS AS IDENTITY, ADD twice int GENERATED ALWAYS AS (id * 2) STORED",
    "a primary key": f"{NUMBERED} ADD PRIMARY KEY (team_id)",
    "a primary key of two, and no team is free": f"{NUMBERED} ADD PRIMARY KEY (day_of_week, team_id), {TO_TEAMS}",
    "others hang on them": f"{ONE_EACH}, {TO_TEAMS}; CREATE TABLE lights (time_id int REFERENCES practice_times);"
    " INSERT INTO lights SELECT id FROM practice_times",
}


@pytest.fixture
def circle(league: League, tennaqua: Team) -> list[Team]:
    """All teams that there are, each with one practice time."""
    teams = [tennaqua, *(league.has_team(series=f"Chicago {number}") for number in (1, 2))]
    for team in teams:
        league.captain_sets_practice_time(team)
    return teams


def times(database: ScratchDatabase) -> list[tuple[object, ...]]:
    return database.rows("SELECT * FROM practice_times ORDER BY id")


def teams_of_times(database: ScratchDatabase) -> list[int]:
    return [team for (team,) in database.rows("SELECT team_id FROM practice_times ORDER BY id")]


def pass_on_their_ids(database: ScratchDatabase, teams: Sequence[Team]) -> None:
    ids = {team.identity: team_now(database, team.identity).id for team in teams}
    for one, other in pairwise(teams):
        swap_ids(database, ids[one.identity], ids[other.identity])


@pytest.mark.parametrize("rule", PLACES)
def test_rows_change_places_and_back(
    database: ScratchDatabase, guard: Guard, circle: Sequence[Team], rule: str
) -> None:
    database.rows("ALTER TABLE practice_times DROP CONSTRAINT IF EXISTS practice_times_team_id_fkey")
    database.rows(PLACES[rule])
    guard.has_backed_up()
    pass_on_their_ids(database, circle)
    damaged = times(database)
    assert guard.plans().counts()["relink"] == 3
    tried = guard.with_connection(lambda each: restore.attempt(guard.at(each), guard.finds())).plan
    assert times(database) == damaged
    done = guard.restores()
    assert (done.plan.counts()["relink"], done.plan.counts()["pending"]) == (3, 0)
    assert tried.counts() == done.plan.counts()
    assert teams_of_times(database) == [team_now(database, each.identity).id for each in circle]
    undone = guard.takes_back(done.ledger)
    assert undone.relinked["practice_times"] == 3
    assert times(database) == damaged
    guard.restores()
    assert guard.judges_health().total.wrong_team == 0


NOTICED = {
    "trigger": "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;"
    " CREATE TRIGGER noted BEFORE DELETE ON practice_times FOR EACH ROW EXECUTE FUNCTION noted()",
    "rule": "CREATE TABLE gone (id int); CREATE RULE noted AS ON DELETE TO practice_times DO ALSO"
    " INSERT INTO gone VALUES (OLD.id)",
    "cascade": "CREATE TABLE lights (time_id int REFERENCES practice_times ON DELETE CASCADE);"
    " INSERT INTO lights SELECT id FROM practice_times",
    "set null": "CREATE SCHEMA other; CREATE TABLE other.lights (time_id int REFERENCES practice_times"
    " ON DELETE SET NULL); INSERT INTO other.lights SELECT id FROM practice_times",
    "restrict": "CREATE TABLE lights (time_id int REFERENCES practice_times ON DELETE RESTRICT);"
    " INSERT INTO lights SELECT id FROM practice_times",
}


@pytest.mark.parametrize("what", NOTICED)
def test_rows_wait_where_somebody_would_notice_that_they_were_taken_out(
    database: ScratchDatabase, guard: Guard, circle: Sequence[Team], what: str
) -> None:
    database.rows(PLACES["no team is free"])
    database.rows(NOTICED[what])
    guard.has_backed_up()
    pass_on_their_ids(database, circle)
    before = database.all_rows("public")
    lights = database.rows("SELECT * FROM other.lights") if what == "set null" else []
    done = guard.restores()
    assert (done.written, done.plan.counts()["pending"]) == (0, 3)
    assert database.all_rows("public") == before
    assert not lights or database.rows("SELECT * FROM other.lights") == lights


def test_rows_change_places_under_a_rule_of_one_part(
    database: ScratchDatabase, guard: Guard, circle: Sequence[Team]
) -> None:
    database.rows(
        "ALTER TABLE practice_times RENAME TO whole; ALTER SEQUENCE practice_times_id_seq OWNED BY NONE;"
        " CREATE TABLE practice_times (LIKE whole INCLUDING DEFAULTS, PRIMARY KEY (id, day_of_week))"
        " PARTITION BY LIST (day_of_week); CREATE TABLE mondays PARTITION OF practice_times FOR VALUES IN ('Monday');"
        " CREATE TABLE others PARTITION OF practice_times DEFAULT; INSERT INTO practice_times SELECT * FROM whole;"
        " DROP TABLE whole CASCADE; ALTER SEQUENCE practice_times_id_seq OWNED BY practice_times.id;"
        " CREATE UNIQUE INDEX one ON mondays (team_id); ALTER TABLE mondays ADD EXCLUDE (team_id WITH =);"
        " ALTER TABLE practice_times ALTER team_id SET NOT NULL, ADD FOREIGN KEY (team_id) REFERENCES teams"
    )
    assert database.count("mondays") == 3
    guard.has_backed_up()
    pass_on_their_ids(database, circle)
    done = guard.restores()
    assert (done.plan.counts()["relink"], done.plan.counts()["pending"]) == (3, 0)
    assert teams_of_times(database) == [team_now(database, each.identity).id for each in circle]


def test_teams_of_two_leagues_change_places_under_a_key_over_an_expression(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
) -> None:
    """Their leagues stay what they are: only the teams meet."""
    other = league.has_team(series="Chicago 11", league="NSTF")
    for team in (tennaqua, other):
        league.captain_schedules_practice(team)
    database.rows("CREATE UNIQUE INDEX rule ON schedule ((home_team_id * 2), match_date)")
    guard.has_backed_up()
    swap_ids(database, tennaqua.id, other.id)
    done = guard.restores()
    assert (done.plan.counts()["relink"], done.plan.counts()["pending"]) == (2, 0)
    ids = [team for (team,) in database.rows("SELECT home_team_id FROM schedule ORDER BY id")]
    assert ids == [team_now(database, each.identity).id for each in (tennaqua, other)]
