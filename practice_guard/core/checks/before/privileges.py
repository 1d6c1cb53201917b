"""Whether this role may do what a backup and a restore do; every right that is missing is named with its GRANT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from practice_guard.core.application import PARENTS, BoundSet, Catalog, Table
from practice_guard.core.checks.before.scene import Answer, Scene, role_of, shown
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.findings import found
from practice_guard.core.model import Finding
from practice_guard.core.words import counted

_MAINTAIN_SINCE = 17
"""The PostgreSQL version whose MAINTAIN allows a table lock without any right to change rows."""

_GUARD_TABLES = {
    "snapshots": ("INSERT", "UPDATE"),
    "snapshot_sets": ("INSERT",),
    "team_lists": ("INSERT",),
    "league_lists": ("INSERT",),
    "installation": ("INSERT", "UPDATE"),
    "runs": ("INSERT", "UPDATE"),
}
"""What a backup does to the guard's own tables, besides reading them."""

_LEDGER = {"ledger": ("INSERT",), "ledger_rows": ("INSERT",)}
"""What a restore does to them."""

_TABLES_THERE = "the guard's tables and their oids"


@dataclass(frozen=True, slots=True)
class Right:
    """A right on something, both as a GRANT writes them; `enough` are rights of which any one does."""

    right: str
    on: str
    oid: int = 0
    enough: str = ""

    def __str__(self) -> str:
        """As people name it: `SELECT on public.schedule`."""
        return f"{self.right} on {self.on}".replace('"', "")


def backup(scene: Scene) -> Answer:
    """Whether this role may take a backup: read the tables, and keep its own in the guard's schema."""
    app = scene.app
    return backup_rights(scene.database, app.catalog, app.sets, app.companions)


def restore(scene: Scene) -> Answer:
    """Whether this role may restore: lock, insert and update the protected rows, and move their sequences."""
    app = scene.app
    return restore_rights(scene.database, app.catalog, app.sets, app.companions)


def backup_rights(
    database: Database, catalog: Catalog, sets: Sequence[BoundSet], companions: Sequence[BoundSet]
) -> Answer:
    """Answer as `backup` does, for a role that may not even read the team list."""
    readable = {name: catalog.tables[name] for name in (*PARENTS, "schedule", "players") if name in catalog.tables}
    readable |= {bound.table.name: bound.table for bound in (*sets, *companions)}
    wanted = [_on_table("SELECT", table) for _, table in sorted(readable.items())]
    guard = _guard_tables(database, _GUARD_TABLES, reading=True)
    lacking = [*_schemas(database, catalog), *_lacking(database, [*wanted, *guard])]
    why = "A backup would fail or keep less than there is, and a restore could not compare."
    return _answer(database, lacking, "a backup", partial(found, "backup-privileges", why=why))


def restore_rights(
    database: Database, catalog: Catalog, sets: Sequence[BoundSet], companions: Sequence[BoundSet]
) -> Answer:
    """Answer as `restore` does, for a role that may not even read the team list."""
    version = role_of(database).version
    lock = "MAINTAIN" if version >= _MAINTAIN_SINCE else "UPDATE"
    enough = "UPDATE, DELETE, TRUNCATE" + (", MAINTAIN" if version >= _MAINTAIN_SINCE else "")
    held = [*(catalog.table(name) for name in PARENTS), *(bound.table for bound in companions)]
    wanted = [_on_table(lock, table, enough) for table in held]
    sequences: dict[str, Right] = {}
    for bound in sets:
        wanted.append(_on_table("UPDATE", bound.table))
        if bound.only_pointed:
            continue
        wanted.append(_on_table("INSERT", bound.table))
        if bound.key.sequence:
            for right in ("SELECT", "UPDATE"):
                sequences[f"{bound.key.sequence} {right}"] = Right(right, bound.key.sequence)
    lacking = _lacking(database, [*dict.fromkeys(wanted), *_guard_tables(database, _LEDGER)])
    lacking += _lacking_on_sequences(database, list(sequences.values()))
    why = (
        "A restore keeps teams and what else its rows point at from changing, and writes protected rows; it would fail."
    )
    return _answer(database, lacking, "a restore", partial(found, "restore-privileges", why=why))


def _answer(database: Database, lacking: Sequence[Right], purpose: str, report: partial[Finding]) -> Answer:
    if not lacking:
        return Answer(f"this role may do all that {purpose} does")
    role = role_of(database).name
    names = [str(right) for right in lacking]
    what = f"{counted(len(lacking), 'right')} missing to {role} for {purpose}: {', '.join(names)}."
    return Answer(what, (report(what=what, fix="\n".join(grants(lacking, role)), examples=names),))


def grants(lacking: Iterable[Right], role: str) -> list[str]:
    """Write the GRANTs for rights, one line for all rights on one object and all objects that lack the same rights."""
    by_object: dict[str, list[str]] = {}
    for right in lacking:
        by_object.setdefault(right.on, []).append(right.right)
    by_rights: dict[tuple[str, str], list[str]] = {}
    for on, rights in by_object.items():
        kind, _, name = on.rpartition(" ")
        by_rights.setdefault((", ".join(rights), kind), []).append(name)
    return [
        f"GRANT {rights} ON {kind + ' ' if kind else ''}{', '.join(names)} TO {role};"
        for (rights, kind), names in by_rights.items()
    ]


def _on_table(right: str, table: Table, enough: str = "") -> Right:
    return Right(right, shown(table.quoted), table.oid, enough or right)


def _schemas(database: Database, catalog: Catalog) -> list[Right]:
    """Return the rights on schemas that a backup lacks; it makes the guard's own where there is none."""
    rows = database.execute(statement(__name__, "rights_on_schemas"), {"schema": catalog.schema})
    usage, there, guard_usage, guard_create, may_make = rows[0]
    name = role_of(database).database
    checks = [
        (usage, Right("USAGE", f"SCHEMA {shown(identifier(catalog.schema))}")),
        (there or may_make, Right("CREATE", f"DATABASE {name}")),
        (not there or guard_usage, Right("USAGE", "SCHEMA practice_guard")),
        (not there or guard_create, Right("CREATE", "SCHEMA practice_guard")),
    ]
    return [right for has, right in checks if not has]


def _guard_tables(database: Database, changes: Mapping[str, tuple[str, ...]], *, reading: bool = False) -> list[Right]:
    known = database.known
    if _TABLES_THERE not in known:
        known[_TABLES_THERE] = database.execute(statement(__name__, "guard_tables"))
    rights: list[Right] = []
    for oid, name in known[_TABLES_THERE]:
        on = shown(identifier("practice_guard", name))
        needed = (*(("SELECT",) if reading else ()), *changes.get(name, ()))
        rights += [Right(right, on, oid, right) for right in needed]
    return rights


def _lacking(database: Database, wanted: Sequence[Right]) -> list[Right]:
    parameters = {"tables": [right.oid for right in wanted], "rights": [right.enough for right in wanted]}
    places = database.execute(statement(__name__, "missing_on_tables"), parameters)
    return [wanted[place - 1] for (place,) in places]


def _lacking_on_sequences(database: Database, wanted: Sequence[Right]) -> list[Right]:
    parameters = {"sequences": [right.on for right in wanted], "rights": [right.right for right in wanted]}
    places = database.execute(statement(__name__, "missing_on_sequences"), parameters)
    return [Right(wanted[place - 1].right, f"SEQUENCE {wanted[place - 1].on}") for (place,) in places]
