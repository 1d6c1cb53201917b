"""Files that a person named: read, and written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from practice_guard.core.errors import UsageError

_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV})
_NO_FLUSHING = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EACCES, errno.EPERM, errno.EBADF})


def write(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file of mode 0600, as `writing` does.

    Raises:
        UsageError: something is there already, or it cannot be written; then there is nothing of it.
    """
    with writing(path, replace=replace) as file:
        file.write(data)


@contextmanager
def writing(path: Path, *, replace: bool = False, precious: bool = False) -> Iterator[BinaryIO]:
    """Write a file of mode 0600: first beside it, flushed to the disk, then under its name (reliability, A1, B15).

    What is yielded can be written, gone back in and read; it has its name once the block has ended, and on any
    exception there is nothing of it. Nothing that is there is written through or over. With `replace`, a plain file
    gives its name to the new one; where that is `precious`, the name stays even if nobody can say that it would last:
    it is the old file's or the new one's, and each is whole.

    Raises:
        UsageError: something is there already, or it cannot be written; then there is nothing of it.
    """
    if replace:
        check_plain(path)
    if not replace and not free(path):
        raise _taken(path)
    beside = path.with_name(f".practice-guard-{secrets.token_hex(8)}")
    try:
        handle = _made(beside)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if replace:
                beside.replace(path)
            else:
                _name(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        if precious:
            with suppress(OSError):
                _flush_directory(path.parent)
        else:
            _keep(path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}. Nothing was kept.") from error


def put_in_place(path: Path, before: bytes | None, data: bytes) -> None:
    """Write a person's file anew, whole or not at all, under the rights and for the owner that it has.

    Args:
        path: the file; where there is none it is made, of mode 0600.
        before: what was read of it; None where there was none.
        data: what it is to be.

    Raises:
        UsageError: it cannot be written, is no plain file, or is not what was read any more; then it is as it was.
    """
    with writing(path, replace=before is not None, precious=before is not None) as file:
        file.write(data)
        if before is not None:
            if read(path) != before:
                raise UsageError(f"{path} was changed by somebody else meanwhile. Nothing was written.")
            _as_it_is(path, file.fileno())


def _as_it_is(path: Path, handle: int) -> None:
    """Give an open file the owner and the rights of another."""
    found = path.stat()
    if (owner := getattr(os, "fchown", None)) is not None:
        with suppress(OSError):  # who is not root can give nothing away
            owner(handle, found.st_uid, found.st_gid)
    if (rights := getattr(os, "fchmod", None)) is not None:
        rights(handle, stat.S_IMODE(found.st_mode))


@contextmanager
def scratch() -> Iterator[BinaryIO]:
    """Yield a file without a name that can be written, gone back in and read, and is gone at the end.

    Raises:
        UsageError: it cannot be written: there is no room for it.
    """
    try:
        with TemporaryFile() as file:
            yield cast("BinaryIO", file)
    except OSError as error:
        raise UsageError(
            f"A temporary file cannot be written: {error.strerror or error}. TMPDIR says where they are. "
            "Nothing was kept."
        ) from error


@contextmanager
def reading(path: Path, named: str = "") -> Iterator[BinaryIO]:
    """Open a file to be read a piece at a time, and gone back in; a pipe is read to its end first.

    Raises:
        UsageError: it is not there, or cannot be read.
    """
    try:
        with path.open("rb") as file, ExitStack() as stack:
            yield file if file.seekable() else drained(file, stack.enter_context(scratch()))
    except OSError as error:
        raise _unreadable(named or path, error.strerror or str(error)) from error


def drained(source: BinaryIO, into: BinaryIO) -> BinaryIO:
    """Copy what is left in a stream that cannot be gone back in, and return the copy, at its beginning."""
    copyfileobj(source, into)
    into.seek(0)
    return into


def read(path: Path, named: str = "") -> bytes:
    """Return a file's bytes; a complaint begins with `named`, or else with its path.

    Raises:
        UsageError: it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(named or path, error.strerror or str(error)) from error


def read_text(path: Path, named: str = "") -> str:
    """Return a file's text; a complaint begins with `named`, or else with its path.

    Raises:
        UsageError: it is not there, cannot be read, or is not UTF-8.
    """
    try:
        return read(path, named).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(named or path, f"it is not UTF-8 (byte {error.start + 1})") from error


def free(path: Path) -> bool:
    """Whether nothing has this name, not even a link that leads nowhere."""
    return not os.path.lexists(path)


def plain(path: Path) -> bool:
    """Whether this is a file itself: no link to one, no directory, no device, no pipe."""
    return path.is_file() and not path.is_symlink()


def check_plain(path: Path) -> None:
    """Refuse what is there and is no plain file, before it is read or written.

    Raises:
        UsageError: it is a link, a directory, a device or a pipe.
    """
    if not free(path) and not plain(path):
        raise UsageError(f"{path} is there already, and is no plain file. Nothing was written.")


def _taken(path: Path) -> UsageError:
    return UsageError(f"{path} exists already, and nothing is overwritten. Nothing was written.")


def _unreadable(named: str | Path, reason: str) -> UsageError:
    return UsageError(f"{named} cannot be read: {reason}.")


def _made(beside: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(beside, flags, 0o600)


def _name(beside: Path, path: Path) -> None:
    """Give a file its name by a link, which fails where somebody was faster; a rename would take away theirs."""
    try:
        path.hardlink_to(beside)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not free(path):
            raise FileExistsError from error
        beside.rename(path)


def _keep(path: Path) -> None:
    """Flush the name itself, and take it back where the disk says that it would not last."""
    try:
        _flush_directory(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _flush_directory(directory: Path) -> None:
    try:
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        # Not every system can do that with a directory, and there the name is all there is.
        if error.errno not in _NO_FLUSHING:
            raise
