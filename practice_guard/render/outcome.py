"""What a command has to say, before it is known to whom: text, JSON and status are made from the same value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rich.console import RenderableType

from practice_guard.core.model import Finding, Verdict
from practice_guard.core.steps import Advice, lines


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command's result.

    Attributes:
        verdict: from which the status is made.
        sentence: the verdict in one sentence, with its figures.
        result: what the JSON document has under `result`.
        body: what a person is shown between heading and verdict.
        findings: what was found, in order of weight.
        next_steps: what to do now, most of it commands to copy.
        status: the exit status, where the verdict alone does not say it (`run`).
        failed: it did not come to its end, or what it started failed; the verdict is not all there is to say.
    """

    verdict: Verdict
    sentence: str
    result: Mapping[str, object]
    body: tuple[RenderableType, ...] = ()
    findings: tuple[Finding, ...] = ()
    next_steps: tuple[Advice, ...] = ()
    status: int | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What a command was and where it looked.

    Attributes:
        command: its name, as people type it.
        environment: where it looked; None where it looked nowhere.
        database: which database it looked at, without its password.
        meant: the environment for commands to copy, where it looked nowhere (yet).
    """

    command: str
    environment: str | None = None
    database: Mapping[str, object] | None = field(default=None)
    meant: str | None = None

    @property
    def where(self) -> str:
        """The environment and the database, as people read it; empty where it looked nowhere."""
        there = f"{self.database.get('name')} on {self.database.get('host')}" if self.database else ""
        return ", ".join(part for part in (self.environment, there) if part)

    def at(self, fingerprint: Mapping[str, object] | None) -> Heading:
        """Add the database's fingerprint, once it is known."""
        return replace(self, database={**(self.database or {}), "fingerprint": fingerprint})

    def lines(self, advice: Advice | Iterable[Advice]) -> tuple[str, ...]:
        """Return what is to be done as it is shown here: commands whole, with this environment."""
        return lines(advice, self.environment or self.meant)


def safe(text: str) -> str:
    """Show control and direction characters instead of sending them to a terminal (reliability, S7)."""
    return "".join(_shown(letter) if unicodedata.category(letter) in _UNSAFE else letter for letter in text)


_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _shown(letter: str) -> str:
    return letter if letter == "\n" else f"\\u{ord(letter):04x}"
