"""Which kept lists know an id: what says, of a parent, who was called so at which time."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core.application import LEAGUES, TEAMS, Parent
from practice_guard.core.database import Database, statement


def knowing(database: Database, parent: Parent, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return by id the names of the kept lists in which a parent has it; none of them where none has.

    Args:
        database: where; it has the guard's tables.
        parent: what the ids are of.
        ids: as rows have them.
    """
    found: dict[int, set[str]] = {each: set() for each in ids}
    for name, number in database.execute(_asked(parent), {"ids": sorted(found)}) if found else ():
        found[number].add(name)
    return {number: frozenset(names) for number, names in found.items()}


def _asked(parent: Parent) -> str:
    """Return the statement that asks the lists that are kept of a parent."""
    if parent == TEAMS:
        return statement(__name__, "knowing_teams")
    if parent == LEAGUES:
        return statement(__name__, "knowing_leagues")
    return statement(__name__, "knowing_nothing")
