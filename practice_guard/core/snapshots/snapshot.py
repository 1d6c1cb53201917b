"""Snapshots: the protected rows as they were, with the whole identity of all teams (design, "Snapshots")."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from practice_guard.core import errors, findings
from practice_guard.core.application import Application
from practice_guard.core.database import Database, Row, fitted, identifier, statement
from practice_guard.core.model import LATEST, Finding
from practice_guard.core.records import installation
from practice_guard.core.snapshots import description, digests
from practice_guard.core.snapshots.fields import Fields
from practice_guard.core.snapshots.sets import StoredSet
from practice_guard.core.steps import IMPORT_AN_EXPORT, Step
from practice_guard.core.words import agreeing, counted, near, nearest


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot.

    Attributes:
        lists: the team lists its ids come from; the first is its own.
        verified_at: None until it was read back.
        digest_version: by which definition its digest was made.
        imported_at: when it came from a file; None where it was taken here.
        keeps: ids of older ones that have rows which this one lacks, and of which nobody knows who took them.
        fault: what is wrong with its description, so that it cannot even be read; empty for a sound one.
        tables: the ETL's own tables, by what the guard calls them, where it was taken in full.
    """

    id: str
    number: int
    label: str
    taken_at: datetime
    taken_by: str
    environment: str
    fingerprint: Mapping[str, object]
    tool_version: str
    server_version: str
    accepted_current: bool
    lists: tuple[str, ...]
    rows: int
    carried: int
    imprint: str
    digest: str
    verified_at: datetime | None
    sets: Mapping[str, StoredSet]
    digest_version: int = digests.NEWEST
    imported_at: datetime | None = None
    keeps: tuple[str, ...] = ()
    fault: str = ""
    tables: Mapping[str, StoredSet] = field(default_factory=dict)

    @property
    def copies(self) -> dict[str, StoredSet]:
        """All that has a copy of its rows, by its name: the sets, and the ETL's tables."""
        return {**self.sets, **{each.name: each for each in self.tables.values()}}

    def recorded(self, *names: str) -> dict[str, object]:
        """Return fields by the names under which tables and exports have them, where the imprint is called `mark`."""
        return {name: getattr(self, "imprint" if name == "mark" else name) for name in names}

    @property
    def seconds(self) -> float | None:
        """From its beginning until it was verified; None where it was not, or by a version that did not note that."""
        began = self.imported_at or self.taken_at
        took = (self.verified_at - began).total_seconds() if self.verified_at else 0.0
        return round(took, 3) if took > 0 else None


_LISTED = (
    "id", "number", "label", "taken_at", "taken_by", "environment", "fingerprint", "tool_version", "server_version",
    "accepted_current", "lists", "rows", "carried", "imprint", "digest", "verified_at", "digest_version", "imported_at",
    "keeps",
)  # fmt: skip


def listing(database: Database) -> list[Snapshot]:
    """Return all snapshots, newest first; none where the guard has no tables yet. Each is read, none verified."""
    return _newest_first(_snapshots(database)) if installation.exists(database) else []


def _snapshots(database: Database, wanted: str | None = None) -> list[Snapshot]:
    """Read all snapshots, or the one of that id: those of the schema that is guarded."""
    values = {"id": wanted, "schema": database.schema}
    return [_snapshot(row) for row in database.execute(statement(__name__, "snapshots"), values)]


def _snapshot(row: Row) -> Snapshot:
    *own, held = row
    fields = dict(zip(_LISTED, own, strict=True))
    fault, rows = "", json.loads(held)
    names = {name for name, *_ in rows}
    sets: dict[str, StoredSet] = {}
    for name, *rest in rows:
        described = _stored_set(fields["id"], name, rest, names)
        if isinstance(described, StoredSet):
            sets[name] = described
        else:
            fault = described
    fingerprint = json.loads(fields["fingerprint"])
    if not isinstance(fingerprint, dict):
        fault, fingerprint = "its fingerprint is not an object.", {}
    fields |= {"fingerprint": fingerprint, "lists": tuple(fields["lists"]), "keeps": tuple(fields["keeps"])}
    protected, tables = parted(sets)
    return Snapshot(**fields, sets=protected, tables=tables, fault=fault)


