"""Foreign keys of protected rows besides the references of their sets, and what tells where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from practice_guard.core.application import Application, BoundSet, Column, coming_back
from practice_guard.core.database import Scratch, identifier, piece

WHOLE = ("smallint", "integer", "bigint")


@dataclass(frozen=True, slots=True)
class OtherKey:
    """A foreign key that is none of a set's references: its column, by name and quoted, and what that points at.

    Attributes:
        theirs: the column of the parent that it points at, by name.
        cast: what both are compared as, where they are of two types.
        within: the protected set whose rows it points at, of the same snapshot; None for anything else.
        number: the type in which it is compared with the primary keys of that set, which may be others once rows are
            back; None where it points at another column, which comes back as it was.
        alias: what a statement calls the plan's line of what it points at.
        constraint: its name.
        deferrable: it can be checked in the end.
        plain: it is none: a person says what the number is of, and the database holds it to nothing.
    """

    name: str
    column: str
    parent: str
    parent_column: str
    theirs: str
    cast: str
    alias: str
    within: str | None = None
    number: str | None = None
    constraint: str = ""
    deferrable: bool = False
    plain: bool = False

    def joined(self, of: str, alias: str) -> str:
        """Return the join with what a row called `of` points at; `key` of `alias` is NULL where that is not there."""
        parts = {"parent": self.parent, "parent_column": self.parent_column, "column": self.column, "cast": self.cast}
        return piece(__name__, "let_in", **parts, of=of, alias=alias)


def others(bound: BoundSet, kept_as: Mapping[str, str], app: Application, scratch: Scratch) -> Iterator[OtherKey]:
    """Find the foreign keys of a set besides its own, and its plain numbers, as far as the snapshot has their columns.

    Of several columns one may say alone which row of a protected set it is: its number, or all that is left besides
    the set's own references. Others of that kind lead to nothing that can be followed.

    Args:
        bound: the set.
        kept_as: the types of its columns in the snapshot.
        app: the database.
        scratch: the plan's tables.
    """
    ours, held = {each.column for each in bound.references}, set[str]()
    for place, key in enumerate(bound.table.foreign_keys):
        parent = coming_back(app.sets, key.parent)
        within = parent if parent is not None and scratch.has(f"plan_{parent.name}") else None
        leading = key.leads(within.key.name if within else "", ours)
        if leading is None or leading[0] not in kept_as:
            continue
        if within is not None and any(each.column == leading[1] for each in within.references):
            within = None  # what it points at is pointed elsewhere itself
        if within is None and not key.single:
            continue
        own, theirs = leading
        parents = _column(app, key.parent, theirs)
        held.add(own)
        yield OtherKey(
            own, identifier(own), key.parent_quoted, identifier(theirs), theirs,
            "" if parents is not None and parents.type == kept_as[own] else "::text",
            f"to_{place}", within.name if within else None,
            None if within is None or theirs != within.key.name else _number(kept_as[own], within.key.type),
            key.name, key.deferrable,
        )  # fmt: skip
    for place, (name, of) in enumerate(bound.set.points_at.items()):
        parent = next((each for each in app.sets if each.name == of and scratch.has(f"plan_{of}")), None)
        if parent is None or name not in kept_as or name in ours | held:
            continue
        key_name, number = parent.key.name, _number(kept_as[name], parent.key.type)
        yield OtherKey(
            name, identifier(name), parent.table.quoted, identifier(key_name), key_name,
            "" if parent.key.type == kept_as[name] else "::text", f"at_{place}", of, number, plain=True,
        )  # fmt: skip


def _number(*types: str) -> str:
    return "bigint" if all(each in WHOLE for each in types) else "text"


def _column(app: Application, table: str, name: str) -> Column | None:
    found = app.catalog.tables.get(table)
    return found.columns.get(name) if found else None
