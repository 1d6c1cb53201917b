"""Sets that an import has left next to nothing of: rows that are plainly to be put back need no line laid down.

A row is plainly to be put back where nothing in the table can be it: none has its primary key or the one that a restore
gave it, none stands on its team, and none that is protected is adrift. Its team and all else that it points at are
known, and let it in. What its line of the plan would say follows from the snapshot and the goals, so that it is said
where it is asked for; what is not so plain is planned like everything else.
"""

from __future__ import annotations

from practice_guard.core.database import Fill, Query, identifier, literal, piece, statement
from practice_guard.core.guarding import Request
from practice_guard.core.records import Proven
from practice_guard.core.restore.sheets import Sheet


def may_be(sheet: Sheet, request: Request, proven: Proven) -> bool:
    """Whether rows of a set that are gone are to be put back, all of one rule."""
    return (
        sheet.sparse
        and not sheet.pointed_at
        and not sheet.narrowed
        and (request.include_deleted or proven.of(sheet.bound, gone=sheet.gone) == (None, None))
    )


def few_left(sheet: Sheet) -> Query:
    """Ask for `is_bare` how many protected rows are in a set's table, and how many of them are adrift."""
    more = str(_few(sheet) + 1)
    return Query(statement(__name__, "few_left", **sheet.parts, there=sheet.there(0), more=more))


def is_bare(sheet: Sheet, left: int, adrift: int) -> bool:
    """Whether no more than half as many rows as the set had are left, and none that could be anybody's."""
    return left <= _few(sheet) and not adrift


def _few(sheet: Sheet) -> int:
    return sheet.stored.rows // 2


def busy(sheet: Sheet) -> Fill:
    """Return what finds the teams on which the rows stand that may be some of the snapshot's."""
    return f"busy_{sheet.name}", lambda: Query(statement(__name__, "busy", **sheet.parts, same_key=sheet.same_key))


def plainly(sheet: Sheet) -> tuple[str, str]:
    """Return the condition that a kept row `t` is plainly to be put back, and the joins that it asks for."""
    table = sheet.scratch.table
    keys = sheet.outward_keys
    allowed = "".join(f" AND t.{key.column} IS NULL" for key in sheet.inward_keys)
    allowed += "".join(f" AND t.{identifier(name)} IS NOT NULL" for name in _must_have(sheet))
    allowed += "".join(f" AND (t.{key.column} IS NULL OR f{number}.key IS NOT NULL)" for number, key in enumerate(keys))
    named = {
        **sheet.parts,
        "set": literal(sheet.name),
        "busy": table(f"busy_{sheet.name}"),
        "renumbered": table("renumbered"),
        "allowed": allowed,
    }
    joins = [
        piece(__name__, "none_can_be_it", **named),
        *(key.joined("t", f"f{number}") for number, key in enumerate(keys)),
    ]
    return piece(__name__, "plainly", **named), "\n".join(joins)


def _must_have(sheet: Sheet) -> list[str]:
    """Return the columns that must have a value now."""
    now = sheet.bound.table.columns
    return [name for name in (*(each.column for each in sheet.references), *(each.name for each in sheet.plain))
            if now[name].not_null]  # fmt: skip


def lines(sheet: Sheet) -> str:
    """Return the whole plan of a set: what was laid down, and the lines of rows that are plainly to be put back."""
    plan = sheet.scratch.table(f"plan_{sheet.name}")
    if not sheet.bare:
        return plan
    return "(" + statement(__name__, "whole", plan=plan, unsaid=unsaid(sheet, plan)) + "\n)"


def unsaid(sheet: Sheet, plan: str) -> str:
    """Return the query of the lines of rows that are plainly to be put back, which have none in `plan`."""
    team = (_list(sheet, 0), _old(sheet, 0)) if sheet.of_teams else ("NULL::smallint", "NULL::bigint")
    joins = (
        f"  LEFT JOIN {sheet.goals(place)} AS g{place} ON g{place}.list = 1 AND g{place}.old = {_old(sheet, place)}"
        for place in sheet.places
    )
    return statement(
        __name__,
        "unsaid",
        **sheet.parts,
        plan=plan,
        old=_old(sheet, 0),
        team_list=team[0],
        team=team[1],
        befores=", ".join("NULL::bigint" for _ in sheet.places),
        afters=", ".join(f"g{place}.id" for place in sheet.places),
        goals="\n".join(joins),
    )


def _old(sheet: Sheet, place: int) -> str:
    return sheet.kept_id(sheet.references[place].column)


def _list(sheet: Sheet, place: int) -> str:
    return f"CASE WHEN {_old(sheet, place)} IS NOT NULL THEN 1::smallint END"
