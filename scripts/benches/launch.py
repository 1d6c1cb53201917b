"""Runs one command from a small process: seconds, peak memory in KiB and status on standard output.

The kernel counts the memory of the process that a command was forked from as the command's own, and a bench's process
has grown large: so a small one stands between. Arguments: seconds after which to end it, files for its output and its
errors, and the command.
"""

import os
import signal
import sys
import time

TIMED_OUT = -1
"""The status of a command that was ended because it took too long."""


def main(limit: str, output: str, errors: str, *command: str) -> None:
    """Run it, and print the three numbers."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    began = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, errors, flags, 0o600),
        ],
    )
    late = []

    def end(*_: object) -> None:
        late.append(True)
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    signal.setitimer(signal.ITIMER_REAL, 0)
    exited = TIMED_OUT if late else os.waitstatus_to_exitcode(status)
    kib = usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss
    sys.stdout.write(f"{seconds} {kib} {exited}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
