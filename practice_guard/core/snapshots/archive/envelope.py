"""An export's bytes: an ordinary gzip file that any gunzip opens, whose header says what it is and sums up the rest.

The CRC of gzip is not enough: it leaves the header out, and some changed bits of compressed data unpack to the same.
So the comment in the header carries the length and the SHA-256 of everything behind it, and every byte before it is
known: whatever byte is changed, lost or added is noticed before anything is unpacked. Files are written and read a
piece at a time; what is only known at the end has its room at the beginning.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from practice_guard.core import lines
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.words import agreeing, counted

VERSION = 1

_GZIP = b"\x1f\x8b"
_FIXED = _GZIP + b"\x08\x10\x00\x00\x00\x00\x02\xff"
"""Deflated, with a comment, no time, well compressed, no operating system."""

_COMMENT = re.compile(rb"practice-guard snapshot (\d{1,4}) bytes=(0\d{14}|[1-9]\d{0,14}) sha256=([0-9a-f]{64})")
"""Its first version wrote the length without zeros before it; they keep its room until it is known."""

_LONGEST_COMMENT = 200
_LEVEL = 6
"""The best compression, 9, takes six times as long for two bytes in a hundred."""

_LARGEST_STORED = 0xFFFF


class Packing:
    """An export that is being written.

    Args:
        file: an empty one, that can be written, read, and gone back in.
        first: the beginning of the text, of the length that it will have; `finish` fills it in.
    """

    def __init__(self, file: BinaryIO, first: bytes) -> None:
        self._file = file
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._crc, self._length = 0, 0
        file.write(_header(0, "0" * 64) + _stored(first))

    def write(self, text: bytes) -> None:
        """Add some text."""
        self._crc = zlib.crc32(text, self._crc)
        self._length += len(text)
        self._file.write(self._deflate.compress(text))

    def finish(self, first: bytes) -> None:
        """Fill in the beginning, and the sums of the whole."""
        file, blank = self._file, len(_header(0, "0" * 64))
        file.write(self._deflate.flush())
        crc = _joined(zlib.crc32(first), self._crc, self._length)
        file.write(_end(crc, len(first) + self._length))
        file.seek(blank)
        file.write(_stored(first))
        file.seek(blank)
        found = hashlib.sha256()
        for piece in lines.pieces(file):
            found.update(piece)
        length = file.tell() - blank
        file.seek(0)
        file.write(_header(length, found.hexdigest()))
        file.seek(0, os.SEEK_END)


def _header(length: int, digest: str) -> bytes:
    return _FIXED + f"practice-guard snapshot {VERSION} bytes={length:015} sha256={digest}".encode() + b"\0"


def _end(crc: int, length: int) -> bytes:
    """Return what gzip has behind a text."""
    return struct.pack("<II", crc, length & 0xFFFFFFFF)


def _stored(text: bytes) -> bytes:
    """Pack a text into deflate's blocks without compression, whose length depends on nothing but the text's."""
    parts = [text[start : start + _LARGEST_STORED] for start in range(0, len(text), _LARGEST_STORED)]
    return b"".join(b"\0" + struct.pack("<HH", len(each), len(each) ^ 0xFFFF) + each for each in parts)


def _joined(first: int, second: int, length: int) -> int:
    """Return the CRC of two texts, the second of this length, from each one's: one before it only adds to it."""
    before, nothing = first, 0
    zeros = bytes(lines.AT_ONCE)
    while length:
        some = zeros[: min(length, len(zeros))]
        before, nothing = zlib.crc32(some, before), zlib.crc32(some, nothing)
        length -= len(some)
    return second ^ before ^ nothing


def check(file: BinaryIO) -> None:
    """Read an export through, and see whether every byte of it is as it was written; nothing is unpacked.

    Raises:
        DamagedSnapshotError: it is none, or not as it was written.
    """
    length, digest = _told(file)
    there = file.tell()
    found = hashlib.sha256()
    for piece in lines.pieces(file):
        found.update(piece)
    size = file.tell() - there
    if size < length:
        are = agreeing(size, "is", "are")
        raise DamagedSnapshotError(f"it is cut off: {size:,} of {counted(length, 'byte')} {are} there.")
    if size > length:
        raise DamagedSnapshotError(f"something follows its end: {counted(size - length, 'byte')}.")
    if found.hexdigest() != digest:
        raise DamagedSnapshotError("it was changed since it was written: its SHA-256 sum is another.")


def unpack(file: BinaryIO) -> Iterator[bytes]:
    """Yield the text in an export, some of it at a time.

    Raises:
        DamagedSnapshotError: it is none, or cannot be unpacked to its end.
    """
    _told(file)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    crc, length = 0, 0
    for packed in lines.pieces(file):
        for text in _inflated(inflate, packed):
            crc, length = zlib.crc32(text, crc), length + len(text)
            yield text
        if inflate.eof:
            break
    end = inflate.unused_data + file.read(len(_end(0, 0)) + 1)
    if not inflate.eof or end != _end(crc, length):
        raise DamagedSnapshotError("what is packed in it does not end as it should.")


def _inflated(inflate: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """Unpack a piece, which may be a thousand times as long, a part at a time."""
    more = True
    while more:
        try:
            text = inflate.decompress(packed, lines.AT_ONCE)
        except zlib.error as error:
            raise DamagedSnapshotError("it cannot be unpacked.") from error
        packed = inflate.unconsumed_tail
        more = not inflate.eof and (bool(packed) or len(text) == lines.AT_ONCE)
        yield text


def _told(file: BinaryIO) -> tuple[int, str]:
    """Read the header; what it says of what follows: its length and its sum. The file stands behind it."""
    file.seek(0)
    head = file.read(len(_FIXED) + _LONGEST_COMMENT + 1)
    _check_start(head)
    comment, end, _ = head[len(_FIXED) :].partition(b"\0")
    if not end and len(comment) < _LONGEST_COMMENT:
        raise DamagedSnapshotError("it is cut off in its header.")
    found = _COMMENT.fullmatch(comment)
    if not found:
        raise DamagedSnapshotError("its header is not that of an export.")
    version = int(found[1])
    if version != VERSION:
        raise DamagedSnapshotError(f"its format is {version}, and this program knows {VERSION}.")
    file.seek(len(_FIXED) + len(comment) + 1)
    return int(found[2]), found[3].decode()


def _check_start(data: bytes) -> None:
    if not data:
        raise DamagedSnapshotError("it is empty.")
    if _FIXED.startswith(data):
        raise DamagedSnapshotError("it is cut off in its first bytes.")
    if not data.startswith(_GZIP):
        raise DamagedSnapshotError("it is something else: it does not begin like a compressed file.")
    if not data.startswith(_FIXED):
        raise DamagedSnapshotError(
            "it is a compressed file that practice-guard did not write, or that was packed anew."
        )
