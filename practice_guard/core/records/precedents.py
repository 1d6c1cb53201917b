"""What earlier restores, and their undos, say of a snapshot's rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core.database import Database, Query, Row, ask_each, literal, statement
from practice_guard.core.decisions import parse
from practice_guard.core.identity import Decisions
from practice_guard.core.records import installation


@dataclass(frozen=True, slots=True)
class Proven:
    """Whether, provably, no import ran since the snapshot was taken, and since its last restore was done.

    The rows that were in place then, and are not now, were taken by a user. What an undo took back was not, whatever
    state it was in before (`Precedents.fills`).
    """

    since_snapshot: bool
    since_restore: bool


@dataclass(frozen=True, slots=True)
class Precedents:
    """What the ledger says of a snapshot's rows.

    Attributes:
        snapshot: its id.
        decisions: by team list, what people decided about it with earlier restores, the later ones winning. A decision
            counts for the lists that its restore resolved and for no other: once rows are on their heir, the same
            words in a later list may mean another team, as after an exchange, or one that came back.
        imprint: the database's after the last restore; None where there was none.
        entry: that restore's in the ledger.
    """

    snapshot: str
    decisions: Mapping[str, Decisions]
    imprint: str | None
    entry: int | None

    def proven(self, at_snapshot: str, now: str) -> Proven:
        """Compare the database's imprint now with what it was at the snapshot and after its last restore."""
        return Proven(at_snapshot == now, self.imprint == now)

    def fills(self) -> dict[str, Query]:
        """Return what is asked of the ledger about rows, by name.

        `waited`: sets and numbers of the rows that waited after the last restore. `taken_back`: sets and primary keys
        of rows that an undo took back and no restore has moved since. `renumbered`: by set and row, the new primary key
        under which restores have put that row back.
        """
        waited = Query(statement(__name__, "waited"), {"entry": self.entry})
        return {
            **({"waited": waited} if self.entry is not None else {}),
            "taken_back": Query(statement(__name__, "taken_back")),
            "renumbered": Query(statement(__name__, "renumbered"), {"snapshot": self.snapshot}),
        }


def last_put(name: str, keys: str, since: object) -> Query:
    """Return the query of where restores have last put rows of a set since a time: `key` as text, and `first`.

    Args:
        name: the set.
        keys: the query of the primary keys that are asked about, as text.
        since: the time.
    """
    return Query(statement(__name__, "last_put", set=literal(name), keys=keys), {"since": since})


def find(database: Database, snapshot: str, lists: Iterable[str]) -> Precedents:
    """Ask the ledger about a snapshot of this database.

    Args:
        database: where; it has the guard's tables.
        snapshot: the snapshot's id.
        lists: the team lists that its ids come from.
    """
    entries = ask_each(
        database,
        [Query(statement(__name__, "last_restore"), {"snapshot": snapshot}), Query(statement(__name__, "decided"))],
    )
    (last,) = entries[0] or [(None, None, None)]
    return Precedents(snapshot, _decisions(entries[1], lists), last[1], last[0])


def placed(database: Database, name: str, key: str, team: str) -> str:
    """Return the condition that a restore has put a row of a set on the team it is on; never so without a ledger.

    Args:
        database: where.
        name: the set.
        key: what a query calls the row's primary key.
        team: what it calls the row's team.
    """
    if not installation.exists(database):
        return "false"
    return statement(__name__, "placed", set=literal(name), key=key, team=team)


def _decisions(entries: Sequence[Row], lists: Iterable[str]) -> dict[str, Decisions]:
    united = {name: Decisions() for name in lists}
    for entry, decided, resolved in entries:
        made = parse(decided).recorded(f"ledger {entry}")
        for name in united.keys() & set(json.loads(resolved)):
            united[name] = made.after(united[name])
    return united
