"""The tables in which a plan is worked out, laid down: where ids lead, and the rows that are not plainly in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core.application import imprint
from practice_guard.core.database import Query, piece, statement
from practice_guard.core.restore import absent
from practice_guard.core.restore.plans import Destination
from practice_guard.core.restore.sheets import STAND_IN, Sheet


@dataclass(frozen=True, slots=True)
class Goal:
    """Where an id of a list leads, whether what hangs on it is meant, the code of its league, and since when it is."""

    list: int
    old: int
    to: Destination
    meant: bool
    league: str | None
    made: int = 0


def goals(found: Sequence[Goal]) -> Query:
    """Return the query of where the teams, or the leagues, of all lists lead."""
    return Query(statement(__name__, "goals"), _values(found))


def goals_besides(found: Sequence[tuple[str, Goal]]) -> Query:
    """Return the query of where the rows of other parents of all lists lead, each with its parent's name before it."""
    values = {"parents": [parent for parent, _ in found], **_values([goal for _, goal in found])}
    return Query(statement(__name__, "goals_besides"), values)


def _values(found: Sequence[Goal]) -> dict[str, object]:
    return {
        "lists": [each.list for each in found],
        "olds": [each.old for each in found],
        "ids": [each.to.id for each in found],
        "evidence": [None if each.to.evidence is None else str(each.to.evidence) for each in found],
        "fates": [None if each.to.fate is None else str(each.to.fate) for each in found],
        "given_up": [each.to.given_up for each in found],
        "meant": [each.meant for each in found],
        "leagues": [each.league for each in found],
        "made": [each.made for each in found],
    }


def emptied(sheet: Sheet, moment: int | None) -> Query:
    """Ask whether not one row of the snapshot is left where it was; `moment` is when the table had its old files."""
    older = "false" if moment is None else imprint.none_older(sheet.bound.table, moment)
    parts = {**sheet.parts, "none_older": older}
    same = "{created} IS NOT DISTINCT FROM {live_created}" if sheet.bound.created else "{alike}"
    return Query(statement(__name__, "emptied", **parts, same_key=sheet.same_key, same_row=same.format(**parts)))


def rest(sheet: Sheet, lists: Sequence[str]) -> Query:
    """Return the query of the rows that are not plainly in place, on either side."""
    places = sheet.places
    refs = [sheet.bound.id_of(each.column, "l") for each in sheet.references]
    parts = {
        **sheet.parts,
        "same_key": sheet.same_key,
        "there": sheet.there(0),
        "old0": sheet.old(0),
        "goal_ids": ", ".join(
            f"CASE WHEN {sheet.old(place)} IS NOT NULL THEN g{place}.id END AS guard_goal{place or ''}"
            for place in places
        ),
        "nothing": ", ".join(f"NULL::{type_}" for type_ in sheet.live_columns.values()),
        "same_refs": " AND ".join(
            f"({sheet.old(place)} IS NULL OR {number} IS NOT DISTINCT FROM t.guard_goal{place})"
            if sheet.references[place].parent is not None and place
            else f"{number} IS NOT DISTINCT FROM t.guard_goal{place or ''}"
            for place, number in enumerate(refs)
        ),
    }
    parts |= {"plainly": "false", "plain_joins": "", "besides": ""}
    if sheet.bare:
        parts["plainly"], parts["plain_joins"] = absent.plainly(sheet)
        parts["besides"] = piece(__name__, "put_back", **parts)
    elif sheet.sparse:
        parts["besides"] = piece(__name__, "in_place", **parts)
    return Query(statement(__name__, "rest", **parts), {"lists": list(lists)})


def destinations(sheet: Sheet) -> Query:
    """Return the query of where the rows of a planned set will be, for those that hang on them."""
    plan = sheet.scratch.table(f"plan_{sheet.name}")
    parts = {**sheet.parts, "plan": plan, "stand_in": f"({STAND_IN})", "teams": sheet.scratch.table("teams")}
    standing = "" if sheet.freed else piece(__name__, "standing", **parts)
    return Query(statement(__name__, "dest", **parts, standing=standing))
