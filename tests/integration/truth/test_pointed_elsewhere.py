"""Rows that point elsewhere than they did: put back after an import, told where a person may have done it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from practice_guard.core.application.declared import parse
from practice_guard.core.model import Team
from tests.world import builders
from tests.world.around import A_WATCHED_RUN
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

LINEUPS = """
[[protected]]
name = "lineups"
table = "lineups"
teams = ["team_id", "opponent_id"]
same = ["note"]
"""


@pytest.fixture
def teams(league: League) -> list[Team]:
    """Five teams with twelve practices and a recurring one each."""
    return teams_in_a_row(league, 5, practices=12)


@pytest.fixture
def guarded(teams: list[Team], database: ScratchDatabase) -> Guard:
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def has_lineups_and_answers(league: League, database: ScratchDatabase, teams: list[Team]) -> None:
    """Lineups of each team against the next one, and a poll that three players have answered."""
    database.rows(
        "CREATE TABLE lineups (id serial PRIMARY KEY, team_id int REFERENCES teams, opponent_id int REFERENCES teams,"
        " note text)"
    )
    for team, opponent in pairwise(teams):
        pair = {"team": team.id, "opponent": opponent.id}
        database.rows("INSERT INTO lineups (team_id, opponent_id, note) VALUES (%(team)s, %(opponent)s, 'x')", **pair)
    asked = league.has_team(series="Chicago 9", players=["p1", "p2", "p3"])
    league.captain_asks(asked, choices=["Yes", "No", "Perhaps"])
    database.rows(
        "INSERT INTO poll_responses (poll_id, choice_id, player_id)"
        " SELECT c.poll_id, min(c.id), p.id FROM poll_choices c CROSS JOIN players p GROUP BY 1, 3"
    )


def somebody_points(database: ScratchDatabase, rows: int, team: Team) -> None:
    """So many practices of other teams, the first ones, at this team."""
    database.rows(
        "UPDATE schedule SET home_team_id = %(team)s WHERE id IN"
        " (SELECT id FROM schedule WHERE home_team_id <> %(team)s ORDER BY id LIMIT %(rows)s)",
        team=team.id,
        rows=rows,
    )


@pytest.mark.parametrize("watched", [False, True])
def test_rows_that_an_import_points_at_other_teams_go_back(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], *, watched: bool
) -> None:
    """An upsert keeps every id; nobody can say then that it was a person who moved them."""
    before = database.rows("SELECT id, home_team_id FROM schedule ORDER BY id")
    builders.the_etl_runs(database, "dangling", "upsert")
    somebody_points(database, 27, teams[4])
    if watched:
        database.rows(A_WATCHED_RUN)

    health = guarded.judges_health()
    assert (health.total.wrong_team, health.total.moved) == (27, 0)
    guarded.restores()
    assert database.rows("SELECT id, home_team_id FROM schedule ORDER BY id") == before


def test_practices_without_a_team_that_get_one_are_told(
    guarded: Guard, database: ScratchDatabase, teams: list[Team]
) -> None:
    """Whoever did it, they are left there: that a snapshot has no team is no proof that there is none."""
    orphans = "UPDATE schedule SET home_team_id = %(team)s, league_id = %(league)s WHERE id <= 3"
    database.rows(orphans, team=None, league=None)
    guarded.backs_up(accept_current=True)
    database.rows(orphans, team=teams[4].id, league=database.value("SELECT min(id) FROM leagues"))
    after = database.rows("SELECT id, home_team_id FROM schedule ORDER BY id")

    health = guarded.judges_health()

    assert health.total.moved == 3
    assert any("3 moved by hand" in each for each in health.besides)
    guarded.restores()
    assert database.rows("SELECT id, home_team_id FROM schedule ORDER BY id") == after


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("UPDATE lineups SET opponent_id = (SELECT max(id) FROM teams) WHERE id <= 2", (2, 0)),
        ("UPDATE poll_responses SET choice_id = (SELECT max(id) FROM poll_choices) WHERE id <= 2", (0, 2)),
    ],
    ids=["another opponent", "another answer"],
)
def test_what_points_elsewhere_beside_its_team_is_told(
    league: League, database: ScratchDatabase, teams: list[Team], statement: str, counts: tuple[int, int]
) -> None:
    has_lineups_and_answers(league, database, teams)
    guard = Guard(database, sets=parse(LINEUPS, "practice_guard.toml").everything)
    guard.has_backed_up()
    database.rows(statement)

    health = guard.judges_health()
    assert (health.total.moved, health.total.edited) == counts
    assert health.besides != ()
    guard.restores()
    assert (guard.judges_health().total.moved, guard.judges_health().total.edited) == counts
