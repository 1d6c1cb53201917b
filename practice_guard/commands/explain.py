"""The page of a finding: what it means, how it is found, how to mend it, how to undo the mending."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.padding import Padding

from practice_guard.commands.call import Call
from practice_guard.commands.options import command
from practice_guard.core import findings
from practice_guard.core.model import Verdict
from practice_guard.core.words import counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import table

app = typer.Typer()


@command(app, "explain")
def explain(
    call: Call,
    code: Annotated[str | None, typer.Argument(help="A finding's code; without one, all are listed.")] = None,
) -> None:
    """Explain a finding, and how to mend it. Lists all without a code; needs no database."""
    if code is None:
        known = [findings.page(each) for each in findings.codes()]
        rows = [(page.code, str(page.severity), page.title) for page in known]
        listed = [{"code": page.code, "severity": page.severity, "title": page.title} for page in known]
        body = table(("code", "severity", "what it says"), rows)
        call.answer(
            Outcome(Verdict.FINE, f"{counted(len(known), 'finding')}, each with a page.", {"codes": listed}, (body,))
        )
    page = findings.page(code)
    call.answer(
        Outcome(
            Verdict.FINE,
            f"{page.code}: {page.title}",
            {"code": page.code, "severity": page.severity, "title": page.title, "page": page.text},
            (Padding(Markdown(page.text), (0, 2)),),
        )
    )
