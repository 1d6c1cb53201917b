"""What a copy will take, of disk and of time; said before it is made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from practice_guard.core.errors import UsageError

MB = 1024 * 1024
_SERVER = 512 * MB
"""What a new server takes with its log, whatever is in it."""

_TIMES = 2
"""The copy, and as much again for what the ETL and the guard write anew in it."""

_A_SECOND = 20 * MB
_START = 3.0
"""Measured on small machines: bytes that are dumped and restored in a second, and seconds until a server is up."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a copy will take.

    Attributes:
        size: bytes of the database.
        need: bytes on the disk.
        free: bytes that are free there; None where nobody can see that.
        seconds: until the copy is there.
        before: seconds that the last run took, guard and ETL; None where there was none.
    """

    size: int
    need: int
    free: int | None
    seconds: float
    before: float | None = None

    @property
    def fits(self) -> bool:
        """Whether there is room, as far as can be seen."""
        return self.free is None or self.need <= self.free


def needed(size: int) -> int:
    """Return how many bytes a server with a copy of so many bytes takes."""
    return _SERVER + _TIMES * size


def free_in(directory: Path) -> int | None:
    """Return how many bytes are free in a directory; None where that cannot be seen."""
    try:
        found = os.statvfs(directory)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def of(size: int, directory: Path | None, before: float | None = None) -> Estimate:
    """Estimate what a copy of a database takes.

    Args:
        size: the database's bytes.
        directory: where a server of our own keeps it; None for a server that is there, whose disk we cannot see.
        before: seconds that the last run took.
    """
    free = free_in(directory) if directory else None
    own_server = directory is not None
    need = needed(size) if own_server else _TIMES * size
    return Estimate(size, need, free, (_START if own_server else 0.0) + size / _A_SECOND, before)


def check(estimate: Estimate, directory: Path) -> None:
    """Refuse a copy that does not fit.

    Raises:
        UsageError: says how much it needs, and how much there is.
    """
    if not estimate.fits:
        raise UsageError(
            f"The copy needs about {in_mb(estimate.need)} in {directory}, where {in_mb(estimate.free or 0)} are free: "
            f"the database has {in_mb(estimate.size)}. Nothing was done.",
            next_steps=(
                "export TMPDIR=/var/tmp   # a directory with more room",
                "or use a server with more room: PRACTICE_GUARD_COPY_URL, or --on-same-server.",
            ),
        )


def in_mb(size: int) -> str:
    """Write bytes as people do: `1 MB`, `1,200 MB`."""
    return f"{-(-size // MB):,} MB"
