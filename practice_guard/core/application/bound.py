"""Protected sets as they are in one database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from practice_guard.core.application import numbers, shapes
from practice_guard.core.application.catalog import Catalog, Column, Table
from practice_guard.core.application.parents import LEAGUES, Parent
from practice_guard.core.application.protected import ProtectedSet, Reference, in_order
from practice_guard.core.application.renumbered import bind_parent
from practice_guard.core.database import columns, condition, identifier

_SET_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that change without anybody changing the row."""

_STAMPS = _SET_BY_TRIGGERS | {
    "modified_at", "updated_on", "modified", "last_modified", "lock_version", "row_version", "version", "sys_period",
}  # fmt: skip
"""Columns that triggers set by rule, where a table has triggers."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """Where the ids stand that a reference may have and that are no numbers: a parent's table, quoted, and its key."""

    table: str
    key: str
    base: str


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
        followed: the columns that point at rows which come back, maybe under other numbers.
        spelled: by column, of the references whose ids are no numbers, where these are to be found.
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
    followed: frozenset[str] = frozenset()
    spelled: Mapping[str, Spelled] = field(default_factory=lambda: MappingProxyType({}), hash=False)

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

        Where an import can take rows along, another row may come to have the key: then it is all other columns. What is
        followed is left out, unless it is all there is.
        """
        said = self._said
        return tuple(name for name in said if name not in self.followed) or said

    @property
    def _said(self) -> tuple[str, ...]:
        if self.set.content:
            return self.set.content
        left_out = {self.key.name, *(each.column for each in self.references), *self.unsteady}
        others = tuple(column.name for column in self.stored if column.name not in left_out)
        return others if others and (self.may_vanish or self.truncates) else (self.key.name,)

    @property
    def may_hang_on_nothing(self) -> bool:
        """Whether rows whose first reference is empty are as they should be."""
        return self.set.incidental

    @property
    def unsteady(self) -> frozenset[str]:
        """The columns that change without anybody changing the row."""
        return self.stamped | _SET_BY_TRIGGERS

    @property
    def only_pointed(self) -> bool:
        """Whether its rows are the users themselves, which a restore never puts back but only points elsewhere."""
        by_key = self.set.content == (self.key.name,)
        return not self.may_vanish and (by_key or self.references[0].target == LEAGUES)

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
        value = self.id_of(column, "t", exactly=False)
        return f"coalesce({value} = ANY (ARRAY[{values}]::bigint[]), false)" if values else "false"

    def id_of(self, column: str, row: str, *, exactly: bool = True) -> str:
        """Return SQL of the number of what a row of its table points at by a reference.

        Args:
            column: the reference.
            row: what the row is called.
            exactly: as a bigint; else a whole number of any width will do.
        """
        value = f"{row}.{identifier(column)}"
        return numbers.of_text(value) if column in self.spelled else numbers.number(value, "") if exactly else value

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
                "pointed": self.id_of(names[0], "t", exactly=False),
                "pointed_live": self.id_of(names[0], "l"),
                "pointed_among": self.id_of(names[0], "l", exactly=False),
            }
        )


def bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[list[BoundSet], list[str]]:
    """Find the sets in a database.

    Returns:
        the sets whose rows can be guarded, those that others hang on first; and the names of those whose table, or
        whose parents' table, does not exist.

    Raises:
        errors.SchemaError: the rows of a set's table cannot be guarded, and it is not one that is `left_out`.
        errors.UsageError: a set hangs on one that there is not, or on itself.
    """
    bound, skipped, _ = _bind(sets, catalog)
    return list(bound.values()), skipped


def left_out(sets: Iterable[ProtectedSet], catalog: Catalog) -> dict[str, str]:
    """Return the sets that are left out although their table exists, each with why its rows cannot be guarded.

    Beside them stands what rows of others point at and of which nobody can tell which row is which.

    Raises:
        errors.SchemaError: as `bind`.
    """
    bound, _, left = _bind(sets, catalog)
    return left | _without_key((each.set for each in bound.values()), catalog)


def _without_key(sets: Iterable[ProtectedSet], catalog: Catalog) -> dict[str, str]:
    """Say of parents that rows of sets point at, and whose table is there, that nothing numbers their rows."""
    found: dict[str, str] = {}
    for protected, target in ((each, one.target) for each in sets for one in each.references):
        if isinstance(target, str) or not catalog.has(target.table) or bind_parent(target, catalog) is not None:
            continue
        columns = {one.column for one in protected.references if one.target == target}
        there = columns & catalog.tables[protected.table].columns.keys()
        if there and shapes.key_of(catalog.tables[target.table]) is None:
            found[target.name] = shapes.without_key(catalog.tables[target.table])
    return found


def incidental(sets: Iterable[BoundSet]) -> frozenset[str]:
    """Return the names of the sets that are protected besides what the guard is there for."""
    return frozenset(bound.name for bound in sets if bound.set.incidental)


def references_of(sets: Iterable[BoundSet]) -> Iterator[Reference]:
    """Return what the rows of sets point at."""
    return (each for bound in sets for each in bound.references)


def coming_back(sets: Iterable[BoundSet], table: str) -> BoundSet | None:
    """Return the one set that is of a table and whose rows an import may take along; None where there is none."""
    found = [each for each in sets if each.table.name == table]
    alone = found[0] if len(found) == 1 else None
    return alone if alone is not None and (alone.may_vanish or alone.truncates) else None


def _bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[dict[str, BoundSet], list[str], dict[str, str]]:
    bound: dict[str, BoundSet] = {}
    skipped: list[str] = []
    absent: set[str | None] = set()
    left: dict[str, str] = {}
    cascading, truncating = _reached(catalog, cascading=True), _reached(catalog, cascading=False)
    for each in in_order(sets):
        protected = _as_there(each, catalog)
        if protected is None:
            continue
        parent = protected.references[0].parent
        if not _is_there(protected, catalog) or (parent in absent and parent not in left):
            absent.add(protected.name)
            skipped.append(protected.name)
            continue
        table = catalog.tables[protected.table]
        key = shapes.key_of(table, [one.column for one in protected.references])
        why = (
            _hanging(protected, left)
            or _untold(protected, catalog)
            or shapes.fault(protected, catalog)
            or _unfollowed(protected, bound)
            or _out_of_reach(protected, table)
        )
        if why or key is None:
            if not shapes.may_be_left_out(protected):
                raise shapes.refuse(protected, why)
            absent.add(protected.name)
            left[protected.name] = why
            continue
        first, *others = protected.references
        there = (
            other
            for other in others
            if other.parent not in absent and leads_somewhere(other, table, catalog, strictly=protected.is_built_in)
        )
        references = (first, *there)
        bound[protected.name] = BoundSet(
            protected.within(table.columns),
            table,
            key,
            references,
            tuple(_table_of(each, bound) for each in references),
            "created_at" if "created_at" in {column.name for column in table.stored} else None,
            cascades=table.name in cascading,
            truncates=table.name in truncating,
            spelled=MappingProxyType(dict(_spelled(references, catalog))),
        )
    found = {name: _with_followed(_with_stamps(each, bound.values()), bound.values()) for name, each in bound.items()}
    return found, skipped, left


def _spelled(references: Iterable[Reference], catalog: Catalog) -> Iterator[tuple[str, Spelled]]:
    """Find the references whose ids are no numbers; only rows of parents have such."""
    for each in references:
        parent = bind_parent(each.target, catalog) if isinstance(each.target, Parent) else None
        if parent is not None and numbers.kind(parent.base):
            yield each.column, Spelled(parent.table.quoted, parent.key, parent.base)


def _hanging(protected: ProtectedSet, left: Mapping[str, str]) -> str:
    parent = protected.references[0].parent
    return f"its rows hang on {parent}, which is left out." if parent in left else ""


def _out_of_reach(protected: ProtectedSet, table: Table) -> str:
    """Say which rights on the table of an incidental set this role has not."""
    needed = ["SELECT", "UPDATE", *(["INSERT"] if protected.etl_deletes is not False else [])]
    lacking = [right for right in needed if protected.incidental and right not in table.rights]
    return f"This role may not {', '.join(lacking)} all rows of {table.qualified}." if lacking else ""


def _untold(protected: ProtectedSet, catalog: Catalog) -> str:
    """Say what a set hangs on of which nobody can tell which row is which."""
    target = protected.references[0].target
    if isinstance(target, str) or bind_parent(target, catalog) is not None:
        return ""
    return f"Rows of {protected.name} hang on {target.table}, of which nobody can tell which row is which."


def _unfollowed(protected: ProtectedSet, bound: Mapping[str, BoundSet]) -> str:
    """Say which rows that a set hangs on cannot be followed: those whose key is no whole number."""
    for parent in map(bound.get, protected.parents):
        if parent is not None and parent.key.type not in shapes.WHOLE:
            return (
                f"Rows of {protected.name} hang on {parent.name}, whose primary key {parent.key.name} is "
                f"{parent.key.type}: only whole numbers can be followed."
            )
    return ""


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


def _with_followed(each: BoundSet, bound: Iterable[BoundSet]) -> BoundSet:
    """Say which columns of a set point at rows that come back, maybe under other numbers."""
    ours = {reference.column for reference in each.references}
    found = (each.set.points_at.keys() & each.table.columns.keys()) - ours
    for key in each.table.foreign_keys:
        parent = coming_back(bound, key.parent)
        leading = parent and not parent.only_pointed and key.leads(parent.key.name, ours)
        if parent and leading and leading[1] == parent.key.name:
            found.add(leading[0])
    return replace(each, followed=frozenset(found))


def _is_there(protected: ProtectedSet, catalog: Catalog) -> bool:
    """Whether a set's table exists, and that of what its rows hang on first."""
    target = protected.references[0].target
    return protected.table in catalog.tables and (isinstance(target, str) or target.table in catalog.tables)


