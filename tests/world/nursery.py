"""Starts the program again and again from one process that has made its first imports: those of every command.

Each start is a process of its own, forked from that one before it has done anything else, and given the arguments, the
directory, the environment and the pipes that were asked for. It then runs the program as `python -m` does, or code as
`python -c` does, and imports what else its command wants. What says how an interpreter starts, and what is read by a
module that is imported, is the nursery's: whoever wants it otherwise starts an interpreter (see `forking`).

It is run by its text (`python -c`), so that nothing of the tests is where the program looks for modules. At the socket
on its standard input it is asked; it ends when that is closed.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from practice_guard import cli  # noqa: F401  (what the program imports first)
from practice_guard.commands import call  # noqa: F401  (what a command imports first)

_STREAMS = 3
_FILES = 4096
_MOST = 1 << 20


def asked() -> Any:
    """Fork for whoever asks; returns what is asked in the process that is to become the program."""
    asking = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        answers = socket.recv_fds(asking, 1, 1)[1]
        if not answers:
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asking.detach()
            return _born(socket.socket(fileno=answers[0]))
        os.close(answers[0])


def _born(answer: socket.socket) -> Any:
    """Read what is asked, and fork once more: the child is the program, and the parent tells its id and its end."""
    text, streams, _, _ = socket.recv_fds(answer, _MOST, _STREAMS)
    while not text.endswith(b"\n"):
        text += answer.recv(_MOST)
    child = os.fork()
    if child == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        answer.detach()
        os.closerange(_STREAMS, _FILES)
        return json.loads(text)
    for stream in (*range(_STREAMS), *streams):
        os.close(stream)
    answer.sendall(b"%d\n" % child)
    _, how = os.waitpid(child, 0)
    answer.sendall(b"%d\n" % os.waitstatus_to_exitcode(how))
    os._exit(0)


if __name__ == "__main__":
    gc.freeze()
    wanted = asked()
    os.chdir(wanted["directory"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv[1:] = wanted["arguments"]
    if wanted["code"] is None:
        sys.path[0] = str(Path.cwd())
        runpy.run_module("practice_guard", run_name="__main__", alter_sys=True)
    else:
        exec(compile(wanted["code"], "<string>", "exec"), {"__name__": "__main__"})
