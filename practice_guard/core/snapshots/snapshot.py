"""Snapshots: the protected rows as they were, with the whole identity of all teams (design, "Snapshots")."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from difflib import get_close_matches
from typing import Any

from practice_guard.core import errors
from practice_guard.core.application import teams
from practice_guard.core.application.catalog import Catalog
from practice_guard.core.application.protected import Bound
from practice_guard.core.application.teams import TeamList
from practice_guard.core.database.connection import Database
from practice_guard.core.database.statements import columns, condition, identifier, statement
from practice_guard.core.model import LATEST
from practice_guard.core.records import installation
from practice_guard.core.records.installation import Place
from practice_guard.core.snapshots import copies, description
from practice_guard.core.snapshots.copies import Carry, StoredSet
from practice_guard.core.snapshots.description import Fields

DIGEST_VERSION = 1
_SUFFIX = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot.

    Attributes:
        lists: the team lists its ids come from; the first is its own.
        verified_at: None until it was read back.
        digest_version: by which definition its digest was made.
        imported_at: when it came from a file; None where it was taken here.
        damage: what is wrong with its description, so that it cannot even be read; empty for a sound one.
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
    mark: str
    digest: str
    verified_at: datetime | None
    sets: Mapping[str, StoredSet]
    digest_version: int = DIGEST_VERSION
    imported_at: datetime | None = None
    damage: str = ""

    @property
    def seconds(self) -> float | None:
        """From its beginning until it was verified; None where it was not, or by a version that did not note that."""
        began = self.imported_at or self.taken_at
        took = (self.verified_at - began).total_seconds() if self.verified_at else 0.0
        return round(took, 3) if took > 0 else None


_LISTED = (
    "id", "number", "label", "taken_at", "taken_by", "environment", "fingerprint", "tool_version", "server_version",
    "accepted_current", "lists", "rows", "carried", "mark", "digest", "verified_at", "digest_version", "imported_at",
)  # fmt: skip


def listing(database: Database) -> list[Snapshot]:
    """Return all snapshots, newest first; none where the guard has no tables yet. Each is read, none verified."""
    if not installation.exists(database):
        return []
    sets: dict[str, dict[str, StoredSet]] = {}
    damage: dict[str, str] = {}
    found = database.execute(statement("snapshot", "sets"))
    names: dict[str, set[str]] = {}
    for snapshot, name, *_ in found:
        names.setdefault(snapshot, set()).add(name)
    for snapshot, name, *rest in found:
        read = _stored_set(snapshot, name, rest, names[snapshot])
        if isinstance(read, StoredSet):
            sets.setdefault(snapshot, {})[name] = read
        else:
            damage[snapshot] = read
    listed: list[Snapshot] = []
    for row in database.execute(statement("snapshot", "snapshots")):
        fields = dict(zip(_LISTED, row, strict=True))
        name, fingerprint = fields["id"], json.loads(fields["fingerprint"])
        if not isinstance(fingerprint, dict):
            damage[name], fingerprint = "its fingerprint is not an object.", {}
        fields |= {"fingerprint": fingerprint, "lists": tuple(fields["lists"])}
        listed.append(Snapshot(**fields, sets=sets.get(name, {}), damage=damage.get(name, "")))
    return _newest_first(listed)


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
    return dict(database.execute(statement("snapshot", "sizes"))) if installation.exists(database) else {}


def newest(known: Iterable[Snapshot]) -> Snapshot | None:
    """Return the first verified one of a listing, which is what `latest` means."""
    return next((each for each in known if each.verified_at is not None), None)


def find(database: Database, wanted: str = LATEST) -> Snapshot:
    """Return the snapshot of that id, or the newest verified one for `latest`.

    Raises:
        errors.NoSnapshotError: there is none.
        errors.DamagedSnapshotError: its description cannot be read.
    """
    known = listing(database)
    found = newest(known) if wanted == LATEST else next((each for each in known if each.id == wanted), None)
    if found is None and wanted == LATEST:
        raise errors.NoSnapshotError(
            "There is no verified snapshot in this database yet.",
            next_steps=("practice-guard backup --env ENV", "practice-guard snapshots import FILE   # from an export"),
        )
    if found is None:
        ids = ", ".join(snapshot.id for snapshot in known[:5]) or "none"
        raise errors.NoSnapshotError(
            f"There is no snapshot {wanted}. The newest ones are: {ids}.",
            next_steps=("practice-guard snapshots --env ENV   # all of them",),
        )
    if found.damage:
        raise _damaged(found, found.damage)
    return found


def _damaged(snapshot: Snapshot, what: str) -> errors.DamagedSnapshotError:
    return errors.DamagedSnapshotError(
        f"Snapshot {snapshot.id} is damaged: {what}",
        next_steps=(
            "practice-guard snapshots verify   # which ones are whole",
            f"practice-guard cleanup --snapshot {snapshot.id}   # remove this one",
        ),
    )


def check_tables(
    kept: Snapshot, gone: Collection[str], there: Iterable[str], only: Collection[str] = frozenset()
) -> None:
    """Refuse to go on where a snapshot has rows whose table is not there, as if they had never been.

    Args:
        kept: the snapshot.
        gone: names of the protected sets whose table does not exist.
        there: names of the tables that do.
        only: the sets that are meant; none means all.

    Raises:
        errors.SchemaError: names the table, and the nearest one there is.
    """
    for name, stored in kept.sets.items():
        if name not in gone or not stored.rows or stored.witness or (only and name not in only):
            continue
        close = get_close_matches(stored.table.partition(".")[2], list(there), n=1)
        raise errors.SchemaError(
            f"The table {stored.table} is gone{f' (the nearest name there is {close[0]})' if close else ''}, and "
            f"{stored.rows} rows of {name} are in snapshot {kept.id}. Nothing was written.",
            next_steps=(
                "ALTER TABLE … RENAME TO …;   -- where it was renamed",
                "practice-guard backup --accept-current   # where it is gone for good",
                "practice-guard restore --protected …   # the other sets, by their names",
            ),
        )


def without(kept: Snapshot, names: Collection[str]) -> Snapshot:
    """Return the part of a snapshot that is not in these sets."""
    return replace(kept, sets={name: each for name, each in kept.sets.items() if name not in names})


def mark(database: Database, catalog: Catalog, sets: Sequence[Bound]) -> str:
    """Return what changes with every import; two equal marks prove that none ran between them (design, "Restore")."""
    parts = [_mark_part(catalog, name, "id", "") for name in ("teams", "leagues")]
    for bound in sets:
        if bound.set.etl_deletes and bound.set.condition:
            own = f"({bound.set.condition}) IS NOT TRUE"
            parts.append(_mark_part(catalog, bound.table.name, bound.key.name, own))
    text = statement("snapshot", "mark", parts=" UNION ALL ".join(parts))
    return str(database.execute(text)[0][0])


def _mark_part(catalog: Catalog, name: str, key: str, only: str) -> str:
    """Mark a table by its rows' keys and times, and by their versions, which even an update to the same values changes.

    An ETL that updates in place with triggers off leaves keys and times as they were. A table that was truncated or
    made anew has another file, also where it had none of the ETL's rows.
    """
    table = catalog.table(name)
    present = [key, "xmin", *(column for column in ("created_at", "updated_at") if column in table.columns)]
    return statement(
        "snapshot",
        "mark_part",
        name=name.replace("'", "''").replace("%", "%%"),
        oid=str(table.oid),
        columns=columns(present, of="t", cast="::text"),
        table=table.quoted,
        condition=condition(only),
    )


def new_id(now: datetime) -> str:
    """Return an id for a snapshot taken now."""
    return f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S}-{''.join(secrets.choice(_SUFFIX) for _ in range(3))}"


def write(
    database: Database,
    sets: Sequence[Bound],
    team_list: TeamList,
    place: Place,
    *,
    catalog: Catalog,
    now: datetime,
    label: str,
    tool_version: str,
    accepted_current: bool,
    name: str,
    previous: Snapshot | None = None,
    carries: Mapping[str, Carry] | None = None,
) -> Snapshot:
    """Write a new snapshot of `sets` inside the caller's transaction, which has locked what is read.

    Its `name` is from `new_id`; what is carried may speak of it. The copy is compared with its source, in rows and
    digest, before anything is carried into it.

    Returns:
        the snapshot, not yet verified.

    Raises:
        errors.DamagedSnapshotError: the copy differs from its source.
    """
    carries = carries or {}
    teams.store(database, name, team_list)
    lists = {name}
    stored: dict[str, StoredSet] = {}
    for bound in sets:
        carry = carries.get(bound.name, Carry())
        older = previous.sets.get(bound.name) if previous else None
        stored[bound.name] = copies.write(database, bound, name, older, carry)
        for _, origins in (*carry.rows, *carry.anchors):
            lists |= {origin["list"] for origin in json.loads(origins).values()}
    snapshot = Snapshot(
        id=name,
        number=0,
        label=label,
        taken_at=now,
        taken_by=place.user,
        environment=str(place.environment),
        fingerprint=place.fingerprint,
        tool_version=tool_version,
        server_version=place.server_version,
        accepted_current=accepted_current,
        lists=(name, *sorted(lists - {name})),
        rows=sum(each.rows for each in stored.values() if not each.witness),
        carried=sum(each.carried for each in stored.values() if not each.witness),
        mark=mark(database, catalog, [each for each in sets if not each.set.witness]),
        digest="",
        verified_at=None,
        sets=stored,
    )
    snapshot = replace(snapshot, digest=digest(database, snapshot))
    record(database, snapshot)
    return snapshot


_SNAPSHOT_FIELDS = (
    "id", "label", "taken_at", "taken_by", "environment", "tool_version", "server_version", "accepted_current",
    "rows", "carried", "mark", "digest",
)  # fmt: skip


def record(database: Database, snapshot: Snapshot) -> None:
    """Write a snapshot's own rows, its copies and lists being there already. Until verified it counts for nothing."""
    values = {
        **{field: getattr(snapshot, field) for field in _SNAPSHOT_FIELDS},
        "lists": list(snapshot.lists),
        "fingerprint": json.dumps(dict(snapshot.fingerprint)),
        "digest_version": snapshot.digest_version,
        "imported_at": snapshot.imported_at,
    }
    database.execute(statement("snapshot", "insert_snapshot"), values)
    for each in snapshot.sets.values():
        database.execute(statement("snapshot", "insert_set"), {"snapshot": snapshot.id, **copies.values(each)})


