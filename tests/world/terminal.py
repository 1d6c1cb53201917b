"""A terminal that somebody looks at: what is left on it when a program has written to it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.world.program import clean_environment

_SEQUENCE = re.compile(r"\x1b\[([\d;?]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")
SECONDS = 60.0


def left_on(text: str) -> list[str]:
    """The lines that a person sees after a program has written this, without colours and the blanks at their ends."""
    lines, row, column = [""], 0, 0
    for number, command, control, plain in _SEQUENCE.findall(text):
        if plain:
            lines[row] = lines[row][:column].ljust(column) + plain + lines[row][column + len(plain) :]
            column += len(plain)
        elif control == "\r":
            column = 0
        elif control == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif command == "A":
            row -= int(number or 1)
        elif command == "K":
            assert number == "2", "the whole line"
            lines[row] = ""
        else:
            assert command == "m", f"{number}{command} is not understood"
    return "\n".join(line.rstrip() for line in lines).strip("\n").splitlines()


class AtTerminal:
    """A program that runs at a terminal of its own."""

    def __init__(self, command: Sequence[str], directory: Path, env: Mapping[str, str]) -> None:
        self._end, other = pty.openpty()
        variables = {**clean_environment(env), "TERM": "xterm", "COLUMNS": "160"}
        self.process = subprocess.Popen(
            command, cwd=directory, env=variables, stdin=other, stdout=other, stderr=other, start_new_session=True
        )
        os.close(other)
        self.wrote = ""

    def until(self, seen: Callable[[str], bool]) -> str:
        """Look until something has been written; returns all that was."""
        until = time.monotonic() + SECONDS
        while not seen(self.wrote):
            assert time.monotonic() < until, self.wrote
            if not (more := self._read()):
                break
            self.wrote += more
        return self.wrote

    def to_its_end(self) -> list[str]:
        """Look until it ends; returns what is left to see."""
        self.until(lambda _: False)
        self.process.wait(SECONDS)
        os.close(self._end)
        return left_on(self.wrote)

    def _read(self) -> str:
        try:
            return os.read(self._end, 65536).decode()
        except OSError:  # Linux says so when the other side is closed
            return ""
