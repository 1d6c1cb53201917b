"""`rehearse`: the whole of `run` on a throw-away copy, so that nothing of the night comes as a surprise."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard import exits
from practice_guard.commands import drafts
from practice_guard.commands import run as runs
from practice_guard.commands.options import (
    DecisionsOption,
    DraftOption,
    EtlCommand,
    EtlTimeout,
    EtlUrlEnv,
    command,
)
from practice_guard.core.errors import DatabaseError, StoppedError, UsageError
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard import settings
    from practice_guard.commands import copies
    from practice_guard.commands.call import Call
    from practice_guard.core import database as databases
    from practice_guard.core import decisions as decided
    from practice_guard.core import restore, running, snapshots
    from practice_guard.core.database import Database, addresses
    from practice_guard.core.database.addresses import Address
    from practice_guard.core.guarding import Guard
    from practice_guard.core.identity import Sought
    from practice_guard.core.model import Team
    from practice_guard.core.records import runs as records
    from practice_guard.core.rehearsing import original, variables
    from practice_guard.core.rehearsing.original import Written
    from practice_guard.core.rehearsing.plans import Copy, Plan
    from practice_guard.core.rehearsing.variables import Environment
    from practice_guard.core.restore import Plan as RestorePlan
    from practice_guard.core.running import Ends, Report
    from practice_guard.render import rehearsing as render
else:
    (settings,) = later("practice_guard", "settings")
    (copies,) = later("practice_guard.commands", "copies")
    databases, decided, restore, running, snapshots = later(
        "practice_guard.core", "database", "decisions", "restore", "running", "snapshots"
    )
    (addresses,) = later("practice_guard.core.database", "addresses")
    (records,) = later("practice_guard.core.records", "runs")
    original, variables = later("practice_guard.core.rehearsing", "original", "variables")
    (render,) = later("practice_guard.render", "rehearsing")

app = typer.Typer()


@dataclass(frozen=True)
class _Wish:
    """What a person wants to be rehearsed, and how."""

    typed: render.Typed
    names: tuple[str, ...]
    timeout: float | None
    ends: Ends
    draft: Path | None
    keep: bool


@command(app, "rehearse")
def rehearse(
    call: Call,
    etl: EtlCommand = None,
    on_same_server: Annotated[
        bool, typer.Option("--on-same-server", help="Make the copy as a database beside its original.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the copy, and print how to reach it.")] = False,
    allow_pending: Annotated[
        bool, typer.Option("--allow-pending", help="Rows that wait for their team are no failure.")
    ] = False,
    accept_current: Annotated[
        bool,
        typer.Option("--accept-current", help="Take what is there now as the truth, also where it looks like damage."),
    ] = False,
    etl_timeout: EtlTimeout = None,
    etl_url_env: EtlUrlEnv = None,
    decisions: DecisionsOption = None,
    write_decisions: DraftOption = None,
) -> None:
    """Do the whole of run on a throw-away copy.

    The database itself is only read. The ETL's URL variables lead to the copy.
    """
    words, names = _checked(etl, etl_url_env, write_decisions)
    ends = running.Ends(allow_pending=allow_pending, accept_current=accept_current, decisions=drafts.read(decisions))
    typed = _typed(words, names, etl_timeout, ends, same_server=on_same_server)
    wish, given = _Wish(typed, names, etl_timeout, ends, write_decisions, keep), dict(os.environ)
    with _told_to_end(keep=keep):
        plan, before = _looked(call, wish, given, same_server=on_same_server)
        call.say(render.announced(plan, call.target.environment))
        done = _rehearsed(call, wish, plan, given)
        since = _written_since(call, before)
    call.answer(render.rehearsal(done, exits.of_run(done.report), call.author, _noticed(call, since)))


def _checked(
    etl: Sequence[str] | None, names: Sequence[str] | None, draft: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Check what was given, before anything is connected to.

    Raises:
        UsageError: there is no ETL, no such name, or something is in the draft's place.
    """
    if not etl:
        raise UsageError(
            "There is no ETL to rehearse.",
            next_steps=("Put its command after two dashes: rehearse -- python import.py",),
        )
    if draft:
        drafts.check(draft)
    return tuple(etl), runs.checked(names or ())


def _typed(
    etl: tuple[str, ...], names: Sequence[str], timeout: float | None, ends: Ends, *, same_server: bool
) -> render.Typed:
    """Return the command line in its parts, for the commands that come next."""
    words = [word for name in names for word in ("--etl-url-env", name)]
    words += ["--etl-timeout", f"{timeout:g}"] if timeout else []
    words += ["--allow-pending"] if ends.allow_pending else []
    words += ["--accept-current"] if ends.accept_current else []
    return render.Typed(etl, tuple(words), ("--on-same-server",) if same_server else ())


