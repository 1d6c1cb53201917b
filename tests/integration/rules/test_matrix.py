"""Every kind of rule a table may have, against rows put back, re-linked, and rows that change places.

What the dry run foresees is what happens, or it says that it cannot know; what a try says always is. One row is refused
in each, and never more than that one waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from practice_guard.core import restore
from practice_guard.core.model import Team
from practice_guard.core.restore import Plan
from practice_guard.render.restoring import waiting
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, swap_ids, team_now
from tests.world.guarding import Guard

SEVEN_OTHERS = 7
OLD = MONDAY - dt.timedelta(days=700)

ADDING, KEYED = "ALTER TABLE schedule ADD", "CREATE UNIQUE INDEX rule ON schedule"
FIRING = "INSERT OR UPDATE ON schedule"
CALLING = "FOR EACH ROW EXECUTE FUNCTION old()"
RULES = {
    "unique": f"{ADDING} UNIQUE (home_team_id, match_date)",
    "unique, deferred": f"{ADDING} UNIQUE (home_team_id, match_date) DEFERRABLE INITIALLY DEFERRED",
    "unique, of a part": f"{KEYED} (home_team_id, match_date) WHERE match_date < '2024-06-01'",
    "unique, over an expression": f"{KEYED} (home_team_id, (match_date - date '2020-01-01'))",
    "unique, nulls alike": f"{ADDING} UNIQUE NULLS NOT DISTINCT (home_team_id, match_date, away_team_id)",
    "exclusion": f"{ADDING} EXCLUDE (home_team_id WITH =, match_date WITH =)",
    "not null": "UPDATE schedule SET location = '' WHERE location IS NULL;"
    " ALTER TABLE schedule ALTER location SET NOT NULL",
    "check": f"{ADDING} CHECK (match_date > '2024-06-01') NOT VALID",
    "trigger": f"CREATE TRIGGER rule BEFORE {FIRING} {CALLING}",
    "trigger, after": f"CREATE TRIGGER rule AFTER {FIRING} {CALLING}",
    "trigger, deferred": f"CREATE CONSTRAINT TRIGGER rule AFTER {FIRING} DEFERRABLE INITIALLY DEFERRED {CALLING}",
}
FORESEEN = {"unique", "unique, deferred", "not null"}
"""Rules that the catalogue tells enough of."""

OCCUPIED = {name for name in RULES if name.startswith(("unique", "exclusion"))}


@pytest.fixture
def season(league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> Team:
    """A team's practices, backed up."""
    has_one_of_long_ago(league, database, tennaqua)
    guard.has_backed_up()
    return tennaqua


def has_one_of_long_ago(league: League, database: ScratchDatabase, team: Team) -> None:
    """Seven practices, and one that is of long ago and has no place."""
    database.rows(
        "CREATE FUNCTION old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.match_date < '2024-06-01'"
        " THEN RAISE 'too old' USING ERRCODE = 'PG042'; END IF; RETURN NEW; END $$"
    )
    league.captain_schedules_practices(team, SEVEN_OTHERS)
    odd = league.captain_schedules_practice(team, date=OLD)
    database.rows("UPDATE schedule SET location = NULL WHERE id = %(odd)s", odd=odd)


def has_rule(database: ScratchDatabase, league: League, team: Team, rule: str) -> None:
    """A rule that the one of long ago breaks: by what it is, or since a captain has entered another in its place."""
    if rule in OCCUPIED:
        league.captain_schedules_practice(team_now(database, team.identity), date=OLD, location="Elsewhere")
    database.rows(RULES[rule])


def tries(guard: Guard) -> Plan:
    return guard.with_connection(lambda each: restore.attempt(guard.at(each), guard.finds())).plan


def says(plan: Plan) -> tuple[dict[str, int], list[tuple[object, object]]]:
    return plan.counts(), [(each["rows"], each["reason"]) for each in waiting(plan)]


@pytest.mark.parametrize(
    ("rule", "etl", "bucket"),
    [
        pytest.param(rule, etl, bucket, id=f"{rule}, {bucket}")
        for rule in RULES
        for etl, bucket in (
            (builders.the_etl_recreates_everything, "insert"),
            (builders.the_etl_leaves_practices_without_team, "relink"),
        )
        if (rule, bucket) != ("not null", "relink")  # a row that is there has a value
    ],
)
def test_one_row_waits_and_the_others_come_back(
    league: League,
    database: ScratchDatabase,
    guard: Guard,
    season: Team,
    rule: str,
    etl: Callable[[ScratchDatabase], None],
    bucket: str,
) -> None:
    etl(database)
    has_rule(database, league, season, rule)
    before = database.all_rows("public")
    foreseen, tried = guard.plans(), tries(guard)
    untold = guard.works_out(restore.untold)
    assert database.all_rows("public") == before
    done = guard.restores()
    assert (done.plan.counts()[bucket], done.plan.counts()["pending"]) == (SEVEN_OTHERS, 1)
    assert says(done.plan) == says(tried)
    assert (says(foreseen) == says(done.plan)) == (rule in FORESEEN)
    assert rule in FORESEEN or untold
    undone = guard.takes_back(done.ledger)
    assert sum(undone.removed.values()) + sum(undone.relinked.values()) == SEVEN_OTHERS
    assert database.all_rows("public") == before
    assert says(guard.restores().plan) == says(done.plan)


PLACES = {
    "unique": "ALTER TABLE practice_times ADD UNIQUE (team_id, day_of_week)",
    "nulls alike": "ALTER TABLE practice_times ADD UNIQUE NULLS NOT DISTINCT (team_id, day_of_week)",
    "an expression": "CREATE UNIQUE INDEX rule ON practice_times ((team_id * 2), day_of_week)",
    "of a part": "CREATE UNIQUE INDEX rule ON practice_times (team_id) WHERE day_of_week = 'Monday'",
    "positive": "ALTER TABLE practice_times ADD UNIQUE (team_id), ADD CHECK (team_id > 0), ALTER team_id SET NOT NULL",
    "one of two": "ALTER TABLE practice_times ADD other int, ADD UNIQUE (team_id),"
    " ADD CHECK (num_nonnulls(team_id, other) = 1)",
}


@pytest.mark.parametrize("rule", PLACES)
@pytest.mark.parametrize("keyed", [True, False], ids=["foreign key", "plain number"])
def test_rows_that_change_places_do_under_any_key(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, rule: str, keyed: bool
) -> None:
    """Three teams have passed their ids on in a circle."""
    teams = [tennaqua, *(league.has_team(series=f"Chicago {number}") for number in (1, 2))]
    league.has_team(series="Chicago 3"), league.has_team(series="Chicago 4")
    times = {league.captain_sets_practice_time(team): team.identity for team in teams}
    database.rows(PLACES[rule])
    if not keyed:
        database.rows("ALTER TABLE practice_times DROP CONSTRAINT IF EXISTS practice_times_team_id_fkey")
    guard.has_backed_up()
    for one, other in ((0, 1), (1, 2)):
        swap_ids(database, teams[one].id, teams[other].id)
    done = guard.restores()
    assert done.plan.counts()["pending"] == 0
    placed: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
    assert {key: team_now(database, identity).id for key, identity in times.items()} == placed
