"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from practice_guard.core.errors import UsageError


def write_new(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600: first beside it, flushed to the disk, and then renamed (reliability, A1, B15).

    Raises:
        UsageError: there is such a file already, or it cannot be written; then there is nothing of it.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path} exists already, and nothing is overwritten. Nothing was written.")
    beside = path.with_name(f".practice-guard-{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(beside, flags, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(path)
        finally:
            beside.unlink(missing_ok=True)
        _flush_directory(path.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}. Nothing was kept.") from error


def read(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        UsageError: it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error


def _flush_directory(directory: Path) -> None:
    # Not every system can do that with a directory, and there the rename is all there is.
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
