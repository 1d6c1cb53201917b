"""What stands in a guard's way: the wrong database, a standby, a pooler, locks, hidden rows, limits."""

from __future__ import annotations

import json
from collections.abc import Iterable

from practice_guard.core.application import BUILT_IN, PARENTS, Application, Catalog, Table, pointers
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene, role_of, visible
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.model import Finding
from practice_guard.core.steps import Step
from practice_guard.core.words import counted

NEARLY_USED = 80.0
"""Percent of its numbers from which on a sequence is warned of."""

_MEGABYTE = 1024 * 1024


def environment(scene: Scene) -> Answer:
    """Whether the database bears the mark of the environment that the command is aimed at."""
    marked, mark_again = scene.place.environment, Step("mark")
    if scene.place.unmarked:
        what = f"0 marks: {scene.place.name} has the guard's tables, and nothing says which environment it is."
        why = "Snapshots of one environment could be restored into another one."
        return Answer(what, (found("wrong-environment", what, why, mark_again),))
    if marked is None:
        return Answer(f"not marked yet; the first backup marks it as {scene.environment}", measured=True)
    if marked == scene.environment:
        return Answer(f"marked as {marked}")
    what = f"1 database for two environments: {scene.place.name} is marked as {marked}, not {scene.environment}."
    why = f"The settings of {scene.environment} point at the database of {marked}."
    fix = f"Compare the URLs of {scene.environment} and {marked} in the environment and in .env."
    return Answer(what, (found("wrong-environment", what, why, fix),))


def copied(scene: Scene) -> Answer:
    """Whether the mark was made in another database: this is a clone or a restored dump."""
    if not scene.place.copied:
        return Answer("not a copy of a marked database")
    what = f"1 mark from elsewhere: {scene.place.name} is a clone or a restored dump of {scene.place.environment}."
    why = "Its snapshots are of the other database, and nobody has said which environment this one is."
    return Answer(what, (found("copied-database", what, why, Step("mark")),))


def read_only(scene: Scene) -> Answer:
    """Whether the server takes no writes."""
    standby, by_default = scene.database.execute(statement(__name__, "writable"))[0]
    if not (standby or by_default):
        return Answer("the server takes writes")
    what = "1 server that takes no writes: " + (
        "it is a standby." if standby else "its transactions are read-only by default."
    )
    why = "Neither the ETL nor a backup can work here."
    fix = (
        "Aim the command at the primary server."
        if standby
        else mending(
            "reset_setting", role=scene.role.name, database=scene.role.database, setting="default_transaction_read_only"
        )
    )
    return Answer(what, (found("read-only-server", what, why, fix),))


def pooler(scene: Scene) -> Answer:
    """Whether somebody between us and the server gives a process number that is not the server's."""
    believed = scene.database.backend
    if believed is None:
        what = "1 connection whose process is not known: a pooler cannot be told from a server."
        why = "Behind a transaction pooler, session locks and settings do not hold."
        return Answer(what, (unseen("pooler-in-the-way", what, why),), looked=False)
    if believed == scene.role.process:
        return Answer("connected straight to the server")
    what = "1 pooler is between the guard and the server."
    why = "Behind a transaction pooler, session locks do not hold: `run` needs a direct connection, the others work."
    fix = "On Railway, set the environment's URL to DATABASE_UNPOOLED_URL (outside: DATABASE_PUBLIC_UNPOOLED_URL)."
    return Answer(what, (found("pooler-in-the-way", what, why, fix),))


