"""When two spellings say the same: one family of functions, pure, on whole tokens (design, "Who a team is").

`text` is for leagues and clubs, `series` for series, `name` for team names. Each returns the tokens, joined by one
blank; two values are alike when their results are equal and not empty. Nothing is ever matched by a part of a token.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032", "'"))
# Characters that are drawn as nothing, beyond Unicode's category Cf: grapheme joiner, Hangul fillers, variations.
_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_BETWEEN_WORDS = frozenset(",.;:/\\|'\"\u00b7\u2022\u2212\u201c\u201d\u201e\u00ab\u00bb")
# A word; a dot belongs to it only inside or before a number, an apostrophe only between letters.
_TOKEN = re.compile(r"(?:(?<![^\W_])\.(?=\d))?[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+|'[^\W_]+)*|[^\w\s]|_")
_SERIES_WORDS = frozenset(("chicago", "series", "s"))
_GLUED = re.compile(r"s(?=\d)")
_COUNTING = re.compile(r"s?\d[\d.]*[^\W\d_]?|[^\W\d_]|[ivx]+|[^\w\s]")


@lru_cache(maxsize=16384)
def text(value: str) -> str:
    """Write a text so that Unicode forms, case, blanks and punctuation between words no longer tell it apart.

    NFKC and casefold; characters drawn as nothing (zero-width blanks, soft hyphens) go; dashes, commas, slashes,
    quotes, underscores and dots outside numbers become blanks. Brackets and signs that mean something (`&`, `+`,
    `#`) stay, each a token of its own, and so does the dot of `3.0`. Empty when nothing is left.
    """
    return " ".join(_tokens(value))


@lru_cache(maxsize=4096)
def series(value: str) -> str:
    """Write a series by its designation, where `Chicago`, `Series` and `S` are synonyms and `Division` is not.

    `Chicago 22`, `Series 22`, `S22` and `22` all give `22`; `Division 11` stays `division 11`; `Series G(1)` gives
    `g ( 1 )`. Only the first word is a designation, and only when a word follows: a series called `Chicago` keeps
    its name.
    """
    return " ".join(_designation(value))


def name(value: str, its_series: str | None = None) -> str:
    """Write a team's name like `text`, and its own series in it, at the end, by its designation.

    With the series `Series 2B`, `Tennaqua S2B`, `Tennaqua - 2B` and `Tennaqua Series 2B` give `tennaqua 2b`, and
    `Tennaqua (Chicago 13 SW)` with `Series 13 SW` gives `tennaqua ( 13 sw )`. `Chicago` outside brackets is part of
    the name (`Midtown - Chicago 2` is not `Midtown 2`), and so is the number of any other series.
    """
    tokens = _tokens(value)
    own = _designation(its_series) if its_series else ()
    if own:
        tokens = _bracketed(tokens, own) or _trailing(tokens, own) or tokens
    return " ".join(tokens)


def _tokens(value: str) -> tuple[str, ...]:
    return tuple(token for token in _TOKEN.findall(_folded(value)) if not _separates(token))


def _folded(value: str) -> str:
    if value.isascii():
        return value.casefold().replace("`", "'")
    value = value.translate(_APOSTROPHES)
    while True:  # folding may undo the composed form and the other way round; two rounds are the most ever needed
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
        folded = "".join(sign for sign in folded if not _unseen(sign))
        if folded == value:
            return folded
        value = folded


@lru_cache(maxsize=4096)
def _unseen(sign: str) -> bool:
    return sign in _UNSEEN or unicodedata.category(sign) == "Cf"


@lru_cache(maxsize=4096)
def _separates(token: str) -> bool:
    return token in _BETWEEN_WORDS or (len(token) == 1 and unicodedata.category(token) in {"Pd", "Pc", "Cc"})


@lru_cache(maxsize=4096)
def _designation(value: str) -> tuple[str, ...]:
    return _designated(_tokens(value))


def _designated(tokens: tuple[str, ...]) -> tuple[str, ...]:
    if len(tokens) > 1 and tokens[0] in _SERIES_WORDS and _is_word(tokens[1]):
        return tokens[1:]
    if tokens and _GLUED.match(tokens[0]):
        return (tokens[0][1:], *tokens[1:])
    return tokens


def _is_word(token: str) -> bool:
    return token[-1].isalnum()


def _bracketed(tokens: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...] | None:
    """The name with its last bracket rewritten, where the whole bracket is the team's own series; else None."""
    if not tokens or tokens[-1] != ")":
        return None
    depth = 0
    for at in range(len(tokens) - 1, 0, -1):
        depth += (tokens[at] == ")") - (tokens[at] == "(")
        if depth == 0:
            return (*tokens[: at + 1], *own, ")") if _designated(tokens[at + 1 : -1]) == own else None
    return None


def _trailing(tokens: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...] | None:
    """The name with `Series` or a glued `S` dropped before the team's own designation at its end; else None."""
    head, tail = tokens[: -len(own)], tokens[-len(own) :]
    if len(head) > 1 and head[-1] == "series" and tail == own:
        return (*head[:-1], *own)
    if head and tail != own and _GLUED.match(tail[0]) and _designated(tail) == own:
        return (*head, *own)
    return None


def bare(value: str, its_series: str) -> str:
    """Write a team's name like `name`, without the bracket that the import adds to tell it from a namesake."""
    tokens, own = tuple(name(value, its_series).split()), _designation(its_series)
    bracket = ("(", *own, ")")
    return " ".join(tokens[: -len(bracket)] if own and tokens[-len(bracket) :] == bracket else tokens)


def carries(value: str, its_series: str) -> bool:
    """Tell whether a team's name ends with its own series, bare or in brackets: `Tennaqua - 22` of `Chicago 22`."""
    tokens, own = tuple(name(value, its_series).split()), _designation(its_series)
    return bool(own) and (tokens[-len(own) :] == own or tokens[-len(own) - 2 :] == ("(", *own, ")"))


def siblings(one: str, other: str) -> bool:
    """Tell whether two names, as `bare` writes them, differ only in what tells a club's teams apart.

    That are numbers with or without a letter, single letters, Roman numerals and brackets: `Hinsdale PC 1a` and
    `Hinsdale PC 1b`, `PC I` and `PC II`, `G(1)` and `G(2)`. Equal names are no siblings.
    """
    words = [[token for token in written.split() if not _COUNTING.fullmatch(token)] for written in (one, other)]
    return one != other and words[0] == words[1]


def relabelled(value: str, old: str, new: str) -> str:
    """Write a team's name, normalised, with its old series at the end replaced by a new one.

    A name that does not end with its series, bare or in brackets, is only normalised.
    """
    tokens, own, other = tuple(name(value, old).split()), _designation(old), _designation(new)
    if not own:
        return " ".join(tokens)
    if tokens[-len(own) - 2 :] == ("(", *own, ")"):
        tokens = (*tokens[: -len(own) - 1], *other, ")")
    elif tokens[-len(own) :] == own:
        tokens = (*tokens[: -len(own)], *other)
    return " ".join(tokens)
