"""Digests of rows, in several definitions: older snapshots are verified by the older ones."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, columns, identifier, piece, statement
from practice_guard.core.snapshots.sets import GUARD_COLUMNS, StoredSet, as_text

NEWEST = 4
"""The version of new snapshots' digests."""

NO_ROOM = 5
"""The same in databases in whose encoding that has no room, and the newest one that is known."""

FIRSTS = (1, NO_ROOM)
"""The versions for databases in whose encoding the others have no room; the second of them knows lists of parents."""

_TEAMS = ("id", "league", "club", "series", "name", "alias", "players")
_NEWER = ("outside_id", "active")

NAMES_ONLY = 2
"""The version whose lists were kept when nothing was known of a team besides its names."""

_GUARDS = [name for name, _ in GUARD_COLUMNS]
_NO_GUARDS = "''"


def best(database: Database) -> int:
    """Return the version of a new snapshot, which knows lists of parents, as far as the encoding has room for it."""
    return NEWEST if database.execute(statement(__name__, "has_room"))[0][0] else NO_ROOM


def knows_parents(version: int) -> bool:
    """Whether a digest of that version says anything of the lists of parents."""
    return version in (4, NO_ROOM)


def of_source(bound: BoundSet, stored: StoredSet, version: int) -> Query:
    """Ask how many rows a protected table has of a set, and their digest."""
    return of_table(stored, bound.parts["table"], bound.parts["condition"], version)


def of_table(stored: StoredSet, table: str, condition: str, version: int) -> Query:
    """Ask the same of the rows of a table, quoted, for which a condition on `t` is true."""
    return Query(_first(stored, table, condition) if version in FIRSTS else _digest(_second(stored, table, condition)))


def of_copy(stored: StoredSet, version: int) -> Query:
    """Ask how many rows a copy has, and their digest with the guard's own columns."""
    table = _table(stored)
    if version in FIRSTS:
        return Query(_first(stored, table, "true", _GUARDS))
    return Query(_digest(_second(stored, table, "true", guards=True)))


def of_both(stored: StoredSet, version: int) -> Query:
    """Ask what `of_source` asks, of the rows of a copy that were not carried into it, and then what `of_copy` asks."""
    table = _table(stored)
    if version in FIRSTS:
        own, whole = _first(stored, table, "NOT t.guard_carried"), _first(stored, table, "true", _GUARDS)
        return Query(statement(__name__, "first_both", own=own, whole=whole))
    return Query(statement(__name__, "second_both", hashed=_second(stored, table, "true", guards=True)))


def of_list(name: str, version: int) -> tuple[Query, ...]:
    """Ask how many teams, leagues and, where the digest knows of them, rows of parents are kept, and their digests."""
    table, names, known = f"({piece(__name__, 'teams')})", [*_TEAMS], [*_NEWER]
    teams = _of_list(table, names, known) if version == NAMES_ONLY else _of_list(table, [*names, *known])
    leagues = _of_list("practice_guard.league_lists", ["id", "code"])
    asked = [teams, leagues]
    if knows_parents(version):
        asked.append(_of_list("practice_guard.parent_lists", ["parent", "id", "said"]))
    return tuple(Query(each, {"list": name}) for each in asked)


def _of_list(table: str, names: Sequence[str], empty: Sequence[str] = ()) -> str:
    """Ask for the digest of a list; a row in which one of the empty columns is filled is not of it."""
    condition = ["t.list = %(list)s::text", *(f"t.{identifier(each)} IS NULL" for each in empty)]
    return _digest(
        statement(
            __name__,
            "hashed",
            table=table,
            condition=" AND ".join(condition),
            values=columns(names, of="t", cast="::text"),
            carried="false",
            guards=_NO_GUARDS,
        )
    )


def _table(stored: StoredSet) -> str:
    return f"practice_guard.{identifier(stored.rows_table)}"


def _first(stored: StoredSet, table: str, condition: str, besides: Sequence[str] = ()) -> str:
    values = columns([*besides, *(column.name for column in stored.columns)], of="t", cast="::text")
    return statement(__name__, "first", table=table, columns=values, condition=condition)


def _second(stored: StoredSet, table: str, condition: str, *, guards: bool = False) -> str:
    return statement(
        __name__,
        "hashed",
        table=table,
        condition=condition,
        values=", ".join(as_text(column) for column in stored.columns),
        carried="t.guard_carried" if guards else "false",
        guards=f"concat({columns(_GUARDS, of='t')})" if guards else _NO_GUARDS,
    )


def _digest(hashed: str) -> str:
    return statement(__name__, "second", hashed=hashed)
