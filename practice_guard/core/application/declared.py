"""What users declare, read strictly from text; `declared_check` holds it against a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from practice_guard.core import toml
from practice_guard.core.application import leagues
from practice_guard.core.application.leagues import NamedColumn
from practice_guard.core.application.parents import BUILT_IN_PARENTS, LEAGUES, TEAMS
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference, in_order
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import Habits
from practice_guard.core.words import near

LONGEST_NAME = 40
"""Letters of a set's name: with a snapshot's id before it, it names a table."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TEXTS = ("name", "table", "condition", "parent", "parent_column", "label")
_LISTS = ("teams", "leagues", "same", "set_by_triggers")
_FLAGS = ("etl_deletes",)
_VALUES = "give_up"
_NUMBERS = "points_at"
_FIELDS = (*_TEXTS, *_LISTS, *_FLAGS, _VALUES, _NUMBERS)
_TOP = ("protected", "not_protected", "league")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a settings file declares.

    Attributes:
        sets: its protected sets; one that is built in, and of which it says something, is among them.
        without: names of built-in sets that are not wanted.
        lines: by set and field, `file, line n`; a set's own first line under the empty field.
        habits: how the leagues write their teams.
        columns: the columns of `teams` that it names for that.
    """

    sets: tuple[ProtectedSet, ...] = ()
    without: frozenset[str] = frozenset()
    lines: Mapping[tuple[str, str], str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    columns: tuple[NamedColumn, ...] = ()

    @property
    def described(self) -> tuple[ProtectedSet, ...]:
        """The sets of which it says what they are, and not only what becomes of them."""
        beside = ("", "name", *_FLAGS, _VALUES)
        said = {name for name, key in self.lines if key not in beside}
        return tuple(each for each in self.sets if each.name in said)

    @property
    def everything(self) -> tuple[ProtectedSet, ...]:
        """The built-in sets that are wanted, then the declared ones."""
        own = {each.name: each for each in self.sets}
        kept: dict[str, ProtectedSet] = {}
        for each in in_order(BUILT_IN):
            if each.name not in self.without and set(each.parents) <= kept.keys():
                kept[each.name] = own.get(each.name, each)
        return tuple((kept | own).values())


def parse(text: str, file: str) -> Declared:
    """Read a settings file's text; `file` is its name in messages.

    Raises:
        UsageError: it is no TOML, a field is unknown, missing or of the wrong kind, or a name is taken; says the line,
            and the nearest name there is.
    """
    document = toml.parse(text, file)
    reader = _Reader(file, toml.Lines(text))
    for name in document:
        if name not in _TOP:
            reader.refuse(reader.places.of(name), f"there is nothing called {name!r} here{near(name, _TOP)}")
    without = _without(reader, document.get("not_protected", []))
    tables = document.get("protected", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        reader.refuse(reader.places.of("protected"), "protected sets are written as [[protected]]")
    reader.taken = {each.name: "means the ETL's own table" for each in BUILT_IN_PARENTS}
    reader.built_in = {each.name: each for each in BUILT_IN if each.name not in without}
    sets = tuple(reader.protected_set(number, each) for number, each in enumerate(tables))
    said = leagues.read(file, reader.places, document.get("league", []))
    declared = Declared(sets, without, reader.lines, said.habits, said.columns)
    _check_parents(declared, reader)
    return declared


def _without(reader: _Reader, given: object) -> frozenset[str]:
    line = reader.places.of("not_protected")
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        reader.refuse(line, "not_protected is a list of built-in sets' names")
    known = [each.name for each in BUILT_IN]
    for name in given:
        if name not in known:
            reader.refuse(line, f"no set called {name!r} is built in{near(name, known)}")
    return frozenset(given)


def _check_parents(declared: Declared, reader: _Reader) -> None:
    parents = [each.name for each in declared.everything]
    for each in declared.sets:
        for parent in each.parents:
            if parent not in parents:
                reader.refuse_field(each.name, "parent", f"there is no protected set {parent!r}{near(parent, parents)}")
        for parent in each.points_at.values():
            if parent not in parents:
                reader.refuse_field(each.name, _NUMBERS, f"there is no protected set {parent!r}{near(parent, parents)}")
    try:
        in_order(declared.everything)
    except UsageError as error:
        first = next(each for each in declared.sets if each.parents)
        reader.refuse_field(first.name, "parent", error.message.rstrip("."))


@dataclass
class _Reader:
    """A file, and where in it things are.

    Attributes:
        file: its name in messages.
        places: its lines.
        lines: where each field of a set is.
        taken: what the names mean that no other set may have.
        built_in: the sets of which something may be said by their names.
    """

    file: str
    places: toml.Lines
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    built_in: Mapping[str, ProtectedSet] = field(default_factory=dict)

    def refuse(self, line: int, what: str) -> NoReturn:
        toml.refuse(self.file, line, what)

    def refuse_field(self, name: str, of: str, what: str) -> NoReturn:
        raise UsageError(f"{self.lines.get((name, of)) or self.lines[name, '']}: {what}. Nothing was done.")

    def _place(self, line: int) -> str:
        return f"{self.file}, line {line}"

    def protected_set(self, number: int, given: Mapping[str, Any]) -> ProtectedSet:
        """Read one [[protected]]."""
        head = self.places.of("protected", number)

        def line(key: str) -> int:
            return self.places.of("protected", number, key)

        for key, value in given.items():
            if key not in _FIELDS:
                self.refuse(line(key), f"a protected set has no {key!r}{near(key, _FIELDS)}")
            if wrong := _wrong_kind(key, value):
                self.refuse(line(key), wrong)
        own = self.built_in.get(str(given.get("name")))
        needed = ("name",) if own else ("name", "table")
        if missing := next((key for key in needed if not given.get(key)), None):
            self.refuse(head, f"this protected set has no {missing}")
        name, references = given["name"], _references(given) or (own.references if own else ())
        for key, problem in _problems(name, given, references):
            self.refuse(line(key), problem)
        if name in self.taken:
            self.refuse(line("name"), f"there is a set {name!r} already; it {self.taken[name]}")
        self.taken[name] = f"is declared in {self._place(head)}"
        self.lines |= {(name, key): self._place(line(key)) for key in ("", *given)}
        source = self._place(head).replace(", line ", ":")
        table = given.get("table", own.table if own else "")
        declared = replace(
            own or ProtectedSet(name, table, references), table=table, references=references, source=source
        )
        if "condition" in given:
            declared = replace(declared, condition=given["condition"], narrowed=("", ()))
        if "same" in given:
            declared = replace(declared, content=tuple(given["same"]))
        said = {key: given[key] for key in ("etl_deletes", "label") if key in given}
        given_up = {column: frozenset(values) for column, values in given.get(_VALUES, {}).items()}
        stamped = frozenset(given.get("set_by_triggers", ()))
        numbers = given.get(_NUMBERS, {})
        return replace(declared, **said, given_up=given_up, set_by_triggers=stamped, points_at=numbers)


def _wrong_kind(key: str, value: object) -> str:
    """Say what kind of value a field takes, if this is another one."""
    if key in _TEXTS:
        return "" if isinstance(value, str) and "\0" not in value else f"{key} is text"
    if key in _FLAGS:
        return "" if isinstance(value, bool) else f"{key} is true or false"
    if key == _VALUES:
        numbers = isinstance(value, dict) and all(_is_numbers(each) for each in value.values())
        return "" if numbers else f"{key} has a list of numbers for each column: {{ team_id = [0] }}"
    if key == _NUMBERS:
        names = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        return "" if names else f'{key} has the name of a protected set for each column: {{ answers = "notes" }}'
    columns = isinstance(value, list) and all(each and isinstance(each, str) for each in value)
    return "" if columns else f"{key} is a list of columns"


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, int) and not isinstance(each, bool) for each in value)


def _problems(name: str, given: Mapping[str, Any], references: tuple[Reference, ...]) -> Iterable[tuple[str, str]]:
    """Say what is wrong with a set as a whole, and at which field; nothing for a sound one."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        allowed = f"up to {LONGEST_NAME} letters, digits, _ and -, a letter first"
        yield "name", f"{name!r} cannot be a set's name: {allowed}"
    if ("parent" in given) != ("parent_column" in given):
        yield "parent" if "parent" in given else "parent_column", "parent and parent_column go together"
    if ";" in re.sub(r"'[^']*'", "", given.get("condition", "")):
        yield "condition", "the condition is one expression, without a semicolon"
    if not references:
        yield "", f"{name} points at nothing: give teams, leagues, or parent and parent_column"
    outward = [each.column for each in references if each.parent is None]
    for column in given.get(_VALUES, {}):
        if column not in outward:
            yield _VALUES, f"{name} has no column {column} that points at teams or leagues{near(column, outward)}"
    columns = [*(each.column for each in references), *given.get(_NUMBERS, {})]
    if len({*columns}) != len(columns):
        yield "", f"{name} has a column that points at two things"


def _references(given: Mapping[str, Any]) -> tuple[Reference, ...]:
    parent = [Reference(given["parent_column"], given["parent"])] if {"parent", "parent_column"} <= given.keys() else []
    teams = [Reference(column, TEAMS) for column in given.get("teams", ())]
    leagues = [Reference(column, LEAGUES) for column in given.get("leagues", ())]
    return (*parent, *teams, *leagues)
