"""An export's text: a manifest, and under it one JSON object a line for every team, league and row.

The lines are for people too (`zcat FILE | grep Tennaqua`). Values are PostgreSQL's own canonical text. Every section
has its count and its sum in the manifest, and the snapshot's own digest is made anew when it is imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from practice_guard.core.application import TeamList
from practice_guard.core.snapshots.sets import StoredSet
from practice_guard.core.snapshots.snapshot import Snapshot

FORMAT = "practice-guard snapshot"

DESCRIBED = (
    "id", "label", "taken_at", "taken_by", "environment", "fingerprint", "tool_version", "server_version",
    "accepted_current", "lists", "rows", "carried", "mark", "digest", "digest_version",
)  # fmt: skip
"""What the manifest says of the snapshot."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a snapshot's table.

    Attributes:
        number: its own in the snapshot.
        carried: whether it was taken over from an earlier snapshot.
        origins: by reference, the older team list that its id is from, and the id; None where it has none.
        values: canonical text, in the order of the set's columns.
    """

    number: int
    carried: bool
    origins: Mapping[str, Mapping[str, object]] | None
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """All of a snapshot: what it says of itself, the team lists its ids come from, and its rows, by set."""

    snapshot: Snapshot
    lists: Mapping[str, TeamList]
    rows: Mapping[str, Sequence[StoredRow]]


def dump(archive: Archive, *, exported_at: datetime, tool_version: str) -> bytes:
    """Write an archive as text."""
    snapshot = archive.snapshot
    lists = {name: b"".join(map(_line, _list_lines(name, archive.lists[name]))) for name in snapshot.lists}
    sets = {
        name: b"".join(map(_line, _row_lines(snapshot.sets[name], archive.rows[name])))
        for name in sorted(snapshot.sets)
    }
    described = snapshot.recorded(*DESCRIBED)
    described |= {"taken_at": snapshot.taken_at.isoformat(), "fingerprint": dict(snapshot.fingerprint)}
    first = {
        "format": FORMAT,
        "exported_at": exported_at.isoformat(),
        "exported_by": tool_version,
        "snapshot": described,
        "lists": {
            name: {
                "teams": len(archive.lists[name].teams),
                "leagues": len(archive.lists[name].leagues),
                "sha256": hashlib.sha256(text).hexdigest(),
            }
            for name, text in lists.items()
        },
        "sets": {
            name: {
                "definition": dict(snapshot.sets[name].definition),
                "columns": [asdict(column) for column in snapshot.sets[name].columns],
                "rows": snapshot.sets[name].rows,
                "carried": snapshot.sets[name].carried,
                "teams": snapshot.sets[name].teams,
                "digest": snapshot.sets[name].digest,
                "sha256": hashlib.sha256(text).hexdigest(),
            }
            for name, text in sets.items()
        },
    }
    return _line(first) + b"".join(lists.values()) + b"".join(sets.values())


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _list_lines(name: str, found: TeamList) -> Iterable[Mapping[str, object]]:
    for team in found.teams:
        yield {"list": name, "team": asdict(team), "players": sorted(found.rosters.get(team.id, ()))}
    for key, code in sorted(found.leagues.items()):
        yield {"list": name, "league": {"id": key, "code": code}}


def _row_lines(stored: StoredSet, rows: Iterable[StoredRow]) -> Iterable[Mapping[str, object]]:
    names = [column.name for column in stored.columns]
    for row in rows:
        values = dict(zip(names, row.values, strict=True))
        yield {"set": stored.name, "row": row.number, "carried": row.carried, "from": row.origins, "values": values}
