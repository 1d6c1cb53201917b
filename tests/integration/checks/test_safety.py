"""Every check before an ETL has a safe and an unsafe twin, and where its cure is SQL, the cure works."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from practice_guard.core.checks.safety import CHECKS, Result
from practice_guard.core.database import Access, Connection
from practice_guard.core.findings import severities
from practice_guard.core.findings.severities import SEVERITIES
from practice_guard.core.model import Severity, Team, Verdict
from tests.world import builders
from tests.world.backing_up import has_lost_a_row_since_an_earlier_version
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import NOON
from tests.world.inspecting import NEXT_WEEK, SoundLeague, a_sound_league

FINE = {Result.PASSED, Result.MEASURED}
BY_SEVERITY = {Severity.ERROR: Result.FAILED, Severity.WARNING: Result.WARNING, Severity.INFO: Result.MEASURED}


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


@dataclass(frozen=True)
class Twin:
    """What makes a sound league unsafe in the eyes of one check, and whether its fix is SQL that mends it."""

    code: str
    breaks: Callable[[SoundLeague], object]
    mends: bool = False
    starts_with: str = ""


def sql(text: str) -> Callable[[SoundLeague], object]:
    return lambda sound: sound.runs(text)


def under(**options: Any) -> Callable[[SoundLeague], object]:
    return lambda sound: sound.options.update(options)


class Pooled:
    """A connection by way of a pooler, which makes up the process number."""

    backend = -2133043907

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def goes_by_way_of_a_pooler(sound: SoundLeague) -> None:
    sound.through = Pooled


def loses_rows_of_its_snapshot(sound: SoundLeague) -> None:
    stored = sound.guard.finds().sets["practices"].rows_table
    sound.runs(f"DELETE FROM practice_guard.{stored} WHERE guard_row = 1")


def has_an_import_that_nobody_restored(sound: SoundLeague) -> None:
    builders.the_etl_recreates_everything(sound.database)


def was_imported_into_before_the_guard_came(sound: SoundLeague) -> None:
    """So many rows hang on teams that are gone that nobody can take them for how things are."""
    has_a_season_of_practices(sound)
    sound.runs(
        "DROP SCHEMA practice_guard CASCADE;\nALTER TABLE schedule DROP CONSTRAINT schedule_home_team_id_fkey;\n"
        "ALTER TABLE schedule DROP CONSTRAINT fk_schedule_home_team;\n"
        "UPDATE schedule SET home_team_id = home_team_id + 1000"
    )


def has_rows_that_wait(sound: SoundLeague) -> None:
    builders.the_etl_lacks_team(sound.database, "Wilmette - 22")
    sound.guard.restores()


def has_users_who_delete_everything(sound: SoundLeague) -> None:
    sound.runs(
        "DELETE FROM schedule;\nDELETE FROM practice_times;\nDELETE FROM captain_messages;\nDELETE FROM polls;\n"
        "UPDATE users SET league_context = NULL"
    )


def has_a_season_of_practices(sound: SoundLeague) -> None:
    for team in (sound.tennaqua, sound.wilmette):
        sound.league.captain_schedules_practices(team, 20, NEXT_WEEK)
    sound.guard.has_backed_up()


def has_lost_its_practices(sound: SoundLeague) -> None:
    has_a_season_of_practices(sound)
    sound.runs("DELETE FROM schedule")


def has_practices_moved(sound: SoundLeague) -> None:
    has_a_season_of_practices(sound)
    points_at(sound, sound.wilmette, "true")


def has_practices_written_over(sound: SoundLeague) -> None:
    has_a_season_of_practices(sound)
    sound.runs("UPDATE schedule SET location = 'Somewhere'")


def has_a_practice_moved(sound: SoundLeague) -> None:
    points_at(sound, sound.wilmette, f"id = (SELECT min(id) FROM schedule WHERE home_team_id = {sound.tennaqua.id})")


def points_at(sound: SoundLeague, team: Team, which: str) -> None:
    label = builders.practice_label(team)
    sound.runs(f"UPDATE schedule SET home_team_id = {team.id}, home_team = '{label}' WHERE {which}")


def has_a_row_gone_since_an_earlier_version(sound: SoundLeague) -> None:
    has_lost_a_row_since_an_earlier_version(sound.guard.database)


def has_a_practice_without_team(sound: SoundLeague) -> None:
    practice = sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK)
    sound.runs(f"UPDATE schedule SET home_team_id = NULL, league_id = NULL WHERE id = {practice}")


def has_a_practice_without_league(sound: SoundLeague) -> None:
    sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK, with_league=False)


def has_rows_on_nothing(table: str, column: str) -> Callable[[SoundLeague], object]:
    def breaks(sound: SoundLeague) -> None:
        sound.league.captain_sets_practice_time(sound.tennaqua, "Friday")
        sound.runs(
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;\n"
            f"UPDATE {table} SET {column} = 424242 WHERE day_of_week = 'Friday'"
        )

    return breaks


def has_a_game_at_no_club(sound: SoundLeague) -> None:
    sound.runs(
        "ALTER TABLE pickup_games DROP CONSTRAINT pickup_games_club_id_fkey;\n"
        "INSERT INTO pickup_games (description, game_date, game_time, club_id) "
        "VALUES ('Come all', '2026-01-05', '19:00', 424242)"
    )


def has_a_practice_on_a_strangers_team(sound: SoundLeague) -> None:
    label = builders.practice_label(sound.tennaqua)
    sound.league.captain_schedules_practice(sound.wilmette, NEXT_WEEK, label=label)


def has_a_long_transaction(sound: SoundLeague) -> None:
    session = sound.database.connect(application_name="forgotten psql")
    session.execute("BEGIN; SELECT 1")
    time.sleep(0.2)
    sound.options["long_transaction"] = timedelta(seconds=0.1)


def has_a_lock_on_its_teams(sound: SoundLeague) -> None:
    session = sound.database.connect(application_name="a careless admin")
    session.execute("BEGIN; LOCK TABLE teams IN ROW EXCLUSIVE MODE")
    time.sleep(1.1)


def has_an_orphaned_etl(sound: SoundLeague) -> None:
    sound.database.connect(application_name="practice_guard_etl:7")


def has_teams_alike(sound: SoundLeague) -> None:
    sound.runs(
        "ALTER TABLE teams DROP CONSTRAINT unique_team_club_series_league;\n"
        "ALTER TABLE teams DROP CONSTRAINT unique_team_name_per_league;\n"
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, team_name, 'x' FROM teams WHERE team_name = 'Tennaqua - 22'"
    )


def forgets(column: str) -> Callable[[SoundLeague], object]:
    return sql(
        f"ALTER TABLE teams ALTER {column} DROP NOT NULL;\n"
        f"UPDATE teams SET {column} = NULL WHERE team_name = 'Tennaqua - 22'"
    )


def rebuilt_key(table: str, name: str, column: str, parent: str, how: str) -> str:
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT {name};\n"
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {parent} (id) {how}"
    )


RUNS = """
INSERT INTO practice_guard.runs
       (started_at, started_by, host, pid, tool_version, environment, command, phase, finished_at)
