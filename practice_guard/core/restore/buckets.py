"""What is to become of each row of the snapshot that is not in place to the letter, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core.application import LEAGUES, TEAMS, numbers
from practice_guard.core.database import Query, identifier, literal, piece, statement
from practice_guard.core.guarding import Request
from practice_guard.core.records import Proof, Proven, precedents
from practice_guard.core.restore.sheets import Sheet

_KEY_ONLY = "its primary key is taken, and nothing else says which row it is"
_NO_OTHER = "its primary key is taken, and its table makes no other"


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides beside the rows themselves.

    Attributes:
        request: what is asked.
        proven: in which states since which no import ran rows were in place.
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
    proven, proofs = _proofs(sheet, terms.proven.of(sheet.bound, gone=sheet.gone))
    chosen, _ = _proofs(sheet, terms.proven.of_choices(sheet.bound, gone=sheet.gone))
    pieces: dict[str, str] = {
        **sheet.parts,
        **_by_reference(sheet),
        "rest": table(f"rest_{name}"),
        "pairs": table(f"pairs_{name}"),
        "table_key": f"t.{sheet.parts['key']}::{sheet.key_type}",
        "bound_to_key": _sql(sheet.key_only or not sheet.bound.key.has_default),
        "key_taken": literal(_KEY_ONLY if sheet.key_only else _NO_OTHER),
        "must_hang": _sql(not sheet.bound.may_hang_on_nothing),
        "include_deleted": _sql(terms.request.include_deleted),
        **_words(sheet),
        "proven": proven,
        "chosen": chosen,
        "untold": _sql(not terms.proven.since_snapshot.known and not terms.proven.since_snapshot.watched),
        **_scope(sheet, terms.request),
    }
    standing = statement(__name__, "standing_keys", **pieces)
    spelled = sheet.references[0].column in sheet.bound.spelled
    first = numbers.of_text(precedents.FIRST) if spelled else f"{precedents.FIRST}::bigint"
    asked = precedents.last_put(sheet.app.catalog.schema, name, standing, terms.since, first)
    pieces["put"] = asked.text
    blocked, joined = _blocked(sheet)
    outside = [piece(__name__, "other_rows", **sheet.parts, of_table=_as_now(sheet))] if sheet.narrowed else []
    pieces["outside"] = "ot.row IS NOT NULL" if outside else "false"
    joins = (*pieces["joins"].splitlines(), *proofs, *joined, *outside)
    pieces["blocked"], pieces["joins"] = blocked, "\n".join(joins)
    pieces |= _must_have(sheet)
    pieces["looked_at"] = statement(__name__, "looked_at", **pieces)
    pieces["decided"] = statement(__name__, "decided", **pieces)
    pieces["numbered"] = statement(__name__, "numbered", **pieces)
    pieces["placed"] = statement(__name__, "placed", **pieces)
    return Query(statement(__name__, "plan", **pieces), {**asked.parameters, "lists": list(terms.lists)})


def _by_reference(sheet: Sheet) -> dict[str, str]:
    goals = (piece(__name__, "goal", goals=sheet.goals(place), place=str(place)) for place in sheet.places)
    there = [piece(__name__, "standing", there=sheet.there(place), place=str(place)) for place in sheet.places if place]
    if _says_league(sheet):
        teams = sheet.app.catalog.table("teams").quoted
        there += [piece(__name__, "league_of_team", teams=teams, alias=alias, team=team) for alias, team in _STANDS]
    lost = [f"NOT known{place}" for place in sheet.places if place and not sheet.nullable(place)]
    along = [f"deleted{place}" for place in sheet.places if not place or not sheet.nullable(place)]
    # The league that a row says is right by its team or is put right.
    chosen = [each for each in sheet.places if each and not _is_inward(sheet, each) and not _is_league(sheet, each)]
    within = [each for each in sheet.places if each and _is_inward(sheet, each)]
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
        "own_leagues": ", ".join(
            f"{alias}.league_id AS {alias}" if _says_league(sheet) else f"NULL::bigint AS {alias}"
            for alias, _ in _STANDS
        ),
        "overwritten": " OR ".join(
            f"(w.b{place} IS NOT NULL AND NOT w.gone{place} AND w.a{place} IS DISTINCT FROM w.b{place})"
            for place in sheet.places
            if place and not _is_inward(sheet, place)
        )
        or "false",
        "elsewhere": _elsewhere([*chosen, *within]),
        "elsewhere_out": _elsewhere(chosen),
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
        there = f"CASE WHEN code IN (10, 12, 13, 15, 16) THEN b0 WHEN code = 11 THEN {stolen} ELSE id0 END"
        return f"CASE WHEN lkey IS NOT NULL THEN {there} ELSE id0 END AS a0"
    parts = {"place": str(place), "nullable": _sql(sheet.nullable(place))}
    if not _is_inward(sheet, place):
        # A league is right by the row's team or it is not; another team a user may have chosen.
        stays = piece(__name__, "is_right", place=str(place)) if _is_league(sheet, place) else "chosen"
        waits = "false" if _apart(sheet, place) else "NOT known0"
        there = piece(__name__, "after_outward", **parts, stays=stays, waits=waits)
    else:
        there = piece(__name__, "after_inward", **parts)
    return f"CASE WHEN lkey IS NOT NULL THEN {there} WHEN known{place} THEN id{place} END AS a{place}"


_STANDS = (("league_there", "l.ref0"), ("league_to_be", "g0.id"))
"""What the league of the team is called on which a row stands, or will, and what that team's id is."""


