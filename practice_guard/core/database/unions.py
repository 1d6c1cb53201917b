"""Questions of one kind, asked of many tables in one statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count

from practice_guard.core.database.port import Asked, Query, Row
from practice_guard.core.database.statements import statement

_PARAMETER = re.compile(r"%%|%\((\w+)\)s")
_BETWEEN = "\n UNION ALL\n"


def union(queries: Sequence[Query]) -> Query:
    """Make one statement of queries whose columns are alike; which row is whose, and their order, is lost."""
    parameters: dict[str, object] = {}
    texts = [statement(__name__, "one", query=renamed(each, parameters)) for each in queries]
    return Query(_BETWEEN.join(texts), parameters)


def ask_each(database: Asked, queries: Sequence[Query]) -> list[list[Row]]:
    """Ask queries whose columns are alike in one statement, and return each one's rows, in its own order.

    One query is sent as it is, and none not at all. All see the same moment, also where every statement sees one of
    its own (READ COMMITTED), and what they share is sent once; the statement time-out is for all of them together.
    Where neither matters, or columns are not alike, `Database.together` is simpler.
    """
    if len(queries) == 1:
        return [database.execute(queries[0].text, queries[0].parameters)]
    found: list[list[Row]] = [[] for _ in queries]
    if queries:
        parameters: dict[str, object] = {}
        texts = [
            statement(__name__, "numbered", number=str(number), query=renamed(each, parameters))
            for number, each in enumerate(queries)
        ]
        for number, _, *row in database.execute(
            statement(__name__, "in_order", queries=_BETWEEN.join(texts)), parameters
        ):
            found[number].append(tuple(row))
    return found


def renamed(query: Query, parameters: dict[str, object]) -> str:
    """Add a query's parameters to those of others, each under another name where that one means something else."""
    names = {name: _named(name, value, parameters) for name, value in query.parameters.items()}
    return _PARAMETER.sub(lambda found: f"%({names[found[1]]})s" if found[1] else found[0], query.text)


def _named(name: str, value: object, parameters: dict[str, object]) -> str:
    names = chain([name], (f"{name}_{number}" for number in count(1)))
    return next(each for each in names if parameters.setdefault(each, value) is value)
