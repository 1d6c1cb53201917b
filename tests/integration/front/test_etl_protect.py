"""`with practice_guard.protect(connection)`: the cycle around a block (issue "Inside the ETL")."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import practice_guard
from practice_guard.core import errors
from tests.world import builders, command_lines
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import LogsItself, ask, caller, the_etl_imports, the_teams_are_recreated
from tests.world.guarding import Guard

pytestmark = pytest.mark.usefixtures("nothing_set")

HABITS = ["psycopg2", "psycopg", "psycopg2 dict"]


@pytest.fixture
def season(league: League) -> League:
    teams = [
        league.has_team(club="Tennaqua", series="Chicago 22"),
        league.has_team(club="Wilmette", series="Chicago 22"),
        league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)"),
    ]
    for team in teams:
        league.captain_schedules_practices(team, 3)
    league.has_match(teams[0], teams[1])
    return league


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("habit", HABITS)
def test_every_practice_is_back_and_the_caller_commits(
    season: League, database: ScratchDatabase, habit: str, autocommit: bool
) -> None:
    before = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        cursor.connection.autocommit = autocommit
        with practice_guard.protect(cursor.connection) as guard:
            assert (guard.rows, guard.restored, guard.health) == (9, None, None)
            the_teams_are_recreated(cursor)
            assert practices_by_natural_key(database) == before  # nothing is committed yet
        assert guard.restored is not None
        assert guard.health is not None
        assert guard.preservation is not None
        assert (guard.restored["fallback"], guard.health["is_healthy"], guard.removed) == (9, True, [])
        assert guard.preservation["preservation_rate"] == 0
        if not autocommit:
            assert "practice_guard.snapshots" not in database.everything()
            cursor.connection.commit()
    assert practices_by_natural_key(database) == before
    assert database.count("practice_guard.snapshots") == 1


def test_a_block_may_commit_as_the_etl_does(season: League, database: ScratchDatabase) -> None:
    before, website = practices_by_natural_key(database), builders.the_website_now(database)
    with caller(database) as cursor:
        with practice_guard.protect(cursor.connection):
            the_etl_imports(cursor, website, commits=True, commit_every=2)
        cursor.connection.commit()
    assert practices_by_natural_key(database) == before


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("habit", HABITS)
def test_rows_that_would_not_be_right_stop_it_before_the_commit(
    season: League, database: ScratchDatabase, habit: str, autocommit: bool
) -> None:
    before = database.all_rows()
    logger = LogsItself()
    with caller(database, habit) as cursor:
        cursor.connection.autocommit = autocommit
        with pytest.raises(practice_guard.HealthError, match="Not committed"):
            the_import_makes_practices_of_its_own_twice(cursor, logger)
        cursor.connection.rollback()
    assert database.all_rows() == before
    assert any("there more often than before" in line for line in logger.said("ERROR"))


def the_import_makes_practices_of_its_own_twice(cursor: Any, logger: LogsItself) -> None:
    with practice_guard.protect(cursor.connection, logger):
        cursor.execute("CREATE TEMP TABLE practices AS SELECT * FROM schedule WHERE home_team ILIKE '%practice%'")
        the_teams_are_recreated(cursor)
        cursor.execute(
            "INSERT INTO schedule (match_date, match_time, home_team, away_team, location, home_team_id, league_id)"
            " SELECT p.match_date, p.match_time, p.home_team, '', p.location, t.id, t.league_id"
            " FROM practices p JOIN clubs c ON p.home_team LIKE c.name || ' Practice%'"
            " JOIN teams t ON t.club_id = c.id JOIN series s ON s.id = t.series_id AND p.home_team LIKE '%' || s.name"
            " CROSS JOIN generate_series(1, 2)"
        )
        cursor.execute("DROP TABLE practices")


def test_rows_that_only_wait_do_not_stop_it(season: League, database: ScratchDatabase) -> None:
    logger = LogsItself()
    with caller(database) as cursor:
        with practice_guard.protect(cursor.connection, logger) as guard:
            the_teams_are_recreated(cursor)
            cursor.execute("DELETE FROM teams WHERE team_name = 'Wilmette - 22'")
        cursor.connection.commit()
    assert guard.health is not None
    assert (guard.health["verdict"], guard.health["pending"]) == ("waiting", 3)
    assert any("wait" in line for line in logger.said("WARNING"))
    assert sum(practices_by_natural_key(database).values()) == 6


@pytest.mark.parametrize("autocommit", [False, True])
def test_an_exception_of_the_block_goes_through(season: League, database: ScratchDatabase, autocommit: bool) -> None:
    before = practices_by_natural_key(database)
    logger = LogsItself()
    with caller(database) as cursor:
        cursor.connection.autocommit = autocommit
        with pytest.raises(ZeroDivisionError):
            the_import_fails(cursor, logger)
        if not autocommit:
            assert ask(cursor, "SELECT count(*) FROM schedule") == 0  # the transaction is the caller's to undo
            cursor.connection.rollback()
    assert practices_by_natural_key(database) == before
    to_type = list(command_lines.printed("", "\n".join(logger.said("WARNING"))))
    assert any(line.startswith("practice-guard restore --snapshot") for line in to_type)
    for line in to_type:
        command_lines.check(line, "local")


def the_import_fails(cursor: Any, logger: LogsItself) -> None:
    with practice_guard.protect(cursor.connection, logger):
        the_teams_are_recreated(cursor)
        raise ZeroDivisionError


def test_a_snapshot_rolled_back_by_the_block_proves_nothing(season: League, database: ScratchDatabase) -> None:
    with caller(database) as cursor:
        cursor.connection.rollback()
        with pytest.raises(practice_guard.HealthError, match="rolled back"):
            rolls_back_and_imports_again(cursor)


def rolls_back_and_imports_again(cursor: Any) -> None:
    with practice_guard.protect(cursor.connection):
        cursor.connection.rollback()
        the_teams_are_recreated(cursor)


def test_an_unsafe_database_is_not_imported_into(season: League, database: ScratchDatabase) -> None:
    Guard(database).has_backed_up()
    database.rows("SET session_replication_role = replica")
    database.rows("UPDATE schedule SET home_team_id = 999999 WHERE home_team LIKE 'Tennaqua Practice%'")
    reached: list[bool] = []
    with caller(database) as cursor, pytest.raises(practice_guard.HealthError, match="must not run"):
        says_when_it_is_reached(cursor, reached)
    assert not reached


def says_when_it_is_reached(cursor: Any, reached: list[bool]) -> None:
    with practice_guard.protect(cursor.connection):
        reached.append(True)


def test_the_environment_may_be_given(season: League, database: ScratchDatabase) -> None:
    with caller(database) as cursor:
        with practice_guard.protect(cursor.connection, environment="production"):
            the_teams_are_recreated(cursor)
        cursor.connection.commit()
        assert database.value("SELECT environment FROM practice_guard.installation") == "railway"
        with pytest.raises(errors.UsageError, match="no environment"):
            practice_guard.protect(cursor.connection, environment="prod").__enter__()
        with pytest.raises(errors.WrongDatabaseError):
            practice_guard.protect(cursor.connection, environment="staging").__enter__()


def test_importing_the_package_is_light() -> None:
    """An ETL that does not use the guard tonight should not pay for it."""
    code = (
        "import practice_guard, sys; print([name for name in ('pydantic', 'rich', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
