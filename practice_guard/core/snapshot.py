"""Snapshots: the protected rows as they were, with the whole identity of all teams (design, "Snapshots")."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from practice_guard.core import copies, errors, storage, teams
from practice_guard.core.catalog import Catalog
from practice_guard.core.copies import Carry, StoredColumn, StoredSet
from practice_guard.core.database import Database
from practice_guard.core.protected import Bound
from practice_guard.core.sql import columns, condition, identifier, statement
from practice_guard.core.storage import Place
from practice_guard.core.teams import TeamList

LATEST = "latest"
DIGEST_VERSION = 1
_SUFFIX = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot. `verified_at` is None until it was read back; `lists` are the team lists its ids come from."""

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


_LISTED = (
    "id", "number", "label", "taken_at", "taken_by", "environment", "fingerprint", "tool_version", "server_version",
    "accepted_current", "lists", "rows", "carried", "mark", "digest", "verified_at",
)  # fmt: skip


def listing(database: Database) -> list[Snapshot]:
    """Return all snapshots, newest first; none where the guard has no tables yet."""
    if not storage.exists(database):
        return []
    sets: dict[str, dict[str, StoredSet]] = {}
    for snapshot, name, definition, stored, *rest in database.execute(statement("snapshot", "sets")):
        found = tuple(StoredColumn(**column) for column in json.loads(stored))
        sets.setdefault(snapshot, {})[name] = StoredSet(name, json.loads(definition), found, *rest)
    listed: list[Snapshot] = []
    for row in database.execute(statement("snapshot", "snapshots")):
        fields = dict(zip(_LISTED, row, strict=True))
        fields |= {"fingerprint": json.loads(fields["fingerprint"]), "lists": tuple(fields["lists"])}
        listed.append(Snapshot(**fields, sets=sets.get(fields["id"], {})))
    return listed


def find(database: Database, wanted: str = LATEST) -> Snapshot:
    """Return the snapshot of that id, or the newest verified one for `latest`.

    Raises:
        errors.NoSnapshotError: there is none.
    """
    known = listing(database)
    if wanted == LATEST:
        for snapshot in known:
            if snapshot.verified_at is not None:
                return snapshot
        raise errors.NoSnapshotError(
            "There is no verified snapshot in this database yet.",
            next_steps=("practice-guard backup --env ENV",),
        )
    for snapshot in known:
        if snapshot.id == wanted:
            return snapshot
    ids = ", ".join(snapshot.id for snapshot in known[:5]) or "none"
    raise errors.NoSnapshotError(f"There is no snapshot {wanted}. The newest ones are: {ids}.")


def mark(database: Database, catalog: Catalog, sets: Sequence[Bound]) -> str:
    """Return what changes with every import; two equal marks prove that none ran between them (design, "Restore")."""
    parts = [_mark_part(catalog, name, ("id", "created_at", "updated_at"), "") for name in ("teams", "leagues")]
    for bound in sets:
        if bound.set.etl_deletes and bound.set.condition:
            own = f"({bound.set.condition}) IS NOT TRUE"
            parts.append(_mark_part(catalog, bound.table.name, (bound.key.name, "created_at", "updated_at"), own))
    text = statement("snapshot", "mark", parts=" UNION ALL ".join(parts))
    return str(database.execute(text)[0][0])


def _mark_part(catalog: Catalog, name: str, wanted: Iterable[str], only: str) -> str:
    table = catalog.table(name)
    present = [column for column in wanted if column in table.columns]
    return statement(
        "snapshot",
        "mark_part",
        name=name.replace("'", "''").replace("%", "%%"),
        columns=columns(present, of="t", cast="::text"),
        table=table.quoted,
        condition=condition(only),
    )


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
    previous: Snapshot | None = None,
    carries: Mapping[str, Carry] | None = None,
) -> Snapshot:
    """Write a new snapshot of `sets` inside the caller's transaction, which has locked what is read.

    The copy is compared with its source, in rows and digest, before anything is carried into it.

    Returns:
        the snapshot, not yet verified.

    Raises:
        errors.DamagedSnapshotError: the copy differs from its source.
    """
    name = f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S}-{''.join(secrets.choice(_SUFFIX) for _ in range(3))}"
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
        rows=sum(each.rows for each in stored.values()),
        carried=sum(each.carried for each in stored.values()),
        mark=mark(database, catalog, sets),
        digest="",
        verified_at=None,
        sets=stored,
    )
    snapshot = replace(snapshot, digest=_digest(database, snapshot))
    values = {
        **{field: getattr(snapshot, field) for field in _SNAPSHOT_FIELDS},
        "lists": list(snapshot.lists),
    }
    database.execute(
        statement("snapshot", "insert_snapshot"),
        {**values, "fingerprint": json.dumps(dict(snapshot.fingerprint))},
    )
    for each in stored.values():
        database.execute(statement("snapshot", "insert_set"), {"snapshot": name, **copies.values(each)})
    return snapshot


_SNAPSHOT_FIELDS = (
    "id", "label", "taken_at", "taken_by", "environment", "tool_version", "server_version", "accepted_current",
    "rows", "carried", "mark", "digest",
)  # fmt: skip


def _digest(database: Database, snapshot: Snapshot) -> str:
    """Return the digest of the whole: the manifest, every set's rows, and the team lists."""
    lists = {}
    for name in snapshot.lists:
        found = teams.load(database, name)
        rosters = sorted((team, sorted(ids)) for team, ids in found.rosters.items())
        everyone = sorted(repr(team) for team in found.teams)
        lists[name] = [everyone, sorted(found.leagues.items()), rosters]
    manifest = {
        "version": DIGEST_VERSION,
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
        errors.DamagedSnapshotError: a table is missing, rows were lost, added or changed, or the manifest was.
    """
    for stored in snapshot.sets.values():
        copies.verify(database, snapshot.id, stored)
    if _digest(database, snapshot) != snapshot.digest:
        raise errors.DamagedSnapshotError(
            f"Snapshot {snapshot.id} is damaged: its team list or its description was changed."
        )


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
    for stored in snapshot.sets.values():
        database.execute(statement("snapshot", "drop_rows", rows=identifier(stored.rows_table)))
    database.execute(statement("snapshot", "delete_sets"), {"id": snapshot.id})
    database.execute(statement("snapshot", "delete_snapshot"), {"id": snapshot.id})
    database.execute(statement("snapshot", "delete_unused_teams"))
    database.execute(statement("snapshot", "delete_unused_leagues"))
