"""What is protected on this database, what is not, and what would protect it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.application import exposed, sections
from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.exposed import Exposed
from practice_guard.core.application.parents import Parent
from practice_guard.core.application.protected import Reference
from practice_guard.core.application.sections import Proposal
from practice_guard.core.application.state import Application
from practice_guard.core.database import Database, Query, ask_each, identifier, statement


@dataclass(frozen=True, slots=True)
class Covered:
    """A protected set as it is.

    Attributes:
        bound: the set.
        rows: how many rows it has now.
        of: whether they hang on teams or on leagues, if need be by way of other sets.
        owners: on how many of those.
    """

    bound: BoundSet
    rows: int
    of: Parent
    owners: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is protected and what is not.

    Attributes:
        covered: the sets.
        exposed: the tables that nobody protects.
        proposals: what would protect each of them, and what would hang on their rows then.
        skipped: the sets whose table is not there.
        left_out: those that cannot be guarded, and why.
    """

    covered: tuple[Covered, ...]
    exposed: tuple[Exposed, ...]
    proposals: tuple[Proposal, ...]
    skipped: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The protected rows of all sets."""
        return sum(each.rows for each in self.covered)


def survey(database: Database, app: Application) -> Coverage:
    """Count what is protected and what is not. Reads only."""
    chains = [list(_chain(app, bound)) for bound in app.sets]
    counts = ask_each(database, [_count(*each) for each in zip(app.sets, chains, strict=True)])
    covered = tuple(
        Covered(bound, rows, _of(bound, chain), owners)
        for bound, chain, ((rows, owners),) in zip(app.sets, chains, counts, strict=True)
    )
    found = exposed.tables(database, app)
    return Coverage(covered, tuple(found), sections.propose(database, app, found), tuple(app.missed), app.left_out)


def _of(bound: BoundSet, chain: Chain) -> Parent:
    """Return what a set's rows hang on, if need be by way of others."""
    above = chain[-1][1] if chain else bound
    target = above.references[0].target
    if isinstance(target, str):
        raise KeyError(target)
    return target


def _count(bound: BoundSet, chain: Chain) -> Query:
    """Count a set's rows and, up its chain, the teams or leagues that they hang on."""
    joins: list[str] = []
    inner, alias = bound, "t"
    for depth, (reference, above) in enumerate(chain, start=1):
        column = identifier(reference.column)
        joins.append(statement(__name__, "above", below=alias, column=column, alias=f"p{depth}", **above.parts))
        inner, alias = above, f"p{depth}"
    owner = f"{alias}.{inner.parts['reference']}"
    return Query(statement(__name__, "count", joins="\n".join(joins), owner=owner, **bound.parts))


Chain = Sequence[tuple[Reference, BoundSet]]
"""References up to a set that hangs on teams or leagues, each with the set that it leads to."""


def _chain(app: Application, bound: BoundSet) -> Iterator[tuple[Reference, BoundSet]]:
    sets = {each.name: each for each in app.sets}
    first = bound.references[0]
    while first.parent is not None:
        above = sets[first.parent]
        yield first, above
        first = above.references[0]
