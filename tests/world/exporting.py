"""A small export made by hand, and ways to spoil one that keep its outer sums right."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from practice_guard.core.application import TeamList
from practice_guard.core.model import Team
from practice_guard.core.snapshots import Snapshot, StoredColumn, StoredSet
from practice_guard.core.snapshots.archive import envelope, writer
from practice_guard.core.snapshots.archive.writer import Archive, StoredRow

ID, OLDER = "20260105-120000-abc", "20260104-120000-xyz"
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=timezone.utc)
SUM = "0" * 64
Lines = list[dict[str, Any]]
Spoil = Callable[[Lines], object]

COLUMNS = (
    StoredColumn("id", "integer", "integer"),
    StoredColumn("home_team", "text", "text"),
    StoredColumn("mood", "public.mood", "text"),
    StoredColumn("home_team_id", "integer", "integer"),
)
DEFINITION = {
    "table": "public.schedule",
    "key": "id",
    "condition": "home_team ILIKE '%practice%'",
    "references": {"home_team_id": "teams"},
    "content": ["home_team"],
    "etl_deletes": True,
}


def an_archive() -> Archive:
    """Two practices, one of them carried from an older snapshot with a team of its list."""
    practices = StoredSet("practices", DEFINITION, COLUMNS, f"s{ID.replace('-', '_')}_practices", 2, 1, 2, SUM)
    kept = Snapshot(
        id=ID,
        number=1,
        label="before the import",
        taken_at=NOON,
        taken_by="somebody",
        environment="local",
        fingerprint={"uuid": "756d31af-6fc0-40b9-8a0b-ed4c44438033", "system": "77", "name": "rally", "oid": 5},
        tool_version="0.1.0",
        server_version="16.4",
        accepted_current=False,
        lists=(ID, OLDER),
        rows=2,
        carried=1,
        imprint=SUM,
        digest=SUM,
        verified_at=NOON,
        sets={"practices": practices},
    )
    now = Team(7, "APTA_CHICAGO", "Tennaqua", "Chicago 22", "Tennaqua - 22", "Series 22", "T7")
    then = Team(3, "CNSWPL", "Wilmette", "Series H(2)", "Wilmette H(2)")
    lists = {
        ID: TeamList((now,), {1: "APTA_CHICAGO"}, {7: frozenset({"P1", "P2"})}, {7: True}),
        OLDER: TeamList((then,), {2: "CNSWPL"}, {}),
    }
    rows = [
        StoredRow(1, False, None, ("1", "Tennaqua Practice - Chicago 22", "happy", "7")),
        StoredRow(2, True, {"home_team_id": {"list": OLDER, "id": 3}}, ("2", "Wilmette Practice", None, "3")),
    ]
    return Archive(kept, lists, lambda: (("practices", row) for row in rows))


def a_text() -> bytes:
    """The text of the export; its lines are the manifest, then two for each list, then two rows."""
    return unpacked(an_export())


def an_export() -> bytes:
    file = io.BytesIO()
    writer.dump(an_archive(), file, exported_at=NOON, tool_version="0.1.0")
    return file.getvalue()


def packed(text: bytes) -> bytes:
    """Any text, packed as well as a real export's."""
    file = io.BytesIO()
    packing = envelope.Packing(file, b"")
    packing.write(text)
    packing.finish(b"")
    return file.getvalue()


def unpacked(data: bytes) -> bytes:
    return b"".join(envelope.unpack(io.BytesIO(data)))


def spoilt(spoil: Spoil, *, sums_too: bool = False, data: bytes | None = None) -> bytes:
    """An export with its lines spoilt, packed as well as a real one; `sums_too` puts the sections' sums right."""
    lines = [json.loads(line) for line in unpacked(data or an_export()).splitlines()]
    spoil(lines)
    if sums_too:
        for kind, described in (("list", lines[0]["lists"]), ("set", lines[0]["sets"])):
            for name, fields in described.items():
                fields["sha256"] = hashlib.sha256(
                    b"".join(written(line) for line in lines[1:] if line.get(kind) == name)
                ).hexdigest()
    return packed(b"".join(map(written, lines)))


def written(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
