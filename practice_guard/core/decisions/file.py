"""Reads a decision file: TOML that a person edits, with the line in every complaint.

    [[team]]
    league = "APTA_CHICAGO"
    club = "Tennaqua"
    series = "Chicago 22"
    team = "Tennaqua - 22"
    heir = { series = "Series 21", team = "Tennaqua 21" }   # parts left out are the team's own

    [[series]]                       # every team of a series; with a heir: the series was relabelled
    league = "NSTF"
    series = "Series 3"
    give_up = true

    [[club]]                         # every team of a club in its league; with an heir: the club was renamed
    league = "NSTF"
    club = "Midton"
    heir = { club = "Midton Chicago" }

    [[league]]                       # with an heir: its code was changed, and what points at the league follows too
    league = "CNSWPL"
    rosters = "ignore"               # its rosters moved as a whole, and the names stand

    [[value]]                        # an id that no list has: a team of long ago, or 0 for everybody
    set = "polls"
    column = "team_id"
    value = 731
    give_up = true                   # its rows stay as they are

Rows of other parents than teams have entries of their own (see `renamings`).

An entry without `heir`, `give_up` or `rosters` decides nothing yet. `inactive = true`, in a [[team]] entry or its heir,
means the team that plays no more, where the list has an active one of the same name and place beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core import errors, toml
from practice_guard.core.decisions import renamings
from practice_guard.core.identity import Decision, Decisions, Renaming, Value, kind_of, said
from practice_guard.core.model import TeamIdentity
from practice_guard.core.words import near

KEYS = {
    "team": ("league", "club", "series", "team"),
    "series": ("league", "series"),
    "club": ("league", "club"),
    "league": ("league",),
}
"""The keys that say what an entry is about, by its kind."""
FLAGS = ("give_up", "merge", "overrule")
INACTIVE = "inactive"
"""The key that tells a team from its active twin."""
_VALUE = "value"
_VALUE_KEYS = {
    "set": ("set", str, "the name of a protected set"),
    "column": ("column", str, "a column of its that points at teams or leagues"),
    "value": ("value", int, "a whole number"),
}
_NAMELESS = "Decisions"
"""What complaints call a text that comes from no file."""


def parse(text: str, source: str = "") -> Decisions:
    """Read a decision file; `source` is its name, for complaints.

    Returns:
        The entries that decide something, in the order of teams, series, clubs, leagues.

    Raises:
        UsageError: The text is no TOML, or an entry has an unknown key, a value of the wrong type, contradicts
            itself or is there twice; the message names the line.
    """
    document = toml.parse(text, source or _NAMELESS)
    lines = _Lines(text, source)
    _known(document, (*KEYS, _VALUE, renamings.NAME), lines.of, lines, "the file ")
    entries: list[Decision] = []
    for kind in KEYS:
        tables = document.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise lines.complaint(lines.of(kind), f"write each entry as [[{kind}]].")
        entries.extend(_Entry(kind, table, lines, number).read() for number, table in enumerate(tables))
    _decided_once(entries, lines)
    decided = tuple(entry for entry in entries if entry.heir or entry.give_up or entry.ignore_rosters)
    values = tuple(_values(document.get(_VALUE, []), lines))
    return Decisions(decided, values, tuple(_renamings(document.get(renamings.NAME, []), lines)))


def _renamings(tables: object, lines: _Lines) -> Iterator[Renaming]:
    """Read what became of rows of parents besides teams and leagues."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise lines.complaint(lines.of(renamings.NAME), f"write each entry as [[{renamings.NAME}]].")
    seen: dict[object, int] = {}
    for number, table in enumerate(tables):
        at = lines.of(renamings.NAME, number)
        where = f"line {at} of {lines.source}" if lines.source else f"line {at}"
        try:
            found = renamings.read(table, at, where)
        except renamings.MalformedError as error:
            key = error.key if error.key in table else ""
            raise lines.complaint(lines.of(renamings.NAME, number, key), str(error)) from None
        if found is None:
            continue
        if (found.parent, found.said) in seen:
            raise lines.complaint(f"{seen[found.parent, found.said]} and {at}", "one row is decided twice. Keep one.")
        seen[found.parent, found.said] = at
        yield found


