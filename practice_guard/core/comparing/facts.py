"""What one database has of everything that the guard relies on, read in one transaction that only reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core import errors, snapshots
from practice_guard.core.application import (
    ETL_TABLES,
    PARENTS,
    Application,
    BoundParent,
    BoundSet,
    Catalog,
    ForeignKey,
    Table,
    UniqueKey,
    all_entries,
    bind,
    listed,
    read_entries,
    rights,
)
from practice_guard.core.application import catalog as catalogs
from practice_guard.core.comparing import described
from practice_guard.core.comparing.kinds import BY_IDENTITY, Facts, Item, Kind
from practice_guard.core.comparing.migrations import migrations
from practice_guard.core.database import Database, Query, ask_each, shielded, statement
from practice_guard.core.guarding import Guard
from practice_guard.core.identity import Entry
from practice_guard.core.records import installation
from practice_guard.core.restore import needs
from practice_guard.core.words import counted

OLDEST = 15
"""The oldest major version of PostgreSQL that the guard is tried on."""

_SETTINGS = {
    "default_transaction_read_only": True,
    "session_replication_role": True,
    "TimeZone": False,
    "deadlock_timeout": False,
}
"""The settings that are compared, each with whether it matters; all others the guard sets for itself."""

_FOLDING_OTHERWISE = ("tr", "az")
"""Languages whose small letter of `I` is not `i`."""

_OF_TEAMS = ("id", "club_id", "series_id", "league_id", "team_name")
_OF_PARENTS = {"teams": _OF_TEAMS, "leagues": ("id", "league_id"), "clubs": ("id", "name"), "series": ("id", "name")}
_ON_DELETE = {"c": " ON DELETE CASCADE", "n": " ON DELETE SET NULL", "d": " ON DELETE SET DEFAULT"}


@dataclass
class _Side:
    """One database that is being read.

    Attributes:
        guard: with a READ ONLY transaction open.
        catalog: the schema, whatever is missing in it.
        bound: the protected sets in it; None where one of them keeps all from being found.
        parents: what an import renumbers besides teams and leagues.
        app: what a command reads; None where it would be refused.
        fault: with which words; empty where it would not.
        tables: those that are compared, by name.
    """

    guard: Guard
    catalog: Catalog
    bound: Sequence[BoundSet] | None = None
    parents: Sequence[BoundParent] = ()
    app: Application | None = None
    fault: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The guard's database."""
        return self.guard.database

    @property
    def sets(self) -> Sequence[BoundSet]:
        """The protected sets, as far as they were found."""
        return self.bound or ()

    @property
    def protected(self) -> frozenset[str]:
        """The tables of protected rows; where the sets could not be found, those that they would be in."""
        if self.bound is None:
            return frozenset(each.table for each in self.guard.sets)
        return frozenset(each.table.name for each in self.bound)

    @property
    def unsaid(self) -> frozenset[Kind]:
        """The kinds of which nothing can be said where a command would be refused."""
        if self.app is not None:
            return frozenset()
        unbound = (Kind.SET, Kind.RIGHT) if self.bound is None else ()
        return frozenset((Kind.ROWS, *BY_IDENTITY, *unbound))


def read(guard: Guard) -> Facts:
    """Read one side. It is named by the guard's environment.

    Args:
        guard: with a READ ONLY transaction open.

    Raises:
        errors.DatabaseError: the database could not be asked.
    """
    side = _looked_at(guard)
    items: dict[Kind, tuple[Item, ...]] = dict(_of_the_server(side))
    items |= {
        Kind.GUARD: tuple(_of_the_guard(guard.database)),
        Kind.SCHEMA: (Item("protected rows", f"cannot be guarded: {side.fault}", relied=True),) if side.fault else (),
        Kind.TABLE: tuple(_tables(side)),
        Kind.COLUMN: tuple(_columns(side)),
        Kind.RIGHT: tuple(_rights(side)),
        Kind.SET: tuple(_sets(side)),
        Kind.PARENT: tuple(_parents(side)),
        Kind.MIGRATION: tuple(migrations(guard.database, side.catalog)),
    }
    written = list(_written(side))
    for kind in (Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE):
        items[kind] = tuple(each for of, each in written if of is kind)
    items[Kind.CONSTRAINT] += tuple(_keys(side))
    return _with_rows(side, items)


