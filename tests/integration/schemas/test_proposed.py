"""What is said of tables of other schemas that nobody protects, and what is written into the settings for them."""

from __future__ import annotations

import pytest

from practice_guard.core.application import check_declared, coverage, declared
from practice_guard.core.database import Connection
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> ScratchDatabase:
    """Teams with practices, shirts that were ordered for them in the shop's own schema, and what was said of these."""
    for club in ("Tennaqua", "Wilmette"):
        league.captain_schedules_practices(league.has_team(club=club, players=[f"of {club}"]), 2)
    database.rows("CREATE SCHEMA shop")
    database.rows(
        "CREATE TABLE shop.shirts (id serial PRIMARY KEY, team int NOT NULL REFERENCES public.teams ON DELETE CASCADE,"
        " club_id int REFERENCES public.clubs, size text)"
    )
    database.rows("CREATE TABLE shop.claims (id serial PRIMARY KEY, shirt int REFERENCES shop.shirts, words text)")
    database.rows("INSERT INTO shop.shirts (team, club_id, size) SELECT id, club_id, 'size ' || id FROM teams")
    database.rows("INSERT INTO shop.claims (shirt, words) SELECT id, 'Too small: ' || size FROM shop.shirts")
    return database


def surveyed(guard: Guard) -> coverage.Coverage:
    return guard.reads(lambda connection: coverage.survey(connection, guard.at(connection).look()))


def held(database: ScratchDatabase, text: str) -> Guard:
    """A guard of what a file says, once it has been held against the database."""
    said = declared.parse(text, "practice_guard.toml")

    def work(connection: Connection) -> None:
        check_declared(connection, said)

    Guard(database).with_connection(work)
    return Guard(database, said.everything, parents=said.every_parent)


def test_what_leads_away_and_what_hangs_on_that_has_a_section_each(season: ScratchDatabase) -> None:
    found = surveyed(Guard(season))
    assert {each.table: each.why_not for each in found.proposals} == {"shop.shirts": "", "shop.claims": ""}
    text = "".join(section.text for each in found.proposals for section in each.sections)
    assert 'table = "shop.shirts"' in text
    assert 'parent = "shop_shirts"' in text

    guard = held(season, text)
    again = surveyed(guard)
    assert (again.exposed, again.proposals) == ((), ())
    assert {each.bound.table.qualified for each in again.covered} >= {"shop.shirts", "shop.claims"}

    whose = (
        "SELECT c.words, s.size, l.name FROM shop.claims c JOIN shop.shirts s ON s.id = c.shirt"
        " JOIN clubs l ON l.id = s.club_id ORDER BY 1"
    )
    before = season.rows(whose)
    guard.has_backed_up()
    season.rows("DELETE FROM shop.claims")
    season.rows("DELETE FROM shop.shirts")
    season.rows("UPDATE teams SET team_name = team_name")
    guard.restores()
    assert season.rows(whose) == before


def test_a_table_of_the_application_that_is_called_so_too_is_in_the_way(season: ScratchDatabase) -> None:
    season.rows('CREATE TABLE public."shop.shirts" (id serial PRIMARY KEY, note text)')
    (proposal,) = surveyed(Guard(season)).proposals
    assert (proposal.table, proposal.sections) == ("shop.shirts", ())
    assert "a table of public is called so too" in proposal.why_not


def test_what_hangs_on_a_protected_set_of_another_schema_is_named(season: ScratchDatabase) -> None:
    guard = held(
        season, '[[protected]]\nname = "shirts"\ntable = "shop.shirts"\nteams = ["team"]\nclubs = ["club_id"]\n'
    )
    (exposed,) = surveyed(guard).exposed
    assert [(exposed.table, each.column, each.target) for each in exposed.pointers] == [
        ("shop.claims", "shirt", "shirts")
    ]
