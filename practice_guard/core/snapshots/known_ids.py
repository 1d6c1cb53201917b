"""Which kept lists know an id: what says, of a parent, who was called so at which time."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core.application import LEAGUES, TEAMS, Parent
from practice_guard.core.database import Database, statement
from practice_guard.core.records import installation
from practice_guard.core.snapshots.entries import KEPT_SINCE


def knowing(database: Database, parent: Parent, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return by id the names of the kept lists in which a parent has it; none of them where none has.

    Args:
        database: where; it has the guard's tables.
        parent: what the ids are of.
        ids: as rows have them.
    """
    found: dict[int, set[str]] = {each: set() for each in ids}
    asked = _asked(database, parent) if found else None
    parameters = {"ids": sorted(found), "parent": parent.name}
    for name, number in database.execute(asked, parameters) if asked else ():
        found[number].add(name)
    return {number: frozenset(names) for number, names in found.items()}


def _asked(database: Database, parent: Parent) -> str | None:
    """Return the statement that asks the lists that are kept of a parent; None where an older program kept none."""
    if parent == TEAMS:
        return statement(__name__, "knowing_teams")
    if parent == LEAGUES:
        return statement(__name__, "knowing_leagues")
    kept = (installation.locate(database).version or 0) >= KEPT_SINCE
    return statement(__name__, "knowing_others") if kept else None