def parted(copies: Mapping[str, StoredSet]) -> tuple[dict[str, StoredSet], dict[str, StoredSet]]:
    """Part what has a copy of its rows into protected sets by name, and tables of the ETL's by what they are called."""
    whole = {each.relation: each for each in copies.values() if each.is_whole}
    return {name: each for name, each in copies.items() if not each.is_whole}, whole


def _stored_set(snapshot: str, name: str, row: Sequence[Any], sets: set[str]) -> StoredSet | str:
    """Read what a snapshot says of a set, or say what is wrong with it."""
    definition, stored, table, *counts = row
    found: dict[str, object] = {"definition": json.loads(definition), "columns": json.loads(stored)}
    found |= dict(zip(("rows", "carried", "teams", "digest"), counts, strict=True))
    try:
        described = description.stored_set(snapshot, name, Fields(f"its description of {name}", found), sets)
    except errors.DamagedSnapshotError as error:
        return error.message
    return described if described.rows_table == table else f"its rows of {name} are said to be in {table}."


def _newest_first(found: Sequence[Snapshot]) -> list[Snapshot]:
    """Order by number, which no clock can put wrong; one from a file goes where its time puts it."""
    ordered = sorted((each for each in found if each.imported_at is None), key=lambda each: -each.number)
    for each in sorted((each for each in found if each.imported_at), key=lambda each: (each.taken_at, each.number)):
        place = next((place for place, other in enumerate(ordered) if other.taken_at <= each.taken_at), len(ordered))
        ordered.insert(place, each)
    return ordered


def sizes(database: Database) -> dict[str, int]:
    """Return what each snapshot takes on the disk, in bytes, by id."""
    return dict(database.execute(statement(__name__, "sizes"))) if installation.exists(database) else {}


def newest(known: Iterable[Snapshot]) -> Snapshot | None:
    """Return the first verified one of a listing, which is what `latest` means."""
    return next((each for each in known if each.verified_at is not None), None)


def read(database: Database, wanted: str) -> Snapshot | None:
    """Return the snapshot of that id, whatever state it is in; None where there is none."""
    return next(iter(_snapshots(database, fitted(database, wanted))), None) if installation.exists(database) else None


def find(database: Database, wanted: str = LATEST) -> Snapshot:
    """Return the snapshot of that id, or the newest verified one for `latest`.

    Raises:
        errors.NoSnapshotError: there is none.
        errors.DamagedSnapshotError: its description cannot be read.
    """
    if wanted == LATEST:
        found = newest(listing(database))
    else:
        found = read(database, wanted) or named(listing(database), wanted)
    if found is None:
        raise none_yet()
    if found.fault:
        raise damaged(found, found.fault)
    return found


def named(known: Sequence[Snapshot], wanted: str) -> Snapshot:
    """Return the one of that id out of a listing.

    Raises:
        errors.NoSnapshotError: there is none; says which ones are newest.
    """
    for each in known:
        if each.id == wanted:
            return each
    ids = ", ".join(each.id for each in known[:5]) or "none"
    raise errors.NoSnapshotError(
        f"There is no snapshot {wanted}. The newest ones are: {ids}.",
        next_steps=(Step("snapshots", why="all of them"),),
    )


def none_yet() -> errors.NoSnapshotError:
    """Return the error that there is nothing to go by, with the way out."""
    return errors.NoSnapshotError(
        "There is no verified snapshot in this database yet.",
        next_steps=(IMPORT_AN_EXPORT, Step("backup")),
    )


def unverified(known: Sequence[Snapshot], so: str = "") -> Finding:
    """Make the finding that none of a listing was ever verified; `so` says what cannot be told for that."""
    others = f", {len(known)} that were never verified" if known else ""
    what = f"0 verified snapshots{others}{f': {so}' if so else ''}."
    why = "Nothing could be put back after an import, and nobody could tell whether the last one was restored."
    return findings.found("no-snapshot", what, why, (IMPORT_AN_EXPORT, Step("backup")))


