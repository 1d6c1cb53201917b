"""What an ETL calls inside its own connection and transaction (README, "Inside your ETL").

The functions do what the commands do, through the caller's connection: nothing is committed or rolled back that the
caller did not begin, and the caller's rollback undoes it all. On an autocommit connection each call is a transaction
of its own. Which environment the ETL runs in is said by PRACTICE_GUARD_ENV, on Railway by RAILWAY_ENVIRONMENT_NAME.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from practice_guard.core.errors import GuardError, HealthError, NoSnapshotError
from practice_guard.core.model import LATEST, Severity, Verdict
from practice_guard.core.steps import Step
from practice_guard.etl.call import inside
from practice_guard.etl.voice import voice


def validate_etl_safety_preconditions(cursor: Any, logger: Any = None) -> tuple[bool, list[str]]:
    """Check before the ETL whether it may run, as `validate-safety` does. Writes nothing.

    Args:
        cursor: a cursor of psycopg or psycopg2.
        logger: where to say what was found; see `voice`.

    Returns:
        whether the ETL may run, and what stops it: empty exactly when it may. Warnings are only logged. What could not
        be checked at all stops it too.
    """
    speak = voice(logger)
    try:
        with inside(cursor, speak, marked=False, before=True) as guard:
            return guard.checks_safety()
    except GuardError as error:
        return False, [error.message]


def create_enhanced_practice_time_backup(cursor: Any, logger: Any = None) -> int:
    """Take a snapshot before the ETL deletes anything, as `backup` does; it is committed with the caller's next commit.

    Returns:
        the number of rows backed up, of all protected sets, with those that still wait from earlier.

    Raises:
        HealthError: what is there now must not become the truth, and no snapshot was taken; `findings` say why.
        GuardError: it could not be done; the caller's transaction is as it was before the call.
    """
    with inside(cursor, voice(logger), before=True) as guard:
        return guard.backs_up().rows


def validate_team_id_preservation_post_etl(cursor: Any, logger: Any = None) -> tuple[bool, dict[str, Any]]:
    """Find out after the import which teams kept their id and are still the same, as `check-preservation` does.

    Returns:
        whether enough of them did (at least 90 % of the protected rows hang on such a team), and `total`, `preserved`,
        `lost` (protected rows) and `preservation_rate` (percent); the same of teams, by fate, under `teams`.

    Raises:
        NoSnapshotError: there is no snapshot to compare with.
    """
    with inside(cursor, voice(logger)) as guard:
        return guard.checks_preservation(LATEST)


def restore_practice_times_with_fallback(cursor: Any, logger: Any = None, dry_run: bool = False) -> dict[str, Any]:
    """Put every protected row back on its right team, as `restore` does; call it last, since it locks the tables.

    Args:
        cursor: a cursor of psycopg or psycopg2.
        logger: where to say what was done; see `voice`.
        dry_run: only find out what would be done; PostgreSQL itself refuses every write then.

    Returns:
        rows of the snapshot by how their team was found: `direct` (it kept its id, or the row hung on none), `fallback`
        (by name and place, roster or decision), `pending` (not yet); `total` counts all, with those `deleted` by users
        and `given_up` by a person; `written` is how many rows were (or would be) written.

    Raises:
        GuardError: it could not be done; the caller's transaction is as it was before the call.
    """
    with inside(cursor, voice(logger)) as guard:
        return guard.restores(LATEST, dry_run=dry_run)


def validate_practice_time_health(cursor: Any, pre_etl_count: int, logger: Any = None) -> dict[str, Any]:
    """Check at the end whether every protected row is there, once, on its right team, as `health` does.

    Args:
        cursor: a cursor of psycopg or psycopg2.
        pre_etl_count: what `create_enhanced_practice_time_backup` returned (the rows of the newest snapshot), or any
            other number, which is taken for the practices counted before the ETL. `post_etl_count` counts the same.
        logger: where to say what was found; see `voice`.

    Returns:
        `pre_etl_count`, `post_etl_count`, `difference` (rows, after less before), `orphaned_count`, `is_healthy`; and
        the command's `verdict` (fine, waiting, refused), `score`, `lost`, `wrong_team`, `duplicated`, `added`,
        `deleted`, `moved`, `edited`, `pending`, the `snapshot` compared with, and `issues` (strings).
    """
    with inside(cursor, voice(logger)) as guard:
        return guard.checks_health(LATEST, pre_etl_count)


def cleanup_enhanced_backup_tables(cursor: Any, logger: Any = None) -> list[str]:
    """Remove old snapshots as `cleanup` does: the newest 14 stay, and whatever rows still wait in.

    Returns:
        the ids of the snapshots removed.
    """
    with inside(cursor, voice(logger)) as guard:
        return guard.cleans_up()


@dataclass
class Protection:
    """What the guard did around a block; each part is None until it was done. The dicts are those of the functions."""

    snapshot: str | None = None
    rows: int | None = None
    preservation: dict[str, Any] | None = None
    restored: dict[str, Any] | None = None
    health: dict[str, Any] | None = None
    removed: list[str] = field(default_factory=list)


@contextmanager
def protect(connection: Any, logger: Any = None, *, environment: str | None = None) -> Iterator[Protection]:
    """Do the whole cycle around a block that imports: check, back up, then restore, check again, clean up.

    The block may commit. What follows it is for the caller to commit; on an autocommit connection the block and what
    follows are one transaction, committed at the end. An exception of the block goes through untouched, and what the
    block had committed by then waits for `practice-guard restore`.

    Args:
        connection: a connection of psycopg or psycopg2.
        logger: where to say what is done; see `voice`.
        environment: where the ETL runs, if PRACTICE_GUARD_ENV is not to say it.

    Yields:
        what the guard did, filled in as it goes.

    Raises:
        HealthError: the ETL must not run; or, after the block and before the commit, rows would be lost, stand on a
            wrong team or on none, or be there twice. Rows that wait for their team are only logged.
        GuardError: it could not be checked or done.
    """
    done = Protection()
    speak = voice(logger)
    with inside(connection, speak, wanted=environment) as guard:
        safe, issues = guard.checks_safety()
        if not safe:
            raise HealthError("The ETL must not run: " + " ".join(issues))
        snapshot = guard.backs_up()
        done.snapshot, done.rows = snapshot.id, snapshot.rows
        try:
            yield done
        except BaseException as error:
            what = f"The import ended with {type(error).__name__}. What it had committed by then waits for:"
            speak(Severity.WARNING, f"{what} {Step('restore', '--snapshot', snapshot.id).line(guard.environment)}")
            raise
        try:
            _, done.preservation = guard.checks_preservation(snapshot.id)
        except NoSnapshotError:
            gone = f"Not committed: snapshot {snapshot.id} is gone, since the import rolled back what it was taken in."
            raise HealthError(gone) from None
        done.restored = guard.restores(snapshot.id)
        done.health = guard.checks_health(snapshot.id, snapshot.rows)
        if done.health["verdict"] == Verdict.REFUSED:
            raise HealthError("Not committed: " + " ".join(done.health["issues"]))
        done.removed = guard.cleans_up()