def transactions(scene: Scene) -> Answer:
    """Whether transactions have been open for long; whoever holds one may block the ETL and a restore."""
    seconds = scene.long_transaction.total_seconds()
    rows = scene.database.execute(statement(__name__, "transactions"), {"seconds": seconds})
    if rows:
        names = [f"{who}, since {since}" for who, since, _ in rows]
        what = f"{counted(len(rows), 'transaction')} open for more than {seconds:g} s: {'; '.join(names[:3])}."
        why = "What it has locked, the ETL waits for; and it keeps the server from clearing away what the ETL deletes."
        fix = _ending(pid for *_, pid in rows)
        return Answer(what, (found("long-transactions", what, why, fix, examples=names),))
    veiled = scene.database.execute(statement(__name__, "veiled_sessions"))[0][0]
    if veiled:
        what = f"{counted(veiled, 'session')} of other roles could not be looked into."
        why = "How long their transactions are open is shown only to members of pg_read_all_stats."
        fix = f"GRANT pg_read_all_stats TO {scene.role.name};"
        return Answer(what, (unseen("long-transactions", what, why, fix),), looked=False)
    return Answer(f"no transaction is open for more than {seconds:g} s")


def locks(scene: Scene) -> Answer:
    """Whether somebody holds or waits for locks that a restore would have to wait for."""
    tables = {table.oid: table.name for table in scene.protected_tables}
    tables |= {scene.app.catalog.tables[name].oid: name for name in PARENTS if scene.app.catalog.has(name)}
    rows = scene.database.execute(statement(__name__, "blockers"), {"tables": list(tables)})
    if not rows:
        return Answer("no lock is in the way of a restore")
    names = [f"{who} has {modes} on {tables[oid]}, since {since}" for oid, who, modes, since, _ in rows]
    what = f"{counted(len(rows), 'lock')} in the way: {'; '.join(names[:3])}."
    why = "The ETL and a restore wait for it; a restore gives up after --lock-timeout."
    fix = _ending(pid for *_, pid in rows)
    return Answer(what, (found("locks-in-the-way", what, why, fix, examples=names),))


def _ending(pids: Iterable[int | None]) -> str:
    return "\n".join(
        mending("end_session", pid=str(pid)) if pid else mending("end_prepared") for pid in dict.fromkeys(pids)
    )


def row_security(scene: Scene) -> Answer:
    """Whether row level security hides rows from this role, so that a backup would fail or be short."""
    return row_security_of(
        scene.database,
        scene.app.catalog,
        [each.table for each in scene.app.sets] + [each.table for each in scene.app.followed],
    )


def row_security_of(database: Database, catalog: Catalog, held: Iterable[Table]) -> Answer:
    """Answer as `row_security` does, for a role that may not even read the team list."""
    names = {*PARENTS, "players", *(table.name for table in held)} & set(catalog.tables)
    tables = [catalog.tables[name] for name in sorted(names)]
    called = {table.oid: table.name for table in tables}
    hidden = sorted(called[row[0]] for row in visible(database, [*called]) if row[3])
    if not hidden:
        secured = [table.name for table in tables if table.row_security]
        return Answer(
            f"row level security of {', '.join(secured)} does not apply to this role"
            if secured
            else "no table has row level security"
        )
    what = f"{counted(len(hidden), 'table')} with rows that this role may not see: {', '.join(hidden)}."
    why = "A backup of a part would look like a whole one; the guard refuses to take it."
    fix = f"ALTER ROLE {role_of(database).name} BYPASSRLS;"
    return Answer(what, (found("row-security", what, why, fix, examples=hidden),))


