"""Ids that are no numbers, written: taken from where they stand, never made of the numbers that plans know them by."""

from __future__ import annotations

from collections.abc import Mapping

from practice_guard.core.application import BoundSet, numbers
from practice_guard.core.database import identifier, piece

ANY_TEXT = "md5(b.nth::text || clock_timestamp()::text)"
"""What no row has, for a moment."""


def joined(bound: BoundSet, place: int) -> str:
    """Return the join with the row of the parent that a line `p` points at by one reference; nothing for numbers."""
    spelled = bound.spelled.get(bound.references[place].column)
    if spelled is None:
        return ""
    key = f"o.{identifier(spelled.key)}"
    parts = {"key": key, "number": numbers.of_text(key), "table": spelled.table, "place": str(place)}
    return piece(__name__, "joined", **parts)


def value(bound: BoundSet, place: int, as_was: Mapping[str, str], *, there: bool) -> str:
    """Return SQL of what a reference of a line `p` shall be, in any type that its column takes.

    Args:
        bound: the set.
        place: which reference.
        as_was: by column, an id that the row had once, where it is kept, as SQL.
        there: whether there is the row `t` of the table, which may point there already.
    """
    column = bound.references[place].column
    if column not in bound.spelled:
        return f"p.a{place}"
    known = [each for each in (as_was.get(column), f"t.{identifier(column)}" if there else None) if each]
    other = [piece(__name__, "known", value=each, number=numbers.of_text(each), place=str(place)) for each in known]
    return f"coalesce({', '.join([f'e{place}.value::text', *other])})"
