"""The record of runs in the database: what a run is about to do is written down first, so that a killed one is known.

The unique index on unfinished runs is the lease: there is never more than one. `token` fences: whoever takes a run over
(`run --resume`) raises it, and the one who had it before can write to it no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Row, as_json, fitted, statement
from practice_guard.core.findings import found
from practice_guard.core.model import LATEST, Author, Finding, Text
from practice_guard.core.records import belonging, installation
from practice_guard.core.steps import Step
from practice_guard.core.words import counted

GUARD, ETL = "practice_guard:run", "practice_guard_etl"
"""The names under which the server lists a run's session and its ETL, with `:` and the run's number after them."""


class Phase(Text):
    """What a run does, in this order; the names are those of the commands that do the same alone."""

    VALIDATE = "validate-safety"
    BACKUP = "backup"
    ETL = "etl"
    CHECK = "check-preservation"
    RESTORE = "restore"
    HEALTH = "health"
    ROLLBACK = "rollback"
    CLEANUP = "cleanup"


BEFORE_ETL = (Phase.VALIDATE, Phase.BACKUP)
"""The phases in which a run has changed nothing yet."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that does a run: its machine and its number there."""

    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is recorded.

    Attributes:
        token: grows when the run is taken over.
        command: the ETL's command line, without secrets.
        phase: what it is, or was, about to do.
        phases: what it has done: name, seconds, ok.
        snapshot: the id of its own snapshot, once there is one.
        etl_exit_code: the ETL's status; None until it is known.
        ledger: the entries of its restores.
        status: the exit status it ended with; also of one that stopped and is to be resumed.
        says: its last line.
        finished_at: None while it goes on, or waits to be resumed.
    """

    id: int
    token: int
    started_at: datetime
    started_by: str
    holder: Holder
    tool_version: str
    environment: str
    command: tuple[str, ...]
    phase: Phase
    phases: tuple[Mapping[str, object], ...] = ()
    snapshot: str | None = None
    etl_exit_code: int | None = None
    ledger: tuple[int, ...] = ()
    status: int | None = None
    verdict: str | None = None
    says: str | None = None
    guard_seconds: float = 0.0
    etl_seconds: float | None = None
    finished_at: datetime | None = field(default=None)

    @property
    def finished_with(self) -> str | None:
        """The id of the snapshot that a person named in place of its own, as its phases tell."""
        return next((str(each["snapshot"]) for each in reversed(self.phases) if "snapshot" in each), None)

    @property
    def touched(self) -> bool:
        """Whether its ETL may have changed anything."""
        return self.phase not in BEFORE_ETL

    @property
    def etl_over(self) -> bool:
        """Whether its ETL was seen to end, or was never started."""
        return self.finished_at is not None or self.etl_exit_code is not None


def begin(
    database: Database, author: Author, holder: Holder, command: Sequence[str], phase: Phase, phases: Sequence[object]
) -> Run:
    """Record a new run in the caller's transaction, which holds the guard's lock; makes the guard's tables if need be.

    Raises:
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.AccessError: the role may not make or change the guard's tables.
    """
    installation.ensure(database, author.environment, author.now)
    shown = scrubbed(command)
    values = {
        "now": author.now,
        "host": holder.host,
        "pid": holder.pid,
        "tool_version": author.tool_version,
        "environment": author.environment,
        "command": as_json(database, shown),
        "phase": phase,
        "phases": as_json(database, list(phases)),
        "schema": database.schema,
    }
    number, token, by = database.execute(statement(__name__, "begin"), values)[0]
    return Run(number, token, author.now, by, holder, author.tool_version, author.environment, tuple(shown), phase)


def write(database: Database, run: Run) -> None:
    """Write down how far a run is, in the caller's transaction.

    Raises:
        errors.LockedError: it was taken over, or finished, by somebody else.
    """
    fields = (
        "id", "token", "phase", "snapshot", "etl_exit_code", "etl_seconds", "guard_seconds", "status", "verdict",
        "says", "finished_at",
    )  # fmt: skip
    values: dict[str, object] = {name: getattr(run, name) for name in fields}
    values |= {"phases": as_json(database, [dict(each) for each in run.phases]), "ledger": list(run.ledger)}
    values |= {name: fitted(database, str(values[name])) for name in ("verdict", "says") if values[name] is not None}
    if not database.execute(statement(__name__, "advance"), values):
        raise errors.LockedError(
            f"Run {run.id} is not ours any more: somebody has taken it over or finished it.",
            next_steps=(Step("history", why="what became of it"),),
        )


def take_over(database: Database, run: Run, holder: Holder) -> Run:
    """Make an unfinished run ours, in the caller's transaction.

    Raises:
        errors.LockedError: somebody else was faster.
    """
    values = {"id": run.id, "token": run.token, "host": holder.host, "pid": holder.pid}
    taken = database.execute(statement(__name__, "take_over"), values)
    if not taken:
        raise errors.LockedError(f"Run {run.id} was taken over or finished by somebody else just now.")
    return replace(run, token=taken[0][0], holder=holder)


def unfinished(database: Database) -> Run | None:
    """Return the run that is not finished: one that goes on, or that was ended before its end."""
    if not installation.records_runs(database):
        return None
    found = database.execute(statement(__name__, "unfinished", of_schema=_ours(database)))
    return _read(found[0]) if found else None


def listing(database: Database) -> list[Run]:
    """Return all runs, newest first; none where there is no record of them."""
    return (
        [_read(row) for row in database.execute(statement(__name__, "runs", of_schema=_ours(database)))]
        if installation.records_runs(database)
        else []
    )


def newest_begun(database: Database) -> Query:
    """Ask for the number of the newest run whose ETL may have changed anything; 0 where there is none."""
    if not installation.records_runs(database):
        return Query(statement(__name__, "none_begun"))
    before = [str(phase) for phase in BEFORE_ETL]
    return Query(statement(__name__, "newest_begun", of_schema=_ours(database)), {"before": before})


def _ours(database: Database) -> str:
    return belonging.of_run(database.schema, "r")


def _read(row: Row) -> Run:
    number, token, at, by, host, pid, version, environment, command, phase, phases, snapshot, code, ledger, *rest = row
    return Run(
        number, token, at, by, Holder(host, pid), version, environment, tuple(json.loads(command)), Phase(phase),
        tuple(json.loads(phases)), snapshot, code, tuple(ledger), *rest,
    )  # fmt: skip


_STATES = {
    Phase.VALIDATE: "Its ETL was not started: this run changed nothing.",
    Phase.BACKUP: "Its ETL was not started: this run changed nothing.",
    Phase.ETL: "How far its ETL came is not known: teams may be half imported, and protected rows not be in place.",
    Phase.CHECK: "Its ETL had ended {etl}. Nothing was put back yet: protected rows may not be in place.",
    Phase.RESTORE: "Its ETL had ended {etl}. The restore is either done as a whole or not at all.",
    Phase.HEALTH: "Its ETL had ended {etl}. What could be put back was put back; that it is right was not proven yet.",
    Phase.ROLLBACK: "Its ETL had ended {etl}. It was being rolled back, which is either done as a whole or not at all.",
    Phase.CLEANUP: "Its ETL had ended {etl}, and its rows were proven in place. Only old snapshots may be left over.",
}


def state(run: Run) -> str:
    """Say what an unfinished run left the data in."""
    code = run.etl_exit_code
    return _STATES[run.phase].format(etl="in an unknown way" if code is None else f"with status {code}")


def alive(database: Database, run: Run) -> bool:
    """Whether a run that is not finished goes on: its session, or its ETL's, is there."""
    names = [f"{GUARD}:{run.id}", f"{ETL}:{run.id}"]
    return bool(database.execute(statement(__name__, "alive"), {"names": names})[0][0])


