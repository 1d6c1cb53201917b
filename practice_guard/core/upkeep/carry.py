"""What a new snapshot takes over from the one before: rows that wait, and what they hang on."""

from __future__ import annotations

from practice_guard.core.database import Query, ask_each, identifier, literal, piece, statement
from practice_guard.core.restore import Sheet, Workings
from practice_guard.core.snapshots import Carry


def carries(workings: Workings, name: str, *, lossy: bool) -> dict[str, Carry]:
    """Find what the next snapshot takes over: rows that wait, and ids that only an older team list explains.

    Args:
        workings: the plan of the last snapshot, of all of it, with its tables.
        name: the id of the next one.
        lossy: see `Carry`.

    Returns:
        by set what is taken over; the tables must be there when it is.
    """
    new, sheets = literal(name), workings.sheets
    parts = {"lists": list(workings.snapshot.lists)}
    asked = {set_: (_waiting(workings, sheet, new), _anchored(workings, sheet, new)) for set_, sheet in sheets.items()}
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
    origins = [_origin(sheet, place, "true") for place in sheet.places]
    origins += [_unknown(sheet, column) for column in sheet.unknown]
    parts = {**_parts(workings, sheet, new), "origins": ", ".join(origins)}
    return statement(__name__, "waiting", **parts, emptied=_emptied(sheet))


def _emptied(sheet: Sheet) -> str:
    """Say of which rows in their table none is in the next snapshot: users who point at nothing while they wait."""
    if not sheet.bound.only_pointed or not sheet.bound.set.condition:
        return "false"
    names = ("table", "key", "key_type", "condition")
    return piece(__name__, "emptied", **{name: sheet.parts[name] for name in names})


def _anchored(workings: Workings, sheet: Sheet, new: str) -> str:
    open_end = "p.bucket IN ('pending', 'given_up')"
    unexplained = []
    for place in sheet.places:
        named = f"({_list(sheet, place)}, {_id(sheet, place)}) IS DISTINCT FROM ({new}, p.a{place})"
        unexplained.append(_origin(sheet, place, f"({open_end} OR {place} = ANY (p.unresolved)) AND {named}"))
    return statement(__name__, "anchored", **_parts(workings, sheet, new), unexplained=", ".join(unexplained))


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
        if reference.parent is not None and reference.parent in workings.sheets
    ]
    plan = workings.scratch.table(f"plan_{sheet.name}")
    return {"rows": sheet.parts["rows"], "plan": plan, "names": "\n".join(follows)}


def _names(workings: Workings, name: str, new: str) -> str:
    """Return the query of what the rows of a set are called in the next snapshot."""
    sheet = workings.sheets[name]
    above, first = "", "(%(lists)s::text[])[p.list]"
    if sheet.parent is not None and sheet.parent in workings.sheets:
        names = _names(workings, sheet.parent, new)
        above = f"\n          LEFT JOIN (\n{names}\n               ) AS f ON f.list = p.list AND f.old = p.old"
        first = f"coalesce(f.new_list, {first})"
    plan = workings.scratch.table(f"plan_{sheet.name}")
    return statement(__name__, "names", plan=plan, new=new, first=first, above=above)


def _origin(sheet: Sheet, place: int, asked: str) -> str:
    list_, id_ = _list(sheet, place), _id(sheet, place)
    column = literal(sheet.references[place].column)
    return piece(
        __name__, "origin", column=column, asked=f"{sheet.old(place)} IS NOT NULL AND {asked}", list=list_, id=id_
    )


def _unknown(sheet: Sheet, column: str) -> str:
    """Say of an id in a column that was no reference yet that it is of a list which knows nothing of it."""
    given, own = f"t.{identifier(column)}", "(%(lists)s::text[])[1]"
    return piece(
        __name__, "origin", column=literal(column), asked=f"{given} IS NOT NULL", list=own, id=sheet.kept_id(column)
    )


def _list(sheet: Sheet, place: int) -> str:
    return f"coalesce(n{place}.new_list, {_named(sheet, place)})" if _follows(sheet, place) else _named(sheet, place)


def _id(sheet: Sheet, place: int) -> str:
    return f"coalesce(n{place}.new_id, {sheet.old(place)})" if _follows(sheet, place) else sheet.old(place)


def _follows(sheet: Sheet, place: int) -> bool:
    return sheet.references[place].parent is not None and sheet.followed(place)


def _named(sheet: Sheet, place: int) -> str:
    return f"(%(lists)s::text[])[{sheet.list(place)}]"
