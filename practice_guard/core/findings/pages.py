"""The page of each finding: what it means, how it is found, how to mend it, how to undo the mending."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from practice_guard.core import errors
from practice_guard.core.findings.severities import FIRM, SEVERITIES
from practice_guard.core.model import Severity
from practice_guard.core.steps import PROGRAM, Step
from practice_guard.core.words import near

SECTIONS = ("What it means", "How it is found", "How to mend it", "How to undo the mending")
"""The headings of every page, in their order."""

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_COMMAND = re.compile(rf"^{PROGRAM} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A finding's page, in Markdown.

    Attributes:
        code: the finding's code.
        title: one line.
        severity: what it weighs when no setting says otherwise.
        firm: no setting makes it weigh less.
        means: what it means for those who own the rows.
        found: what is looked at.
        mend: commands or statements, with what to think of first.
        undo: the way back.
    """

    code: str
    title: str
    severity: Severity
    firm: bool
    means: str
    found: str
    mend: str
    undo: str

    @property
    def text(self) -> str:
        """The whole page, with the severity under its title; its commands name no environment yet."""
        weight = f"{self.severity}, and no setting lowers it" if self.firm else f"{self.severity}"
        parts = zip(SECTIONS, (self.means, self.found, self.mend, self.undo), strict=True)
        sections = "\n\n".join(f"## {heading}\n\n{body}" for heading, body in parts)
        return f"# {self.title}\n\n`{self.code}`: {weight}\n\n{sections}\n"

    def shown(self, environment: str | None) -> str:
        """The whole page, with its commands as they are typed in this environment."""
        return _COMMAND.sub(lambda found: Step(*shlex.split(found[1])).line(environment), self.text)


@cache
def codes() -> tuple[str, ...]:
    """Return the codes that have a page, sorted."""
    pages = files(__package__).joinpath("pages").iterdir()
    return tuple(sorted(page.name.removesuffix(".md") for page in pages if page.name.endswith(".md")))


@cache
def page(code: str) -> Page:
    """Return the page of a finding.

    Raises:
        errors.UsageError: there is no such finding; names the nearest one.
    """
    if code not in codes():
        hint = near(code, codes()) or f"; there are: {', '.join(codes())}"
        raise errors.UsageError(f"There is no finding {code!r}{hint}.")
    text = files(__package__).joinpath("pages").joinpath(f"{code}.md").read_text(encoding="utf-8")
    head, *rest = _HEADING.split(text)
    means, found, mend, undo = (body.strip() for body in rest[1::2])
    title = head.strip().removeprefix("# ")
    return Page(code, title, SEVERITIES[code], code in FIRM, means, found, mend, undo)
