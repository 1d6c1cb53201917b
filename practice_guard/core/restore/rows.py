"""The protected rows of the tables by themselves, counted."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import Application, BoundSet
from practice_guard.core.database import Database, Query, ask_each, identifier, statement


def count_rows(database: Database, sets: Sequence[BoundSet]) -> int:
    """Count the protected rows that the tables of these sets have now."""
    texts = [statement(__name__, "count_rows", **bound.parts) for bound in sets]
    return sum(count for ((count,),) in ask_each(database, [Query(text) for text in texts]))


def count_alone(database: Database, app: Application) -> dict[str, tuple[int, int]]:
    """Count, by set, the protected rows that there are now, and those of them that hang on nothing."""
    found = ask_each(database, [_alone(app, bound) for bound in app.sets])
    return {bound.name: (rows, adrift) for bound, ((rows, adrift),) in zip(app.sets, found, strict=True)}


def _alone(app: Application, bound: BoundSet) -> Query:
    first = bound.references[0]
    above = next((each for each in (*app.sets, *app.companions) if each.name == first.parent), None)
    table = above.table if above else app.catalog.table(str(first.target))
    key = identifier(above.key.name if above else "id")
    return Query(statement(__name__, "count_alone", **bound.parts, parents=table.quoted, parent_key=key))
