"""Who came after a league, club or series that is gone as a whole: the same teams under another label. Pure.

Nothing is matched by it. It finds what a person may decide for all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from practice_guard.core.identity.decision import Decision, kind_of, wholes
from practice_guard.core.identity.habits import Habits
from practice_guard.core.identity.spelling import Key, Spelling
from practice_guard.core.later import later
from practice_guard.core.model import Team, TeamIdentity
from practice_guard.core.words import counted

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = later("rapidfuzz", "fuzz", "process")

OFFERED = 3
"""Successors of one league, club or series, at most."""
COMPARED = 10
"""New leagues, clubs or series that one that is gone is compared with team by team, at most: the most alike."""

_There = frozenset[tuple[Key | None, Key | None]]
_PARTS = {"club": ("series", "series"), "series": ("club", "clubs")}
"""What a successor must have all of: a club the series, a series the clubs."""


@dataclass(frozen=True, slots=True)
class Successor:
    """What an old league, club or series may be called now.

    Attributes:
        heir: the new one, as an entry in a decision file names it.
        found: the old teams whose name and place are both in the new list under the new label.
        teams: how many teams the old one has.
        has: how many clubs or series the old one has, in words, and the new one all of them; empty for a league.
        similar: how alike the two labels are, 0 to 100.
    """

    heir: TeamIdentity
    found: frozenset[TeamIdentity]
    teams: int
    has: str
    similar: float

    @property
    def label(self) -> str:
        """What the new one is called."""
        return _label(self.heir)

    @property
    def speaks_for(self) -> str:
        """Say in one phrase what the new one has of the old one, and how alike they are written."""
        again = f"{len(self.found):,} of its {counted(self.teams, 'team')} by name and place"
        return f"it has {f'{self.has}, and ' if self.has else ''}{again}; {self.similar:.0f} % similar"


def successors(
    old: Sequence[Team], new: Sequence[Team], habits: Habits | None = None
) -> dict[TeamIdentity, tuple[Successor, ...]]:
    """Find leagues, clubs and series that are gone as a whole and seem to be there under a label that is new.

    A new club must have all the series of the old one, and a new series all its clubs, in the same league; and most of
    the teams must be found again by name and place as a decision would relabel them.

    Args:
        old: every team of the old list.
        new: every team of the new list.
        habits: how the leagues write their teams.

    Returns:
        The successors of each, as an entry in a decision file names it, the likeliest first, at most three. Nothing is
        found for what has only one team: that is decided by itself.
    """
    spelling = Spelling(old, new, habits or Habits())
    before, now = _Labels(old, spelling), _Labels(new, spelling)
    arrived = now.arrived(before)
    there = frozenset(facets for team in new if all(facets := _facets(team, spelling))) if arrived else frozenset()
    found: dict[TeamIdentity, tuple[Successor, ...]] = {}
    for about, teams in before.teams.items():
        if len(teams) > 1 and before.key(about) not in now.keys:
            heirs = _heirs(about, before, arrived.get(before.key(about)[:-1], ()), there)
            if heirs:
                found[about] = heirs
    return found


class _Labels:
    """The leagues, clubs and series of one team list, with their teams."""

    def __init__(self, teams: Iterable[Team], spelling: Spelling) -> None:
        self.spelling = spelling
        self.teams: dict[TeamIdentity, list[Team]] = defaultdict(list)
        for team in teams:
            for whole in dict.fromkeys(wholes(team)) if team.league else ():
                self.teams[whole].append(team)
        self.keys = frozenset(map(self.key, self.teams))

    def key(self, whole: TeamIdentity) -> Key:
        """Return what a label is compared by: its kind, its league, and itself where it is no league's."""
        kind, one = kind_of(whole), Team(0, whole.league, whole.club, whole.series, None)
        write = {"club": self.spelling.club, "series": self.spelling.series}.get(kind)
        return (kind, self.spelling.league(one), write(one)) if write else (kind, self.spelling.league(one))

    def has(self, whole: TeamIdentity) -> frozenset[str]:
        """Return the series of a club, or the clubs of a series."""
        write = {"club": self.spelling.series, "series": self.spelling.club}.get(kind_of(whole))
        return frozenset(map(write, self.teams[whole])) if write else frozenset()

    def arrived(self, before: _Labels) -> Mapping[Key, Sequence[_Arrived]]:
        """Return what an earlier list does not have, by what it is one of."""
        found: dict[Key, list[_Arrived]] = defaultdict(list)
        for whole in self.teams:
            if (key := self.key(whole)) not in before.keys:
                found[key[:-1]].append(_Arrived(whole, _label(whole).casefold(), self.has(whole)))
        return found


@dataclass(frozen=True, slots=True)
class _Arrived:
    """What only the new list has: as an entry names it, its label as it is compared, its clubs or series."""

    whole: TeamIdentity
    label: str
    has: frozenset[str]


def _heirs(about: TeamIdentity, before: _Labels, arrived: Sequence[_Arrived], there: _There) -> tuple[Successor, ...]:
    teams, needed, label = before.teams[about], before.has(about), _label(about).casefold()
    fitting = [each for each in arrived if needed <= each.has]
    alike = process.extract(label, [each.label for each in fitting], scorer=fuzz.ratio, limit=COMPARED)
    has = _all(len(needed), *_PARTS.get(kind_of(about), ("", "")))
    found = [
        Successor(
            heir, _again(Decision(about, heir), teams, there, before.spelling), len(teams), has, round(similar, 1)
        )
        for heir, similar in ((fitting[at].whole, similar) for _, similar, at in alike)
    ]
    likely = [each for each in found if 2 * len(each.found) > each.teams]
    return tuple(sorted(likely, key=lambda each: (-len(each.found), -each.similar, str(each.heir))))[:OFFERED]


def _all(number: int, one: str, several: str) -> str:
    """Say in words that it is all that there are; nothing where there is no word for them."""
    few = {1: f"its one {one}", 2: f"both its {several}"}
    return few.get(number, f"all {number} of its {several}") if one else ""


def _again(decision: Decision, teams: Sequence[Team], there: _There, spelling: Spelling) -> frozenset[TeamIdentity]:
    """The teams that are there by name and place as a decision would relabel them."""
    return frozenset(
        team.identity
        for team in teams
        if any(_facets(decision.relabelled(team, renaming=renaming), spelling) in there for renaming in (True, False))
    )


def _facets(team: Team, spelling: Spelling) -> tuple[Key | None, Key | None]:
    return spelling.name(team), spelling.place(team)


def _label(whole: TeamIdentity) -> str:
    return whole.series or whole.club or whole.league or ""
