"""Snapshots made, confirmed and removed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone

from practice_guard.core import errors
from practice_guard.core.application import BoundSet, Catalog, TeamList, imprint
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.records import Place
from practice_guard.core.snapshots import copies
from practice_guard.core.snapshots.copies import Carry
from practice_guard.core.snapshots.lists import store_list
from practice_guard.core.snapshots.sets import StoredSet, rows_table, values
from practice_guard.core.snapshots.snapshot import Snapshot, find
from practice_guard.core.snapshots.verification import SNAPSHOT_FIELDS, digest, verify

_SUFFIX = "abcdefghjkmnpqrstuvwxyz23456789"


def new_id(now: datetime) -> str:
    """Return an id for a snapshot taken now."""
    return f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S}-{''.join(secrets.choice(_SUFFIX) for _ in range(3))}"


def write(
    database: Database,
    sets: Sequence[BoundSet],
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
    store_list(database, name, team_list)
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
        rows=sum(each.rows for each in stored.values() if not each.companion),
        carried=sum(each.carried for each in stored.values() if not each.companion),
        imprint=imprint.take(database, catalog, [each for each in sets if not each.set.companion]),
        digest="",
        verified_at=None,
        sets=stored,
    )
    snapshot = replace(snapshot, digest=digest(database, snapshot))
    record(database, snapshot)
    return snapshot


def record(database: Database, snapshot: Snapshot) -> None:
    """Write a snapshot's own rows, its copies and lists being there already. Until verified it counts for nothing."""
    row = {
        **snapshot.recorded(*SNAPSHOT_FIELDS),
        "lists": list(snapshot.lists),
        "fingerprint": json.dumps(dict(snapshot.fingerprint)),
        "digest_version": snapshot.digest_version,
        "imported_at": snapshot.imported_at,
    }
    database.execute(statement(__name__, "insert_snapshot"), row)
    for each in snapshot.sets.values():
        database.execute(statement(__name__, "insert_set"), {"snapshot": snapshot.id, **values(each)})


def confirm(database: Database, snapshot: Snapshot, now: datetime) -> Snapshot:
    """Verify a snapshot just written, from its stored form, and note that it is good; returns it as stored."""
    stored = find(database, snapshot.id)
    verify(database, stored)
    if stored.digest != snapshot.digest:
        raise errors.DamagedSnapshotError(f"Snapshot {snapshot.id} was changed between writing and reading it back.")
    database.execute(statement(__name__, "set_verified"), {"id": snapshot.id, "now": now})
    return replace(stored, verified_at=now)


def remove(database: Database, snapshot: Snapshot) -> None:
    """Remove a snapshot, its tables, and the team lists that no other one needs. Which may go is `retention`'s word."""
    for (name,) in database.execute(statement(__name__, "set_names"), {"id": snapshot.id}):
        # The name is made here and not read, so that a damaged description cannot have another table dropped.
        table = identifier(rows_table(snapshot.id, name))
        database.execute(statement(__name__, "drop_rows", rows=table))
    database.execute(statement(__name__, "delete_sets"), {"id": snapshot.id})
    database.execute(statement(__name__, "delete_snapshot"), {"id": snapshot.id})
    database.execute(statement(__name__, "delete_unused_teams"))
    database.execute(statement(__name__, "delete_unused_leagues"))
