"""Protected sets as they are in one database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from practice_guard.core import errors
from practice_guard.core.application.catalog import ETL_TABLES, Catalog, Column, PointsAt, Table
from practice_guard.core.application.protected import ProtectedSet, Reference, in_order
from practice_guard.core.database import columns, condition, identifier, statement

_SET_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that change without anybody changing the row."""

_STAMPS = _SET_BY_TRIGGERS | {
    "modified_at", "updated_on", "modified", "last_modified", "lock_version", "row_version", "version", "sys_period",
}  # fmt: skip
"""Columns that triggers set by rule, where a table has triggers."""


_OWN = re.compile(r"guard_(?:row|carried|from|known|all_known|plainly|there|protected|version|fault|goal\d*)")
"""What the guard's statements call columns of their own beside all of a table's."""


@dataclass(frozen=True)
class BoundSet:
    """A protected set as it is in one database.

    Attributes:
        set: its definition.
        table: its table.
        key: the column that numbers its rows.
        references: those of the definition whose columns and targets are there.
        tables: the tables that the references point at, in their order.
        created: the column with the time at which a row was made; None where there is none.
        cascades: a foreign key deletes rows along with what the ETL deletes, straight or by way of other tables.
        truncates: a foreign key leads to the ETL's tables, so that TRUNCATE … CASCADE there empties this one.
        stamped: the columns that triggers set whenever a row is written: declared, or such a name in a table whose own
            triggers, or those of what hangs on its rows, may set it. What they hold proves nothing.
    """

    set: ProtectedSet
    table: Table
    key: Column
    references: tuple[Reference, ...]
    tables: tuple[str, ...]
    created: str | None
    cascades: bool = False
    truncates: bool = False
    stamped: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The set's name."""
        return self.set.name

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns whose values a snapshot keeps."""
        return self.table.stored

    @property
    def content(self) -> tuple[str, ...]:
        """The columns that say what a row is: the set's; else the primary key, while an import leaves such rows alone.

        Where an import can take rows along, another row may come to have the key: then it is all other columns.
        """
        if self.set.content:
            return self.set.content
        left_out = {self.key.name, *(each.column for each in self.references), *self.unsteady}
        others = tuple(column.name for column in self.stored if column.name not in left_out)
        return others if others and (self.may_vanish or self.truncates) else (self.key.name,)

    @property
    def unsteady(self) -> frozenset[str]:
        """The columns that change without anybody changing the row."""
        return self.stamped | _SET_BY_TRIGGERS

    @property
    def only_pointed(self) -> bool:
        """Whether its rows are the users themselves, which a restore never puts back but only points elsewhere."""
        return self.references[0].target is PointsAt.LEAGUES and not self.may_vanish

    @property
    def may_vanish(self) -> bool:
        """Whether an import may take rows along: nobody has said that it does not, or a foreign key does."""
        return self.set.etl_deletes is not False or self.cascades

    @property
    def frees_keys(self) -> bool:
        """Whether an import takes rows along, so that their primary keys may become those of others."""
        return self.set.etl_deletes is True or self.cascades

    def is_given_up(self, column: str) -> str:
        """Return the condition that a row `t` has a value in a reference that a person has given up."""
        values = ", ".join(map(str, sorted(self.set.given_up.get(column, ()))))
        return f"coalesce(t.{identifier(column)} = ANY (ARRAY[{values}]::bigint[]), false)" if values else "false"

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The pieces that statements over its rows ask for, quoted once; `t` is the table's alias."""
        names = [each.column for each in self.references]
        return MappingProxyType(
            {
                "table": self.table.quoted,
                "key": identifier(self.key.name),
                "key_type": self.key.type,
                "condition": condition(self.set.condition),
                "reference": identifier(names[0]),
                "references": columns(names, of="t"),
            }
        )


def bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[list[BoundSet], list[str]]:
    """Find the sets in a database, without the companions.

    Returns:
        the sets whose table exists, those that others hang on first; and the names of those whose table, or whose
        parents' table, does not.

    Raises:
        errors.SchemaError: a set's table exists but is no table, lacks a column the set needs, or has not exactly one
            primary key column, or not one that numbers rows that others hang on.
        errors.UsageError: a set hangs on one that there is not, or on itself.
    """
    bound, skipped = _bind(sets, catalog)
    return [each for each in bound.values() if not each.set.companion], skipped


