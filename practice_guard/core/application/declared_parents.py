"""What users declare in `[[parent]]`: tables that an import renumbers; read strictly, and pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from practice_guard.core import toml
from practice_guard.core.application.parents import BUILT_IN_PARENTS, LEAGUES, TEAMS, Parent
from practice_guard.core.errors import UsageError
from practice_guard.core.words import near

LONGEST_NAME = 40
"""Letters of the name of a set or parent: with a snapshot's id before it, a set's names a table."""

FIELDS = ("name", "table", "same", "points_at")
"""All that a section can say, besides the columns of `same` that lead to other parents."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_KNOWN_OTHERWISE = {
    TEAMS.name: "teams are known by name and place, which [[league]] tells how to read",
    LEAGUES.name: "leagues are known by code, of which [[league]] tells other spellings",
}
_BUILT_IN = {each.name: each for each in BUILT_IN_PARENTS}


@dataclass(frozen=True, slots=True)
class Parents:
    """What the sections say: the parents, and by parent and field where it stands, as `file, line n`."""

    declared: tuple[Parent, ...] = ()
    lines: Mapping[tuple[str, str], str] = field(default_factory=dict)


def wrong_name(name: str, what: str) -> str:
    """Say why something cannot be called so; nothing where it can."""
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return ""
    return f"{name!r} cannot be a {what}'s name: up to {LONGEST_NAME} letters, digits, _ and -, a letter first"


def together(declared: Iterable[Parent]) -> tuple[Parent, ...]:
    """Return all parents, each after those that its rows lead to: the built-in ones, as the file has them, and its own.

    Raises:
        UsageError: parents lead to each other, so that none can be known first.
    """
    known = {**_BUILT_IN, **{each.name: each for each in declared}}
    ordered: dict[str, Parent] = {}

    def place(each: Parent, above: tuple[str, ...]) -> None:
        if each.name in above:
            circle = ", ".join(above[above.index(each.name) :])
            raise UsageError(f"parents lead to each other, so that none can be known first: {circle}")
        for name in each.parents:
            place(known[name], (*above, each.name))
        ordered[each.name] = each

    for each in known.values():
        place(each, ())
    return tuple(ordered.values())


def read(file: str, places: toml.Lines, given: object) -> Parents:
    """Read all sections.

    Args:
        file: its name in messages.
        places: its lines.
        given: what stands under `parent`.

    Raises:
        UsageError: a field is unknown, missing or of the wrong kind, a name or table is taken, or a parent leads to one
            that there is not, or by way of others to itself; says the line, the nearest name and what there is.
    """
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        toml.refuse(file, places.of("parent"), "parents are written as [[parent]]")
    reader = _Reader(file, places)
    found = tuple(reader.parent(number, each) for number, each in enumerate(given))
    known = (*_BUILT_IN, *(each.name for each in found if each.name not in _BUILT_IN))
    for number, parent in enumerate(found):
        for column, name in parent.leads:
            if name not in known:
                what = f"there is no parent {name!r}{near(name, known)}; there are {', '.join(known)}"
                reader.refuse(number, column if column in given[number] else "points_at", what)
    try:
        together(found)
    except UsageError as error:
        number = next(number for number, each in enumerate(found) if each.leads)
        reader.refuse(number, "", error.message)
    return Parents(found, reader.lines)


@dataclass
class _Reader:
    """A file, and what was said of parents so far: names and tables that are taken, and where each field stands."""

    file: str
    places: toml.Lines
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=lambda: {each.table: each.name for each in BUILT_IN_PARENTS})

    def refuse(self, number: int, key: str, what: str) -> NoReturn:
        toml.refuse(self.file, self.places.of("parent", number, key), what)

    def parent(self, number: int, given: Mapping[str, Any]) -> Parent:
        """Read one [[parent]]."""
        columns: list[str] = given["same"] if _are_columns(given.get("same")) else []
        fields = (*FIELDS, *(each for each in columns if each not in FIELDS))
        for key, value in given.items():
            if key not in fields:
                what = f"a parent has no {key!r}{near(key, fields)}; it has {', '.join(FIELDS)}"
                self.refuse(number, key, f"{what}, and each column of same that leads to another parent")
            if wrong := _wrong_kind(key, value):
                self.refuse(number, key, wrong)
        name = given.get("name", "")
        for key in ("name", "same") if name in _BUILT_IN else ("name", "table", "same"):
            if not given.get(key):
                self.refuse(number, "", f"this parent has no {key}")
        self._check_name(number, name)
        self._check_table(number, name, given)
        leads = {key: value for key, value in given.items() if key not in FIELDS}
        for column in given.get("points_at", {}):
            if column not in columns or column in leads:
                wrong = "is said to lead to two parents" if column in leads else "is no column of same"
                self.refuse(number, "points_at", f"{column} {wrong}{near(column, columns)}")
        leads |= given.get("points_at", {})
        if len({*columns}) != len(columns):
            self.refuse(number, "same", "same names a column twice")
        for key in ("", *given):
            self.lines[name, key] = f"{self.file}, line {self.places.of('parent', number, key)}"
        source = self.lines[name, ""].replace(", line ", ":")
        return _made(name, given, tuple(columns), leads, source)

    def _check_name(self, number: int, name: str) -> None:
        if wrong := wrong_name(name, "parent"):
            self.refuse(number, "name", wrong)
        if name in _KNOWN_OTHERWISE:
            self.refuse(number, "name", f"what says who a row of {name} is cannot be set: {_KNOWN_OTHERWISE[name]}")
        if name in self.names:
            self.refuse(number, "name", f"there is a parent {name!r} already; it is declared in {self.names[name]}")
        self.names[name] = f"{self.file}, line {self.places.of('parent', number)}"

    def _check_table(self, number: int, name: str, given: Mapping[str, Any]) -> None:
        if name in _BUILT_IN:
            if given.get("table", _BUILT_IN[name].table) != _BUILT_IN[name].table:
                what = f"{name} are the rows of {_BUILT_IN[name].table}; another table is a parent of another name"
                self.refuse(number, "table", what)
            return
        table = given["table"]
        if table in self.tables:
            self.refuse(number, "table", f"the table {table} is the parent {self.tables[table]} already")
        self.tables[table] = name


def _made(
    name: str, given: Mapping[str, Any], columns: tuple[str, ...], leads: Mapping[str, str], source: str
) -> Parent:
    own = _BUILT_IN.get(name)
    if own is None:
        return Parent(name, given["table"], columns, tuple(leads.items()), source=source)
    whole = {**{column: to for column, to in own.leads if column in columns}, **leads}
    optional, loose = own.optional & {*columns}, own.loose & {*columns}
    return replace(own, same=columns, leads=tuple(whole.items()), optional=optional, loose=loose, source=source)


def _wrong_kind(key: str, value: object) -> str:
    """Say what kind of value a field takes, if this is another one."""
    if key in ("name", "table"):
        return "" if isinstance(value, str) and "\0" not in value else f"{key} is text"
    if key == "same":
        return "" if _are_columns(value) else "same is a list of columns, those that say what a row is"
    if key == "points_at":
        names = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        return "" if names else 'points_at has the name of a parent for each column: { league_id = "leagues" }'
    return "" if isinstance(value, str) else f"{key} has the name of the parent that it leads to"


def _are_columns(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each and "\0" not in each for each in value)
