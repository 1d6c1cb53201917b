"""What leads to rows that an import renumbers: columns of all tables, by foreign key or by what they are called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core.application import numbers
from practice_guard.core.application.catalog import Catalog, Column, Table
from practice_guard.core.application.keys import ForeignKey
from practice_guard.core.application.parents import BUILT_IN_PARENTS, LEAGUES, Parent
from practice_guard.core.application.shapes import WHOLE, key_of
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.model import Text


class AtImport(Text):
    """What would happen to a reference when an import deletes what it leads to, and makes it anew under another id."""

    DANGLE = "dangle"
    CASCADE = "cascade"
    SET_NULL = "set NULL"
    SET_DEFAULT = "set default"
    REFUSE = "refused"


_BUILT_IN = frozenset(each.name for each in BUILT_IN_PARENTS)

_BY_LETTER = {"c": AtImport.CASCADE, "n": AtImport.SET_NULL, "d": AtImport.SET_DEFAULT}


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that leads to a parent, or to a protected set's rows, by foreign key or, where it has none, by its name.

    Attributes:
        table: its table as people write it, with the schema where that is not the application's.
        column: the column.
        target: the parent, or the name of the protected set.
        by_foreign_key: whether a foreign key says so.
        at_import: what would happen to it.
        quoted: the table, ready for a statement.
        oid: the table's.
        kind: the column's type, or the one that its domain is made of.
        into: the column that it leads to, where that is another than the one that numbers the rows.
        elsewhere: the table is in another schema than the application's, and settings do not name it.
    """

    table: str
    column: str
    target: Parent | str
    by_foreign_key: bool
    at_import: AtImport = AtImport.DANGLE
    quoted: str = ""
    oid: int = 0
    kind: str = "integer"
    into: str = ""
    elsewhere: bool = False

    @property
    def led_to(self) -> str:
        """The parent's table; of what hangs on protected rows, the set's name."""
        return self.target.table if isinstance(self.target, Parent) else self.target


@dataclass(frozen=True, slots=True)
class Lead:
    """A table that pointers lead to: what it is, and the column that numbers its rows, with its type."""

    target: Parent | str
    number: str
    kind: str = "integer"