def companions_of(sets: Iterable[ProtectedSet], catalog: Catalog) -> list[BoundSet]:
    """Find the companions that rows of other sets point at, each for the rows that they point at."""
    bound, _ = _bind(sets, catalog)
    found: list[BoundSet] = []
    for each in bound.values():
        pointing = [
            statement(
                __name__,
                "pointed_at",
                key=each.parts["key"],
                column=identifier(reference.column),
                table=other.parts["table"],
            )
            for other in bound.values()
            for reference in other.references
            if reference.parent == each.name
        ]
        if each.set.companion and pointing:
            own = " OR ".join(pointing).replace("%%", "%")
            found.append(replace(each, set=replace(each.set, condition=own)))
    return found


def _bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[dict[str, BoundSet], list[str]]:
    bound: dict[str, BoundSet] = {}
    skipped: list[str] = []
    absent: set[str | None] = set()
    cascading, truncating = _reached(catalog, cascading=True), _reached(catalog, cascading=False)
    for protected in in_order(sets):
        if not _is_there(protected, catalog) or protected.references[0].parent in absent:
            absent.add(protected.name)
            if not protected.companion:
                skipped.append(protected.name)
            continue
        first, *others = protected.references
        table = catalog.table(protected.table, first.column, *protected.content)
        if len(table.primary_key) != 1:
            raise errors.SchemaError(
                f"{table.schema}.{table.name} has no primary key of one column; its rows cannot be told apart."
            )
        _check_names(table)
        there = (other for other in others if other.column in table.columns and other.parent not in absent)
        references = (first, *there)
        bound[protected.name] = BoundSet(
            protected.within(table.columns),
            table,
            table.columns[table.primary_key[0]],
            references,
            tuple(_table_of(protected, each, bound) for each in references),
            "created_at" if "created_at" in table.columns else None,
            cascades=table.name in cascading,
            truncates=table.name in truncating,
        )
    return {name: _with_stamps(each, bound.values()) for name, each in bound.items()}, skipped


def _with_stamps(each: BoundSet, bound: Iterable[BoundSet]) -> BoundSet:
    """Say which columns of a set triggers may set: its table's own, or those of sets whose rows hang on it."""
    hanging = [other for other in bound if any(reference.parent == each.name for reference in other.references)]
    fires = any(trigger.each_row for trigger in each.table.triggers) or any(
        trigger.fires for other in hanging for trigger in other.table.triggers
    )
    names = each.set.set_by_triggers | (_STAMPS if fires else frozenset())
    said = {each.key.name, *(reference.column for reference in each.references), *each.set.content}
    stamped = frozenset(column.name for column in each.stored if column.name in names and column.name not in said)
    created = None if each.created in stamped else each.created
    return replace(each, stamped=stamped, created=created)


def _check_names(table: Table) -> None:
    for name in table.columns:
        if _OWN.fullmatch(name):
            raise errors.SchemaError(
                f"{table.schema}.{table.name} has a column {name}, which the guard needs for itself: call it otherwise."
            )


def _is_there(protected: ProtectedSet, catalog: Catalog) -> bool:
    """Whether a set's table exists; a companion without its columns is none."""
    if protected.companion:
        return catalog.has(protected.table, protected.references[0].column, *protected.content)
    return protected.table in catalog.tables


def _table_of(protected: ProtectedSet, reference: Reference, bound: Mapping[str, BoundSet]) -> str:
    """Return the table that a reference points at; one with protected rows must be numbered."""
    if reference.parent is None:
        return str(reference.target)
    parent = bound[reference.parent]
    if parent.key.type not in ("smallint", "integer", "bigint"):
        raise errors.SchemaError(
            f"Rows of {protected.name} hang on {parent.name}, whose primary key {parent.key.name} is "
            f"{parent.key.type}: only whole numbers can be followed."
        )
    return parent.table.name


def _reached(catalog: Catalog, *, cascading: bool) -> frozenset[str]:
    """Return the tables that foreign keys lead from to the ETL's: those that cascade only, or whatever they do."""
    reached = set(ETL_TABLES)
    keys = [key for table in catalog.tables.values() for key in table.foreign_keys]
    followed = [key for key in keys if key.on_delete == "c" or not cascading]
    while grown := {key.table for key in followed if key.parent in reached} - reached:
        reached |= grown
    return frozenset(reached - ETL_TABLES)
