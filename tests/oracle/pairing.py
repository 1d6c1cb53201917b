"""Which live row is which row of the snapshot, and what is to become of each. Pure: no I/O.

The order of pairing is the design's: the same primary key, content and team; the same content on the resolved team, the
n-th with the n-th; the same primary key (and creation time where the ETL deletes); the same content on a team that is
NULL or gone. A row with another primary key on a valid team is the application's own and is never taken.

Four things the code showed to be needed beside it. Content alone does not say whose a row adrift is (two teams of a
club practise at one time and place, and share a label): it must hang on the row's own old id or be of its creation
time. A live row that by its key is one of the snapshot's is not given to another one for its content. And such a row
comes before equal content where it stands on a team: left alone, one on an id in other hands would stay on that team.
Of rows alike, those that are not there by their key come first, lest one is put back while another is left adrift.

Among rows adrift the strongest evidence chooses, and not the first row: a live row on one team's old id goes to a row
of that team before one of another team that was made at the same second.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from practice_guard.core.model import Fate
from practice_guard.core.restore import Bucket
from tests.oracle import references
from tests.oracle.plans import NOWHERE, Destination, Kept, Live, PlannedRow, SetPlan
from tests.oracle.rules import TEAM, Resolver, Rules

_NUMBER = re.compile(r"-?[0-9]+")


def plan(rows: Sequence[Kept], live: Sequence[Live], rules: Rules, resolve: Resolver) -> SetPlan:
    """Pair the rows of a snapshot with the live ones and put each in its bucket.

    Args:
        rows: the snapshot's rows.
        live: the table's rows that meet the condition or have a primary key of the snapshot's.
        rules: what is known of the set and the database.
        resolve: where old ids lead.

    Returns:
        the plan of the set, with one planned row for each row of the snapshot, in order of their numbers.
    """
    resolve = cache(resolve)  # many rows hang on few teams
    ordered = sorted(rows, key=lambda row: (row.carried, row.row))
    goals = {
        row.row: tuple(NOWHERE if ref is None else resolve(place, ref) for place, ref in enumerate(row.refs))
        for row in ordered
    }
    pairs = _pair(ordered, live, rules, goals)
    used = {each.key for each in live}
    planned: list[PlannedRow] = []
    for row in ordered:
        partner = pairs.get(row.row)
        if partner is not None:
            planned.append(_in_place(row, partner, goals[row.row], rules))
        else:
            planned.append(_absent(row, goals[row.row], rules, used))
    paired = {partner.key for partner in pairs.values()}
    extra = tuple(each for each in live if each.protected and each.key not in paired)
    count = sum(each.protected for each in live)
    return SetPlan(rules.name, tuple(sorted(planned, key=lambda row: row.row)), count, extra)


def _pair(
    rows: Sequence[Kept], live: Sequence[Live], rules: Rules, goals: Mapping[int, tuple[Destination, ...]]
) -> dict[int, Live]:
    free = {each.key: each for each in live}
    pairs: dict[int, Live] = {}

    def take(row: Kept, partner: Live) -> None:
        pairs[row.row] = free.pop(partner.key)

    def waiting() -> list[Kept]:
        return [row for row in rows if row.row not in pairs]

    for row in rows:
        goal, same = goals[row.row][0], free.get(row.key)
        if same and goal.known and (same.content, same.refs[0]) == (row.content, goal.id):
            take(row, same)
    own: dict[int, Live] = {}
    for keys in ({row.row: row.key for row in rows}, rules.renumbered):
        own |= _own([row for row in waiting() if row.row not in own], keys, free, rules, goals, take)
    known = {each.key for each in own.values()}
    strangers = [each for each in free.values() if each.key not in known]
    _pair_on_team(sorted(waiting(), key=lambda row: row.row in own), strangers, goals, take)
    for row in waiting():
        if row.row in own and own[row.row].key in free:
            take(row, own[row.row])
    strangers = [each for each in free.values() if each.key not in known]
    _pair_adrift(sorted(waiting(), key=lambda row: not goals[row.row][0].known), strangers, rules, take)
    return pairs


Take = Callable[[Kept, Live], None]


def _pair_on_team(
    rows: Sequence[Kept], free: Iterable[Live], goals: Mapping[int, tuple[Destination, ...]], take: Take
) -> None:
    """Pair by content with live rows on the resolved team, the n-th with the n-th."""
    on_team: defaultdict[tuple[str, int | None], deque[Live]] = defaultdict(deque)
    for each in sorted(free, key=_order):
        on_team[each.content, each.refs[0]].append(each)
    for row in rows:
        goal = goals[row.row][0]
        if goal.known and on_team[row.content, goal.id]:
            take(row, on_team[row.content, goal.id].popleft())


@dataclass(frozen=True, slots=True)
class _Round:
    """Evidence beside equal content that a live row adrift is a kept one; each round sees what the one before left.

    Attributes:
        old_id: the live row hangs on the id that the kept one's team had.
        created: they are of one time.
        on_none: the live row hangs on no team (True), on a vanished one (False), or on either (None).
    """

    old_id: bool
    created: bool
    on_none: bool | None = None


_ROUNDS = (_Round(True, True), _Round(True, False), _Round(False, True, True), _Round(False, True, False))
"""The strongest first."""

_Alike = tuple[str, int | None, str | None]
"""What is equal in a round: content, the old id where that counts, and the time where that does."""


def _pair_adrift(rows: Sequence[Kept], free: Iterable[Live], rules: Rules, take: Take) -> None:
    """Pair by content with live rows on no team or a vanished one: in rounds, in each the n-th with the n-th."""
    adrift = [each for each in sorted(free, key=_order) if each.protected and each.refs[0] not in rules.valid[0]]
    for round_ in _ROUNDS:
        alike: defaultdict[_Alike, deque[Live]] = defaultdict(deque)
        for each in adrift:
            if (found := _live_alike(each, round_)) is not None:
                alike[found].append(each)
        taken: dict[int, Live] = {}
        for row in rows:
            wanted = _kept_alike(row, round_)
            if wanted is not None and alike[wanted]:
                taken[row.row] = alike[wanted].popleft()
                take(row, taken[row.row])
        rows = [row for row in rows if row.row not in taken]
        keys = {each.key for each in taken.values()}
        adrift = [each for each in adrift if each.key not in keys]


def _live_alike(live: Live, round_: _Round) -> _Alike | None:
    """Return what a kept row must be equal to, to be this one; None where the round is not about such live rows."""
    if round_.on_none not in (None, live.refs[0] is None) or (round_.old_id and live.refs[0] is None):
        return None
    return live.content, live.refs[0] if round_.old_id else None, live.created if round_.created else None


def _kept_alike(row: Kept, round_: _Round) -> _Alike | None:
    """Return what a live row must be equal to, to be this one; None where the round is not about such kept rows.

    One that hung on no team is never found adrift. The id of an older list may have been another team's since. Having
    no time is no evidence by itself.
    """
    if row.refs[0] is None or (row.carried if round_.old_id else row.created is None):
        return None
    return row.content, row.refs[0][1] if round_.old_id else None, row.created if round_.created else None


def _own(
    rows: Sequence[Kept],
    keys: Mapping[int, str],
    free: Mapping[str, Live],
    rules: Rules,
    goals: Mapping[int, tuple[Destination, ...]],
    take: Take,
) -> dict[int, Live]:
    """Find live rows that by their primary keys are kept ones, and take those that stand on a team."""
    own: dict[int, Live] = {}
    for row in rows:
        same = free.get(keys[row.row]) if row.row in keys else None
        if same and _same_row(row, same, goals[row.row][0], rules):
            own[row.row] = same
            if same.refs[0] in rules.valid[0]:
                take(row, same)
    return own


def _same_row(row: Kept, live: Live, goal: Destination, rules: Rules) -> bool:
    """Whether a live row with the primary key of a kept one is that row; an import may have freed the key."""
    if rules.etl_deletes is False and not rules.may_vanish:
        return True
    if row.created is not None and live.created is not None:
        return row.created == live.created
    if not rules.may_vanish:
        stands = goal.known and live.refs[0] in rules.valid[0] and live.refs[0] == goal.id
        return stands or row.content == live.content
    elsewhere = live.refs[0] in rules.valid[0] and live.refs[0] != goal.id
    return row.content == live.content and not (rules.hangs_on != TEAM and elsewhere)


def _is_stolen(row: Kept, live: Live, goal: Destination, rules: Rules) -> bool:
    """Whether a row hangs on an id that was its team's, and is another team's now: its old one, or a restore's."""
    now = live.refs[0]
    if row.refs[0] is None or now not in rules.valid[0] or now == goal.id:
        return False
    return now in (row.refs[0][1], rules.put.get(live.key))


