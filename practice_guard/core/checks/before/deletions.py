"""What an import that deletes teams and leagues with foreign keys on would do to protected rows."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core.application import BoundSet, Catalog, ForeignKey
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.references import DELETIONS, listed, named
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import Query, ask_each, identifier, statement
from practice_guard.core.findings import found
from practice_guard.core.words import counted


def cascades(scene: Scene) -> Answer:
    """Whether deleting what the ETL deletes would delete protected rows with it, straight or by way of other tables.

    Named are the keys at which it begins; what hangs on protected rows may well go with them when users delete them.
    """
    tables = {table.name for table in scene.protected_tables}
    begin = [
        key
        for key in _keys(scene.app.catalog, "c")
        if key.parent in scene.etl_tables
        and (key.table not in scene.etl_tables or key.table in tables)
        and _reached(scene.app.catalog, {key.table}) & tables
    ]
    if not begin:
        return Answer(f"no foreign key deletes protected rows with their {scene.app.owner}")
    gone = _reached(scene.app.catalog, scene.etl_tables)
    acting = [key for key in _keys(scene.app.catalog, "c") if key.table in tables and key.parent in gone]
    rows, uncounted = _rows_behind(scene, acting)
    what = f"{counted(rows, 'protected row')} would be deleted with a {scene.app.owner}, by {listed(begin)}."
    why = "An import that deletes the parents takes them along, and with them what only hangs on them." + uncounted
    fix = _without_action(scene, begin)
    return Answer(what, (found("foreign-key-cascades", what, why, fix, rows=rows, examples=map(named, begin)),))


def sets_null(scene: Scene) -> Answer:
    """Whether deleting what the ETL deletes would make protected rows forget their team or league."""
    tables = {table.name for table in scene.protected_tables}
    gone = _reached(scene.app.catalog, scene.etl_tables)
    keys = [key for key in _keys(scene.app.catalog, "nd") if key.table in tables and key.parent in gone]
    if not keys:
        return Answer(f"no foreign key makes protected rows forget their {scene.app.owner}")
    rows, uncounted = _rows_behind(scene, keys)
    what = f"{counted(rows, 'protected row')} would forget a {scene.app.owner}, by {listed(keys)}."
    why = "An import that deletes the parents leaves them on nothing; only a snapshot knows where they belong."
    fix = _without_action(scene, keys)
    report = found("foreign-key-sets-null", what, why + uncounted, fix, rows=rows, examples=map(named, keys))
    return Answer(what, (report,))


def _keys(catalog: Catalog, actions: str) -> list[ForeignKey]:
    """Return the foreign keys of all tables that do one of these on deletion; a table's own to itself are no matter."""
    return [
        key
        for _, table in sorted(catalog.tables.items())
        for key in table.foreign_keys
        if key.on_delete in actions and key.parent != key.table
    ]


def _reached(catalog: Catalog, tables: Iterable[str]) -> frozenset[str]:
    """Return the tables that lose rows when these do: themselves, and what cascades from them."""
    reached = set(tables)
    keys = _keys(catalog, "c")
    while grown := {key.table for key in keys if key.parent in reached} - reached:
        reached |= grown
    return frozenset(reached)


def _rows_behind(scene: Scene, keys: Iterable[ForeignKey]) -> tuple[int, str]:
    """Count the protected rows that keys would act on; say where they could not be counted."""
    by_set: dict[str, tuple[BoundSet, list[ForeignKey]]] = {}
    for key in keys:
        for bound in scene.app.sets:
            if bound.table.name == key.table:
                by_set.setdefault(bound.name, (bound, []))[1].append(key)
    hidden = [name for name, (bound, _) in by_set.items() if scene.hidden(bound)]
    asked = [(bound, key) for name, (bound, keys) in by_set.items() if name not in hidden for key in keys]
    found_ = ask_each(scene.database, [_referring(*each) for each in asked])
    most: dict[str, int] = {}
    for (bound, _), ((rows,),) in zip(asked, found_, strict=True):
        most[bound.name] = max(rows, most.get(bound.name, 0))
    return sum(most.values()), f" Rows of {', '.join(hidden)} could not be counted." if hidden else ""


def _referring(bound: BoundSet, key: ForeignKey) -> Query:
    set_to = " AND ".join(f"t.{identifier(column)} IS NOT NULL" for column in key.columns)
    return Query(statement(__name__, "referring", **bound.parts, set_to=set_to))


def _without_action(scene: Scene, keys: Iterable[ForeignKey]) -> str:
    """Write the statements that replace keys by the same ones without an action."""
    tables = scene.app.catalog.tables
    called = {tables[key.table].oid: key.table for key in keys}
    rows = scene.database.execute(statement(__name__, "definitions"), {"tables": list(called)})
    defined = {(called[oid], name): text for oid, name, text in rows}
    return "\n".join(
        mending(
            "replace_foreign_key",
            table=tables[key.table].quoted,
            name=identifier(key.name),
            definition=defined[key.table, key.name].replace(f" {DELETIONS[key.on_delete]}", "").replace("%", "%%"),
        )
        for key in keys
    )
