"""Encodings: whatever a database writes letters with, its rows are guarded like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard import etl
from tests.integration.conftest import Makes
from tests.world import around, builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import caller, nothing_is_set, the_teams_are_recreated
from tests.world.whole_nights import does, goes_through_everything

ENCODINGS = ("LATIN1", "SQL_ASCII")


@pytest.fixture(params=ENCODINGS)
def database(
    encoded: Makes, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> ScratchDatabase:
    """A database of such an encoding, at which the program is aimed without a word about it."""
    made = encoded(request.param)
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", made.url.replace("?client_encoding=UTF8", ""))
    return made


@pytest.fixture
def season(league: League) -> League:
    """Teams of clubs with letters such as é and ü, and what their users own."""
    club = league.has_team(club="Café Élan", series="Série É 1", name="Café Élan - 1", players=["ñ1", "ñ2"])
    other = league.has_team(club="München", series="Série É 2", name="München - 2", players=["ü1", "ü2"])
    for team in (club, other):
        league.captain_schedules_practices(team, 3)
        league.captain_sets_practice_time(team, day="Müßig")
        league.captain_writes_message(team, "Bälle mitbringen, s'il vous plaît")
        league.captain_asks(team, "Où ?", ["Zürich", "Orléans"])
    league.has_match(club, other)
    return league


SETTINGS = """
[[protected]]
name = "meals"
table = "Café"
teams = ["équipe"]
same = ["été"]
condition = "été <> 'Übel'"
etl_deletes = true
"""


def test_every_row_goes_through_everything_unchanged(season: League, database: ScratchDatabase, tmp_path: Path) -> None:
    database.rows(
        'CREATE TABLE "Café" (id serial PRIMARY KEY, équipe int, été text UNIQUE, liste text[], data json, more jsonb)'
    )
    for number, team in enumerate(builders.teams_now(database)):
        database.rows(
            """INSERT INTO "Café" (équipe, été, liste, data, more) VALUES
            (%(team)s, %(words)s, ARRAY['Ö', 'ß'], '{"é": "\\u00e9"}', '{"ü": "ÿ"}')""",
            team=team.id,
            words=f"Élan {number} ½",
        )
    (tmp_path / "practice_guard.toml").write_text(SETTINGS, encoding="utf-8")
    practices = practices_by_natural_key(database)
    goes_through_everything(database, tmp_path, {"Café": "équipe"})
    assert practices_by_natural_key(database) == practices


def test_a_decision_about_a_team_with_such_letters(season: League, database: ScratchDatabase, tmp_path: Path) -> None:
    does(0, "backup", "--label", "Nacht für Élan")
    builders.the_etl_lacks_team(database, "Café Élan - 1")
    season.has_team(club="Élan Nouveau", series="Série É 1", name="Élan Nouveau - 1")
    does(4, "restore", "--dry-run", "--try", "--yes")
    does(4, "restore", "--dry-run", "--write-decisions", "teams.toml")
    place = '[[team]]\nleague = "APTA_CHICAGO"\nclub = "{}"\nseries = "Série É 1"\nteam = "{}"\n'
    heir = (
        'heir = { league = "APTA_CHICAGO", club = "Élan Nouveau", series = "Série É 1", team = "Élan Nouveau - 1" }\n'
    )
    (tmp_path / "teams.toml").write_text(place.format("Café Élan", "Café Élan - 1") + heir, encoding="utf-8")
    does(0, "restore", "--decisions", "teams.toml", "--out", "plan.json", "--dry-run")
    does(0, "restore", "--decisions", "teams.toml", "--yes")
    heirs = "home_team_id = (SELECT id FROM teams WHERE team_name = 'Élan Nouveau - 1')"
    assert database.count("schedule", heirs) == 3
    assert database.count("schedule", "home_team_id IS NULL") == 0
    does(0, "health")
    does(0, "history")


def test_a_whole_run(season: League, database: ScratchDatabase) -> None:
    practices = practices_by_natural_key(database)
    said = around.runs_around(around.an_import(database.url, *around.THE_TEAMS_ARE_NEW))
    assert said.status == 0, said.words
    assert practices_by_natural_key(database) == practices


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_cycle_from_inside_an_etl(season: League, database: ScratchDatabase, habit: str) -> None:
    practices = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        assert etl.validate_etl_safety_preconditions(cursor) == (True, [])
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        etl.restore_practice_times_with_fallback(cursor)
        assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
        etl.cleanup_enhanced_backup_tables(cursor)
        cursor.connection.commit()
    assert practices_by_natural_key(database) == practices


FOREIGN = "テニス → …"
"""Letters that LATIN1 has no room for."""

DECISION = """
[[team]]
league = "APTA_CHICAGO"
club = "{club}"
series = "Série É 1"
team = "Café Élan - 1"
heir = {{ team = "{heir}" }}
"""


def test_what_a_person_types_in_letters_that_the_database_lacks(
    season: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    """Is not found, or refused: status 2 or 12, and never a fault of the database."""
    known = {"LATIN1": 2, "SQL_ASCII": 0}[str(database.value("SHOW server_encoding"))]
    does(known, "backup", "--label", FOREIGN)
    does(0, "backup")
    builders.the_etl_lacks_team(database, "Café Élan - 1")
    (tmp_path / "club.toml").write_text(DECISION.format(club=FOREIGN, heir="München - 2"), encoding="utf-8")
    (tmp_path / "heir.toml").write_text(DECISION.format(club="Café Élan", heir=FOREIGN), encoding="utf-8")
    for file in ("club.toml", "heir.toml"):
        assert FOREIGN in does(2, "restore", "--dry-run", "--decisions", file).words
        assert FOREIGN in does(2, "restore", "--decisions", file, "--yes").words
    for option in ("--team", "--league", "--protected"):
        does(2, "restore", "--dry-run", option, FOREIGN)
    for command in ("restore", "health", "check-preservation"):
        does(12, command, "--snapshot", FOREIGN)
    does(12, "snapshots", "show", FOREIGN)


def test_a_run_of_an_import_that_is_called_so(season: League, database: ScratchDatabase) -> None:
    practices = practices_by_natural_key(database)
    command = around.an_import(database.url, *around.THE_TEAMS_ARE_NEW)
    command[2] = f"# {FOREIGN}\n{command[2]}"
    said = around.runs_around(command)
    assert said.status == 0, said.words
    assert practices_by_natural_key(database) == practices
    does(0, "history")


@pytest.mark.parametrize("database", ["LATIN1"], indirect=True)
def test_a_condition_that_the_database_has_no_letters_for_is_refused(
    season: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    text = f"""[[protected]]\nname = "practice_times"\ncondition = "location <> '{FOREIGN}'"\n"""
    (tmp_path / "practice_guard.toml").write_text(text, encoding="utf-8")
    assert "practice_guard.toml, line 3" in does(2, "validate-safety").words


@pytest.mark.parametrize("database", ["SQL_ASCII"], indirect=True)
@pytest.mark.parametrize(
    ("table", "column", "kind"), [("clubs", "name", "character varying(255)"), ("captain_messages", "message", "text")]
)
def test_bytes_that_are_no_letters_are_refused_before_the_etl(
    season: League, database: ScratchDatabase, table: str, column: str, kind: str
) -> None:
    does(0, "backup")
    database.rows(f"UPDATE {table} SET {column} = {column} || convert_from('\\xe9', 'SQL_ASCII')")
    for command in ("validate-safety", "backup", "health"):
        said = does(13, command)
        assert f"not UTF-8 in public.{table}.{column} ({kind})" in said.words
        assert "SQL_ASCII" in said.words
