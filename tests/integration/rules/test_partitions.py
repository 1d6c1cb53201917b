"""Tables in parts: rows come back into the part that they were in, whatever the key and however deep the parts are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest

from tests.world import around, builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key
from tests.world.seasons import two_teams
from tests.world.whole_nights import does

MOVED = """
ALTER TABLE schedule RENAME TO whole;
ALTER SEQUENCE schedule_id_seq OWNED BY NONE;
CREATE TABLE schedule (LIKE whole INCLUDING DEFAULTS, PRIMARY KEY ({key})) PARTITION BY RANGE (match_date);
{parts}
INSERT INTO schedule SELECT * FROM whole;
DROP TABLE whole CASCADE;
ALTER SEQUENCE schedule_id_seq OWNED BY schedule.id;
"""
JANUARY = "CREATE TABLE january PARTITION OF schedule FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')"
LATER = "CREATE TABLE later PARTITION OF schedule FOR VALUES FROM ('2026-02-01') TO ('2027-01-01')"
OTHERS = "CREATE TABLE later PARTITION OF schedule DEFAULT"
BY_TEAM = "PARTITION BY HASH (home_team_id)"
HALF = "CREATE TABLE january_{0} PARTITION OF january FOR VALUES WITH (MODULUS 2, REMAINDER {0})"
PARTS = {
    "by date": ("id, match_date", (JANUARY, LATER)),
    "by date, the date first in the key": ("match_date, id", (JANUARY, OTHERS)),
    "by date, then by team": (
        "id, match_date, home_team_id",
        (f"{JANUARY} {BY_TEAM}", HALF.format(0), HALF.format(1), OTHERS),
    ),
}


def schedule_is_in_parts(database: ScratchDatabase, parts: str) -> None:
    key, made = PARTS[parts]
    database.rows(MOVED.format(key=key, parts="".join(f"{each};" for each in made)))


def practices_by_part(database: ScratchDatabase) -> Counter[str]:
    """In which part how many practices are."""
    return Counter(part for (part,) in database.rows("SELECT tableoid::regclass::text FROM schedule"))


@pytest.fixture
def season(league: League) -> League:
    """Practices of two teams in January and later."""
    for team in two_teams(league):
        league.captain_schedules_practices(team, 3, MONDAY + dt.timedelta(weeks=6))
    return league


@pytest.mark.usefixtures("place", "season")
@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("etl", [builders.the_etl_recreates_everything, builders.the_etl_leaves_practices_on_old_ids])
def test_every_practice_comes_back_into_its_part(
    database: ScratchDatabase, parts: str, etl: Callable[[ScratchDatabase], None]
) -> None:
    schedule_is_in_parts(database, parts)
    practices, places = practices_by_natural_key(database), practices_by_part(database)
    assert len(places) > 1
    said = does(0, "validate-safety")
    assert "set-left-out" not in said.codes
    assert not any("january" in each["what"] for each in said.document["findings"]), "a part is no table by itself"
    does(0, "backup")
    etl(database)
    planned = does(0, "restore", "--dry-run").document["result"]["rows"]
    does(0, "restore", "--dry-run", "--try", "--yes")
    done = does(0, "restore", "--yes").document["result"]
    assert done["rows"] == planned
    assert practices_by_natural_key(database) == practices
    assert does(0, "health").document["result"]["not_followed"] == []
    does(0, "restore", "--undo", str(done["ledger"]), "--yes")
    does(0, "restore", "--yes")
    does(0, "backup")
    assert practices_by_natural_key(database) == practices
    if "team" not in parts:
        assert practices_by_part(database) == places


@pytest.mark.usefixtures("place", "season")
def test_a_part_that_the_import_attaches_is_written_to(database: ScratchDatabase) -> None:
    schedule_is_in_parts(database, "by date")
    practices = practices_by_natural_key(database)
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    database.rows(
        "DROP TABLE later; CREATE TABLE spring (LIKE schedule INCLUDING DEFAULTS);"
        " ALTER TABLE schedule ATTACH PARTITION spring FOR VALUES FROM ('2026-02-01') TO ('2026-06-01')"
    )
    does(0, "restore", "--yes")
    assert practices_by_natural_key(database) == practices
    assert practices_by_part(database).keys() == {"january", "spring"}


@pytest.mark.usefixtures("place", "season")
def test_a_row_for_which_there_is_no_part_waits_and_no_other_does(database: ScratchDatabase) -> None:
    schedule_is_in_parts(database, "by date")
    late = database.count("later")
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    database.rows("DROP TABLE later")
    said = does(4, "restore", "--yes").document["result"]["rows"]
    assert (said["pending"], said["insert"]) == (late, 3)
    does(4, "health")


@pytest.mark.usefixtures("place", "season")
def test_a_number_that_another_row_has_now_is_not_given_twice(database: ScratchDatabase) -> None:
    """The key of two columns would let it."""
    schedule_is_in_parts(database, "by date")
    practices = practices_by_natural_key(database)
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    database.rows(
        "INSERT INTO schedule (id, match_date, home_team, away_team)"
        " SELECT generate_series(1, 30), '2026-01-30', 'A', 'B'"
    )
    does(0, "restore", "--yes")
    assert practices_by_natural_key(database) == practices
    assert database.rows("SELECT id FROM schedule GROUP BY id HAVING count(*) > 1") == []
    assert around.says("health").status == 0


OF_JANUARY = {
    "CHECK rule": "ALTER TABLE january ADD CONSTRAINT rule CHECK (location <> 'Nowhere')",
    "UNIQUE rule": "CREATE UNIQUE INDEX rule ON january (home_team_id, match_date, location)",
    "EXCLUDE rule": "ALTER TABLE january ADD CONSTRAINT rule EXCLUDE (home_team_id WITH =, match_date WITH =)",
    "TRIGGER rule": "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
    " CREATE TRIGGER rule BEFORE INSERT ON january FOR EACH ROW EXECUTE FUNCTION same()",
    "FOREIGN KEY rule": "CREATE TABLE courts (name text PRIMARY KEY); INSERT INTO courts SELECT DISTINCT location"
    " FROM schedule; ALTER TABLE january ADD CONSTRAINT rule FOREIGN KEY (location) REFERENCES courts",
    "NOT NULL location": "ALTER TABLE january ALTER location SET NOT NULL",
    "INDEX rule": "CREATE INDEX rule ON january ((100 / length(location)))",
}
"""What one part alone has, by how a dry run calls it."""


@pytest.mark.usefixtures("place", "season")
@pytest.mark.parametrize("rule", OF_JANUARY)
def test_a_dry_run_names_the_rules_of_one_part(database: ScratchDatabase, rule: str) -> None:
    schedule_is_in_parts(database, "by date")
    database.rows(OF_JANUARY[rule])
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    foreseen = does(0, "restore", "--dry-run").document["result"]["not_foreseen"]
    assert foreseen == [f"schedule: january: {rule}"]


@pytest.mark.usefixtures("place", "season")
def test_what_all_parts_have_from_the_whole_is_named_once(database: ScratchDatabase) -> None:
    schedule_is_in_parts(database, "by date")
    database.rows(
        "ALTER TABLE schedule ADD CONSTRAINT rule CHECK (location <> 'Nowhere'), ALTER match_time SET NOT NULL;"
        " CREATE INDEX places ON schedule ((100 / length(location))); CREATE TABLE courts (name text PRIMARY KEY);"
        " INSERT INTO courts SELECT DISTINCT location FROM schedule;"
        " ALTER TABLE schedule ADD FOREIGN KEY (location) REFERENCES courts, ADD UNIQUE (match_date, id, location);"
        " CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
        " CREATE TRIGGER same AFTER INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION same()"
    )
    does(0, "backup")
    builders.the_etl_recreates_everything(database)
    foreseen = does(0, "restore", "--dry-run").document["result"]["not_foreseen"]
    assert foreseen == ["schedule: CHECK rule", "schedule: TRIGGER same", "schedule: INDEX places"]
