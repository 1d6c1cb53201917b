"""What leads to rows that an import renumbers, or hangs on protected ones, and what is none of our business."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from practice_guard.core.application import (
    BUILT_IN,
    BUILT_IN_PARENTS,
    TEAMS,
    Application,
    Exposed,
    Parent,
    Proposal,
    ProtectedSet,
    Reference,
    check_declared,
    coverage,
    exposed,
    look,
)
from practice_guard.core.application.declared import parse
from practice_guard.core.database import Connection, connect
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

COURTS = Parent("courts", "courts", ("name",), source="practice_guard.toml:1")


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> ScratchDatabase:
    """One team with a player and two practices, and nothing that nobody protects."""
    team = league.has_team(players=["one"])
    league.captain_schedules_practices(team, 2)
    return database


def app_of(database: ScratchDatabase, connection: Connection, more: Sequence[ProtectedSet] = ()) -> Application:
    return look(connection, (*Guard(database).sets, *more), parents=(*BUILT_IN_PARENTS, COURTS))


def surveyed(database: ScratchDatabase, *more: ProtectedSet) -> coverage.Coverage:
    return Guard(database).reads(lambda connection: coverage.survey(connection, app_of(database, connection, more)))


def unprotected(database: ScratchDatabase, *more: ProtectedSet) -> dict[str, str]:
    """Each column that nobody follows, with what it leads to."""
    found = surveyed(database, *more).exposed
    return {f"{each.table}.{one.column}": str(one.target) for each in found for one in each.pointers}


def not_followed(database: ScratchDatabase) -> list[str]:
    """The same as `health` says it."""

    def work(connection: Connection) -> list[str]:
        app = app_of(database, connection)
        found = exposed.with_rows(connection, exposed.unfollowed(connection, app))
        return [f"{each.table}.{each.column}" for each in found]

    return Guard(database).reads(work)


def proposed(database: ScratchDatabase, table: str, *more: ProtectedSet) -> Proposal:
    return next(each for each in surveyed(database, *more).proposals if each.table == table)


def one(database: ScratchDatabase, table: str) -> Exposed:
    return next(each for each in surveyed(database).exposed if each.table == table)


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
    assert "another schema than public" in proposed(season, "shop.shirts").why_not


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


def attendance(database: ScratchDatabase, action: str = "") -> None:
    database.rows(
        "CREATE TABLE practice_attendance (id serial PRIMARY KEY, practice_id int NOT NULL"
        f" REFERENCES schedule {action}, who text)"
    )
    database.rows(
        "INSERT INTO practice_attendance (practice_id, who) SELECT id, 'Ann' FROM schedule WHERE away_team = ''"
    )


def test_what_hangs_on_practices_is_named_with_the_section_that_protects_it(season: ScratchDatabase) -> None:
    attendance(season, "ON DELETE CASCADE")
    assert unprotected(season) == {"practice_attendance.practice_id": "practices"}
    assert not_followed(season) == ["practice_attendance.practice_id"]
    (section,) = proposed(season, "practice_attendance").sections
    (added,) = parse(section.text, "f").sets
    assert added.references == (Reference("practice_id", "practices"),)
    assert unprotected(season, added) == {}


def test_what_hangs_on_matches_too_cannot_be_protected_and_is_said(season: ScratchDatabase, league: League) -> None:
    first, second = league.has_team(series="Chicago 7"), league.has_team(series="Chicago 8")
    league.has_match(first, second)
    season.rows("CREATE TABLE lifts (id serial PRIMARY KEY, game int REFERENCES schedule)")
    season.rows("INSERT INTO lifts (game) SELECT id FROM schedule")
    made = proposed(season, "lifts")
    assert made.sections == ()
    assert made.why_not.startswith("1 row of it hangs on a row of the same table that practices does not have")


def test_what_hangs_on_an_account_is_nobodys_business_here(season: ScratchDatabase, league: League) -> None:
    league.has_user(league="APTA_CHICAGO")
    season.rows(
        "CREATE TABLE avatars (user_id int PRIMARY KEY REFERENCES users); INSERT INTO avatars SELECT id FROM users"
    )
    assert unprotected(season) == {}


def test_what_hangs_on_rows_that_a_section_would_protect_has_a_section_too(season: ScratchDatabase) -> None:
    attendance(season)
    season.rows(
        "CREATE TABLE excuses (id serial PRIMARY KEY, of int REFERENCES practice_attendance ON DELETE CASCADE,"
        " why text)"
    )
    season.rows("INSERT INTO excuses (of, why) SELECT id, 'rain' FROM practice_attendance")
    assert unprotected(season) == {"practice_attendance.practice_id": "practices"}
    sections = [each for made in surveyed(season).proposals for each in made.sections]
    sets = parse("".join(each.text for each in sections), "f").sets
    assert [(each.name, each.references) for each in sets] == [
        ("practice_attendance", (Reference("practice_id", "practices"),)),
        ("excuses", (Reference("of", "practice_attendance"),)),
    ]


def test_rows_without_a_team_where_that_is_normal_are_left_to_what_else_they_point_at(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE wishes (id serial PRIMARY KEY, team_id int, league_id int, text text)")
    season.rows(
        "INSERT INTO wishes (team_id, league_id) SELECT id, league_id FROM teams UNION ALL"
        " SELECT NULL, league_id FROM teams UNION ALL SELECT NULL, NULL"
    )
    first, second = parse("".join(each.text for each in proposed(season, "wishes").sections), "f").sets
    assert (first.name, first.condition) == ("wishes", "team_id IS NOT NULL")
    assert [each.column for each in first.references] == ["team_id", "league_id"]
    assert (second.name, second.condition) == ("wishes_2", "team_id IS NULL AND league_id IS NOT NULL")
    assert [each.column for each in second.references] == ["league_id"]
    assert unprotected(season, first, second) == {}


def test_no_condition_is_written_where_every_row_has_a_team(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE wishes (id serial PRIMARY KEY, team_id int, league_id int)")
    season.rows("INSERT INTO wishes (team_id) SELECT id FROM teams")
    (added,) = parse("".join(each.text for each in proposed(season, "wishes").sections), "f").sets
    assert (added.condition, [each.column for each in added.references]) == ("", ["team_id", "league_id"])


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ("CREATE TABLE notes (team_id int)", "no primary key of one column"),
        ("CREATE TABLE notes (a int, team_id int, PRIMARY KEY (a, team_id))", "no primary key of one column"),
        ("CREATE TABLE notes (id serial, team_id int, at date, PRIMARY KEY (id, at))", "in more than one row"),
        ("CREATE TABLE notes (id serial PRIMARY KEY, team_id int, guard_row int)", "a column guard_row"),
    ],
)
def test_why_a_table_cannot_be_protected_is_said(season: ScratchDatabase, made: str, why: str) -> None:
    season.rows(made)
    columns = {
        name for (name,) in season.rows("SELECT attname::text FROM pg_attribute WHERE attrelid = 'notes'::regclass")
    }
    values = {"a": "1", "at": "d"} if "at" not in columns else {"id": "1", "at": "d"}
    named = [name for name in ("id", "a", "at") if name in columns and name in values]
    listed = ", ".join(["team_id", *named])
    chosen = ", ".join(["id", *(values[name] for name in named)])
    season.rows(
        f"INSERT INTO notes ({listed}) SELECT {chosen} FROM teams,"
        " (VALUES (date '2026-01-01'), (date '2026-01-02')) AS days (d)"
        f" {'' if 'at' in columns else 'LIMIT 1'}"
    )
    proposal = proposed(season, "notes")
    assert proposal.sections == ()
    assert why in proposal.why_not


def test_a_built_in_set_that_a_person_does_not_want_is_not_written_back(
    season: ScratchDatabase, league: League
) -> None:
    season.rows("INSERT INTO polls (team_id, question) SELECT id, 'When?' FROM teams")
    sets = tuple(each for each in BUILT_IN if not each.name.startswith("poll"))
    found = Guard(season, sets=sets).reads(lambda connection: coverage.survey(connection, look(connection, sets)))
    (proposal,) = found.proposals
    assert (proposal.table, proposal.sections) == ("polls", ())
    assert 'not_protected = ["polls"]' in proposal.why_not


def test_a_further_column_of_a_built_in_set_is_said_beneath_its_name(season: ScratchDatabase) -> None:
    season.rows("ALTER TABLE captain_messages ADD copy_to_team_id int")
    season.rows("INSERT INTO users (email, password_hash) VALUES ('a@b', 'x')")
    season.rows(
        "INSERT INTO captain_messages (team_id, copy_to_team_id, captain_user_id, message)"
        " SELECT t.id, t.id, u.id, '' FROM teams t, users u"
    )
    (section,) = proposed(season, "captain_messages").sections
    declared = parse(section.text, "f")
    (own,) = declared.sets
    assert own.references[:2] == (Reference("team_id", TEAMS), Reference("copy_to_team_id", TEAMS))
    assert (own.name, own.table) == ("captain_messages", "captain_messages")
    with connect(season.url, application="test") as connection:
        check_declared(connection, declared)
    Guard(season, sets=declared.everything).has_backed_up()


def test_a_set_that_a_person_declared_is_left_to_the_person(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE wishes (id serial PRIMARY KEY, team_id int, league_id int)")
    season.rows("INSERT INTO wishes (team_id, league_id) SELECT id, league_id FROM teams")
    mine = ProtectedSet("mine", "wishes", (Reference("team_id", TEAMS),), source="practice_guard.toml:3")
    made = proposed(season, "wishes", mine)
    assert made.sections == ()
    assert made.why_not == 'its rows are in the set mine (practice_guard.toml:3): say leagues = ["league_id"] there'


def test_names_that_are_taken_or_cannot_be_a_sets_are_changed(season: ScratchDatabase) -> None:
    for name in ('"1 wish"', "practices", "clubs_" + "x" * 50):
        season.rows(f"CREATE TABLE {name} (id serial PRIMARY KEY, team_id int)")
        season.rows(f"INSERT INTO {name} (team_id) SELECT id FROM teams")
    text = "".join(each.text for made in surveyed(season).proposals for each in made.sections)
    assert [each.name for each in parse(text, "f").sets] == ["t_1_wish", "clubs_" + "x" * 34, "practices_2"]


def test_a_declared_parent_is_pointed_at_beside_the_built_in_ones(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE courts (id serial PRIMARY KEY, name text UNIQUE); INSERT INTO courts (name) VALUES ('A')")
    season.rows("CREATE TABLE bookings (id serial PRIMARY KEY, court_id int, team_id int, club_id int)")
    season.rows("INSERT INTO bookings (court_id, team_id) SELECT c.id, t.id FROM courts c, teams t")
    (section,) = proposed(season, "bookings").sections
    parent = '[[parent]]\nname = "courts"\ntable = "courts"\nsame = ["name"]\n'
    declared = parse(parent + section.text, "f")
    (added,) = declared.sets
    leads = [(each.column, str(each.target)) for each in added.references]
    assert leads == [("team_id", "teams"), ("club_id", "clubs"), ("court_id", "courts")]
    with connect(season.url, application="test") as connection:
        check_declared(connection, declared)


def test_rows_of_a_parent_that_nobody_can_tell_apart_are_not_followed_by_guess(season: ScratchDatabase) -> None:
    season.rows("CREATE TABLE courts (id serial PRIMARY KEY, number int); INSERT INTO courts (number) VALUES (1)")
    season.rows(
        "CREATE TABLE bookings (id serial PRIMARY KEY, court_id int); INSERT INTO bookings (court_id) VALUES (1)"
    )
    made = proposed(season, "bookings")
    assert (made.sections, made.why_not) == ((), "of courts nobody can tell which row is which")
