"""Types: whatever a column is of, a row with it is guarded like others."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from tests.integration.snapshots.test_values import ANIMALS, TYPES
from tests.world.builders import League, ScratchDatabase
from tests.world.seasons import two_teams
from tests.world.whole_nights import goes_through_everything

EXTENSIONS = """
CREATE TYPE public.{0};
CREATE FUNCTION public.{0}_in(cstring) RETURNS public.{0} AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION public.{0}_out(public.{0}) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE public.{0} (INPUT = public.{0}_in, OUTPUT = public.{0}_out, LIKE = text, COLLATABLE = {1});
CREATE FUNCTION public.{0}_cmp(public.{0}, public.{0}) RETURNS int LANGUAGE sql IMMUTABLE STRICT
    AS 'SELECT pg_catalog.bttextcmp({2}(pg_catalog.textin(public.{0}_out($1))) COLLATE "C",
                                    {2}(pg_catalog.textin(public.{0}_out($2))) COLLATE "C")';
"""
"""A type as an extension makes it: its operators are found by a search path, or not at all."""

OPERATORS = {"<": "lt", "<=": "le", "=": "eq", ">=": "ge", ">": "gt"}
CONVERSE = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}


def has_a_type_of_an_extension(database: ScratchDatabase, name: str, *, folds_case: bool = False) -> None:
    fold = "pg_catalog.lower" if folds_case else ""
    for statement in EXTENSIONS.format(name, str(folds_case).lower(), fold).split(";\n"):
        if statement.strip():
            database.rows(statement)
    for operator, function in OPERATORS.items():
        database.rows(
            f"CREATE FUNCTION public.{name}_{function}({name}, {name}) RETURNS bool LANGUAGE sql IMMUTABLE STRICT"
            f" AS 'SELECT public.{name}_cmp($1, $2) {operator} 0'"
        )
        database.rows(
            f"CREATE OPERATOR public.{operator} (LEFTARG = {name}, RIGHTARG = {name}, FUNCTION = {name}_{function},"
            f" COMMUTATOR = OPERATOR(public.{CONVERSE[operator]}))"
        )
    listed = ", ".join(f"OPERATOR {number} {operator}" for number, operator in enumerate(OPERATORS, 1))
    database.rows(
        f"CREATE OPERATOR CLASS public.{name}_ops DEFAULT FOR TYPE {name} USING btree AS {listed},"
        f" FUNCTION 1 {name}_cmp({name}, {name})"
    )


SETTINGS = """
[[protected]]
name = "zoo"
table = "zoo"
teams = ["team_id"]
etl_deletes = true
"""


def has_the_zoo(league: League, database: ScratchDatabase) -> list[str]:
    """A table with a column of every type, all of them what a row is, and keys over those of extensions."""
    for statement in TYPES.split(";\n"):
        if statement.strip():
            database.rows(statement)
    for name in ("ltree", "hstore"):
        has_a_type_of_an_extension(database, name)
    has_a_type_of_an_extension(database, "citext", folds_case=True)
    kinds = {
        **ANIMALS, "ltree": ("Top.Science",), "hstore": ('"a"=>NULL',), "citext": ("Wilmette",), "ltree[]": ("{a.b}",)
    }  # fmt: skip
    try:
        database.rows("SELECT '<a/>'::text::xml")
    except psycopg.errors.FeatureNotSupported:  # the server was built without it
        kinds["xml"] = ()
    columns = ", ".join(f"v{place} {kind}" for place, kind in enumerate(kinds))
    database.rows(
        "CREATE TABLE zoo (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team_id int NOT NULL,"
        f' {columns}, path ltree, pairs hstore, nick citext, sorted text COLLATE "C", feeling mood, short short_text,'
        " twice int GENERATED ALWAYS AS (team_id * 2) STORED, UNIQUE (path), UNIQUE (team_id, pairs), UNIQUE (nick),"
        " UNIQUE (sorted, team_id), UNIQUE (feeling, short, team_id), EXCLUDE USING btree (path WITH =))"
    )
    teams = two_teams(league)
    for number in range(max(map(len, kinds.values()))):
        given = {place: values[number] for place, values in enumerate(kinds.values()) if number < len(values)}
        kind = list(kinds)
        names = ", ".join(["team_id", *(f"v{place}" for place in given), "path", "pairs", "nick", "sorted"])
        values = sql.SQL(", ").join(
            [sql.Literal(teams[number % 2].id)]
            + [sql.Literal(value) + sql.SQL("::text::" + kind[place]) for place, value in given.items()]
            + [sql.Literal(f"Top.{number}")] * 4
        )
        database.session().execute(sql.SQL("INSERT INTO zoo ({}) VALUES ({})").format(sql.SQL(names), values))
    return list(kinds)


def test_every_type_goes_through_everything_unchanged(league: League, database: ScratchDatabase, place: Path) -> None:
    assert len(has_the_zoo(league, database)) >= 60
    (place / "practice_guard.toml").write_text(SETTINGS)
    goes_through_everything(database, place, {"zoo": "team_id"})
