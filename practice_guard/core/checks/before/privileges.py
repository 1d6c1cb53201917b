"""Whether this role may do what a backup and a restore do; every right that is missing is named with its GRANT."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from practice_guard.core.application import BoundParent, BoundSet, Catalog, rights
from practice_guard.core.application.rights import Lacking, Right
from practice_guard.core.checks.before.scene import Answer, Scene, role_of
from practice_guard.core.database import Database, statement
from practice_guard.core.findings import found
from practice_guard.core.model import Finding
from practice_guard.core.restore import needs
from practice_guard.core.words import counted

_GUARD_TABLES = {
    "snapshots": ("INSERT", "UPDATE"),
    "snapshot_sets": ("INSERT",),
    "team_lists": ("INSERT",),
    "league_lists": ("INSERT",),
    "parent_lists": ("INSERT",),
    "installation": ("INSERT", "UPDATE"),
    "runs": ("INSERT", "UPDATE"),
}
"""What a backup does to the guard's own tables, besides reading them."""


def backup(scene: Scene) -> Answer:
    """Whether this role may take a backup: read the tables, and keep its own in the guard's schema."""
    app = scene.app
    return backup_rights(scene.database, app.catalog, app.sets, app.followed)


def restore(scene: Scene) -> Answer:
    """Whether this role may restore: lock, insert and update the protected rows, and move their sequences."""
    app = scene.app
    return restore_rights(scene.database, app.catalog, app.sets, app.followed)


def backup_rights(
    database: Database, catalog: Catalog, sets: Sequence[BoundSet], parents: Sequence[BoundParent]
) -> Answer:
    """Answer as `backup` does, for a role that may not even read the team list."""
    wanted = [*rights.to_read(catalog, sets, parents), rights.OWN]
    wanted += [rights.on_own(right, name) for name, changes in _GUARD_TABLES.items() for right in changes]
    lacking = rights.lacking(database, wanted)
    both = dict.fromkeys((*_schemas(database, catalog), *lacking.rights))
    why = "A backup would fail or keep less than there is, and a restore could not compare."
    return _answer(database, tuple(both), "a backup", partial(found, "backup-privileges", why=why))


def restore_rights(
    database: Database, catalog: Catalog, sets: Sequence[BoundSet], parents: Sequence[BoundParent]
) -> Answer:
    """Answer as `restore` does, for a role that may not even read the team list."""
    lacking = rights.lacking(database, needs.of_any(catalog, sets, parents))
    why = (
        "A restore keeps teams and what else its rows point at from changing, and writes protected rows; it would fail."
    )
    return _answer(database, lacking.rights, "a restore", partial(found, "restore-privileges", why=why))


def _answer(database: Database, lacking: tuple[Right, ...], purpose: str, report: partial[Finding]) -> Answer:
    if not lacking:
        return Answer(f"this role may do all that {purpose} does")
    role = role_of(database).name
    names = [str(right) for right in lacking]
    what = f"{counted(len(lacking), 'right')} missing to {role} for {purpose}: {', '.join(names)}."
    fix = "\n".join(rights.grants(Lacking(role, lacking)))
    return Answer(what, (report(what=what, fix=fix, examples=names),))


def _schemas(database: Database, catalog: Catalog) -> list[Right]:
    """Return the rights on schemas that a backup lacks; it makes the guard's own where there is none."""
    rows = database.execute(statement(__name__, "rights_on_schemas"), {"schema": catalog.schema})
    app, usage, there, guard_usage, guard_create, may_make = rows[0]
    name = role_of(database).database
    checks = [
        (usage, Right("USAGE", f"SCHEMA {app}")),
        (there or may_make, Right("CREATE", f"DATABASE {name}")),
        (not there or guard_usage, Right("USAGE", "SCHEMA practice_guard")),
        (not there or guard_create, Right("CREATE", "SCHEMA practice_guard")),
    ]
    return [right for has, right in checks if not has]
