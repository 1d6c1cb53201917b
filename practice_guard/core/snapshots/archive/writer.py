"""An export's text: a manifest, and under it one JSON object a line for every team, league and row.

The lines are for people too (`zcat FILE | grep Tennaqua`). Values are PostgreSQL's own canonical text. Every section
has its count and its sum in the manifest, and the snapshot's own digest is made anew when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import BinaryIO

from practice_guard.core import lines
from practice_guard.core.application import TeamList
from practice_guard.core.lines import Sum
from practice_guard.core.snapshots import digests
from practice_guard.core.snapshots.archive.envelope import Packing
from practice_guard.core.snapshots.entries import Entries
from practice_guard.core.snapshots.snapshot import Snapshot

FORMAT = "practice-guard snapshot"

DESCRIBED = (
    "id", "label", "taken_at", "taken_by", "environment", "fingerprint", "tool_version", "server_version",
    "accepted_current", "lists", "rows", "carried", "mark", "digest", "digest_version",
)  # fmt: skip
"""What the manifest says of the snapshot."""

TEAM = ("id", "league", "club", "series", "name", "alias")
"""What a team's line says of every team."""

BESIDES = ("outside_id", "active")
"""What it says beside that since the third version of the digest."""


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


NamedRow = tuple[str, StoredRow]
"""A row, with the name of its set before it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """All of a snapshot: what it says of itself, the lists its ids come from, and its rows.

    Attributes:
        entries: by list and parent the rows of what else an import renumbers, where the digest knows of them.
        rows: begins anew whenever it is called, and yields each row with the name of its set: set by set, in the order
            of their names, as they are numbered. Nobody holds them all.
    """

    snapshot: Snapshot
    lists: Mapping[str, TeamList]
    rows: Callable[[], Iterator[NamedRow]]
    entries: Mapping[str, Entries] = field(default_factory=dict)


def dump(archive: Archive, file: BinaryIO, *, exported_at: datetime, tool_version: str) -> None:
    """Write an archive into an empty file, a line at a time. The manifest's sums are filled in at the end."""
    snapshot = archive.snapshot
    told = _told(snapshot, exported_at, tool_version)
    sections = {"list": snapshot.lists, "set": snapshot.copies}
    sums = {kind: {name: Sum() for name in names} for kind, names in sections.items()}
    packing = Packing(file, lines.dump({**told, **_sections(archive, sums)}))
    for name in snapshot.lists:
        for each in _list_lines(name, archive.lists[name], besides=snapshot.digest_version != digests.NAMES_ONLY):
            packing.write(sums["list"][name].add(lines.dump(each)))
        for each in _entry_lines(name, archive.entries.get(name, {})):
            packing.write(sums["list"][name].add(lines.dump(each)))
    columns = {name: [column.name for column in stored.columns] for name, stored in snapshot.copies.items()}
    for name, row in archive.rows():
        packing.write(sums["set"][name].add(lines.dump(_row_line(name, columns[name], row))))
    packing.finish(lines.dump({**told, **_sections(archive, sums)}))


def _told(snapshot: Snapshot, exported_at: datetime, tool_version: str) -> dict[str, object]:
    described = snapshot.recorded(*DESCRIBED)
    described |= {"taken_at": snapshot.taken_at.isoformat(), "fingerprint": dict(snapshot.fingerprint)}
    return {
        "format": FORMAT,
        "exported_at": exported_at.isoformat(),
        "exported_by": tool_version,
        "snapshot": described,
    }


def _sections(archive: Archive, sums: Mapping[str, Mapping[str, Sum]]) -> dict[str, object]:
    """Describe the lists and sets; as long before their lines are written as after."""
    snapshot = archive.snapshot
    return {
        "lists": {
            name: {
                "teams": len(archive.lists[name].teams),
                "leagues": len(archive.lists[name].leagues),
                **_parents(archive, name),
                "sha256": sums["list"][name].hexdigest(),
            }
            for name in snapshot.lists
        },
        "sets": {
            name: {
                "definition": dict(stored.definition),
                "columns": [asdict(column) for column in stored.columns],
                "rows": stored.rows,
                "carried": stored.carried,
                "teams": stored.teams,
                "digest": stored.digest,
                "sha256": sums["set"][name].hexdigest(),
            }
            for name, stored in sorted(snapshot.copies.items())
        },
    }


def _parents(archive: Archive, name: str) -> dict[str, object]:
    """Say how many rows of each parent a list has."""
    if not digests.knows_parents(archive.snapshot.digest_version):
        return {}
    return {"parents": {parent: len(found) for parent, found in sorted(archive.entries.get(name, {}).items())}}


def _entry_lines(name: str, entries: Entries) -> Iterator[Mapping[str, object]]:
    for parent, found in sorted(entries.items()):
        for each in found:
            yield {"list": name, "parent": parent, "id": each.id, "said": dict(each.said)}


def _list_lines(name: str, found: TeamList, *, besides: bool) -> Iterable[Mapping[str, object]]:
    """Yield a list's lines; lists of snapshots whose digest has version 2 know nothing of teams besides their names."""
    for team in found.teams:
        told = {part: getattr(team, part) for part in TEAM}
        if besides:
            told |= {"outside_id": team.outside_id, "active": found.active.get(team.id)}
        yield {"list": name, "team": told, "players": sorted(found.rosters.get(team.id, ()))}
    for key, code in sorted(found.leagues.items()):
        yield {"list": name, "league": {"id": key, "code": code}}


def _row_line(name: str, columns: Sequence[str], row: StoredRow) -> Mapping[str, object]:
    values = dict(zip(columns, row.values, strict=True))
    return {"set": name, "row": row.number, "carried": row.carried, "from": row.origins, "values": values}
