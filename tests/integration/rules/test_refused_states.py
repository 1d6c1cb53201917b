"""Rows that triggers refuse by whatever SQLSTATE, or swallow: they wait alone; what speaks of the whole ends it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from practice_guard import etl
from practice_guard.core import errors
from practice_guard.core.model import Team, Verdict
from practice_guard.core.restore import halving
from practice_guard.render.restoring import waiting
from tests.integration.rules.test_undo_refused import there, tries_to_take_back, words
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase
from tests.world.callers import caller, the_teams_are_recreated
from tests.world.guarding import Guard

OLD = MONDAY - dt.timedelta(days=900)
OF_THE_WHOLE_AS_A_RULE = ["42501", "42P01", "55000", "57014", "0A000", "54000", "28000"]
NEVER_OF_ROWS = ["57P01", "55P03", "40001", "53100", "58030", "25006"]
SWALLOWS = "a trigger or rule swallows it"


def a_trigger(database: ScratchDatabase, body: str, when: str = "BEFORE INSERT OR UPDATE") -> None:
    database.rows(
        "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {body} RETURN coalesce(NEW, OLD); END $$"
    )
    database.rows(f"CREATE TRIGGER closed {when} ON schedule FOR EACH ROW EXECUTE FUNCTION closed()")


def the_past_is_closed(database: ScratchDatabase, state: str) -> None:
    a_trigger(database, f"IF NEW.match_date < '2025-01-01' THEN RAISE 'closed' USING ERRCODE = '{state}'; END IF;")


def swallows_the_past(database: ScratchDatabase, how: str) -> None:
    if how == "trigger":
        a_trigger(database, "IF NEW.match_date < '2025-01-01' THEN RETURN NULL; END IF;")
        return
    for event in ("INSERT", "UPDATE"):
        database.rows(
            f"CREATE RULE past_{event} AS ON {event} TO schedule WHERE NEW.match_date < '2025-01-01' DO INSTEAD NOTHING"
        )


@pytest.fixture
def season(league: League, guard: Guard, tennaqua: Team) -> Team:
    """Eleven practices, and one of long ago."""
    league.captain_schedules_practice(tennaqua, date=OLD)
    league.captain_schedules_practices(tennaqua, 11)
    guard.has_backed_up()
    return tennaqua


ETLS = [builders.the_etl_recreates_everything, builders.the_etl_leaves_practices_without_team]


@pytest.mark.parametrize("state", OF_THE_WHOLE_AS_A_RULE)
def test_a_row_that_a_trigger_refuses_waits_alone(
    database: ScratchDatabase, guard: Guard, season: Team, state: str
) -> None:
    builders.the_etl_recreates_everything(database)
    the_past_is_closed(database, state)
    done = guard.restores()
    assert (done.written, done.plan.counts()["pending"]) == (11, 1)
    (entry,) = waiting(done.plan)
    assert (entry["reason"], entry["message"]) == ("refused", f"the database refuses it: closed (SQLSTATE {state})")
    assert database.count("schedule") == 11
    again = guard.restores()
    assert (again.written, waiting(again.plan)) == (0, [entry])
    database.rows("DROP TRIGGER closed ON schedule")
    assert (guard.restores().written, database.count("schedule")) == (1, 12)


@pytest.mark.parametrize("state", ["42501", "42P01", "55000"])
def test_a_trigger_that_refuses_every_row_ends_the_restore_as_before(
    database: ScratchDatabase, guard: Guard, season: Team, state: str
) -> None:
    builders.the_etl_recreates_everything(database)
    a_trigger(database, f"RAISE 'closed' USING ERRCODE = '{state}';")
    before = database.all_rows()
    with pytest.raises(errors.GuardError, match=f"SQLSTATE {state}"):
        guard.restores()
    assert database.all_rows() == before


def test_a_trigger_that_swallows_every_row_ends_the_restore(
    database: ScratchDatabase, guard: Guard, season: Team
) -> None:
    builders.the_etl_recreates_everything(database)
    a_trigger(database, "RETURN NULL;")
    before = database.all_rows()
    with pytest.raises(errors.RestoreError, match="swallowed the rest"):
        guard.restores()
    assert database.all_rows() == before


@pytest.mark.parametrize("state", NEVER_OF_ROWS)
def test_what_never_speaks_of_a_row_ends_the_restore(
    database: ScratchDatabase, guard: Guard, season: Team, state: str
) -> None:
    builders.the_etl_recreates_everything(database)
    the_past_is_closed(database, state)
    before = database.all_rows()
    with pytest.raises(errors.GuardError):
        guard.restores()
    assert database.all_rows() == before


def test_where_every_row_is_refused_only_some_are_tried(
    league: League, database: ScratchDatabase, guard: Guard, season: Team
) -> None:
    league.captain_schedules_practices(season, 200)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    database.rows("CREATE SEQUENCE tries")
    a_trigger(database, "PERFORM nextval('tries'); RAISE 'closed' USING ERRCODE = '42501';")
    with pytest.raises(errors.AccessError):
        guard.restores()
    assert database.rows("SELECT last_value FROM tries")[0][0] <= halving._PROBES + 2


def test_an_entry_too_long_for_an_index_waits_alone(
    league: League, database: ScratchDatabase, guard: Guard, season: Team
) -> None:
    database.rows(
        "UPDATE schedule SET location = (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300) AS n)"
        f" WHERE match_date = '{OLD}'"
    )
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    database.rows("CREATE INDEX places ON schedule (location)")
    done = guard.restores()
    assert (done.written, done.plan.counts()["pending"]) == (11, 1)
    assert "(SQLSTATE 54000)" in str(waiting(done.plan)[0]["message"])


@pytest.mark.parametrize("etl", ETLS)
@pytest.mark.parametrize("how", ["trigger", "rule"])
def test_a_row_that_is_swallowed_waits_alone(
    database: ScratchDatabase, guard: Guard, season: Team, how: str, etl: object
) -> None:
    assert callable(etl)
    etl(database)
    swallows_the_past(database, how)
    done = guard.restores()
    assert (done.written, done.plan.counts()["pending"]) == (11, 1)
    (entry,) = waiting(done.plan)
    assert (entry["reason"], entry["message"]) == ("refused", f"the database refuses it: {SWALLOWS}")
    assert database.count("schedule", "home_team_id IN (SELECT id FROM teams)") == 11
    assert guard.judges_health().verdict is Verdict.WAITING
    again = guard.restores()
    assert (again.written, waiting(again.plan)) == (0, [entry])


@pytest.mark.parametrize("body", ["RETURN NULL;", "RAISE 'frozen' USING ERRCODE = '55000';"])
def test_an_undo_leaves_such_a_row_and_takes_the_others_back(
    database: ScratchDatabase, guard: Guard, season: Team, body: str
) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    odd = there(database)[3]
    a_trigger(database, f"IF OLD.id = {odd} THEN {body} END IF;", "BEFORE DELETE")
    tried = tries_to_take_back(guard, entry)
    undone = guard.takes_back(entry)
    assert (undone.removed["practices"], there(database)) == (11, [odd])
    assert words(tried) == words(undone)
    said = SWALLOWS if "NULL" in body else "frozen (SQLSTATE 55000)"
    assert words(undone) == [f"the database refuses it: {said}"]
    again = guard.takes_back(entry)
    assert (again.ledger, words(again)) == (None, words(undone))
    database.rows("DROP TRIGGER closed ON schedule")
    guard.takes_back(entry)
    assert there(database) == []


def test_an_undo_that_a_trigger_refuses_altogether_ends(database: ScratchDatabase, guard: Guard, season: Team) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    a_trigger(database, "RAISE 'frozen' USING ERRCODE = '42501';", "BEFORE DELETE")
    before = database.all_rows()
    with pytest.raises(errors.AccessError, match="frozen"):
        guard.takes_back(entry)
    assert database.all_rows() == before


@pytest.mark.parametrize("habit", ["psycopg", "psycopg2"])
@pytest.mark.parametrize("state", ["42501", "57014", ""])
def test_inside_an_etl_it_waits_alone(
    database: ScratchDatabase, season: Team, league: League, place: Path, habit: str, state: str
) -> None:
    league.has_user()
    if state:
        the_past_is_closed(database, state)
    else:
        swallows_the_past(database, "trigger")
    with caller(database, habit) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        cursor.execute("SET session_replication_role = origin")
        restored = etl.restore_practice_times_with_fallback(cursor)
        cursor.connection.commit()
    assert (restored["pending"], restored["written"]) == (1, 11)


def test_values_are_not_told_where_postgresql_or_a_trigger_quotes_them(
    database: ScratchDatabase, guard: Guard, season: Team
) -> None:
    builders.the_etl_recreates_everything(database)
    a_trigger(
        database,
        "IF NEW.match_date < '2025-01-01' THEN RAISE 'not \"%\" in \"schedule\"', NEW.home_team"
        " USING ERRCODE = '23514', DETAIL = NEW.home_team, TABLE = 'schedule'; END IF;",
    )
    (entry,) = waiting(guard.restores().plan)
    assert entry["message"] == 'the database refuses it: not "…" in "schedule" (SQLSTATE 23514)'
