"""Values come back byte for byte: through backup, ETL and restore, and through an export into a lost schema."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, refused, the_guards_schema_is_lost, verifies

ZOO = ProtectedSet("zoo", "zoo", (Reference("team_id", TEAMS),), content=("name",), etl_deletes=True)

ANIMALS: dict[str, tuple[str, ...]] = {
    "smallint": ("-32768", "32767"),
    "integer": ("-2147483648", "2147483647"),
    "bigint": ("-9223372036854775808", "9223372036854775807"),
    "numeric": ("NaN", "Infinity", "-Infinity", "1.500", "-0.000", "1e-100", "9" * 60 + ".0"),
    "numeric(7,2)": ("12.50", "-99999.99"),
    "real": ("1e-45", "3.4028235e38", "-0", "NaN", "Infinity", "0.1"),
    "double precision": ("5e-324", "1.7976931348623157e308", "-0", "NaN", "-Infinity", "0.30000000000000004"),
    "money": ("-92233720368547758.08", "1234.50"),
    "boolean": ("true", "false"),
    "text": ("", " ", "NULL", "\\N", "a\\b\"c'd", "tab\tline\nreturn\r", "{}", "(,)", "%s %(x)s %%", "\u0001\u007f",
             "\u00dcn\u00efc\u00f6d\u00e9 \uff46", "e\u0301", "\U0001f3be", "\u202ereversed", "\u2028", "$$;--"),
    "varchar(20)": ("Tennaqua  - 22", "ends with blanks   "),
    "char(5)": ("ab", "", "12345"),
    "bpchar": ("blanks stay   ", ""),
    '"char"': ("a", "", "\\377"),
    "name": ("a name",),
    "bytea": ("\\x", "\\x00ff5c27", "\\xdeadbeef"),
    "date": ("infinity", "-infinity", "0044-03-15 BC", "5874897-12-31", "2026-03-08"),
    "time": ("24:00:00", "00:00:00", "23:59:59.999999"),
    "time(3)": ("19:00:00.125",),
    "timetz": ("24:00:00+00", "19:00:00.5-15:59", "02:30:00+05:45"),
    "timestamp": ("infinity", "-infinity", "2026-03-08 02:30:00", "4714-11-24 00:00:00 BC",
                  "294276-12-31 23:59:59.999999"),
    "timestamptz": ("infinity", "2026-03-08 02:30:00-06", "2026-11-01 01:30:00-05", "4714-11-24 00:00:00+00 BC"),
    "timestamp(0)": ("2026-01-05 19:00:00",),
    "interval": ("1 year 2 mons", "425 days", "-1 year +2 days -03:04:05.000006", "178000000 years", "00:00:00.000001"),
    "interval day to second(3)": ("3 days 04:05:06.789",),
    "uuid": ("00000000-0000-0000-0000-000000000000",),
    "json": ('{"b":1.00000000000000000001, "a" :  [1,  2], "b":2}', '"\\u00e9"', "null"),
    "jsonb": ('{"a": 1.00000000000000000001}', "null", '"\\u2028"'),
    "xml": ("<a>b &amp; c</a>", "text only"),
    "inet": ("192.168.0.1/24", "::1"),
    "cidr": ("10.0.0.0/8",),
    "macaddr": ("08:00:2b:01:02:03",),
    "macaddr8": ("08:00:2b:ff:fe:01:02:03",),
    "bit(3)": ("101",),
    "bit varying": ("", "10101"),
    "point": ("(0.1,-0)", "(Infinity,NaN)"),
    "line": ("{1,-1,0.1}",),
    "lseg": ("[(0,0),(1,1)]",),
    "box": ("(1,1),(0,0)",),
    "path": ("[(0,0),(1,1)]", "((0,0),(1,1))"),
    "polygon": ("((0,0),(1,1),(1,0))",),
    "circle": ("<(0,0),1.1>",),
    "tsvector": ("'a':1A 'fat':2 'quote''d'",),
    "tsquery": ("'fat' & !'cat':*",),
    "int4range": ("empty", "[1,5)", "(,)"),
    "numrange": ("(1.10,2.20]",),
    "tstzrange": ('["2026-03-08 08:30:00+00",infinity)',),
    "int4multirange": ("{[1,3),[5,)}", "{}"),
    "jsonpath": ('$."a"[*]?(@ > 1)',),
    "pg_lsn": ("16/B374D848",),
    "xid8": ("18446744073709551615",),
    "oid": ("4294967295",),
    "regclass": ("teams", "leagues"),
    "regtype": ("timestamp with time zone", "mood"),
    "int2vector": ("1 2 3",),
    "integer[]": ("{}", "{1,NULL,3}", "[0:1]={1,2}", "{{1,2},{3,4}}"),
    "text[]": ("{}", '{"NULL",NULL,"","a,b","c\\"d","e\\\\f"}'),
    "timestamptz[]": ('{"2026-03-08 02:30:00-06",infinity}',),
    "bpchar[]": ('{"x  "}',),
    "jsonb[]": ('{"{\\"a\\": 1}"}',),
    "regclass[]": ("{teams,NULL}",),
    "mood": ("happy", "so-so, 'quoted'", ""),
    "mood[]": ("{happy,NULL}",),
    "short_text": ("1234567890",),
    "short_text[]": ("{abc,def}",),
    "evening": ("19:00:00",),
    "address": ('("1 Main St",)', '("","a ""b""")'),
    "address[]": ('{"(\\"1 Main St\\",60091)"}',),
    "shoe_range": ("[1,5)",),
    "hours.day": ("Monday",),
}  # fmt: skip
"""Types with values at their edges, each given as text."""

