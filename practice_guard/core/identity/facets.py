"""A team's two facets, its name and its place, and where each of them points in another team list. Pure.

A facet is compared on two levels: exactly, and after normalising. On either level it points at a team only where
exactly one old and exactly one new team carry the same key, so that neither level ever chooses among several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from practice_guard.core.identity import normalise
from practice_guard.core.identity.grouping import group
from practice_guard.core.model import Team

Key = tuple[str, ...]
KeyOf = Callable[[Team], Key | None]
Level = str
"""`exact` or `normalised`: how a facet of two teams agrees."""


def exact_name(team: Team) -> Key | None:
    """Return league and team name as they are, or None where either is unknown."""
    return (team.league, team.name) if team.league and team.name else None


def exact_place(team: Team) -> Key | None:
    """Return league, club and series as they are, or None where any is unknown."""
    if not team.league or not team.club or not team.series:
        return None
    return team.league, team.club, team.series


def alike_name(team: Team) -> Key | None:
    """Return league and team name after normalising, or None where nothing is left of either."""
    if not team.league or not team.name:
        return None
    return _whole(normalise.text(team.league), normalise.name(team.name, team.series))


def alike_place(team: Team) -> Key | None:
    """Return league, club and series after normalising, or None where nothing is left of any."""
    if not team.league or not team.club or not team.series:
        return None
    return _whole(normalise.text(team.league), normalise.text(team.club), normalise.series(team.series))


def alike_series(team: Team) -> Key | None:
    """Return league and series after normalising, or None where nothing is left of either."""
    if not team.league or not team.series:
        return None
    return _whole(normalise.text(team.league), normalise.series(team.series))


def _whole(*parts: str) -> Key | None:
    return parts if all(parts) else None


def agreement(old: Team, new: Team) -> tuple[Level | None, Level | None]:
    """Say how the names and how the places of two teams agree: `exact`, `normalised` or None each."""
    return (
        _level(old, new, exact_name, alike_name),
        _level(old, new, exact_place, alike_place),
    )


def _level(old: Team, new: Team, exact: KeyOf, alike: KeyOf) -> Level | None:
    for level, key in (("exact", exact), ("normalised", alike)):
        mine = key(old)
        if mine is not None and mine == key(new):
            return level
    return None


class Indexed:
    """One facet of two team lists on one level: the keys of both and who carries each."""

    def __init__(self, old_keys: Sequence[Key | None], new_keys: Iterable[Key | None]) -> None:
        self.old_keys = old_keys
        self.old = group(old_keys)
        self.new = group(new_keys, among=self.old)

    def bearers(self, at: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the positions of the old and of the new teams that carry the key of an old one."""
        key = self.old_keys[at]
        return ((), ()) if key is None else (self.old[key], self.new[key])

    def heir(self, at: int) -> int | None:
        """Return the one new position with the key of an old one, when no other team in either list carries it."""
        old, new = self.bearers(at)
        return new[0] if len(old) == 1 and len(new) == 1 else None


@dataclass
class Facet:
    """One facet, name or place, of two team lists. Without `normalising`, only the exact level is looked at."""

    old: Sequence[Team]
    new: Sequence[Team]
    exact_key: KeyOf
    alike_key: KeyOf
    normalising: bool = True

    @cached_property
    def exact(self) -> Indexed:
        """The facet as it is written."""
        return Indexed([self.exact_key(team) for team in self.old], map(self.exact_key, self.new))

    @cached_property
    def alike(self) -> Indexed:
        """The facet after normalising; made only when a team needs it."""
        keys = [self.alike_key(team) for team in self.old]
        return Indexed(keys, (self._alike(team, keys) for team in self.new))

    def _alike(self, team: Team, old_keys: Sequence[Key | None]) -> Key | None:
        """The key of a new team: that of an old one which is written the same, where there is any, is known already."""
        for at in self.exact.old[self.exact_key(team)][:1]:
            if self.old[at].series == team.series:
                return old_keys[at]
        return self.alike_key(team)

    def heir(self, at: int) -> int | None:
        """Return the one new position this facet of an old team points at, by position, or None."""
        found = self.exact.heir(at)
        return self.alike.heir(at) if found is None and self.normalising else found

    def towards(self, at: int) -> Sequence[int]:
        """Return every new position this facet could mean: those exactly the same, else those alike."""
        return self.exact.bearers(at)[1] or (self.alike.bearers(at)[1] if self.normalising else ())

    def sharers(self, at: int) -> Sequence[int]:
        """Return the old positions that carry the same key on the level where `towards` finds something."""
        if not self.normalising or self.exact.bearers(at)[1]:
            return self.exact.bearers(at)[0]
        return self.alike.bearers(at)[0]


@dataclass
class Facets:
    """Both facets of two team lists."""

    old: Sequence[Team]
    new: Sequence[Team]
    normalising: bool = True

    @cached_property
    def name(self) -> Facet:
        """League and team name."""
        return Facet(self.old, self.new, exact_name, alike_name, self.normalising)

    @cached_property
    def place(self) -> Facet:
        """League, club and series."""
        return Facet(self.old, self.new, exact_place, alike_place, self.normalising)

    @cached_property
    def _series(self) -> tuple[frozenset[Key | None], frozenset[Key | None]]:
        """The series that have teams in the old and in the new list."""
        return frozenset(map(alike_series, self.old)), frozenset(map(alike_series, self.new))

    def may_have_wandered(self, at: int, heir: int) -> bool:
        """Tell whether a name may have moved to another team of the club, each of the two left out of one list.

        Where two teams of a league share a name, the import leaves the first one's bare, so that it moves when a series
        is left out (database document, "What the ETL does", 5). A name that carries its series does not, and no series
        was left out where either series has teams in both lists.
        """
        old, new = self.old[at], self.new[heir]
        if normalise.carries(old.name or "", old.series or ""):
            return False
        before, now = self._series
        was, is_now = alike_series(old), alike_series(new)
        return not ((was and was in now) or (is_now and is_now in before))

    def pairs(self) -> dict[int, int]:
        """Match old positions to new ones where both facets point at the same team. One to one by construction."""
        found = {}
        for at in range(len(self.old)):
            heir = self.name.heir(at)
            if heir is not None and heir == self.place.heir(at):
                found[at] = heir
        for shared, other in ((self.name.exact, self.place.exact), (self.place.exact, self.name.exact)):
            found.update(_whole_groups(shared, other))
        return found


def _whole_groups(shared: Indexed, other: Indexed) -> dict[int, int]:
    """Match the teams of one list that carry one key, where the other facet finds all of them again, exactly.

    A list without the unique constraints may have a name (or place) twice. Such a key says nothing by itself, and
    is accepted only when the very same set of teams, no more and no less, stands in both lists.
    """
    found: dict[int, int] = {}
    for key, old in shared.old.several.items():
        new = shared.new[key]
        if len(old) != len(new):
            continue
        heirs = {at: other.heir(at) for at in old}
        if sorted(heir for heir in heirs.values() if heir is not None) == sorted(new):
            found.update({at: heir for at, heir in heirs.items() if heir is not None})
    return found
