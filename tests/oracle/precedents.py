"""What earlier restores, and their undos, say of a snapshot's rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from practice_guard.core.application import BoundSet, imprint
from practice_guard.core.application.imprint import Imprint, Since
from practice_guard.core.database import Database, Query, Row, ask_each, statement
from practice_guard.core.decisions import parse
from practice_guard.core.identity import Decisions
from practice_guard.core.model import Fate
from practice_guard.core.records import installation


class SnapshotRow(Protocol):
    """What is read here of a row that a snapshot keeps: its number, its primary key, and whether it was carried on."""

    @property
    def row(self) -> int:
        """Its number in the snapshot, from 1."""

    @property
    def key(self) -> str:
        """Its primary key, as text."""

    @property
    def carried(self) -> bool:
        """Whether an earlier snapshot handed it on."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Which rows were in place in a state since which no import ran: at the snapshot, or after its last restore.

    What an undo took back, given as sets and primary keys, was not a user's doing, whatever state it was in before.
    """

    since_snapshot: Since
    since_restore: Since | None
    waited: Mapping[str, frozenset[int]]
    taken_back: frozenset[tuple[str, str]]

    def rows(
        self,
        bound: BoundSet,
        rows: Sequence[SnapshotRow],
        *,
        gone: bool,
        league_of: Callable[[SnapshotRow], str | None],
        stood: Callable[[SnapshotRow, Collection[Fate], Collection[int]], bool],
        of_ids: bool = False,
    ) -> frozenset[int]:
        """Return the numbers of such rows of one set.

        Args:
            bound: the set.
            rows: the snapshot's rows of it.
            gone: none of them is left where it was.
            league_of: the code of a row's league; None for a row of none.
            stood: whether what a row hangs on, if anything, became one of these, and is none of the teams made since.
            of_ids: what they point at is asked for, which every import gives other ids, also where it deletes none.
        """
        never = bound.set.etl_deletes is False and not bound.cascades
        waited = self.waited.get(bound.name, frozenset())

        def quiet(since: Since | None, row: SnapshotRow) -> bool:
            if since is None or since.watched or (gone and (not since.known or bound.table.name in since.emptied)):
                return False
            if never and not of_ids:
                return True
            seen = list(since.seen.values())
            if not since.known or None in seen:
                return False
            busy = {code for codes in seen for code in codes or ()}
            return not busy or (league_of(row) is not None and league_of(row) not in busy)

        return frozenset(
            row.row
            for row in rows
            if (bound.name, row.key) not in self.taken_back
            and (
                (
                    not row.carried
                    and quiet(self.since_snapshot, row)
                    and (never or stood(row, (Fate.KEPT,), self.since_snapshot.made))
                )
                or (
                    self.since_restore is not None
                    and row.row not in waited
                    and quiet(self.since_restore, row)
                    and (never or stood(row, (Fate.KEPT, Fate.RENUMBERED), self.since_restore.made))
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Precedents:
    """What the ledger says of a snapshot's rows.

    Attributes:
        decisions: by team list, what people decided about it with earlier restores, the later ones winning. A decision
            counts for the lists that its restore resolved and for no other: once rows are on their heir, the same
            words in a later list may mean another team, as after an exchange, or one that came back.
        restored: whether there was a restore.
        imprint: the database's after the last one; None where nobody knows.
        waited: by set, the numbers of the rows that waited then.
        taken_back: sets and primary keys of rows that an undo took back and no restore has moved since.
        put: by set and primary key, what restores since the snapshot have last pointed rows at.
        renumbered: by set and row, the new primary key under which restores have put that row back.
    """

    decisions: Mapping[str, Decisions]
    restored: bool
    imprint: Imprint | None
    waited: Mapping[str, frozenset[int]]
    taken_back: frozenset[tuple[str, str]]
    put: Mapping[str, Mapping[str, int]]
    renumbered: Mapping[str, Mapping[int, str]]

    def proofs(self, at_snapshot: Since, at_restore: Since) -> Proofs:
        """Return what is proven by what can be told of imports since the snapshot, and since its last restore."""
        return Proofs(at_snapshot, at_restore if self.restored else None, self.waited, self.taken_back)


def find(database: Database, snapshot: str, since: datetime, lists: Iterable[str]) -> Precedents:
    """Ask the ledger about a snapshot of this database.

    Args:
        database: where; it has the guard's tables.
        snapshot: the snapshot's id.
        since: when it was taken.
        lists: the team lists that its ids come from.
    """
    entries = ask_each(
        database,
        [Query(statement(__name__, "last_restore"), {"snapshot": snapshot}), Query(statement(__name__, "decided"))],
    )
    rows = ask_each(
        database,
        [
            Query(statement(__name__, "taken_back")),
            Query(statement(__name__, "last_put"), {"since": since}),
            Query(statement(__name__, "renumbered"), {"snapshot": snapshot}),
        ],
    )
    put: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, key, first in rows[1]:
        if first is not None:
            put[name][key] = first
    renumbered: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for name, key, row in rows[2]:
        renumbered[name][row] = key
    (last,) = entries[0] or [(None, None, None)]
    return Precedents(
        _decisions(entries[1], lists),
        bool(entries[0]),
        imprint.load(last[1]),
        {name: frozenset(numbers) for name, numbers in json.loads(last[2] or "{}").items()},
        frozenset((name, key) for name, key, _ in rows[0]),
        dict(put),
        dict(renumbered),
    )


def placed(database: Database) -> frozenset[tuple[str, str, int | None]]:
    """Return which rows restores have put on which team, by set and primary key; none where there is no ledger yet."""
    if not installation.exists(database):
        return frozenset()
    return frozenset((name, key, team) for name, key, team in database.execute(statement(__name__, "placed")))


def _decisions(entries: Sequence[Row], lists: Iterable[str]) -> dict[str, Decisions]:
    united = {name: Decisions() for name in lists}
    for entry, decided, resolved in entries:
        made = parse(decided).recorded(f"ledger {entry}")
        for name in united.keys() & set(json.loads(resolved)):
            united[name] = made.after(united[name])
    return united
