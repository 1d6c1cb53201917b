"""What holds protected rows to their teams and leagues, and what points there and nobody protects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from practice_guard.core.application import LEAGUES, TEAMS, ForeignKey, Pointer, coverage
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene, is_gone, shown
from practice_guard.core.database import Query, Row, ask_each, identifier, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.model import Finding
from practice_guard.core.words import counted

DELETIONS = {"c": "ON DELETE CASCADE", "n": "ON DELETE SET NULL", "d": "ON DELETE SET DEFAULT"}
"""What a foreign key does to its rows when their parent is deleted, by PostgreSQL's letter."""


def missing(scene: Scene) -> Answer:
    """Whether a column that points at teams or leagues has no foreign key."""
    bare: dict[tuple[str, str], str] = {}
    for bound in scene.app.sets:
        keyed = {(column, key.parent) for key in bound.table.foreign_keys for column in key.leading}
        for each, target in zip(bound.references, bound.tables, strict=True):
            if (each.column, target) not in keyed:
                parent = scene.app.catalog.table(target).quoted
                name = identifier(f"{bound.table.name}_{each.column}_fkey")
                bare[bound.table.name, each.column] = mending(
                    "add_foreign_key",
                    **bound.parts,
                    name=name,
                    column=identifier(each.column),
                    parent=parent,
                )
    if not bare:
        return Answer("every reference of a protected table has a foreign key")
    names = [f"{table}.{column}" for table, column in bare]
    what = f"{counted(len(names), 'reference')} without a foreign key: {', '.join(names)}."
    why = f"The database lets such a column point at a {scene.app.owner} that is not there; only the guard looks."
    return Answer(what, (found("foreign-key-missing", what, why, "\n".join(bare.values()), examples=names),))


def not_valid(scene: Scene) -> Answer:
    """Whether a foreign key was never checked against the rows that were there when it was made."""
    keys = [key for key in _own_keys(scene) if not key.validated]
    if not keys:
        return Answer("every foreign key of a protected table is valid")
    what = f"{counted(len(keys), 'foreign key')} never validated: {listed(keys)}."
    why = "It says nothing of the rows that were there before it: they may hang on nothing."
    fix = "\n".join(
        mending("validate_foreign_key", table=_table(scene, key.table), name=identifier(key.name)) for key in keys
    )
    return Answer(what, (found("foreign-key-not-valid", what, why, fix, examples=map(named, keys)),))


def disabled(scene: Scene) -> Answer:
    """Whether a foreign key's triggers are disabled, which it does not show."""
    keys = [key for key in _own_keys(scene) if not key.enforced]
    if not keys:
        return Answer("every foreign key of a protected table is enforced")
    what = f"{counted(len(keys), 'foreign key')} with its triggers disabled: {listed(keys)}."
    why = "It still shows as valid and stops nothing: neither an orphan's insert nor the removal of its team."
    tables = dict.fromkeys(name for key in keys for name in (key.table, key.parent))
    fix = "\n".join(mending("enable_triggers", table=_table(scene, name)) for name in tables)
    return Answer(what, (found("foreign-key-disabled", what, why, fix, examples=map(named, keys)),))


def replication_role(scene: Scene) -> Answer:
    """Whether foreign keys and triggers work in our own session; an ETL's own turns them off and may."""
    role = scene.database.execute(statement(__name__, "replication_role"))[0][0]
    if role == "origin":
        return Answer("session_replication_role is origin: foreign keys and triggers work")
    if scene.inside_etl:
        return Answer(f"session_replication_role is {role}, as expected inside an ETL", measured=True)
    what = (
        f"1 setting turns foreign keys and triggers off: session_replication_role is {role} for this role or database."
    )
    why = "Everything this role writes goes unchecked, outside the ETL too."
    fix = mending(
        "reset_setting", role=scene.role.name, database=scene.role.database, setting="session_replication_role"
    )
    return Answer(what, (found("replication-role", what, why, fix),))


def unprotected(scene: Scene) -> Answer:
    """Whether tables that are neither the ETL's nor protected point at teams or leagues, and with how many rows."""
    tables: dict[str, list[Pointer]] = {}
    for pointer in coverage.unfollowed(scene.app):
        tables.setdefault(pointer.table, []).append(pointer)
    readable = coverage.readable(scene.database, [scene.app.catalog.table(name) for name in tables])
    ids = {"teams": sorted(scene.app.now.ids), "leagues": sorted(scene.app.now.leagues)}
    queries = [Query(_pointing(scene, name, tables[name]), ids) for name in tables if name in readable]
    counts = iter(ask_each(scene.database, queries))
    found_ = [
        _unprotected(scene, name, pointers, next(counts)[0] if name in readable else None)
        for name, pointers in tables.items()
    ]
    says = "every table that points at teams or leagues is the ETL's or protected"
    return Answer(says, tuple(found_), looked=len(readable) == len(tables))


def _pointing(scene: Scene, name: str, pointers: Sequence[Pointer]) -> str:
    here = " OR ".join(
        statement(__name__, "is_there", column=identifier(pointer.column), ids=str(pointer.target))
        for pointer in pointers
    )
    gone = " OR ".join(is_gone(pointer.column, pointer.target) for pointer in pointers)
    return statement(__name__, "pointing", table=_table(scene, name), here=here, gone=gone)


def _unprotected(scene: Scene, name: str, pointers: Sequence[Pointer], counts: Row | None) -> Finding:
    table = scene.app.catalog.table(name)
    names = f"{name} ({', '.join(pointer.column for pointer in pointers)})"
    targets = " and ".join(sorted({str(pointer.target) for pointer in pointers}, reverse=True))
    why = f"It points at {targets} and nobody protects it: when the ids change, its rows keep the old ones."
    protect = _protecting(name, pointers)
    if counts is None:
        what = f"1 unprotected table, {names}, whose rows this role may not count."
        grant = f"GRANT SELECT ON {shown(table.quoted)} TO {scene.role.name};\n{protect}"
        return unseen("unprotected-table", what, why, grant)
    orphans, already = counts
    before = f" Pointing at nothing already: {already:,}." if already else ""
    what = f"{counted(orphans, 'row')} of {names} would be orphaned by an import that gives new ids.{before}"
    return found("unprotected-table", what, why, protect, rows=orphans)


def _protecting(name: str, pointers: Sequence[Pointer]) -> str:
    """Write the entry of the settings file that protects a table."""
    lines = ["# in practice_guard.toml", "[[protected]]", f"name = {json.dumps(name)}", f"table = {json.dumps(name)}"]
    for target in (TEAMS, LEAGUES):
        columns = [pointer.column for pointer in pointers if pointer.target == target]
        if columns:
            lines.append(f"{target} = {json.dumps(columns)}")
    return "\n".join(lines)


def _own_keys(scene: Scene) -> list[ForeignKey]:
    return [key for table in scene.protected_tables for key in table.foreign_keys]


def named(key: ForeignKey) -> str:
    """Write a key as people read it: its name, the column, what it points at, and what happens on deletion."""
    action = f", {DELETIONS[key.on_delete]}" if key.on_delete in DELETIONS else ""
    columns = key.columns[0] if key.single else f"({', '.join(key.columns)})"
    return f"{key.name}: {key.table}.{columns} → {key.parent}{action}"


def listed(keys: Iterable[ForeignKey]) -> str:
    """List keys with their tables."""
    return ", ".join(f"{key.name} of {key.table}" for key in keys)


def _table(scene: Scene, name: str) -> str:
    return scene.app.catalog.table(name).quoted
