"""When two spellings say the same: one family of functions, pure, on whole tokens (design, "Who a team is").

`text` is for leagues and clubs, `series` for series, `name` for team names. Each returns the tokens, joined by one
blank; two values are alike when their results are equal and not empty. Nothing is ever matched by a part of a token.
What is interchangeable in a league (words before a series' designation, ordinals, forms and aliases of clubs) is a
`Dialect`; the one that is meant where nothing is said is `PLAIN`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032", "'"))
# Characters that are drawn as nothing, beyond Unicode's category Cf: grapheme joiner, Hangul fillers, variations.
_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
# Of category Cf, and yet seen: signs of Arabic, Syriac, Kaithi and Egyptian, and the tags that tell flags apart.
_SEEN = frozenset(
    chr(code)
    for first, last in (
        (0x600, 0x605), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x110BD, 0x110BD),
        (0x110CD, 0x110CD), (0x13430, 0x1343F), (0xE0020, 0xE007F),
    )
    for code in range(first, last + 1)
)  # fmt: skip
_JOINERS = frozenset("\u200c\u200d")
# The scripts, by the first word of their letters' names, in which a joiner makes another word.
_JOINING = frozenset(
    (
        "ARABIC", "SYRIAC", "MANDAIC", "MONGOLIAN", "NKO", "ADLAM", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI",
        "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE",
        "JAVANESE",
    )
)  # fmt: skip
_BETWEEN_WORDS = frozenset(",.;:/\\|'\"\u00b7\u2022\u2212\u201c\u201d\u201e\u00ab\u00bb")
_DASHES = "\\-\u058a\u05be\u1400\u1806\u2010-\u2015\u2212\u2e17\u2e1a\u2e3a\u2e3b\u301c\u3030\u30a0"
_DASH = re.compile(f"[{_DASHES}]")
# A word; a dot belongs to it only inside or before a number, an apostrophe only between letters.
_WORD = r"(?:(?<![^\W_])\.(?=\d))?[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+|'[^\W_]+)*"
# Grades: a number, or a letter or two. A mark at their end tells one from another, `B-` from `B`.
_GRADE = r"(?:[^\W\d_]?\d[\d.]*[^\W\d_]?|[^\W_]{1,2})"
_TOKEN = re.compile(
    rf"(?<![^\W_])(?<!'){_GRADE}[{_DASHES}']+(?=\s|$|[)\]}}])"
    rf"|(?<![^\W_])(?<!'){_WORD}[{_DASHES}']+(?=\s*(?:$|[)\]}}]))"
    rf"|{_WORD}|[^\w\s]|_"
)
# Most texts have no mark at the end of any word, and are split three times as fast without looking for one.
_UNMARKED = re.compile(rf"{_WORD}|[^\w\s]|_")
_MARK = re.compile(rf"(?<=[^\W_])[{_DASHES}'](?![^\W_])")
_LETTERS_AND_NUMBER = re.compile(r"([^\W\d_]+)(\d.*)")
# A series word that is as often a word of a name, and is none of the designation there.
_IN_NAMES = frozenset(("chicago", "s"))
_COUNTING = re.compile(r"s?\d[\d.]*[^\W\d_]?[-']*|[^\W\d_][-']*|[ivx]+|[^\w\s]")


@dataclass(frozen=True, eq=False)
class Dialect:
    """How a league writes: what is interchangeable there, all of it as `text` writes it.

    Attributes:
        series_words: words before a series' designation that say nothing.
        ordinals: word → the one that stands for it.
        club_words: forms of clubs that say nothing.
        club_aliases: a club's words → those of the name that stands for it; neither has `club_words`.
    """

    series_words: frozenset[str] = frozenset(("chicago", "series", "s"))
    ordinals: Mapping[str, str] = field(default_factory=dict)
    club_words: frozenset[str] = frozenset()
    club_aliases: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_plain_of_clubs(self) -> bool:
        """Whether a club is only ever itself."""
        return not (self.club_words or self.club_aliases or self.ordinals)


PLAIN = Dialect()
"""The dialect of leagues of which nothing is said."""


@lru_cache(maxsize=16384)
def text(value: str) -> str:
    """Write a text so that Unicode forms, case, blanks and punctuation between words no longer tell it apart.

    NFKC and casefold; characters drawn as nothing (zero-width blanks, soft hyphens) go, but not those that make another
    word or another flag; dashes, commas, slashes, quotes, underscores and dots outside numbers become blanks, but not a
    dash or an apostrophe that stands as a mark at the end of a grade or of the whole (`B-`). Brackets and signs that
    mean something (`&`, `+`, `#`) stay, each a token of its own, and so does the dot of `3.0`. Empty when nothing is
    left.
    """
    return " ".join(_tokens(value))


@lru_cache(maxsize=4096)
def cased(value: str) -> str:
    """Write a text like `text`, but in its own case."""
    return " ".join(_split(_folded(value, str)))


@lru_cache(maxsize=4096)
def series(value: str, dialect: Dialect = PLAIN) -> str:
    """Write a series by its designation, where `Chicago`, `Series` and `S` are synonyms and `Division` is not.

    `Chicago 22`, `Series 22`, `S22` and `22` all give `22`; `Division 11` stays `division 11`; `Series G(1)` gives
    `g ( 1 )`. Only the first word is a designation, and only when a word follows: a series called `Chicago` keeps
    its name. Another league's words are in its dialect.
    """
    return " ".join(designation(value, dialect))


@lru_cache(maxsize=4096)
def club(value: str, dialect: Dialect = PLAIN) -> str:
    """Write a club like `text`, without what its league calls a mere form, and by the name that an alias stands for."""
    return " ".join(_of_club(value, dialect))


@lru_cache(maxsize=4096)
def designation(value: str, dialect: Dialect = PLAIN) -> tuple[str, ...]:
    """Return the tokens of a series' designation; see `series`."""
    return _designated(_ordered(_tokens(value), dialect), dialect)


