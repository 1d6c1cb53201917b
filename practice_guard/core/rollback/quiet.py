"""Foreign keys and triggers, off while tables are put back, and on again: what leads nowhere then is found and refused.

A superuser turns them off for the transaction. An ordinary owner takes the foreign keys away and makes them anew, by
which the server checks all of them, and turns the triggers off one by one; all of it in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import Application
from practice_guard.core.database import Database, Query, ask_each, literal, statement
from practice_guard.core.rollback.tables import Task
from practice_guard.core.words import counted


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key of the ETL's tables, or of others that lead to them; names are quoted, for statements."""

    oid: int
    table: str
    name: str
    definition: str
    comment: str | None
    parent: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]


@contextmanager
def quiet(database: Database, app: Application, found: Sequence[Task]) -> Iterator[None]:
    """Let foreign keys and triggers rest while tables are put back.

    Raises:
        errors.RestoreError: rows lead nowhere afterwards that did not before; the transaction must be given up.
        errors.SchemaError: the server does not take a foreign key back.
    """
    ((superuser, role),) = database.execute(statement(__name__, "role"))
    keys = _keys(database, found)
    before = _adrift(database, keys, found)
    if superuser:
        database.execute(statement(__name__, "turn", role="replica"))
        yield
        database.execute(statement(__name__, "turn", role=literal(role)))
        _check(before, _adrift(database, keys, found))
        return
    held = {*(task.whole.table.oid for task in found), *(bound.table.oid for bound in app.sets)}
    triggers = database.execute(statement(__name__, "triggers"), {"tables": sorted(held)})
    for table in dict.fromkeys(table for table, *_ in triggers):
        database.execute(statement(__name__, "hush", table=_part(table)))
    for key in keys:
        database.execute(statement(__name__, "let_go", table=_part(key.table), name=_part(key.name)))
    yield
    database.check_constraints()
    _check(before, _adrift(database, keys, found))
    for key in keys:
        named = {"table": _part(key.table), "name": _part(key.name)}
        database.execute(statement(__name__, "hold", **named, definition=_part(key.definition)))
        if key.comment is not None:
            database.execute(statement(__name__, "describe", **named, words=literal(key.comment)))
    for table, trigger, how in triggers:
        database.execute(statement(__name__, "wake", table=_part(table), trigger=_part(trigger), how=how))


def _part(text: str) -> str:
    return text.replace("%", "%%")


def _keys(database: Database, found: Sequence[Task]) -> list[Key]:
    tables = [task.whole.table.oid for task in found]
    rows = database.execute(statement(__name__, "keys"), {"tables": tables})
    return [Key(row[0], row[1], row[2], row[3], row[4], row[5], tuple(row[6]), tuple(row[7])) for row in rows]


def _adrift(database: Database, keys: Sequence[Key], found: Sequence[Task]) -> dict[tuple[str, str], Counter[str]]:
    """Return by foreign key the values with which rows lead nowhere, without those of the ETL's own rows.

    These are as they were, by the digest, and may have led nowhere then.
    """
    own = {task.whole.table.oid: task.whole.condition for task in found}
    asked = [key for key in keys if own.get(key.oid) != "true"]
    queries = [
        Query(
            statement(
                __name__,
                "adrift",
                values=", ".join(f"t.{_part(each)}" for each in key.columns),
                table=_part(key.table),
                condition=f"NOT ({own[key.oid]})" if key.oid in own else "true",
                filled=" AND ".join(f"t.{_part(each)} IS NOT NULL" for each in key.columns),
                parent=_part(key.parent),
                same=" AND ".join(
                    f"p.{_part(theirs)} = t.{_part(ours)}"
                    for ours, theirs in zip(key.columns, key.parent_columns, strict=True)
                ),
            )
        )
        for key in asked
    ]
    answers = ask_each(database, queries) if queries else []
    return {(key.table, key.name): Counter(dict(rows)) for key, rows in zip(asked, answers, strict=True)}


def _check(before: Mapping[tuple[str, str], Counter[str]], after: Mapping[tuple[str, str], Counter[str]]) -> None:
    for (table, name), values in after.items():
        if new := {value: rows for value, rows in values.items() if rows > before[table, name][value]}:
            some = ", ".join(list(new)[:3])
            raise errors.RestoreError(
                f"{counted(sum(new.values()), 'row')} of {table.replace(chr(34), '')} would lead nowhere by {name}: "
                f"they were written since and point at what the rollback removes: {some}. Everything was rolled back."
            )
