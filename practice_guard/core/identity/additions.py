"""What more might be said of a league, by what only one of two team lists has. Pure.

Nothing here is true of a league because it is found: whoever asks must try what comes of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from practice_guard.core.identity import normalise
from practice_guard.core.identity.habits import ORDINALS, Habits, League
from practice_guard.core.identity.outside import written
from practice_guard.core.identity.spelling import Spelling, dialect
from practice_guard.core.later import later
from practice_guard.core.model import Match, Rosters, Team

if TYPE_CHECKING:
    from rapidfuzz import fuzz
else:
    (fuzz,) = later("rapidfuzz", "fuzz")

FORMS = frozenset(
    (
        "ac", "af", "afc", "as", "bc", "bk", "btc", "bv", "cc", "cd", "cf", "club", "clube", "cp", "ec", "ev", "fc",
        "fk", "gc", "hc", "hsc", "if", "ifk", "ik", "kc", "ks", "lc", "ltc", "nk", "pc", "rc", "rtc", "sc", "sg", "sk",
        "ss", "ssc", "sv", "tc", "tk", "ts", "tsc", "tsv", "tus", "tv", "ud", "us", "vfb", "vfl", "vfr", "vv",
    )
)  # fmt: skip
"""Words that are known as forms of clubs; any other must have gone from, or come to, two clubs at least."""

ALIKE = 85.0
"""How alike, of 100, the names of two clubs are written that may be one."""
ENOUGH = 3
"""Matched teams with outside ids on both sides that say whether ids can be trusted: at least so many."""
EQUAL_PERCENT = 90.0
"""Percent of them whose ids must be equal."""
FORM_WORDS = 2
"""Words that a club's name may have more in one list, at most."""
PLAYERS, PLAYERS_PERCENT = 4, 34.0
"""Players of a club, and percent of them, that must be with the club that it is called now."""


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing more to say of a league: a field of `League`, and what comes to it; True for what is said or not."""

    field: str
    values: tuple[Any, ...] = ()

    def to(self, league: League) -> League:
        """Return what is said of a league with this beside it."""
        known: Any = getattr(league, self.field)
        said: Any
        if self.field == "club_aliases":
            said = tuple(_led_on(known, self.values))
        elif known in (True, False):
            said = True
        else:
            said = (*known, *(each for each in self.values if each not in known))
        return replace(league, **{self.field: said})


def _led_on(known: Iterable[tuple[str, str]], more: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Return aliases with more, none of which leads to another one."""
    names = {normalise.text(alias): (alias, name) for alias, name in (*known, *more)}
    for alias, name in names.values():
        last, seen = name, {normalise.text(alias)}
        while (key := normalise.text(last)) in names and key not in seen:
            seen.add(key)
            last = names[key][1]
        if normalise.text(last) not in seen:
            yield alias, last


def additions(
    old: Sequence[Team], new: Sequence[Team], league: League, matches: Iterable[Match], rosters: tuple[Rosters, Rosters]
) -> list[Addition]:
    """Return what may be said more of a league, what errs least first.

    Args:
        old: its teams in the old list.
        new: its teams in the new one.
        league: what is said of it.
        matches: those that there are.
        rosters: of the old list and of the new one.
    """
    found = _Found(old, new, league, rosters)
    possible = [
        *(Addition("series_words", words) for words in found.series_words()),
        *([] if league.ordinals else [Addition("ordinals", ORDINALS)]),
        *(Addition("club_words", words) for words in found.club_words()),
        *(Addition("club_aliases", (pair,)) for pair in found.club_aliases()),
        *([Addition("outside_id_confirms")] if _ids_agree(matches) else []),
        Addition("unique_names"),
    ]
    return [each for each in dict.fromkeys(possible) if each.to(league) != league]


def _ids_agree(matches: Iterable[Match]) -> bool:
    pairs = [(written(each.old.outside_id), written(each.new.outside_id)) for each in matches if each.new]
    both = [old == new for old, new in pairs if old and new]
    return len(both) >= ENOUGH and 100 * sum(both) >= EQUAL_PERCENT * len(both)


