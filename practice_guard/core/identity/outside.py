"""Outside ids of teams: they veto a match, and settle one only where the settings say that they may. Pure.

An id that a list has for two teams of a league says nothing, and neither does one of a league whose ids are others in
the new list as a whole (design, "Who a team is").
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from practice_guard.core.findings import found
from practice_guard.core.identity.grouping import Grouping, group
from practice_guard.core.identity.spelling import Key, Spelling
from practice_guard.core.model import Finding, Team
from practice_guard.core.words import counted

RENUMBERED_FROM = 3
"""Matches of a league that its ids must contradict, and most of those that have any, before the ids are ignored."""
EXCHANGED = 0.8
"""The part of them that it takes where the old ids are there on other teams: a few may have changed places."""


@lru_cache(maxsize=16384)
def written(value: str | None) -> str:
    """Write an outside id so that blanks around it, case and zeros before a number no longer tell it apart."""
    if value is None:
        return ""
    plain = unicodedata.normalize("NFKC", value).strip().casefold()
    return (plain.lstrip("0") or "0") if plain.isdecimal() else plain


@dataclass
class OutsideIds:
    """The outside ids of two team lists, and the matches that are held against them.

    Attributes:
        spelling: the two lists.
        pairs: matches of old and new positions that something else says.
    """

    spelling: Spelling
    pairs: Mapping[int, int]

    @cached_property
    def are_there(self) -> bool:
        """Whether both lists have any."""
        return all(any(team.outside_id for team in teams) for teams in (self.spelling.old, self.spelling.new))

    @cached_property
    def _differing(self) -> frozenset[int]:
        """The old positions whose match has another id."""
        return frozenset(at for at, heir in self.pairs.items() if self.differ(at, heir))

    @cached_property
    def ignored(self) -> Mapping[str, tuple[int, int]]:
        """The leagues whose ids are others as a whole: matches with other ids there, and teams with ids in both lists.

        A team without a match whose id stands on one that nobody is matched with may have kept it under another name.
        """
        if not self.are_there or not self._differing:
            return {}
        others = Counter(self._league(at) for at in self._differing)
        gone = Counter(self._league(at) for at in self._differing if not self._new[self._key(self.spelling.old[at])])
        both = Counter(self._league(at) for at, heir in self.pairs.items() if self._both(at, heir))
        taken = frozenset(self.pairs.values())
        for at in range(len(self.spelling.old)):
            if at not in self.pairs:
                there = self._new[self._key(self.spelling.old[at])]
                both[self._league(at)] += len(there) == 1 and there[0] not in taken
        return {
            league: (count, both[league])
            for league, count in others.items()
            if count >= RENUMBERED_FROM and (2 * gone[league] > both[league] or count > EXCHANGED * both[league])
        }

    def _league(self, at: int) -> str:
        return self.spelling.league(self.spelling.old[at])

    def _both(self, at: int, heir: int) -> tuple[str, str] | None:
        """The ids of an old and of a new team, where they have any."""
        mine, there = self._of(self.spelling.old[at]), self._of(self.spelling.new[heir])
        return (mine, there) if mine and there else None

    @staticmethod
    def _of(team: Team) -> str:
        return written(team.outside_id)

    def differ(self, at: int, heir: int) -> bool:
        """Tell whether an old and a new team have ids, and others."""
        ids = self._both(at, heir)
        return ids is not None and ids[0] != ids[1]

    def forbids(self, at: int, heir: int) -> bool:
        """Tell whether the ids speak against a match."""
        return self.differ(at, heir) and self._league(at) not in self.ignored

    def objections(self) -> dict[int, str]:
        """Return the matches that the ids speak against: one phrase for each old position."""
        return {at: self._against(at) for at in self._differing if self._league(at) not in self.ignored}

    def _against(self, at: int) -> str:
        old, new = self.spelling.old[at], self.spelling.new[self.pairs[at]]
        elsewhere = self._new[self._key(old)]
        where = f", and {self.spelling.new[elsewhere[0]].identity} has it now" if len(elsewhere) == 1 else ""
        return (
            f"name and place say {new.identity}, but its outside id was {old.outside_id} "
            f"and is {new.outside_id} there{where}"
        )

    @cached_property
    def _old(self) -> Grouping:
        return group(map(self._key, self.spelling.old))

    @cached_property
    def _new(self) -> Grouping:
        return group(map(self._key, self.spelling.new))

    def _key(self, team: Team) -> Key | None:
        league, number = self.spelling.league(team), self._of(team)
        return (league, number) if league and number else None

    def confirmations(self, waiting: Iterable[int], taken: Collection[int]) -> dict[int, int]:
        """Match old positions to the new ones with their ids, in leagues where the settings say that they settle it.

        Args:
            waiting: old positions without a match.
            taken: new positions that have one.
        """
        if not self.are_there:
            return {}
        found = {}
        for at in waiting:
            team = self.spelling.old[at]
            if not self.spelling.of(team).outside_id_confirms or self._league(at) in self.ignored:
                continue
            mine, there = self._old[self._key(team)], self._new[self._key(team)]
            if len(mine) == len(there) == 1 and there[0] not in taken:
                found[at] = there[0]
        return found

    def findings(self) -> Sequence[Finding]:
        """Return one finding for each league whose ids are ignored."""
        named = {self._league(at): self.spelling.old[at].league for at in self._differing}
        return tuple(
            found(
                "outside-ids-renumbered",
                what=f"{others:,} of {counted(of, 'team')} of {named[league]} with outside ids have another one",
                why="the league's ids are others as a whole, so that they are held against no match of it",
                fix="none, if its ids were given anew",
            )
            for league, (others, of) in self.ignored.items()
        )
