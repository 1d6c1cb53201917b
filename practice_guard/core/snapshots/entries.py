"""Lists of what else an import renumbers, kept under the id of the snapshot that took them: clubs, series, players."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from practice_guard.core import errors
from practice_guard.core.application import BoundParent, BoundSet, Reference, all_entries, numbers, read_entries
from practice_guard.core.database import Database, Query, identifier, literal, statement
from practice_guard.core.identity import Entry
from practice_guard.core.records import installation
from practice_guard.core.snapshots.sets import StoredSet
from practice_guard.core.snapshots.snapshot import Snapshot

KEPT_SINCE = 9
"""The version of the guard's tables that has such lists first."""

Entries = Mapping[str, Sequence[Entry]]
"""By parent, the rows of one list."""

_TWICE = "23505"

_AT_ONCE = 10_000
"""Rows that are sent in one statement."""


def store_all(database: Database, name: str, parents: Sequence[BoundParent]) -> None:
    """Keep all rows of parents, as they are now, under the id of the snapshot that is taken."""
    if not parents:
        return
    text = statement(__name__, "store_all", entries=all_entries(parents).text)
    try:
        database.execute(text, {"list": name})
    except errors.SchemaError as error:
        spelled = [each.name for each in parents if numbers.kind(each.base)]
        if error.data.get("sqlstate") != _TWICE or not spelled:
            raise
        raise errors.SchemaError(
            f"Two ids of {' or '.join(spelled)} are known by one number, so that nothing tells them apart. "
            "Nothing was written.",
            next_steps=("Give one of the two rows another id.",),
        ) from error


def store_entries(database: Database, name: str, found: Entries) -> None:
    """Keep lists under a name, those of them that are not kept under it yet."""
    known = set(database.execute(statement(__name__, "known"), {"list": name}))
    for parent, entries in found.items():
        for start in range(0, len(entries) if (parent,) not in known else 0, _AT_ONCE):
            some = [[each.id, dict(each.said)] for each in entries[start : start + _AT_ONCE]]
            values = {"list": name, "parent": parent, "entries": json.dumps(some, ensure_ascii=False)}
            database.execute(statement(__name__, "store_entries"), values)


NOW = ""
"""Stands for the list of what there is now."""


def kept_entries(
    database: Database,
    snapshot: Snapshot,
    names: Iterable[str] | None = None,
    now: Sequence[BoundParent] = (),
    sets: Sequence[BoundSet] = (),
) -> dict[str, dict[str, list[Entry]]]:
    """Read the lists that a snapshot's ids come from, by list and parent.

    A snapshot of an older program has the players that its rows point at among its own rows, and nothing of others.

    Args:
        database: where.
        snapshot: the snapshot.
        names: of which parents; of all that are kept where it is left out.
        now: parents whose rows of now are read with them, as the list `NOW`.
        sets: protected sets whose rows point at them, where it is looked for two ids that are known by one number.

    Raises:
        errors.SchemaError: two ids are known by one number.
    """
    wanted = None if names is None else list(names)
    found: dict[str, dict[str, list[Entry]]] = {name: {} for name in snapshot.lists}
    if now:
        found[NOW] = {each.name: [] for each in now}
    asked = [_older(snapshot.id, each) for each in snapshot.sets.values() if each.companion]
    parameters: dict[str, object] = {"lists": list(snapshot.lists), "parents": wanted}
    if (installation.locate(database).version or 0) >= KEPT_SINCE:
        asked.append(statement(__name__, "kept"))
    asked += [each.query_as(NOW) for each in now]
    asked += [_pointed(snapshot, bound, each) for bound in sets for each in bound.references
              if each.column in bound.spelled]  # fmt: skip
    if not asked or wanted == []:
        return found
    query = Query("\n UNION ALL\n".join(asked), parameters)
    by_list: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for list_, parent, number, said in database.execute(query.text, query.parameters):
        by_list.setdefault((list_, parent), []).append((number, said))
    _check_apart(by_list, [each.name for each in now if numbers.kind(each.base)])
    for (list_, parent), rows in by_list.items():
        if list_ in found and (wanted is None or parent in wanted):
            found[list_][parent] = read_entries(sorted(dict(rows).items()))
    return found


def _check_apart(found: Mapping[tuple[str, str], Sequence[tuple[int, str]]], names: Sequence[str]) -> None:
    """Refuse two ids of one number, in whichever lists and rows they are."""
    for name in names:
        rows = (row for (_, parent), each in found.items() if parent == name for row in each)
        numbers.check_apart(name, ((number, json.loads(said)) for number, said in rows))


def _pointed(snapshot: Snapshot, bound: BoundSet, reference: Reference) -> str:
    """Ask for the ids that rows of a set have in a reference, in its table and where the snapshot keeps them."""
    column = f"t.{identifier(reference.column)}"
    parts = {"parent": literal(str(reference.target)), "column": column, "number": numbers.of_text(column)}
    stored = snapshot.sets.get(bound.name)
    kept = identifier("practice_guard", stored.rows_table) if stored and reference.column in stored.types else ""
    asked = [statement(__name__, "pointed", **parts, table=each) for each in (bound.table.quoted, kept) if each]
    return "\n UNION ALL\n".join(asked)


def _older(snapshot: str, stored: StoredSet) -> str:
    """Ask for the rows that an older program kept of a parent, each under the list in which others know it."""
    team = next(iter(sorted(stored.references)))
    content = [str(name) for name in _content(stored) if name not in stored.references]
    said = ", ".join(f"{literal(name)}, t.{identifier(name)}::text" for name in content)
    return statement(
        __name__,
        "older",
        own=literal(snapshot),
        parent=literal(stored.name),
        rows=identifier(stored.rows_table),
        key=identifier(stored.key),
        reference=literal(team),
        column=identifier(team),
        said=said,
    )


def _content(stored: StoredSet) -> Sequence[object]:
    content = stored.definition.get("content")
    return content if isinstance(content, list) else []
