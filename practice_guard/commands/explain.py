"""The page of a finding: what it means, how it is found, how to mend it, how to undo the mending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.markdown import Markdown
from rich.padding import Padding

from practice_guard.commands.call import Call
from practice_guard.commands.options import command
from practice_guard.core import findings
from practice_guard.core.model import Verdict
from practice_guard.core.words import counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import Verbatim, line, table

app = typer.Typer()

_FENCE = re.compile(r"^```\w*\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


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
    text = page.shown(call.meant)
    call.answer(
        Outcome(
            Verdict.FINE,
            f"{page.code}: {page.title}",
            {"code": page.code, "severity": page.severity, "title": page.title, "page": text},
            tuple(_body(text)),
        )
    )


def _body(page: str) -> Iterator[RenderableType]:
    """Lay a page out, with what is to be copied as it is."""
    for place, part in enumerate(_FENCE.split(page)):
        copied = place % 2
        if copied:
            yield Verbatim(line("".join(f"    {each}\n" for each in part.splitlines())))
        elif part.strip():
            yield Padding(Markdown(part), (0, 2, 1, 2))
