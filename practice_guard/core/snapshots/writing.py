"""A snapshot written, confirmed from its stored form, and removed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from practice_guard.core import errors
from practice_guard.core.application import Application, listed
from practice_guard.core.database import Database, as_json, identifier, statement
from practice_guard.core.model import Author
from practice_guard.core.records import Place, imprints, installation
from practice_guard.core.snapshots import copies, digests, whole
from practice_guard.core.snapshots.copies import Inheritance
from practice_guard.core.snapshots.entries import KEPT_SINCE, kept_entries, store_all, store_entries
from practice_guard.core.snapshots.lists import store_list
from practice_guard.core.snapshots.sets import rows_table, values
from practice_guard.core.snapshots.snapshot import Snapshot, find
from practice_guard.core.snapshots.verification import SNAPSHOT_FIELDS, digest, verify
from practice_guard.core.snapshots.whole import Whole

_SUFFIX = "abcdefghjkmnpqrstuvwxyz23456789"


def new_id(database: Database, now: datetime, letters: int = 3) -> str:
    """Return an id for a snapshot taken now, that neither a snapshot nor a kept list has yet.

    Some letters tell apart what was taken in one second; where chance gives what is taken, there is one more.
    """
    chosen = "".join(secrets.choice(_SUFFIX) for _ in range(letters))
    made = f"{now.astimezone(timezone.utc):%Y%m%d-%H%M%S}-{chosen}"
    ((taken,),) = database.execute(statement(__name__, "id_is_taken"), {"id": made})
    return new_id(database, now, letters + 1) if taken else made


@dataclass(frozen=True, slots=True)
class Header:
    """What a snapshot says of its taking.

    Attributes:
        id: from `new_id`; what is carried may speak of it.
        place: which database it is of.
        author: who takes it, and when.
        label: a word for people.
        accepted_current: it was taken although rows are gone or it looks like damage, because that was asked for.
        keeps: ids of older ones that have rows which it lacks, and of which nobody knows who took them.
        tables: the ETL's own tables that are kept too.
    """

    id: str
    place: Place
    author: Author
    label: str = ""
    accepted_current: bool = False
    keeps: tuple[str, ...] = ()
    tables: Sequence[Whole] = ()


def write(database: Database, app: Application, header: Header, inheritance: Inheritance) -> Snapshot:
    """Write a new snapshot inside the caller's transaction, which has locked what is read.

    The copy is compared with its source, in rows and digest.

    Returns:
        the snapshot, not yet verified.

    Raises:
        errors.DamagedSnapshotError: the copy differs from its source.
    """
    store_list(database, header.id, app.now)
    store_all(database, header.id, listed(app.parents, app.catalog))
    version, adoption = digests.best(database), inheritance.adoption
    stored = copies.write(database, header.id, app.sets, inheritance, version)
    tables = whole.write(database, header.id, header.tables, version)
    lists = {header.id}
    if adoption is not None:
        lists |= {each.list for each in adoption.found if each.list is not None}
    for carry in inheritance.carries.values():
        lists |= carry.lists
    if inheritance.previous and not digests.knows_parents(inheritance.previous.digest_version):
        for name, found in kept_entries(database, inheritance.previous).items():
            if name in lists:
                store_entries(database, name, found)
    snapshot = Snapshot(
        id=header.id,
        number=0,
        label=header.label,
        taken_at=header.author.now,
        taken_by=header.place.user,
        environment=str(header.place.environment),
        fingerprint=header.place.fingerprint,
        tool_version=header.author.tool_version,
        server_version=header.place.server_version,
        accepted_current=header.accepted_current,
        lists=(header.id, *sorted(lists - {header.id})),
        rows=sum(each.rows for each in stored.values()),
        carried=sum(each.carried for each in stored.values()),
        imprint=imprints.take(database, app).dump(),
        digest="",
        verified_at=None,
        sets=stored,
        tables=tables,
        digest_version=version,
        keeps=header.keeps,
    )
    snapshot = replace(snapshot, digest=digest(database, snapshot))
    record(database, snapshot)
    return snapshot


def record(database: Database, snapshot: Snapshot) -> None:
    """Write a snapshot's own rows, its copies and lists being there already. Until verified it counts for nothing."""
    row = {
        **snapshot.recorded(*SNAPSHOT_FIELDS),
        "lists": list(snapshot.lists),
        "fingerprint": as_json(database, dict(snapshot.fingerprint)),
        "digest_version": snapshot.digest_version,
        "imported_at": snapshot.imported_at,
        "keeps": list(snapshot.keeps),
    }
    held = [values(each) for each in snapshot.copies.values()]
    database.execute(statement(__name__, "insert_snapshot"), {**row, "sets": as_json(database, held)})


def confirm(database: Database, snapshot: Snapshot, now: datetime) -> Snapshot:
    """Verify a snapshot just written, from its stored form, and note that it is good; returns it as stored."""
    stored = find(database, snapshot.id)
    verify(database, stored)
    if stored.digest != snapshot.digest:
        raise errors.DamagedSnapshotError(f"Snapshot {snapshot.id} was changed between writing and reading it back.")
    copies.analyse(database, stored.copies.values())
    database.execute(statement(__name__, "set_verified"), {"id": snapshot.id, "now": now})
    return replace(stored, verified_at=now)


def remove(database: Database, snapshot: Snapshot) -> None:
    """Remove a snapshot, its tables, and the team lists that no other one needs. Which may go is `retention`'s word."""
    names = database.execute(statement(__name__, "set_names"), {"id": snapshot.id})
    # Their names are made here and not read, so that a damaged description cannot have another table dropped.
    tables = [identifier("practice_guard", rows_table(snapshot.id, name)) for (name,) in names]
    if tables:
        database.execute(statement(__name__, "drop_rows", tables=", ".join(tables)))
    database.execute(statement(__name__, "delete_sets"), {"id": snapshot.id})
    database.execute(statement(__name__, "delete_snapshot"), {"id": snapshot.id})
    database.execute(statement(__name__, "delete_unused_teams"))
    database.execute(statement(__name__, "delete_unused_leagues"))
    if (installation.locate(database).version or 0) >= KEPT_SINCE:
        database.execute(statement(__name__, "delete_unused_entries"))
