"""What to do next: a command of this program, as a value that is completed where it is shown, or words for a person."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

PROGRAM = "practice-guard"

_ETL = "--"
"""What follows is the ETL's command line, and no option of ours."""


@dataclass(frozen=True, slots=True, init=False)
class Step:
    """A command line of this program, to be typed as it is shown.

    It is not for f-strings: only `line` knows where the environment goes. `--confirm` has no place in one, since the
    environment's name is to be typed by a person.

    Attributes:
        words: the command line without the program's name and without `--env`.
        why: a word on what it is good for; empty where that is plain.
    """

    words: tuple[str, ...]
    why: str

    def __init__(self, *words: str, why: str = "") -> None:
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "why", why)

    def line(self, environment: str | None) -> str:
        """Return it as people type it, quoted for a shell.

        Args:
            environment: the one that is aimed at; None where there is none, and none is named then. Help has none.
        """
        at = self.words.index(_ETL) if _ETL in self.words else len(self.words)
        own, etl = self.words[:at], self.words[at:]
        aimed = ("--env", environment) if environment is not None and "--help" not in own else ()
        typed = shlex.join((PROGRAM, *own, *aimed, *etl))
        return f"{typed}   # {self.why}" if self.why else typed


Advice = Step | str
"""A command of this program; or text, which is no command of it: SQL, another program's command, or prose."""

IMPORT_AN_EXPORT = "Import an export, where there is one: `snapshots import`, with the name of its file."

TRY = Step("restore", "--dry-run", "--try", why="what the database refuses, with its words; then change its rule")


def lines(advice: Advice | Iterable[Advice], environment: str | None) -> tuple[str, ...]:
    """Return advice as people are shown it, each on a line of its own; none for an empty text."""
    each = (advice,) if isinstance(advice, Step | str) else advice
    return tuple(one.line(environment) if isinstance(one, Step) else one for one in each if one)
