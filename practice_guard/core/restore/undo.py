"""Taking a restore back: exactly its changes, and only while they are still as it left them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import (
    Application,
    BoundSet,
    PointsAt,
    Table,
    imprint,
)
from practice_guard.core.database import Database, Query, ask_each, identifier, statement
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, Entry, EntryRow, ledger
from practice_guard.core.restore import relinking
from practice_guard.core.restore.relinking import Move, Refs, application_path
from practice_guard.core.words import agreeing, counted

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the entry, the entry that says so, and rows by set.

    `adrift` counts those of the re-linked that pointed at what is not there and, by a foreign key, cannot any more.
    """

    entry: Entry
    ledger: int | None
    relinked: Mapping[str, int]
    removed: Mapping[str, int]
    adrift: Mapping[str, int]


def plan(guard: Guard, wanted: int) -> Undone:
    """Find out, reading only in the transaction that is open, what taking an entry back would do.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.StalePlanError: rows have changed since; says which.
    """
    database, app = guard.database, guard.look()
    entry = _entry(database, wanted)
    rows = _rows(database, entry)
    _check(database, app, rows, entry)
    return _undone(app, entry, None, rows)


def apply(guard: Guard, wanted: int) -> Undone:
    """Take an entry back in one transaction: what it put in is removed, what it re-linked points where it did.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.StalePlanError: rows have changed since; nothing was written.
        errors.RestoreError: the database did something else; everything was rolled back.
    """
    database = guard.database

    def work(app: Application) -> Undone:
        entry = _entry(database, wanted)
        rows = _rows(database, entry)
        _check(database, app, rows, entry)
        guard.watcher.begins("taking back", sum(map(len, rows.values())))
        touched = [(_bound(app, name), [row.new_key for row in found]) for name, found in rows.items()]
        others = relinking.beside(database, touched)
        with application_path(database):
            for bound in reversed(app.sets):  # what hangs on other rows goes first
                if bound.name in rows:
                    _take_back(database, app, bound, rows[bound.name])
            database.check_constraints()
        _prove(database, app, rows)
        for table, now in relinking.beside(database, touched).items():
            if now != others[table]:
                raise relinking.others_changed(table)
        number = ledger.write(
            database,
            ledger.UNDO,
            guard.author,
            About(
                {"undoes": entry.id, "written": sum(map(len, rows.values()))},
                entry.snapshot,
                entry.plan_digest,
                imprint.take(database, app.catalog, app.sets),
            ),
        )
        return _undone(app, entry, number, rows)

    undone = guard.writes(work)
    ledger.read_back(database, undone.ledger or 0, undone.entry.plan_digest)
    return undone


def _entry(database: Database, wanted: int) -> Entry:
    entry = ledger.find(database, wanted)
    if entry.kind != ledger.RESTORE:
        raise errors.UsageError(f"Entry {entry.id} of the ledger is no restore but an {entry.kind}.")
    if entry.undone_by is not None:
        raise errors.UsageError(f"Restore {entry.id} was taken back already, by entry {entry.undone_by}.")
    return entry


def _rows(database: Database, entry: Entry) -> dict[str, list[EntryRow]]:
    """Return what an entry wrote, by set, all of it or nothing."""
    rows, written = ledger.rows(database, entry), entry.result.get("written")
    if isinstance(written, int) and len(rows) < written:
        kept = f"{len(rows):,} of {counted(written, 'row')}"
        raise errors.UsageError(
            f"Restore {entry.id} cannot be taken back any more: the ledger keeps {kept} that it wrote. They are "
            "kept as long as a snapshot from before it is. Nothing was written."
        )
    found: defaultdict[str, list[EntryRow]] = defaultdict(list)
    for row in rows:
        found[row.set].append(row)
    return dict(found)


def _bound(app: Application, name: str) -> BoundSet:
    for bound in app.sets:
        if bound.name == name:
            return bound
    raise errors.SchemaError(f"The protected set {name}, which the restore wrote to, is not in this database.")


def _check(database: Database, app: Application, rows: Mapping[str, Sequence[EntryRow]], entry: Entry) -> None:
    sums = ask_each(database, [_sums(_bound(app, name), found) for name, found in rows.items()])
    for (name, found), now in zip(rows.items(), sums, strict=True):
        _check_unchanged(_bound(app, name), found, dict(now), entry)
    leaving = _leaving(app, rows)
    for name, found in rows.items():
        bound = _bound(app, name)
        _check_nothing_hangs_on(database, app, bound, [row for row in found if row.before is None], leaving, entry)


def _leaving(app: Application, rows: Mapping[str, Sequence[EntryRow]]) -> dict[str, list[str]]:
    """Return the primary keys that will be removed or pointed elsewhere, by table."""
    leaving: defaultdict[str, list[str]] = defaultdict(list)
    for name, found in rows.items():
        leaving[_bound(app, name).table.name] += [row.new_key for row in found]
    return dict(leaving)


