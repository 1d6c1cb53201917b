"""The ledger: everything that was written to the application's tables, so that it can be proven and taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Access, Asked, Database, Query, as_json, literal, statement
from practice_guard.core.model import Author
from practice_guard.core.records import belonging, installation
from practice_guard.core.steps import Step

RESTORE, UNDO, ROLLBACK = "restore", "undo", "rollback"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger. `undone_by` is the entry that took it back, but for `undone_but` rows."""

    id: int
    kind: str
    at: datetime
    by: str
    tool_version: str
    environment: str
    snapshot: str
    plan_digest: str
    result: Mapping[str, object]
    undone_by: int | None
    undone_but: int

    @property
    def left(self) -> int:
        """How many rows an undo left as they are: it keeps them, and another one of its restore tries them again."""
        noted = self.result.get("left")
        return noted if isinstance(noted, int) else 0

    @property
    def seconds(self) -> float | None:
        """How long the call took; earlier versions did not note that."""
        noted = self.result.get("seconds")
        return float(noted) if isinstance(noted, int | float) else None

    @property
    def lists(self) -> Sequence[str]:
        """The team lists that its restore resolved; earlier versions noted only the snapshot."""
        noted = self.result.get("lists")
        return [str(name) for name in noted] if isinstance(noted, list) else [self.snapshot]


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about.

    Attributes:
        result: what came of it, in words and numbers; it must be JSON.
        snapshot: the snapshot's id; empty where there is none.
        digest: of the plan, or of the file.
        imprint: the database's afterwards; empty where no row of the application's was written.
    """

    result: Mapping[str, object]
    snapshot: str = ""
    digest: str = ""
    imprint: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger keeps of the rows that an entry wrote to a set.

    Attributes:
        rows: how many.
        inserted: how many of them it put back; the others were re-linked.
        references: how many references are noted of each; more than one number where that differs.
    """

    rows: int
    inserted: int
    references: frozenset[int]


def entries(database: Database) -> list[Entry]:
    """Return the ledger, newest first; nothing where the guard has no tables yet."""
    return _entries(database, None) if installation.exists(database) else []


def restored(database: Database, snapshot: str | None) -> bool:
    """Whether a restore of a snapshot was written, and not taken back."""
    return any(
        each.kind == RESTORE and each.snapshot == snapshot and each.undone_by is None for each in entries(database)
    )


def _entries(database: Database, wanted: int | None) -> list[Entry]:
    found: list[Entry] = []
    text = statement(__name__, "entries", of_schema=belonging.of_entry(database.schema, "l"))
    for row in database.execute(text, {"id": wanted}):
        fields = dict(zip(Entry.__slots__, row, strict=True))
        found.append(Entry(**{**fields, "result": json.loads(fields["result"])}))
    return found


def find(database: Database, wanted: int) -> Entry:
    """Return one entry.

    Raises:
        errors.UsageError: there is none of that id.
    """
    if installation.exists(database) and (found := _entries(database, wanted)):
        return found[0]
    ids = ", ".join(str(entry.id) for entry in entries(database)[:5]) or "none"
    raise errors.UsageError(f"The ledger has no entry {wanted}. The newest ones are: {ids}.")


def applying(database: Asked, plan: str) -> int | None:
    """Return the entry of the restore that applied a saved plan, by the plan's id; None where none did.

    Raises:
        errors.SchemaError: there is no ledger.
    """
    found = database.execute(statement(__name__, "applying"), {"plan": plan})
    return int(found[0][0]) if found else None


def kept(database: Database, entry: int) -> dict[str, Kept]:
    """Return what is kept of the rows that an entry wrote, by set."""
    found = database.execute(statement(__name__, "kept"), {"ledger": entry})
    return {
        name: Kept(rows, inserted, frozenset({fewest, most} - {None})) for name, rows, inserted, fewest, most in found
    }


def rows(entry: int, name: str) -> Query:
    """Return the query of the rows that an entry wrote to a set, for statements that work where they are.

    Its columns: `row`, the number in the snapshot; `key`, the primary key; `before`, what it pointed at, as a JSON
    array, or JSON's null where it was put back; `after`, what it points at since; `sum`, of what it then was.
    """
    return Query(statement(__name__, "rows"), {"ledger": entry, "set": name})


