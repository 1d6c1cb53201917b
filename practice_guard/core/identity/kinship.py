"""When two names that have no whole word in common are of one club all the same, `PC` and `PC2` say. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from practice_guard.core.identity.normalise import is_counting

# Scripts, by the first word of their letters' names, in which words are written without blanks between them.
_UNSPACED = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
)


def related(one: str, other: str, series: Collection[str] = ()) -> bool:
    """Tell whether a word of one name begins with a word of the other, or they share signs where there are no blanks.

    Letters before a number are a word (`U12`, `U14`), and so are initials (`P.C.`). Where words are written without
    blanks between them, one ideograph in common is enough, and of other letters two.

    Args:
        one: a name, as `normalise.bare` writes it.
        other: another one.
        series: the words of their series, which say nothing of the club.
    """
    mine, others = (frozenset(_stems(name.split(), series)) for name in (one, other))
    return any(_begins(*sorted((stem, each), key=len)) for stem in mine for each in others)


def _begins(short: str, long: str) -> bool:
    return short == long or (len(short) > 1 and long.startswith(short))


def _stems(words: Sequence[str], series: Collection[str]) -> Iterator[str]:
    for initials, run in groupby(words, lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        if initials and len(letters) > 1:
            yield "".join(letters)
    for word in words:
        if word not in series and not is_counting(word):
            for kind, signs in groupby(word, _kind):
                yield from _of_run(kind, "".join(signs))


def _of_run(kind: str, run: str) -> Iterator[str]:
    if kind == "word":
        yield run
    elif kind == "CJK" or (kind and len(run) == 1):
        yield from run
    elif kind:
        yield from ("".join(pair) for pair in pairwise(run))


@lru_cache(maxsize=4096)
def _kind(sign: str) -> str:
    """Return `word` for letters of words, a script for those that stand without blanks, nothing for others."""
    script = unicodedata.name(sign, "").partition(" ")[0]
    if script in _UNSPACED:
        return "CJK" if script == "CJK" else "KANA" if "KANA" in script else script
    return "word" if unicodedata.category(sign)[0] in "LM" else ""
