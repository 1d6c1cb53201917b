"""What is said of a league, as a section that can be pasted into `practice_guard.toml`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from practice_guard.core.identity.habits import ORDINALS, League

WIDTH = 78
"""Columns that a line of a section may have, where it can be broken."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def section(league: League, others: League) -> str:
    """Write what is said of a league as one `[[league]]` table.

    Args:
        league: what is said of it.
        others: what is said of leagues without a section, which is left out here.

    Returns:
        lines of TOML, each with its end.
    """
    lines = ["[[league]]", f"code = {_text(league.code)}"]
    for field in ("code_aliases", "series_words", "ordinals", "club_words", "club_aliases"):
        value = getattr(league, field)
        if value != getattr(others, field):
            lines.extend(_WRITTEN.get(field, _words)(field, value))
    if league.unique_names != others.unique_names:
        lines.append(f'names = "{"unique" if league.unique_names else "place"}"')
    columns = [field for field in ("outside_id", "active") if getattr(league, field) != getattr(others, field)]
    lines.extend(f"{field} = {_text(getattr(league, field))}" for field in columns)
    if league.outside_id_confirms != others.outside_id_confirms:
        lines.append(f"outside_id_confirms = {str(league.outside_id_confirms).lower()}")
    return "".join(f"{line}\n" for line in lines)


def _words(field: str, values: Iterable[str]) -> Iterator[str]:
    return _listed(field, [_text(value) for value in values])


def _ordinals(field: str, groups: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    if groups in (ORDINALS, ()):
        yield f"{field} = {str(bool(groups)).lower()}"
        return
    yield from _listed(field, [f"[{', '.join(map(_text, group))}]" for group in groups])


def _aliases(field: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    written = [(alias if _BARE.fullmatch(alias) else _text(alias), _text(name)) for alias, name in pairs]
    line = (
        f"{field} = {{ {', '.join(f'{alias} = {name}' for alias, name in written)} }}" if written else f"{field} = {{}}"
    )
    if len(line) <= WIDTH or not written:
        yield line
        return
    for alias, name in written:
        yield f"{field}.{alias} = {name}"


def _listed(field: str, values: list[str]) -> Iterator[str]:
    line = f"{field} = [{', '.join(values)}]"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{field} = ["
    for value in values:
        yield f"  {value},"
    yield "]"


_WRITTEN: Mapping[str, Callable[[str, Any], Iterator[str]]] = {"ordinals": _ordinals, "club_aliases": _aliases}


def _text(value: str) -> str:
    """Write a text so that it is read as it is, and whatever it has is seen: what is not drawn by its number."""
    return f'"{"".join(map(_sign, value))}"'


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    return f"\\U{ord(sign):08X}"
