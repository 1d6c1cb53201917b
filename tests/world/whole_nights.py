"""One set through everything that the program does with it, as people type it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from psycopg import sql

from tests.world import around, builders
from tests.world.builders import ScratchDatabase


def rows_by_team(database: ScratchDatabase, table: str, column: str = "team_id") -> Counter[tuple[str, str]]:
    """All rows of a table as the types themselves write them, without the team's id, and the team's name."""
    columns = [
        name
        for (name,) in database.rows(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = format('%%I', %(table)s::text)::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> %(column)s ORDER BY attnum",
            table=table,
            column=column,
        )
    ]
    asked = sql.SQL(
        "SELECT ROW({})::text, team.team_name FROM {} AS x LEFT JOIN teams AS team ON team.id = x.{}"
    ).format(
        sql.SQL(", ").join(sql.Identifier("x", name) for name in columns), sql.Identifier(table), sql.Identifier(column)
    )
    return Counter((str(row), str(team)) for row, team in database.session().execute(asked).fetchall())


def does(status: int, *words: str) -> around.Said:
    """One command, which must end so."""
    said = around.says(*words)
    assert said.status == status, (words, said.words)
    return said


def the_etl_takes(database: ScratchDatabase, tables: Iterable[str]) -> None:
    """All teams under new ids, and the rows of tables gone."""
    builders.the_etl_recreates_everything(database)
    for table in tables:
        database.session().execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def goes_through_everything(database: ScratchDatabase, place: Path, tables: Mapping[str, str]) -> None:
    """Rows through backup, import, restore, undo, an export and the loss of the guard's schema, unchanged.

    Args:
        database: where the program is aimed at.
        place: where it works.
        tables: by name, with the column that points at a team.
    """
    before = {table: rows_by_team(database, table, column) for table, column in tables.items()}
    assert all(before.values())

    def unchanged() -> bool:
        return before == {table: rows_by_team(database, table, column) for table, column in tables.items()}

    does(0, "validate-safety")
    does(0, "backup")
    does(0, "snapshots", "export", "latest", str(place / "night.pgs"))
    the_etl_takes(database, tables)
    does(3, "check-preservation")
    assert does(0, "restore", "--dry-run").document["result"]["rows"]["pending"] == 0
    does(0, "restore", "--yes")
    assert unchanged()
    does(0, "health")
    does(0, "restore", "--undo", "1", "--yes")
    assert not any(rows_by_team(database, table, column) for table, column in tables.items())
    does(0, "restore", "--yes")
    assert unchanged()
    does(0, "backup")
    does(0, "snapshots", "verify")
    database.rows("DROP SCHEMA practice_guard CASCADE")
    the_etl_takes(database, tables)
    does(0, "snapshots", "import", str(place / "night.pgs"))
    does(0, "restore", "--yes")
    assert unchanged()
    does(0, "cleanup", "--keep-last", "1", "--yes")
