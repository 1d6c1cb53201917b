"""Which rows of the ledger go with the snapshots they were written for. Its entries stay, for the history.

Nothing that is decided later may depend on a row that goes. Of the statements that read them,

- `last_put` reads entries since a snapshot was taken, and `renumbered` those of a snapshot: none of either goes;
- `taken_back` asks which of a key's rows is the newest, one of a restore that was taken back or one of another: what
  goes leaves that answer as it is;
- `placed` asks whether a restore has put a row where it stands: the newest row that says so stays;
- `rows`, for an undo, finds that some are missing, and the undo says so.

A protected set whose table is not there, or that the settings leave out, may come back: its rows stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.database.port import Database
from practice_guard.core.database.statements import identifier, statement


def trim(database: Database, sets: Sequence[BoundSet]) -> int:
    """Remove rows of restores older than every snapshot that is left, and return how many.

    Runs in the transaction that removes snapshots, after it has removed them.
    """
    old = database.execute(statement("trimming", "entries"))
    undone, others = [each for each, undone in old if undone], [each for each, undone in old if not undone]
    removed = 0
    # Those that were taken back first: what is left of them says which of the others are still needed.
    for entries in (undone, others):
        for bound in sets if entries else ():
            text = statement(
                "trimming",
                "remove",
                table=bound.table.quoted,
                key=identifier(bound.key.name),
                reference=identifier(bound.references[0].column),
            )
            removed += len(database.execute(text, {"set": bound.name, "entries": entries, "undone": entries is undone}))
    return removed
