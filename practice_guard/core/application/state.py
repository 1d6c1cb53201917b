"""What a command reads of the database once: its schema, the protected sets there, and the teams as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.application import catalog as catalogs
from practice_guard.core.application import teams
from practice_guard.core.application.bound import BoundSet, bind, left_out, references_of
from practice_guard.core.application.catalog import SCHEMA, Catalog, Table
from practice_guard.core.application.legible import check_legible
from practice_guard.core.application.parents import BUILT_IN_PARENTS, Parent
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference
from practice_guard.core.application.renumbered import BoundParent, followed, listed
from practice_guard.core.application.shapes import check_told_apart
from practice_guard.core.application.teams import TeamList
from practice_guard.core.database import Database, locks
from practice_guard.core.identity import Habits

PARENTS = ("clubs", "leagues", "series", "teams")


@dataclass(frozen=True, slots=True)
class Application:
    """What there is.

    Attributes:
        catalog: the schema.
        sets: the protected sets in it, each after those that its rows hang on.
        skipped: the names of those whose table is not there.
        now: the team list.
        followed: what an import renumbers besides teams and leagues, as far as protected rows lead there.
        left_out: the sets whose table is there and cannot be guarded, each with the reason.
        habits: how the leagues write their teams.
        parents: what an import renumbers, as far as its table is there.
    """

    catalog: Catalog
    sets: Sequence[BoundSet]
    skipped: Sequence[str]
    now: TeamList
    followed: Sequence[BoundParent]
    left_out: Mapping[str, str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    parents: tuple[Parent, ...] = BUILT_IN_PARENTS

    @property
    def owner(self) -> str:
        """One of what protected rows hang on, in words for people."""
        if self.catalog.is_of_league:
            return "team or league"
        *names, last = [each.name for each in self.followed] or ["a parent"]
        return f"row of {', '.join(names)} or {last}" if names else f"row of {last}"

    @property
    def missed(self) -> Sequence[str]:
        """The sets that are skipped, as far as anybody would look for them: no league's where there is none."""
        built_in = () if self.catalog.is_of_league else {each.name for each in BUILT_IN}
        return [name for name in self.skipped if name not in built_in]

    def leads_to(self, reference: Reference) -> tuple[Table, str]:
        """Return the table of the parent that a reference leads to, and the column that numbers its rows."""
        found = next((each for each in self.followed if each.name == str(reference.target)), None)
        return (found.table, found.key) if found else (self.catalog.table(str(reference.target)), "id")


def look(
    database: Database,
    sets: Sequence[ProtectedSet],
    schema: str = SCHEMA,
    habits: Habits | None = None,
    parents: Sequence[Parent] = BUILT_IN_PARENTS,
) -> Application:
    """Read what there is.

    Args:
        database: in an open transaction.
        sets: the protected sets.
        schema: the application's schema.
        habits: in which columns the leagues keep what their teams have besides names.
        parents: what an import renumbers.

    Raises:
        errors.SchemaError: the schema is not what it must be.
    """
    catalog = catalogs.read(database, schema, parents, (each.table for each in sets))
    bound, skipped = bind(sets, catalog)
    left = left_out(sets, catalog)
    leading = followed(references_of(bound), listed(parents, catalog))
    tables = [catalog.tables[name] for name in PARENTS if catalog.has(name)]
    check_told_apart(database, ((each.set, each.table, each.key) for each in bound))
    check_legible(database, [*tables, *(each.table for each in bound), *(each.table for each in leading)])
    now = teams.read(database, catalog, habits)
    there = tuple(each for each in parents if catalog.has(each.table))
    return Application(catalog, bound, skipped, now, leading, left, habits or Habits(), there)


def lock_for_reading(
    database: Database,
    catalog: Catalog,
    sets: Sequence[ProtectedSet],
    within: float,
    parents: Sequence[Parent] = BUILT_IN_PARENTS,
    more: Collection[str] = (),
) -> None:
    """Keep every table that a snapshot reads from being emptied meanwhile; must be a transaction's first statement.

    `more` are the names of others that it reads.
    """
    held = [each.table.name for each in bind(sets, catalog)[0]]
    held += [each.table.name for each in listed(parents, catalog)]
    names = sorted({*filter(catalog.has, (*PARENTS, "players", *held, *more))})
    locks.tables(database, [("ACCESS SHARE", [catalog.table(name).quoted for name in names])], within=within)


def lock_for_rollback(
    database: Database,
    catalog: Catalog,
    sets: Sequence[ProtectedSet],
    within: float,
    parents: Sequence[Parent] = BUILT_IN_PARENTS,
    more: Collection[str] = (),
) -> None:
    """Keep every other writer from the ETL's tables, from `more`, and from the protected ones, in a fixed order."""
    found = bind(sets, catalog)[0]
    leading = followed(references_of(found), listed(parents, catalog))
    first = [catalog.tables[name].quoted for name in PARENTS if catalog.has(name)]
    others = {catalog.table(name).quoted for name in {*catalog.etl_tables, *more} if catalog.has(name)}
    others |= {each.table.quoted for each in leading} | {each.table.quoted for each in found}
    locks.tables(database, [("SHARE ROW EXCLUSIVE", [*first, *sorted(others - {*first})])], within=within)


def lock_for_writing(
    database: Database,
    catalog: Catalog,
    sets: Sequence[ProtectedSet],
    within: float,
    parents: Sequence[Parent] = BUILT_IN_PARENTS,
) -> None:
    """Keep teams as they are and the protected tables from other writers, parents first, in a fixed order."""
    held = [catalog.tables[name].quoted for name in PARENTS if catalog.has(name)]
    found = bind(sets, catalog)[0]
    leading = followed(references_of(found), listed(parents, catalog))
    held += sorted({each.table.quoted for each in leading} - {*held})
    children = sorted({bound.table.quoted for bound in found})
    locks.tables(database, [("SHARE", held), ("SHARE ROW EXCLUSIVE", children)], within=within)
