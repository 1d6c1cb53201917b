"""Protected sets that users declare, read strictly from text; `declared_check` holds them against a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from practice_guard.core import toml
from practice_guard.core.application.catalog import PointsAt
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference, in_order
from practice_guard.core.errors import UsageError
from practice_guard.core.words import near

LONGEST_NAME = 40
"""Letters of a set's name: with a snapshot's id before it, it names a table."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TEXTS = ("name", "table", "condition", "parent", "parent_column", "label")
_LISTS = ("teams", "leagues", "same")
_FLAGS = ("etl_deletes",)
_FIELDS = (*_TEXTS, *_LISTS, *_FLAGS)
_TOP = ("protected", "not_protected")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a settings file declares.

    Attributes:
        sets: its protected sets.
        without: names of built-in sets that are not wanted.
        lines: by set and field, `file, line n`; a set's own first line under the empty field.
    """

    sets: tuple[ProtectedSet, ...] = ()
    without: frozenset[str] = frozenset()
    lines: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def everything(self) -> tuple[ProtectedSet, ...]:
        """The built-in sets that are wanted, then the declared ones."""
        kept: list[ProtectedSet] = []
        for each in in_order(BUILT_IN):
            if each.name not in self.without and set(each.parents) <= {one.name for one in kept}:
                kept.append(each)
        return (*kept, *self.sets)


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
    reader.taken = {str(target): "means the ETL's own table" for target in PointsAt}
    reader.taken |= {each.name: "is built in" for each in BUILT_IN if each.name not in without}
    sets = tuple(reader.protected_set(number, each) for number, each in enumerate(tables))
    declared = Declared(sets, without, reader.lines)
    _check_parents(declared, reader)
    return declared


def _without(reader: _Reader, given: object) -> frozenset[str]:
    line = reader.places.of("not_protected")
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        reader.refuse(line, "not_protected is a list of built-in sets' names")
    known = [each.name for each in BUILT_IN if not each.companion]
    for name in given:
        if name not in known:
            reader.refuse(line, f"no set called {name!r} is built in{near(name, known)}")
    return frozenset(given)


def _check_parents(declared: Declared, reader: _Reader) -> None:
    companions = {each.name for each in BUILT_IN if each.companion}
    parents = [each.name for each in declared.everything if each.name not in companions]
    for each in declared.sets:
        for parent in each.parents:
            if parent not in parents:
                reader.refuse_field(each.name, "parent", f"there is no protected set {parent!r}{near(parent, parents)}")
    try:
        in_order(declared.everything)
    except UsageError as error:
        first = next(each for each in declared.sets if each.parents)
        reader.refuse_field(first.name, "parent", error.message.rstrip("."))


@dataclass
class _Reader:
    """A file, and where in it things are. `taken` says what the names mean that no other set may have."""

    file: str
    places: toml.Lines
    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def refuse(self, line: int, what: str) -> NoReturn:
        raise UsageError(f"{self._place(line)}: {what}. Nothing was done.")

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
        if missing := next((key for key in ("name", "table") if not given.get(key)), None):
            self.refuse(head, f"this protected set has no {missing}")
        name, references = given["name"], _references(given)
        for key, problem in _problems(name, given, references):
            self.refuse(line(key), problem)
        if name in self.taken:
            self.refuse(line("name"), f"there is a set {name!r} already; it {self.taken[name]}")
        self.taken[name] = f"is declared in {self._place(head)}"
        self.lines |= {(name, key): self._place(line(key)) for key in ("", *given)}
        return ProtectedSet(
            name,
            given["table"],
            references,
            content=tuple(given.get("same", ())),
            condition=given.get("condition", ""),
            etl_deletes=given.get("etl_deletes", False),
            label=given.get("label"),
            source=self._place(head).replace(", line ", ":"),
        )


def _wrong_kind(key: str, value: object) -> str:
    """Say what kind of value a field takes, if this is another one."""
    if key in _TEXTS:
        return "" if isinstance(value, str) and "\0" not in value else f"{key} is text"
    if key in _FLAGS:
        return "" if isinstance(value, bool) else f"{key} is true or false"
    columns = isinstance(value, list) and all(each and isinstance(each, str) for each in value)
    return "" if columns else f"{key} is a list of columns"


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
    if len({each.column for each in references}) != len(references):
        yield "", f"{name} has a column that points at two things"


def _references(given: Mapping[str, Any]) -> tuple[Reference, ...]:
    parent = [Reference(given["parent_column"], given["parent"])] if {"parent", "parent_column"} <= given.keys() else []
    teams = [Reference(column, PointsAt.TEAMS) for column in given.get("teams", ())]
    leagues = [Reference(column, PointsAt.LEAGUES) for column in given.get("leagues", ())]
    return (*parent, *teams, *leagues)
