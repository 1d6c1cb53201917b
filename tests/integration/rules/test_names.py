"""Names: whatever a table and its columns are called, they are guarded like others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from psycopg import sql

from tests.world.builders import League, ScratchDatabase
from tests.world.seasons import two_teams
from tests.world.whole_nights import does, goes_through_everything

TABLE = 'The "zoo" of % {names} / Зоопарк'
COLUMNS = (
    "key", "row", "place", "put", "old", "team", "standing", "shared", "new", "times", "occupant", "key_name", "k", "l",
    "p", "s", "o", "u", "v0", "g0", "x", "n", "lkey", "live_key", "content", "id", "name", "carried", "list", "a0",
    "b0", "bucket", "meant", "practice_guard", "guard", "select", "user", "order", "table", "MixedCase", "with space",
    'with "quotes"', "it's", "100%", "%s", "%(key)s", "{curly}", "{{", "back\\slash", "$1", "a.b", "--", "имя", "名前",
    "ñandú", "x" * 63, "é" * 31,
)  # fmt: skip
"""Columns that are called like what the guard's own statements speak of, and such as are hard to write."""


KEYS = [COLUMNS[start : start + 8] for start in range(0, len(COLUMNS), 8)]
SETTINGS = f"""
[[protected]]
name = "zoo"
table = '{TABLE}'
teams = ["team_id"]
same = ['key', 'row', '100%', '{{curly}}', 'имя']
condition = "key <> 'nobody' AND \\"100%\\" IS NOT NULL AND id IS NOT NULL AND created_at IS NOT NULL"
etl_deletes = true

[[protected]]
name = "orders"
table = "order"
teams = ["t"]
etl_deletes = true
"""


def has_the_zoo(league: League, database: ScratchDatabase) -> None:
    """Numbered by `t`, hanging on a team by `team_id`, with every column in some unique key."""
    run, table = database.session().execute, sql.Identifier(TABLE)
    columns = _listed([sql.SQL("{} text").format(sql.Identifier(name)) for name in COLUMNS])
    run(
        sql.SQL(
            "CREATE TABLE {} (t serial PRIMARY KEY, team_id int NOT NULL, created_at timestamptz DEFAULT now(), {})"
        ).format(table, columns)
    )
    for names in (*KEYS, ("team_id", "MixedCase"), ("team_id", "имя")):
        run(sql.SQL("ALTER TABLE {} ADD UNIQUE ({})").format(table, _listed(map(sql.Identifier, names))))
    run('CREATE TABLE "order" (row serial PRIMARY KEY, t int, key text, UNIQUE (t, key))')
    first, second = two_teams(league)
    for number, team in enumerate((first, first, second)):
        values = _listed(map(sql.Literal, [team.id, *(f"{number} {name}" for name in COLUMNS)]))
        filled = _listed(map(sql.Identifier, ("team_id", *COLUMNS)))
        run(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, filled, values))
        database.rows('INSERT INTO "order" (t, key) VALUES (%(team)s, %(key)s)', team=team.id, key=str(number))


def _listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def test_every_name_goes_through_everything_unchanged(league: League, database: ScratchDatabase, place: Path) -> None:
    has_the_zoo(league, database)
    (place / "practice_guard.toml").write_text(SETTINGS, encoding="utf-8")
    goes_through_everything(database, place, {TABLE: "team_id", "order": "t"})


@pytest.mark.parametrize("name", ["guard_from", "guard_protected", "guard_fault", "guard_goal0"])
def test_a_name_that_the_guard_needs_for_itself_is_refused_before_the_etl(
    league: League, database: ScratchDatabase, place: Path, name: str
) -> None:
    two_teams(league)
    database.rows(f"ALTER TABLE schedule ADD {name} text")
    for command in ("validate-safety", "backup"):
        said = does(13, command)
        assert f"public.schedule has a column {name}" in said.words
    database.rows(f"ALTER TABLE schedule RENAME {name} TO {name}_too")
    does(0, "backup")
