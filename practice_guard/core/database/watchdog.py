"""A watchdog over a connection: cuts the line when the other side has gone silent (reliability, finding 3).

A proxy that has stalled goes on acknowledging packets, so that neither keepalives nor any time-out of the server or the
driver fires. Shutting down the socket from another thread ends the driver's wait at once.
"""

from __future__ import annotations

import heapq
import itertools
import math
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread


@dataclass
class Watch:
    """One wait that is watched; `cut` is set once the line was cut."""

    cut: bool = False


@contextmanager
def watch(descriptor: int, seconds: float) -> Iterator[Watch]:
    """Shut down the socket under `descriptor` unless the block ends within so many seconds."""
    found = Watch()
    own = socket.socket(fileno=os.dup(descriptor))
    lock = Lock()

    def cut() -> None:
        with lock:
            if own.fileno() != -1:
                found.cut = True
                with suppress(OSError):  # the other side was quicker
                    own.shutdown(socket.SHUT_RDWR)

    due = _alarm.set(seconds, cut)
    _cuts.append(cut)
    try:
        yield found
    finally:
        _cuts.remove(cut)
        _alarm.cancel(due)
        with lock:
            own.close()


def hurry(seconds: float = 0.5) -> None:
    """Give what is waited for now so many seconds more; called when the program is told to end."""
    for cut in tuple(_cuts):
        _alarm.set(seconds, cut)


_cuts: list[Callable[[], None]] = []


@dataclass(order=True)
class _Due:
    """Something to be done at a time of the monotonic clock, unless it was cancelled."""

    at: float
    number: int
    do: Callable[[], None] | None = field(compare=False)


_LONGEST_SLEEP = 3600.0
"""Seconds; no clock takes any number of them, and to wake up for nothing once an hour costs nothing."""


class _Alarm:
    """One thread for all that is due: one for each wait would cost more than most answers take."""

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._numbers = itertools.count()
        self._changed = Condition()
        self._wakes_at = math.inf
        self._runs = False

    def set(self, seconds: float, do: Callable[[], None]) -> _Due:
        """Have something done in so many seconds."""
        due = _Due(time.monotonic() + seconds, next(self._numbers), do)
        with self._changed:
            heapq.heappush(self._due, due)
            if not self._runs:
                self._runs = True
                Thread(target=self._run, name="watchdog", daemon=True).start()
            elif due.at < self._wakes_at:
                self._changed.notify()
        return due

    def cancel(self, due: _Due) -> None:
        """Let it be, if it is not being done already."""
        with self._changed:
            due.do = None
            self._forget()

    def _forget(self) -> None:
        while self._due and self._due[0].do is None:
            heapq.heappop(self._due)

    def _run(self) -> None:
        while True:
            self._next()()

    def _next(self) -> Callable[[], None]:
        """Wait until something is due."""
        with self._changed:
            while True:
                self._forget()
                self._wakes_at = self._due[0].at if self._due else math.inf
                left = self._wakes_at - time.monotonic()
                if left <= 0 and (do := heapq.heappop(self._due).do):
                    return do
                self._changed.wait(min(left, _LONGEST_SLEEP))


_alarm = _Alarm()
