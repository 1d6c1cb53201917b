"""What an undo has to do to each set: what a restore wrote and left as it is, and what of that cannot go back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import Application, BoundSet, ForeignKey
from practice_guard.core.database import Database, Query, Scratch, ask_each, statement
from practice_guard.core.records import Entry, Kept, ledger
from practice_guard.core.restore import staying, wayback
from practice_guard.core.restore.halving import Refused
from practice_guard.core.restore.ordering import in_turn
from practice_guard.core.restore.relinking import Lines
from practice_guard.core.words import agreeing, counted

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What is to be done to a set, and what of it cannot be."""

    lines: Lines
    removals: int
    adrift: int
    unmoved: int
    staying: Mapping[str, int]
    refused: Mapping[str, int]

    @property
    def bound(self) -> BoundSet:
        """The set as it is in the database."""
        return self.lines.bound

    @property
    def written(self) -> int:
        """How many of its rows are taken back."""
        return self.removals + self.lines.updates

    @property
    def left(self) -> int:
        """How many are kept from going back, and are tried again."""
        return sum(self.staying.values()) + sum(self.refused.values())

    @property
    def untold(self) -> tuple[str, ...]:
        """The rules of its table of which only a write shows what they say."""
        table = self.bound.table
        rules = dict.fromkeys(table.untold) if self.lines.updates else {}
        return (*rules, *(rule for rule in table.untold_of_removal if self.removals and rule not in rules))


@dataclass(frozen=True, slots=True)
class Work:
    """An undo that is worked out: the restore's entry, the one that keeps the rows, and what is to be done, by set."""

    entry: Entry
    source: Entry
    scratch: Scratch
    tasks: Sequence[TakeBack]

    @property
    def order(self) -> list[TakeBack]:
        """What hangs on other rows, or points at them, goes first."""
        return list(in_turn([task for task in reversed(self.tasks) if task.written], _is_pointed_at))

    @property
    def circles(self) -> list[tuple[TakeBack, ForeignKey]]:
        """The foreign keys by which rows that go hang on such as go before them."""
        going = [task for task in self.order if task.removals]
        return [
            (task, key)
            for place, task in enumerate(going)
            for key in task.bound.table.foreign_keys
            if any(before.bound.table.name == key.parent for before in going[:place])
        ]


def _is_pointed_at(one: TakeBack, other: TakeBack) -> bool:
    return any(key.parent == one.bound.table.name for key in other.bound.table.foreign_keys)


def work_out(database: Database, app: Application, wanted: int, refused: Sequence[Refused] = ()) -> Work:
    """Lay down what an entry wrote, all of it or nothing, by set, and require that it is as it left it.

    Args:
        database: where.
        app: what there is.
        wanted: the restore's number in the ledger.
        refused: rows that the database has refused to let go a moment ago.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.SchemaError: it wrote to a protected set that is not there, or that has other references now.
        errors.StalePlanError: rows have changed since; says which.
    """
    entry, source = _entries(database, wanted)
    kept, scratch = _kept(database, entry, source), Scratch(database)
    sets = [_bound(app, name, each) for name, each in kept.items()]
    if not sets:
        return Work(entry, source, scratch, [])
    ordered = [bound for bound in app.sets if bound.name in kept]
    wayback.lay_down(scratch, app, ordered, source, refused)
    _check_unchanged(scratch, [wayback.lines(scratch, bound) for bound in sets], kept, entry)
    staying.let(scratch, app, ordered, [name for name, each in kept.items() if each.inserted])
    lines = [wayback.lines(scratch, bound) for bound in ordered]
    counts = ask_each(scratch, [Query(statement(__name__, "counts", **each.parts)) for each in lines])
    tasks = [
        TakeBack(replace(each, updates=updates), removals, adrift, unmoved, json.loads(stays), json.loads(words))
        for each, ((updates, removals, adrift, unmoved, stays, words),) in zip(lines, counts, strict=True)
    ]
    return Work(entry, source, scratch, tasks)


def _entries(database: Database, wanted: int) -> tuple[Entry, Entry]:
    """Return a restore's entry, and the one that keeps its rows: its own, or that of the undo which left some last."""
    entry = ledger.find(database, wanted)
    if entry.kind != ledger.RESTORE:
        raise errors.UsageError(f"Entry {entry.id} of the ledger is no restore but an {entry.kind}.")
    source = entry
    while source.undone_by is not None:
        source = ledger.find(database, source.undone_by)
        if not source.left:
            raise errors.UsageError(f"Restore {entry.id} was taken back already, by entry {source.id}.")
    return entry, source


def _kept(database: Database, entry: Entry, source: Entry) -> Mapping[str, Kept]:
    kept, written = ledger.kept(database, source.id), source.result.get("written")
    rows = sum(each.rows for each in kept.values())
    expected = written if source is entry else source.left
    if isinstance(expected, int) and rows < expected:
        of_them = f"{rows:,} of {counted(expected, 'row')}"
        raise errors.UsageError(
            f"Restore {entry.id} cannot be taken back any more: the ledger keeps {of_them} that it wrote. They are "
            "kept as long as a snapshot from before it is. Nothing was written."
        )
    return kept


def _bound(app: Application, name: str, kept: Kept) -> BoundSet:
    bound = next((each for each in app.sets if each.name == name), None)
    if bound is None:
        raise errors.SchemaError(f"The protected set {name}, which the restore wrote to, is not in this database.")
    if not kept.references <= {len(bound.references)}:
        raise errors.SchemaError(
            f"The protected set {name} has not the references that it had when the restore wrote to it."
        )
    return bound


def _check_unchanged(scratch: Scratch, lines: Sequence[Lines], kept: Mapping[str, Kept], entry: Entry) -> None:
    asked = [Query(statement(__name__, "changed", **each.parts, shown=str(_SHOWN))) for each in lines]
    for each, ((moved, keys),) in zip(lines, ask_each(scratch, asked), strict=True):
        if moved:
            name, have = each.bound.name, agreeing(moved, "has", "have")
            shown = ", ".join(keys) + (", …" if moved > _SHOWN else "")
            raise errors.StalePlanError(
                f"{moved:,} of {counted(kept[name].rows, 'row')} of {name} that restore {entry.id} wrote {have} "
                f"changed or gone since (primary keys {shown}). Nothing was written."
            )
