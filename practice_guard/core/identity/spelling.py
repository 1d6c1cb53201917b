"""What the facets of teams are compared by in two lists that are held against each other. Pure.

A synonym counts only while neither list shows both spellings as two things at once (design, "Who a team is"): where one
of them has `S1` beside `1`, these are two series, and each is compared by what it is written as.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from practice_guard.core.identity import kinship, normalise
from practice_guard.core.identity.habits import Habits, League
from practice_guard.core.identity.normalise import Dialect
from practice_guard.core.model import Team

Key = tuple[str, ...]
Form = Callable[[str], str]
_Sides = tuple[set[str], set[str]]
_NOBODYS: _Sides = (set(), set())


@lru_cache(maxsize=64)
def dialect(league: League) -> Dialect:
    """Return what is interchangeable in a league, as it is compared."""
    ordinals = {}
    for group in league.ordinals:
        words = [word for word in map(normalise.text, group) if word and " " not in word]
        ordinals.update(dict.fromkeys(words, words[0]))
    forms, before = (
        frozenset(ordinals.get(word, word) for word in map(normalise.text, given) if word)
        for given in (league.club_words, league.series_words)
    )
    plain = Dialect(before, ordinals, forms)
    aliases = {}
    for alias, known in league.club_aliases:
        aliases[tuple(normalise.club(alias, plain).split())] = tuple(normalise.club(known, plain).split())
    return Dialect(plain.series_words, ordinals, forms, aliases) if aliases else plain


class _Forms:
    """One kind of value in two lists, by the freest of several forms under which no list shows two of them as one."""

    def __init__(self, lists: Iterable[Iterable[str]], forms: Sequence[Form]) -> None:
        self._forms = forms
        self._steps: dict[str, int] = {}
        self._known: dict[str, str] = {}
        groups: list[dict[str, list[str]]] = []
        for values in lists:
            found: dict[str, list[str]] = {}
            for value in dict.fromkeys(values):
                found.setdefault(forms[0](value), []).append(value)
            groups.append(found)
        for form in {form for found in groups for form, values in found.items() if len(values) > 1}:
            several = [found[form] for found in groups if form in found]
            self._steps[form] = next(
                (step for step in range(1, len(forms)) if all(_apart(values, forms[step]) for values in several)),
                len(forms) - 1,
            )

    def __call__(self, value: str) -> str:
        if value not in self._known:
            form = self._forms[0](value)
            step = self._steps.get(form)
            # A form that is not the first must never meet one that is.
            self._known[value] = form if step is None or not form else f"{step}\0{self._forms[step](value)}"
        return self._known[value]

    def is_free(self, value: str) -> bool:
        """Whether a value is compared by the freest form."""
        return self._forms[0](value) not in self._steps


def _apart(values: Sequence[str], form: Form) -> bool:
    return len({form(value) for value in values}) == len(values)


def _as_written(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class _Written:
    """A league as two lists write it: what its code, clubs and series are compared by."""

    key: str
    dialect: Dialect
    clubs: _Forms
    series: _Forms


@dataclass
class Spelling:
    """How two lists write their teams, in the habits of their leagues."""

    old: Sequence[Team]
    new: Sequence[Team]
    habits: Habits = field(default_factory=Habits)
    _leagues: dict[str, _Written] = field(default_factory=dict)
    _called: dict[int, tuple[Team, str]] = field(default_factory=dict)

    @cached_property
    def _codes(self) -> _Forms:
        lists = [{team.league for team in teams if team.league} for teams in (self.old, self.new)]
        return _Forms(lists, (self._code, normalise.text, normalise.cased, _as_written))

    def _code(self, value: str) -> str:
        league = self.habits.of(value)
        return normalise.text(league.code if league.code_aliases else value)

    @cached_property
    def _values(self) -> Mapping[str, Mapping[str, _Sides]]:
        """The clubs and the series of each league, in the old and in the new list."""
        found: dict[str, dict[str, _Sides]] = {}
        for side, teams in enumerate((self.old, self.new)):
            clubs = {(team.league, team.club) for team in teams if team.league and team.club}
            series = {(team.league, team.series) for team in teams if team.league and team.series}
            for kind, values in (("clubs", clubs), ("series", series)):
                for code, value in values:
                    of = found.setdefault(self._codes(code or ""), {"clubs": (set(), set()), "series": (set(), set())})
                    of[kind][side].add(value or "")
        return found

    def _of(self, code: str) -> _Written:
        if code not in self._leagues:
            key, words = self._codes(code), dialect(self.habits.of(code))
            values = self._values.get(key, {})
            self._leagues[code] = _Written(
                key, words, _clubs(values.get("clubs", _NOBODYS), words), _series(values.get("series", _NOBODYS), words)
            )
        return self._leagues[code]

    def of(self, team: Team) -> League:
        """Return what is said of the habits of a team's league."""
        return self.habits.of(team.league)

    def league(self, team: Team) -> str:
        """Return what a team's league is compared by; empty where it is unknown."""
        return self._codes(team.league) if team.league else ""

    def club(self, team: Team) -> str:
        """Return what a team's club is compared by; empty where it is unknown."""
        return self._of(team.league or "").clubs(team.club) if team.club else ""

    def series(self, team: Team) -> str:
        """Return what a team's series is compared by; empty where it is unknown."""
        return self._of(team.league or "").series(team.series) if team.series else ""

    def own(self, team: Team) -> tuple[str, ...]:
        """Return the designation of a team's series as its name has it; none where the series has to stay as it is."""
        league = self._of(team.league or "")
        if not team.series or not league.series.is_free(team.series):
            return ()
        return normalise.designation(team.series, league.dialect)

    def called(self, team: Team) -> str:
        """Return what a team's name is compared by; empty where it is unknown."""
        if not team.name:
            return ""
        known = self._called.get(id(team))
        if known is None or known[0] is not team:
            known = team, self._name(team, self.own(team))
            self._called[id(team)] = known
        return known[1]

    def same_anywhere(self, one: Team, other: Team) -> bool:
        """Tell whether two names that are alike are so in whatever series: `Lions S2` is `Lions 2` in series 2 only."""
        return self.series(one) == self.series(other) or self._name(one, ()) == self._name(other, ())

    def _name(self, team: Team, own: tuple[str, ...]) -> str:
        league = self._of(team.league or "")
        club = team.club if team.club and league.clubs.is_free(team.club) else None
        return normalise.name(team.name or "", team.series, league.dialect, its_club=club, own=own)

    def name(self, team: Team) -> Key | None:
        """Return league and team name after normalising, or None where nothing is left of either."""
        return _whole(self.league(team), self.called(team)) if team.league and team.name else None

    def place(self, team: Team) -> Key | None:
        """Return league, club and series after normalising, or None where nothing is left of any."""
        if not team.league or not team.club or not team.series:
            return None
        league = self._of(team.league)
        return _whole(league.key, league.clubs(team.club), league.series(team.series))

    def its_series(self, team: Team) -> Key | None:
        """Return league and series after normalising, or None where nothing is left of either."""
        return _whole(self.league(team), self.series(team)) if team.league and team.series else None

    def cased_name(self, team: Team) -> Key | None:
        """Return league and team name after normalising all but their case."""
        return (self.league(team), normalise.cased(team.name)) if team.league and team.name else None

    def cased_place(self, team: Team) -> Key | None:
        """Return league, club and series after normalising all but the club's case."""
        if not team.league or not team.club or not team.series:
            return None
        return self.league(team), normalise.cased(team.club), self.series(team)

    def bare(self, team: Team) -> str:
        """Return what a team's name is compared by, without the bracket that the import adds."""
        return normalise.bare(self.called(team), self.own(team))

    def carries(self, team: Team) -> bool:
        """Tell whether a team's name ends with its own series."""
        return normalise.carries(self.called(team), self.own(team))

    def _with_forms(self, team: Team) -> str:
        """A bare name with all the words of its club, those that a league calls mere forms as well."""
        own = self.own(team)
        written = normalise.name(team.name or "", team.series, self._of(team.league or "").dialect, own=own)
        return normalise.bare(written, own)

    def shown_twice(self, team: Team) -> str:
        """Return `league` or `series` where a list shows another spelling of a team's beside it; else nothing."""
        if team.league and not self._codes.is_free(team.league):
            return "league"
        if team.league and team.series and not self._of(team.league).series.is_free(team.series):
            return "series"
        return ""

    def siblings(self, one: Team, other: Team) -> bool:
        """Tell whether two teams of one place are, by their names, two teams of a club and not one that was renamed."""
        series = {*self.own(one), *self.own(other)}
        names = self._with_forms(one), self._with_forms(other)
        return normalise.siblings(*names, series) or (names[0] != names[1] and kinship.related(*names, series))


def _clubs(lists: Iterable[Iterable[str]], words: Dialect) -> _Forms:
    return _Forms(lists, (lambda value: normalise.club(value, words), normalise.text))


def _series(lists: Iterable[Iterable[str]], words: Dialect) -> _Forms:
    forms = (lambda value: normalise.series(value, words), normalise.text, normalise.cased, _as_written)
    return _Forms(lists, forms)


def _whole(*parts: str) -> Key | None:
    return parts if all(parts) else None
