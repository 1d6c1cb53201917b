"""What pairing needs to know, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.oracle.plans import Destination, Kept, Live, SetPlan

TEAM = "team"
"""What most protected rows hang on."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What pairing needs to know of a set and of the database.

    Attributes:
        name: the set's name.
        etl_deletes: whether the ETL deletes such rows; None where nobody has said.
        may_vanish: an import takes rows along, so that a primary key may come back as another row's.
        hangs_on: what the first reference points at, in a word for people.
        key_only: nothing but the primary key says which row is which, so that none can be known under another.
        put: what restores since the snapshot have last pointed rows at, by primary key.
        renumbered: the new primary keys under which restores of the snapshot have put rows back, by their numbers.
        nullable: by reference, whether its column may be NULL.
        valid: by reference, the ids that exist now.
        proven: numbers of the rows that were in place in a state since which, provably, no import ran.
        include_deleted: rows that users deleted are wanted back too.
        outward: the references besides the first to teams or leagues, by position.
        league: those of them that say the league of the team that the row hangs on.
        league_of: the league of each team that there is.
        untold: nothing can be told of imports since the snapshot.
        chosen: numbers of the rows that nothing but a user can have pointed elsewhere.
        keyless: the table makes no primary keys, so that a row whose own is taken gets none.
    """

    name: str
    etl_deletes: bool | None
    may_vanish: bool
    nullable: tuple[bool, ...]
    valid: tuple[frozenset[int], ...]
    proven: frozenset[int] = frozenset()
    include_deleted: bool = False
    hangs_on: str = TEAM
    key_only: bool = False
    put: Mapping[str, int] = field(default_factory=dict)
    renumbered: Mapping[int, str] = field(default_factory=dict)
    outward: frozenset[int] = frozenset()
    league: frozenset[int] = frozenset()
    league_of: Mapping[int | None, int] = field(default_factory=dict)
    untold: bool = False
    keyless: bool = False
    chosen: frozenset[int] = frozenset()


Resolver = Callable[[int, tuple[str, int]], Destination]
"""Reference's position and an old id in its list → where it leads."""

Pair = Callable[[Sequence[Kept], Sequence[Live], Rules, Resolver], SetPlan]
"""What pairs: a snapshot's rows, the table's, what is known of the set, and where old ids lead."""
