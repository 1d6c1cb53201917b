"""Which records are of the schema that is guarded: two applications may share a database, and never their rows."""

from __future__ import annotations

from practice_guard.core.database import literal, piece


def of_entry(schema: str, entry: str) -> str:
    """Return the condition that an entry of the ledger is of this schema; earlier versions noted the snapshot only.

    Args:
        schema: the one that is guarded.
        entry: what the query calls the entry.
    """
    noted = f"{entry}.result ->> 'schema' = {literal(schema)}"
    return f"coalesce({noted}, {of_snapshot(schema, f'{entry}.snapshot')})"


def of_run(schema: str, run: str) -> str:
    """Return the condition that a run is of this schema, as `of_entry` does."""
    noted = f"to_jsonb({run}) ->> 'schema' = {literal(schema)}"
    return f"coalesce({noted}, {of_snapshot(schema, f'{run}.snapshot')})"


def of_snapshot(schema: str, snapshot: str) -> str:
    """Return the condition that a snapshot, by its id, has no table of another schema, if it is still there at all."""
    return piece(__name__, "of_snapshot", snapshot=snapshot, schema=literal(schema), start=literal(f"{schema}."))
