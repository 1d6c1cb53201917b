"""The commands: one short handler each, that builds the inputs, calls the core once, and answers."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import click
import typer

from practice_guard import exits
from practice_guard.core import backup as backups
from practice_guard.core import cleanup as cleanups
from practice_guard.core import health as healths
from practice_guard.core import preservation, restore, safety, snapshot
from practice_guard.core.database import Access
from practice_guard.core.errors import UsageError
from practice_guard.core.retention import Rule
from practice_guard.core.surroundings import look
from practice_guard.options import Call, command, end_on_signals, tool_version
from practice_guard.render import json, reports, text
from practice_guard.render.outcome import Heading

app = typer.Typer(
    name="practice-guard",
    help="Keeps what users own on its right team when an ETL recreates every team under a new id.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SnapshotOption = Annotated[str, typer.Option("--snapshot", help="A snapshot's id, or latest.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done; write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Confirm = Annotated[str | None, typer.Option("--confirm", help="The environment's name, typed.", show_default=False)]
Teams = Annotated[list[str], typer.Option("--team", help="Explain this team's match (by name).", show_default=False)]


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"practice-guard {tool_version()}")
        raise typer.Exit


@command(app, "validate-safety")
def validate_safety(call: Call) -> None:
    """May the ETL run? Checks the database before it. Writes nothing."""
    with call.database() as database, database.transaction(Access.READ):
        report = safety.check(
            database,
            look(database, call.sets, call.schema),
            call.place,
            environment=call.target.environment,
            now=call.now,
            max_age=timedelta(hours=call.settings.max_snapshot_age_hours),
            request=call.request,
        )
    call.answer(reports.safety(report, call.target.environment))


@command(app, "backup")
def backup(
    call: Call,
    label: Annotated[str, typer.Option(help="A word for people.")] = "",
    accept_current: Annotated[
        bool, typer.Option("--accept-current", help="Take what is there now as the truth, also where it looks damaged.")
    ] = False,
) -> None:
    """Take a snapshot: the protected rows, with the identity of every team they hang on."""
    with call.database() as database:
        report = backups.take(
            database,
            call.sets,
            call.author,
            schema=call.schema,
            label=label,
            accept_current=accept_current,
            request=call.request,
            patience=call.patience,
        )
    call.answer(reports.backup(report, call.target.environment))


@command(app, "check-preservation")
def check_preservation(
    call: Call,
    snapshot_id: SnapshotOption = snapshot.LATEST,
    min_rate: Annotated[float, typer.Option(min=0, max=100, help="Percent of rows whose team must be kept.")] = 90,
    team: Teams = [],  # noqa: B006  (Typer copies it)
) -> None:
    """After the ETL: which teams kept their id and are still the same team? Writes nothing."""
    with call.database() as database, database.transaction(Access.READ):
        around = look(database, call.sets, call.schema)
        kept = snapshot.find(database, snapshot_id)
        made = restore.plan(database, kept, around, call.request)
        report = preservation.check(kept, made, around, min_rate)
    asked = restore.asked(made, team)
    call.answer(reports.preservation(report, call.target.environment, asked))


@command(app, "restore")
def restore_command(
    call: Call,
    snapshot_id: SnapshotOption = snapshot.LATEST,
    dry_run: DryRun = False,
    yes: Yes = False,
    confirm: Confirm = None,
    team: Teams = [],  # noqa: B006  (Typer copies it)
) -> None:
    """Put every protected row back on its right team, in one transaction."""
    if not dry_run:
        call.confirm(confirm, yes=yes, what="restore")
    with call.database() as database:
        if dry_run:
            with database.transaction(Access.READ):
                kept = snapshot.find(database, snapshot_id)
                snapshot.verify(database, kept)
                made = restore.plan(database, kept, look(database, call.sets, call.schema), call.request)
            asked = restore.asked(made, team)
            call.answer(reports.restore(made, call.target.environment, dry_run=True, asked=asked))
        with database.transaction(Access.READ):
            kept = snapshot.find(database, snapshot_id)
        done = restore.apply(
            database, call.sets, kept, call.author, call.request, schema=call.schema, patience=call.patience
        )
    asked = restore.asked(done.plan, team)
    call.answer(reports.restore(done.plan, call.target.environment, dry_run=False, ledger=done.ledger, asked=asked))


@command(app, "health")
def health(
    call: Call,
    snapshot_id: SnapshotOption = snapshot.LATEST,
    baseline: Annotated[
        int | None, typer.Option(min=0, help="Compare with this number of practices only.", show_default=False)
    ] = None,
    fail_on: Annotated[str, typer.Option(help="error, or warning to fail on warnings too.")] = "error",
) -> None:
    """Is every protected row there, once, on the right team? Scored. Writes nothing."""
    if fail_on not in ("error", "warning"):
        raise UsageError(f"--fail-on takes error or warning, not {fail_on!r}.")
    with call.database() as database, database.transaction(Access.READ):
        around = look(database, call.sets, call.schema)
        report = healths.examine(
            database,
            around,
            wanted=snapshot_id,
            baseline=baseline,
            request=call.request,
            fail_on_warning=fail_on == "warning",
        )
    call.answer(reports.health(report, call.target.environment))


@command(app, "cleanup")
def cleanup(
    call: Call,
    keep_last: Annotated[int | None, typer.Option(help="Keep the newest N.", show_default=False)] = None,
    keep_within: Annotated[
        str | None, typer.Option(help="Keep those taken within this time: 30d, 12h.", show_default=False)
    ] = None,
    all_that_may: Annotated[bool, typer.Option("--all", help="Remove all that may go.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    confirm: Confirm = None,
) -> None:
    """Remove old snapshots by a retention rule; the newest 14 are kept unless told otherwise."""
    if keep_last is None and keep_within is None and not all_that_may:
        keep_last = 14
    rule = Rule(keep_last, _span(keep_within) if keep_within else None, all_that_may)
    if not dry_run:
        call.confirm(confirm, yes=yes, what="cleanup")
    with call.database() as database:
        if dry_run:
            with database.transaction(Access.READ):
                rulings = cleanups.plan(database, call.sets, rule, call.now, call.schema)
        else:
            rulings = cleanups.apply(
                database,
                call.sets,
                rule,
                call.now,
                environment=call.target.environment,
                schema=call.schema,
                patience=call.patience,
            )
    call.answer(reports.cleanup(rulings, call.target.environment, dry_run=dry_run))


def _span(written: str) -> timedelta:
    found = re.fullmatch(r"(\d+)\s*([dhw])", written.strip().lower())
    if not found:
        raise UsageError(f"--keep-within takes a number and d, h or w, like 30d; not {written!r}.")
    return int(found[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[found[2]]


@app.command("demo")
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server up, and print how to reach it.")] = False,
    small: Annotated[bool, typer.Option("--small", help="A handful of teams.")] = False,
    variant: Annotated[str, typer.Option(help="What the ETL does: recreate, recycle, relabel, …")] = "recreate",
    pg: Annotated[int, typer.Option(help="PostgreSQL 16 or 18.")] = 16,
    json_output: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """The whole incident on an embedded PostgreSQL, from a healthy league to the rescue."""
    from practice_guard.demo import story  # noqa: PLC0415  (its server is an extra)

    raise typer.Exit(story.tell(keep=keep, small=small, variant=variant, pg=pg, as_json=json_output))


def main() -> None:
    """Run the program and end with its status."""
    end_on_signals()
    arguments = sys.argv[1:]
    wants_json = "--json" in arguments or "--output=json" in arguments or "json" in _after(arguments, "--output")
    try:
        status = app(standalone_mode=False)
    except click.exceptions.Abort:
        status = 130
    except click.ClickException as error:
        name = next((word for word in arguments if not word.startswith("-")), Path(sys.argv[0]).name)
        problem = UsageError(error.format_message(), next_steps=(f"practice-guard {name} --help",))
        if wants_json:
            json.show_error(Heading(name), problem, exits.of_error(problem))
        else:
            text.show_error(text.console(sys.stderr), problem, exits.of_error(problem))
        status = exits.of_error(problem)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _after(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]
