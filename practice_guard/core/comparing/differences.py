"""What two environments have otherwise, and whether that changes what the guard does. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from practice_guard.core.comparing.kinds import BY_IDENTITY, Facts, Item, Kind
from practice_guard.core.identity import Habits, dialect, normalise, resolve, resolve_leagues
from practice_guard.core.model import Team, Verdict

_BY_WHAT_THEY_SAY = (Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE)
"""Of these another name is no difference."""

_OTHERWISE = {Kind.RIGHT: "not missing"}
"""What a side says of a thing that it does not name; nothing for other kinds."""

_THERE = "there"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two sides have otherwise; `left` or `right` is None where that side has none."""

    kind: Kind
    name: str
    left: str | None
    right: str | None
    matters: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two environments side by side.

    Attributes:
        environments: what is compared, left and right.
        differences: in the order of their kinds, those first that matter.
        unsaid: by environment the kinds of which it says nothing, so that they were not compared.
    """

    environments: tuple[str, str]
    differences: tuple[Difference, ...]
    unsaid: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)

    @property
    def matter(self) -> int:
        """How many differences change what the guard does."""
        return sum(each.matters for each in self.differences)

    @property
    def alike(self) -> bool:
        """Whether none does."""
        return not self.matter

    @property
    def verdict(self) -> Verdict:
        """Fine where they are alike, else refused."""
        return Verdict.FINE if self.alike else Verdict.REFUSED


def compare(left: Facts, right: Facts, habits: Habits | None = None) -> Comparison:
    """Compare two sides, as far as both say something.

    Args:
        left: one side.
        right: the other.
        habits: how the leagues write their teams.
    """
    unsaid = left.unsaid | right.unsaid
    found = [
        each
        for kind in Kind
        if kind not in unsaid
        for each in (_by_identity(kind, left, right, habits or Habits()) if kind in BY_IDENTITY else ())
    ]
    found += [each for kind in Kind if kind not in (*unsaid, *BY_IDENTITY) for each in _of_kind(kind, left, right)]
    order = {kind: place for place, kind in enumerate(Kind)}
    found.sort(key=lambda each: (order[each.kind], not each.matters, each.name))
    silent = {side.name: tuple(kind for kind in Kind if kind in side.unsaid) for side in (left, right) if side.unsaid}
    return Comparison((left.name, right.name), tuple(found), silent)


def _of_kind(kind: Kind, left: Facts, right: Facts) -> Iterator[Difference]:
    """Pair things by their names, and what is alone then by what it says, where its name is no matter."""
    both = left.described & right.described
    ours, theirs = ({each.name: each for each in _comparable(side, kind, both)} for side in (left, right))
    otherwise = _OTHERWISE.get(kind)
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        if one and other and one.says == other.says:
            continue
        if kind in _BY_WHAT_THEY_SAY and _said_elsewhere(one, theirs) and _said_elsewhere(other, ours):
            continue
        relied = any(each.relied for each in (one, other) if each)
        left_says, right_says = (each.says if each else otherwise for each in (one, other))
        yield Difference(kind, name, left_says, right_says, matters=relied)


def _comparable(side: Facts, kind: Kind, described: frozenset[str]) -> Iterable[Item]:
    return (each for each in side.items.get(kind, ()) if not each.table or each.table in described)


def _said_elsewhere(item: Item | None, others: Mapping[str, Item]) -> bool:
    """Whether the other side says the same of the same table, under whatever name; so does what is not there."""
    return item is None or any((each.table, each.says) == (item.table, item.says) for each in others.values())


def _by_identity(kind: Kind, left: Facts, right: Facts, habits: Habits) -> Iterator[Difference]:
    ours, theirs = {
        Kind.LEAGUE: _leagues,
        Kind.CLUB: _clubs,
        Kind.SERIES: _series,
        Kind.TEAM: _teams,
    }[kind](left, right, habits)
    yield from (Difference(kind, name, _THERE, None, matters=False) for name in ours)
    yield from (Difference(kind, name, None, _THERE, matters=False) for name in theirs)


_Alone = tuple[list[str], list[str]]
"""What only the left side has, and what only the right one has."""


def _leagues(left: Facts, right: Facts, habits: Habits) -> _Alone:
    found = resolve_leagues(left.leagues, right.leagues, habits=habits)
    taken = set(found.values())
    return (
        [code for key, code in left.leagues.items() if key not in found],
        [code for key, code in right.leagues.items() if key not in taken],
    )


def _clubs(left: Facts, right: Facts, habits: Habits) -> _Alone:
    words = dialect(habits.of(None))
    ours, theirs = ({name: normalise.club(name, words) for name in side.clubs} for side in (left, right))
    return _alone(ours, theirs)


def _series(left: Facts, right: Facts, habits: Habits) -> _Alone:
    within = all(league is not None for side in (left, right) for league, _ in side.series)

    def keyed(side: Facts) -> dict[str, Hashable]:
        found: dict[str, Hashable] = {}
        for league, name in side.series:
            said = f"{name} ({league})" if within else name
            own = normalise.series(name, dialect(habits.of(league)))
            found[said] = (normalise.text(habits.of(league).code if habits.of(league).code_aliases else league or ""),
                           own) if within else own  # fmt: skip
        return found

    return _alone(keyed(left), keyed(right))


def _alone(ours: Mapping[str, Hashable], theirs: Mapping[str, Hashable]) -> _Alone:
    there, here = set(theirs.values()), set(ours.values())
    return (
        [name for name, key in ours.items() if key not in there],
        [name for name, key in theirs.items() if key not in here],
    )


def _teams(left: Facts, right: Facts, habits: Habits) -> _Alone:
    """Find the teams that would not be found again on the other side, by name and place as a restore finds them."""
    heirs = resolve(left.teams, right.teams, habits=habits).heirs
    taken = set(heirs.values())
    return (_named(each for each in left.teams if each.id not in heirs),
            _named(each for each in right.teams if each.id not in taken))  # fmt: skip


def _named(teams: Iterable[Team]) -> list[str]:
    return sorted(str(each.identity) for each in teams)
