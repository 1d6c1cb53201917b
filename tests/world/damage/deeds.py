"""What an import, users and operators do to a country, each noted in the record."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.world.damage.country import CLUBS, PLACES, Country, Spot
from tests.world.damage.record import Hand, Record

HABITS = ("recreates", "recycles", "forgets", "dangles", "takes orphans")


def a_user(country: Country, record: Record, chance: Random, code: str, day: int) -> str:
    """One user's deed in a league, and its name."""
    deed = chance.choice(("deletes", "deletes", "moves", "adds"))
    rows = [key for key in record.of_league(code) if record.hand(key) is Hand.NOBODY]
    if deed == "adds" or not rows:
        country.fills("schedule", [code], 1, f"added on day {day}, {len(record.belongs)}")
        for key, spots in country.looks().items():
            if key not in record.belongs:
                record.belongs[key] = spots[0]
                record.touches(key, Hand.USER)
        return "a user adds"
    key = chance.choice(rows)
    table, label = key
    _, column, team, _ = PLACES[table]
    record.touches(key, Hand.USER)
    if deed == "deletes" or table != "schedule":
        country.does(f"DELETE FROM {table} WHERE {column} = %s", label)
        record.belongs[key] = None
        return "a user deletes"
    club = next(club for club in CLUBS if f" {club} " not in label)
    country.does(
        f"UPDATE schedule SET {team} = %s, home_team = %s WHERE {column} = %s",
        country.team(code, club), f"{club} Practice - Series 1", label,
    )  # fmt: skip
    record.belongs[key] = Spot((code, club), code)
    return "a user moves"


def an_import(country: Country, record: Record, code: str, habit: str) -> str:
    """The import of one league: its teams are new, and what hung on them is gone, forgotten, or left behind."""
    old = [country.team(code, club) for club in CLUBS]
    if habit == "forgets":
        country.does("UPDATE schedule SET home_team_id = NULL, league_id = NULL WHERE home_team_id = ANY (%s)", old)
    elif habit != "dangles":
        country.does("DELETE FROM schedule WHERE home_team_id = ANY (%s)", old)
    country.does("DELETE FROM lineups WHERE team_id = ANY (%s)", old)
    country.does("DELETE FROM teams WHERE id = ANY (%s)", old)
    country.does("DELETE FROM leagues WHERE league_id = %s", code)
    country.lists(code, reversed(old) if habit == "recycles" else ())
    if habit == "takes orphans":
        for table in ("practice_times", "captain_messages", "polls"):
            country.does(f"DELETE FROM {table} WHERE team_id = ANY (%s)", old)
    for key in record.belongs:
        if key[1].startswith(f"{code} "):
            record.touches(key, Hand.IMPORT)
    return f"an import {habit}"


def an_import_of_one_team(country: Country, record: Record, chance: Random, code: str) -> str:
    """One team is listed anew, which is no bulk; its users' rows are gone or left behind."""
    club = chance.choice(CLUBS)
    old = country.team(code, club)
    for table in ("practice_times", "captain_messages", "polls", "lineups"):
        country.does(f"DELETE FROM {table} WHERE team_id = %s", old)
    country.does("DELETE FROM teams WHERE id = %s", old)
    country.lists_one(code, club)
    for key, spot in record.belongs.items():
        if spot is not None and spot.team == (code, club):
            record.touches(key, Hand.IMPORT)
    return "an import of one team"


def the_import_empties(country: Country, record: Record, table: str) -> str:
    """The import's TRUNCATE of a whole table."""
    country.does(f"TRUNCATE {table} RESTART IDENTITY CASCADE")
    _by_import(record, table)
    return "an import empties a table"


def the_import_overwrites(country: Country, record: Record) -> str:
    """The import's statement without a condition: every practice is of the first league."""
    country.does("UPDATE schedule SET league_id = (SELECT min(id) FROM leagues)")
    _by_import(record, "schedule")
    return "an import overwrites leagues"


def _by_import(record: Record, table: str) -> None:
    for key in record.belongs:
        if key[0] == table:
            record.touches(key, Hand.IMPORT)


def an_operator(country: Country, record: Record, chance: Random, deed: str, leagues: Sequence[str]) -> str:
    """One bad statement, of many leagues, in a psql."""
    table = chance.choice(("schedule", "captain_messages", "polls"))
    _, _, team, _ = PLACES[table]
    ids = [country.team(code, club) for code in leagues for club in CLUBS]
    elsewhere = country.team(next(code for code in country.leagues if code not in leagues), CLUBS[0])
    if deed == "deletes":
        country.does(f"DELETE FROM {table} WHERE {team} = ANY (%s)", ids)
    else:
        country.does(f"UPDATE {table} SET {team} = %s WHERE {team} = ANY (%s)", elsewhere, ids)
    for code in leagues:
        for key in record.of_league(code, table):
            record.touches(key, Hand.OPERATOR)
    return f"an operator {deed}"