def _order(each: Live) -> tuple[str, int, str]:
    return (each.created or "", int(each.key) if _NUMBER.fullmatch(each.key) else 0, each.key)


def _in_place(row: Kept, live: Live, goals: tuple[Destination, ...], rules: Rules) -> PlannedRow:
    """Plan a row that is in the table: mend what it points at, leave what a user changed."""
    goal, now = goals[0], live.refs[0]
    edited = live.content != row.content or not live.protected
    adrift = now is None or now not in rules.valid[0]
    stolen = _is_stolen(row, live, goal, rules)
    note = "content was changed since and is kept" if edited else ""
    if goal.deleted:
        bucket, first, note = Bucket.EDITED, now, f"its {rules.hangs_on} was deleted by a user; it is left as it is"
    elif not goal.known:
        bucket = Bucket.GIVEN_UP if goal.given_up else Bucket.PENDING
        first = None if stolen and rules.nullable[0] else now
        if stolen:
            note = f"hangs on a {rules.hangs_on} that was given its old {rules.hangs_on}'s id"
        elif not adrift and now != goal.id:
            note = f"its {rules.hangs_on} is not known; somebody has put it on another one"
    elif now == goal.id or (row.refs[0] is None and adrift):
        bucket, first = Bucket.EDITED if edited else Bucket.INTACT, now
    elif row.refs[0] is None:
        bucket, first = Bucket.EDITED, now
        note = f"hung on no {rules.hangs_on} when it was backed up, and is left where somebody has put it"
    elif not adrift and not stolen and (row.row in rules.proven or (goal.fate is Fate.KEPT and rules.untold)):
        bucket, first = Bucket.EDITED, now
        note = f"was moved to another {rules.hangs_on} by a user and is left there"
    else:
        bucket, first = Bucket.EDITED if edited else Bucket.RELINK, goal.id
    others = range(1, len(goals))
    after = (first, *(references.secondary(row, live, goals, rules, place, first) for place in others))
    if bucket in (Bucket.INTACT, Bucket.RELINK) and any(
        references.is_elsewhere(row, live, goals, rules, place) and after[place] == live.refs[place] for place in others
    ):
        bucket, note = Bucket.EDITED, "points at something else than it did, and is left there"
    if bucket is Bucket.INTACT and after != live.refs:
        bucket = Bucket.RELINK
    wrong = stolen or (goal.known and not adrift and after[0] != now)
    wrong = wrong or any(
        references.is_overwritten(live, rules, place) and after[place] != live.refs[place] for place in others
    )
    return PlannedRow(
        rules.name, row.row, row.key, bucket, row.refs[0], live.key, live.refs, after,
        goal.evidence, goal.fate, was_wrong=wrong, note=note, unresolved=_unresolved(goals), team=_team(row, rules),
    )  # fmt: skip


