"""The documents that commands print under --json, in one world, and their shape: every path of keys with its types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.world.program import Guard

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "refused": ("snapshots",),
    "mark": ("mark", "--confirm", "local"),
    "validate-safety": ("validate-safety",),
    "check-preservation": ("check-preservation", "--team", "Larkmoor - 1"),
    "snapshots": ("snapshots",),
    "snapshots-show": ("snapshots", "show", "latest"),
    "snapshots-verify": ("snapshots", "verify"),
    "snapshots-export": ("snapshots", "export", "latest", "exported.pgs"),
    "snapshots-import": ("snapshots", "import", "exported.pgs", "--into-other-database"),
    "history": ("history",),
    "protected": ("protected",),
    "explain": ("explain",),
    "explain-code": ("explain", "rows-lost"),
    "restore-dry-run": ("restore", "--dry-run"),
    "restore-dry-run-team": ("restore", "--dry-run", "--team", "Larkmoor - 1"),
    "cleanup-dry-run": ("cleanup", "--keep-last", "1", "--dry-run"),
    "restore": ("restore",),
    "health": ("health",),
    "backup": ("backup",),
    "run": ("run", "--json", "--", "true"),
}
"""What is asked of a database that was just made from the dump, in this order; each ends as it may."""

_BY_NAME = frozenset({"protected", "leagues", "teams", "columns", "notes", "reasons", "rows_without_team"})
"""Keys under which a document has names of the world for keys, sets' and teams' and snapshots'."""


def documents(guard: Guard) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each command printed, by its name."""
    for name, words in COMMANDS.items():
        yield name, guard(*words, *(() if "--json" in words else ("--json",))).json


def shape(document: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a document with the types found there, `result.rows.total` with `int`; names become `*`."""
    found: dict[str, set[str]] = {}
    _walk(document, "", found)
    return {path: "|".join(sorted(types)) for path, types in sorted(found.items())}


def _walk(value: object, path: str, found: dict[str, set[str]]) -> None:
    if path:
        found.setdefault(path, set()).add("null" if value is None else type(value).__name__)
    if isinstance(value, list):
        for each in value:
            _walk(each, f"{path}[]", found)
    elif isinstance(value, dict):
        named = path.rpartition(".")[2] in _BY_NAME and not {"total", "kept"} <= value.keys()
        for key, each in value.items():
            _walk(each, f"{path}.{'*' if named else key}".lstrip("."), found)
