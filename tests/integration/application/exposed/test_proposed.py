"""The sections that are proposed for what nobody protects, and why there is none."""

from __future__ import annotations

import pytest

from practice_guard.core.application import (
    BUILT_IN,
    TEAMS,
    ProtectedSet,
    Reference,
    check_declared,
    coverage,
    look,
)
from practice_guard.core.application.declared import parse
from practice_guard.core.database import connect
from tests.world.builders import League, ScratchDatabase
from tests.world.exposing import not_followed, proposed, surveyed, unprotected
from tests.world.guarding import Guard


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
