"""Where references besides the first lead, of rows that are in the table."""

from __future__ import annotations

from tests.oracle.plans import Destination, Kept, Live
from tests.oracle.rules import Rules


def is_elsewhere(row: Kept, live: Live, goals: tuple[Destination, ...], rules: Rules, place: int) -> bool:
    """Whether a person has pointed a row at something else: the league that it says of its team is never a choice."""
    now, goal = live.refs[place], goals[place]
    chosen = row.refs[place] is not None and goal.known and place not in rules.league
    return chosen and now is not None and now in rules.valid[place] and now != goal.id


def is_overwritten(live: Live, rules: Rules, place: int) -> bool:
    """Whether a reference to a team or league points at one that is there, so that another one is a wrong one."""
    return place in rules.outward and live.refs[place] is not None and live.refs[place] in rules.valid[place]


def _outward(
    row: Kept, live: Live, goals: tuple[Destination, ...], rules: Rules, place: int, team: int | None
) -> int | None:
    """Where a reference to a team or league goes: back, unless a person, or an import rightly, has set it."""
    old, now, goal = row.refs[place], live.refs[place], goals[place]
    wanted = goal.id if goal.known else None
    if not goals[0].known or now == wanted:
        return now
    standing = now is not None and now in rules.valid[place] and not (old is not None and now == old[1])
    if standing and (rules.league_of.get(team) == now if place in rules.league else row.row in rules.chosen):
        return now
    if now is None:
        return wanted
    return wanted if wanted is not None or rules.nullable[place] else now


def secondary(
    row: Kept, live: Live, goals: tuple[Destination, ...], rules: Rules, place: int, team: int | None
) -> int | None:
    """Where a reference besides the first of a row that is there goes; `team` is the one that it will stand on."""
    if place in rules.outward:
        return _outward(row, live, goals, rules, place, team)
    old, now, goal = row.refs[place], live.refs[place], goals[place]
    if old is None or not goals[0].known or (not goal.known and now == goal.id):
        return now
    gone = now is not None and now not in rules.valid[place]
    if goal.known:
        return goal.id if now is None or gone or now == old[1] else now
    return None if (gone or now == old[1]) and rules.nullable[place] else now