@dataclass
class _Found:
    """The teams of one league in two lists."""

    old: Sequence[Team]
    new: Sequence[Team]
    league: League
    rosters: tuple[Rosters, Rosters]

    @cached_property
    def _by_club(self) -> tuple[Mapping[str, list[Team]], Mapping[str, list[Team]]]:
        return _by_club(self.old), _by_club(self.new)

    @cached_property
    def _there(self) -> set[str]:
        """The players of the new list."""
        return _players(self.new, self.rosters[1])

    @cached_property
    def _spelling(self) -> Spelling:
        codes = {team.league or "" for team in (*self.old, *self.new)}
        return Spelling(self.old, self.new, Habits(tuple(replace(self.league, code=code) for code in codes)))

    def _only(self, part: str) -> tuple[list[str], list[str]]:
        """Return the clubs or the series that only the old, and those that only the new list has, in any spelling."""
        write: Callable[[Team], str] = getattr(self._spelling, part)
        was, now = (
            {write(team): str(getattr(team, part)) for team in teams if write(team)} for teams in (self.old, self.new)
        )
        gone = [value for key, value in was.items() if key not in now]
        return gone, [value for key, value in now.items() if key not in was]

    def series_words(self) -> Iterator[tuple[str, ...]]:
        """Yield the words before the same designations, where each of them heads series of one list only."""
        words = dialect(replace(self.league, ordinals=self.league.ordinals or ORDINALS))
        heads = [
            {normalise.designation(team.series, words)[:1] for team in teams if team.series}
            for teams in (self.old, self.new)
        ]
        gone, come = self._only("series")
        for before in gone:
            for after in come:
                was, now = normalise.designation(before, words), normalise.designation(after, words)
                rest = _shared_end(was, now)
                heading = [
                    (said[0], value, there)
                    for said, value, there in ((was, before, heads[1]), (now, after, heads[0]))
                    if rest and said != rest
                ]
                if heading and all(
                    len(word) > 1 and word.isalpha() and (word,) not in there for word, _, there in heading
                ):
                    yield tuple(_as_written(word, value) for word, value, _ in heading)

    def club_words(self) -> Iterator[tuple[str, ...]]:
        """Yield the words that a club's name has in one list only, where they are known forms, or of several clubs."""
        times: Counter[str] = Counter()
        met: list[tuple[tuple[str, ...], str]] = []
        gone, come = self._only("club")
        for before in gone:
            for after in come:
                was, now = normalise.text(before).split(), normalise.text(after).split()
                longer, shorter, value = (was, now, before) if len(was) > len(now) else (now, was, after)
                more = tuple(word for word in longer if word not in shorter)
                if shorter and 0 < len(more) <= FORM_WORDS and [word for word in longer if word in shorter] == shorter:
                    met.append((more, value))
                    times.update(more)
        for more, value in met:
            if all(word in FORMS or times[word] > 1 for word in more):
                yield tuple(_as_written(word, value) for word in more)

    def club_aliases(self) -> Iterator[tuple[str, str]]:
        """Yield the clubs that are gone as a whole, each with the one that has all its series and seems to be it."""
        gone, come = self._only("club")
        had, has = (
            {club: {self._spelling.series(team) for team in teams} for club, teams in by_club.items()}
            for by_club in self._by_club
        )
        pairs = [
            (before, after)
            for before in gone
            for after in come
            if had[before] <= has[after] and self._seem_one(before, after)
        ]
        times = Counter(club for pair in pairs for club in pair)
        yield from (pair for pair in pairs if times[pair[0]] == times[pair[1]] == 1)

    def _seem_one(self, before: str, after: str) -> bool:
        """Whether two clubs are called alike, have teams of the same names, or the same players."""
        was, now = normalise.text(before), normalise.text(after)
        words, others = set(was.split()), set(now.split())
        if was == now:
            return False
        if words <= others or others <= words or fuzz.ratio(was, now) >= ALIKE:
            return True
        old, new = self._by_club[0][before], self._by_club[1][after]
        names = {self._spelling.called(team) for team in new} - {""}
        if 2 * sum(self._spelling.called(team) in names for team in old) > len(old):
            return True
        mine = _players(old, self.rosters[0]) & self._there
        shared = mine & _players(new, self.rosters[1])
        return len(mine) >= PLAYERS and 100 * len(shared) >= PLAYERS_PERCENT * len(mine)


def _by_club(teams: Iterable[Team]) -> Mapping[str, list[Team]]:
    found: dict[str, list[Team]] = defaultdict(list)
    for team in teams:
        found[team.club or ""].append(team)
    return found


def _players(teams: Iterable[Team], rosters: Rosters) -> set[str]:
    return set().union(*(rosters.get(team.id, ()) for team in teams))


def _shared_end(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """What two designations say where a word is taken from the head of one or of both; nothing where they differ."""
    if one[1:] == other[1:]:
        return one[1:]
    return other if one[1:] == other else one if other[1:] == one else ()


def _as_written(word: str, value: str) -> str:
    """A word of a value as people write it there; as it is compared where that cannot be told."""
    return next((each for each in re.findall(r"[^\W_]+", value) if normalise.text(each) == word), word)
