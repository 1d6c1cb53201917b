"""A wire between a client and PostgreSQL that counts requests and breaks at the one it is told to.

A request is what waits for an answer: one statement, a text of several, or a pipeline of them.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

When = Literal["before", "after"]
What = Literal["reset", "stall"]

_ENDS_A_REQUEST = b"QSX"
"""Query, Sync, Terminate: what a client sends before them only the server's parser sees."""


@dataclass
class Fault:
    """Breaks the wire at request `at` (from 1, over all connections), before or after it has reached the server.

    `what` is to reset the connection, to stall it for good while it stays open, or to do something else and go on.
    With `for_good` nobody is let in any more afterwards.
    """

    at: int
    when: When = "before"
    what: What | Callable[[], None] = "reset"
    for_good: bool = False
    fired: bool = False


@dataclass
class Wire:
    """Listens beside a server's Unix socket and passes everything on, until its fault fires."""

    url: str
    target: str
    fault: Fault | None = None
    requests: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: list[socket.socket] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def break_at(self, fault: Fault | None) -> None:
        """Starts to count from 1 again."""
        with self._lock:
            self.fault, self.requests = fault, []

    def number_of(self, request: str) -> int:
        """Which request the last one of this text was, from 1."""
        return len(self.requests) - self.requests[::-1].index(request)

    def listen(self, listener: socket.socket) -> None:
        while not self._over.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self.fault and self.fault.fired and self.fault.for_good:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self._open += [client, server]
            pair = _Pair(self, client, server)
            for run in (pair.forth, pair.back):
                threading.Thread(target=run, daemon=True).start()

    def passes(self, text: str) -> Fault | None:
        """Counts a request; returns the fault if it is this one's."""
        with self._lock:
            self.requests.append(text)
            fault = self.fault
            if fault and not fault.fired and len(self.requests) == fault.at:
                fault.fired = True
                return fault
            return None

    def close(self) -> None:
        self._over.set()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.close()


_READ_WITHIN = 10.0
"""Seconds within which a server answers that has read a request; one that waits for a lock does not."""


@dataclass
class _Pair:
    wire: Wire
    client: socket.socket
    server: socket.socket
    broken: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)

    def forth(self) -> None:
        with contextlib.suppress(OSError):
            self._pass_startup()
            buffered, texts = b"", list[str]()
            while (message := self._message()) is not None:
                buffered += message
                if message[:1] in b"QP":
                    text = message[5:].split(b"\0")[1 if message[:1] == b"P" else 0]
                    texts.append(text.decode(errors="replace"))
                if message[:1] in _ENDS_A_REQUEST:
                    if not self._pass(buffered, "; ".join(texts)):
                        return
                    buffered, texts = b"", []
        self._end()

    def back(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.server.recv(65536):
                if self.broken.is_set():
                    break
                self.client.sendall(data)
        self.answered.set()
        if not self.broken.is_set():
            self._end()

    def _pass(self, request: bytes, text: str) -> bool:
        fault = self.wire.passes(text if request[:1] != b"X" else "terminate")
        if fault is None:
            self.server.sendall(request)
            return True
        if callable(fault.what):
            if fault.when == "after":
                self.server.sendall(request)
            fault.what()
            if fault.when == "before":
                self.server.sendall(request)
            return True
        self.broken.set()
        if fault.when == "after":
            self.server.sendall(request)
        if fault.what == "reset":
            if fault.when == "after":
                self.answered.wait(_READ_WITHIN)  # a busy server may not have read it yet
            self._end()
        return False

    def _pass_startup(self) -> None:
        head = self._exactly(4)
        self.server.sendall(head + self._exactly(struct.unpack("!i", head)[0] - 4))

    def _message(self) -> bytes | None:
        head = self._exactly(5)
        return head + self._exactly(struct.unpack("!i", head[1:])[0] - 4) if head else None

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            data = self.client.recv(count - len(found))
            if not data:
                return b""
            found += data
        return found

    def _end(self) -> None:
        for each in (self.client, self.server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """A wire to the database of a URL that names a socket directory."""
    parts = urlsplit(url)
    (directory,) = parse_qs(parts.query)["host"]
    with tempfile.TemporaryDirectory(prefix="wire-") as own:
        path = Path(own) / ".s.PGSQL.5432"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(16)
            own_url = f"postgresql://postgres:@{parts.path}?host={quote(own, safe='/')}"
            wire = Wire(own_url, str(Path(directory) / ".s.PGSQL.5432"))
            thread = threading.Thread(target=wire.listen, args=(listener,), daemon=True)
            thread.start()
            try:
                yield wire
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                wire.close()
                thread.join(5)
