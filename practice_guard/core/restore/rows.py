"""The protected rows of the tables by themselves, counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from practice_guard.core.application import Application, BoundSet
from practice_guard.core.database import Database, Query, ask_each, identifier, statement


def count_rows(database: Database, sets: Sequence[BoundSet]) -> int:
    """Count the protected rows that the tables of these sets have now."""
    texts = [statement(__name__, "count_rows", **bound.parts) for bound in sets]
    return sum(count for ((count,),) in ask_each(database, [Query(text) for text in texts]))


def count_labelled(database: Database, app: Application) -> int:
    """Count the rows of `schedule` as scripts do that know practices by their label alone."""
    if not app.catalog.has("schedule", "home_team"):
        return 0
    ((count,),) = database.execute(statement(__name__, "count_labelled", table=app.catalog.table("schedule").quoted))
    return int(count)


class Alone(NamedTuple):
    """What a table says by itself: its protected rows, those that hang on nothing, and those on something gone."""

    rows: int
    adrift: int
    vanished: int


def count_alone(database: Database, app: Application) -> dict[str, Alone]:
    """Count, by set, the protected rows that there are now, and those of them that hang on nothing."""
    found = ask_each(database, [_alone(app, bound) for bound in app.sets])
    return {bound.name: Alone(*counts) for bound, (counts,) in zip(app.sets, found, strict=True)}


def _as_it_is(bound: BoundSet) -> str:
    """Return the condition that a row `t` may hang on nothing, or on what is gone."""
    given_up = bound.is_given_up(bound.references[0].column)
    return f"({given_up} OR t.{bound.parts['reference']} IS NULL)" if bound.may_hang_on_nothing else given_up


def _alone(app: Application, bound: BoundSet) -> Query:
    first = bound.references[0]
    above = next((each for each in app.sets if each.name == first.parent), None)
    table, key = (above.table, above.key.name) if above else app.leads_to(first)
    named = {
        **bound.parts,
        "parents": table.quoted,
        "parent_key": identifier(key),
        "given_up": _as_it_is(bound),
    }
    return Query(statement(__name__, "count_alone", **named))
