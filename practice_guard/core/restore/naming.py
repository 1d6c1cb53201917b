"""Rows named as people know them: their team, what they say of themselves, and their primary key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from practice_guard.core.database import Query, Row, ask_each, columns, literal, statement
from practice_guard.core.model import Team, Text
from practice_guard.core.restore import summing
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import Workings

MOST = 3
"""Rows that are named of each kind."""


class Kind(Text):
    """A kind of rows: of the snapshot, by what the plan says of them, or of the table, beside those."""

    LOST = "lost"
    ADRIFT = "adrift"
    WRONG_TEAM = "wrong_team"
    PENDING = "pending"
    REFUSED = "refused"
    DELETED = "deleted"
    MOVED = "moved"
    EDITED = "edited"
    ORPHANED = "orphaned"
    DUPLICATED = "duplicated"
    ADDED = "added"


_OF_PLAN: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.LOST: "p.bucket = 'insert'",
        Kind.ADRIFT: "p.bucket = 'relink' AND NOT p.was_wrong",
        Kind.WRONG_TEAM: "p.was_wrong",
        Kind.PENDING: "p.bucket = 'pending' AND p.reason IS DISTINCT FROM 'refused'",
        Kind.REFUSED: "p.bucket = 'pending' AND p.reason = 'refused'",
        Kind.DELETED: "p.bucket = 'deleted'",
        Kind.MOVED: "p.moved",
        Kind.EDITED: "p.bucket = 'edited' AND NOT p.moved AND p.fate IS DISTINCT FROM 'missing'",
    }
)
_OF_TABLE: Mapping[Kind, str] = MappingProxyType({Kind.ORPHANED: "NOT l.there", Kind.ADDED: "l.there"})


def named(workings: Workings, asked: Sequence[tuple[str, Kind]]) -> list[tuple[str, ...]]:
    """Name the first few rows of each set and kind asked for: `Tennaqua - 22 (…): …, 2026-01-05, 19:00:00 (…)`."""
    answers = ask_each(workings.scratch, [_query(workings.sheets[name], kind) for name, kind in asked])
    here = {team.id: team for team in workings.app.now.teams}
    return [
        tuple(_named(workings, workings.sheets[name], kind, row, here) for row in rows)
        for (name, kind), rows in zip(asked, answers, strict=True)
    ]


def named_of_teams(workings: Workings, teams: Sequence[int]) -> dict[int, list[str]]:
    """Name the first few rows of each set and of each of some teams of the snapshot's own list, by the team's id."""
    sheets, number = list(workings.sheets.values()), workings.snapshot.lists.index(workings.plan.snapshot) + 1
    asked = {"list": number, "teams": list(teams)}
    answers = ask_each(workings.scratch, [_query_of_teams(sheet, asked) for sheet in sheets])
    found: dict[int, list[str]] = {team: [] for team in teams}
    for sheet, rows in zip(sheets, answers, strict=True):
        for row in rows:
            found[row[1]].append(_named(workings, sheet, Kind.PENDING, row, {}))
    return found


def _query_of_teams(sheet: Sheet, asked: Mapping[str, object]) -> Query:
    parts = {**summing.pieces(sheet), "most": str(MOST), "words": _words(sheet)}
    return Query(statement(__name__, "of_teams", **parts), asked)


def _query(sheet: Sheet, kind: Kind) -> Query:
    parts = {**summing.pieces(sheet), "most": str(MOST), "words": _words(sheet)}
    if kind in _OF_PLAN:
        return Query(statement(__name__, "of_plan", **parts, asked=_OF_PLAN[kind]))
    if kind is Kind.DUPLICATED:
        doubles = summing.doubles(sheet)
        return Query(statement(__name__, "doubled", **parts, doubles=doubles))
    return Query(statement(__name__, "of_table", **parts, asked=_OF_TABLE[kind]))


def _words(sheet: Sheet) -> str:
    """Return SQL that says what a row says of itself; nothing where only its primary key says which it is."""
    own = "" if sheet.key_only or not sheet.bound.set.content else columns(sheet.content, of="t", cast="::text")
    return f"pg_catalog.concat_ws(', ', {own})" if own else literal("")


def _named(workings: Workings, sheet: Sheet, kind: Kind, row: Row, teams: Mapping[int, Team]) -> str:
    team_list, team, live, key, words = row
    match = workings.plan.match_of((workings.snapshot.lists[team_list - 1], team)) if team_list else None
    here = teams.get(live) if sheet.of_teams else None
    own = str(match.old.identity) if match else "" if kind in _OF_PLAN or here is None else str(here.identity)
    now = f", now on {here.identity}" if kind in (Kind.MOVED, Kind.WRONG_TEAM) and here else ""
    place = f"{sheet.bound.table.name} {sheet.bound.key.name} {key}"
    said = ": ".join(part for part in (own, words) if part)
    return f"{said} ({place}){now}" if said else f"{place}{now}"
