"""The proof that nothing else changed: sums over what is left as it is, taken before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Row, ask_each, columns, piece, statement
from practice_guard.core.restore.relinking import Lines


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Count and sums of what is left as it is in a table: other rows, or other columns of rows that are updated."""

    table: str
    sums: Row
    columns: bool


def left_alone(database: Database, written: Sequence[Lines], *, present: bool) -> list[LeftAlone]:
    """Sum up what is left as it is in the tables of some sets.

    Args:
        database: where.
        written: what is written to each set.
        present: whether rows that are put in, or taken out, are in the tables: what is not there is not looked for.
    """
    above = {reference.parent for each in written for reference in each.bound.references}
    tables: defaultdict[str, list[Lines]] = defaultdict(list)
    for each in written:
        tables[each.bound.table.quoted].append(each)
    asked: list[tuple[str, bool, Query]] = []
    for sets in tables.values():
        touched = any(each.bound.name in above for each in sets)
        known = [each for each in sets if present or each.updates]
        unsteady = _unsteady(sets) if touched else frozenset()
        asked.append((sets[0].bound.table.name, False, _beside(sets[0], known, unsteady)))
        asked += ((sets[0].bound.table.name, True, query) for query in _other_columns(sets))
    found = ask_each(database, [query for *_, query in asked])
    return [LeftAlone(table, row, kind) for (table, kind, _), (row,) in zip(asked, found, strict=True)]


def check(before: Sequence[LeftAlone], after: Sequence[LeftAlone]) -> None:
    """Require that what was to be left as it is was.

    Raises:
        errors.RestoreError: it was not; the transaction must be given up.
    """
    for was, now in zip(before, after, strict=True):
        if now != was and was.columns:
            raise errors.RestoreError(
                f"A trigger changed other columns of {was.table} than the plan does. Everything was rolled back."
            )
        if now != was:
            raise errors.RestoreError(
                f"Rows of {was.table} that the plan does not touch changed while it was applied (a trigger?). "
                "Everything was rolled back."
            )


def _unsteady(sets: Sequence[Lines]) -> frozenset[str]:
    """Return what triggers may set: a row is updated, and one that comes or goes may touch the one that it hangs on."""
    return frozenset().union(*(each.bound.unsteady for each in sets))


def _beside(one: Lines, sets: Sequence[Lines], unsteady: frozenset[str]) -> Query:
    """Sum up the other rows of a table; where rows that are written hang on them, without what triggers may set."""
    names = [name for name in one.bound.table.columns if name not in unsteady]
    # One NOT for each: the server makes joins of these, and of an OR in brackets a question a row.
    return _summed(one, names, " AND ".join(["true", *(f"NOT {_written_by(each)}" for each in sets)]))


def _other_columns(sets: Sequence[Lines]) -> Iterator[Query]:
    """Sum up what updates of references must leave as it is; several sets may move references of one row."""
    moving = [each for each in sets if each.updates]
    together = [
        f"({_moved_by(one)} AND {_moved_by(other)})"
        for place, one in enumerate(moving)
        for other in moving[place + 1 :]
    ]
    shared = " OR ".join(together)
    for each in moving:
        alone = _moved_by(each) + (f" AND NOT ({shared})" if shared else "")
        yield _summed(each, _kept(each, [each]), alone)
    if shared:
        yield _summed(moving[0], _kept(moving[0], moving), shared)


def _kept(one: Lines, moving: Sequence[Lines]) -> list[str]:
    moved = {name for each in moving for name in each.refs}
    return [each.name for each in one.bound.stored if each.name not in moved | _unsteady(moving)]


def _summed(one: Lines, names: Sequence[str], others: str) -> Query:
    named = {**one.parts, "columns": columns(names, of="t", cast="::text"), "others": others}
    return Query(statement(__name__, "beside", **named))


def _written_by(written: Lines) -> str:
    return piece(__name__, "written_by", **written.parts)


def _moved_by(written: Lines) -> str:
    return piece(__name__, "moved_by", **written.parts)
