"""The same rules on the two other ways to a restore: `run` around an ETL, and a call from inside of one.

One row is refused in each, waits, and keeps no other off; neither the run nor the ETL's own commit fails for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from practice_guard import etl
from practice_guard.core.model import Team
from tests.integration.rules.test_matrix import (
    FORESEEN,
    OCCUPIED,
    OLD,
    PLACES,
    RULES,
    SEVEN_OTHERS,
    has_one_of_long_ago,
)
from tests.world import around
from tests.world.builders import League, ScratchDatabase, team_now
from tests.world.callers import caller

TAKEN = {"insert": "DELETE FROM schedule", "relink": "UPDATE schedule SET home_team_id = NULL, league_id = NULL"}
ON_AGAIN = "SET session_replication_role = origin"
OCCUPANT = (
    "INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id)"
    f" SELECT '{OLD}', '19:00', 'Tennaqua Practice - Chicago 22', '', 'Elsewhere', league_id, id FROM teams"
)
WAYS = [
    pytest.param(rule, bucket, id=f"{rule}, {bucket}")
    for rule in RULES
    for bucket in TAKEN
    if (rule, bucket) != ("not null", "relink")  # a row that is there has a value
]
HABITS = {"insert": "psycopg2", "relink": "psycopg"}


def an_import(rule: str, bucket: str) -> list[str]:
    """New teams, practices gone or adrift, and the rule, which somebody breaks with an entry of the same place."""
    first, imported, _, *rest = around.THE_TEAMS_ARE_NEW
    occupied = [OCCUPANT] if rule in OCCUPIED else []
    return [first, imported, TAKEN[bucket], *rest, "DROP TABLE imported", ON_AGAIN, *occupied, RULES[rule]]


def sends(cursor: Any, statements: list[str]) -> None:
    for each in statements:
        cursor.execute(each)


@pytest.fixture(autouse=True)
def aimed(place: Path) -> None:
    """Told nothing but where the database is."""


@pytest.fixture
def season(league: League, database: ScratchDatabase, tennaqua: Team) -> Team:
    """A team with its practices."""
    has_one_of_long_ago(league, database, tennaqua)
    return tennaqua


@pytest.mark.parametrize(("rule", "bucket"), WAYS)
def test_a_run_ends_with_4_and_says_which_row_waits(
    database: ScratchDatabase, season: Team, rule: str, bucket: str
) -> None:
    ran = around.runs_around(around.an_import(database.url, *an_import(rule, bucket)))
    assert ran.status == 4, ran.words
    result = ran.document["result"]
    assert (result["restore"]["rows"][bucket], result["restore"]["rows"]["pending"]) == (SEVEN_OTHERS, 1)
    ((name, reason),) = ((each["team"], each["reason"]) for each in result["restore"]["pending"])
    assert season.name in name
    assert rule in FORESEEN or reason == "refused"
    assert ("rows-refused" in ran.codes) == (reason == "refused")
    assert ("refuses it in practices" in ran.document["verdict"]) == (reason == "refused")
    team = team_now(database, season.identity).id
    assert database.count("schedule", f"home_team_id = {team} AND location <> 'Elsewhere'") == SEVEN_OTHERS
    assert around.says("health").status == 4
    again = around.says("restore")
    assert (again.status, again.document["result"]["rows"]["pending"]) == (4, 1)


@pytest.mark.parametrize(("rule", "bucket"), WAYS)
def test_an_etl_that_calls_the_guard_commits_and_the_row_waits(
    database: ScratchDatabase, season: Team, rule: str, bucket: str
) -> None:
    with caller(database, HABITS[bucket]) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        sends(cursor, an_import(rule, bucket))
        foreseen = etl.restore_practice_times_with_fallback(cursor, dry_run=True)
        done = etl.restore_practice_times_with_fallback(cursor)
        health = etl.validate_practice_time_health(cursor, rows)
        cursor.connection.commit()
    assert (done["pending"], done["total"]) == (1, rows)
    assert (foreseen["pending"] == done["pending"]) == (rule in FORESEEN)
    assert (health["verdict"], health["pending"]) == ("waiting", 1)
    team = team_now(database, season.identity).id
    assert database.count("schedule", f"home_team_id = {team} AND location <> 'Elsewhere'") == SEVEN_OTHERS


@pytest.mark.parametrize("way", ["run", *HABITS.values()])
@pytest.mark.parametrize("rule", PLACES)
def test_rows_that_change_places_do_on_either_way(
    league: League, database: ScratchDatabase, tennaqua: Team, rule: str, way: str
) -> None:
    """Three teams pass their ids on in a circle while the ETL runs."""
    teams = [tennaqua, *(league.has_team(series=f"Chicago {number}") for number in (1, 2))]
    times = {league.captain_sets_practice_time(team): team.identity for team in teams}
    database.rows(PLACES[rule])
    one, two, three = (team.id for team in teams)
    moves = [(one, -1), (two, one), (three, two), (-1, three)]
    passed_on = [f"UPDATE teams SET id = {new}, updated_at = now() WHERE id = {old}" for old, new in moves]
    statements = [around.THE_TEAMS_ARE_NEW[0], *passed_on, ON_AGAIN]
    if way == "run":
        ran = around.runs_around(around.an_import(database.url, *statements))
        assert ran.status == 0, ran.words
    else:
        with caller(database, way) as cursor:
            rows = etl.create_enhanced_practice_time_backup(cursor)
            sends(cursor, statements)
            assert etl.restore_practice_times_with_fallback(cursor)["pending"] == 0
            assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
            cursor.connection.commit()
    placed: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
    assert {key: team_now(database, identity).id for key, identity in times.items()} == placed
