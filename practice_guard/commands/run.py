"""`run` and `history`: one process around the ETL, and what all runs and commands before it did."""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard import exits
from practice_guard.commands import drafts
from practice_guard.commands.options import Confirm, DecisionsOption, EtlCommand, EtlTimeout, EtlUrlEnv, Yes, command
from practice_guard.core import model
from practice_guard.core.errors import UsageError
from practice_guard.core.later import later
from practice_guard.core.model import KEEP_LAST
from practice_guard.core.steps import Step

if TYPE_CHECKING:
    from practice_guard import settings
    from practice_guard.commands.call import Call
    from practice_guard.core import records, running, snapshots
    from practice_guard.core.records import Phase, ledger, runs
    from practice_guard.core.running import Ends, Etl, Job, PhaseDone
    from practice_guard.render import costs
    from practice_guard.render import history as histories
    from practice_guard.render import running as render
else:
    (settings,) = later("practice_guard", "settings")
    records, running, snapshots = later("practice_guard.core", "records", "running", "snapshots")
    ledger, runs = later("practice_guard.core.records", "ledger", "runs")
    costs, histories, render = later("practice_guard.render", "costs", "history", "running")

app = typer.Typer()

ROLLBACK_ABOVE = 10.0
"""Percent of the protected rows that may be on no team before a run rolls back, where nothing else is said."""


class Rolling(str, Enum):
    """Whether a run may roll back by itself."""

    AUTO = "auto"
    NEVER = "never"


_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")


@command(app, "run", writes=True)
def run(
    call: Call,
    etl: EtlCommand = None,
    allow_pending: Annotated[
        bool, typer.Option("--allow-pending", help="Rows that wait for their team are no failure.")
    ] = False,
    keep_last: Annotated[int, typer.Option(min=1, help="How many snapshots stay when all is proven.")] = KEEP_LAST,
    etl_timeout: EtlTimeout = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish a run that was killed; never starts the ETL again.")
    ] = False,
    snapshot_id: Annotated[
        str | None,
        typer.Option(
            "--snapshot", metavar="ID", help="With --resume: finish it with this one, or latest.", show_default=False
        ),
    ] = None,
    accept_current: Annotated[
        bool,
        typer.Option("--accept-current", help="Take what is there now as the truth, also where it looks like damage."),
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Also the ETL's own tables, so that rollback can work.")] = False,
    rollback: Annotated[
        Rolling, typer.Option("--rollback", help="Roll back where the night ended badly; implies --full.")
    ] = Rolling.NEVER,
    rollback_above: Annotated[
        float, typer.Option(min=0, max=100, help="With --rollback auto: percent of rows on no team that is too much.")
    ] = ROLLBACK_ABOVE,
    etl_url_env: EtlUrlEnv = None,
    decisions: DecisionsOption = None,
    yes: Yes = False,
    confirm: Confirm = None,
) -> None:
    """Do the whole cycle around the ETL, with one verdict. Validate, back up, run the ETL, check, restore, prove."""
    words = tuple(etl or ())
    _check_together(words, snapshot_id, resume=resume)
    variables = checked(etl_url_env or ())
    call.confirm(confirm, yes=yes, what="run")
    above = rollback_above if rollback is Rolling.AUTO else None
    ends = running.Ends(
        keep_last, allow_pending, snapshot_id, accept_current, full or above is not None, above, drafts.read(decisions)
    )
    job = job_of(call, running.Etl(words, _environment(call, variables), output_of(call), etl_timeout), ends)
    report = (running.resume if resume else running.run)(call.database, job)
    call.answer(render.run(report, exits.of_run(report), job.clock()))


