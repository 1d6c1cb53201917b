"""A user of the web application who writes to `schedule` all the time, and how long each write had to wait."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

_EVERY = 0.01
_PERCENTILE = 0.99
# Matches, which no snapshot has: so that what is restored is the same with a writer and without.
_INSERT = """
INSERT INTO schedule (match_date, home_team, away_team, home_team_id, away_team_id)
SELECT current_date, 'bench', 'bench', min(id), max(id) FROM teams RETURNING id
"""
_UPDATE = "UPDATE schedule SET location = 'Court 3' WHERE id = %s"


@dataclass
class Waits:
    """Seconds from when each write was due until it was done.

    Writes are due every ten milliseconds whether or not the one before is done, as with many users: so one long stop
    counts for all who came during it.
    """

    seconds: list[float] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.seconds, default=0.0)

    @property
    def p99(self) -> float:
        """What 99 in 100 did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * _PERCENTILE))] if ordered else 0.0


@dataclass
class _End:
    at: float = math.inf


@contextmanager
def writing(url: str) -> Iterator[Waits]:
    """Write for as long as the block lasts: a row put in, then changed, and so on."""
    waits, end = Waits(), _End()
    with psycopg.connect(url, autocommit=True) as session:
        writer = threading.Thread(target=_write, args=(session, waits, end), daemon=True)
        writer.start()
        try:
            yield waits
        finally:
            end.at = time.monotonic()
            writer.join()


def _write(session: psycopg.Connection[tuple[int]], waits: Waits, end: _End) -> None:
    due, written = time.monotonic(), 0
    while due < end.at:
        due += _EVERY
        time.sleep(max(0.0, due - time.monotonic()))
        if written:
            session.execute(_UPDATE, (written,))
            written = 0
        else:
            row = session.execute(_INSERT).fetchone()
            written = row[0] if row else 0
        waits.seconds.append(time.monotonic() - due)
