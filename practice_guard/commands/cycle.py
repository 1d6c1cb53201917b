"""The commands of the cycle, before and after the ETL: a handler builds the inputs, calls the core and answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard.commands.options import Confirm, SnapshotOption, Yes, command
from practice_guard.core import model
from practice_guard.core.errors import UsageError
from practice_guard.core.later import later
from practice_guard.core.model import MIN_RATE

if TYPE_CHECKING:
    from practice_guard.commands.call import Call
    from practice_guard.core import restore, snapshots
    from practice_guard.core.checks import health as healths
    from practice_guard.core.checks import preservation, safety, suggesting
    from practice_guard.core.upkeep import Backup, Wish
    from practice_guard.core.upkeep import backup as backups
    from practice_guard.render import adoptions, reports, suggestions
else:
    restore, snapshots = later("practice_guard.core", "restore", "snapshots")
    healths, preservation, safety, suggesting = later(
        "practice_guard.core.checks", "health", "preservation", "safety", "suggesting"
    )
    (backups,) = later("practice_guard.core.upkeep", "backup")
    adoptions, reports, suggestions = later("practice_guard.render", "adoptions", "reports", "suggestions")

app = typer.Typer()


@command(app, "validate-safety")
def validate_safety(call: Call) -> None:
    """Check whether the ETL may run. Writes nothing."""
    with call.reading(plans=True) as database:
        report = safety.examine(call.guard(database))
    call.answer(reports.safety(report, verbose=call.verbose))


@command(app, "backup", writes=True)
def backup(
    call: Call,
    label: Annotated[str, typer.Option(help="A word for people.")] = "",
    accept_current: Annotated[
        bool, typer.Option("--accept-current", help="Take what is there now as the truth, also where it looks damaged.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Also the ETL's own tables, so that rollback can work.")] = False,
    orphans_from: Annotated[
        str | None,
        typer.Option(
            "--orphans-from",
            metavar="SNAPSHOT",
            help="Adopt rows on ids that are gone by the lists of this snapshot.",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
    confirm: Confirm = None,
) -> None:
    """Take a snapshot of protected rows and all teams."""
    wish = backups.Wish(label, accept_current, orphans_from, full=full)
    if orphans_from is None:
        with call.database() as database:
            report = backups.take_as(call.guard(database), wish)
    else:
        report = _adopts(call, wish, yes=yes, confirm=confirm)
    call.answer(reports.backup(report))


def _adopts(call: Call, wish: Wish, *, yes: bool, confirm: str | None) -> Backup:
    """Adopt what hangs on ids that are gone; a person who is asked is shown it first."""
    what = f"backup --orphans-from {wish.orphans_from}"
    asks = call.asks(confirm, yes=yes)
    if not asks:
        call.confirm(confirm, yes=yes, what=what)
    with call.database() as database:
        if asks:
            tried = backups.attempt(call.guard(database), wish)
            if tried.snapshot is None or tried.adoption is None:
                return tried
            call.show(*adoptions.shown(tried.adoption))
            call.confirm(confirm, yes=yes, what=what)
            call.heading = call.heading.at(call.place.fingerprint)
            wish = replace(wish, shown=tried.adoption)
        # Aimed anew: how long a person took to answer is none of the seconds that are noted.
        return backups.take_as(call.guard(database), wish)


@command(app, "check-preservation")
def check_preservation(
    call: Call,
    snapshot_id: SnapshotOption = model.LATEST,
    min_rate: Annotated[
        float, typer.Option(min=0, max=100, help="Percent of rows whose team must be kept.")
    ] = MIN_RATE,
    team: Annotated[
        list[str] | None, typer.Option("--team", metavar="NAME", help="Explain this team's match.", show_default=False)
    ] = None,
    parent: Annotated[
        list[str] | None,
        typer.Option(
            "--parent", metavar="NAME", help="Explain the rows of clubs, series, players, …", show_default=False
        ),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose what to say of leagues in practice_guard.toml.")
    ] = False,
) -> None:
    """Tell which teams kept their id and are the same. Writes nothing."""
    with call.reading(plans=True) as database:
        guard, snapshot = call.guard(database), snapshots.find(database, snapshot_id)
        app = guard.look()
        guard.watcher.begins("comparing with the snapshot", snapshot.rows)
        snapshots.verify(database, snapshot)
        plan = restore.plan(database, snapshot, app, guard.request)
        report = preservation.check(snapshot, plan, app, min_rate, guard.overrides)
        proposed = suggesting.suggested(database, plan, app, guard.request) if suggest else None
    asked = restore.asked(plan, team or []), restore.asked_parents(plan, parent or [])
    call.answer(suggestions.beside(reports.preservation(report, *asked), proposed))


@command(app, "health")
def health(
    call: Call,
    snapshot_id: SnapshotOption = model.LATEST,
    baseline: Annotated[
        int | None, typer.Option(min=0, help="Compare with this number of practices only.", show_default=False)
    ] = None,
    fail_on: Annotated[str, typer.Option(help="error, or warning to fail on warnings too.")] = "error",
) -> None:
    """Check that every row is there, once, on its team. Scored 0 to 100. Writes nothing."""
    if fail_on not in ("error", "warning"):
        raise UsageError(f"--fail-on takes error or warning, not {fail_on!r}.")
    with call.reading(plans=True) as database:
        guard = call.guard(database)
        report = healths.examine(
            guard, guard.look(), wanted=snapshot_id, baseline=baseline, fail_on_warning=fail_on == "warning"
        )
    call.answer(reports.health(report))