def digest(database: Database, snapshot: Snapshot) -> str:
    """Return the digest of the whole: the description, every set's rows, and the team lists."""
    lists = {}
    for name in snapshot.lists:
        found = teams.load(database, name)
        rosters = sorted((team, sorted(ids)) for team, ids in found.rosters.items())
        everyone = sorted(repr(team) for team in found.teams)
        lists[name] = [everyone, sorted(found.leagues.items()), rosters]
    manifest = {
        "version": snapshot.digest_version,
        "snapshot": {
            field: str(getattr(snapshot, field)) for field in _SNAPSHOT_FIELDS if field not in ("digest", "taken_at")
        },
        "taken_at": snapshot.taken_at.astimezone(timezone.utc).isoformat(),
        "fingerprint": dict(snapshot.fingerprint),
        "sets": {name: copies.values(each) for name, each in snapshot.sets.items()},
        "lists": lists,
    }
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def verify(database: Database, snapshot: Snapshot) -> None:
    """Read a snapshot back and compare it with what it says of itself.

    Raises:
        errors.DamagedSnapshotError: a table is missing, rows were lost, added or changed, or the description was; or
            its digest is said to be of a kind that this program does not know, so that it cannot be trusted.
    """
    if snapshot.digest_version > DIGEST_VERSION:
        raise errors.DamagedSnapshotError(
            f"Snapshot {snapshot.id} is not readable: its digest has version {snapshot.digest_version}, and this "
            f"program knows {DIGEST_VERSION}. Either a newer practice-guard took it, or it was tampered with.",
            next_steps=("practice-guard snapshots verify   # which ones are whole",),
        )
    if snapshot.damage:
        raise _damaged(snapshot, snapshot.damage)
    for stored in snapshot.sets.values():
        if problem := copies.damage(database, stored):
            raise _damaged(snapshot, problem)
    if digest(database, snapshot) != snapshot.digest:
        # An import may have left no team at all: an empty list is damage only where the digest says so.
        gone = [name for name in snapshot.lists if not teams.load(database, name).teams]
        found = f"the team list {gone[0]} is gone." if gone else "its team list or its description was changed."
        raise _damaged(snapshot, found)


