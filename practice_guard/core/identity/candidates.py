"""Teams that a person may decide for, where nothing decided: at most five, with what speaks for and against each.

Similarity never matches anything; it only puts the likely ones first. It is bounded: only the free teams that share a
club, a series or a rare word with the unmatched one are compared, and only for the first few thousand of those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, overload

from practice_guard.core.identity import normalise
from practice_guard.core.identity.facets import agreement
from practice_guard.core.identity.grouping import Grouping, group
from practice_guard.core.identity.habits import Habits
from practice_guard.core.identity.outside import written
from practice_guard.core.identity.resolution import Resolution, distinct
from practice_guard.core.identity.roster import Hearing, Witnesses
from practice_guard.core.identity.spelling import Key, Spelling
from practice_guard.core.later import later
from practice_guard.core.model import Candidate, Match, Team

if TYPE_CHECKING:
    from rapidfuzz import fuzz
else:
    (fuzz,) = later("rapidfuzz", "fuzz")

SIMILAR_FROM = 70.0
"""Percent of similarity from which a team is worth a person's look, when nothing else speaks for it."""
COMPARED = 200
"""Free teams that one unmatched team is compared with, at most."""
ASKED = 5_000
"""Unmatched teams that get candidates by similarity; the rest get only those that a facet or a roster names."""


def with_candidates(
    resolution: Resolution,
    new: Sequence[Team],
    *,
    witnesses: Witnesses | None = None,
    habits: Habits | None = None,
    limit: int = 5,
) -> Resolution:
    """Return the resolution with up to `limit` candidates for each team that nothing matched.

    They are looked for when they are first read, with the lists and rosters given here.

    Args:
        resolution: What `resolve` returned.
        new: The new list it was resolved against.
        witnesses: The rosters, if any; how many players two teams share is said beside each candidate.
        habits: How the leagues write their teams.
        limit: Candidates a team, at most.
    """
    unmatched = list(resolution.unmatched())
    if not unmatched:
        return resolution
    search = _Search(resolution, new, witnesses or Witnesses(), habits or Habits())
    matches = dict(resolution.matches)
    for count, match in enumerate(unmatched):
        matches[match.old.id] = replace(match, candidates=_Wanted(search, match, count < ASKED, limit))
    return replace(resolution, matches=matches)


class _Wanted(Sequence[Candidate]):
    """The candidates of one team, looked for when somebody wants to see them: most are never shown."""

    __slots__ = ("_asked", "_found")

    def __init__(self, search: _Search, match: Match, similar: bool, limit: int) -> None:
        self._asked = search, match, similar, limit
        self._found: tuple[Candidate, ...] | None = None

    @property
    def found(self) -> tuple[Candidate, ...]:
        """The candidates."""
        if self._found is None:
            search, match, similar, limit = self._asked
            self._found = tuple(islice(search.candidates(match, similar=similar), limit))
        return self._found

    @overload
    def __getitem__(self, at: int) -> Candidate: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, at: int | slice) -> Candidate | Sequence[Candidate]:
        return self.found[at]

    def __len__(self) -> int:
        return len(self.found)

    def __eq__(self, other: object) -> bool:
        return self.found == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.found)

    def __repr__(self) -> str:
        return repr(self.found)