def write(
    database: Database,
    kind: str,
    author: Author,
    about: About,
    waiting: Mapping[str, str] | None = None,
) -> int:
    """Write an entry in the caller's transaction, with the seconds the call took so far, and return its id.

    Args:
        database: where.
        kind: what was done.
        author: who did it, with which tool, where and when.
        about: the snapshot and the plan, and what came of it.
        waiting: of a restore, the texts that ask for the numbers of its snapshot's rows that were not in place, by set.
    """
    named = [
        statement(__name__, "waited_of", name=literal(name), waiting=text) for name, text in (waiting or {}).items()
    ]
    waited = statement(__name__, "waited", waiting="\n UNION ALL\n".join(named)) if named else ""
    values = {
        "kind": kind,
        "now": author.now,
        "tool_version": author.tool_version,
        "environment": author.environment,
        "snapshot": about.snapshot,
        "plan_digest": about.digest,
        "mark": about.imprint,
        "result": as_json(database, {**about.result, "seconds": author.seconds, "schema": database.schema}),
    }
    return int(database.execute(statement(__name__, "write", waited=waited), values)[0][0])


def write_rows(database: Database, entry: int, written: Sequence[Query]) -> list[int]:
    """Write what an entry wrote; returns how many rows were noted of each set.

    Args:
        database: in the transaction that wrote it.
        entry: the entry's id.
        written: for each set, the query of its rows: set, action, number in the snapshot, the primary key that it had
            and the one that it has, and what it pointed at before and after with the sum of what it is now, as JSON.
    """
    texts = (statement(__name__, "write_rows", entry=str(entry), written=each.text) for each in written)
    return database.write([Query(text, each.parameters) for text, each in zip(texts, written, strict=True)])


def read_back(database: Database, entry: int, plan_digest: str) -> None:
    """Read an entry back, after the commit, in a transaction of its own (reliability, finding 1).

    Raises:
        errors.RestoreError: it is not there, so nothing was written although the commit was not refused.
        errors.UnknownOutcomeError: the commit was acknowledged, and the connection is lost since.
    """
    with suppress(errors.UnreachableError):
        return _confirm(database, entry, plan_digest)
    try:
        _confirm(database, entry, plan_digest)
    except errors.UnreachableError as error:
        raise errors.UnknownOutcomeError(
            f"The commit was acknowledged (ledger {entry}), but cannot be read back. {error.message}",
            next_steps=(Step("health"),),
        ) from error


def _confirm(database: Database, entry: int, plan_digest: str) -> None:
    values = {"id": entry, "plan_digest": plan_digest}
    with database.transaction(Access.READ):
        found = database.execute(statement(__name__, "count"), values)[0][0]
    if not found:
        raise errors.RestoreError("The commit was not refused, but its entry is not in the ledger. Check: health.")


def trim(database: Database, sets: Sequence[BoundSet]) -> int:
    """Remove rows of restores older than every snapshot that is left, and return how many. Entries stay, as history.

    Runs in the transaction that removes snapshots, after it has removed them. Nothing that is decided later may depend
    on a row that goes. Of the statements that read them, here and in `precedents`,

    - `last_put` reads entries since a snapshot was taken, and `renumbered` those of a snapshot: none of either goes;
    - `taken_back` asks which of a key's rows is the newest, one of a restore that was taken back or one of another:
      what goes leaves that answer as it is;
    - `placed` asks whether a restore has put a row where it stands: the newest row that says so stays;
    - `kept`, for an undo, finds that some are missing, and the undo says so.

    A protected set whose table is not there, or that the settings leave out, may come back: its rows stay.
    """
    ours = {
        "is_ours": belonging.of_snapshot(database.schema, "s.id"),
        "of_schema": belonging.of_entry(database.schema, "l"),
    }
    old = database.execute(statement(__name__, "old_entries", **ours))
    undone, others = [each for each, undone in old if undone], [each for each, undone in old if not undone]
    asked = {"entries": [*undone, *others]}
    wrote = {name for (name,) in (database.execute(statement(__name__, "sets_of"), asked) if old else ())}
    removed = 0
    # Those that were taken back first: what is left of them says which of the others are still needed.
    for entries in (undone, others):
        for bound in (each for each in sets if entries and each.name in wrote):
            text = statement(__name__, "remove_rows", **bound.parts)
            removed += len(database.execute(text, {"set": bound.name, "entries": entries, "undone": entries is undone}))
    return removed
