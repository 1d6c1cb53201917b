"""A team's two facets, its name and its place, and where each of them points in another team list. Pure.

A facet is compared on two levels: exactly, and after normalising. On either level it points at a team only where
exactly one old and exactly one new team carry the same key, so that neither level ever chooses among several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from practice_guard.core.identity.grouping import Grouping, group
from practice_guard.core.identity.spelling import Key, Spelling
from practice_guard.core.model import Team

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


def agreement(old: Team, new: Team, spelling: Spelling) -> tuple[Level | None, Level | None]:
    """Say how the names and how the places of two teams agree: `exact`, `normalised` or None each."""
    return (
        _level(old, new, exact_name, spelling.name),
        _level(old, new, exact_place, spelling.place),
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
    """One facet, name or place, of two team lists. Without `normalising`, only the exact level is looked at.

    `twins` are the old positions for which case alone told the one they point at from the others.
    """

    old: Sequence[Team]
    new: Sequence[Team]
    exact_key: KeyOf
    cased_key: KeyOf
    alike_key: KeyOf
    normalising: bool = True
    twins: set[int] = field(default_factory=set)
    _groups: dict[Key, dict[int, int]] = field(default_factory=dict)

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
            if self.old[at].series == team.series and self.old[at].club == team.club:
                return old_keys[at]
        return self.alike_key(team)

    def heir(self, at: int) -> int | None:
        """Return the one new position this facet of an old team points at, by position, or None."""
        found = self.exact.heir(at)
        if found is not None or not self.normalising:
            return found
        found = self.alike.heir(at)
        return self._twin(at) if found is None else found

    def _twin(self, at: int) -> int | None:
        """Return the heir of one of several that differ by case alone, where all of them are found again."""
        key = self.alike.old_keys[at]
        if key is None:
            return None
        if key not in self._groups:
            self._groups[key] = self._by_case(*self.alike.bearers(at))
        if at in self._groups[key]:
            self.twins.add(at)
        return self._groups[key].get(at)

    def _by_case(self, old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
        mine = {self.cased_key(self.old[at]): at for at in old}
        there = {self.cased_key(self.new[at]): at for at in new}
        if len(mine) < len(old) or len(there) < len(new) or mine.keys() != there.keys():
            return {}
        return {at: there[key] for key, at in mine.items()}

    def means(self, at: int, heir: int) -> bool:
        """Tell whether `towards` has a new position among those of an old one."""
        exact = self.exact.old_keys[at]
        if exact is not None and exact in self.exact.new:
            return exact == self.exact_key(self.new[heir])
        alike = self.alike.old_keys[at] if self.normalising else None
        return alike is not None and alike == self.alike_key(self.new[heir])

    def is_another_ones(self, at: int, heir: int) -> bool:
        """Tell whether another old position has to the letter what a new one has, and this one has not."""
        key = self.exact_key(self.new[heir])
        return key is not None and key != self.exact.old_keys[at] and key in self.exact.old

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
    """Both facets of two team lists, and what they say together.

    `named` are the old positions that a name alone has matched, in leagues where it may, and `bracketed` those whose
    name and match differ by the bracket that an import adds.
    """

    spelling: Spelling
    normalising: bool = True
    named: set[int] = field(default_factory=set)
    bracketed: set[int] = field(default_factory=set)

    @property
    def old(self) -> Sequence[Team]:
        """The old list."""
        return self.spelling.old

    @property
    def new(self) -> Sequence[Team]:
        """The new list."""
        return self.spelling.new

    @cached_property
    def name(self) -> Facet:
        """League and team name."""
        keys = exact_name, self.spelling.cased_name, self.spelling.name
        return Facet(self.old, self.new, *keys, self.normalising)

    @cached_property
    def place(self) -> Facet:
        """League, club and series."""
        keys = exact_place, self.spelling.cased_place, self.spelling.place
        return Facet(self.old, self.new, *keys, self.normalising)

    @property
    def twins(self) -> frozenset[int]:
        """The old positions that are told by case alone from others of their name or place."""
        return frozenset(self.name.twins | self.place.twins)

    @cached_property
    def _series(self) -> tuple[frozenset[Key | None], frozenset[Key | None]]:
        """The series that have teams in the old and in the new list."""
        write = self.spelling.its_series
        return frozenset(map(write, self.old)), frozenset(map(write, self.new))

    @cached_property
    def bare(self) -> Indexed:
        """League and team name without the bracket that the import adds."""
        return Indexed([self._bare(team) for team in self.old], map(self._bare, self.new))

    @cached_property
    def seats(self) -> Grouping:
        """The old positions by place and bare name."""
        return group(map(self._seat, self.old))

    def _bare(self, team: Team) -> Key | None:
        league, name = self.spelling.league(team), self.spelling.bare(team)
        return (league, name) if league and name else None

    def _seat(self, team: Team) -> Key | None:
        place, bare = self.spelling.place(team), self._bare(team)
        return (*place, bare[1]) if place and bare else None

    def namesakes(self, heir: int) -> Sequence[int]:
        """Return the old positions that had the name of a new team."""
        key = self.spelling.name(self.new[heir])
        return self.name.alike.old[key] if key else ()

    def is_another_ones(self, at: int, heir: int) -> bool:
        """Tell whether a new team has the place and the bare name that another old team had."""
        return any(other != at for other in self.seats[self._seat(self.new[heir])])

    def may_have_wandered(self, at: int, heir: int) -> bool:
        """Tell whether a name may have moved to another team of the club, each of the two left out of one list.

        Where two teams of a league share a name, the import leaves the first one's bare, so that it moves when a series
        is left out (database document, "What the ETL does", 5). A name that carries its series does not, and no series
        was left out where either series has teams in both lists.
        """
        old, new = self.old[at], self.new[heir]
        if self.spelling.carries(old):
            return False
        before, now = self._series
        was, is_now = self.spelling.its_series(old), self.spelling.its_series(new)
        return not ((was and was in now) or (is_now and is_now in before))

    def pairs(self) -> dict[int, int]:
        """Match old positions to new ones where both facets point at the same team. One to one.

        A facet that several teams share points at one of them where the other facet is that one's alone.
        """
        found, rest = {}, []
        for at in range(len(self.old)):
            heir = self.name.heir(at)
            if heir is not None and self._agree(at, heir):
                found[at] = heir
            else:
                rest.append(at)
        found.update(self._whole_groups())
        if self.normalising:
            found.update(self._by_unique_name([at for at in rest if at not in found], frozenset(found.values())))
            found.update(self._bracketed([at for at in rest if at not in found], found))
        return found

    def _whole_groups(self) -> dict[int, int]:
        """Match the teams that share a name, where their places find all of them again, exactly.

        A list without the unique constraints may have a name twice. It says nothing by itself, and is accepted only
        when the very same set of teams, no more and no less, stands in both lists.
        """
        found: dict[int, int] = {}
        names, places = self.name.exact, self.place.exact
        for key, old in names.old.several.items():
            new = names.new[key]
            heirs = {at: places.heir(at) for at in old} if len(old) == len(new) else {}
            if sorted(heir for heir in heirs.values() if heir is not None) == sorted(new):
                found.update({at: heir for at, heir in heirs.items() if heir is not None})
        return found

    def _agree(self, at: int, heir: int) -> bool:
        place = self.place.heir(at)
        if place is not None:
            return heir == place
        return self.place.means(at, heir) and not self.place.is_another_ones(at, heir)

    def _by_unique_name(self, waiting: Sequence[int], taken: Container[int]) -> dict[int, int]:
        """Match by name alone, in leagues where a name is a team's wherever it plays, and no list has one twice.

        A name with its own series in it may lead where another one leads that is written so: then neither does.
        """
        asking = [at for at in waiting if self.spelling.of(self.old[at]).unique_names]
        if not asking:
            return {}
        found = {at: heir for at in asking if (heir := self.name.heir(at)) is not None}
        found = {at: heir for at, heir in found.items() if self.spelling.league(self.old[at]) not in self.repeating}
        claims = Counter(found.values())
        found = {at: heir for at, heir in found.items() if claims[heir] == 1 and heir not in taken}
        found = {at: heir for at, heir in found.items() if self.spelling.same_anywhere(self.old[at], self.new[heir])}
        self.named.update(found)
        return found

    @cached_property
    def repeating(self) -> frozenset[str]:
        """The leagues, as they are compared, in which a list has a name twice, be it in another spelling."""
        names = (group(map(self.spelling.name, teams)).several for teams in (self.old, self.new))
        return frozenset(str(key[0]) for several in names for key in several if isinstance(key, tuple))

    def _bracketed(self, waiting: Sequence[int], found: Mapping[int, int]) -> dict[int, int]:
        """Match `X (series)` with the `X` of the same place, or the other way round: the bracket is the import's own.

        It is where the new list has no other team called so to which the bare name could have moved.
        """
        claims: dict[int, int] = {}
        taken = set(found.values())
        for at in waiting:
            heir = self.place.heir(at)
            if heir is None or heir in taken or self.name.heir(at) is not None:
                continue
            differ = self.spelling.called(self.old[at]) != self.spelling.called(self.new[heir])
            if differ and tuple(self.bare.bearers(at)[1]) == (heir,):
                claims[at] = heir
        self.bracketed.update(claims)
        return claims
