"""The rollback: the ETL's tables and the protected rows as they were when a snapshot was taken in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard.commands.options import Confirm, DryRun, SnapshotOption, Yes, command
from practice_guard.core import model
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard.commands.call import Call
    from practice_guard.core import restore, rollback
    from practice_guard.render import rollbacks
else:
    restore, rollback = later("practice_guard.core", "restore", "rollback")
    (rollbacks,) = later("practice_guard.render", "rollbacks")

app = typer.Typer()


@command(app, "rollback", writes=True)
def rollback_command(
    call: Call,
    snapshot_id: SnapshotOption = model.LATEST,
    dry_run: DryRun = False,
    safety_copy: Annotated[
        bool,
        typer.Option(
            "--safety-copy/--no-safety-copy", help="Keep what is there before, so that this can be taken back."
        ),
    ] = True,
    yes: Yes = False,
    confirm: Confirm = None,
) -> None:
    """Put the ETL's tables and the rows back as they were.

    In one transaction. The snapshot must have been taken with backup --full; rows written since stay.
    """
    what = "rollback --dry-run" if dry_run else "rollback"
    call.confirm(confirm, yes=yes, what=what)
    if dry_run:
        call.say("The rollback is done for real and taken back: who writes to these tables waits meanwhile.")
    wish = rollback.Wish(snapshot_id, safety_copy)
    with call.database() as database:
        guard = call.guard(database)
        with restore.needs.told(guard, "this rollback"):
            done = rollback.attempt(guard, wish) if dry_run else rollback.apply(guard, wish)
    call.answer(rollbacks.rollback(done, now=call.now, dry_run=dry_run))
