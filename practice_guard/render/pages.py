"""The pages of the findings: all of them in a list, and one laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markdown import Markdown
from rich.padding import Padding

from practice_guard.core.findings import Page
from practice_guard.core.model import Verdict
from practice_guard.core.words import counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import Verbatim, line, table

_FENCE = re.compile(r"^```\w*\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def listing(known: Sequence[Page]) -> Outcome:
    """List all pages."""
    rows = [(page.code, str(page.severity), page.title) for page in known]
    listed = [{"code": page.code, "severity": page.severity, "title": page.title} for page in known]
    body = table(("code", "severity", "what it says"), rows)
    return Outcome(Verdict.FINE, f"{counted(len(known), 'finding')}, each with a page.", {"codes": listed}, (body,))


def page(found: Page, environment: str | None) -> Outcome:
    """Show one page, with the commands in it aimed at an environment; None where none is named."""
    text = found.shown(environment)
    return Outcome(
        Verdict.FINE,
        f"{found.code}: {found.title}",
        {"code": found.code, "severity": found.severity, "title": found.title, "page": text},
        tuple(_body(text)),
    )


def _body(text: str) -> Iterator[RenderableType]:
    """Lay a page out, with what is to be copied as it is."""
    for place, part in enumerate(_FENCE.split(text)):
        copied = place % 2
        if copied:
            yield Verbatim(line("".join(f"    {each}\n" for each in part.splitlines())))
        elif part.strip():
            yield Padding(Markdown(part), (0, 2, 1, 2))
