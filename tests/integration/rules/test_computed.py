"""What is computed of a row: a dry run names it where a row may be refused for it, and not where none can be."""

from __future__ import annotations

import pytest

from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase
from tests.world.seasons import two_teams
from tests.world.whole_nights import does

FAILING = {
    "GENERATED share": "ALTER TABLE schedule ADD share int GENERATED ALWAYS AS (100 / (match_date - '{odd}')) STORED",
    "INDEX share": "CREATE INDEX share ON schedule ((100 / (match_date - '{odd}')))",
    "INDEX few": "CREATE INDEX few ON schedule (location) WHERE 100 / (match_date - '{odd}') > 3",
    "INDEX called": "CREATE FUNCTION called(date) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN"
    " IF $1 = '{odd}' THEN RAISE 'no such day'; END IF; RETURN 1; END $$;"
    " CREATE INDEX called ON schedule (called(match_date))",
}


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("rule", FAILING)
def test_what_may_fail_is_named(database: ScratchDatabase, league: League, rule: str) -> None:
    two_teams(league)
    odd = database.value("SELECT min(match_date) FROM schedule") or MONDAY
    does(0, "backup")
    total = database.count("schedule")
    few = database.count("schedule", f"match_date = '{odd}'")
    builders.the_etl_recreates_everything(database)
    database.rows(FAILING[rule].format(odd=odd))
    planned = does(0, "restore", "--dry-run").document["result"]
    assert planned["not_foreseen"] == [f"schedule: {rule}"]
    done = does(4, "restore", "--yes").document["result"]["rows"]
    assert (done["insert"], done["pending"]) == (total - few, few)


@pytest.mark.usefixtures("place")
def test_what_cannot_fail_is_not(database: ScratchDatabase, league: League) -> None:
    two_teams(league)
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    database.rows(
        "CREATE INDEX one ON schedule (lower(location)); CREATE INDEX two ON schedule (match_date)"
        " WHERE home_team_id IS NOT NULL AND match_date > '2020-01-01';"
        " ALTER TABLE schedule ADD label text GENERATED ALWAYS AS (upper(coalesce(lower(home_team), 'no-one'))"
        " || ': ' || location) STORED"
    )
    assert does(0, "restore", "--dry-run").document["result"]["not_foreseen"] == []