def _check_nothing_hangs_on(
    database: Database,
    app: Application,
    bound: BoundSet,
    inserted: Sequence[EntryRow],
    leaving: Mapping[str, Sequence[str]],
    entry: Entry,
) -> None:
    """Refuse to remove rows on which users have hung something since, which a foreign key would take along."""
    columns = {(key.table, key.column) for each in app.catalog.tables.values() for key in each.foreign_keys
               if key.parent == bound.table.name and key.parent_column == bound.key.name}  # fmt: skip
    columns |= {
        (each.table.name, reference.column)
        for each in app.sets
        for reference in each.references
        if reference.parent == bound.name
    }
    asked = sorted(columns) if inserted else []
    keys = [row.new_key for row in inserted]
    counts = ask_each(database, [_hanging(app.catalog.table(table), column, keys, leaving) for table, column in asked])
    for (table, _), ((count,),) in zip(asked, counts, strict=True):
        if count:
            raise errors.StalePlanError(
                f"{counted(count, 'row')} of {table} {agreeing(count, 'hangs', 'hang')} on rows of {bound.name} that "
                f"restore {entry.id} put back and that would have to go. Nothing was written."
            )


def _hanging(child: Table, column: str, keys: Sequence[str], leaving: Mapping[str, Sequence[str]]) -> Query:
    """Ask how many rows of a table point at some that are to go, and stay themselves."""
    own = child.primary_key[0] if len(child.primary_key) == 1 else None
    text = statement(
        __name__,
        "hanging",
        table=child.quoted,
        column=identifier(column),
        own=f"t.{identifier(own)}::text" if own else "NULL::text",
    )
    return Query(text, {"keys": keys, "leaving": list(leaving.get(child.name, ()))})


def _sums(bound: BoundSet, rows: Sequence[EntryRow]) -> Query:
    """Ask what rows are now."""
    return Query(statement(__name__, "sums", **bound.parts), {"keys": [row.new_key for row in rows]})


def _check_unchanged(bound: BoundSet, rows: Sequence[EntryRow], now: Mapping[str, str], entry: Entry) -> None:
    moved = [row.new_key for row in rows if now.get(row.new_key) != row.sum]
    if moved:
        have = agreeing(len(moved), "has", "have")
        shown = ", ".join(moved[:_SHOWN]) + (", …" if len(moved) > _SHOWN else "")
        raise errors.StalePlanError(
            f"{len(moved):,} of {counted(len(rows), 'row')} of {bound.name} that restore {entry.id} wrote {have} "
            f"changed or gone since (primary keys {shown}). Nothing was written."
        )


def _ways_back(app: Application, bound: BoundSet, rows: Sequence[EntryRow]) -> dict[str, Refs]:
    """Return what each re-linked row will point at, by primary key: what it did, where a foreign key lets it.

    The import left rows on ids that are not there while foreign keys were off; on again, they let no row do so. Such a
    reference is emptied, and stays as it is where it must not be empty.
    """
    there = {str(PointsAt.TEAMS): app.now.ids, str(PointsAt.LEAGUES): frozenset(app.now.leagues)}
    enforced = {key.column for key in bound.table.foreign_keys if key.parent in there}

    def back(row: EntryRow, place: int, before: int | None) -> int | None:
        reference = bound.references[place]
        if before is None or reference.column not in enforced or before in there.get(str(reference.target), ()):
            return before
        return row.after[place] if bound.table.columns[reference.column].not_null else None

    return {
        row.new_key: tuple(back(row, place, before) for place, before in enumerate(row.before))
        for row in rows
        if row.before is not None
    }


def _take_back(database: Database, app: Application, bound: BoundSet, rows: Sequence[EntryRow]) -> None:
    inserted = [row for row in rows if row.before is None]
    if inserted:
        keys = {"keys": [row.new_key for row in inserted]}
        removed = database.execute(statement(__name__, "take_out", **bound.parts), keys)
        relinking.expect(bound, len(inserted), len(removed))
    relinking.point(database, bound, _moves(app, bound, rows))


def _moves(app: Application, bound: BoundSet, rows: Sequence[EntryRow]) -> list[Move]:
    ways = _ways_back(app, bound, rows)
    moves = [Move(row.new_key, row.after, ways[row.new_key]) for row in rows if row.new_key in ways]
    return [move for move in moves if move.before != move.after]


def _prove(database: Database, app: Application, rows: Mapping[str, Sequence[EntryRow]]) -> None:
    """Read back, after all triggers and constraints, that what was put in is gone and what was re-linked points back.

    Raises:
        errors.RestoreError: it is not so.
    """
    sets = [_bound(app, name) for name in rows]
    moves = [_moves(app, bound, rows[bound.name]) for bound in sets]
    gone = [_sums(bound, [row for row in rows[bound.name] if row.before is None]) for bound in sets]
    there = ask_each(database, gone)
    right = ask_each(database, [relinking.right(bound, each) for bound, each in zip(sets, moves, strict=True)])
    for bound, standing, each, ((pointing,),) in zip(sets, there, moves, right, strict=True):
        name, found = bound.name, rows[bound.name]
        left = len(standing) + len(each) - pointing
        if left:
            are = agreeing(left, "is not as it", "are not as they")
            raise errors.RestoreError(
                f"{left:,} of {counted(len(found), 'row')} of {name} to be taken back {are} should be: a trigger or "
                f"rule on {bound.table.name} changed or swallowed that. Everything was rolled back."
            )


def _undone(app: Application, entry: Entry, number: int | None, rows: Mapping[str, Sequence[EntryRow]]) -> Undone:
    ways = {name: _ways_back(app, _bound(app, name), found) for name, found in rows.items()}
    return Undone(
        entry,
        number,
        {name: sum(row.before is not None for row in found) for name, found in rows.items()},
        {name: sum(row.before is None for row in found) for name, found in rows.items()},
        {
            name: sum(row.before is not None and ways[name][row.new_key] != row.before for row in found)
            for name, found in rows.items()
        },
    )