def _as_there(protected: ProtectedSet, catalog: Catalog) -> ProtectedSet | None:
    """Return a set with those of its references that its table has, where it is incidental; None where it has none."""
    if not protected.incidental:
        return protected
    table = catalog.tables.get(protected.table)
    if table is None or table.kind not in "rp":
        return None
    found = [each for each in protected.references if leads_somewhere(each, table, catalog, strictly=True)]
    return replace(protected, references=tuple(found)) if found else None


def leads_somewhere(reference: Reference, table: Table, catalog: Catalog, *, strictly: bool) -> bool:
    """Whether a reference is there, and what it points at can be told apart.

    Args:
        reference: which.
        table: the table that has its column, or has not.
        catalog: what there is.
        strictly: whether only a column that nobody has declared is meant: it must hold whole numbers, and its foreign
            key, where it has one, must lead where its name says.
    """
    column, target = table.columns.get(reference.column), reference.target
    if column is None or (isinstance(target, Parent) and bind_parent(target, catalog) is None):
        return False
    if not strictly or isinstance(target, str):
        return True
    keys = [key for key in table.foreign_keys if key.columns == (reference.column,)]
    return (
        shapes.may_lead(column, reference, catalog)
        and not column.generated
        and all(key.parent == target.table for key in keys)
    )


def _table_of(reference: Reference, bound: Mapping[str, BoundSet]) -> str:
    target = reference.target
    return bound[target].table.name if isinstance(target, str) else target.table


def _reached(catalog: Catalog, *, cascading: bool) -> frozenset[str]:
    """Return the tables that foreign keys lead from to the ETL's: those that cascade only, or whatever they do."""
    reached = set(catalog.etl_tables)
    keys = [key for table in catalog.tables.values() for key in table.foreign_keys]
    followed = [key for key in keys if key.on_delete == "c" or not cascading]
    while grown := {key.table for key in followed if key.parent in reached} - reached:
        reached |= grown
    return frozenset(reached - catalog.etl_tables)
