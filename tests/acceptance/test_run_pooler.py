"""A real transaction pooler between the program and the server; skipped where there is no PgBouncer."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Query, connect, stream
from tests.world.nights import Night, shell, until

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="there is no PgBouncer on this machine")

_SETTINGS = """
[databases]
{name} = host={host} dbname={name} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
"""


@pytest.fixture
def pooled(night: Night, tmp_path: Path) -> Iterator[str]:
    """The URL of the same database through a pooler in transaction mode."""
    parts = urlsplit(night.database.url)
    host = parts.hostname or parse_qs(parts.query)["host"][0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path / "pgbouncer.ini"
    file.write_text(_SETTINGS.format(name=night.database.name, host=host, user=parts.username, port=port))
    tmp_path.chmod(0o755)
    # PgBouncer refuses to run as root, as the server does; the server lets its own account in only.
    owner = pwd.getpwuid(Path(host).stat().st_uid) if host.startswith("/") else None
    account = owner if os.getuid() == 0 and owner and owner.pw_uid else None
    if account:
        file = Path(shutil.copy(file, Path(host) / f"pgbouncer-{port}.ini"))
    process = subprocess.Popen(
        [str(PGBOUNCER), "-q", str(file)],
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        stdin=subprocess.DEVNULL,
    )
    url = f"postgresql://{parts.username}@127.0.0.1:{port}/{night.database.name}"
    try:
        until(lambda: _answers(url), seconds=20)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def test_run_refuses_and_the_others_work(night: Night, pooled: str) -> None:
    through = {**night.environment, "PRACTICE_GUARD_LOCAL_URL": pooled}
    marker = night.wrote("started")
    refused = night.guard("run", "--json", "--", *shell(f"touch {marker}"), env=through)
    assert refused.status == 2, refused
    assert "pooler" in refused.json["verdict"]
    assert "DATABASE_UNPOOLED_URL" in " ".join(refused.json["next_steps"])
    assert not marker.exists()
    assert night.database.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0

    for command in (["backup"], ["restore"], ["health"], ["cleanup"]):
        outcome = night.guard(*command, env=through)
        assert outcome.status == 0, outcome
    assert night.every_practice_is_in_place()


def test_an_etl_may_go_through_the_pooler(night: Night, pooled: str) -> None:
    # the pooler keeps the ETL's session, and the name that the guard knows it by, for whoever comes next
    etl = night.etl(
        after=f"import psycopg\nwith psycopg.connect({pooled!r}) as other:\n    other.execute('SELECT 1 FROM teams')\n"
    )
    named = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'practice_guard_etl:1'"
    outcome = night.runs(etl, "--lock-timeout", "2")
    assert outcome.status == 0, outcome
    assert night.database.value(named) == 1
    assert night.every_practice_is_in_place()
    assert night.asks("validate-safety").status == 0
    assert night.runs(etl, "--lock-timeout", "2").status == 0


def test_a_session_of_the_pooler_counts_while_something_is_done_in_it(night: Night, pooled: str) -> None:
    etl = night.etl(after=f"import psycopg\npsycopg.connect({pooled!r}).execute('SELECT 1')\n")
    assert night.runs(etl, "--lock-timeout", "2").status == 0
    with psycopg.connect(pooled, application_name="practice_guard_etl:1") as another:
        another.execute("SELECT 1")
        assert night.runs(etl).status == 11
        assert night.asks("validate-safety").status == 3


def test_statements_travel_together_through_it(night: Night, pooled: str) -> None:
    one, fails = Query("SELECT %(n)s::int", {"n": 1}), Query("SELECT 1 / 0")
    with connect(pooled, application="test") as connection, connect(pooled, application="other") as other:
        for _ in range(3):
            with connection.transaction(Access.READ), other.transaction(Access.WRITE):
                assert connection.together([one] * 5) == [[(1,)]] * 5
                assert other.together([one, Query("CREATE TEMP TABLE t (n int) ON COMMIT DROP"), one])[0] == [(1,)]
                assert list(stream(connection, Query("SELECT generate_series(1, 5)"), 2)) == [(n,) for n in range(1, 6)]
            with pytest.raises(errors.StatementError, match="zero"), connection.transaction(Access.READ):
                connection.together([one, fails, one])