VALUES (now(), 'x', 'night', 1, '0', 'local', '["etl"]', 'health', now()),
       (now(), 'x', 'night', 2, '0', 'local', '["etl"]', 'etl', NULL)
"""

TRIGGER = """
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_notify(''practices'', NEW.location); RETURN NULL; END';
CREATE TRIGGER shouting AFTER INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION shout()
"""

TWINS = (
    Twin("wrong-environment", under(environment="staging"), starts_with="1 database"),
    Twin("copied-database", sql("UPDATE practice_guard.installation SET database_oid = 1"), starts_with="1 mark"),
    Twin("read-only-server", lambda sound: sound.sets_for_the_database("default_transaction_read_only = on"), True),
    Twin("pooler-in-the-way", goes_by_way_of_a_pooler),
    Twin("upsert-key-missing", sql("ALTER TABLE teams DROP CONSTRAINT unique_team_club_series_league"), mends=True),
    Twin("upsert-key-nulls", forgets("series_id"), starts_with="1 team without series_id"),
    Twin("upsert-key-duplicates", has_teams_alike, starts_with="2 teams share club, series and league"),
    Twin("name-key-missing", sql("ALTER TABLE teams DROP CONSTRAINT unique_team_name_per_league"), mends=True),
    Twin("name-key-nulls", forgets("league_id"), starts_with="1 team without league_id"),
    Twin("name-key-duplicates", has_teams_alike, starts_with="2 teams share league and name"),
    Twin("no-snapshot", sql("DROP SCHEMA practice_guard CASCADE"), starts_with="0 verified snapshots"),
    Twin("snapshot-damaged", loses_rows_of_its_snapshot),
    Twin("snapshot-old", under(now=NOON + timedelta(hours=27)), starts_with="27 hours"),
    Twin("run-unfinished", sql(RUNS), starts_with="1 run"),
    Twin("etl-at-work", has_an_orphaned_etl, mends=True, starts_with="1 session of a guard or its ETL at work"),
    Twin("import-not-restored", has_an_import_that_nobody_restored, starts_with="13 rows"),
    Twin("nothing-left", has_users_who_delete_everything, starts_with="0 protected rows are left"),
    Twin("deleted-in-bulk", has_lost_its_practices, starts_with="46 of 46 rows of practices were deleted"),
    Twin("moved-in-bulk", has_practices_moved, starts_with="23 of 46 rows of practices hang on other teams"),
    Twin("edited-in-bulk", has_practices_written_over, starts_with="46 of 46 rows of practices say something else"),
    Twin("rows-moved", has_a_practice_moved, starts_with="1 of 6 rows of practices hangs on another team"),
    Twin("rows-absent", has_a_row_gone_since_an_earlier_version, starts_with="1 of 6 rows of practices"),
    Twin("rows-already-orphaned", was_imported_into_before_the_guard_came, starts_with="46 of "),
    Twin("rows-pending", has_rows_that_wait, starts_with="8 rows"),
    Twin("rows-without-team", has_a_practice_without_team, starts_with="1 row of practices without a team"),
    Twin("rows-on-vanished-team", has_rows_on_nothing("practice_times", "team_id"), starts_with="1 row of practice_t"),
    Twin("rows-on-vanished-league", has_rows_on_nothing("practice_times", "league_id"), starts_with="1 row of practi"),
    Twin("rows-on-vanished-parent", has_a_game_at_no_club, starts_with="1 row of pickup_"),
    Twin("rows-without-league", has_a_practice_without_league, mends=True, starts_with="1 row of practices"),
    Twin("label-names-another-team", has_a_practice_on_a_strangers_team, mends=True, starts_with="1 row of practices"),
    Twin("foreign-key-missing", sql("ALTER TABLE polls DROP CONSTRAINT polls_team_id_fkey"), mends=True),
    Twin(
        "foreign-key-not-valid",
        sql(rebuilt_key("polls", "polls_team_id_fkey", "team_id", "teams", "NOT VALID")),
        mends=True,
    ),
    Twin("foreign-key-disabled", sql("ALTER TABLE polls DISABLE TRIGGER ALL"), mends=True),
    Twin(
        "foreign-key-cascades",
        sql(rebuilt_key("polls", "polls_team_id_fkey", "team_id", "teams", "ON DELETE CASCADE")),
        mends=True,
        starts_with="6 protected rows would be deleted with a team or league, by polls_team_id_fkey of polls.",
    ),
    Twin(
        "foreign-key-sets-null",
        sql(rebuilt_key("polls", "polls_team_id_fkey", "team_id", "teams", "ON DELETE SET NULL")),
        mends=True,
        starts_with="2 protected rows would forget",
    ),
    Twin("replication-role", lambda sound: sound.sets_for_the_database("session_replication_role = replica"), True),
    Twin(
        "unprotected-table",
        sql("CREATE TABLE lineups (id serial, team_id int);\nINSERT INTO lineups (team_id) SELECT id FROM teams"),
        starts_with="2 rows of lineups (team_id)",
    ),
    Twin(
        "writes-swallowed",
        sql("CREATE RULE swallow AS ON INSERT TO schedule DO INSTEAD NOTHING"),
        mends=True,
        starts_with="1 trigger or rule that lets no row through: swallow on schedule",
    ),
    Twin("user-triggers", sql(TRIGGER), starts_with="1 trigger on protected tables: shouting on schedule"),
    Twin("long-transactions", has_a_long_transaction, mends=True, starts_with="1 transaction open for more than"),
    Twin("locks-in-the-way", has_a_lock_on_its_teams, mends=True, starts_with="1 lock in the way"),
    Twin("ids-running-out", sql("SELECT setval('schedule_id_seq', 2000000000)"), mends=True, starts_with="1 sequence"),
    Twin(
        "snapshots-large",
        sql("CREATE TABLE practice_guard.big AS SELECT sha512(i::text::bytea) AS x FROM generate_series(1, 200000) i"),
    ),
    Twin(
        "set-left-out",
        sql("ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_pkey"),
        starts_with="1 protected set left out: captain_messages.",
    ),
    Twin("set-skipped", sql("DROP TABLE captain_messages"), starts_with="1 protected set without"),
)
AS_ANOTHER_ROLE = {"backup-privileges", "restore-privileges", "row-security"}
"""Their twins need a role that is no superuser: test_safety_privileges."""


def test_nothing_is_amiss_in_a_sound_league(sound: SoundLeague) -> None:
    said = sound.asks()
    assert [check for check in said.checks if check.status not in FINE] == []
    assert said.findings == ()
    assert (said.safe, said.verdict) == (True, Verdict.FINE)


def test_every_check_has_a_twin() -> None:
    assert {twin.code for twin in TWINS} | AS_ANOTHER_ROLE == set(CHECKS)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.code)
def test_the_unsafe_twin_is_found_and_mended(sound: SoundLeague, twin: Twin) -> None:
    assert sound.says(twin.code).status in FINE
    twin.breaks(sound)
    said = sound.asks()
    (check,) = (check for check in said.checks if check.code == twin.code)
    (finding,) = (finding for finding in said.findings if finding.code == twin.code)
    assert check.status is BY_SEVERITY[finding.severity]
    assert finding.severity is SEVERITIES[twin.code]
    assert check.says == finding.what
    assert finding.what[0].isdigit()
    assert finding.what.startswith(twin.starts_with)
    assert finding.why
    assert finding.fix or finding.severity is Severity.INFO
    assert len(finding.examples) <= 3
    assert said.safe or finding.severity is Severity.ERROR or _other_errors(said.findings, twin.code)
    if twin.mends:
        sound.runs(finding.fix)
        assert sound.says(twin.code).status in FINE


@pytest.mark.parametrize(
    "twin",
    [twin for twin in TWINS if twin.code.startswith(("rows-", "label", "import-"))],
    ids=lambda twin: twin.code,
)
def test_where_no_table_can_be_made_the_same_is_found(sound: SoundLeague, twin: Twin) -> None:
    """As on a standby."""
    twin.breaks(sound)
    assert sound.asks(access=Access.READ).findings == sound.asks().findings != ()


def _other_errors(findings: tuple[Any, ...], code: str) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings if finding.code != code)


@pytest.mark.parametrize(
    "twin", [twin for twin in TWINS if SEVERITIES[twin.code] is Severity.ERROR], ids=lambda twin: twin.code
)
def test_an_error_is_not_safe_and_only_some_may_be_lowered(sound: SoundLeague, twin: Twin) -> None:
    twin.breaks(sound)
    assert sound.asks().verdict is Verdict.REFUSED
    lowered = {code: Severity.WARNING for code in SEVERITIES if code != twin.code}
    assert not sound.asks(overrides=lowered).safe
    said = sound.asks(overrides={twin.code: Severity.INFO})
    found = {finding.severity for finding in said.findings if finding.code == twin.code}
    assert found == {Severity.ERROR if twin.code in severities.FIRM else Severity.INFO}


def test_a_warning_may_be_raised(sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE polls DROP CONSTRAINT polls_team_id_fkey")
    assert sound.asks().safe
    said = sound.asks(overrides={"foreign-key-missing": Severity.ERROR})
    assert not said.safe
    assert next(check.status for check in said.checks if check.code == "foreign-key-missing") is Result.FAILED
