"""One thread watches all waits: each is cut when its own time is over, and none that ended before."""

from __future__ import annotations

import gc
import socket
import struct
import weakref
from collections.abc import Iterator

import pytest

from practice_guard.core.database.watchdog import watch

LONG, SHORT = 1e300, 0.05


@pytest.fixture
def lines() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Three lines, on whose other ends nobody says anything."""
    pairs = [socket.socketpair() for _ in range(3)]
    yield pairs
    for pair in pairs:
        for end in pair:
            end.close()


def waits(line: tuple[socket.socket, socket.socket], seconds: float) -> bool:
    """Wait for an answer that does not come; whether the line was cut."""
    with watch(line[0].fileno(), seconds) as found:
        assert line[0].recv(1) == b""
    return found.cut


def is_open(line: tuple[socket.socket, socket.socket]) -> bool:
    line[1].send(b"!")
    return line[0].recv(1) == b"!"


def test_a_wait_that_is_too_long_is_cut(lines: list[tuple[socket.socket, socket.socket]]) -> None:
    assert waits(lines[0], SHORT)


def test_a_shorter_wait_that_began_later_is_cut_first(lines: list[tuple[socket.socket, socket.socket]]) -> None:
    with watch(lines[0][0].fileno(), LONG) as long:
        assert waits(lines[1], SHORT)
        assert waits(lines[2], SHORT)
        assert is_open(lines[0])
    assert not long.cut


def test_a_wait_that_ended_in_time_is_not_cut_afterwards(lines: list[tuple[socket.socket, socket.socket]]) -> None:
    for _ in range(1000):
        with watch(lines[0][0].fileno(), SHORT) as ended:
            pass
    assert waits(lines[1], 2 * SHORT)  # by then the time of all of them is over
    assert is_open(lines[0])
    assert not ended.cut


def test_nothing_is_kept_of_a_wait_that_ended_in_time(lines: list[tuple[socket.socket, socket.socket]]) -> None:
    with watch(lines[0][0].fileno(), LONG) as ended:
        pass
    kept = weakref.ref(ended)
    del ended
    gc.collect()
    assert kept() is None


def reset_by_the_other_side() -> socket.socket:
    """A line to somebody who has gone without a word, which nothing can be done to any more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    other.close()
    with pytest.raises(ConnectionResetError):
        line.recv(1)
    with pytest.raises(OSError, match="not connected"):
        line.shutdown(socket.SHUT_RDWR)
    return line


def test_whoever_watches_goes_on_where_nothing_is_left_to_cut(lines: list[tuple[socket.socket, socket.socket]]) -> None:
    with reset_by_the_other_side() as line, watch(line.fileno(), SHORT) as gone:
        assert waits(lines[0], 2 * SHORT)
        assert gone.cut
    assert waits(lines[1], SHORT)
