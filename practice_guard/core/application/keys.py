"""What holds the rows of tables together, or apart: foreign keys, unique keys and exclusions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key. `on_delete` is PostgreSQL's letter: a, r, c(ascade), n(ull), d(efault).

    `parent_quoted` is the parent's qualified name, ready for a statement.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    parent: str
    on_delete: str
    validated: bool
    enforced: bool
    parent_columns: tuple[str, ...]
    deferrable: bool = False
    parent_quoted: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Its columns, each with the one of the parent that it must be found in."""
        return tuple(zip(self.columns, self.parent_columns, strict=True))

    @property
    def single(self) -> bool:
        """Whether one column alone leads to the parent."""
        return len(self.columns) == 1

    @property
    def leading(self) -> tuple[str, ...]:
        """The columns that say which row of the parent it is: the only one, or that with the parent's number."""
        return self.columns if self.single else tuple(own for own, theirs in self.pairs if theirs == "id")

    def leads(self, number: str, ours: Collection[str]) -> tuple[str, str] | None:
        """Return the pair of columns that says which row of the parent it is, beside columns that lead elsewhere.

        Args:
            number: the column that numbers the parent's rows.
            ours: the columns that lead elsewhere: a set's own references.

        Returns:
            that with the parent's number, or the only one; None where no column alone says it.
        """
        pairs = [pair for pair in self.pairs if pair[0] not in ours]
        numbered = [pair for pair in pairs if pair[1] == number]
        return numbered[0] if numbered else pairs[0] if len(pairs) == 1 else None


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique constraint or index; `usable` when valid, not deferrable and not partial, as ON CONFLICT needs it.

    `operators` say, column by column, when two values are the same, and `collations` under which one ("" for none):
    both as SQL that needs no search path.
    """

    name: str
    columns: tuple[str | None, ...]
    primary: bool
    valid: bool
    immediate: bool
    partial: bool
    operators: tuple[str, ...] = ()
    collations: tuple[str, ...] = ()
    nulls_alike: bool = False

    @property
    def usable(self) -> bool:
        """Whether INSERT … ON CONFLICT can rely on it."""
        return self.valid and self.immediate and not self.partial


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What keeps rows apart and is none of the unique keys: an exclusion constraint, or a unique index of one part.

    `by_equality` where rows stand in each other's way only if all columns are the same; a column is None where it is
    an expression.
    """

    columns: tuple[str | None, ...]
    by_equality: bool
    immediate: bool