def problem(database: Database, snapshot: Snapshot) -> str:
    """Verify a snapshot and say what is wrong with it; empty for a whole one."""
    try:
        verify(database, snapshot)
    except errors.DamagedSnapshotError as error:
        return error.message
    return ""


def confirm(database: Database, snapshot: Snapshot, now: datetime) -> Snapshot:
    """Verify a snapshot just written, from its stored form, and note that it is good; returns it as stored."""
    stored = find(database, snapshot.id)
    verify(database, stored)
    if stored.digest != snapshot.digest:
        raise errors.DamagedSnapshotError(f"Snapshot {snapshot.id} was changed between writing and reading it back.")
    database.execute(statement("snapshot", "set_verified"), {"id": snapshot.id, "now": now})
    return replace(stored, verified_at=now)


def remove(database: Database, snapshot: Snapshot) -> None:
    """Remove a snapshot, its tables, and the team lists that no other one needs. Which may go is `retention`'s word."""
    for (name,) in database.execute(statement("snapshot", "set_names"), {"id": snapshot.id}):
        # The name is made here and not read, so that a damaged description cannot have another table dropped.
        table = identifier(copies.rows_table(snapshot.id, name))
        database.execute(statement("snapshot", "drop_rows", rows=table))
    database.execute(statement("snapshot", "delete_sets"), {"id": snapshot.id})
    database.execute(statement("snapshot", "delete_snapshot"), {"id": snapshot.id})
    database.execute(statement("snapshot", "delete_unused_teams"))
    database.execute(statement("snapshot", "delete_unused_leagues"))
