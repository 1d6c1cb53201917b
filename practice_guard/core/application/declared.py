"""What users declare, read strictly from text; `declared_check` holds it against a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from practice_guard.core import toml
from practice_guard.core.application import declared_parents, leagues
from practice_guard.core.application.catalog import SCHEMA
from practice_guard.core.application.declared_parents import wrong_name
from practice_guard.core.application.leagues import NamedColumn
from practice_guard.core.application.parents import BUILT_IN_PARENTS, Parent
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference, in_order
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import Habits
from practice_guard.core.words import near

_TEXTS = ("name", "table", "condition", "parent", "parent_column", "label")
_PARENTS = ("teams", "leagues", "clubs", "series", "players")
"""Fields with columns, each named as the parent that they lead to; a set's references are in this order."""
_LISTS = (*_PARENTS, "same", "set_by_triggers")
_FLAGS = ("etl_deletes",)
_VALUES = "give_up"
_NUMBERS = "points_at"
_FIELDS = (*_TEXTS, *_LISTS, *_FLAGS, _VALUES, _NUMBERS)
_TOP = ("protected", "not_protected", "league", "parent")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a settings file declares.

    Attributes:
        sets: its protected sets; one that is built in, and of which it says something, is among them.
        without: names of built-in sets that are not wanted.
        lines: by set or parent and field, `file, line n`; its own first line under the empty field.
        habits: how the leagues write their teams.
        columns: the columns of `teams` that it names for that.
        parents: what it says of tables that an import renumbers.
    """

    sets: tuple[ProtectedSet, ...] = ()
    without: frozenset[str] = frozenset()
    lines: Mapping[tuple[str, str], str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    columns: tuple[NamedColumn, ...] = ()
    parents: tuple[Parent, ...] = ()

    @property
    def every_parent(self) -> tuple[Parent, ...]:
        """What an import renumbers: the built-in parents, as the file has them, and its own."""
        return declared_parents.together(self.parents)

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
        changed = {each.name: each for each in self.parents}
        tables = {each.table for each in self.sets}
        kept: dict[str, ProtectedSet] = {}
        for each in in_order(BUILT_IN):
            if each.incidental and each.name not in own and each.table in tables:
                continue  # who declares a set of its table says what is protected there
            if each.name not in self.without and set(each.parents) <= kept.keys():
                kept[each.name] = own.get(each.name, _led(each, changed))
        return tuple((kept | own).values())


def parse(text: str, file: str, schema: str = SCHEMA) -> Declared:
    """Read a settings file's text.

    Args:
        text: the text.
        file: its name in messages.
        schema: the application's schema: its tables may be written with it, and are the same ones.

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
    tables = _bare(document.get("protected", []), schema)
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        reader.refuse(reader.places.of("protected"), "protected sets are written as [[protected]]")
    parents = declared_parents.read(file, reader.places, _bare(document.get("parent", []), schema))
    reader.parents = {each.name: each for each in declared_parents.together(parents.declared)}
    reader.lines |= parents.lines
    reader.taken = {each.name: f"is a parent, declared in {parents.lines[each.name, '']}" for each in parents.declared}
    reader.taken |= {each.name: "means the ETL's own table" for each in BUILT_IN_PARENTS}
    reader.built_in = {each.name: each for each in BUILT_IN if each.name not in without}
    for name in reader.built_in.keys() & {each.name for each in parents.declared}:
        way = f'call the parent otherwise, or leave the set out with not_protected = ["{name}"]'
        reader.refuse_field(name, "name", f"there is a set {name!r} already; it is built in: {way}")
    sets = tuple(reader.protected_set(number, each) for number, each in enumerate(tables))
    said = leagues.read(file, reader.places, document.get("league", []))
    declared = Declared(sets, without, reader.lines, said.habits, said.columns, parents.declared)
    _check_parents(declared, reader)
    return declared


def _bare(given: object, schema: str) -> object:
    """Have the tables of sections without the application's schema; what is no section is left as it is."""
    if not isinstance(given, list):
        return given
    return [_in(each, schema) for each in given]


def _in(section: object, schema: str) -> object:
    if not isinstance(section, dict) or not isinstance(section.get("table"), str):
        return section
    return {**section, "table": section["table"].removeprefix(f"{schema}.")}


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
                reader.refuse_field(each.name, "parent", _unknown(parent, (*parents, *reader.parents)))
        for parent in each.points_at.values():
            if parent not in parents:
                reader.refuse_field(each.name, _NUMBERS, _unknown(parent, (*parents, *reader.parents)))
    try:
        in_order(declared.everything)
    except UsageError as error:
        first = next(each for each in declared.sets if each.parents)
        reader.refuse_field(first.name, "parent", error.message.rstrip("."))


def _unknown(name: str, names: Iterable[str]) -> str:
    known = [*dict.fromkeys(names)]
    return f"there is no protected set or parent {name!r}{near(name, known)}; there are {', '.join(known)}"


def _led(protected: ProtectedSet, parents: Mapping[str, Parent]) -> ProtectedSet:
    """Have the references of a built-in set lead to the parents as the file has them."""
    references = (
        each if each.parent else replace(each, target=parents.get(str(each.target), each.target))
        for each in protected.references
    )
    return replace(protected, references=tuple(references))