class _Search:
    """The new list, indexed by everything that may make one of its teams a candidate; indexed when first asked."""

    def __init__(self, resolution: Resolution, new: Sequence[Team], witnesses: Witnesses, habits: Habits) -> None:
        self._resolution, self._witnesses, self._habits = resolution, witnesses, habits
        self.new = distinct(new)
        self._spelled: dict[int, tuple[str, str]] = {}

    @cached_property
    def spelling(self) -> Spelling:
        """How the two lists write their teams."""
        return Spelling(self._old, self.new, self._habits)

    @cached_property
    def _old(self) -> list[Team]:
        return [match.old for match in self._resolution.matches.values()]

    @cached_property
    def at(self) -> dict[int, int]:
        """The old positions by id."""
        return {team.id: at for at, team in enumerate(self._old)}

    @cached_property
    def hearing(self) -> Hearing:
        """What the players say of all that wait."""
        hearing = Hearing(self.spelling, self._witnesses)
        hearing.call([self.at[match.old.id] for match in self._resolution.unmatched()])
        return hearing

    @cached_property
    def heir_of(self) -> dict[Team, Team]:
        """The old team of every new one that is matched."""
        return {match.new: match.old for match in self._resolution.matches.values() if match.new}

    @cached_property
    def names(self) -> Grouping:
        """The new positions by name."""
        return group(map(self.spelling.name, self.new))

    @cached_property
    def places(self) -> Grouping:
        """The new positions by place."""
        return group(map(self.spelling.place, self.new))

    @cached_property
    def old_names(self) -> dict[Key | None, Team]:
        """The first old team of each name."""
        return {self.spelling.name(team): team for team in reversed(self._old)}

    @cached_property
    def old_places(self) -> dict[Key | None, Team]:
        """The first old team of each place."""
        return {self.spelling.place(team): team for team in reversed(self._old)}

    @cached_property
    def leagues(self) -> set[str]:
        """The leagues of the new list."""
        return {self.spelling.league(team) for team in self.new}

    @cached_property
    def arrived(self) -> set[str]:
        """Those that the old list does not have."""
        return self.leagues - {self.spelling.league(team) for team in self._old}

    @cached_property
    def free(self) -> dict[tuple[str, str], list[int]]:
        """The new teams that nobody is matched with, by league and word."""
        free: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, team in enumerate(self.new):
            if team not in self.heir_of:
                for word in self._words(team):
                    free[self.spelling.league(team), word].append(at)
        return free

    def candidates(self, match: Match, *, similar: bool) -> Iterator[Candidate]:
        """Yield the candidates of an unmatched team, the likeliest first."""
        old, at = match.old, self.at[match.old.id]
        witnessed = self.hearing.onto(at)
        names, places = self.names[self.spelling.name(old)], self.places[self.spelling.place(old)]
        named = {*names[:COMPARED], *places[:COMPARED], *witnessed}
        mine, ranked = self._written(old), []
        for heir in named:
            facets = sum(level is not None for level in agreement(old, self.new[heir], self.spelling))
            free = self.new[heir] not in self.heir_of
            ranked.append((heir in witnessed, facets, free, _similarity(mine, self._spelling(heir)), -heir))
        others = islice(self._neighbours(old), COMPARED) if similar else ()
        for heir in others:
            score = _similarity(mine, self._spelling(heir))
            if score >= SIMILAR_FROM and heir not in named:
                ranked.append((False, 0, True, score, -heir))
        for _, _, _, score, heir in sorted(ranked, reverse=True):
            yield self._candidate(old, at, -heir, score)

    def _spelling(self, heir: int) -> tuple[str, str]:
        if heir not in self._spelled:
            self._spelled[heir] = self._written(self.new[heir])
        return self._spelled[heir]

    def _written(self, team: Team) -> tuple[str, str]:
        """Name and place as they are compared: the words of each in the order of the alphabet."""
        club, series = self.spelling.club(team), self.spelling.series(team)
        return " ".join(sorted(normalise.text(team.name or "").split())), " ".join(sorted(f"{club} {series}".split()))

    def _words(self, team: Team) -> set[str]:
        """The words of a team's name, and its club and its series each as one."""
        words = set(normalise.text(team.name or "").split())
        if team.club:
            words.add(f"club {self.spelling.club(team)}")
        if team.series:
            words.add(f"series {self.spelling.series(team)}")
        return words

    def _neighbours(self, old: Team) -> Iterator[int]:
        """Yield free teams that share a word with an old one, by the rarest word first.

        They are of its own league, or, where that is gone as a whole, of leagues that are new in the list.
        """
        league, words = self.spelling.league(old), self._words(old)
        leagues = [league] if league in self.leagues else sorted(self.arrived)
        found = [self.free[league, word] for league in leagues for word in words if (league, word) in self.free]
        seen: set[int] = set()
        for positions in sorted(found, key=len):
            fresh = [at for at in positions[:COMPARED] if at not in seen]
            seen.update(fresh)
            yield from fresh

    def _candidate(self, old: Team, at: int, heir: int, score: float) -> Candidate:
        team = self.new[heir]
        speaks_for, speaks_against = compare(old, team, self.spelling)
        if self.hearing.overlap(at, heir)[1]:
            side = speaks_for if heir in self.hearing.onto(at) else speaks_against
            side.append(f"{self.hearing.standing(at, heir)} it")
        if team in self.heir_of:
            speaks_against.append(f"already the heir of {self.heir_of[team].identity}")
        for which, keys, key in (
            ("name", self.old_names, self.spelling.name),
            ("place", self.old_places, self.spelling.place),
        ):
            origin = keys.get(key(team))
            if key(team) and origin and key(team) != key(old) and origin != self.heir_of.get(team):
                speaks_against.append(f"it has the {which} of {origin.identity}")
        return Candidate(team, score, tuple(speaks_for), tuple(speaks_against))


def compare(old: Team, new: Team, spelling: Spelling) -> tuple[list[str], list[str]]:
    """Return what speaks for and what against two teams being the same, by their names, places and outside ids."""
    speaks_for, speaks_against = [], []
    for which, level in zip(("name", "place"), agreement(old, new, spelling), strict=True):
        if level is None:
            speaks_against.append(f"another {which}")
        else:
            speaks_for.append(f"the same {which}" + (" after normalising" if level == "normalised" else ""))
    if spelling.league(old) != spelling.league(new):
        speaks_against.append("another league")
    for which, mine, other in (
        ("club", spelling.club(old), spelling.club(new)),
        ("series", spelling.series(old), spelling.series(new)),
        ("alias", normalise.text(old.alias or ""), normalise.text(new.alias or "")),
        ("outside id", written(old.outside_id), written(new.outside_id)),
    ):
        if mine and mine == other:
            speaks_for.append(f"the same {which}")
        elif which == "outside id" and mine and other:
            speaks_against.append(f"another outside id ({new.outside_id}, and not {old.outside_id})")
    if old.inactive != new.inactive:
        speaks_against.append("it is inactive" if new.inactive else "it is active")
    return speaks_for, speaks_against


def _similarity(old: tuple[str, str], new: tuple[str, str]) -> float:
    """How much two teams read alike, 0 to 100: half by their names, half by club and series."""
    return round((fuzz.ratio(old[0], new[0]) + fuzz.ratio(old[1], new[1])) / 2, 1)