def damaged(snapshot: Snapshot, what: str) -> errors.DamagedSnapshotError:
    """Return the error that says what is wrong with a snapshot, with the way out."""
    return errors.DamagedSnapshotError(
        f"Snapshot {snapshot.id} is damaged: {what}",
        next_steps=(
            Step("snapshots", "verify", why="which ones are whole"),
            Step("cleanup", "--snapshot", snapshot.id, why="remove this one"),
        ),
    )


def gone(snapshot: Snapshot, app: Application) -> frozenset[str]:
    """Return the sets of a snapshot whose table is not there, or is not the table that the set has now.

    A set is its table: rows of one table never go into another, whatever the settings call them.
    """
    now = {bound.name: bound.table.qualified for bound in app.sets}
    moved = {name for name, stored in snapshot.sets.items() if now.get(name, stored.table) != stored.table}
    return frozenset((*app.skipped, *app.left_out)) | moved


def check_tables(
    snapshot: Snapshot,
    gone: Collection[str],
    there: Collection[str],
    only: Collection[str] = frozenset(),
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Refuse to go on where a snapshot has rows whose table is not there, as if they had never been.

    Args:
        snapshot: the snapshot.
        gone: names of the protected sets whose table is not there, or another one now.
        there: names of the tables that do.
        only: the sets that are meant; none means all.
        left_out: of the sets whose table cannot be guarded, why.

    Raises:
        errors.SchemaError: names the table, and the nearest one there is.
    """
    for name, stored in snapshot.sets.items():
        if name not in gone or not stored.rows or stored.companion or (only and name not in only):
            continue
        rows = f"{counted(stored.rows, 'row')} of {name} {agreeing(stored.rows, 'is', 'are')}"
        gone_ = left_out.get(name, _gone(stored, there)).rstrip(".")
        raise errors.SchemaError(
            f"{gone_}, and {rows} in snapshot {snapshot.id}. Nothing was written.",
            next_steps=(
                "Change the table back, so that its rows can be guarded."
                if name in left_out
                else _renaming(stored, there),
                Step("backup", "--accept-current", why="where it is gone for good"),
                *_others(snapshot, gone, only),
            ),
        )


def _gone(stored: StoredSet, there: Collection[str]) -> str:
    name = stored.relation
    if name in there:
        return f"{stored.table} is not the table of {stored.name} any more"
    if name == stored.table:
        return f"{stored.table} is gone, or is not the table of {stored.name} any more"
    return f"The table {stored.table} is gone{near(name, there)}"


def _renaming(stored: StoredSet, there: Iterable[str]) -> str:
    """Say how a set gets its table back: by the settings, or by the statement that names a renamed one as before."""
    schema, _, name = stored.table.partition(".")
    if stored.relation in there or stored.relation == stored.table:
        return f"Let the settings name {stored.table} again, where its rows are meant."
    now = nearest(name, there)
    if now is None:
        return "Give it its name back, where it was renamed."
    text = f"ALTER TABLE {identifier(schema, now)} RENAME TO {identifier(name)};   -- where it was renamed"
    return text.replace("%%", "%")


def _others(snapshot: Snapshot, gone: Collection[str], only: Collection[str]) -> list[Step]:
    """Return the restore of what there is a table for."""
    meant = [name for name, each in snapshot.sets.items() if not each.companion and (not only or name in only)]
    words = [word for name in meant if name not in gone for word in ("--protected", name)]
    return [Step("restore", "--snapshot", snapshot.id, *words, why="the other sets")] if words else []


def without(snapshot: Snapshot, names: Collection[str]) -> Snapshot:
    """Return the part of a snapshot that is not in these sets."""
    return replace(snapshot, sets={name: each for name, each in snapshot.sets.items() if name not in names})
