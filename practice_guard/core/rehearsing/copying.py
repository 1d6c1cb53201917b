"""The copy: `pg_dump | pg_restore`, through a pipe, so that no file of users' rows is left anywhere."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from practice_guard.core.database.addresses import Address
from practice_guard.core.errors import DatabaseError
from practice_guard.core.records.installation import SCHEMA
from practice_guard.core.rehearsing.tools import Tools
from practice_guard.core.steps import Step

_CAN_EXCLUDE = 17
"""The first pg_dump that can be told to leave an extension out."""

_GRACE = 5.0
"""Seconds between asking a dump tool to end and ending it."""

_SAID = 300
"""How many characters of what a dump tool complained of are shown."""


@dataclass(frozen=True)
class Ways:
    """From where to where, each with the environment variables of the program that goes there.

    Passwords are in these variables alone, never in a command line that other users of the machine can see.
    """

    original: Address
    copy: Address
    reading: Mapping[str, str] = field(repr=False)
    writing: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions of an original: those that the copy's server has too, and those that it has not."""

    there: Sequence[str]
    missing: Sequence[str]

    def options(self, version: int) -> list[str]:
        """Return what has pg_dump leave out the missing ones.

        An older pg_dump can only be told which to take, and takes no object then that is in no schema, but for large
        ones that are asked for: foreign servers, event triggers.
        """
        if not self.missing:
            return []
        if version >= _CAN_EXCLUDE:
            return [f"--exclude-extension={each}" for each in self.missing]
        return ["--blobs", *(f"--extension={each}" for each in self.there)]


def copy(tools: Tools, ways: Ways, extensions: Extensions, *, patience: float) -> None:
    """Copy a database into an empty one, without owners, rights and the guard's own schema.

    The dump is one transaction that PostgreSQL keeps from writing.

    Args:
        tools: with which.
        ways: from where to where.
        extensions: those of the original.
        patience: seconds that the dump waits for a lock.

    Raises:
        DatabaseError: either tool failed; with its own words.
    """
    dump = [
        tools.dump, "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-tablespaces",
        "--no-publications", "--no-subscriptions", "--no-security-labels", "--no-comments", "--no-password",
        f"--exclude-schema={SCHEMA}", f"--lock-wait-timeout={int(patience * 1000)}",
        *extensions.options(tools.version), f"--dbname={ways.original.plain}",
    ]  # fmt: skip
    restore = [
        tools.restore, "--no-owner", "--no-privileges", "--no-password", "--exit-on-error",
        f"--dbname={ways.copy.plain}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as wrote:
        with (
            _running(dump, ways.reading, None, subprocess.PIPE, read) as reader,
            _running(restore, ways.writing, reader.stdout, subprocess.DEVNULL, wrote) as writer,
        ):
            if reader.stdout is not None:
                reader.stdout.close()  # the writer's end of the pipe is its own
            writer.wait()
            reader.wait()
        # Where the writer gave up, the reader complains of its pipe; where the reader did, the writer of the end.
        for name, process, said in (("pg_restore", writer, wrote), ("pg_dump", reader, read)):
            words = _complaint(said)
            if process.returncode and not (name == "pg_restore" and _cut_short(words)):
                raise _failed(f"{name} {tools.version} said: {words}")
        if writer.returncode:
            raise _failed(f"The dump ended early. {_complaint(wrote)}")


def with_password(given: Mapping[str, str], address: Address) -> dict[str, str]:
    """Return an environment in which libpq finds the password of an address."""
    return {**given, **({"PGPASSWORD": address.password} if address.password else {})}


@contextmanager
def _running(
    command: Sequence[str],
    environment: Mapping[str, str],
    source: IO[bytes] | None,
    out: int,
    said: IO[bytes],
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a dump tool, and end it with the block whatever ends that."""
    try:
        process = subprocess.Popen(  # noqa: S603  (a program of PostgreSQL's; no shell)
            list(command),
            env={**environment, "PGAPPNAME": "practice_guard:rehearse", "LC_MESSAGES": "C"},
            stdin=source or subprocess.DEVNULL,
            stdout=out,
            stderr=said,
            # Ctrl-C at the terminal is for this process, which then ends the two.
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(f"{command[0]}: {error.strerror or error}.") from error
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            process.kill()
        process.wait()


def _failed(why: str) -> DatabaseError:
    step = Step("validate-safety", why="whether the database can be reached and read")
    return DatabaseError(f"The copy could not be made. {why}", next_steps=(step,))


def _complaint(said: IO[bytes]) -> str:
    said.seek(0)
    words = " ".join(said.read().decode(errors="replace").split())
    return f"{words[:_SAID]}…" if len(words) > _SAID else words


def _cut_short(words: str) -> bool:
    """Whether pg_restore complains of nothing but that the dump has ended too early."""
    return not words or "could not read from input file" in words or "input file is too short" in words
