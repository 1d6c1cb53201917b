"""Files of one JSON object a line, a line at a time: neither who writes nor who reads one holds more than a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

LONGEST = 1024**3
"""Bytes that a line may have; PostgreSQL makes no longer row."""

AT_ONCE = 1024**2
"""Bytes read from a file at a time."""


class LineError(ValueError):
    """A file is not made of such lines; says what is wrong, and where."""


class Sum:
    """A count and a SHA-256 sum over lines, as they are written or read."""

    def __init__(self) -> None:
        self.lines = 0
        self._sum = hashlib.sha256()

    def add(self, line: bytes) -> bytes:
        """Take in a line with its end, and hand it on."""
        self.lines += 1
        self._sum.update(line)
        return line

    def hexdigest(self) -> str:
        """Return the sum so far, in hexadecimal."""
        return self._sum.hexdigest()


def dump(value: Mapping[str, object]) -> bytes:
    """Write an object as a line, with its end. Readable by people: nothing is escaped that need not be."""
    return f"{_encode(value)}\n".encode()


def parse(line: bytes, where: str) -> dict[str, Any]:
    """Read a line as an object.

    Args:
        line: with or without its end.
        where: which line it is, for complaints: `line 7`.

    Raises:
        LineError: it is not UTF-8, no JSON, no object, or has a field twice.
    """
    try:
        value = _decode(line.decode())
    except UnicodeDecodeError:
        raise LineError(f"{where} is not UTF-8.") from None
    except _TwiceError:
        raise LineError(f"{where} has a field twice.") from None
    except (ValueError, RecursionError):
        raise LineError(f"{where} is not JSON.") from None
    if not isinstance(value, dict):
        raise LineError(f"{where} is not an object.")
    return value


def split(pieces: Iterable[bytes], longest: int | None = None) -> Iterator[bytes]:
    """Yield lines with their ends out of bytes that come in pieces of any size. Only a line feed ends a line.

    Raises:
        LineError: the last one has no end, or one is longer than `longest` bytes, as a rule `LONGEST`.
    """
    most = LONGEST if longest is None else longest
    begun: list[bytes] = []
    length = 0
    for piece in pieces:
        first, *others = piece.split(b"\n")
        begun.append(first)
        length += len(first)
        if length > most:
            raise LineError(f"it has a line of more than {most:,} bytes.")
        if others:
            yield b"".join(begun) + b"\n"
            *whole, last = others
            for each in whole:
                yield each + b"\n"
            begun, length = [last], len(last)
    if length:
        raise LineError("its last line is cut off.")


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left in a file, some of it at a time."""
    while piece := file.read(AT_ONCE):
        yield piece


class _TwiceError(ValueError):
    """A field is there twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


# Made once: as arguments of json.dumps and json.loads they would be made anew for every line.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_decode = json.JSONDecoder(object_pairs_hook=_once).decode