def _values(tables: object, lines: _Lines) -> Iterator[Value]:
    """Read the values that are given up; one that is not given up decides nothing yet."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise lines.complaint(lines.of(_VALUE), f"write each entry as [[{_VALUE}]].")
    for number, table in enumerate(tables):

        def line(key: str, number: int = number) -> int:
            return lines.of(_VALUE, number, key)

        _known(table, (*_VALUE_KEYS, "give_up"), line, lines, f"[[{_VALUE}]] ")
        for key, kind, named in _VALUE_KEYS.values():
            value = table.get(key)
            if not isinstance(value, kind) or isinstance(value, bool) or value == "":
                raise lines.complaint(line(key if key in table else ""), f"[[{_VALUE}]] needs `{key}`, {named}.")
        if not isinstance(given_up := table.get("give_up", False), bool):
            raise lines.complaint(line("give_up"), "`give_up` must be true or false.")
        if given_up:
            at = line("")
            where = f"line {at} of {lines.source}" if lines.source else f"line {at}"
            yield Value(table["set"], table["column"], table["value"], at, where)


@dataclass(frozen=True)
class _Entry:
    """One table of the file, on its way to a decision."""

    kind: str
    table: Mapping[str, object]
    lines: _Lines
    number: int

    def read(self) -> Decision:
        others = ("heir", *FLAGS, *(("rosters",) if self.kind == "league" else ()))
        _known(self.table, (*self._keys, *others), self._line, self.lines, f"[[{self.kind}]] ")
        about = self._identity(self.table, TeamIdentity(None, None, None, None))
        if kind_of(about) != self.kind or (self.kind != "team" and about.league is None):
            raise self._error(f"[[{self.kind}]] needs {', '.join(KEYS[self.kind])}")
        flags = {flag: self._flag(flag) for flag in FLAGS}
        heir = self._heir(about)
        if heir and flags["give_up"]:
            raise self._error("has an heir and is given up; keep one of the two", "give_up")
        line = self._line("")
        where = f"line {line} of {self.lines.source}" if self.lines.source else f"line {line}"
        return Decision(about, heir, ignore_rosters=self._rosters(), line=line, where=where, **flags)

    def _heir(self, about: TeamIdentity) -> TeamIdentity | None:
        heir = self.table.get("heir")
        if heir is None:
            return None
        if not isinstance(heir, dict) or not heir:
            raise self._error(f'write the heir as {{ {KEYS[self.kind][-1]} = "..." }}', "heir")
        _known(heir, self._keys, lambda _: self._line("heir"), self.lines, "an heir ")
        found = self._identity(heir, about)
        if found == about and self.kind != "team":
            raise self._error("is its own heir", "heir")
        return found

    def _identity(self, table: Mapping[str, object], default: TeamIdentity) -> TeamIdentity:
        parts = {
            "league": default.league,
            "club": default.club,
            "series": default.series,
            "team": default.name,
        }
        for key in KEYS[self.kind]:
            value = table.get(key)
            if value is not None and not isinstance(value, str):
                raise self._error(f"`{key}` must be a text in quotes", key)
            if value:
                parts[key] = value
        inactive = self._flag(INACTIVE, table, "heir" if table is not self.table else INACTIVE)
        return TeamIdentity(parts["league"], parts["club"], parts["series"], parts["team"], inactive)

    @property
    def _keys(self) -> tuple[str, ...]:
        """The keys that say what the entry, or its heir, is."""
        return (*KEYS[self.kind], INACTIVE) if self.kind == "team" else KEYS[self.kind]

    def _flag(self, key: str, table: Mapping[str, object] | None = None, at: str = "") -> bool:
        value = (self.table if table is None else table).get(key, False)
        if not isinstance(value, bool):
            raise self._error(f"`{key}` must be true or false", at or key)
        return value

    def _rosters(self) -> bool:
        value = self.table.get("rosters")
        if value not in {None, "ignore"}:
            raise self._error('`rosters` can only be "ignore"', "rosters")
        return value is not None

    def _line(self, key: str) -> int:
        return self.lines.of(self.kind, self.number, key)

    def _error(self, what: str, key: str = "") -> errors.UsageError:
        return self.lines.complaint(self._line(key), f"{what}.")


class _Lines(toml.Lines):
    """Where the entries and keys of a file stand, for messages."""

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text)
        self.source = source

    def complaint(self, line: int | str, what: str) -> errors.UsageError:
        """Return the error that says what is wrong in a line, or in several."""
        lines = f"line {line}" if isinstance(line, int) else f"lines {line}"
        return errors.UsageError(f"{self.source or _NAMELESS}, {lines}: {what}")


def _decided_once(entries: Sequence[Decision], lines: _Lines) -> None:
    seen: dict[TeamIdentity, int] = {}
    for entry in entries:
        if entry.about in seen:
            both = f"{seen[entry.about]} and {entry.line}"
            raise lines.complaint(both, f"{said(entry.about)} is decided twice. Keep one.")
        seen[entry.about] = entry.line


def _known(
    table: Mapping[str, object], keys: Collection[str], line: Callable[[str], int], lines: _Lines, where: str
) -> None:
    for key in table:
        if key not in keys:
            raise lines.complaint(line(key), f"{where}has no key `{key}`{near(key, keys)}.")
