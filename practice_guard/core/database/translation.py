"""The driver's errors in the core's words, psycopg's and psycopg2's alike."""

from __future__ import annotations

from typing import Any

import psycopg

from practice_guard.core import errors
from practice_guard.core.steps import Step

_BY_STATE: dict[str, type[errors.GuardError]] = {
    "55P03": errors.LockTimeoutError,
    "40P01": errors.LockTimeoutError,
    "40001": errors.LockTimeoutError,
    "42501": errors.AccessError,
    "25006": errors.AccessError,
    # A value that its type does not take, or no longer: too long, out of range, no date, no label of the enum.
    **dict.fromkeys(("22001", "22003", "22007", "22008", "22P02"), errors.SchemaError),
    # Bytes that are no text, or a letter that the database's encoding lacks.
    **dict.fromkeys(("22021", "22P05"), errors.SchemaError),
    "42P01": errors.SchemaError,
    "42703": errors.SchemaError,
    "3F000": errors.SchemaError,
    "57P01": errors.UnreachableError,
    "57P02": errors.UnreachableError,
    "57P03": errors.UnreachableError,
}

_RAISE = "exec_stmt_raise"
"""Where in the server PL/pgSQL's own RAISE speaks, whatever SQLSTATE it gives."""


def translated(error: Any) -> errors.GuardError:
    """Turn psycopg's or psycopg2's error into ours, without the row values in its detail (reliability, S4)."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    primary = error.diag.message_primary or str(error).strip().partition("\n")[0]
    if not state and any(each.__name__ in ("DataError", "ProgrammingError") for each in type(error).__mro__):
        return errors.StatementError(f"The driver cannot do this: {primary}.")
    if not state or state.startswith("08"):
        return errors.UnreachableError(f"The connection to the database was lost: {primary}", sqlstate=state)
    kind = _BY_STATE.get(state, errors.SchemaError if state.startswith("23") else errors.StatementError)
    message = f"The database says: {primary} (SQLSTATE {state})."
    if state == "42501" and "row-level security" in primary:
        return errors.AccessError(
            f"{message} Row level security hides rows from this role; what it does not see would be missing from a "
            "snapshot, and taken for lost. Nothing was written.",
            next_steps=(
                Step("validate-safety", why="names the tables, and how this role may see all of their rows"),
                "Or log in as the tables' owner; where it is the owner, take FORCE ROW LEVEL SECURITY away.",
            ),
            sqlstate=state,
            primary=primary,
        )
    return kind(
        message,
        sqlstate=state,
        says=primary,
        table=error.diag.table_name,
        constraint=error.diag.constraint_name,
        raised=error.diag.source_function == _RAISE,
    )


def not_text(encoding: str) -> errors.SchemaError:
    """Say that texts of the database, or for it, are none in UTF-8."""
    return errors.SchemaError(
        f"A text is not UTF-8, and the database, whose encoding is {encoding}, does not say what it is."
    )


def not_connected(error: psycopg.Error) -> errors.DatabaseError:
    """Turn what kept a connection from being opened into ours: refused, or not there."""
    text = ". ".join(" ".join(line.split()) for line in str(error).splitlines() if line.strip())
    denied = (
        "authentication failed",
        "no pg_hba.conf entry",
        "does not exist",
        "permission denied",
        "no password",
    )
    if any(word in text for word in denied) and "No such file" not in text:
        return errors.AccessError(f"The database refused access: {text}")
    return errors.UnreachableError(f"The database cannot be reached: {text}")