def _looked_at(guard: Guard) -> _Side:
    """Look as every command does; where it would be refused, at as much as there is."""
    side = _Side(
        guard, catalogs.as_it_is(guard.database, guard.schema, guard.parents, (each.table for each in guard.sets))
    )
    side.parents = listed(guard.parents, side.catalog)
    try:
        side.bound = bind(guard.sets, side.catalog)[0]
        with shielded(guard.database):
            side.app = guard.look()
    except (errors.SchemaError, errors.AccessError) as error:
        side.fault = error.message
    names = {*PARENTS, *ETL_TABLES, *_relied(side), *(each.table for each in guard.sets)}
    side.tables = {name: side.catalog.tables[name] for name in sorted(names) if side.catalog.has(name)}
    return side


def _of_the_server(side: _Side) -> Iterator[tuple[Kind, tuple[Item, ...]]]:
    found = side.database.execute(statement(__name__, "server"), {"settings": list(_SETTINGS)})[0]
    version, encoding, collation, letters, locale, settings = found
    yield Kind.SERVER, (server(version),)
    yield Kind.ENCODING, (Item("texts", encoding, relied=True),)
    folds = (locale or letters or "").lower().startswith(_FOLDING_OTHERWISE)
    yield Kind.COLLATION, (Item("order", locale or collation), Item("letters", locale or letters, relied=folds))
    yield (
        Kind.SETTING,
        tuple(Item(name, value or "", relied=_SETTINGS[name]) for name, value in sorted(json.loads(settings).items())),
    )


def server(version: str) -> Item:
    """Return what is said of a server, by its version: `16.4`, and what its packager adds."""
    number = version.split(maxsplit=1)[0]
    major = int("".join(sign for sign in number.partition(".")[0] if sign.isdigit()) or 0)
    return Item("PostgreSQL", number, relied=major < OLDEST)


def _of_the_guard(database: Database) -> Iterator[Item]:
    version = installation.locate(database).version
    if version is None:
        return
    yield Item("tables", f"version {version}")
    newest = snapshots.newest(snapshots.listing(database))
    if newest is not None:
        yield Item("newest snapshot", f"by version {newest.tool_version}")


def _relied(side: _Side) -> frozenset[str]:
    """Return the tables that protected rows and what they point at are in."""
    return frozenset((*PARENTS, *side.protected, *(each.table.name for each in side.parents)))


def _tables(side: _Side) -> Iterator[Item]:
    relied = _relied(side)
    for name, table in side.tables.items():
        yield Item(name, "partitioned table" if table.kind == "p" else "table", relied=name in relied)


def _columns(side: _Side) -> Iterator[Item]:
    asked = _asked_for(side)
    for name, table in side.tables.items():
        for column in table.stored:
            called = f"{name}.{column.name}"
            yield Item(called, column.type, relied=called in asked, table=name)


def _asked_for(side: _Side) -> frozenset[str]:
    """Return the columns by which rows, and what they point at, are known, by table and name."""
    found = {f"{table}.{column}" for table, columns in _OF_PARENTS.items() for column in columns}
    for bound in side.sets:
        label = [bound.set.label] if bound.set.label else []
        names = [bound.key.name, *bound.content, *(each.column for each in bound.references), *label]
        found |= {f"{bound.table.name}.{name}" for name in (*names, *([bound.created] if bound.created else []))}
    for parent in side.parents:
        found |= {f"{parent.table.name}.{name}" for name in (parent.key, *parent.same)}
    return frozenset(found)


def _keys(side: _Side) -> Iterator[Item]:
    """Yield what the catalogue says of constraints: NOT NULL, what is computed, unique and foreign keys."""
    protected, asked = side.protected, _asked_for(side)
    parents = _relied(side) - protected
    for name, table in side.tables.items():
        for column in table.columns.values():
            called = f"{name}.{column.name}"
            if column.not_null:
                yield Item(f"{called} NOT NULL", f"{column.name} NOT NULL", relied=called in asked, table=name)
            if column.generated:
                yield Item(f"{called} GENERATED", f"{column.name} GENERATED", relied=name in protected, table=name)
        for key in table.unique_keys:
            yield Item(f"{name}.{key.name}", _unique(key), relied=name in protected | parents, table=name)
        for each in table.foreign_keys:
            yield Item(f"{name}.{each.name}", _foreign(each), relied=name in protected, table=name)


