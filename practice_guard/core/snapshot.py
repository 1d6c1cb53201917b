"""Snapshots: the protected rows as they were, with the whole identity of all teams (design, "Snapshots")."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone

from practice_guard.core import errors, storage, teams
from practice_guard.core.catalog import Catalog, Column
from practice_guard.core.database import Database
from practice_guard.core.protected import Bound
from practice_guard.core.sql import columns, condition, identifier, statement
from practice_guard.core.storage import Place
from practice_guard.core.teams import TeamList

LATEST = "latest"
DIGEST_VERSION = 1
_SUFFIX = "abcdefghjkmnpqrstuvwxyz23456789"
_GUARD_COLUMNS = (("guard_row", "bigint"), ("guard_carried", "boolean"), ("guard_from", "jsonb"))


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column of a protected table as it was, and the type under which the snapshot keeps its values."""

    name: str
    type: str
    stored_as: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """What a snapshot holds of one protected set. `rows` counts the carried ones too; `teams` counts distinct ids."""

    name: str
    definition: Mapping[str, object]
    columns: tuple[StoredColumn, ...]
    rows_table: str
    rows: int
    carried: int
    teams: int
    digest: str

    @property
    def key(self) -> str:
        """The primary key column."""
        return str(self.definition["key"])


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


@dataclass(frozen=True, slots=True)
class Carry:
    """What a set's new snapshot takes over from an earlier one.

    Attributes:
        rows: numbers of the earlier snapshot's rows that are not in the live table, with their origins.
        anchors: keys of live rows without their team, with their origins.
    """

    rows: tuple[tuple[int, str], ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()


def listing(database: Database) -> list[Snapshot]:
    """Return all snapshots, newest first; none where the guard has no tables yet."""
    if not storage.exists(database):
        return []
    sets: dict[str, dict[str, StoredSet]] = {}
    for snapshot, name, definition, stored, *rest in database.execute(statement("snapshot", "sets")):
        found = tuple(StoredColumn(**column) for column in json.loads(stored))
        sets.setdefault(snapshot, {})[name] = StoredSet(name, json.loads(definition), found, *rest)
    return [
        Snapshot(*row[:6], json.loads(row[6]), *row[7:10], tuple(row[10]), *row[11:], sets=sets.get(row[0], {}))
        for row in database.execute(statement("snapshot", "snapshots"))
    ]


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
            "There is no verified snapshot in this database yet.", next_steps=("practice-guard backup --env ENV",)
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
        stored[bound.name] = _write_set(database, bound, name, older, carry)
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
    values = {**{field: getattr(snapshot, field) for field in _SNAPSHOT_FIELDS}, "lists": list(snapshot.lists)}
    database.execute(
        statement("snapshot", "insert_snapshot"), {**values, "fingerprint": json.dumps(dict(snapshot.fingerprint))}
    )
    for each in stored.values():
        database.execute(statement("snapshot", "insert_set"), {"snapshot": name, **_set_values(each)})
    return snapshot


_SNAPSHOT_FIELDS = (
    "id", "label", "taken_at", "taken_by", "environment", "tool_version", "server_version", "accepted_current",
    "rows", "carried", "mark", "digest",
)  # fmt: skip


def _set_values(stored: StoredSet) -> dict[str, object]:
    return {
        "name": stored.name,
        "definition": json.dumps(dict(stored.definition)),
        "columns": json.dumps([asdict(column) for column in stored.columns]),
        "rows_table": stored.rows_table,
        "rows": stored.rows,
        "carried": stored.carried,
        "teams": stored.teams,
        "digest": stored.digest,
    }


def _write_set(database: Database, bound: Bound, snapshot: str, older: StoredSet | None, carry: Carry) -> StoredSet:
    rows_table = f"s{snapshot.replace('-', '_')}_{bound.name}"
    if len(rows_table.encode()) > 63:  # noqa: PLR2004  (PostgreSQL cuts longer names, and two of them become one)
        raise errors.UsageError(f"The name of the protected set {bound.name} is too long; 40 letters are the most.")
    rows, names = identifier(rows_table), [column.name for column in bound.stored]
    kept = tuple(StoredColumn(each.name, each.type, _stored_type(each)) for each in bound.stored)
    select = ", ".join(
        f"t.{identifier(each.name)}{'::text AS ' + identifier(each.name) if not each.built_in else ''}"
        for each in bound.stored
    )
    where = condition(bound.set.condition)
    key = identifier(bound.key.name)
    source = {"table": bound.table.quoted, "condition": where}
    database.execute(statement("snapshot", "create_rows", rows=rows, key=key, columns=select, **source))
    database.execute(statement("snapshot", "key_rows", rows=rows))
    as_text = columns(names, of="t", cast="::text")
    original = database.execute(statement("snapshot", "digest", columns=as_text, **source))[0]
    copy = {"table": f"practice_guard.{rows}", "condition": "true"}
    if database.execute(statement("snapshot", "digest", columns=as_text, **copy))[0] != original:
        raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
    if carry.rows and older is not None:
        _carry(database, rows, older, names, carry)
    if carry.anchors:
        keys, origins = zip(*carry.anchors, strict=True)
        text = statement("snapshot", "anchor_rows", rows=rows, key=key)
        database.execute(text, {"keys": list(keys), "origins": list(origins)})
    first = identifier(bound.references[0].column)
    count = database.execute(statement("snapshot", "count_teams", rows=rows, column=first))[0][0]
    stored = StoredSet(
        bound.name, _definition(bound), kept, rows_table, original[0] + len(carry.rows), len(carry.rows), count, ""
    )
    return replace(stored, digest=_rows_digest(database, stored)[1])


def _carry(database: Database, rows: str, older: StoredSet, names: Sequence[str], carry: Carry) -> None:
    known = {column.name for column in older.columns}
    common = [name for name in names if name in known]
    numbers, origins = zip(*carry.rows, strict=True)
    text = statement(
        "snapshot",
        "carry_rows",
        rows=rows,
        columns=columns(common),
        old_columns=columns(common, of="t"),
        old_rows=identifier(older.rows_table),
    )
    database.execute(text, {"rows": list(numbers), "origins": list(origins)})


def _stored_type(column: Column) -> str:
    return column.type if column.built_in else "text"


def _definition(bound: Bound) -> dict[str, object]:
    return {
        "table": f"{bound.table.schema}.{bound.table.name}",
        "key": bound.key.name,
        "condition": bound.set.condition,
        "references": {each.column: str(each.target) for each in bound.references},
        "content": list(bound.content),
        "etl_deletes": bound.set.etl_deletes,
    }


def _rows_digest(database: Database, stored: StoredSet) -> tuple[int, str]:
    names = [name for name, _ in _GUARD_COLUMNS] + [column.name for column in stored.columns]
    text = statement(
        "snapshot",
        "digest",
        table=f"practice_guard.{identifier(stored.rows_table)}",
        columns=columns(names, of="t", cast="::text"),
        condition="true",
    )
    count, digest = database.execute(text)[0]
    return count, digest


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
        "snapshot": {field: str(getattr(snapshot, field)) for field in _SNAPSHOT_FIELDS if field not in ("digest", "taken_at")},
        "taken_at": snapshot.taken_at.astimezone(timezone.utc).isoformat(),
        "fingerprint": dict(snapshot.fingerprint),
        "sets": {name: _set_values(each) for name, each in snapshot.sets.items()},
        "lists": lists,
    }
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def verify(database: Database, snapshot: Snapshot) -> None:
    """Read a snapshot back and compare it with what it says of itself.

    Raises:
        errors.DamagedSnapshotError: a table is missing, rows were lost, added or changed, or the manifest was.
    """
    for stored in snapshot.sets.values():
        table = f"practice_guard.{identifier(stored.rows_table)}"
        found = database.execute(statement("snapshot", "stored_columns"), {"table": table.replace("%%", "%")})
        if not found:
            raise errors.DamagedSnapshotError(f"Snapshot {snapshot.id} is damaged: its table {stored.rows_table} is gone.")
        expected = [*_GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]
        if found != expected:
            raise errors.DamagedSnapshotError(
                f"Snapshot {snapshot.id} is damaged: the columns of {stored.rows_table} were changed."
            )
        rows, digest = _rows_digest(database, stored)
        if rows != stored.rows:
            raise errors.DamagedSnapshotError(
                f"Snapshot {snapshot.id} is damaged: {stored.name} has {rows} rows where {stored.rows} were stored."
            )
        if digest != stored.digest:
            raise errors.DamagedSnapshotError(f"Snapshot {snapshot.id} is damaged: rows of {stored.name} were changed.")
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
    database.execute(statement("snapshot", "delete_snapshot"), {"id": snapshot.id})
    database.execute(statement("snapshot", "delete_unused_teams"))
    database.execute(statement("snapshot", "delete_unused_leagues"))
