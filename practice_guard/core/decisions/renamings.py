"""Reads what a file of decisions says of rows of a parent, and whether that fits the rows there are.

[[parent]]                       # a club, a series, a player, or a row of a parent of one's own
parent = "clubs"
same = { name = "Midton" }       # what it said of itself
heir = { name = "Midton Chicago" }   # what it says now; or give_up = true: what hangs on it stays as it is
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from practice_guard.core import errors
from practice_guard.core.identity import Renaming
from practice_guard.core.words import near

NAME = "parent"
"""How such entries are headed."""

_KEYS = ("parent", "same", "heir", "give_up", "merge")

Said = tuple[str | None, ...]
"""What the columns of a row say, in their order."""


class MalformedError(Exception):
    """An entry that cannot be read; `key` is where it goes wrong."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


def read(table: Mapping[str, object], line: int, where: str) -> Renaming | None:
    """Read one entry; one that decides nothing yet is none.

    Raises:
        MalformedError: a key is unknown or missing, or its value is of another kind.
    """
    for key in table:
        if key not in _KEYS:
            raise MalformedError(key, f"[[{NAME}]] has no key `{key}`{near(key, _KEYS)}.")
    parent = table.get("parent")
    if not isinstance(parent, str) or not parent:
        raise MalformedError("parent", f'[[{NAME}]] needs `parent`, the name of one: parent = "clubs".')
    said = _texts(table, "same")
    if not said:
        raise MalformedError("same", f'[[{NAME}]] needs `same`, what the row says: same = {{ name = "..." }}.')
    heir, flags = _texts(table, "heir"), {}
    for key in ("give_up", "merge"):
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise MalformedError(key, f"`{key}` must be true or false.")
        flags[key] = value
    if heir and flags["give_up"]:
        raise MalformedError("give_up", "has an heir and is given up; keep one of the two.")
    if not heir and not flags["give_up"]:
        return None
    return Renaming(parent, said, heir, **flags, line=line, where=where)


def _texts(table: Mapping[str, object], key: str) -> tuple[tuple[str, str], ...]:
    found = table.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) and value for value in found.values()):
        raise MalformedError(key, f'`{key}` has a text for each column: {key} = {{ name = "..." }}.')
    return tuple(sorted(found.items()))


def check_renamings(
    renamings: Sequence[Renaming],
    columns: Mapping[str, Sequence[str]],
    old: Mapping[str, Collection[Said]],
    new: Mapping[str, Collection[Said]],
) -> None:
    """Check that decisions speak of parents that protected rows lead to, and of rows that there were and are.

    Args:
        renamings: the decisions.
        columns: by parent, the columns that say which row is which.
        old: by parent, what the rows of every list say that ids come from.
        new: by parent, what its rows say now.

    Raises:
        UsageError: some do not; the message has one line for each, with its line in the file and the nearest name.
    """
    wrong = [what for each in renamings for what in _wrong(each, columns, old, new)]
    if wrong:
        raise errors.UsageError("The decisions do not fit what there is.\n" + "\n".join(wrong))


def _wrong(
    given: Renaming,
    columns: Mapping[str, Sequence[str]],
    old: Mapping[str, Collection[Said]],
    new: Mapping[str, Collection[Said]],
) -> Iterator[str]:
    own = columns.get(given.parent)
    if own is None:
        yield f"{given.where}: no protected row leads to {given.parent!r}{near(given.parent, columns)}"
        return
    for name, _ in (*given.said, *given.heir):
        if name not in own:
            yield f"{given.where}: {given.parent} is not known by {name!r}{near(name, own)}"
            return
    before, after = given.texts(own)
    if before not in old.get(given.parent, ()):
        yield _missing(given, before, old, "the list the rows come from")
    if given.heir and after not in new.get(given.parent, ()):
        yield _missing(given, after, new, f"{given.parent} now")


def _missing(given: Renaming, said: Said, known: Mapping[str, Collection[Said]], where: str) -> str:
    names = {_written(each) for each in known.get(given.parent, ())}
    return f"{given.where}: {_written(said)} is not in {where}{near(_written(said), names)}"


def _written(said: Said) -> str:
    return ", ".join(part or "nothing" for part in said)