def name(
    value: str,
    its_series: str | None = None,
    dialect: Dialect = PLAIN,
    *,
    its_club: str | None = None,
    own: tuple[str, ...] | None = None,
) -> str:
    """Write a team's name like `text`, and its own series in it, at the end, by its designation.

    With the series `Series 2B`, `Tennaqua S2B`, `Tennaqua - 2B` and `Tennaqua Series 2B` give `tennaqua 2b`, and
    `Tennaqua (Chicago 13 SW)` with `Series 13 SW` gives `tennaqua ( 13 sw )`. `Chicago` outside brackets is part of
    the name (`Midtown - Chicago 2` is not `Midtown 2`), and so is the number of any other series.

    Args:
        value: the name.
        its_series: the team's series.
        dialect: its league's. Forms and aliases of clubs count only where `its_club` is given.
        its_club: the team's club.
        own: the tokens of the designation, where they are known; none where it has to stay as it is written.
    """
    tokens = _ordered(_tokens(value), dialect)
    if its_club and not dialect.is_plain_of_clubs:
        tokens = _of_its_club(tokens, its_club, dialect)
    if own is None:
        own = designation(its_series, dialect) if its_series else ()
    if own:
        tokens = _bracketed(tokens, own, dialect) or _trailing(tokens, own, dialect) or tokens
    return " ".join(tokens)


def _tokens(value: str) -> tuple[str, ...]:
    return _split(_folded(value))


def _split(folded: str) -> tuple[str, ...]:
    pattern = _TOKEN if _MARK.search(folded) else _UNMARKED
    tokens = tuple(token for token in pattern.findall(folded) if not _separates(token))
    return tuple(_DASH.sub("-", token) for token in tokens) if pattern is _TOKEN else tokens


def _folded(value: str, fold: Callable[[str], str] = str.casefold) -> str:
    if value.isascii():
        return fold(value).replace("`", "'")
    while True:  # folding may undo the composed form and the other way round; two rounds are the most ever needed
        value = unicodedata.normalize("NFC", value).translate(_APOSTROPHES)  # a Greek varia is a grave accent
        folded = unicodedata.normalize("NFKC", fold(unicodedata.normalize("NFKC", value)))
        folded = "".join(_visible(folded))
        if folded == value:
            return folded
        value = folded


def _visible(signs: str) -> Iterator[str]:
    """Yield the signs that are seen, and the joiners by which words and pictures are told apart."""
    before = ""
    for sign in signs:
        if sign in _JOINERS:
            if _joins(before):
                yield sign
        elif not _unseen(sign):
            yield sign
            before = before if sign.isspace() else sign


@lru_cache(maxsize=4096)
def _unseen(sign: str) -> bool:
    return sign in _UNSEEN or (unicodedata.category(sign) == "Cf" and sign not in _SEEN)


@lru_cache(maxsize=4096)
def _joins(before: str) -> bool:
    if not before:
        return False
    script = unicodedata.name(before, "").partition(" ")[0]
    return script in _JOINING or unicodedata.category(before) in {"So", "Sk", "Me"}


@lru_cache(maxsize=4096)
def _separates(token: str) -> bool:
    return token in _BETWEEN_WORDS or (len(token) == 1 and unicodedata.category(token) in {"Pd", "Pc", "Cc"})


