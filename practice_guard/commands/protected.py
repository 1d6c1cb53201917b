"""What is protected, and what is not."""

from __future__ import annotations

import typer

from practice_guard.commands.call import Call
from practice_guard.commands.options import command
from practice_guard.core.application import coverage, look
from practice_guard.core.database import Access
from practice_guard.render.protected import protected

app = typer.Typer()


@command(app, "protected")
def protected_command(call: Call) -> None:
    """List what is protected, and what is not. Writes nothing."""
    with call.database() as database, database.transaction(Access.READ):
        found = coverage.survey(database, look(database, call.sets, call.schema))
    call.answer(protected(found, verbose=call.verbose))
