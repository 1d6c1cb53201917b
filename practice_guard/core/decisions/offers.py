"""What a person may decide for many teams at once: a league, club or series that is gone as a whole, with its heirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from practice_guard.core.identity import Habits, Resolution, Successor, kind_of, successors, wholes
from practice_guard.core.model import Fate, Match, Team, TeamIdentity


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry about a league, club or series as a whole.

    `teams` of its teams have no match, and `heirs` are what it may be called now, the likeliest first.
    """

    about: TeamIdentity
    teams: int
    heirs: tuple[Successor, ...] = ()

    @property
    def kind(self) -> str:
        """What it is about: `league`, `club` or `series`."""
        return kind_of(self.about)

    @property
    def settled(self) -> frozenset[TeamIdentity]:
        """The teams that one of the heirs has by name and place."""
        return frozenset(team for heir in self.heirs for team in heir.found)


def offers(
    resolution: Resolution,
    now: Sequence[Team],
    waiting: Collection[Match],
    habits: Habits | None = None,
    *,
    leagues_too: bool = False,
) -> list[Offer]:
    """Return what to decide as a whole, for the teams that rows wait for; leagues first, then clubs, then series.

    Args:
        resolution: the matches of all old teams.
        now: the new list; without it no heirs are found.
        waiting: the matches of the teams to be decided about.
        habits: how the leagues write their teams.
        leagues_too: whether rows wait for leagues themselves, so that those with heirs are offered whatever hangs on
            their teams.
    """
    unmatched = [match for match in resolution.unmatched() if not match.given_up]
    covering = {whole for match in waiting for whole in wholes(match.old)}
    found = successors([match.old for match in resolution.matches.values()], now, habits) if now else {}
    times = Counter(whole for match in unmatched for whole in wholes(match.old))
    ours = {match.old.identity for match in waiting}
    with_heirs = [
        offer
        for about, heirs in found.items()
        if ((offer := Offer(about, times[about], heirs)).settled & ours and about in covering)
        or (leagues_too and offer.kind == "league")
    ]
    settled = {team for each in with_heirs for team in each.settled}
    named = {each.about for each in with_heirs}
    left = {whole for match in waiting if match.old.identity not in settled for whole in wholes(match.old)}
    without = [
        Offer(about, teams)
        for about, teams in _gone_as_a_whole(resolution, unmatched).items()
        if about in covering & left and about not in named
    ]
    return sorted([*with_heirs, *without], key=lambda each: (each.kind != "league", each.kind, str(each.about)))


def _gone_as_a_whole(resolution: Resolution, waiting: Iterable[Match]) -> Counter[TeamIdentity]:
    """Count the waiting teams of each league, else series, of which nothing is left, where there are several."""
    missing = [match.old for match in waiting if match.fate is Fate.MISSING]
    total = Counter(match.old.league for match in resolution.matches.values())
    series = Counter((match.old.league, match.old.series) for match in resolution.matches.values())
    gone = Counter(team.league for team in missing)
    leagues = {league for league, count in gone.items() if league and count == total[league] and count > 1}
    gone_series = Counter((team.league, team.series) for team in missing if team.league not in leagues)
    whole = Counter({TeamIdentity(league, None, None, None): gone[league] for league in leagues})
    for (league, name), count in gone_series.items():
        if league and name and count == series[league, name] and count > 1:
            whole[TeamIdentity(league, None, name, None)] = count
    return whole
