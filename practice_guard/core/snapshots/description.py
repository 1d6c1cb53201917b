"""What a snapshot says of itself, read strictly: whatever is malformed is damage, and is said field by field."""

from __future__ import annotations

import re
from collections.abc import Collection

from practice_guard.core.application import LEAGUES, TEAMS
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots.fields import Fields
from practice_guard.core.snapshots.sets import GUARD_COLUMNS, LONGEST_NAME, StoredColumn, StoredSet, rows_table

_TYPE = re.compile(
    r'(?:"[a-z]+"|[a-z_][a-z0-9_]*|character varying|bit varying|double precision|interval(?: [a-z]+(?: to [a-z]+)?)?)'
    r"(?:\(\d+(?:,-?\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])?"
)
"""The names of built-in types, as PostgreSQL writes them."""


def stored_set(snapshot: str, name: str, fields: Fields, sets: Collection[str]) -> StoredSet:
    """Return what a snapshot holds of one protected set, from its fields; `sets` are all that the snapshot holds.

    Raises:
        DamagedSnapshotError: a field is missing or malformed, or they do not fit together.
    """
    columns = tuple(_column(f"{fields.where}, column {place}", each) for place, each in _counted(fields, "columns"))
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise DamagedSnapshotError(f"{fields.where} has a column twice.")
    definition = fields.object("definition")
    _check_definition(Fields(f"{fields.where}, definition", definition), frozenset(names), sets)
    stored = StoredSet(
        name,
        definition,
        columns,
        rows_table(snapshot, name),
        fields.number("rows"),
        fields.number("carried"),
        fields.number("teams"),
        fields.digest("digest"),
    )
    if len(stored.rows_table.encode()) > LONGEST_NAME:
        raise DamagedSnapshotError(f"{fields.where}: its name is longer than that of a set can be.")
    if stored.carried > stored.rows:
        raise DamagedSnapshotError(f"{fields.where} says that more rows were carried than there are.")
    return stored


def _counted(fields: Fields, name: str) -> list[tuple[int, object]]:
    items = fields.items(name)
    if not items:
        raise DamagedSnapshotError(f"{fields.where}: {name} is empty.")
    return list(enumerate(items, start=1))


def _column(where: str, given: object) -> StoredColumn:
    fields = Fields(where, given).only("name", "type", "stored_as")
    column = StoredColumn(fields.name("name"), fields.text("type", empty=False), fields.text("stored_as"))
    if column.name in dict(GUARD_COLUMNS):
        raise DamagedSnapshotError(f"{where} is called {column.name}, as one of the guard's own.")
    if column.stored_as not in (column.type, "text"):
        raise DamagedSnapshotError(f"{where} is kept as neither its own type nor text.")
    if not _TYPE.fullmatch(column.stored_as):
        raise DamagedSnapshotError(f"{where} is kept as {column.stored_as!r}, which is no built-in type.")
    return column


def _check_whole(fields: Fields) -> None:
    """Require that one of the ETL's own tables is said to have nothing that only protected sets have."""
    if fields.object("references") or fields.text("key") or fields.texts("content"):
        raise DamagedSnapshotError(f"{fields.where}: a table of the ETL's has references, a key or content.")


def _check_definition(fields: Fields, columns: frozenset[str], sets: Collection[str]) -> None:
    for name in ("table", "condition"):
        fields.text(name, empty=name == "condition")
    if not fields.empty("etl_deletes"):
        fields.flag("etl_deletes")
    references = fields.object("references")
    if fields.has("whole") and fields.flag("whole"):
        _check_whole(fields)
        return
    if not references:
        raise DamagedSnapshotError(f"{fields.where}: references is empty.")
    outward = {TEAMS.name, LEAGUES.name, *(fields.texts("parents") if fields.has("parents") else ())}
    for column, target in references.items():
        if not isinstance(target, str) or (target not in outward and target not in sets):
            what = "not at teams, leagues or rows of the snapshot"
            raise DamagedSnapshotError(f"{fields.where}: {column} points at {target!r}, {what}.")
    # Version 1 did not say it, and JSON has forgotten which reference was the first.
    if fields.has("hangs_on") and fields.text("hangs_on") not in references:
        raise DamagedSnapshotError(f"{fields.where}: hangs_on is no reference.")
    for column in (fields.text("key"), *references, *fields.texts("content")):
        if column not in columns:
            raise DamagedSnapshotError(f"{fields.where}: there is no column {column!r}.")
