"""Why a team has no match: missing, ambiguous or conflicting, and in which words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from practice_guard.core.identity.facets import Facets
from practice_guard.core.identity.following import Followed
from practice_guard.core.model import Fate, Match, Team

LISTED = 50
"""Teams that are looked at to name two of them: a thousand may have one place."""


@dataclass(frozen=True)
class Unmatched:
    """What is known about the old teams that nothing matched, by position."""

    facets: Facets
    taken: Collection[int]
    repeated: Collection[int]
    objections: Mapping[int, str]
    followed: Followed
    _many: dict[int, tuple[Sequence[int], frozenset[int]]] = field(default_factory=dict)

    def match(self, at: int) -> Match:
        """Return the match that says why an old team has none."""
        fate, because = self._fate(at)
        refused = self.followed.refused.get(at)
        if refused:
            because = f"{because}; a decision about it was not followed: {refused}"
        return Match(self.facets.old[at], fate, given_up=at in self.followed.given_up, because=because)

    def _fate(self, at: int) -> tuple[Fate, str]:
        if self.facets.old[at].id in self.repeated:
            return Fate.AMBIGUOUS, "the old list has its id more than once"
        if at in self.objections:
            return Fate.CONFLICTING, self.objections[at]
        if at in self.followed.withdrawn:
            return Fate.MISSING, "a person decided against the team that has its name and place"
        return self._by_facets(at)

    def _by_facets(self, at: int) -> tuple[Fate, str]:
        names, places = self.facets.name.towards(at), self.facets.place.towards(at)
        if all(heir in self.taken for heir in chain(names, places)):
            return Fate.MISSING, self._absent(at, names, places)
        if names and places:
            return self._by_both(at, names, places)
        facet, which, found = (self.facets.name, "name", names) if names else (self.facets.place, "place", places)
        if len(found) > 1:
            return Fate.AMBIGUOUS, f"its {which} could be that of {self._listed(found)}, and nothing else agrees"
        if len(facet.sharers(at)) > 1:
            return Fate.AMBIGUOUS, f"{len(facet.sharers(at))} old teams have the {which} of {self._listed(found)}"
        return Fate.MISSING, f"only its {which} is in the new list, on {self._listed(found)}"

    def _by_both(self, at: int, names: Sequence[int], places: Sequence[int]) -> tuple[Fate, str]:
        if self._gathered(names).isdisjoint(places if len(places) <= LISTED else self._gathered(places)):
            return Fate.CONFLICTING, f"its name is on {self._listed(names)}, its place on {self._listed(places)}"
        for which, facet, found in (("name", self.facets.name, names), ("place", self.facets.place, places)):
            if len(found) > 1:
                return Fate.AMBIGUOUS, f"its {which} could be that of {self._listed(found)}"
            if len(facet.sharers(at)) > 1:
                return Fate.AMBIGUOUS, f"{len(facet.sharers(at))} old teams have the {which} of {self._listed(found)}"
        return Fate.AMBIGUOUS, f"the new list has the id of {self._listed(names)} more than once"

    def _gathered(self, found: Sequence[int]) -> frozenset[int]:
        """The same positions as a set: made once for those that many teams point at."""
        if len(found) <= LISTED:
            return frozenset(found)
        if id(found) not in self._many:
            self._many[id(found)] = found, frozenset(found)
        return self._many[id(found)][1]

    def _absent(self, at: int, names: Sequence[int], places: Sequence[int]) -> str:
        if names or places:
            which = "name and place" if names and places else "name" if names else "place"
            return f"its {which} belongs to {self._listed((*names, *places))}, which is another team"
        if not self.facets.normalising:
            return "neither its name nor its place is in the new list exactly as it was"
        team = self.facets.old[at]
        league, series = self._league_and_series(team)
        if (league, series) not in self._series and (twice := self.facets.spelling.shown_twice(team)):
            return f"a list shows its {twice} under two spellings at once, so that only its own is believed"
        if league not in self._leagues:
            return "its league is not in the new list"
        if (league, series) not in self._series:
            return "neither its name nor its series is in the new list"
        return "neither its name nor its place is in the new list"

    @cached_property
    def _series(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._league_and_series(team) for team in self.facets.new)

    @cached_property
    def _leagues(self) -> frozenset[str]:
        return frozenset(league for league, _ in self._series)

    def _listed(self, found: Sequence[int]) -> str:
        return listed([self.facets.new[heir] for heir in found[:LISTED]], len(found))

    def _league_and_series(self, team: Team) -> tuple[str, str]:
        return self.facets.spelling.league(team), self.facets.spelling.series(team)


def listed(teams: Sequence[Team], of: int = 0) -> str:
    """Name one or two teams, and how many more there are, of a number where only the first few of them are given."""
    first, *others = dict.fromkeys(str(team.identity) for team in teams)
    more = max(len(others) - 1, of - 2 if of > len(teams) else 0)
    return " or ".join((first, *others[:1])) + (f" and {more} more" if more > 0 else "")
