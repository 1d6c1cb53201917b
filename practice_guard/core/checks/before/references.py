"""What holds protected rows to their teams and leagues, and what points there and nobody protects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from practice_guard.core.application import (
    AtImport,
    Exposed,
    ForeignKey,
    Parent,
    Pointer,
    Proposal,
    exposed,
    rights,
    sections,
)
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene, shown
from practice_guard.core.database import identifier, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.model import Finding
from practice_guard.core.steps import Step
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
                name = identifier(f"{bound.table.relation}_{each.column}_fkey")
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
    """Whether tables that are neither the ETL's nor protected lead to what it renumbers, or hang on protected rows."""
    bare = exposed.tables(scene.database, scene.app)
    proposals = {each.table: each for each in sections.propose(scene.database, scene.app, bare)}
    found_ = tuple(_unprotected(scene, each, proposals[each.table]) for each in bare)
    says = "every table that leads to what an import renumbers is the ETL's or protected"
    return Answer(says, found_, looked=all(each.counts for each in bare))


def _unprotected(scene: Scene, each: Exposed, proposal: Proposal) -> Finding:
    names = f"{each.table} ({', '.join(sorted(pointer.column for pointer in each.pointers))})"
    write = Step("protected", "--write", scene.guard.settings_file)
    why = f"{_leading(each.pointers)} and nobody protects it: at an import {_at_import(each.pointers)}."
    if each.counts is None:
        what = f"1 unprotected table, {names}, whose rows this role may not count."
        grant = f"GRANT SELECT ON {shown(each.pointers[0].quoted)} TO {scene.role.name};"
        if each.pointers[0].elsewhere:  # it may take USAGE of the schema too
            lacking = rights.lacking(scene.database, [rights.Wanted("table", "SELECT", each.pointers[0].oid)])
            grant = "\n".join(rights.grants(lacking)) or grant
        return unseen("unprotected-table", what, why, grant)
    already = f" Pointing at nothing already: {each.counts.gone:,}." if each.counts.gone else ""
    would = _WOULD.get(_worst(each.pointers), "be orphaned")
    what = f"{counted(each.counts.here, 'row')} of {names} would {would} by an import that gives new ids.{already}"
    if proposal.why_not:
        why += f" {'Not all of it can' if proposal.sections else 'It cannot'} be protected: {proposal.why_not}."
    fix = write if proposal.sections else Step("explain", "unprotected-table")
    return found("unprotected-table", what, why, fix, rows=each.counts.here)


_WOULD = {AtImport.CASCADE: "be deleted", AtImport.SET_NULL: "be cut off", AtImport.SET_DEFAULT: "be cut off"}
"""What would become of rows, by what would happen to their columns; the worst first."""


def _worst(pointers: Iterable[Pointer]) -> AtImport:
    fates = {each.at_import for each in pointers}
    return next((fate for fate in _WOULD if fate in fates), AtImport.DANGLE)


def _leading(pointers: Sequence[Pointer]) -> str:
    """Say what a table points at, and on what it hangs."""
    sets = list(dict.fromkeys(str(each.target) for each in pointers if not isinstance(each.target, Parent)))
    parents = list(dict.fromkeys(str(each.target) for each in pointers if isinstance(each.target, Parent)))
    hangs = [f"hangs on {_together(sets)}"] if sets else []
    points = [f"points at {_together(parents)}"] if parents else []
    return f"It {' and '.join((*points, *hangs))}"


def _together(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _at_import(pointers: Sequence[Pointer]) -> str:
    """Say what would become of a table's columns, by what happens to them."""
    said = []
    for fate in AtImport:
        columns = [each.column for each in pointers if each.at_import is fate]
        if columns:
            one = len(columns) == 1
            stops, keeps, goes = ("stops", "keeps", "becomes") if one else ("stop", "keep", "become")
            names = _together(columns)
            said.append(
                {
                    AtImport.DANGLE: f"{names} {keeps} the old ids",
                    AtImport.CASCADE: f"its rows are deleted with what {names} {'leads' if one else 'lead'} to",
                    AtImport.SET_NULL: f"{names} {goes} NULL",
                    AtImport.SET_DEFAULT: f"{names} {goes} what stands there by default",
                    AtImport.REFUSE: f"{names} {stops} it, or {keeps} the old ids where it turns foreign keys off",
                }[fate]
            )
    return "; ".join(said)


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