def _unique(key: UniqueKey) -> str:
    columns = ", ".join(each or "an expression" for each in key.columns)
    faults = {"not valid": not key.valid, "deferrable": not key.immediate, "partial": key.partial,
              "NULLS NOT DISTINCT": key.nulls_alike}  # fmt: skip
    kind = "PRIMARY KEY" if key.primary else "UNIQUE"
    return ", ".join([f"{kind} ({columns})", *(word for word, there in faults.items() if there)])


def _foreign(key: ForeignKey) -> str:
    own, theirs = ", ".join(key.columns), ", ".join(key.parent_columns)
    faults = {"NOT VALID": not key.validated, "disabled": not key.enforced, "deferrable": key.deferrable}
    said = f"FOREIGN KEY ({own}) to {key.parent} ({theirs}){_ON_DELETE.get(key.on_delete, '')}"
    return ", ".join([said, *(word for word, there in faults.items() if there)])


def _written(side: _Side) -> Iterator[tuple[Kind, Item]]:
    """Yield what only the server can write out: other constraints, triggers and rules."""
    names = {table.oid: name for name, table in side.tables.items()}
    rows = side.database.execute(statement(__name__, "written"), {"tables": list(names)})
    for kind, oid, called, says in rows:
        name = names[oid]
        yield Kind(kind), Item(f"{name}.{called}", " ".join(says.split()), relied=name in side.protected, table=name)


def _rights(side: _Side) -> Iterator[Item]:
    wanted = [*rights.to_read(side.catalog, side.sets, side.parents), rights.OWN]
    wanted += needs.of_any(side.catalog, side.sets, side.parents)
    for right in rights.lacking(side.database, wanted).rights:
        yield Item(str(right), "missing", relied=True)


def _sets(side: _Side) -> Iterator[Item]:
    for bound in side.sets:
        references = {each.column: str(each.target) for each in bound.references}
        table = bound.table.qualified
        says = described.as_set(table, bound.key.name, references, bound.content, bound.set.condition)
        yield Item(bound.name, says, relied=True)


def _parents(side: _Side) -> Iterator[Item]:
    for each in side.parents:
        yield Item(each.name, f"{each.table.name} by {', '.join(each.same)}", relied=True)


def _with_rows(side: _Side, items: dict[Kind, tuple[Item, ...]]) -> Facts:
    """Add what the rows say, where a command could read them."""
    name, tables = side.guard.author.environment, frozenset(side.tables)
    if side.app is None:
        return Facts(name, items, tables, unsaid=side.unsaid)
    app = side.app
    asked = [Query(statement(__name__, "rows", **_counted(bound))) for bound in app.sets]
    counts = ask_each(side.database, asked)
    items[Kind.ROWS] = tuple(
        Item(bound.name, counted(rows, "row")) for bound, ((rows,),) in zip(app.sets, counts, strict=True)
    )
    entries = _entries(side.database, [each for each in side.parents if each.name in ("clubs", "series")])
    clubs, series = described.clubs(entries), described.series(entries, app.now.leagues)
    return Facts(name, items, tables, app.now.teams, app.now.leagues, clubs, series)


def _counted(bound: BoundSet) -> dict[str, str]:
    return {part: bound.parts[part] for part in ("table", "condition")}


def _entries(database: Database, parents: Sequence[BoundParent]) -> dict[str, list[Entry]]:
    rows: Iterable[tuple[str, int, str]] = ()
    if parents:
        query = all_entries(parents)
        rows = [(str(name), number, said) for name, number, said in database.execute(query.text, query.parameters)]
    found: dict[str, list[tuple[int, str]]] = {}
    for name, number, said in rows:
        found.setdefault(name, []).append((number, said))
    return {name: read_entries(own) for name, own in found.items()}