@contextmanager
def _told_to_end(*, keep: bool) -> Iterator[None]:
    """Say of a rehearsal that a signal has ended what is so of it alone.

    Raises:
        StoppedError: a signal has ended it.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, StoppedError) as stop:
        number = stop.number if isinstance(stop, StoppedError) else running.signal_in(stop)
        if number is None:
            raise
        gone = "A copy that was whole stays, as was asked" if keep else "The copy is removed"
        raise StoppedError(
            f"The rehearsal was ended by {signal.Signals(number).name}. {gone}; the database itself was only read.",
            number=number,
            next_steps=("Give the same command again.",),
        ) from None


def _looked(call: Call, wish: _Wish, given: Mapping[str, str], *, same_server: bool) -> tuple[Plan, Written]:
    """Read what a copy needs to know, and how much was written so far; and plan it.

    Raises:
        UsageError: the ETL's command line leads to the original.
    """
    call.aim()
    originals = _originals(call, given)
    if any(variables.leads(word, originals, (given.get("PGPASSWORD", ""),)) for word in wish.typed.etl):
        raise UsageError(
            "The ETL's command line has a URL or a password of the database itself in it: rehearsed, it would write "
            "there. Nothing was done.",
            next_steps=("Have the ETL read its URL from a variable, and name that one with --etl-url-env.",),
        )
    with call.reading() as database:
        facts = original.read(database)
        before = original.written(database, call.guard(database).catalog())
        last = next((each for each in records.listing(database) if each.etl_seconds), None)
    seconds = last.guard_seconds + (last.etl_seconds or 0.0) if last else None
    return copies.planned(call, facts, same_server=same_server, before=seconds), before


def _written_since(call: Call, before: Written) -> int | None:
    """Return how many rows of the ETL's tables were written in the original; None where that cannot be asked."""
    with (
        suppress(DatabaseError),
        copies.connected(call, call.target.url.get_secret_value()) as database,
        database.transaction(databases.Access.READ),
    ):
        return original.written(database, call.guard(database).catalog()).since(before)
    return None


def _noticed(call: Call, rows: int | None) -> render.Noticed:
    """Tell what was written in the original meanwhile."""
    environment = call.target.environment
    finding = original.finding(rows, environment, call.settings.severities) if rows else None
    return render.Noticed(environment, rows, finding)


def _rehearsed(call: Call, wish: _Wish, plan: Plan, given: Mapping[str, str]) -> render.Rehearsal:
    """Make the copy, do the whole of a run on it, and draft what a person is to decide."""
    with copies.made(call, plan, given, keep=wish.keep) as copy:
        environment = _environment(call, wish, copy, given)
        call.say(render.begun(copy, environment, wish.keep))
        etl = running.Etl(wish.typed.etl, environment.variables, runs.output_of(call), wish.timeout)
        job = replace(
            runs.job_of(call, etl, wish.ends),
            guard=lambda database: _guard(call, database),
            author=copies.author_of(call),
            lock_directory=copy.directory,
        )
        report = running.run(lambda: copies.opened(call, plan.place, copy.address), job)
        drafted = _drafted(call, wish, copy, report)
    return render.Rehearsal(report, copy, environment, wish.typed, drafted)


def _guard(call: Call, database: Database) -> Guard:
    """Aim a guard at a copy. An import that it has not seen is an error there, whatever the settings say."""
    aimed = call.guard(database)
    overrides = {code: weight for code, weight in aimed.overrides.items() if code != "import-not-seen"}
    return replace(aimed, author=copies.author_of(call), overrides=overrides)


def _originals(call: Call, given: Mapping[str, str]) -> list[Address]:
    """Return every address that an ETL must not reach: all that the settings and Railway's variables name."""
    found = (call.target.url.get_secret_value(), *settings.urls(call.settings, given))
    return [each for each in map(addresses.of, dict.fromkeys(found)) if each]


def _environment(call: Call, wish: _Wish, copy: Copy, given: Mapping[str, str]) -> Environment:
    """Return the ETL's environment: what leads to a database that is guarded leads to the copy, or is taken out."""
    own = [f"PRACTICE_GUARD_{name.upper()}_URL" for name in (*settings.ENVIRONMENTS, settings.REHEARSAL)]
    names = (*wish.names, *settings.DATABASE_VARIABLES, *own)
    kept = {name: value for name, value in given.items() if name != "PRACTICE_GUARD_COPY_URL"}
    led = variables.rehearsed(kept, _originals(call, given), copy.address, names, [given.get("PGPASSWORD", "")])
    return replace(led, variables={**led.variables, "PRACTICE_GUARD_ENV": settings.REHEARSAL})


def _drafted(call: Call, wish: _Wish, copy: Copy, report: Report) -> Path | None:
    """Write a file of decisions where rows wait; return which, None where nothing waits or none was asked for."""
    if wish.draft is None or report.health is None or report.snapshot is None or not report.health.total.pending:
        return None
    snapshot = report.snapshot.id
    with copies.opened(call, copy.plan.place, copy.address) as database:
        guard = _guard(call, database)

        def work() -> tuple[RestorePlan, Sequence[Team], Sequence[Sought]]:
            app = guard.look()
            workings = restore.work_out(database, snapshots.find(database, snapshot), app, guard.request, tries=True)
            return workings.plan, app.now.teams, restore.to_decide(workings)

        plan, teams, gone = guard.plans(work)
    with drafts.new(wish.draft, drafts.check) as file:
        steps = call.heading.lines(render.followed(wish.draft, wish.typed))
        drafted = drafts.draft(plan, steps, teams, guard.request.habits)
        file.write(decided.with_rows(drafted, gone).encode())
    return wish.draft
