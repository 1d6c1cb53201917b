"""What an export says of the database that it was taken from: as much as its manifest and its lists have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from practice_guard.core.comparing import described
from practice_guard.core.comparing.facts import server
from practice_guard.core.comparing.kinds import Facts, Item, Kind
from practice_guard.core.snapshots import StoredSet
from practice_guard.core.snapshots.archive import Archive
from practice_guard.core.words import counted

_SAID = (Kind.SERVER, Kind.COLUMN, Kind.SET, Kind.ROWS, Kind.LEAGUE, Kind.TEAM)


def facts(archive: Archive, name: str) -> Facts:
    """Return what an export says; of all else nothing is compared.

    Args:
        archive: the export.
        name: its file's.
    """
    snapshot = archive.snapshot
    own = snapshot.lists[0]
    found, entries = archive.lists[own], archive.entries.get(own, {})
    sets = [each for each in snapshot.sets.values() if not each.companion]
    items = {
        Kind.SERVER: (server(snapshot.server_version),),
        Kind.COLUMN: tuple({item.name: item for each in sets for item in _columns(each)}.values()),
        Kind.SET: tuple(Item(each.name, _says(each), relied=True) for each in sets),
        Kind.ROWS: tuple(Item(each.name, counted(each.rows - each.carried, "row")) for each in sets),
    }
    said = {*_SAID, *(kind for kind, parent in ((Kind.CLUB, "clubs"), (Kind.SERIES, "series")) if parent in entries)}
    return Facts(
        name,
        items,
        frozenset(each.relation for each in sets),
        found.teams,
        found.leagues,
        described.clubs(entries),
        described.series(entries, found.leagues),
        frozenset(kind for kind in Kind if kind not in said),
    )


def _columns(stored: StoredSet) -> Iterator[Item]:
    content = cast("list[str]", stored.definition.get("content", []))
    asked = {stored.key, *stored.references, *content}
    for column in stored.columns:
        yield Item(f"{stored.relation}.{column.name}", column.type, relied=column.name in asked, table=stored.relation)


def _says(stored: StoredSet) -> str:
    references = cast("Mapping[str, str]", stored.definition["references"])
    content = cast("list[str]", stored.definition.get("content", []))
    return described.as_set(stored.table, stored.key, references, content, str(stored.definition["condition"]))