def _team(row: Kept, rules: Rules) -> tuple[str, int] | None:
    return row.refs[0] if rules.hangs_on == TEAM else None


def _absent(row: Kept, goals: tuple[Destination, ...], rules: Rules, used: set[str]) -> PlannedRow:
    """Plan a row that is not in the table: put it back, let it wait, or leave it deleted."""
    goal = goals[0]
    lost = [place for place in range(1, len(goals)) if not goals[place].known and not rules.nullable[place]]
    went_along = any(each.deleted for place, each in enumerate(goals) if place == 0 or not rules.nullable[place])
    by_user = went_along or row.row in rules.proven
    bucket, note, new_key = Bucket.INSERT, "", False
    reason: Fate | None = None
    after: tuple[int | None, ...] | None = None
    if by_user and not rules.include_deleted:
        bucket, note = Bucket.DELETED, "was deleted by a user"
    elif goal.given_up:
        bucket = Bucket.GIVEN_UP
    elif not goal.known or row.refs[0] is None:
        bucket = Bucket.PENDING
        note = "hung on no team when it was backed up" if row.refs[0] is None else ""
    elif lost:
        bucket, note, reason = Bucket.PENDING, "something else that it must point at is gone", Fate.MISSING
    elif (rules.key_only or rules.keyless) and row.key in used:
        bucket, reason = Bucket.PENDING, Fate.CONFLICTING
        why = "nothing else says which row it is" if rules.key_only else "its table makes no other"
        note = f"its primary key is taken, and {why}"
    else:
        after = tuple(each.id if each.known else None for each in goals)
        new_key = row.key in used
        used.add(row.key)
    fate = goal.fate if row.refs[0] is not None else Fate.MISSING
    return PlannedRow(
        rules.name, row.row, row.key, bucket, row.refs[0], None, None, after,
        goal.evidence, fate, new_key=new_key, note=note, unresolved=_unresolved(goals), team=_team(row, rules),
        reason=reason,
    )  # fmt: skip


def _unresolved(goals: tuple[Destination, ...]) -> tuple[int, ...]:
    return tuple(place for place, goal in enumerate(goals) if place and not goal.known)
