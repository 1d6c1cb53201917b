"""What leads to rows that an import renumbers, or hangs on protected ones, and what is none of our business."""

from __future__ import annotations

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.exposing import not_followed, one, proposed, unprotected


@pytest.mark.parametrize(
    ("columns", "row", "target"),
    [
        ("booked int REFERENCES clubs", "SELECT min(id) FROM clubs", "clubs"),
        ("grade int REFERENCES series", "SELECT min(id) FROM series", "series"),
        ("host int REFERENCES players", "SELECT min(id) FROM players", "players"),
        ("squad bigint REFERENCES teams", "SELECT min(id) FROM teams", "teams"),
        ("club_id int", "VALUES (1)", "clubs"),
        ("home_club_id bigint", "VALUES (1)", "clubs"),
        ("series_id smallint", "VALUES (1)", "series"),
        ("player_id int", "VALUES (1)", "players"),
        ("old_league_id int", "VALUES (1)", "leagues"),
        ("league_context int", "VALUES (1)", "leagues"),
        ("court_id int", "VALUES (1)", "courts"),
        ("courts_id int", "VALUES (1)", "courts"),
    ],
)
def test_a_column_that_leads_to_what_an_import_renumbers_is_named(
    season: ScratchDatabase, columns: str, row: str, target: str
) -> None:
    season.rows("CREATE TABLE courts (id serial PRIMARY KEY, name text UNIQUE)")
    season.rows(f"CREATE TABLE bookings (id serial PRIMARY KEY, {columns})")
    season.rows(f"INSERT INTO bookings ({columns.split(maxsplit=1)[0]}) {row}")
    assert unprotected(season) == {f"bookings.{columns.split(maxsplit=1)[0]}": target}
    assert not_followed(season) == [f"bookings.{columns.split(maxsplit=1)[0]}"]


@pytest.mark.parametrize(
    "columns",
    [
        "club_id text",
        "player_id uuid",
        "steam_id int",
        "team int",
        "team_id serial",
        "club_id int GENERATED ALWAYS AS IDENTITY",
        "club_id int GENERATED ALWAYS AS (7) STORED",
    ],
)
def test_a_column_that_is_only_called_nearly_so_or_holds_no_such_number_is_not(
    season: ScratchDatabase, columns: str
) -> None:
    season.rows(f"CREATE TABLE bookings (id serial PRIMARY KEY, day text, {columns})")
    season.rows("INSERT INTO bookings (day) VALUES ('Monday')")
    assert unprotected(season) == {}
    assert not_followed(season) == []