def _check_together(words: tuple[str, ...], snapshot_id: str | None, *, resume: bool) -> None:
    if resume == bool(words):
        raise UsageError(
            "--resume takes no command: the ETL is not started again." if resume else "There is no ETL to run.",
            next_steps=(
                Step("run", "--resume") if resume else "Put its command after two dashes: run -- python import.py",
            ),
        )
    if snapshot_id is not None and not resume:
        raise UsageError(
            "--snapshot goes with --resume: a run takes a snapshot of its own.",
            next_steps=(runs.resumption(model.LATEST),),
        )


def checked(names: Iterable[str]) -> tuple[str, ...]:
    """Return what --etl-url-env names.

    Raises:
        UsageError: it is no name of a variable.
    """
    for name in names:
        if not _VARIABLE.fullmatch(name):
            raise UsageError(
                f"--etl-url-env {name!r} is no name of an environment variable.",
                next_steps=("run --etl-url-env DATABASE_URL, where the ETL reads its URL from DATABASE_URL.",),
            )
    return tuple(names)


def _environment(call: Call, variables: Iterable[str]) -> dict[str, str]:
    """Return the ETL's environment, with the guard's own URL under some names."""
    return {**os.environ, **dict.fromkeys(variables, call.target.url.get_secret_value())}


def output_of(call: Call) -> int | None:
    """Return where the ETL's standard output goes; None for ours."""
    # Standard output has exactly one document with --json (contract); the ETL's own goes where people look.
    return sys.stderr.fileno() if call.speaks_json else None


def job_of(call: Call, etl: Etl, ends: Ends) -> Job:
    """Return what is asked of a run by this call."""
    return running.Job(
        guard=call.guard,
        author=call.author,
        etl=etl,
        holder=records.Holder(socket.gethostname(), os.getpid()),
        lock_directory=Path(tempfile.gettempdir()) / f"practice-guard-{os.getuid()}",
        clock=lambda: datetime.now(timezone.utc),
        watcher=_Narrator(call, tuple(etl.command)),
        statuses=running.Statuses(exits.of_run, exits.of_error),
        ends=ends,
        slow=settings.slow(call.settings),
    )


class _Narrator:
    """Says what goes on while it goes on, so that the ETL's own output stands between its beginning and its end."""

    def __init__(self, call: Call, etl: tuple[str, ...]) -> None:
        self.call = call
        self.etl = " ".join(runs.scrubbed(etl))
        self.snapshot: snapshots.Snapshot | None = None

    def begins(self, step: str, rows: int | None = None) -> None:
        self.call.progress.begins(step, rows)

    def done(self, rows: int) -> None:
        self.call.progress.done(rows)

    def ends(self) -> None:
        self.call.progress.ends()

    def enters(self, phase: Phase) -> None:
        self.call.progress.within(phase)
        if phase is records.Phase.ETL:
            self.call.say(f"{phase}: {self.etl}", phase=str(phase))

    def ended(self, done: PhaseDone) -> None:
        self.call.progress.within("")
        if done.name is records.Phase.BACKUP:
            self.snapshot = getattr(done.result, "snapshot", None)
        now = datetime.now(timezone.utc)
        says = render.phase(done, self.snapshot, now)
        self.call.say(
            f"{done.name}, {render.seconds(done.seconds)}: {says}",
            "info" if done.ok else "error",
            phase=str(done.name),
            seconds=round(done.seconds, 3),
            ok=done.ok,
        )


@command(app, "history")
def history(
    call: Call,
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="How many events to show.")] = 30,
    cost: Annotated[
        bool, typer.Option("--cost", help="Draw the guard's share of each night and phase, and say which phase grew.")
    ] = False,
) -> None:
    """List what ran and wrote, and what the guard cost. Newest first; writes nothing."""
    with call.reading() as database:
        known = runs.listing(database)
        entries, kept = ledger.entries(database), snapshots.listing(database)
    outcome = histories.history(known, entries, kept, last=last)
    if cost:
        told = running.nights(known)
        slow = running.guard_slow(told, settings.slow(call.settings), call.settings.severities)
        outcome = costs.beside(outcome, told[:last], slow)
    call.answer(outcome)
