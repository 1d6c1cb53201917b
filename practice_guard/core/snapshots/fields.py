"""A strict reader of objects that may have been tampered with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, TypeVar

from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots.sets import LONGEST_NAME

T = TypeVar("T")


ID = re.compile(r"\d{8}-\d{6}-[a-z0-9]{3}")
"""What a snapshot's id looks like."""


DIGEST = re.compile(r"[0-9a-f]{64}")
"""What a SHA-256 sum looks like."""


_KINDS = {str: "text", bool: "true or false", int: "a whole number", dict: "an object", list: "a list"}


class Fields:
    """An object's fields, each asked for with its type. Every complaint names the object and the field."""

    def __init__(self, where: str, given: object) -> None:
        if not isinstance(given, Mapping):
            raise DamagedSnapshotError(f"{where} is not an object.")
        self.where, self._given = where, given

    def only(self, *names: str) -> Fields:
        """Refuse missing fields and fields that nobody knows."""
        for name in names:
            if name not in self._given:
                raise DamagedSnapshotError(f"{self.where}: {name} is missing.")
        for name in self._given:
            if name not in names:
                raise DamagedSnapshotError(f"{self.where}: {name!r} is not a field that this program knows.")
        return self

    def text(self, name: str, *, empty: bool = True) -> str:
        """Return a text that PostgreSQL can hold."""
        value = self._of(name, str)
        if not value and not empty:
            raise DamagedSnapshotError(f"{self.where}: {name} is empty.")
        return clean(value, f"{self.where}: {name}")

    def name(self, name: str) -> str:
        """Return a text that can name something in a database without being cut."""
        value = self.text(name, empty=False)
        if len(value.encode()) > LONGEST_NAME:
            raise DamagedSnapshotError(f"{self.where}: {name} is longer than a name can be in PostgreSQL.")
        return value

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self._given

    def empty(self, name: str) -> bool:
        """Whether the field is there and null."""
        return name in self._given and self._given[name] is None

    def optional(self, name: str) -> str | None:
        """Return a text, or None."""
        return None if self.empty(name) else self.text(name)

    def number(self, name: str) -> int:
        """Return a whole number that is not negative and that PostgreSQL can hold."""
        value = self._of(name, int)
        if not 0 <= value < 2**63:
            raise DamagedSnapshotError(f"{self.where}: {name} is {value}, which counts nothing.")
        return value

    def key(self, name: str) -> int:
        """Return a whole number that can be a key in PostgreSQL."""
        value = self._of(name, int)
        if not -(2**63) <= value < 2**63:
            raise DamagedSnapshotError(f"{self.where}: {name} is {value}, which is larger than any key.")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return self._of(name, bool)

    def moment(self, name: str) -> datetime:
        """Return a time with its zone."""
        try:
            value = datetime.fromisoformat(self.text(name))
            if value.tzinfo is None:
                raise DamagedSnapshotError(f"{self.where}: {name} has no time zone.")
            value.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise DamagedSnapshotError(f"{self.where}: {name} is not a time.") from None
        return value

    def digest(self, name: str) -> str:
        """Return a SHA-256 sum in hexadecimal."""
        value = self.text(name)
        if not DIGEST.fullmatch(value):
            raise DamagedSnapshotError(f"{self.where}: {name} is not a SHA-256 sum.")
        return value

    def id(self, name: str) -> str:
        """Return a snapshot's id."""
        return checked_id(self.text(name), f"{self.where}: {name}")

    def object(self, name: str) -> Mapping[str, Any]:
        """Return an object."""
        return self._of(name, dict)

    def items(self, name: str) -> Sequence[Any]:
        """Return a list."""
        return self._of(name, list)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        found: list[str] = []
        for item in self.items(name):
            if not isinstance(item, str):
                raise DamagedSnapshotError(f"{self.where}: {name} has something in it that is not text.")
            found.append(clean(item, f"{self.where}: {name}"))
        return found

    def _of(self, name: str, kind: type[T]) -> T:
        if name not in self._given:
            raise DamagedSnapshotError(f"{self.where}: {name} is missing.")
        value = self._given[name]
        # A bool is an int to Python, and not to anybody else.
        if not isinstance(value, kind) or type(value) is not kind:
            raise DamagedSnapshotError(f"{self.where}: {name} is not {_KINDS[kind]}.")
        return value


def clean(value: str, where: str) -> str:
    """Return a text that PostgreSQL can hold as it is.

    Raises:
        DamagedSnapshotError: it has a NUL in it, or half a character.
    """
    if "\0" in value:
        raise DamagedSnapshotError(f"{where} contains a NUL, which no value from PostgreSQL does.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DamagedSnapshotError(f"{where} contains half a character.") from None
    return value


def checked_id(value: str, where: str) -> str:
    """Return a snapshot's id.

    Raises:
        DamagedSnapshotError: it is none.
    """
    if not ID.fullmatch(value):
        raise DamagedSnapshotError(f"{where} is not the id of a snapshot.")
    return value
