"""An export's bytes: an ordinary gzip file that any gunzip opens, whose header says what it is and sums up the rest.

The CRC of gzip is not enough: it leaves the header out, and some changed bits of compressed data unpack to the same.
So the comment in the header carries the length and the SHA-256 of everything behind it, and every byte before it is
known: whatever byte is changed, lost or added is noticed before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib

from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.words import agreeing, counted

VERSION = 1

_GZIP = b"\x1f\x8b"
_FIXED = _GZIP + b"\x08\x10\x00\x00\x00\x00\x02\xff"
"""Deflated, with a comment, no time, best compression, no operating system."""

_COMMENT = re.compile(rb"practice-guard snapshot (\d{1,4}) bytes=(\d{1,15}) sha256=([0-9a-f]{64})")
_LONGEST_COMMENT = 200
_LARGEST = 2 * 1024**3
"""Bytes that an export may unpack to."""


def pack(text: bytes) -> bytes:
    """Compress a text into the bytes of an export."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(text) + deflate.flush()
    body += struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)
    comment = f"practice-guard snapshot {VERSION} bytes={len(body)} sha256={hashlib.sha256(body).hexdigest()}"
    return _FIXED + comment.encode() + b"\0" + body


def unpack(data: bytes) -> bytes:
    """Return the text in the bytes of an export.

    Raises:
        DamagedSnapshotError: it is none, or not as it was written.
    """
    body = _body(data)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = inflate.decompress(body, _LARGEST)
    except zlib.error as error:
        raise DamagedSnapshotError("it cannot be unpacked.") from error
    if inflate.unconsumed_tail:
        raise DamagedSnapshotError(f"it unpacks to more than {_LARGEST:,} bytes.")
    if not inflate.eof or inflate.unused_data != struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF):
        raise DamagedSnapshotError("what is packed in it does not end as it should.")
    return text


def _body(data: bytes) -> bytes:
    _check_start(data)
    comment, end, body = data[len(_FIXED) :].partition(b"\0")
    if not end and len(comment) < _LONGEST_COMMENT:
        raise DamagedSnapshotError("it is cut off in its header.")
    found = _COMMENT.fullmatch(comment)
    if not found:
        raise DamagedSnapshotError("its header is not that of an export.")
    version, length = int(found[1]), int(found[2])
    if version != VERSION:
        raise DamagedSnapshotError(f"its format is {version}, and this program knows {VERSION}.")
    if len(body) < length:
        are = agreeing(len(body), "is", "are")
        raise DamagedSnapshotError(f"it is cut off: {len(body):,} of {counted(length, 'byte')} {are} there.")
    if len(body) > length:
        raise DamagedSnapshotError(f"something follows its end: {counted(len(body) - length, 'byte')}.")
    if hashlib.sha256(body).hexdigest() != found[3].decode():
        raise DamagedSnapshotError("it was changed since it was written: its SHA-256 sum is another.")
    return body


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
