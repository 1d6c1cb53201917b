"""What this role may do: rights are asked of the catalogue, all at once, and those that are missing have a GRANT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Catalog, Table
from practice_guard.core.application.renumbered import BoundParent
from practice_guard.core.application.state import PARENTS
from practice_guard.core.database import Asked, Row, identifier, statement

_GUARD = "practice_guard"
_KINDS = ("SCHEMA ", "SEQUENCE ", "FUNCTION ", "DATABASE ")
_WHOLE = ("smallint", "integer", "bigint")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A right that is needed.

    Attributes:
        kind: on a `table`, a `column`, a `sequence`, or all `tables` of a schema; to `lock` a table in any mode; or to
            make tables for a `scratch`, temporary ones or in a schema.
        right: as a GRANT writes it; empty where the kind says it.
        oid: the table's; None for what is known by its qualified name.
        name: the column's, the schema's, or that name.
        drawn: the table and column that a sequence numbers, quoted, where the right is needed only if it is behind.
    """

    kind: str
    right: str = ""
    oid: int | None = None
    name: str = ""
    drawn: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A right on something, both as a GRANT writes them."""

    right: str
    on: str

    def __str__(self) -> str:
        """As people name it: `SELECT on public.schedule`."""
        return f"{self.right} on {self.on}".replace('"', "")


@dataclass(frozen=True, slots=True)
class Lacking:
    """The rights that a role has not, and the role, quoted for a GRANT; both are empty where it has all of them."""

    role: str = ""
    rights: tuple[Right, ...] = ()

    def __bool__(self) -> bool:
        """Whether any is missing."""
        return bool(self.rights)


SCRATCH = Wanted("scratch", name=_GUARD)
"""What a plan is worked out in where rows are written."""

OWN = Wanted("tables", "SELECT", name=_GUARD)
"""To read all that the guard keeps."""


def on_table(right: str, table: Table) -> Wanted:
    """Return a right on the whole of a table."""
    return Wanted("table", right, table.oid)


def on_columns(right: str, table: Table, names: Iterable[str]) -> Iterator[Wanted]:
    """Return a right on columns, which the whole table's includes."""
    return (Wanted("column", right, table.oid, name) for name in names)


def to_lock(table: Table) -> Wanted:
    """Return what lets a role keep other writers from a table."""
    return Wanted("lock", "", table.oid)


def on_own(right: str, name: str) -> Wanted:
    """Return a right on one of the guard's own tables, which is asked where that is there."""
    return Wanted("table", right, None, f"{_GUARD}.{name}")


def to_number(table: Table, *, inserting: bool) -> Iterator[Wanted]:
    """Return what lets a role move a table's sequences forwards; where no row is put in, only those that are behind."""
    for column in table.columns.values():
        if column.sequence:
            yield Wanted("sequence", "SELECT", None, column.sequence)
            if inserting:
                yield Wanted("sequence", "UPDATE", None, column.sequence)
            elif column.type in _WHOLE:
                yield Wanted("column", "SELECT", table.oid, column.name)
                yield Wanted("sequence", "UPDATE", None, column.sequence, (table.quoted, identifier(column.name)))


def to_read(catalog: Catalog, sets: Sequence[BoundSet], parents: Iterable[BoundParent]) -> list[Wanted]:
    """Return what lets a role read the team list, the protected rows, and whether what they point at is there."""
    readable = {name: catalog.tables[name] for name in (*PARENTS, "schedule", "players") if name in catalog.tables}
    held = [*(each.table for each in sets), *(each.table for each in parents)]
    readable |= {table.name: table for table in held}
    wanted = [on_table("SELECT", table) for _, table in sorted(readable.items())]
    for key in (key for each in sets for key in each.table.foreign_keys):
        if key.single and key.parent not in readable and key.parent in catalog.tables:
            wanted += on_columns("SELECT", catalog.tables[key.parent], key.parent_columns)
    return wanted


def lacking(database: Asked, wanted: Sequence[Wanted]) -> Lacking:
    """Find out which rights this role has not, and what else writing to the columns takes: schemas, functions.

    Rights by way of other roles, an owner's and a superuser's count.
    """
    asked = list(dict.fromkeys(wanted))
    rows = database.execute(
        statement(__name__, "lacking"),
        {
            "kinds": [each.kind for each in asked],
            "oids": [each.oid for each in asked],
            "names": [each.name for each in asked],
            "rights": [each.right for each in asked],
        },
    )
    found = _put_together(rows)
    surely = {each.name for each in asked if each.right == "UPDATE" and not each.drawn}
    drawn = {f"SEQUENCE {each.name}": each.drawn for each in asked if each.drawn and each.name not in surely}
    needed = [
        each
        for each in found
        if each.right != "UPDATE" or each.on not in drawn or _is_behind(database, each.on, drawn[each.on], found)
    ]
    return Lacking(rows[0][0], tuple(needed)) if needed else Lacking()


def _put_together(rows: Sequence[Row]) -> list[Right]:
    """Return each right once: on the columns that lack it, or on the whole where all do or where it is to lock."""
    whole = {Right(right, on) for _, on, _, right, some, locks in rows if not (some or locks)}
    found: dict[Right, list[str]] = {}
    for _, on, part, right, some, locks in rows:
        if locks and whole & {Right("UPDATE", on), Right("DELETE", on)}:
            continue  # the right to change any row lets lock the table too
        if locks:
            whole.add(Right(right, on))
        found.setdefault(Right(right, on), []).append(part if some else "")
    return [
        each if each in whole else Right(f"{each.right} ({', '.join(parts)})", each.on) for each, parts in found.items()
    ]


def _is_behind(database: Asked, sequence: str, drawn: tuple[str, str], lacking: Sequence[Right]) -> bool:
    """Whether a sequence has to be moved; a role that may not look is told of that right first."""
    if any(each.right.startswith("SELECT") or each.on.startswith("SCHEMA") for each in lacking):
        return False
    table, column = drawn
    named = sequence.removeprefix("SEQUENCE ").replace("%", "%%")
    text = statement(__name__, "behind", table=table, column=column, sequence=named)
    return bool(database.execute(text)[0][0])


def grants(lacking: Lacking) -> list[str]:
    """Write the GRANTs for rights, one line for all rights on one object and all objects that lack the same rights."""
    by_object: dict[str, list[str]] = {}
    for right in lacking.rights:
        by_object.setdefault(right.on, []).append(right.right)
    by_rights: dict[tuple[str, str], list[str]] = {}
    for on, rights in by_object.items():
        kind, name = _of_kind(on)
        by_rights.setdefault((", ".join(rights), kind), []).append(name)
    return [
        f"GRANT {rights} ON {kind}{', '.join(names)} TO {lacking.role};" for (rights, kind), names in by_rights.items()
    ]


def _of_kind(on: str) -> tuple[str, str]:
    """Part what a GRANT calls a thing's kind from its name, which may have blanks in it."""
    kind = next((each for each in _KINDS if on.startswith(each)), "")
    return kind, on.removeprefix(kind)
