"""What is to become of each row of the snapshot that is not in place to the letter, in one query."""

from __future__ import annotations

from dataclasses import dataclass

from practice_guard.core.database import Query, literal, piece, statement
from practice_guard.core.guarding import Request
from practice_guard.core.records import Proven, precedents
from practice_guard.core.restore.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides beside the rows themselves.

    Attributes:
        request: what is asked.
        proven: which rows were in place in a state since which no import ran.
        since: what restores since then have put where counts.
        lists: the snapshot's team lists, its own first.
    """

    request: Request
    proven: Proven
    since: object
    lists: tuple[str, ...]


def query(sheet: Sheet, terms: Terms) -> Query:
    """Return the query of a set's plan, once its rows are paired."""
    table, name = sheet.scratch.table, sheet.name
    proven, proofs = _proofs(sheet, terms.proven)
    pieces: dict[str, str] = {
        **sheet.parts,
        **_by_reference(sheet),
        "rest": table(f"rest_{name}"),
        "pairs": table(f"pairs_{name}"),
        "table_key": f"t.{sheet.parts['key']}::{sheet.key_type}",
        "key_only": _sql(sheet.key_only),
        "include_deleted": _sql(terms.request.include_deleted),
        "stays_deleted": "false" if sheet.may_vanish else "NOT carried",
        **_words(sheet),
        "proven": proven,
        **_scope(sheet, terms.request),
    }
    asked = precedents.last_put(name, statement(__name__, "standing_keys", **pieces), terms.since)
    pieces["put"] = asked.text
    blocked, joined = _blocked(sheet)
    pieces["blocked"], pieces["joins"] = blocked, "\n".join((*pieces["joins"].splitlines(), *proofs, *joined))
    pieces["looked_at"] = statement(__name__, "looked_at", **pieces)
    pieces["decided"] = statement(__name__, "decided", **pieces)
    pieces["numbered"] = statement(__name__, "numbered", **pieces)
    pieces["placed"] = statement(__name__, "placed", **pieces)
    return Query(statement(__name__, "plan", **pieces), {**asked.parameters, "lists": list(terms.lists)})


def _by_reference(sheet: Sheet) -> dict[str, str]:
    goals = (piece(__name__, "goal", goals=sheet.goals(place), place=str(place)) for place in sheet.places)
    there = (piece(__name__, "standing", there=sheet.there(place), place=str(place)) for place in sheet.places if place)
    lost = [f"NOT known{place}" for place in sheet.places if place and not sheet.nullable(place)]
    along = [f"deleted{place}" for place in sheet.places if not place or not sheet.nullable(place)]
    unresolved = sheet.each("CASE WHEN NOT w.known# THEN # END", start=1)
    return {
        "joins": "\n".join((*goals, *there)),
        "ids": sheet.each("CASE WHEN k.old# IS NOT NULL THEN g#.id END AS id#"),
        "id0": "CASE WHEN k.old0 IS NOT NULL THEN g0.id END",
        "knowns": sheet.each("(k.old# IS NULL OR coalesce(g#.fate IN ('kept', 'renumbered'), false)) AS known#"),
        "deleteds": sheet.each("coalesce(k.old# IS NOT NULL AND g#.deleted, false) AS deleted#"),
        "befores": sheet.each("l.ref# AS b#"),
        "gones": ", ".join(
            ["l.ref0 IS NOT NULL AND NOT l.there AS gone0"]
            + [f"l.ref{place} IS NOT NULL AND v{place}.id IS NULL AS gone{place}" for place in sheet.places if place]
        ),
        "oldrefs": sheet.each("k.old# AS old#", start=1) or "NULL AS no_others",
        "went_along": " OR ".join(along),
        "lost": " OR ".join(lost) or "false",
        "afters": ", ".join(_after(sheet, place) for place in sheet.places),
        "before_list": sheet.each("z.b#"),
        "after_list": sheet.each("z.a#"),
        "befores_of": sheet.each("w.b#"),
        "after_values": sheet.each("CASE WHEN w.lkey IS NOT NULL OR w.bucket = 'insert' THEN w.a# END"),
        "unresolved": f"array_remove(ARRAY[{unresolved}]::smallint[], NULL)",
    }


def _after(sheet: Sheet, place: int) -> str:
    if place == 0:
        stolen = "CASE WHEN stolen THEN NULL ELSE b0 END" if sheet.nullable(0) else "b0"
        there = f"CASE WHEN code IN (10, 12, 13) THEN b0 WHEN code = 11 THEN {stolen} ELSE id0 END"
        return f"CASE WHEN lkey IS NOT NULL THEN {there} ELSE id0 END AS a0"
    there = piece(__name__, "after_secondary", place=str(place), nullable=_sql(sheet.nullable(place)))
    return f"CASE WHEN lkey IS NOT NULL THEN {there} WHEN known{place} THEN id{place} END AS a{place}"


def _words(sheet: Sheet) -> dict[str, str]:
    thing = sheet.hangs_on
    return {
        "was_deleted": literal(f"its {thing} was deleted by a user; it is left as it is"),
        "on_stolen": literal(f"hangs on a {thing} that was given its old {thing}'s id"),
        "put_elsewhere": literal(f"its {thing} is not known; somebody has put it on another one"),
        "moved": literal(f"was moved to another {thing} by a user and is left there"),
    }


def _proofs(sheet: Sheet, proven: Proven) -> tuple[str, list[str]]:
    """Which rows are proven to have been in place, and what has to be joined to know."""
    kinds, more = [], []
    named = {"set": literal(sheet.name), "waited": sheet.scratch.table("waited")}
    if proven.since_snapshot:
        kinds.append("NOT k.carried")
    if proven.since_restore:
        kinds.append("w.row IS NULL")
        more.append(piece(__name__, "waited", **named))
    if not kinds:
        return "false", []
    more.append(piece(__name__, "taken_back", taken_back=sheet.scratch.table("taken_back"), **named))
    return f"(({' OR '.join(kinds)}) AND tb.key IS NULL)", more


def _scope(sheet: Sheet, request: Request) -> dict[str, str]:
    """Which team a row is of, and whether it is meant."""
    of_teams, of_row = sheet.of_teams, sheet.parent is not None
    own = (
        ("w.list0", "w.old0")
        if of_teams
        else ("w.team_list", "w.team")
        if of_row
        else ("NULL::smallint", "NULL::bigint")
    )
    found = {"team_list": own[0], "team": own[1], "meant": "true", "scope_join": ""}
    if request.scope.protected and sheet.name not in request.scope.protected:
        return {**found, "meant": "false"}
    if request.scope.leagues or request.scope.teams:
        teams = sheet.scratch.table("teams")
        join = piece(__name__, "in_scope", teams=teams, team_list=own[0], team=own[1])
        return {**found, "meant": "coalesce(tm.meant, false)", "scope_join": join}
    return found


def _blocked(sheet: Sheet) -> tuple[str, list[str]]:
    """Which rows a foreign key besides the set's own would not let in: a message of a user who is gone."""
    if not sheet.other_keys:
        return "NULL::text", []
    names, joins = [], [piece(__name__, "kept", rows=sheet.parts["rows"])]
    for number, key in enumerate(sheet.other_keys):
        parts = {"column": key.column, "number": str(number), "name": literal(key.name)}
        names.append(piece(__name__, "blocked", **parts))
        joins.append(key.joined("s", f"f{number}"))
    return f"coalesce({', '.join(reversed(names))})", joins


def _sql(flag: bool) -> str:
    return "true" if flag else "false"
