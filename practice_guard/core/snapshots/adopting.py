"""Rows of a new snapshot that hang on ids which nothing explains, given the older list that does (`guard_from`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core.application import BoundSet, Parent, Reference
from practice_guard.core.database import Database, Query, ask_each, identifier, literal, piece, statement
from practice_guard.core.snapshots.known_ids import knowing
from practice_guard.core.snapshots.sets import StoredSet


@dataclass(frozen=True, slots=True)
class Orphan:
    """An id that the list it is said to be of does not know, and the rows of one set that hang on it.

    Attributes:
        set: whose rows they are.
        column: the reference.
        parent: what the reference points at.
        id: what it has, or had when it was last in its table.
        rows: how many.
        list: the list that knows the id; None where none of those asked does.
        text: the id as people know it, where it is no number.
    """

    set: str
    column: str
    parent: Parent
    id: int
    rows: int
    list: str | None
    text: str | None = None

    @property
    def spelled(self) -> str:
        """The id as people know it."""
        return self.text or str(self.id)


@dataclass(slots=True)
class Adoption:
    """Which sets' rows are adopted, by which lists, the one that is asked first before the others; what was `found`."""

    sets: Collection[str]
    lists: Sequence[str]
    found: tuple[Orphan, ...] = ()


_Pair = tuple[str, int]
"""A list and an id of it."""


def adopt(database: Database, own: str, sets: Sequence[tuple[BoundSet, StoredSet]], adoption: Adoption) -> None:
    """Let rows of a snapshot in the making say of which list the ids are that theirs does not know.

    Ids that no list of the adoption knows stay as they are, and those that a person has given up are left alone. Both
    what was adopted and what could not be is noted in the adoption, in the order of sets and columns.

    Args:
        database: where.
        own: the snapshot's id, and the name of its own list, which is kept already.
        sets: its sets with their copies, with what was carried over.
        adoption: which of them, by which lists.
    """
    meant = [(bound, stored) for bound, stored in sets if bound.name in adoption.sets]
    asked = [(bound, stored, each) for bound, stored in meant for each in bound.references if each.parent is None]
    answers = ask_each(database, [_pairs(bound, stored, each, own) for bound, stored, each in asked])
    counted = [{(name, number): rows for name, number, rows, _ in found} for found in answers]
    texts = [{number: text for _, number, _, text in found} for found in answers]
    known = _known(database, zip((each for *_, each in asked), counted, strict=True))
    found: list[Orphan] = []
    for (bound, stored, reference), pairs, spelled in zip(asked, counted, texts, strict=True):
        lists = known[reference.outward]
        given_up = bound.set.given_up.get(reference.column, frozenset())
        lost = {
            pair: rows
            for pair, rows in sorted(pairs.items())
            if pair[0] not in lists[pair[1]] and not (pair[0] == own and pair[1] in given_up)
        }
        heirs = {pair: next((each for each in adoption.lists if each in lists[pair[1]]), None) for pair in lost}
        _give(database, bound, stored, reference, own, {pair: heir for pair, heir in heirs.items() if heir is not None})
        found += (replace(each, text=spelled[each.id]) for each in _summed(bound, reference, lost, heirs))
    adoption.found = tuple(found)


def _known(
    database: Database, pairs: Iterator[tuple[Reference, Mapping[_Pair, int]]]
) -> dict[Parent, dict[int, frozenset[str]]]:
    """Return, by parent and id, the lists that know it."""
    ids: dict[Parent, set[int]] = {}
    for reference, found in pairs:
        ids.setdefault(reference.outward, set()).update(number for _, number in found)
    return {parent: knowing(database, parent, each) for parent, each in ids.items()}


def _summed(
    bound: BoundSet, reference: Reference, lost: Mapping[_Pair, int], heirs: Mapping[_Pair, str | None]
) -> Iterator[Orphan]:
    """Sum up rows that hang on one id, of whichever list it was said to be."""
    sums: dict[int, tuple[int, str | None]] = {}
    for (name, number), rows in lost.items():
        sums[number] = sums.get(number, (0, None))[0] + rows, heirs[name, number]
    for number, (rows, heir) in sorted(sums.items()):
        yield Orphan(bound.name, reference.column, reference.outward, number, rows, heir)


def _parts(bound: BoundSet, stored: StoredSet, reference: Reference) -> dict[str, str]:
    parts = {"column": literal(reference.column)}
    spelled = f"t.{identifier(reference.column)}::text" if reference.column in bound.spelled else "NULL::text"
    pair = piece(__name__, "pair", **parts, number=bound.id_of(reference.column, "t"), text=spelled)
    return {"rows": identifier(stored.rows_table), "pair": pair, "column": parts["column"]}


def _pairs(bound: BoundSet, stored: StoredSet, reference: Reference, own: str) -> Query:
    return Query(statement(__name__, "pairs", **_parts(bound, stored, reference)), {"own": own})


def _give(
    database: Database, bound: BoundSet, stored: StoredSet, reference: Reference, own: str, heirs: Mapping[_Pair, str]
) -> None:
    if heirs:
        named = {"lists": [name for name, _ in heirs], "ids": [number for _, number in heirs]}
        text = statement(__name__, "give", **_parts(bound, stored, reference))
        database.execute(text, {"own": own, **named, "heirs": list(heirs.values())})
