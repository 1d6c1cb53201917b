"""What a new snapshot takes over from the one before: rows that wait, and what they hang on."""

from __future__ import annotations

from practice_guard.core.database import Query, ask_each, literal, piece, statement
from practice_guard.core.restore import Sheet, Workings
from practice_guard.core.snapshots import Carry

_NOTHING = "SELECT NULL::text AS key, NULL::jsonb AS origins WHERE false"


def carries(workings: Workings, name: str, *, lossy: bool) -> dict[str, Carry]:
    """Find what the next snapshot takes over: rows that wait, and ids that only an older team list explains.

    Args:
        workings: the plan of the last snapshot, of all of it, with its tables.
        name: the id of the next one.
        lossy: see `Carry`.

    Returns:
        by set, the ETL's own rows among them, what is taken over; the tables must be there when it is.
    """
    new, sheets = literal(name), workings.sheets
    parts = {"lists": list(workings.snapshot.lists)}
    asked = {set_: (_waiting(workings, sheet, new), _anchored(workings, sheet, new)) for set_, sheet in sheets.items()}
    asked |= {set_: (_needed(workings, sheet), _NOTHING) for set_, sheet in workings.companions.items()}
    measures = [
        Query(statement(__name__, "measure", rows=rows, anchors=anchors), parts) for rows, anchors in asked.values()
    ]
    found: dict[str, Carry] = {}
    answers = ask_each(workings.scratch, measures)
    for (set_, (rows, anchors)), ((carried, anchored, lists),) in zip(asked.items(), answers, strict=True):
        found[set_] = Carry(
            workings.scratch.whole(Query(rows, parts)) if carried else None,
            workings.scratch.whole(Query(anchors, parts)) if anchored else None,
            carried,
            frozenset(lists),
            lossy,
        )
    return found


def _waiting(workings: Workings, sheet: Sheet, new: str) -> str:
    origins = (_origin(sheet, place, "true") for place in sheet.places)
    return statement(__name__, "waiting", **_parts(workings, sheet, new), origins=", ".join(origins))


def _anchored(workings: Workings, sheet: Sheet, new: str) -> str:
    open_end = "p.bucket IN ('pending', 'given_up')"
    unexplained = []
    for place in sheet.places:
        named = f"({_list(sheet, place)}, {_id(sheet, place)}) IS DISTINCT FROM ({new}, p.a{place})"
        unexplained.append(_origin(sheet, place, f"({open_end} OR {place} = ANY (p.unresolved)) AND {named}"))
    return statement(__name__, "anchored", **_parts(workings, sheet, new), unexplained=", ".join(unexplained))


def _needed(workings: Workings, companion: Sheet) -> str:
    pointing = [
        statement(
            __name__,
            "pointing",
            **_parts(workings, sheet, ""),
            place=str(place),
            list=sheet.list(place),
            old=sheet.old(place),
        )
        for sheet in workings.sheets.values()
        for place, reference in enumerate(sheet.references)
        if reference.parent == companion.name
    ]
    origins = ", ".join(_origin(companion, place, "true", follow=False) for place in companion.places)
    parts = _parts(workings, companion, "")
    return statement(__name__, "needed", **parts, origins=origins, pointing="\n UNION ALL\n".join(pointing))


def _parts(workings: Workings, sheet: Sheet, new: str) -> dict[str, str]:
    follows = [
        piece(
            __name__,
            "follows",
            names=_names(workings, reference.parent, new),
            place=str(place),
            list=sheet.list(place),
            old=sheet.old(place),
        )
        for place, reference in enumerate(sheet.references)
        if new and reference.parent is not None and _sheet(workings, reference.parent)
    ]
    plan = workings.scratch.table(f"plan_{sheet.name}")
    return {"rows": sheet.parts["rows"], "plan": plan, "names": "\n".join(follows)}


def _sheet(workings: Workings, name: str) -> Sheet | None:
    return workings.sheets.get(name) or workings.companions.get(name)


def _names(workings: Workings, name: str, new: str) -> str:
    """Return the query of what the rows of a set are called in the next snapshot; companions are all carried on."""
    sheet = _sheet(workings, name)
    if sheet is None:
        raise KeyError(name)
    above, first = "", "(%(lists)s::text[])[p.list]"
    if sheet.parent is not None and _sheet(workings, sheet.parent):
        names = _names(workings, sheet.parent, new)
        above = f"\n          LEFT JOIN (\n{names}\n               ) AS f ON f.list = p.list AND f.old = p.old"
        first = f"coalesce(f.new_list, {first})"
    there = "false" if sheet.bound.set.companion else "p.live_key IS NOT NULL"
    plan = workings.scratch.table(f"plan_{sheet.name}")
    return statement(__name__, "names", plan=plan, there=there, new=new, first=first, above=above)


def _origin(sheet: Sheet, place: int, asked: str, *, follow: bool = True) -> str:
    list_, id_ = (_list(sheet, place), _id(sheet, place)) if follow else (_named(sheet, place), sheet.old(place))
    column = literal(sheet.references[place].column)
    return piece(
        __name__, "origin", column=column, asked=f"{sheet.old(place)} IS NOT NULL AND {asked}", list=list_, id=id_
    )


def _list(sheet: Sheet, place: int) -> str:
    return f"coalesce(n{place}.new_list, {_named(sheet, place)})" if _follows(sheet, place) else _named(sheet, place)


def _id(sheet: Sheet, place: int) -> str:
    return f"coalesce(n{place}.new_id, {sheet.old(place)})" if _follows(sheet, place) else sheet.old(place)


def _follows(sheet: Sheet, place: int) -> bool:
    return sheet.references[place].parent is not None and sheet.followed(place)


def _named(sheet: Sheet, place: int) -> str:
    return f"(%(lists)s::text[])[{sheet.list(place)}]"
