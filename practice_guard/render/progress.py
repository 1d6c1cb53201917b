"""What goes on, while it goes on: lines that change and are gone in the end at a terminal, one now and then in a log.

A thread of its own looks at what was told and shows it. It knows no database; and who tells does not wait for it, so
that a terminal that was stopped, or a log that nobody reads, holds up no transaction.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, RLock, Thread
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from practice_guard.core.words import counted
from practice_guard.render.outcome import safe

HEARTBEAT = 30.0
"""Seconds between two lines in a log."""

AT_ONCE = 1.0
"""Seconds that a step may take without a word about it."""

_TICK = 0.2
_PATIENCE = 1.0
"""Seconds to wait for a line that is being shown; a terminal that was stopped may take for ever."""
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Moment:
    """What goes on at one moment.

    Attributes:
        where: the command, its database, and whether it reads or writes.
        step: what is being done.
        rows: how many rows the step will go through, where that is known.
        done: how many of them it has gone through.
        seconds: how long the step takes by now.
        elapsed: how long the command does.
    """

    where: str
    step: str
    rows: int | None
    done: int
    seconds: float
    elapsed: float

    @property
    def says(self) -> str:
        """`copying rows: 12,000 of 25,000 rows, 4,000 a second, 4 s left`, as far as it is known."""
        parts = [part for part in (self._counted, self._speed) if part]
        return f"{self.step}: {', '.join(parts)}" if parts else self.step

    @property
    def _counted(self) -> str:
        if self.rows is None:
            return counted(self.done, "row") if self.done else ""
        return f"{self.done:,} of {counted(self.rows, 'row')}" if self.done else counted(self.rows, "row")

    @property
    def _speed(self) -> str:
        if not self.done or self.seconds < AT_ONCE:
            return ""
        rate = self.done / self.seconds
        left = "" if self.rows is None else f", {lasting(max(0, self.rows - self.done) / rate)} left"
        return f"{rate:,.0f} a second{left}"


def lasting(seconds: float) -> str:
    """Write a length of time: `9 s`, `2 min 5 s`, `1 h 4 min`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


class Screen(Protocol):
    """Where what goes on is shown."""

    def opens(self, where: str) -> None:
        """Say at once which database is meant."""

    def shows(self, moment: Moment) -> None:
        """Show it, or leave it: it is asked several times a second."""

    def clears(self) -> None:
        """Take away what changes: something else is printed now."""


class Log:
    """A line every half minute, and one at once where that is wanted."""

    def __init__(self, say: Callable[[str], None], *, at_once: bool = False) -> None:
        self._say = say
        self._at_once = at_once
        self._said = 0.0

    def opens(self, where: str) -> None:
        """Say which database is meant; where standard error is for errors only, with the first step that takes long."""
        if self._at_once:
            self._say(where)

    def shows(self, moment: Moment) -> None:
        """Say what goes on, where nothing was said for long."""
        if moment.elapsed - self._said >= HEARTBEAT:
            self._said = moment.elapsed
            self._say(f"{moment.where}: {moment.says}, {lasting(moment.elapsed)}")

    def clears(self) -> None:
        """Leave what was said."""


