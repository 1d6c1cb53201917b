"""Whether a snapshot is whole: its digest, and what is read back compared with what it says of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timezone

from practice_guard.core import errors
from practice_guard.core.database import Database, ask_each
from practice_guard.core.identity import Entry
from practice_guard.core.snapshots import copies, digests, sets
from practice_guard.core.snapshots.entries import kept_entries
from practice_guard.core.snapshots.lists import as_digested, team_lists
from practice_guard.core.snapshots.snapshot import Snapshot, damaged
from practice_guard.core.steps import Step

SNAPSHOT_FIELDS = (
    "id", "label", "taken_at", "taken_by", "environment", "tool_version", "server_version", "accepted_current",
    "rows", "carried", "mark", "digest",
)  # fmt: skip
_DIGESTED = tuple(name for name in SNAPSHOT_FIELDS if name not in ("digest", "taken_at"))


def digest(database: Database, snapshot: Snapshot) -> str:
    """Return the digest of the whole: the description, every set's rows, and the team lists."""
    manifest = {
        "version": snapshot.digest_version,
        "snapshot": {name: str(value) for name, value in snapshot.recorded(*_DIGESTED).items()},
        "taken_at": snapshot.taken_at.astimezone(timezone.utc).isoformat(),
        "fingerprint": dict(snapshot.fingerprint),
        "sets": {name: sets.values(each) for name, each in snapshot.copies.items()},
        "lists": None,
    }
    before, lists, after = json.dumps(manifest, sort_keys=True).partition('"lists": ')
    digested = hashlib.sha256(f"{before}{lists}".encode())
    first = snapshot.digest_version in digests.FIRSTS
    for piece in as_digested(database, snapshot.lists) if first else (_digests_of_lists(database, snapshot),):
        digested.update(piece.encode())
    if first and digests.knows_parents(snapshot.digest_version):
        digested.update(json.dumps(_said(kept_entries(database, snapshot)), sort_keys=True).encode())
    digested.update(after.removeprefix("null").encode())
    return digested.hexdigest()


def _digests_of_lists(database: Database, snapshot: Snapshot) -> str:
    asked = [query for name in snapshot.lists for query in digests.of_list(name, snapshot.digest_version)]
    found = [row for (row,) in ask_each(database, asked)]
    each = len(asked) // len(snapshot.lists)
    lists = {name: found[place * each : (place + 1) * each] for place, name in enumerate(snapshot.lists)}
    return json.dumps(lists, sort_keys=True)


def _said(lists: Mapping[str, Mapping[str, Sequence[Entry]]]) -> Mapping[str, object]:
    """Return what lists of parents say, as the digest reads it."""
    return {
        name: {parent: [[each.id, dict(each.said)] for each in entries] for parent, entries in kept.items()}
        for name, kept in lists.items()
    }


def verify(database: Database, snapshot: Snapshot) -> None:
    """Read a snapshot back and compare it with what it says of itself.

    Raises:
        errors.DamagedSnapshotError: a table is missing, rows were lost, added or changed, or the description was; or
            its digest is said to be of a kind that this program does not know, so that it cannot be trusted.
    """
    if snapshot.digest_version > digests.NO_ROOM:
        raise errors.DamagedSnapshotError(
            f"Snapshot {snapshot.id} is not readable: its digest has version {snapshot.digest_version}, and this "
            f"program knows {digests.NO_ROOM}. Either a newer practice-guard took it, or it was tampered with.",
            next_steps=(Step("snapshots", "verify", why="which ones are whole"),),
        )
    if snapshot.fault:
        raise damaged(snapshot, snapshot.fault)
    if fault := copies.fault(database, snapshot.copies.values(), snapshot.digest_version):
        raise damaged(snapshot, fault)
    if digest(database, snapshot) != snapshot.digest:
        # An import may have left no team at all: an empty list is damage only where the digest says so.
        gone = [name for name, kept in team_lists(database, snapshot.lists).items() if not kept.teams]
        found = f"the team list {gone[0]} is gone." if gone else "its team list or its description was changed."
        raise damaged(snapshot, found)


def fault(database: Database, snapshot: Snapshot) -> str:
    """Verify a snapshot and say what is wrong with it; empty for a whole one."""
    try:
        verify(database, snapshot)
    except errors.DamagedSnapshotError as error:
        return error.message
    return ""


def newest_whole(database: Database, known: Iterable[Snapshot]) -> tuple[Snapshot | None, dict[str, str]]:
    """Return the first verified one of a listing that still is whole, and what is wrong with those passed over, by id.

    Those that were never verified count neither way. None where no verified one is whole; then all are passed over.
    """
    passed_over: dict[str, str] = {}
    for each in known:
        if each.verified_at is None:
            continue
        if not (wrong := fault(database, each)):
            return each, passed_over
        passed_over[each.id] = wrong
    return None, passed_over
