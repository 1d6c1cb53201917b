"""The bench's long wire: what it counts, and that it is as long as it says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from scripts.benches.wire import Wire, wire_to

STARTUP = b"\0\0\0\x08\0\x03\0\0"
ASKS_FOR_TLS = b"\0\0\0\x08\x04\xd2\x16\x2f"
QUERY = b"Q\0\0\0\x06;\0"
SYNC = b"S\0\0\0\x04"
TERMINATE = b"X\0\0\0\x04"
THERE_AND_BACK = 0.1


def echoes(listener: socket.socket) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            while data := client.recv(4096):
                client.sendall(data)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echoes, args=(listener,), daemon=True).start()
        with wire_to(f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/x", THERE_AND_BACK / 2) as wire:
            yield wire
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def client(wire: Wire) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", urlsplit(wire.url).port or 0)) as client:
        client.settimeout(10)
        yield client


def says(client: socket.socket, *pieces: bytes) -> None:
    """Sends, then waits for all of it to come back."""
    client.sendall(b"".join(pieces))
    left = len(b"".join(pieces))
    while left:
        left -= len(client.recv(left))


def test_what_travels_together_waits_once(wire: Wire, client: socket.socket) -> None:
    says(client, ASKS_FOR_TLS)
    says(client, STARTUP)
    before = wire.counts.round_trips
    says(client, QUERY, SYNC, QUERY)
    says(client, SYNC)
    client.sendall(TERMINATE)
    client.recv(5)
    assert (wire.counts.round_trips - before, wire.counts.requests, wire.counts.connections) == (2, 4, 1)


def test_a_connection_is_a_round_trip_too(wire: Wire, client: socket.socket) -> None:
    says(client, STARTUP)
    assert wire.counts.round_trips == 2


def test_every_answer_comes_as_late_as_the_wire_is_long(client: socket.socket) -> None:
    says(client, STARTUP)
    began = time.monotonic()
    says(client, QUERY)
    assert time.monotonic() - began >= THERE_AND_BACK
