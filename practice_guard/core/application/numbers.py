"""A number for every id: whole numbers are their own; a uuid or a text is known by one that is made of it.

The number is the same in every database and on every server, whatever its encoding, so that it may be kept in lists and
files. That two ids have one number is next to impossible, and where it is seen it is refused (`check_apart`). What is
written to a row is never made of the number, but taken from where the id itself stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from practice_guard.core import errors
from practice_guard.core.database import piece

ID = ""
"""Under what a kept row of a parent says its id where that is no number; no column is called so."""

LED = "\n"
"""Before the name of a column, under what it says the id that this leads to; the column itself has the number then."""

_UUID, _TEXT, _PADDED = "uuid", "text", "character"
_KINDS = re.compile(
    r"(?P<uuid>uuid)|(?P<text>text|character varying(?:\(\d+\))?)|(?P<padded>character(?:\(\d+\))?|bpchar)"
)


def kind(base: str) -> str:
    """Return which kind of id a built-in type holds that is no number; nothing for any other type.

    Args:
        base: the type, or what a domain is made of, as PostgreSQL writes it.
    """
    found = _KINDS.fullmatch(base)
    if found is None:
        return ""
    return _UUID if found["uuid"] else _TEXT if found["text"] else _PADDED


def number(value: str, base: str) -> str:
    """Return SQL of the number of an id, as a bigint; NULL for NULL.

    Args:
        value: the id, as SQL; text of it will do.
        base: the type of the column that it is of.
    """
    return of_text(value) if kind(base) else f"{value}::bigint"


def as_it_is(value: str, base: str) -> str:
    """Return the same where a whole number of any width will do as it is."""
    return of_text(value) if kind(base) else value


def of_text(value: str) -> str:
    """Return SQL of the number of an id that is a uuid or a text: 60 bits of a sum that is the same everywhere."""
    return piece(__name__, "of_text", value=value)


def known_as(text: str) -> int:
    """Return the number that such an id is known by, as the server makes it."""
    return int(sha256(text.encode()).hexdigest()[:15], 16)


def check_apart(parent: str, seen: Iterable[tuple[int, Mapping[str, str | None]]]) -> None:
    """Refuse ids of one number that are not one and the same.

    Args:
        parent: what the ids are of.
        seen: numbers, each with what its row says, and the id itself among that where it is no number.

    Raises:
        errors.SchemaError: two are called by one number.
    """
    known: dict[int, str] = {}
    for each, said in seen:
        text = said.get(ID)
        if text is not None and known.setdefault(each, text) != text:
            raise errors.SchemaError(
                f"The ids {known[each]} and {text} of {parent} cannot be told apart: the guard knows both by the "
                f"number {each}. Nothing was done.",
                next_steps=(f"Give one of the two rows of {parent} another id.",),
            )
