"""A file on this machine that one guard at a time holds."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from practice_guard.core import errors
from practice_guard.core.running.process import TICK

if sys.platform != "win32":
    import fcntl


class LockFile:
    """A lock on this machine that the ETL inherits, so that an ETL whose guard was killed still holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor: int | None = None

    def __enter__(self) -> LockFile:
        """Take the lock.

        Raises:
            errors.LockedError: somebody has it; says which process it said it was.
            errors.UsageError: the file cannot be made.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.parent.lstat().st_uid != os.getuid():
                raise PermissionError(errno.EPERM, f"{self.path.parent} belongs to somebody else")
            descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise errors.UsageError(f"The lock file {self.path} cannot be made: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise errors.LockedError(
                f"A run on this machine, or the ETL that it started, still lives: {said or 'it does not say which'}. "
                "Nothing was written.",
                next_steps=("Wait for it to end, or end it; then try again.",),
            ) from None
        self.descriptor = descriptor
        self.name_holder(f"process {os.getpid()} (the guard)")
        return self

    def have_alone(self, left: str, *, patience: float) -> None:
        """Wait for whoever inherited the lock: what has left the ETL's process group was not ended with it.

        Args:
            left: what such a process is called, for whoever is kept out by it.
            patience: seconds to wait for it to end.

        Raises:
            errors.LockedError: it still lives; the lock is not ours then.
        """
        until = time.monotonic() + patience
        self.name_holder(left)
        while True:
            self.__exit__()
            try:
                self.__enter__()
            except errors.LockedError:
                if time.monotonic() >= until:
                    raise
                time.sleep(TICK)
            else:
                return

    def name_holder(self, text: str) -> None:
        """Write down who has the lock, for whoever does not get it; on a full disk it is held without a word."""
        if self.descriptor is not None:
            with suppress(OSError):
                os.ftruncate(self.descriptor, 0)
                os.pwrite(self.descriptor, text.encode(), 0)

    def __exit__(self, *_: object) -> None:
        """Let go of it; a process that inherited it goes on holding it."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
