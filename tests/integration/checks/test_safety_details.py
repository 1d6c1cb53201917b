"""What the safety checks make of the cases between safe and unsafe: by columns not names, once each, in words."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from practice_guard.core.application import LEAGUES, TEAMS, ProtectedSet, Reference
from practice_guard.core.application.declared import parse
from practice_guard.core.checks.safety import Result
from practice_guard.core.model import Severity
from practice_guard.core.steps import Step
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import NEXT_WEEK, SoundLeague, a_sound_league

KEY = "ALTER TABLE teams DROP CONSTRAINT unique_team_club_series_league;\n"


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


@pytest.mark.parametrize(
    "made",
    [
        "ALTER TABLE teams ADD CONSTRAINT another_name UNIQUE (league_id, club_id, series_id)",
        "CREATE UNIQUE INDEX just_an_index ON teams (series_id, club_id, league_id)",
        "CREATE UNIQUE INDEX with_more ON teams (club_id, series_id, league_id) INCLUDE (team_name)",
    ],
)
def test_a_key_counts_by_its_columns_whatever_its_name_and_order(sound: SoundLeague, made: str) -> None:
    sound.runs(KEY + made)
    assert sound.says("upsert-key-missing").status is Result.PASSED


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ("CREATE UNIQUE INDEX i ON teams (club_id, series_id)", "0 unique keys of teams are over exactly"),
        ("CREATE UNIQUE INDEX i ON teams (club_id, series_id, league_id, team_name)", "0 unique keys of teams"),
        ("CREATE UNIQUE INDEX i ON teams (club_id, series_id, abs(league_id))", "0 unique keys of teams"),
        ("CREATE INDEX i ON teams (club_id, series_id, league_id)", "0 unique keys of teams are over exactly"),
        ("CREATE UNIQUE INDEX i ON teams (club_id, series_id, league_id) WHERE is_active", "i is partial"),
        ("ALTER TABLE teams ADD CONSTRAINT i UNIQUE (club_id, series_id, league_id) DEFERRABLE", "i is deferrable"),
    ],
)
def test_a_key_that_only_looks_right_is_no_key(sound: SoundLeague, made: str, fault: str) -> None:
    sound.runs(KEY + made)
    finding = sound.finds("upsert-key-missing")
    assert fault in finding.what
    with pytest.raises((psycopg.errors.InvalidColumnReference, psycopg.errors.ObjectNotInPrerequisiteState)):
        the_etl_upserts_a_team(sound)
    sound.runs(finding.fix)
    the_etl_upserts_a_team(sound)
    assert sound.says("upsert-key-missing").status is Result.PASSED


def the_etl_upserts_a_team(sound: SoundLeague) -> None:
    sound.runs(
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, team_name, 'x' FROM teams LIMIT 1"
        " ON CONFLICT (club_id, series_id, league_id) DO UPDATE SET display_name = 'x'"
    )


def test_a_key_that_was_not_built_to_the_end_is_no_key(sound: SoundLeague) -> None:
    sound.runs(
        KEY + "ALTER TABLE teams DROP CONSTRAINT unique_team_name_per_league;\n"
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, 'Tennaqua - 22 again', 'x' FROM teams WHERE team_name = 'Tennaqua - 22'"
    )
    with pytest.raises(psycopg.errors.UniqueViolation):
        sound.runs("CREATE UNIQUE INDEX CONCURRENTLY half ON teams (club_id, series_id, league_id)")
    said = sound.asks()
    found = {finding.code: finding for finding in said.findings}
    assert "half is not valid" in found["upsert-key-missing"].what
    again = f"Tennaqua - 22 again (Tennaqua, Chicago 22, APTA_CHICAGO), id {sound.wilmette.id + 1}"
    assert found["upsert-key-duplicates"].examples == (
        f"{sound.tennaqua.identity}, id {sound.tennaqua.id} and {again}",
    )


def test_a_row_amiss_in_several_ways_is_counted_once(sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE practice_times DROP CONSTRAINT practice_times_team_id_fkey")
    sound.runs("ALTER TABLE practice_times DROP CONSTRAINT practice_times_league_id_fkey")
    for day, team, its_league in (
        ("Tuesday", "NULL", "424242"),
        ("Wednesday", "424242", "424242"),
        ("Thursday", "424242", "NULL"),
        ("Friday", str(sound.tennaqua.id), "424242"),
        ("Saturday", str(sound.tennaqua.id), "NULL"),
    ):
        sound.runs(
            f"INSERT INTO practice_times (day_of_week, team_id, league_id) VALUES ('{day}', {team}, {its_league})"
        )
    found = {finding.code: finding for finding in sound.asks().findings}
    assert {code: finding.rows for code, finding in found.items() if code.startswith("rows-")} == {
        "rows-without-team": 1,
        "rows-on-vanished-team": 2,
        "rows-on-vanished-league": 1,
        "rows-without-league": 1,
    }
    assert found["rows-on-vanished-team"].examples == ("Wednesday", "Thursday")


def test_one_statement_gives_many_rows_the_league_of_their_team(sound: SoundLeague) -> None:
    for week in range(25):
        sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK + dt.timedelta(weeks=week), with_league=False)
    sound.league.has_match(sound.tennaqua, sound.wilmette)
    sound.runs("UPDATE schedule SET league_id = NULL WHERE away_team <> ''")
    finding = sound.finds("rows-without-league")
    assert finding.rows == 25
    sound.runs(finding.fix)
    assert sound.says("rows-without-league").status is Result.PASSED
    assert sound.database.count("schedule", "league_id IS NULL") == 1, "a match is the ETL's, and no protected row"


def test_an_away_team_that_is_gone_counts_and_none_does_not(sound: SoundLeague) -> None:
    practice = sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK)
    assert sound.asks().findings == ()
    sound.runs(f"SET session_replication_role = replica;\nUPDATE schedule SET away_team_id = 99 WHERE id = {practice}")
    finding = sound.finds("rows-on-vanished-team")
    assert (finding.rows, finding.examples) == (1, ("Tennaqua Practice - Chicago 22, 2026-03-02, 19:00:00, Tennaqua",))


def test_rows_that_wait_for_their_team_do_not_stop_an_import_that_may_bring_it(sound: SoundLeague) -> None:
    builders.the_etl_runs(sound.database, "drop-team=Wilmette - 22", "set-null")
    assert sound.finds("import-not-restored").rows
    sound.guard.restores()
    said = sound.asks()
    assert sound.database.count("schedule", "home_team_id IS NULL") == 3
    assert [(finding.code, finding.severity) for finding in said.findings] == [("rows-pending", Severity.WARNING)]
    assert said.safe


def test_after_a_restore_of_everything_nothing_is_amiss(sound: SoundLeague) -> None:
    builders.the_etl_recycles_ids(sound.database)
    assert not sound.asks().safe
    sound.guard.restores()
    sound.guard.has_backed_up()
    assert sound.asks().findings == ()


def test_ids_handed_out_anew_are_seen_without_any_snapshot(sound: SoundLeague) -> None:
    sound.runs("DROP SCHEMA practice_guard CASCADE")
    builders.the_etl_runs(sound.database, "recycle", "dangling")
    finding = sound.finds("label-names-another-team")
    assert finding.rows == 6
    assert finding.examples[0].startswith(
        "Tennaqua Practice - Chicago 22, 2026-01-05, 19:00:00, Tennaqua (schedule id "
    )
    assert "hangs on Wilmette - 22 (Wilmette, Chicago 22, APTA_CHICAGO)" in finding.examples[0]
    assert "its label names Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)" in finding.examples[0]


@pytest.mark.parametrize(
    "label",
    [
        "Tennaqua Practice - Chicago 22",
        "tennaqua  practice - CHICAGO 22",
        "Tennaqua Practice - Series 22",
        "Tennaqua Practice - S22",
        "Tennaqua Practice \u2013 22",
        "Tennaqua Practice - Chicago 2",
        "Tennaqua Practice - Chicago 99",
        "Practice",
        "Practice - Chicago 22",
        "Men's practice night",
        "Glenview Practice - Chicago 22",
    ],
)
def test_a_label_that_may_mean_the_team_or_no_team_at_all_is_no_finding(sound: SoundLeague, label: str) -> None:
    sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK, label=label)
    assert sound.says("label-names-another-team").status is Result.PASSED


@pytest.mark.parametrize(
    "label", ["Wilmette Practice - Chicago 22", "WILMETTE practice - Series 22", "Wilmette Practice - S22"]
)
def test_a_label_that_means_one_other_team_is_a_finding_however_it_is_written(sound: SoundLeague, label: str) -> None:
    sound.league.captain_schedules_practice(sound.tennaqua, NEXT_WEEK, label=label)
    assert sound.finds("label-names-another-team").rows == 1


def test_of_two_leagues_with_the_place_a_label_means_the_rows_own(sound: SoundLeague) -> None:
    other = sound.league.has_team(club="Tennaqua", series="S2B", league="NSTF", name="Tennaqua S2B")
    sound.league.has_team(club="Wilmette", series="Chicago 22", league="CITA", name="Wilmette")
    sound.league.captain_schedules_practice(other, NEXT_WEEK, label="Wilmette Practice - Chicago 22")
    assert sound.says("label-names-another-team").status is Result.PASSED
    sound.runs(f"UPDATE schedule SET league_id = {league_id(sound, 'APTA_CHICAGO')} WHERE home_team_id = {other.id}")
    (example,) = sound.finds("label-names-another-team").examples
    assert example.endswith("its label names Wilmette - 22 (Wilmette, Chicago 22, APTA_CHICAGO)")


def league_id(sound: SoundLeague, code: str) -> int:
    return int(sound.database.value("SELECT id FROM leagues WHERE league_id = %(code)s", code=code))


def test_a_season_that_is_relabelled_raises_no_false_alarm(sound: SoundLeague) -> None:
    builders.the_etl_relabels_the_season(sound.database)
    sound.guard.restores()
    sound.guard.has_backed_up()
    assert sound.asks().findings == ()


def test_the_statement_follows_the_label_or_corrects_it(sound: SoundLeague) -> None:
    practice = sound.league.captain_schedules_practice(
        sound.wilmette, NEXT_WEEK, label=builders.practice_label(sound.tennaqua)
    )
    fix = str(sound.finds("label-names-another-team").fix)
    _, _, correction = fix.partition("or, where the team is right and the label wrong:\n-- ")
    sound.runs(correction)
    row = sound.database.rows("SELECT home_team, home_team_id FROM schedule WHERE id = %(id)s", id=practice)
    assert row == [("Wilmette Practice - Chicago 22", sound.wilmette.id)]


def test_a_cascade_by_way_of_another_table_is_found(sound: SoundLeague) -> None:
    sound.runs(
        "ALTER TABLE users DROP CONSTRAINT users_league_context_fkey;\n"
        "ALTER TABLE users ADD CONSTRAINT to_league FOREIGN KEY (league_context) REFERENCES leagues (id)"
        " ON DELETE CASCADE;\n"
        "ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_captain_user_id_fkey;\n"
        "ALTER TABLE captain_messages ADD CONSTRAINT to_user FOREIGN KEY (captain_user_id) REFERENCES users (id)"
        " ON DELETE CASCADE"
    )
    finding = sound.finds("foreign-key-cascades")
    assert finding.rows == 3, "the user's league, and two messages by way of their authors"
    assert finding.examples == ("to_league: users.league_context → leagues, ON DELETE CASCADE",)
    sound.runs(finding.fix)
    assert sound.says("foreign-key-cascades").status is Result.PASSED


def test_a_cascade_that_begins_at_a_table_nobody_protects_is_mended_there(sound: SoundLeague) -> None:
    sound.runs(
        "ALTER TABLE poll_responses DROP CONSTRAINT poll_responses_player_id_fkey;\n"
        "CREATE TABLE seats (id serial PRIMARY KEY, player_id int REFERENCES players (id) ON DELETE CASCADE);\n"
        "ALTER TABLE polls ADD COLUMN seat int REFERENCES seats (id) ON DELETE CASCADE"
    )
    finding = sound.finds("foreign-key-cascades")
    assert finding.examples == ("seats_player_id_fkey: seats.player_id → players, ON DELETE CASCADE",)
    sound.runs(finding.fix)
    assert sound.says("foreign-key-cascades").status is Result.PASSED


def test_a_cascade_from_what_no_import_deletes_is_none_of_our_business(sound: SoundLeague) -> None:
    sound.runs(
        "ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_captain_user_id_fkey;\n"
        "ALTER TABLE captain_messages ADD FOREIGN KEY (captain_user_id) REFERENCES users (id) ON DELETE CASCADE"
    )
    assert sound.says("foreign-key-cascades").status is Result.PASSED


def test_unprotected_rows_are_counted_by_foreign_key_and_by_name(sound: SoundLeague) -> None:
    sound.runs(
        "CREATE TABLE lineups (id serial, squad int REFERENCES teams (id), team_id int, league_id bigint, note text);\n"
        f"INSERT INTO lineups (squad, team_id) VALUES ({sound.tennaqua.id}, {sound.tennaqua.id}), (NULL, 424242)"
    )
    finding = sound.finds("unprotected-table")
    assert finding.what == (
        "1 row of lineups (league_id, squad, team_id) would be orphaned by an import that gives new ids. "
        "Pointing at nothing already: 1."
    )
    assert finding.why.startswith("It points at teams and leagues and nobody protects it")


def test_what_protects_a_table_is_written_by_one_command(sound: SoundLeague) -> None:
    sound.runs(
        "CREATE TABLE lineups (id serial PRIMARY KEY, squad int REFERENCES teams (id), league_id int);\n"
        f"INSERT INTO lineups (squad) VALUES ({sound.tennaqua.id})"
    )
    assert sound.finds("unprotected-table").fix == Step("protected", "--write", "practice_guard.toml")
    (section,) = sound.proposes("lineups").sections
    declared = parse(section.text, "practice_guard.toml")
    (added,) = declared.sets
    assert added.references == (Reference("squad", TEAMS), Reference("league_id", LEAGUES))
    sound.guard.sets = declared.everything
    assert sound.says("unprotected-table").status is Result.PASSED


def test_a_table_that_is_protected_by_settings_or_is_the_etls_is_not_named(sound: SoundLeague) -> None:
    sound.runs("CREATE TABLE lineups (id serial PRIMARY KEY, team_id int);\nINSERT INTO lineups (team_id) VALUES (1)")
    assert sound.says("unprotected-table").status is Result.WARNING
    assert sound.says("unprotected-table", etl_tables=frozenset({"lineups"})).status is Result.WARNING
    sound.guard.sets = (
        *sound.guard.sets,
        ProtectedSet("lineups", "lineups", (Reference("team_id", TEAMS),)),
    )
    assert sound.says("unprotected-table").status is Result.PASSED
