"""A wire to PostgreSQL over TCP that is as long as it is told to be, and counts who waits for whom."""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_CHUNK = 65536
_TERMINATE = b"X\0\0\0\4"
_ENDS_A_REQUEST = b"QS"
_ASKS_FIRST = (80877103, 80877104)
"""Codes of the requests for TLS and GSSAPI: what opens the session proper comes after the answer to them."""


@dataclass
class Counts:
    """What went over a wire.

    Attributes:
        connections: how many there were.
        round_trips: how often the client sent something after it had got something, and so had waited for it; each
            connection is one too, until it stands.
        requests: queries and syncs, those counted each that travel together.
    """

    connections: int = 0
    round_trips: int = 0
    requests: int = 0


@dataclass
class Wire:
    """Where to connect, and what went over it so far."""

    url: str
    counts: Counts = field(default_factory=Counts)


@dataclass
class _Delayed:
    """Passes bytes on from one end to the other, each `seconds` after it came."""

    source: socket.socket
    target: socket.socket
    seconds: float
    came: queue.Queue[tuple[float, bytes]] = field(default_factory=queue.Queue)

    def receive(self) -> Iterator[bytes]:
        """What comes in; each piece is on its way when the next is asked for."""
        data = b"-"
        while data:
            try:
                data = self.source.recv(_CHUNK)
            except OSError:
                data = b""
            if data:
                yield data
            self.came.put((time.monotonic() + self.seconds, data))

    def deliver(self) -> Iterator[None]:
        """Hands on what came; stops before each piece, since what it answers may come back at once."""
        while True:
            due, data = self.came.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if data:
                yield
            with contextlib.suppress(OSError):
                if data:
                    self.target.sendall(data)
                else:
                    self.target.shutdown(socket.SHUT_WR)
            if not data:
                return


@dataclass
class _Requests:
    """Counts the requests in what a client sends."""

    counts: Counts
    buffered: bytes = b""
    opened: bool = False

    def feed(self, data: bytes) -> None:
        self.buffered += data
        while (length := self._next()) is not None and length <= len(self.buffered):
            if self.opened and self.buffered[:1] in _ENDS_A_REQUEST:
                self.counts.requests += 1
            self.opened = self.opened or struct.unpack("!i", self.buffered[4:8])[0] not in _ASKS_FIRST
            self.buffered = self.buffered[length:]

    def _next(self) -> int | None:
        """The length of the next message, once it is known; only what opens a session has no letter before it."""
        ahead = 1 if self.opened else 0
        if len(self.buffered) < ahead + 4:
            return None
        return int(struct.unpack("!i", self.buffered[ahead : ahead + 4])[0]) + ahead


@dataclass
class _Pair:
    """One connection."""

    counts: Counts
    forth: _Delayed
    back: _Delayed
    waiting: bool = False
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for work in (self._from_client, self._to_server, self._from_server, self._to_client):
            self.threads.append(threading.Thread(target=work, daemon=True))
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        for end in (self.forth.source, self.back.source):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.forth.source.close()
        self.back.source.close()

    def _from_client(self) -> None:
        self.counts.connections += 1
        self.counts.round_trips += 1
        time.sleep(2 * self.forth.seconds)
        requests = _Requests(self.counts)
        for data in self.forth.receive():
            if not self.waiting and data != _TERMINATE:
                self.waiting = True
                self.counts.round_trips += 1
            requests.feed(data)

    def _to_server(self) -> None:
        for _ in self.forth.deliver():
            pass

    def _from_server(self) -> None:
        for _ in self.back.receive():
            pass

    def _to_client(self) -> None:
        for _ in self.back.deliver():
            self.waiting = False


@contextmanager
def wire_to(url: str, seconds: float) -> Iterator[Wire]:
    """A wire to the database of a URL; what is sent arrives so many seconds later, in each direction."""
    parts = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        account = parts.netloc.rpartition("@")[0] or "postgres"
        wire = Wire(f"postgresql://{account}@127.0.0.1:{listener.getsockname()[1]}{parts.path}")
        pairs: list[_Pair] = []
        thread = threading.Thread(target=_listen, args=(listener, wire.counts, url, seconds, pairs), daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for pair in pairs:
                pair.close()


def _listen(listener: socket.socket, counts: Counts, url: str, seconds: float, pairs: list[_Pair]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _connect(url)
        pairs.append(_Pair(counts, _Delayed(client, server, seconds), _Delayed(server, client, seconds)))
        pairs[-1].start()


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    directory = parse_qs(parts.query).get("host", [""])[0]
    port = parts.port or 5432
    if not directory:
        return socket.create_connection((unquote(parts.hostname or "localhost"), port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{directory}/.s.PGSQL.{port}")
    return server
