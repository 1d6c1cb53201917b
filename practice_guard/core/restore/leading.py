"""Where the ids of clubs, series, players and declared parents lead today, list by list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from practice_guard.core.application import CLUBS, PLAYERS, SERIES, Application, BoundParent
from practice_guard.core.decisions import check_renamings
from practice_guard.core.guarding import Request
from practice_guard.core.identity import (
    EVERY_OTHER,
    Decisions,
    Entry,
    Habits,
    Led,
    Resolution,
    Ways,
    dialect,
    kind_of,
    normalise,
    resolve_entries,
)
from practice_guard.core.restore.laying import Goal
from practice_guard.core.restore.plans import Destination

Led_By_Parent = Mapping[str, Mapping[int, Led]]
"""By parent and old id, what became of a row."""

Lists = Mapping[str, Mapping[str, Sequence[Entry]]]
"""By list and parent, the rows that are kept."""


_BY_OUTSIDE_ID = (PLAYERS.name, PLAYERS.same[0])


def lead(
    app: Application,
    lists: Lists,
    now: Mapping[str, Sequence[Entry]],
    known: Mapping[str, tuple[Resolution, Mapping[int, int]]],
    decisions: Mapping[str, Decisions],
    request: Request,
) -> dict[str, dict[str, dict[int, Led]]]:
    """Find out who the rows of all lists are today.

    Args:
        app: the database; its followed parents are asked about, each after those that it leads to.
        lists: what the snapshot keeps of them.
        now: their rows as they are now.
        known: by list, who its teams are, and where its leagues lead.
        decisions: by list, what people decided.
        request: what is asked.

    Returns:
        by list, parent and old id what became of the row.
    """
    found: dict[str, dict[str, dict[int, Led]]] = {}
    for name, kept in lists.items():
        resolution, leagues = known[name]
        leads: dict[str, dict[int, int | None]] = {
            "teams": {old: match.new.id if match.new else None for old, match in resolution.matches.items()},
            "leagues": dict(leagues),
        }
        found[name] = {}
        for parent in app.followed:
            ways = _ways(parent, leads, decisions[name], request.habits)
            old = [each for each in kept.get(parent.name, ()) if set(parent.same) <= each.said.keys()]
            led = resolve_entries(old, now[parent.name], ways, exact_only=request.exact_only)
            leads[parent.name] = {key: each.new.id if each.new else None for key, each in led.items()}
            found[name][parent.name] = led
    return found


def goals(found: Mapping[str, Led_By_Parent]) -> Iterator[tuple[str, Goal]]:
    """Return by parent where every row leads; a scope of teams or leagues means none of what hangs on one."""
    every = ((place, name, led) for place, of_list in enumerate(found.values(), 1) for name, led in of_list.items())
    for place, name, led in every:
        for old, each in led.items():
            new = each.new.id if each.new else None
            yield (
                name,
                Goal(place, old, Destination(new, each.evidence, each.fate, each.given_up), meant=False, league=None),
            )


def by_outside_id(parent: BoundParent) -> bool:
    """Whether the rows of a parent are known by what others call them, of which likeness says nothing."""
    return (parent.name, *parent.texts) == _BY_OUTSIDE_ID


def _ways(
    parent: BoundParent, leads: Mapping[str, Mapping[int, int | None]], decisions: Decisions, habits: Habits
) -> Ways:
    """By what the rows of a parent are compared: clubs and series as their leagues write them, outside ids as they are.

    Such ids may differ by the case of a letter alone, and are other people's then.
    """
    words = dialect(habits.of(EVERY_OTHER))
    forms = {
        CLUBS.name: (normalise.text, lambda text: normalise.club(text, words)),
        SERIES.name: (normalise.text, lambda text: normalise.series(text, words)),
    }.get(parent.name, () if by_outside_id(parent) else (normalise.text,))
    heirs, merging, given_up = _decided(parent, decisions)
    return Ways(
        parent.texts,
        {column: leads.get(name, {}) for column, name in parent.leads.items()},
        parent.parent.loose,
        forms,
        heirs,
        merging,
        given_up,
    )


Said = tuple[str | None, ...]


def _decided(parent: BoundParent, decisions: Decisions) -> tuple[dict[Said, Said], frozenset[Said], frozenset[Said]]:
    """Return whom people decided for, who may have a common heir, and whom they gave up."""
    heirs, merging = _as_wholes(parent.name, decisions)
    given_up: set[Said] = set()
    for each in decisions.renamings:
        if each.parent != parent.name:
            continue
        before, after = each.texts(parent.texts)
        if each.give_up:
            given_up.add(before)
        else:
            heirs[before] = after
        if each.merge:
            merging.add(before)
    return heirs, frozenset(merging), frozenset(given_up)


def _as_wholes(parent: str, decisions: Decisions) -> tuple[dict[Said, Said], set[Said]]:
    """Return the heirs of clubs and series that are decided with all their teams, the same for every league."""
    if parent not in (CLUBS.name, SERIES.name):
        return {}, set()
    kind = "club" if parent == CLUBS.name else "series"
    said: dict[Said, set[Said]] = {}
    merging: set[Said] = set()
    for each in decisions.entries:
        if kind_of(each.about) == kind and each.heir is not None:
            old, heir = (getattr(each.about, kind),), (getattr(each.heir, kind),)
            said.setdefault(old, set()).add(heir)
            if each.merge:
                merging.add(old)
    return {old: next(iter(heirs)) for old, heirs in said.items() if len(heirs) == 1}, merging


def check(decisions: Decisions | None, app: Application, lists: Lists, now: Mapping[str, Sequence[Entry]]) -> None:
    """Check that what is decided about the rows of parents speaks of rows that there were and are.

    Raises:
        errors.UsageError: it does not; says the line, and the nearest name.
    """
    if decisions is None or not decisions.renamings:
        return
    columns = {each.name: each.texts for each in app.followed}
    old = {
        name: {_said(each, texts) for kept in lists.values() for each in kept.get(name, ())}
        for name, texts in columns.items()
    }
    new = {name: {_said(each, columns[name]) for each in found} for name, found in now.items()}
    check_renamings(decisions.renamings, columns, old, new)


def _said(entry: Entry, columns: Sequence[str]) -> Said:
    return tuple(entry.said.get(name) for name in columns)