@dataclass(frozen=True, slots=True)
class Across:
    """A foreign key from a table that the catalogue does not have to one that it has, or the other way round."""

    oid: int
    schema: str
    table: str
    into: int
    on_delete: str
    enforced: bool
    columns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the catalogue of one schema, and of what settings name of others, does not say.

    Attributes:
        keys: the foreign keys that cross its border.
        heirs: its tables that inherit another and are no partitions: what they hold is the other one's too.
    """

    keys: tuple[Across, ...] = ()
    heirs: frozenset[int] = frozenset()


def surroundings(database: Database, catalog: Catalog) -> Surroundings:
    """Ask for what the catalogue does not say; one statement."""
    asked = {"schema": catalog.schema, "others": [table.oid for table in catalog.elsewhere]}
    ((keys, heirs),) = database.execute(statement(__name__, "surroundings"), asked)
    across = [
        Across(oid, of, name, into, on_delete, enforced, tuple((own, theirs, kind) for own, theirs, kind in pairs))
        for oid, of, name, into, on_delete, enforced, pairs in json.loads(keys)
    ]
    return Surroundings(tuple(across), frozenset(json.loads(heirs)))


def numbered(catalog: Catalog, parents: Iterable[Parent]) -> dict[str, Lead]:
    """Return the tables of parents that are there, each with the column that numbers its rows."""
    found: dict[str, Lead] = {}
    for parent in parents:
        if catalog.has(parent.table):
            table = catalog.tables[parent.table]
            key = (table.columns.get("id") if parent.name in _BUILT_IN else None) or key_of(table)
            if key is not None:
                found[parent.table] = Lead(parent, key.name, key.base)
    return found


def by_key(catalog: Catalog, leads: Mapping[str, Lead], around: Surroundings | None = None) -> Iterator[Pointer]:
    """Find the columns that lead to some tables by foreign keys, whatever their width, and from whatever schema.

    A key of several columns leads by the one with the number. A key that leads by no number, but by what a row of the
    parent is, stays true when that is made anew: it counts only where it takes rows or values along.
    """
    for table in _own(catalog, around or Surroundings()):
        for key in table.foreign_keys:
            if key.parent in leads:
                at = _at_import(key.on_delete, enforced=key.enforced)
                for own, into in _leading(key.pairs, leads[key.parent], at):
                    yield _pointer(table, own, leads[key.parent].target, at, into)
    names = {table.oid: name for name, table in catalog.tables.items()}
    for each in around.keys if around else ():
        lead = leads.get(names.get(each.into, ""))
        if lead is not None and each.oid not in names:
            at = _at_import(each.on_delete, enforced=each.enforced)
            kinds = {own: kind for own, _, kind in each.columns}
            for own, into in _leading([(own, theirs) for own, theirs, _ in each.columns], lead, at):
                yield Pointer(
                    f"{each.schema}.{each.table}", own, lead.target, by_foreign_key=True, at_import=at,
                    quoted=identifier(each.schema, each.table), oid=each.oid, kind=kinds[own], into=into,
                    elsewhere=True,
                )  # fmt: skip


def by_name(catalog: Catalog, leads: Mapping[str, Lead], around: Surroundings | None = None) -> Iterator[Pointer]:
    """Find the columns that are called as what leads to some tables, and that no foreign key leads anywhere else."""
    away = {each.oid: {own for own, *_ in each.columns} for each in around.keys if _is_single(each)} if around else {}
    words = {word: lead for lead in leads.values() for word in _called(lead)}
    for table in _own(catalog, around or Surroundings()):
        led = away.get(table.oid, set()) | {own for key in table.foreign_keys for own in _led(key, catalog)}
        for column in table.columns.values():
            lead = _meant(column.name, words)
            if lead is None or column.name in led or leads.get(table.name) is lead:
                continue
            if _may_point(column, lead):
                yield _pointer(table, column.name, lead.target, None, "")


def of(catalog: Catalog, parents: Iterable[Parent], around: Surroundings | None = None) -> list[Pointer]:
    """Return every column that leads to what an import renumbers, sorted by table and column."""
    leads = numbered(catalog, parents)
    found = {(each.table, each.column): each for each in by_name(catalog, leads, around)}
    found |= {(each.table, each.column): each for each in by_key(catalog, leads, around)}
    return [found[key] for key in sorted(found)]


def is_left_over(table: Table, catalog: Catalog) -> bool:
    """Whether a table is a copy that an ETL made for itself and left: nobody's rows are lost with it.

    Its name has the word `backup` (or `bak`), no foreign key leads from it or to it, and either it has no key, as
    CREATE TABLE … AS leaves a table, or one other table has all of its columns.
    """
    if not _BACKUP.search(table.name) or table.foreign_keys:
        return False
    others = [each for each in catalog.tables.values() if each is not table]
    if any(key.parent == table.name for each in others for key in each.foreign_keys):
        return False
    originals = [each for each in others if not _BACKUP.search(each.name)]
    copied = any(table.columns.keys() <= each.columns.keys() for each in originals)
    return copied or not (table.primary_key or table.unique_keys)


_BACKUP = re.compile(r"(?:^|[_\d])(?:backups?|bak)(?:[_\d]|$)", re.IGNORECASE)


def _own(catalog: Catalog, around: Surroundings) -> Iterator[Table]:
    for table in catalog.tables.values():
        if table.kind in "rp" and not table.is_part and table.oid not in around.heirs:
            yield table


def _leading(pairs: Sequence[tuple[str, str]], lead: Lead, at: AtImport) -> Iterator[tuple[str, str]]:
    """Return the columns of a key that say which row it is; with the column they lead to, where that is no number."""
    own = [(mine, "") for mine, theirs in pairs if theirs == lead.number]
    if not own and at in _BY_LETTER.values():
        own = list(pairs) if len(pairs) == 1 else []
    yield from own


def _at_import(on_delete: str, *, enforced: bool) -> AtImport:
    return _BY_LETTER.get(on_delete, AtImport.REFUSE) if enforced else AtImport.DANGLE


def _pointer(table: Table, column: str, target: Parent | str, at: AtImport | None, into: str) -> Pointer:
    return Pointer(
        table.name, column, target, at is not None, at or AtImport.DANGLE, table.quoted, table.oid,
        table.columns[column].base, into,
    )  # fmt: skip


def _is_single(each: Across) -> bool:
    return len(each.columns) == 1


def _led(key: ForeignKey, catalog: Catalog) -> Iterator[str]:
    """Return the columns of a key that say which row of its parent it is: they are that one's, whatever their names."""
    parent = catalog.tables.get(key.parent)
    number = key_of(parent) if parent else None
    for own, theirs in key.pairs:
        if key.single or (number is not None and theirs == number.name):
            yield own


def _may_point(column: Column, lead: Lead) -> bool:
    """Whether a column can hold the id of a row, and is none that numbers its own table's rows."""
    alike = column.base in WHOLE if lead.kind in WHOLE else numbers.kind(column.base) == numbers.kind(lead.kind) != ""
    return alike and not (column.sequence or column.identity or column.generated)


def _called(lead: Lead) -> Iterator[str]:
    """Return what columns that lead to a parent are called, alone or behind a word and an underscore."""
    if not isinstance(lead.target, Parent):
        return
    names = (lead.target.name, lead.target.table.rpartition(".")[2])
    for name in dict.fromkeys(one for each in names for one in (each, *_singular(each))):
        yield f"{name}_id"
    if lead.target == LEAGUES:
        yield "league_context"


def _singular(name: str) -> Iterator[str]:
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    if name.endswith("es"):
        yield name[:-2]
    if name.endswith("s"):
        yield name[:-1]


def _meant(column: str, words: Mapping[str, Lead]) -> Lead | None:
    """Return what a column leads to by its name; where two come into question, by the longer one."""
    meant = [word for word in words if column == word or (word.endswith("_id") and column.endswith(f"_{word}"))]
    return words[max(meant, key=len)] if meant else None
