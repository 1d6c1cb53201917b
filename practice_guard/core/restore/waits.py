"""Rows of a plan that are made to wait: for a place that is taken, or because the database will not have them.

How one waits: what must `yield` is left where it is, or on nothing where it hangs on what was given its own old id;
what must `stay` is left to the letter, since the database refuses even that; what is to `try` is not made to wait at
all, and only says that it was refused before.
"""

from __future__ import annotations

from functools import partial

from practice_guard.core.database import Query, Scratch, piece, statement
from practice_guard.core.restore import absent
from practice_guard.core.restore.sheets import Sheet

YIELD, STAY, TRY = "yield", "stay", "try"


def let(scratch: Scratch, sheet: Sheet) -> None:
    """Let the rows of a set wait that its table of those says, and empty that table."""
    scratch.replace(f"plan_{sheet.name}", partial(_waits, sheet))
    scratch.empty(f"waits_{sheet.name}")


def _waits(sheet: Sheet, former: str) -> Query:
    first = piece(
        __name__,
        "first",
        **sheet.parts,
        nullable="true" if sheet.nullable(0) else "false",
        sparse="true" if sheet.sparse else "false",
        plan_or_former=former,
    )
    others = "".join(
        f", CASE WHEN c.row IS NULL THEN p.a{place} ELSE p.b{place} END" for place in sheet.places if place
    )
    text = statement(
        __name__,
        "waits",
        before_list=sheet.each("p.b#"),
        first=first,
        others=others,
        former=_with_unsaid(sheet, former),
        waits=sheet.scratch.table(f"waits_{sheet.name}"),
    )
    return Query(text)


def _with_unsaid(sheet: Sheet, former: str) -> str:
    """Return the lines of a plan, with those of rows that are to wait and had none."""
    if not sheet.bare:
        return former
    named = {"former": former, "waits": sheet.scratch.table(f"waits_{sheet.name}")}
    return piece(__name__, "with_unsaid", **named, unsaid=absent.unsaid(sheet, former))
