"""TOML that people write: what it says, and in which line, so that a complaint can name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from practice_guard.core.errors import UsageError
from practice_guard.core.later import Later

if TYPE_CHECKING:
    import tomlkit
    from tomlkit import exceptions
else:
    tomlkit, exceptions = Later("tomlkit"), Later("tomlkit.exceptions")

_PLACE = re.compile(r" at line \d+ col \d+$")
_TEXTS = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*",
    re.DOTALL,
)
"""Texts, those over several lines first, and comments."""


def parse(text: str, file: str) -> dict[str, Any]:
    """Read TOML; `file` is its name in the complaint.

    Raises:
        UsageError: it is no TOML; says the line.
    """
    try:
        return tomlkit.parse(text).unwrap()
    except exceptions.TOMLKitError as error:
        reason = _reason(error)
        placed = error.line if isinstance(error, exceptions.ParseError) and error.__cause__ is None else None
        line = placed or _line_of(reason, text)
    raise UsageError(f"{file}, line {line}: this is not TOML: {reason}. Nothing was done.")


def refuse(file: str, line: int, what: str) -> NoReturn:
    """Complain of what a file says in a line, as a sentence without its full stop.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"{file}, line {line}: {what}. Nothing was done.")


def _line_of(reason: str, text: str) -> int:
    """Return the line with which a fault first comes that the parser does not place: a key that is there twice."""
    lines = text.split("\n")
    return next((n for n in range(1, len(lines)) if _fault("\n".join(lines[:n]) + "\n") == reason), len(lines))


def _fault(text: str) -> str:
    try:
        tomlkit.parse(text)
    except exceptions.TOMLKitError as error:
        return _reason(error)
    return ""


def _reason(error: exceptions.TOMLKitError) -> str:
    return _PLACE.sub("", str(error)).rstrip(".")


class Lines:
    """Where in a text that is TOML its tables and keys stand."""

    def __init__(self, text: str) -> None:
        self._lines = _TEXTS.sub(_emptied, text).split("\n")

    def of(self, name: str, number: int = 0, key: str = "") -> int:
        """Return the line, from 1, of a table or key at the top, or of a key in a table.

        Args:
            name: of a table, of several that are written [[name]], or of a key.
            number: which of several tables, from 0.
            key: in the table; where it has no line of its own it is the table's.
        """
        own = _written(name)
        starts = self._matching(rf"\[\[\s*{own}\s*\]\]") or self._matching(rf"(\[\[?\s*)?{own}\s*[=\].]") or [1]
        start = starts[min(number, len(starts) - 1)]
        if not key:
            return start
        beneath = rf"\[\[?\s*{own}\s*\."
        headers = self._matching(rf"(?!{beneath})\[\[?[^\[\]=,]+\]\]?\s*$")
        end = min((at for at in headers if at > start), default=len(self._lines) + 1)
        found = self._matching(rf"({beneath}\s*)?{_written(key)}\s*[=\].]")
        return next((at for at in found if start < at < end), start)

    def _matching(self, pattern: str) -> list[int]:
        wanted = re.compile(r"\s*" + pattern)
        return [at for at, line in enumerate(self._lines, 1) if wanted.match(line)]


def _written(name: str) -> str:
    return rf"[\"']?{re.escape(name)}[\"']?"


def _emptied(found: re.Match[str]) -> str:
    """Leave of a text over several lines, or of a comment, its line ends only: what stands in it is no key."""
    whole = found[0]
    return "\n" * whole.count("\n") if "\n" in whole or whole[0] == "#" else whole
