"""A watchdog over a connection: cuts the line when the other side has gone silent (reliability, finding 3).

A proxy that has stalled goes on acknowledging packets, so that neither keepalives nor any time-out of the server or the
driver fires. Shutting down the socket from another thread ends the driver's wait at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Timer


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
                own.shutdown(socket.SHUT_RDWR)

    timer = _later(seconds, cut)
    _cuts.append(cut)
    try:
        yield found
    finally:
        _cuts.remove(cut)
        timer.cancel()
        with lock:
            own.close()


def hurry(seconds: float = 0.5) -> None:
    """Give what is waited for now so many seconds more; called when the program is told to end."""
    for cut in tuple(_cuts):
        _later(seconds, cut)


_cuts: list[Callable[[], None]] = []


def _later(seconds: float, do: Callable[[], None]) -> Timer:
    timer = Timer(seconds, do)
    timer.daemon = True
    timer.start()
    return timer