def _ordered(tokens: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    return tuple(dialect.ordinals.get(token, token) for token in tokens) if dialect.ordinals else tokens


def _designated(tokens: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    if len(tokens) > 1 and tokens[0] in dialect.series_words and _is_word(tokens[1]):
        return tokens[1:]
    if tokens and (glued := _glued(tokens[0], dialect)):
        return (glued, *tokens[1:])
    return tokens


@lru_cache(maxsize=4096)
def _glued(token: str, dialect: Dialect) -> str:
    """What is left of a token that begins with a series word and goes on with a number, as `S22` does; else nothing."""
    found = _LETTERS_AND_NUMBER.fullmatch(token)
    return _ordered((found[2],), dialect)[0] if found and found[1] in dialect.series_words else ""


def _is_word(token: str) -> bool:
    return token[0].isalnum()


def _of_club(value: str, dialect: Dialect) -> tuple[str, ...]:
    tokens = _without_forms(_ordered(_tokens(value), dialect), dialect)
    return dialect.club_aliases.get(tokens, tokens)


def _of_its_club(tokens: tuple[str, ...], its_club: str, dialect: Dialect) -> tuple[str, ...]:
    """A name without forms of clubs, and with its own club at its head by the name that stands for it."""
    tokens = _without_forms(tokens, dialect)
    mine = _without_forms(_ordered(_tokens(its_club), dialect), dialect)
    known = dialect.club_aliases.get(mine)
    if known is None or tokens[: len(mine)] != mine:
        return tokens
    return (*known, *tokens[len(mine) :])


def _without_forms(tokens: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    return tuple(token for token in tokens if token not in dialect.club_words) or tokens


def _bracketed(tokens: tuple[str, ...], own: tuple[str, ...], dialect: Dialect) -> tuple[str, ...] | None:
    """The name with its last bracket rewritten, where the whole bracket is the team's own series; else None."""
    if not tokens or tokens[-1] != ")":
        return None
    depth = 0
    for at in range(len(tokens) - 1, 0, -1):
        depth += (tokens[at] == ")") - (tokens[at] == "(")
        if depth == 0:
            return (*tokens[: at + 1], *own, ")") if _designated(tokens[at + 1 : -1], dialect) == own else None
    return None


def _trailing(tokens: tuple[str, ...], own: tuple[str, ...], dialect: Dialect) -> tuple[str, ...] | None:
    """The name with `Series` or a glued `S` dropped before the team's own designation at its end; else None."""
    head, tail = tokens[: -len(own)], tokens[-len(own) :]
    if len(head) > 1 and head[-1] in dialect.series_words - _IN_NAMES and tail == own:
        return (*head[:-1], *own)
    if head and tail != own and _glued(tail[0], dialect) and _designated(tail, dialect) == own:
        return (*head, *own)
    return None


def bare(written: str, own: tuple[str, ...]) -> str:
    """Return a name, as `name` writes it, without the bracket that the import adds to tell it from a namesake."""
    tokens, bracket = tuple(written.split()), ("(", *own, ")")
    return " ".join(tokens[: -len(bracket)] if own and tokens[-len(bracket) :] == bracket else tokens)


def carries(written: str, own: tuple[str, ...]) -> bool:
    """Tell whether a name, as `name` writes it, ends with its own series, bare or in brackets: `tennaqua 22`."""
    tokens = tuple(written.split())
    return bool(own) and (tokens[-len(own) :] == own or tokens[-len(own) - 2 :] == ("(", *own, ")"))


def is_counting(token: str) -> bool:
    """Tell whether a token of a name only counts a club's teams: a number, a letter, a Roman numeral or a sign."""
    return _COUNTING.fullmatch(token) is not None


def siblings(one: str, other: str, series: Iterable[str] = ()) -> bool:
    """Tell whether two names, as `bare` writes them, are of two teams of one club, and not of one that was renamed.

    They are where they differ only in what tells a club's teams apart (numbers with or without a letter, single
    letters, Roman numerals and brackets: `Hinsdale PC 1a` and `Hinsdale PC 1b`, `G(1)` and `G(2)`), and where they have
    a word in common (`PC Red` and `PC Blue`, `PC` and `PC Reserves`). Equal names are no siblings.

    Args:
        one: a name.
        other: another one.
        series: the words of their series, which a name that was changed has all the same.
    """
    if one == other:
        return False
    words = [[token for token in written.split() if not is_counting(token)] for written in (one, other)]
    shared = {token for token in one.split() if _is_word(token)} & set(other.split()) - set(series)
    return words[0] == words[1] or bool(shared)


def relabelled(value: str, old: str, new: str) -> str:
    """Write a team's name, normalised, with its old series at the end replaced by a new one.

    A name that does not end with its series, bare or in brackets, is only normalised.
    """
    tokens, own, other = tuple(name(value, old).split()), designation(old), designation(new)
    if not own:
        return " ".join(tokens)
    if tokens[-len(own) - 2 :] == ("(", *own, ")"):
        tokens = (*tokens[: -len(own) - 1], *other, ")")
    elif tokens[-len(own) :] == own:
        tokens = (*tokens[: -len(own)], *other)
    return " ".join(tokens)
