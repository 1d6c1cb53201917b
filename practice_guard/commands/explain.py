"""The page of a finding: what it means, how it is found, how to mend it, how to undo the mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard.commands.options import command
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard.commands.call import Call
    from practice_guard.core import findings
    from practice_guard.render import pages
else:
    (findings,) = later("practice_guard.core", "findings")
    (pages,) = later("practice_guard.render", "pages")

app = typer.Typer()


@command(app, "explain")
def explain(
    call: Call,
    code: Annotated[str | None, typer.Argument(help="A finding's code; without one, all are listed.")] = None,
) -> None:
    """Explain a finding, and how to mend it. Lists all without a code; needs no database."""
    if code is None:
        call.answer(pages.listing([findings.page(each) for each in findings.codes()]))
    call.answer(pages.page(findings.page(code), call.meant))
