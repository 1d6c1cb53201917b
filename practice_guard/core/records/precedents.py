"""What earlier restores, and their undos, say of a snapshot's rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from practice_guard.core.application import BoundSet, imprint
from practice_guard.core.application.imprint import Imprint, Since
from practice_guard.core.database import Database, Query, Row, ask_each, literal, piece, statement
from practice_guard.core.decisions import parse
from practice_guard.core.identity import Decisions
from practice_guard.core.records import belonging, installation


@dataclass(frozen=True, slots=True)
class Proven:
    """What can be told of imports since the snapshot was taken, and since its last restore was done.

    Where none ran, the rows that were in place then, and are not now, were taken by a user. What an undo took back was
    not, whatever state it was in before (`Precedents.fills`).
    """

    since_snapshot: Since
    since_restore: Since | None

    def may_be_emptied(self, bound: BoundSet) -> bool:
        """Whether something may have emptied a set's table as a whole; only that none of its rows is left shows it."""
        found = [each for each in (self.since_snapshot, self.since_restore) if each is not None]
        return any(bound.table.name in each.emptied if each.known else bound.truncates for each in found)

    def had_other_files(self, bound: BoundSet) -> int | None:
        """Return the moment since which a set's table has other files, of the same columns; None where it has not."""
        last = self.since_restore if self.since_restore and self.since_restore.known else self.since_snapshot
        name = bound.table.name
        return last.moment if name in last.emptied and name not in last.rewritten else None

    def made(self, team: int | None) -> int:
        """Say since when a team is there, as `restore.sheets.GOALS` has it."""
        if team is None or (self.since_restore is not None and team in self.since_restore.made):
            return 2
        return int(team in self.since_snapshot.made)

    def of(self, bound: BoundSet, *, gone: bool) -> Proof:
        """Return what is proven of a set's rows; `gone` where not one of them is left where it was."""
        return Proof(_seen(self.since_snapshot, bound, gone=gone), _seen(self.since_restore, bound, gone=gone))

    def of_choices(self, bound: BoundSet, *, gone: bool) -> Proof:
        """Return what is proven of where a set's rows point: that an import deletes none says nothing of that.

        It renumbers what they point at, so that an id which a restore has put there is another's after the next one.
        """
        moments = (self.since_snapshot, self.since_restore)
        return Proof(*(_seen(each, bound, gone=gone, of_ids=True) for each in moments))


class Proof(NamedTuple):
    """The leagues in which nothing is proven of a set's absent rows, by the two moments; None where nothing is at all.

    Where a person has said that the ETL never deletes such rows, only what the guard has watched itself, and what was
    emptied as a whole, speaks against that.
    """

    since_snapshot: frozenset[str] | None
    since_restore: frozenset[str] | None


def _seen(since: Since | None, bound: BoundSet, *, gone: bool, of_ids: bool = False) -> frozenset[str] | None:
    if since is None or (gone and (not since.known or bound.table.name in since.emptied)):
        return None
    if bound.may_vanish or of_ids:
        return since.leagues
    return None if since.watched else frozenset()


@dataclass(frozen=True, slots=True)
class Precedents:
    """What the ledger says of a snapshot's rows.

    Attributes:
        snapshot: its id.
        decisions: by team list, what people decided about it with earlier restores, the later ones winning. A decision
            counts for the lists that its restore resolved and for no other: once rows are on their heir, the same
            words in a later list may mean another team, as after an exchange, or one that came back.
        imprint: the database's after the last restore; None where there was none, or where it says nothing.
        entry: that restore's in the ledger.
        schema: the application's schema that is guarded.
        put_back: whether any of its restores that were not taken back put rows back.
        lists: the team lists that the snapshot's ids come from.
        refused: how many rows the database refused in the newest restore of any snapshot; they may be the snapshot's.
    """

    snapshot: str
    decisions: Mapping[str, Decisions]
    imprint: Imprint | None
    entry: int | None
    schema: str
    put_back: bool
    lists: Sequence[str] = ()
    refused: int = 0

    def fills(self) -> dict[str, Query]:
        """Return what is asked of the ledger about rows, by name.

        `waited`: sets and numbers of the rows that waited after the last restore. `taken_back`: sets and primary keys
        of rows that an undo took back and no restore has moved since. `renumbered`: by set and row, the new primary key
        under which restores have put that row back. `refused`: what the database refused in the newest restore, by set,
        primary key and the id that it hung on (see `restore.sheets.REFUSED`).
        """
        waited = Query(statement(__name__, "waited"), {"entry": self.entry})
        return {
            **({"waited": waited} if self.entry is not None else {}),
            "taken_back": Query(statement(__name__, "taken_back", of_schema=belonging.of_entry(self.schema, "l"))),
            "renumbered": Query(statement(__name__, "renumbered"), {"snapshot": self.snapshot}),
            **({"refused": self._refused()} if self.refused else {}),
        }

    def _refused(self) -> Query:
        return Query(statement(__name__, "refused", newest=_newest(self.schema)), {"lists": list(self.lists)})


FIRST = "(r.after -> 'refs' ->> 0)"
"""What the ledger notes of a row's first reference."""


def last_put(schema: str, name: str, keys: str, since: object, first: str) -> Query:
    """Return the query of where restores have last put rows of a set since a time: `key` as text, and `first`.

    A row whose first reference a restore left as it was, it has put nowhere.

    Args:
        schema: the application's schema that is guarded.
        name: the set.
        keys: the query of the primary keys that are asked about, as text.
        since: the time.
        first: the number of the first reference, as SQL, which the ledger has as `FIRST`.
    """
    parts = {
        "first": first,
        "set": literal(name),
        "keys": keys,
        "of_schema": belonging.of_entry(schema, "l"),
        "moved": _moved(),
    }
    return Query(statement(__name__, "last_put", **parts), {"since": since})


def find(database: Database, snapshot: str, lists: Iterable[str]) -> Precedents:
    """Ask the ledger about a snapshot of this database.

    Args:
        database: where; it has the guard's tables.
        snapshot: the snapshot's id.
        lists: the team lists that its ids come from.
    """
    decided = statement(__name__, "decided", of_schema=belonging.of_entry(database.schema, "l"))
    restored = Query(statement(__name__, "last_restore"), {"snapshot": snapshot})
    refused = Query(statement(__name__, "count_refused", newest=_newest(database.schema)))
    of_snapshot, of_people, ((_, _, count),) = ask_each(database, [restored, Query(decided), refused])
    (last,) = of_snapshot or [(None, None, None)]
    decisions, put_back = _decisions(of_people, lists), int(last[2] or 0) > 0
    return Precedents(
        snapshot, decisions, imprint.load(last[1]), last[0], database.schema, put_back, tuple(lists), int(count)
    )


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
    parts = {"of_schema": belonging.of_entry(database.schema, "l"), "moved": _moved()}
    return statement(__name__, "placed", set=literal(name), key=key, team=team, **parts)


def _newest(schema: str) -> str:
    return statement(__name__, "newest", of_schema=belonging.of_entry(schema, "l"))


def _moved() -> str:
    return piece(__name__, "moved")


def _decisions(entries: Sequence[Row], lists: Iterable[str]) -> dict[str, Decisions]:
    united = {name: Decisions() for name in lists}
    for entry, decided, resolved in entries:
        made = parse(decided).recorded(f"ledger {entry}")
        # A value means the same in every list, and a name only in those that were resolved by it.
        meant = dict.fromkeys(json.loads(resolved), made)
        values = Decisions(values=made.values)
        united = {name: meant.get(name, values).after(before) for name, before in united.items()}
    return united