@dataclass(frozen=True, slots=True)
class EtlSession:
    """A session that the server lists under the name of a run's ETL.

    A pooler between an ETL and the server keeps a session and its name when the ETL is gone, for whoever comes next.
    So one of an ETL that was seen to end says that it lives only while something is done in it.
    """

    pid: int
    name: str
    living: bool


def etl_sessions(database: Database) -> list[EtlSession]:
    """Return the sessions that go by the name of a run's ETL."""
    over = {f"{ETL}:{run.id}" for run in listing(database) if run.etl_over}
    found = database.execute(statement(__name__, "etl_sessions"))
    return [EtlSession(pid, name, living=not (resting and name in over)) for pid, name, resting in found]


def finding(database: Database, run: Run, *, alive: bool = False) -> Finding:
    """Tell of a run that is not finished: since when, in what phase, what it left, and how it is finished.

    Args:
        database: where it is recorded.
        run: the run.
        alive: it goes on at this moment.
    """
    since = f"{run.started_at:%Y-%m-%d %H:%M:%S %Z}"
    what = f"1 run not finished: run {run.id}, begun {since} on {run.holder.host}, was in phase {run.phase}."
    if alive:
        what = f"1 run at work: run {run.id}, begun {since} on {run.holder.host}, is in phase {run.phase}."
        why = "What its ETL deletes is put back at its end; until then rows may be missing."
        return found("run-in-progress", what, why)
    why, fix = state(run), resumption()
    if run.snapshot and run.touched:
        rows = database.execute(statement(__name__, "rows_of"), {"id": run.snapshot})
        if rows:
            why += f" Snapshot {run.snapshot} has them, {counted(rows[0][0], 'row')}."
        else:
            why += f" Its snapshot {run.snapshot} is gone; another one must be named."
            fix = resumption(LATEST)
    return found("run-unfinished", what, why, fix)


def resumption(snapshot: str | None = None) -> Step:
    """Return the command that finishes a run, with its own snapshot or with another one."""
    return Step("run", "--resume", *(("--snapshot", snapshot) if snapshot else ()))


_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]+(?=@)")
_NAMED = re.compile(r"(?i)^(-{0,2}[\w-]*(?:password|passwd|pwd|secret|token|api[-_]?key)[\w-]*[=:]).+$", re.DOTALL)
_NAMING = re.compile(r"(?i)^--?[\w-]*(?:password|passwd|pwd|secret|token|api[-_]?key)[\w-]*$")
_IN_CONNINFO = re.compile(r"(?i)(\bpassword\s*=\s*)(?:'(?:[^'\\]|\\.)*'|[^\s'\"&]+)")


def scrubbed(command: Sequence[str]) -> list[str]:
    """Return a command line without what looks like a secret (reliability, S9): it goes into the database and logs."""
    shown: list[str] = []
    hide = False
    for word in command:
        clean = "***" if hide else _NAMED.sub(r"\1***", _URL_PASSWORD.sub(r"\1***", word))
        shown.append(_IN_CONNINFO.sub(r"\1***", clean))
        hide = bool(_NAMING.match(word))
    return shown