def sequences(scene: Scene) -> Answer:
    """Whether a sequence is nearly used up: imports take new ids every night and give none back."""
    catalog = scene.app.catalog
    others = [each.sequence for table in catalog.elsewhere for each in table.columns.values() if each.sequence]
    schema = {"schema": catalog.schema, "others": others}
    rows = scene.database.execute(statement(__name__, "sequences"), {**schema, "percent": NEARLY_USED})
    veiled = [name for (name,) in scene.database.execute(statement(__name__, "veiled_sequences"), schema)]
    findings: list[Finding] = []
    if rows:
        names = [f"{name} is at {last:,} of {most:,}" for _, name, last, most in rows]
        what = f"{counted(len(rows), 'sequence')} more than {NEARLY_USED:g} % used: {', '.join(names)}."
        why = "When it is used up, every import and every new row fails."
        fix = "\n".join(_widening(scene.app, sequence) for sequence, *_ in rows)
        findings.append(found("ids-running-out", what, why, fix, examples=names))
    if veiled:
        what = f"{counted(len(veiled), 'sequence')} that this role may not look at: how far used is not known."
        why = "The ETL takes ids from them every night; when one is used up, every import fails."
        findings.append(
            unseen("ids-running-out", what, why, f"GRANT SELECT ON SEQUENCE {', '.join(veiled)} TO {scene.role.name};")
        )
    return Answer("no sequence is nearly used up", tuple(findings), looked=not veiled)


def _widening(app: Application, sequence: str) -> str:
    """Write the statements that widen a sequence, the columns that draw from it, and those that point at these."""
    catalog = app.catalog
    drawing = [
        (table.name, column.name)
        for table in catalog.tables.values()
        for column in table.columns.values()
        if column.sequence == sequence
    ]
    pointing = [
        (key.table, column)
        for table in catalog.tables.values()
        for key in table.foreign_keys
        for column, parent_column in key.pairs
        if (key.parent, parent_column) in drawing
    ]
    named = pointers.of(catalog, app.parents)
    pointing += [(each.table, each.column) for each in named if (each.led_to, "id") in drawing]
    widened = [
        mending("widen_column", table=catalog.table(name).quoted, column=identifier(column))
        for name, column in dict.fromkeys((*drawing, *sorted(pointing)))
        if catalog.table(name).columns[column].type in ("smallint", "integer")
    ]
    return "\n".join([*widened, mending("widen_sequence", sequence=sequence.replace("%", "%%"))])


def sizes(scene: Scene) -> Answer:
    """Measure what there is; a server does not say how much room it has left."""
    oids = {"tables": [table.oid for table in scene.protected_tables]}
    whole, guard, protected = scene.database.execute(statement(__name__, "sizes"), oids)[0]
    said = (
        f"{whole / _MEGABYTE:.0f} MB in all, {guard / _MEGABYTE:.1f} MB of them snapshots; a backup takes up to "
        f"{protected / _MEGABYTE:.1f} MB more. How much room the server has left cannot be known from here"
    )
    if 2 * guard <= whole:
        return Answer(said, measured=True)
    what = f"{guard / _MEGABYTE:.0f} MB of this database's {whole / _MEGABYTE:.0f} MB are snapshots."
    why = "A full disk stops the application, the ETL and the guard alike."
    fix = Step("cleanup", "--dry-run")
    return Answer(what, (found("snapshots-large", what, why, fix),))


def left_out(scene: Scene) -> Answer:
    """Name the protected sets that are left out because the rows of their table cannot be guarded."""
    left = scene.app.left_out
    if not left:
        return Answer("no protected set is left out for the shape of its table")
    what = f"{counted(len(left), 'protected set')} left out: {', '.join(left)}."
    why = f"Nobody guards their rows. {' '.join(left.values())}"
    own = [each.name for each in BUILT_IN if each.name in left]
    fix = f"# in practice_guard.toml, where that is meant\nnot_protected = {json.dumps(own)}" if own else ""
    return Answer(what, (found("set-left-out", what, why, fix, examples=[f"{n}: {why}" for n, why in left.items()]),))


def skipped(scene: Scene) -> Answer:
    """Name the protected sets whose table this database does not have."""
    names = list(scene.app.missed)
    if not names:
        return Answer(f"{counted(len(scene.app.sets), 'protected set')}, each with its table")
    what = f"{counted(len(names), 'protected set')} without a table here: {', '.join(names)}."
    why = "Tables other than teams, leagues, clubs, series and schedule are optional; what is not there is skipped."
    return Answer(what, (found("set-skipped", what, why, examples=names),))