def test_a_column_whose_key_leads_elsewhere_than_its_name_says_is_that_tables(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE chess_teams (id serial PRIMARY KEY); INSERT INTO chess_teams DEFAULT VALUES")
    season.rows(
        "CREATE SCHEMA bridge; CREATE TABLE bridge.clubs (id int PRIMARY KEY); INSERT INTO bridge.clubs VALUES (1)"
    )
    season.rows(
        "CREATE TABLE games (id serial PRIMARY KEY, team_id int REFERENCES chess_teams,"
        " club_id int REFERENCES bridge.clubs, series_id int REFERENCES clubs)"
    )
    season.rows("INSERT INTO games (team_id, club_id, series_id) SELECT 1, 1, min(id) FROM clubs")
    assert unprotected(season) == {"games.series_id": "clubs"}


def test_a_key_of_several_columns_leads_by_the_one_with_the_number(season: ScratchDatabase) -> None:
    season.rows("ALTER TABLE teams ADD UNIQUE (id, league_id)")
    season.rows(
        "CREATE TABLE squads (n serial PRIMARY KEY, t int, l int, FOREIGN KEY (t, l) REFERENCES teams (id, league_id))"
    )
    season.rows("INSERT INTO squads (t, l) SELECT id, league_id FROM teams")
    assert unprotected(season) == {"squads.t": "teams"}


def test_a_key_by_what_a_league_is_called_stays_true_unless_it_takes_rows_along(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE badges (n serial PRIMARY KEY, code varchar(255) REFERENCES leagues (league_id))")
    season.rows("INSERT INTO badges (code) SELECT league_id FROM leagues")
    assert unprotected(season) == {}
    season.rows(
        "CREATE TABLE medals (n serial PRIMARY KEY, code varchar(255) REFERENCES leagues (league_id) ON DELETE CASCADE)"
    )
    season.rows("INSERT INTO medals (code) SELECT league_id FROM leagues")
    assert unprotected(season) == {"medals.code": "leagues"}
    assert "code leads to another column" in proposed(season, "medals").why_not
    assert proposed(season, "medals").sections == ()


def test_a_table_of_another_schema_is_named_by_its_keys(season: ScratchDatabase) -> None:
    season.rows(
        "CREATE SCHEMA shop; CREATE TABLE shop.shirts (id serial PRIMARY KEY, squad int REFERENCES public.teams)"
    )
    season.rows("INSERT INTO shop.shirts (squad) SELECT id FROM teams")
    season.rows(
        "CREATE TABLE shop.caps (id serial PRIMARY KEY, team_id int); INSERT INTO shop.caps (team_id) VALUES (1)"
    )
    assert unprotected(season) == {"shop.shirts.squad": "teams"}
    assert not_followed(season) == ["shop.shirts.squad"]
    (section,) = proposed(season, "shop.shirts").sections
    assert (section.name, section.table) == ("shop_shirts", "shop.shirts")


@pytest.mark.parametrize(
    ("key", "at_import"),
    [
        ("", "dangle"),
        ("REFERENCES teams", "refused"),
        ("REFERENCES teams ON DELETE RESTRICT", "refused"),
        ("REFERENCES teams ON DELETE CASCADE", "cascade"),
        ("REFERENCES teams ON DELETE SET NULL", "set NULL"),
        ("REFERENCES teams ON DELETE SET DEFAULT", "set default"),
    ],
)
def test_what_would_happen_at_an_import_is_said(season: ScratchDatabase, key: str, at_import: str) -> None:
    season.rows(f"CREATE TABLE notes (id serial PRIMARY KEY, team_id int {key})")
    season.rows("INSERT INTO notes (team_id) SELECT id FROM teams")
    (pointer,) = one(season, "notes").pointers
    assert (pointer.at_import, pointer.by_foreign_key) == (at_import, bool(key))


def test_a_key_that_is_switched_off_lets_its_column_dangle(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams ON DELETE CASCADE)")
    season.rows("INSERT INTO notes (team_id) SELECT id FROM teams; ALTER TABLE teams DISABLE TRIGGER ALL")
    assert [each.at_import for each in one(season, "notes").pointers] == ["dangle"]


EMPTY = "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams, text text)"
WITHOUT = f"{EMPTY}; INSERT INTO notes (text) VALUES ('to all')"
VIEW = "CREATE VIEW notes AS SELECT id AS team_id FROM teams"
COPY = "CREATE TABLE team_mapping_backup AS SELECT id AS old_team_id, team_name FROM teams"
DATED = (
    "CREATE TABLE polls_backup_20260301 (LIKE polls INCLUDING ALL);"
    " INSERT INTO polls_backup_20260301 (team_id, question) VALUES (1, '')"
)
ETLS = "INSERT INTO series_stats (team_id, league_id, series) SELECT id, league_id, 'Chicago 22' FROM teams"


@pytest.mark.parametrize("made", [EMPTY, WITHOUT, VIEW, COPY, DATED, ETLS])
def test_what_holds_no_rows_to_lose_or_is_the_imports_is_no_finding(season: ScratchDatabase, made: str) -> None:
    season.rows(made)
    assert unprotected(season) == {}
    assert not_followed(season) == []


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE backup_players (id serial PRIMARY KEY, team_id int REFERENCES teams)",
        "CREATE TABLE backup_players (id serial PRIMARY KEY, team_id int, remark text)",
        "CREATE TABLE backups_of (team_id int); CREATE TABLE stand_ins (id serial PRIMARY KEY, team_id int)",
    ],
)
def test_a_word_in_its_name_makes_a_table_of_its_own_no_copy(season: ScratchDatabase, made: str) -> None:
    season.rows(made)
    name = "stand_ins" if "stand_ins" in made else "backup_players"
    season.rows(f"INSERT INTO {name} (team_id) SELECT id FROM teams")
    assert unprotected(season) == {f"{name}.team_id": "teams"}


def test_parts_and_heirs_are_not_named_beside_the_table_that_they_are_of(season: ScratchDatabase) -> None:
    season.rows(
        "CREATE TABLE logs (id serial, team_id int REFERENCES teams, at date, PRIMARY KEY (id, at))"
        " PARTITION BY RANGE (at)"
    )
    season.rows("CREATE TABLE logs_spring PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')")
    season.rows(
        "CREATE SCHEMA old; CREATE TABLE old.logs PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
    )
    season.rows("INSERT INTO logs (team_id, at) SELECT id, date '2026-03-01' FROM teams")
    season.rows("CREATE TABLE notes (id serial PRIMARY KEY, team_id int); CREATE TABLE late_notes () INHERITS (notes)")
    season.rows("ALTER TABLE late_notes ADD FOREIGN KEY (team_id) REFERENCES teams")
    season.rows("INSERT INTO late_notes (team_id) SELECT id FROM teams")
    assert unprotected(season) == {"logs.team_id": "teams", "notes.team_id": "teams"}
    assert "inherited by" in proposed(season, "notes").why_not
    assert proposed(season, "logs").sections