TYPES = """
CREATE TYPE mood AS ENUM ('happy', 'so-so, ''quoted''', '');
CREATE DOMAIN short_text AS varchar(10) CHECK (VALUE <> 'x');
CREATE DOMAIN evening AS time CHECK (VALUE >= '17:00');
CREATE TYPE address AS (street text, zip text);
CREATE TYPE shoe_range AS RANGE (subtype = float8);
CREATE SCHEMA hours;
CREATE TYPE hours.day AS ENUM ('Monday');
"""


def column_of(place: int) -> str:
    return f'"v{place} of % {{}} ""zoo"""'


@pytest.fixture
def zoo(league: League, database: ScratchDatabase) -> Guard:
    """A table with every type of column, every value, and NULLs, each row hanging on one of two teams."""
    teams = [league.has_team(), league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL")]
    for statement in TYPES.split(";\n"):
        if statement.strip():
            database.rows(statement)
    kinds = list(ANIMALS)
    columns = ", ".join(f"{column_of(place)} {kind}" for place, kind in enumerate(kinds))
    database.rows(
        "CREATE TABLE zoo (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team_id int NOT NULL, name text,"
        f" {columns}, twice int GENERATED ALWAYS AS (team_id * 2) STORED)"
    )
    number = 0
    for place, kind in enumerate(kinds):
        for value in ANIMALS[kind]:
            number += 1
            with suppress(psycopg.errors.FeatureNotSupported):  # xml, where the server was built without it
                database.rows(
                    f"INSERT INTO zoo (team_id, name, {column_of(place).replace('%', '%%')})"
                    f" VALUES (%(team)s, %(name)s, %(value)s::text::{kind})",
                    team=teams[number % 2].id,
                    name=f"animal {number}",
                    value=value,
                )
    return Guard(database, (*BUILT_IN, ZOO))


def the_zoo(database: ScratchDatabase) -> Counter[str]:
    """All rows as the types themselves write them, with the team's name for its id."""
    rows = database.rows("SELECT z::text, z.team_id, t.team_name FROM zoo z JOIN teams t ON t.id = z.team_id")
    return Counter(row.replace(f",{team},", f",<{name}>,", 1).removesuffix(f",{2 * team})") for row, team, name in rows)


def the_etl_takes_the_zoo_too(database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM zoo")


def test_the_zoo_is_large_enough() -> None:
    assert len(ANIMALS) >= 60
    assert sum(map(len, ANIMALS.values())) >= 140


def test_every_value_is_back_after_the_etl(zoo: Guard, database: ScratchDatabase) -> None:
    before = the_zoo(database)
    assert len(before) >= sum(map(len, ANIMALS.values())) - len(ANIMALS["xml"])
    zoo.has_backed_up()
    the_etl_takes_the_zoo_too(database)

    zoo.restores()

    assert the_zoo(database) == before


def test_every_value_is_back_from_an_export_after_the_schema_was_lost(zoo: Guard, database: ScratchDatabase) -> None:
    before = the_zoo(database)
    kept = zoo.has_backed_up()
    data = exports(zoo)
    the_etl_takes_the_zoo_too(database)
    the_guards_schema_is_lost(database)

    done = imports(zoo, data)

    assert (done.snapshot.id, done.snapshot.digest) == (kept.id, kept.digest)
    assert verifies(zoo).id == kept.id
    zoo.restores()
    assert the_zoo(database) == before


def test_the_sessions_own_settings_change_no_value(zoo: Guard, database: ScratchDatabase) -> None:
    """Each role, database and server may have its own idea of how a value is written."""
    before = the_zoo(database)
    kept = zoo.has_backed_up()
    for setting in (
        "TimeZone = 'America/Chicago'", "DateStyle = 'German'", "IntervalStyle = 'iso_8601'",
        "bytea_output = 'escape'", "extra_float_digits = -15", "array_nulls = off", "xmlbinary = 'hex'",
        "quote_all_identifiers = on", "standard_conforming_strings = off", "search_path = 'hours', 'public'",
        "client_encoding = 'LATIN1'", "default_transaction_read_only = off",
    ):  # fmt: skip
        database.rows(f"ALTER DATABASE {database.name} SET {setting}")
    verifies(zoo, kept.id)
    data = exports(zoo, kept.id)
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM public.zoo")
    the_guards_schema_is_lost(database)

    imports(zoo, data)
    zoo.restores()

    assert the_zoo(database) == before
    again = zoo.has_backed_up()
    assert again.rows == kept.rows


def test_columns_that_are_computed_are_left_out(zoo: Guard) -> None:
    names = [column.name for column in zoo.has_backed_up().sets["zoo"].columns]
    assert "twice" not in names
    assert "team_id" in names


def test_a_dropped_type_takes_nothing_of_a_snapshot_away(zoo: Guard, database: ScratchDatabase) -> None:
    zoo.has_backed_up()
    database.rows("DROP TYPE mood, address, shoe_range, hours.day CASCADE")
    database.rows("DROP DOMAIN short_text, evening CASCADE")
    verifies(zoo)


def test_a_renamed_table_that_a_value_names_is_no_damage(zoo: Guard, database: ScratchDatabase) -> None:
    zoo.has_backed_up()
    database.rows("CREATE TABLE other (id int)")
    database.rows("ALTER TABLE teams RENAME TO teams_before")
    verifies(zoo)


def test_an_encoding_that_has_no_such_character_changes_nothing(zoo: Guard) -> None:
    """The client's variables are not asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGCLIENTENCODING", "LATIN1")
        kept = zoo.has_backed_up()
        assert exports(zoo, kept.id)


def test_a_guards_own_column_name_in_the_table_is_refused(league: League, database: ScratchDatabase) -> None:
    league.captain_schedules_practice(league.has_team())
    database.rows("ALTER TABLE schedule ADD guard_from text")
    with refused(errors.SchemaError, "guard_from", database):
        Guard(database).backs_up()
