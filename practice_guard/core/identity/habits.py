"""How a league writes its teams: what is interchangeable, and what tells a team (contract, `[[league]]`). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from practice_guard.core.identity import normalise

EVERY_OTHER = "*"
"""The code of what is said for all leagues that nothing else is said for."""

SERIES_WORDS = ("Chicago", "Series", "S")
"""Words before a series' designation that say nothing, where a league has no others."""

ORDINALS: tuple[tuple[str, ...], ...] = tuple(
    (str(number), f"{number}{ending}", roman, *words)
    for number, ending, roman, *words in (
        (1, "st", "I", "first"),
        (2, "nd", "II", "second"),
        (3, "rd", "III", "third"),
        (4, "th", "IV", "fourth"),
        (5, "th", "V", "fifth"),
        (6, "th", "VI", "sixth"),
        (7, "th", "VII", "seventh"),
        (8, "th", "VIII", "eighth"),
        (9, "th", "IX", "ninth"),
        (10, "th", "X", "tenth"),
    )
)
"""What `ordinals = true` makes interchangeable: `2`, `2nd`, `II` and `second`."""


@dataclass(frozen=True, slots=True)
class League:
    """What is said of a league's habits. Of everything that is not said, today's way is the default.

    Attributes:
        code: its code; `*` for all others.
        series_words: words before a series' designation that are interchangeable, and say nothing.
        ordinals: groups of words that mean the same wherever they stand as a word of their own.
        club_words: forms of clubs (`FC`, `SV`) that say nothing.
        club_aliases: a club's other name, and the name that it is an alias of.
        code_aliases: other spellings of the league's code.
        unique_names: whether a name alone says who a team is, wherever it plays.
        outside_id: the column of `teams` with the team's id in the world outside.
        outside_id_confirms: whether equal outside ids settle where only one facet agrees.
        active: the column of `teams` that says whether a team still plays.
    """

    code: str = EVERY_OTHER
    series_words: tuple[str, ...] = SERIES_WORDS
    ordinals: tuple[tuple[str, ...], ...] = ()
    club_words: tuple[str, ...] = ()
    club_aliases: tuple[tuple[str, str], ...] = ()
    code_aliases: tuple[str, ...] = ()
    unique_names: bool = False
    outside_id: str = "external_team_id"
    outside_id_confirms: bool = False
    active: str = "is_active"


@dataclass(frozen=True)
class Habits:
    """The habits of all leagues that something is said of."""

    leagues: tuple[League, ...] = ()
    _default: League = field(default=League(), repr=False, compare=False)

    @cached_property
    def _by_code(self) -> dict[str, League]:
        found = {}
        for each in self.leagues:
            for code in (*each.code_aliases, each.code):
                found[normalise.text(code)] = each
        return found

    @cached_property
    def _others(self) -> League:
        return next((each for each in self.leagues if each.code == EVERY_OTHER), self._default)

    def of(self, code: str | None) -> League:
        """Return the habits of a league, by its code or another spelling of it."""
        return self._by_code.get(normalise.text(code or ""), self._others)