def _elsewhere(places: Sequence[int]) -> str:
    return " OR ".join(piece(__name__, "elsewhere", place=str(place)) for place in places) or "false"


def _is_inward(sheet: Sheet, place: int) -> bool:
    """Whether a reference is to a row of another protected set."""
    return sheet.references[place].parent is not None


def _apart(sheet: Sheet, place: int) -> bool:
    """Whether a reference says nothing of where its row belongs: a club's or a player's, beside what decides that."""
    return sheet.parent is None and str(sheet.references[place].target) not in (TEAMS.name, LEAGUES.name)


def _is_league(sheet: Sheet, place: int) -> bool:
    return sheet.of_teams and sheet.references[place].target == LEAGUES


def _says_league(sheet: Sheet) -> bool:
    """Whether the rows of a set say the league of the team that they hang on."""
    return any(_is_league(sheet, place) for place in sheet.places if place)


def _words(sheet: Sheet) -> dict[str, str]:
    thing = sheet.hangs_on
    return {
        "was_deleted": literal(f"its {thing} was deleted by a user; it is left as it is"),
        "on_stolen": literal(f"hangs on a {thing} that was given its old {thing}'s id"),
        "put_elsewhere": literal(f"its {thing} is not known; somebody has put it on another one"),
        "moved": literal(f"was moved to another {thing} by a user and is left there"),
        "found_one": literal(f"hung on no {thing} when it was backed up, and is left where somebody has put it"),
    }


def _proofs(sheet: Sheet, proof: Proof) -> tuple[str, list[str]]:
    """Which rows are proven to have been in place where no import ran since, and what has to be joined to know.

    A row whose team is not known, or was made anew since, is proven by nothing, however few teams that happened to.
    """
    kinds, more = [], []
    named = {"set": literal(sheet.name), "waited": sheet.scratch.table("waited")}
    if proof.since_snapshot is not None:
        kept = "g0.fate = 'kept' AND coalesce(g0.made, 0) = 0"
        kinds.append(f"(NOT k.carried{_standing(sheet, kept)}{_outside(proof.since_snapshot)})")
    if proof.since_restore is not None:
        known = "g0.fate IN ('kept', 'renumbered') AND coalesce(g0.made, 0) < 2"
        kinds.append(f"(w.row IS NULL{_standing(sheet, known)}{_outside(proof.since_restore)})")
        more.append(piece(__name__, "waited", **named))
    if not kinds:
        return "false", []
    more.append(piece(__name__, "taken_back", taken_back=sheet.scratch.table("taken_back"), **named))
    return f"(({' OR '.join(kinds)}) AND tb.key IS NULL)", more


def _standing(sheet: Sheet, stood: str) -> str:
    """Return the condition that what a row hung on stood all the time, where rows may vanish with it."""
    return f" AND (k.old0 IS NULL OR coalesce({stood}, false))" if sheet.bound.may_vanish else ""


def _outside(leagues: frozenset[str]) -> str:
    """Return the condition that a row is of none of these leagues; what is of none may be of each."""
    if not leagues:
        return ""
    return " AND " + piece(__name__, "outside", leagues=", ".join(literal(code) for code in sorted(leagues)))


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
    if not sheet.outward_keys:
        return "NULL::text", [piece(__name__, "kept", rows=sheet.parts["rows"])] if _wanting(sheet) else []
    names, joins = [], [piece(__name__, "kept", rows=sheet.parts["rows"])]
    for number, key in enumerate(sheet.outward_keys):
        parts = {"column": key.column, "number": str(number), "name": literal(key.name)}
        names.append(piece(__name__, "blocked", **parts))
        joins.append(key.joined("s", f"f{number}"))
    return f"coalesce({', '.join(reversed(names))})", joins


def _wanting(sheet: Sheet) -> list[str]:
    """Return the columns besides references that must have a value now."""
    return [each.name for each in sheet.plain if each.not_null]


def _must_have(sheet: Sheet) -> dict[str, str]:
    """Which column a row that is put back has no value for, where there must be one now."""
    table, now = sheet.bound.table.name, sheet.bound.table.columns
    kept = [
        piece(__name__, "lacking", value=f"s.{identifier(name)}", name=literal(f"{table}.{name}"))
        for name in _wanting(sheet)
    ]
    pointing = [
        piece(__name__, "lacking", value=f"z.a{place}", name=literal(f"{table}.{each.column}"))
        for place, each in enumerate(sheet.references)
        if now[each.column].not_null
    ]
    return {
        "lacking": f"CASE WHEN s.guard_row IS NOT NULL THEN coalesce({', '.join(kept)}) END" if kept else "NULL::text",
        "lacks": f"coalesce({', '.join([*pointing, 'z.lacking'])})",
    }


def _as_now(sheet: Sheet) -> str:
    """Return the columns of the table as a kept row has them, for a condition that its snapshot did not know."""
    kept = sheet.stored.types
    return ", ".join(
        f"t.{identifier(name)}::text::{column.type} AS {identifier(name)}"
        if name in kept
        else f"NULL::{column.type} AS {identifier(name)}"
        for name, column in sheet.bound.table.columns.items()
    )


def _sql(flag: bool) -> str:
    return "true" if flag else "false"
