"""What a database and an export say in the same words: sets, clubs, series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from practice_guard.core.identity import Entry


def as_set(table: str, key: str, references: Mapping[str, str], same: Iterable[str], condition: str) -> str:
    """Say what a protected set is, in one line.

    Args:
        table: its table, with its schema.
        key: the column that numbers its rows.
        references: by column what it points at.
        same: the columns that say what a row is.
        condition: which rows are meant; empty for all.
    """
    leads = ", ".join(f"{column} to {target}" for column, target in sorted(references.items()))
    where = f" where {condition}" if condition else ""
    return f"{table} by {key}, {leads}; the same by {', '.join(same)}{where}"


def clubs(entries: Mapping[str, Sequence[Entry]]) -> tuple[str, ...]:
    """Return the names of clubs."""
    return tuple(sorted(name for each in entries.get("clubs", ()) if (name := each.said.get("name"))))


def series(entries: Mapping[str, Sequence[Entry]], leagues: Mapping[int, str]) -> tuple[tuple[str | None, str], ...]:
    """Return the names of series, each with its league's code where its table says the league."""
    found = [
        (leagues.get(int(number)) if (number := each.said.get("league_id")) else None, name)
        for each in entries.get("series", ())
        if (name := each.said.get("name"))
    ]
    return tuple(sorted(found, key=lambda each: (each[0] or "", each[1])))