@dataclass
class _Reader:
    """A file, and where in it things are.

    Attributes:
        file: its name in messages.
        places: its lines.
        lines: where each field of a set is.
        taken: what the names mean that no other set may have.
        built_in: the sets of which something may be said by their names.
        parents: what references may lead to besides sets, by name.
    """

    file: str
    places: toml.Lines
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    built_in: Mapping[str, ProtectedSet] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)

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
                what = f"a protected set has no {key!r}{near(key, _FIELDS)}"
                self.refuse(line(key), f"{what}; it has {', '.join(_FIELDS)}")
            if wrong := _wrong_kind(key, value):
                self.refuse(line(key), wrong)
        own = self.built_in.get(str(given.get("name")))
        needed = ("name",) if own else ("name", "table")
        if missing := next((key for key in needed if not given.get(key)), None):
            self.refuse(head, f"this protected set has no {missing}")
        name, references = given["name"], _references(given, self.parents, own)
        numbers = {column: of for column, of in given.get(_NUMBERS, {}).items() if of not in self.parents}
        for key, problem in _problems(name, given, references, numbers):
            self.refuse(line(key), problem)
        if name in self.taken:
            self.refuse(line("name"), f"there is a set {name!r} already; it {self.taken[name]}")
        self.taken[name] = f"is declared in {self._place(head)}"
        self.lines |= {(name, key): self._place(line(key)) for key in ("", *given)}
        source = self._place(head).replace(", line ", ":")
        declared = own or ProtectedSet(name, given["table"], references)
        return _with(replace(declared, references=references, source=source, points_at=numbers), given)


def _with(declared: ProtectedSet, given: Mapping[str, Any]) -> ProtectedSet:
    """Set what a section says besides where its rows point."""
    if "condition" in given:
        declared = replace(declared, condition=given["condition"], narrowed=("", ()))
    if "same" in given:
        declared = replace(declared, content=tuple(given["same"]))
    said = {key: given[key] for key in ("table", "etl_deletes", "label") if key in given}
    given_up = {column: frozenset(values) for column, values in given.get(_VALUES, {}).items()}
    return replace(declared, **said, given_up=given_up, set_by_triggers=frozenset(given.get("set_by_triggers", ())))


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
        what = "the name of a protected set or parent for each column"
        return "" if names else f'{key} has {what}: {{ answers = "notes", club_id = "clubs" }}'
    columns = isinstance(value, list) and all(each and isinstance(each, str) for each in value)
    return "" if columns else f"{key} is a list of columns"


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, int) and not isinstance(each, bool) for each in value)


def _problems(
    name: str, given: Mapping[str, Any], references: tuple[Reference, ...], numbers: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Say what is wrong with a set as a whole, and at which field; nothing for a sound one."""
    if wrong := wrong_name(name, "set"):
        yield "name", wrong
    if ("parent" in given) != ("parent_column" in given):
        yield "parent" if "parent" in given else "parent_column", "parent and parent_column go together"
    if ";" in re.sub(r"'[^']*'", "", given.get("condition", "")):
        yield "condition", "the condition is one expression, without a semicolon"
    if not references:
        ways = f"{', '.join(_PARENTS)}, parent and parent_column, or a parent in {_NUMBERS}"
        yield "", f"{name} points at nothing: give {ways}"
    outward = [each.column for each in references if each.parent is None]
    for column in given.get(_VALUES, {}):
        if column not in outward:
            what = "that points at teams, leagues or another parent"
            yield _VALUES, f"{name} has no column {column} {what}{near(column, outward)}"
    columns = [*(each.column for each in references), *numbers]
    if len({*columns}) != len(columns):
        yield "", f"{name} has a column that points at two things"


def _references(
    given: Mapping[str, Any], parents: Mapping[str, Parent], own: ProtectedSet | None
) -> tuple[Reference, ...]:
    """Read what a set points at, in the order in which its references count: the first says where a row belongs."""
    above = []
    if {"parent", "parent_column"} <= given.keys():
        above = [Reference(given["parent_column"], parents.get(given["parent"], given["parent"]))]
    said = (*above, *(Reference(column, parents[name]) for name in _PARENTS for column in given.get(name, ())))
    if own and not (said and "table" in given):
        said = _over(_led(own, parents).references, said)
    numbers = given.get(_NUMBERS, {}).items()
    return (*said, *(Reference(column, parents[of]) for column, of in numbers if of in parents))


def _over(own: tuple[Reference, ...], said: tuple[Reference, ...]) -> tuple[Reference, ...]:
    """Set what a file says, field by field, in place of what a built-in set points at."""

    def of(field: str, references: tuple[Reference, ...]) -> tuple[Reference, ...]:
        return tuple(each for each in references if _field_of(each) == field)

    fields = dict.fromkeys(map(_field_of, (*own, *said)))
    return tuple(each for field in fields for each in of(field, said) or of(field, own))


def _field_of(reference: Reference) -> str:
    target = str(reference.target)
    return target if reference.parent is None and target in _PARENTS else "parent"
