"""What might be said of a league so that its teams wait no longer: found by trying it, and never done. Pure.

A league is suggested the additions to its section with which the most of its teams are settled, and no match of today
becomes another. What only a person can know, whether it is true, stands beside it as what speaks against it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from practice_guard.core.identity import normalise
from practice_guard.core.identity.additions import Addition, additions
from practice_guard.core.identity.habits import EVERY_OTHER, Habits
from practice_guard.core.identity.objecting import against
from practice_guard.core.identity.roster import Witnesses
from practice_guard.core.identity.section import section
from practice_guard.core.identity.spelling import Spelling
from practice_guard.core.identity.trials import Case, Trial
from practice_guard.core.model import Team

EXAMPLES = 3
ALONE = 12
"""Additions of one field that are tried one at a time, with and without; all of them are tried together."""
PAIRED = 4
"""Additions of one field that are tried with another where none settles anything alone."""
SAME_PERCENT = 50.0
"""Percent of a league's clubs that one must have which it may be called now."""

_TURNS = (
    ("series_words", "ordinals", "club_words", "club_aliases"),
    ("series_words", "ordinals", "club_words", "club_aliases", "outside_id_confirms"),
    ("series_words", "ordinals", "club_words", "club_aliases", "outside_id_confirms", "unique_names"),
)
"""Fields of a league, by how much they may go wrong: what comes later is added only for what is left."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What might be said of one league.

    Attributes:
        league: its code in the old list.
        section: all that is said of it then, a table for `practice_guard.toml`.
        replaces: whether something is said of it already, in whose place that stands.
        waiting: its teams that wait now.
        settled: how many of them would not.
        examples: some of these, each with the team that it is.
        against: what speaks against it, a phrase each.
    """

    league: str
    section: str
    replaces: bool
    waiting: int
    settled: int
    examples: tuple[tuple[Team, Team], ...]
    against: tuple[str, ...]


def suggest(
    old: Sequence[Team],
    new: Sequence[Team],
    habits: Habits,
    witnesses: Witnesses | None = None,
    decided: Collection[int] = (),
) -> tuple[Suggestion, ...]:
    """Suggest what to say of each league with teams that wait, where something would settle some of them.

    Args:
        old: the old list.
        new: the new list.
        habits: what is said of the leagues now.
        witnesses: the rosters of both lists.
        decided: old ids that a person has decided about, which wait for nothing.

    Returns:
        One suggestion for a league at most, in the order of the old list.
    """
    cases = _cases(old, new, habits, witnesses or Witnesses(), decided)
    return tuple(each for case in cases if case.waiting and (each := _suggestion(case)))


def _cases(
    old: Sequence[Team], new: Sequence[Team], habits: Habits, witnesses: Witnesses, decided: Collection[int]
) -> Iterator[Case]:
    spelling = Spelling(old, new, habits)
    before, now = _by_league(old, spelling), _by_league(new, spelling)
    arrived = {key: teams for key, teams in now.items() if key not in before}
    heirs = {key: _heir(teams, arrived) for key, teams in before.items() if key not in now}
    claims = Counter(heirs.values())
    for key, teams in before.items():
        code = teams[0].league or ""
        said = habits.of(code)
        league = replace(said, code=code, code_aliases=()) if said.code == EVERY_OTHER else said
        there = now.get(key, [])
        first: tuple[Addition, ...] = ()
        if (heir := heirs.get(key)) and claims[heir] == 1:
            there, other = arrived[heir], arrived[heir][0].league or ""
            if habits.of(other).code != EVERY_OTHER:
                continue
            if said.code == EVERY_OTHER:
                league, other = replace(league, code=other), code
            first = (Addition("code_aliases", (other,)),)
        yield Case(teams, there, league, habits, witnesses, decided, first)


def _by_league(teams: Sequence[Team], spelling: Spelling) -> dict[str, list[Team]]:
    found: dict[str, list[Team]] = defaultdict(list)
    for team in teams:
        if (key := spelling.league(team)) and team.league != EVERY_OTHER:
            found[key].append(team)
    return found


def _heir(teams: Sequence[Team], arrived: dict[str, list[Team]]) -> str | None:
    """The league that only the new list has with most of the clubs of one that is gone, where no other has as many."""
    clubs = _clubs(teams)
    shared = sorted(((len(clubs & _clubs(others)), key) for key, others in arrived.items()), reverse=True)
    if not clubs or not shared or 100 * shared[0][0] < SAME_PERCENT * len(clubs):
        return None
    return None if len(shared) > 1 and shared[1][0] == shared[0][0] else shared[0][1]


def _clubs(teams: Sequence[Team]) -> set[str]:
    return {normalise.text(team.club) for team in teams if team.club}


def _suggestion(case: Case) -> Suggestion | None:
    chosen = _chosen(case)
    trial = case.trial(chosen)
    if case.first and 2 * len(trial.settled) <= len(case.old):
        return None
    if not chosen and not case.first:
        chosen = _harmful(case)
        trial = case.trial(chosen)
    if not trial.settled:
        return None
    others = case.habits.of(None)
    return Suggestion(
        case.old[0].league or "",
        section(trial.league, others),
        any(each.code == case.league.code for each in case.habits.leagues),
        len(case.waiting),
        len(trial.settled),
        tuple(trial.pairs[:EXAMPLES]),
        tuple(against(trial, (*case.first, *chosen))),
    )


def _chosen(case: Case) -> tuple[Addition, ...]:
    """The additions that settle the most together, each of which is needed for it."""
    chosen: tuple[Addition, ...] = ()
    for turn in _TURNS:
        before = chosen
        while found := _next(case, chosen, [each for each in _possible(case, chosen) if each.field in turn]):
            chosen += found
        for each in reversed(chosen[len(before) :][:ALONE]):
            without = tuple(other for other in chosen if other != each)
            if case.trial(without).settled >= case.trial(chosen).settled and case.trial(without).is_harmless:
                chosen = without
    return chosen


def _possible(case: Case, chosen: tuple[Addition, ...]) -> list[Addition]:
    trial = case.trial(chosen)
    rosters = case.witnesses.old, case.witnesses.new
    found = additions(case.old, case.new, trial.league, trial.found.matches.values(), rosters)
    return [each for each in found if each not in chosen]


def _next(case: Case, chosen: tuple[Addition, ...], possible: Sequence[Addition]) -> tuple[Addition, ...]:
    """What settles the most beside those chosen: one, or all of a field; else two of which none does alone."""
    settled = len(case.trial(chosen).settled)
    if settled == len(case.waiting):
        return ()
    by_field: dict[str, list[Addition]] = defaultdict(list)
    for each in possible:
        by_field[each.field].append(each)
    alone = [(each,) for several in by_field.values() for each in several[:ALONE]]
    together = [tuple(several) for several in by_field.values() if len(several) > 1]
    few = [each for several in by_field.values() for each in several[:PAIRED]]
    for tries in ([*alone, *together], combinations(few, 2)):
        gains = [(len(case.trial((*chosen, *several)).settled), several) for several in tries]
        for gain, several in sorted(gains, key=lambda found: -found[0]):
            if gain > settled and case.trial((*chosen, *several)).is_harmless:
                return several
    return ()


def _harmful(case: Case) -> tuple[Addition, ...]:
    """The addition that settles the most where each would change matches of today, and more than it changes."""

    def gain(trial: Trial) -> int:
        return 0 if trial.is_doubtful else len(trial.settled) - len(trial.changed) - len(trial.contradicted)

    found = max(_possible(case, ()), key=lambda each: gain(case.trial((each,))), default=None)
    return (found,) if found and gain(case.trial((found,))) > 0 else ()
