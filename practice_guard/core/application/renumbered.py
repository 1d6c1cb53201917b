"""Parents as they are in one database: which table, which key, and what its rows say of themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core.application import numbers
from practice_guard.core.application.catalog import Catalog, Table
from practice_guard.core.application.parents import LEAGUES, TEAMS, Parent
from practice_guard.core.application.protected import Reference
from practice_guard.core.application.shapes import key_of, numbers_rows
from practice_guard.core.database import Query, Row, identifier, literal, statement
from practice_guard.core.identity import Entry

_APART = (TEAMS.name, LEAGUES.name)
"""What has lists of its own: see `teams`."""


@dataclass(frozen=True, slots=True)
class BoundParent:
    """A parent as it is in one database.

    Attributes:
        parent: its definition.
        table: its table.
        key: the column that numbers its rows.
        same: the columns that say what a row is, as far as they are there.
        base: the type of the key, or of what its domain is made of.
    """

    parent: Parent
    table: Table
    key: str
    same: tuple[str, ...]
    base: str = "bigint"

    @property
    def name(self) -> str:
        """The parent's name."""
        return self.parent.name

    @property
    def leads(self) -> Mapping[str, str]:
        """Of the columns that say what a row is, those that lead to another parent, with its name."""
        return {column: name for column, name in self.parent.leads if column in self.same}

    @property
    def texts(self) -> tuple[str, ...]:
        """The others."""
        return tuple(column for column in self.same if column not in self.leads)

    def query_as(self, list_: str) -> str:
        """Return the same query, with what a list is called before the rest."""
        return statement(__name__, "as_list", list=literal(list_), entries=self.query())

    def query(self) -> str:
        """Return the query of its rows: its name, their ids, and what they say, as JSON text."""
        key = f"t.{identifier(self.key)}"
        said = [f"{literal(name)}, {self._said(name)}::text" for name in self.same]
        said += [
            f"{literal(numbers.LED + name)}, t.{identifier(name)}::text"
            for name in self.leads
            if numbers.kind(self.table.columns[name].base)
        ]
        if numbers.kind(self.base):
            said.append(f"{literal(numbers.ID)}, {key}::text")
        parts = {"name": literal(self.name), "id": numbers.number(key, self.base), "table": self.table.quoted}
        return statement(__name__, "entries", **parts, said=", ".join(said))

    def _said(self, column: str) -> str:
        """Return what a row says in a column: of another parent's row the number that it is known by."""
        value = f"t.{identifier(column)}"
        return numbers.as_it_is(value, self.table.columns[column].base) if column in self.leads else value


def bind_parent(parent: Parent, catalog: Catalog) -> BoundParent | None:
    """Find a parent in a database; None where its table, its key or a column that it needs is not there."""
    if not catalog.has(parent.table):
        return None
    table = catalog.tables[parent.table]
    if parent.name in _APART:
        return BoundParent(parent, table, "id", ())
    key = key_of(table)
    same = tuple(name for name in parent.same if name in table.columns)
    lacks = [name for name in parent.same if name not in same and name not in parent.optional]
    if key is None or not numbers_rows(key) or lacks or not same:
        return None
    return BoundParent(parent, table, key.name, same, key.base)


def listed(parents: Iterable[Parent], catalog: Catalog) -> list[BoundParent]:
    """Return the parents besides teams and leagues that a snapshot keeps a list of, each after those it leads to."""
    found = {each.name: bound for each in parents if (bound := bind_parent(each, catalog)) is not None}
    there = {name: each for name, each in found.items() if set(each.parent.parents) <= found.keys()}
    ordered: dict[str, BoundParent] = {}

    def place(each: BoundParent, above: tuple[str, ...]) -> None:
        for name in each.leads.values():
            if name in there and name not in above:
                place(there[name], (*above, name))
        ordered[each.name] = each

    for each in there.values():
        if each.name not in ordered:
            place(each, (each.name,))
    return [each for name, each in ordered.items() if name not in _APART]


def followed(references: Iterable[Reference], parents: Sequence[BoundParent]) -> list[BoundParent]:
    """Return those of some parents, in their order, that references lead to, by way of others too."""
    wanted = {str(each.target) for each in references if each.parent is None}
    for each in reversed(parents):
        if each.name in wanted:
            wanted |= set(each.leads.values())
    return [each for each in parents if each.name in wanted]


def read_entries(rows: Iterable[Row]) -> list[Entry]:
    """Make the entries of rows: their ids, and what they say as JSON text."""
    return [Entry(number, json.loads(said)) for number, said in rows]


def all_entries(parents: Sequence[BoundParent]) -> Query:
    """Ask for the rows of parents as they are now: a parent's name, an id, and what the row says, as JSON text."""
    return Query("\n UNION ALL\n".join(each.query() for each in parents))