class Terminal:
    """Two lines that change, and are gone in the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._shown: tuple[str, ...] = ()

    def opens(self, where: str) -> None:
        """Leave it to `shows`, which comes at once."""

    def shows(self, moment: Moment) -> None:
        """Show where, and the step once it takes long."""
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        lines = (moment.where, f"{moment.says}, {lasting(moment.seconds)}")[: 2 if moment.seconds >= AT_ONCE else 1]
        if lines != self._shown:
            self._shown = lines
            self._live.update(Group(*_drawn(moment, lines)), refresh=True)

    def clears(self) -> None:
        """Take the lines away."""
        if self._live is not None:
            live, self._live, self._shown = self._live, None, ()
            live.stop()


def _drawn(moment: Moment, lines: Sequence[str]) -> Iterator[RenderableType]:
    where, *says = (Text(safe(each), no_wrap=True, overflow="ellipsis") for each in lines)
    where.stylize("dim")
    yield where
    for each in says:
        if moment.rows and moment.done:
            row = Table.grid(padding=(0, 1))
            row.add_row(ProgressBar(total=moment.rows, completed=moment.done, width=20), each)
            yield row
        else:
            yield each


def lines_to(stream: TextIO) -> Callable[[str], None]:
    """Return what writes whole lines to a stream, past its buffer, whose lock a stuck thread would take to the end."""

    def say(text: str) -> None:
        line = f"{safe(text)}\n"
        with suppress(OSError, ValueError):  # who reads no log has lost nothing
            try:
                descriptor = stream.fileno()
            except (OSError, ValueError):
                stream.write(line)
                return
            os.write(descriptor, line.encode(stream.encoding or "utf-8", "replace"))

    return say


class Progress:
    """A watcher that shows what it is told; see `core.progress.Watcher`."""

    def __init__(
        self, screen: Screen | None, clock: Callable[[], float] = time.monotonic, *, pause: float | None = _TICK
    ) -> None:
        """Make one that shows nothing yet.

        Args:
            screen: where it shows it; None where nobody looks.
            clock: seconds that only go forwards.
            pause: seconds between two looks of a thread of its own; None where the caller does the looking.
        """
        self._screen = screen
        self._clock = clock
        self._pause = pause
        self._told = RLock()
        self._drawing = RLock()
        self._over = Event()
        self._open = False
        self._thread: Thread | None = None
        self._opened = 0.0
        self._where = ""
        self._phase = ""
        self._step: str | None = None
        self._rows: int | None = None
        self._done = 0
        self._began = 0.0

    def opens(self, where: str) -> None:
        """Say at once which database is meant, and show from now on what goes on; once for all."""
        with self._told:
            if self._screen is None or self._open or self._over.is_set():
                return
            self._open, self._where, self._opened = True, where, self._clock()
        self._screen.opens(where)
        if self._pause is not None:
            self._thread = Thread(target=self._looks_on, args=(self._pause,), name="progress", daemon=True)
            self._thread.start()

    def within(self, phase: str) -> None:
        """Say beside each step from now on of which phase it is; until one begins, something else is at work."""
        with self._told:
            self._phase, self._step, self._rows, self._done, self._began = phase, None, None, 0, self._clock()

    def begins(self, step: str, rows: int | None = None) -> None:
        """See `core.progress.Watcher`."""
        with self._told:
            self._step, self._rows, self._done, self._began = step, rows, 0, self._clock()

    def done(self, rows: int) -> None:
        """See `core.progress.Watcher`."""
        with self._told:
            self._done += rows

    def ends(self) -> None:
        """Take away what is shown, until the next step begins."""
        with self._told:
            self._step = None
        if self._screen is not None and self._drawing.acquire(timeout=_PATIENCE):
            try:
                with suppress(OSError, ValueError):
                    self._screen.clears()
            finally:
                self._drawing.release()

    def closes(self) -> None:
        """Take away what is shown, and show nothing any more."""
        self._over.set()
        self.ends()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def looks(self) -> None:
        """Have what goes on now shown."""
        with self._drawing:
            moment = self._moment()
            if moment is not None and self._screen is not None:
                self._screen.shows(moment)

    def _looks_on(self, pause: float) -> None:
        with suppress(OSError, ValueError):  # a terminal that is gone
            self.looks()
            while not self._over.wait(pause):
                self.looks()

    def _moment(self) -> Moment | None:
        with self._told:
            if self._over.is_set() or not self._open or self._step is None:
                return None
            now = self._clock()
            shown = f"{self._phase}, {self._step}" if self._phase else self._step
            return Moment(self._where, shown, self._rows, self._done, now - self._began, now - self._opened)
