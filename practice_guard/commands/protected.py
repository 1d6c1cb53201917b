"""What is protected, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from practice_guard.commands.options import command
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard.commands.call import Call
    from practice_guard.core import application
    from practice_guard.core.application import coverage
    from practice_guard.render import protected as render
else:
    (application,) = later("practice_guard.core", "application")
    (coverage,) = later("practice_guard.core.application", "coverage")
    (render,) = later("practice_guard.render", "protected")

app = typer.Typer()


@command(app, "protected")
def protected_command(call: Call) -> None:
    """List what is protected, and what is not. Writes nothing."""
    with call.reading() as database:
        found = coverage.survey(database, call.guard(database).look())
    call.answer(render.protected(found, verbose=call.verbose))
