"""One protected set as a plan is worked out for it: its tables in the scratch, and the pieces of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet, Column, Reference, Table, numbers
from practice_guard.core.database import Scratch, columns, identifier, literal, statement
from practice_guard.core.restore import pointing
from practice_guard.core.restore.plans import NewKey
from practice_guard.core.restore.pointing import WHOLE, OtherKey
from practice_guard.core.snapshots import StoredSet

GOALS = {
    "list": "smallint", "old": "bigint", "id": "bigint", "evidence": "text", "fate": "text", "given_up": "boolean",
    "meant": "boolean", "league": "text", "made": "smallint",
}  # fmt: skip
"""Who a team or a league of a list is today; `list` is the list's place among the snapshot's, from 1.

`league` is the code of the team's league, or of the league itself. `made` is 0 where it was there when the snapshot was
taken, 1 where it was made since, and 2 where also since the last restore, or where it is not known.
"""

BESIDES = "besides"
"""The table that says the same of the rows of other parents, with their names in `parent`."""

DESTINATIONS = {
    "list": "smallint", "old": "bigint", "id": "bigint", "evidence": "text", "fate": "text", "given_up": "boolean",
    "deleted": "boolean", "is_row": "boolean", "team_list": "smallint", "team": "bigint", "team_evidence": "text",
    "team_fate": "text", "league": "text", "made": "smallint",
}  # fmt: skip
"""Where a row that others hang on will be, with the team and the league that it belongs to."""

REFUSED = {
    "set_name": "text", "row": "bigint", "key": "text", "list": "smallint", "old": "bigint", "how": "text",
    "note": "text",
}  # fmt: skip
"""What the database has refused: a row by its number, or by its key and the id that it hung on where an earlier restore
says so. `how` it is to wait, see `restore.waits`."""

PRECEDENTS = {
    "waited": {"set_name": "text", "row": "bigint"},
    "taken_back": {"set_name": "text", "key": "text"},
    "renumbered": {"set_name": "text", "row": "bigint", "key": "text"},
}
"""What earlier restores say of the snapshot's rows (see `records.precedents`)."""


@dataclass(frozen=True)
class Sheet:
    """A set of the snapshot and where it is worked out.

    Attributes:
        bound: the set as it is in the database.
        stored: what the snapshot holds of it.
        app: the database.
        scratch: the plan's tables.
        sparse: the plan has no line for rows that are in place to the letter; they are what the others leave over.
        freed: an import can have made primary keys those of other rows (see `BoundSet.frees_keys`).
        gone: not one row of the snapshot is left where it was.
        bare: the plan has no line for rows that are plainly to be put back; they are what the others leave over.
        lists: how many team lists the snapshot's ids come from.
        unknown: the columns that are references now and were none when the snapshot was taken.
    """

    bound: BoundSet
    stored: StoredSet
    app: Application
    scratch: Scratch
    sparse: bool = False
    freed: bool = False
    gone: bool = False
    bare: bool = False
    lists: int = 1
    unknown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The set's name."""
        return self.bound.name

    @property
    def references(self) -> tuple[Reference, ...]:
        """What its rows point at."""
        return self.bound.references

    @cached_property
    def places(self) -> range:
        """The references by their position."""
        return range(len(self.references))

    @property
    def of_teams(self) -> bool:
        """Whether the first reference is a team."""
        return self.references[0].target == TEAMS

    @property
    def parent(self) -> str | None:
        """The set on whose rows these hang first; None for teams and leagues."""
        return self.references[0].parent

    @property
    def hangs_on(self) -> str:
        """What the first reference points at, in a word for people."""
        first = self.references[0]
        return f"row of {first.target}" if isinstance(first.target, str) else first.target.one

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The columns that say what a row is, of those that the snapshot has where the set names none."""
        if self.bound.set.content:
            return self.bound.content
        return tuple(name for name in self.bound.content if name in self.stored.types)

    @property
    def narrowed(self) -> bool:
        """Whether another condition says now which rows are protected than when the snapshot was taken."""
        now, then = self.bound.set, self.stored.definition.get("condition", "")
        return bool(now.condition) and now.condition != then

    @property
    def key_only(self) -> bool:
        """Whether nothing but the primary key says which row is which."""
        return self.bound.key.name in self.bound.content

    @cached_property
    def key_type(self) -> str:
        """The type in which its primary keys are compared."""
        return "bigint" if self.bound.key.type in WHOLE and self._kept_as(self.stored.key) in WHOLE else "text"

    def _kept_as(self, column: str) -> str:
        return next((each.stored_as for each in self.stored.columns if each.name == column), "text")

    def nullable(self, place: int) -> bool:
        """Whether a reference may be empty."""
        return not self.bound.table.columns[self.references[place].column].not_null

    def each(self, text: str, between: str = ", ", start: int = 0) -> str:
        """Write a piece once for each reference, with its position in the place of `#`."""
        return between.join(text.replace("#", str(place)) for place in self.places if place >= start)

    @cached_property
    def tables(self) -> dict[str, dict[str, str]]:
        """The columns of its tables in the scratch, by name."""
        key = self.key_type
        refs = {f"list{place}": "smallint" for place in self.places} | {
            f"old{place}": "bigint" for place in self.places
        }
        kept = {"row": "bigint", "key": key, "content": "text", "created": "text", "carried": "boolean", **refs}
        return {
            f"rest_{self.name}": {**kept, "known": "boolean", "goal": "bigint", **self.live_columns},
            f"pairs_{self.name}": {"row": "bigint", "lkey": key},
            f"claims_{self.name}": {"row": "bigint", "lkey": key, "there": "boolean"},
            f"plan_{self.name}": self.plan_columns,
            f"waits_{self.name}": {"row": "bigint", "how": "text", "reason": "text", "note": "text", "occupant": key},
            **({f"busy_{self.name}": {"id": "bigint"}} if self.sparse else {}),
            **({f"were_{self.name}": {"id": "bigint", "value": "text"}} if self.bound.spelled else {}),
        }

    @cached_property
    def other_keys(self) -> list[OtherKey]:
        """The foreign keys besides the set's own, as far as the snapshot has their columns."""
        types = {each.name: each.stored_as for each in self.stored.columns}
        return list(pointing.others(self.bound, types, self.app, self.scratch))

    @cached_property
    def plain(self) -> list[Column]:
        """The columns that the snapshot has too, but for references and the primary key."""
        taken = {self.bound.key.name, *(each.column for each in self.references)}
        return [each for each in self.bound.stored if each.name in self.stored.types and each.name not in taken]

    @property
    def pointed_at(self) -> bool:
        """Whether a foreign key of a protected set's table leads to its table."""
        own = self.bound.table.name
        return any(key.parent == own for bound in self.app.sets for key in bound.table.foreign_keys)

    @cached_property
    def inward_keys(self) -> list[OtherKey]:
        """Those of them that point at rows of protected sets: a message at the one that it answers."""
        return [key for key in self.other_keys if key.within is not None]

    @cached_property
    def outward_keys(self) -> list[OtherKey]:
        """The others."""
        return [key for key in self.other_keys if key.within is None]

    @property
    def live_columns(self) -> dict[str, str]:
        """What is laid down of a row of the table."""
        refs = {f"ref{place}": "bigint" for place in self.places}
        return {
            "lkey": self.key_type, "lcontent": "text", "lcreated": "text", **refs, "there": "boolean",
            "protected": "boolean",
        }  # fmt: skip

    def kept_id(self, column: str) -> str:
        """Return SQL of the number of what a kept row `t` points at in a column, of the type that this was of."""
        value = f"t.{identifier(column)}"
        found = next((each for each in self.stored.columns if each.name == column), None)
        base = found.stored_as if found is not None else ""
        if found is not None and base != found.type:  # kept as text: what its domain is made of, the table says
            now = self.bound.table.columns.get(column)
            base = now.base if now is not None and now.type == found.type else ""
        return numbers.number(value, base)

    def list(self, place: int) -> str:
        """Which of the snapshot's lists the id in a reference of a kept row is of, from 1."""
        return _list_of(self.references[place].column)

    def old(self, place: int) -> str:
        """The id in a reference of a kept row, as its list has it."""
        return self._old_of(self.references[place].column)

    def _old_of(self, column: str) -> str:
        return f"coalesce((t.guard_from -> {literal(column)} ->> 'id')::bigint, {self.kept_id(column)})"

    @cached_property
    def plan_columns(self) -> dict[str, str]:
        """The columns of its plan; see `PlannedRow`. `put` is the key under which a row is in the end."""
        key = self.key_type
        return {
            "row": "bigint", "key": key, "carried": "boolean", "bucket": "text", "live_key": key,
            "list": "smallint", "old": "bigint", "team_list": "smallint", "team": "bigint",
            "evidence": "text", "fate": "text", "reason": "text", "note": "text",
            "new_key": "boolean", "was_wrong": "boolean", "unresolved": "smallint[]", "meant": "boolean",
            "moved": "boolean", "put": key,
            **{f"b{place}": "bigint" for place in self.places}, **{f"a{place}": "bigint" for place in self.places},
        }  # fmt: skip

    def goals(self, place: int) -> str:
        """Where a reference leads: what to join with on `list` and `old`."""
        reference = self.references[place]
        if reference.parent is not None:
            return self.scratch.table(f"dest_{reference.parent}") if self.followed(place) else _nowhere()
        found = statement(__name__, "of_a_list", table=self._led(reference))
        if given_up := self._given_up(place):
            now = _ids(*self.app.leads_to(reference))
            parts = {"found": found, "values": given_up, "now": now, "lists": str(self.lists)}
            found = statement(__name__, "with_given_up", **parts)
        if place and str(reference.target) not in (TEAMS.name, LEAGUES.name):
            found = statement(__name__, "with_strays", **self._strays(place, found))
        return "(" + found + "\n)"

    def _led(self, reference: Reference) -> str:
        """Return where the old ids of a parent lead."""
        name = str(reference.target)
        if name in (TEAMS.name, LEAGUES.name):
            return self.scratch.table(name)
        return "(" + statement(__name__, "led", table=self.scratch.table(BESIDES), parent=literal(name)) + "\n)"

    def _strays(self, place: int, found: str) -> dict[str, str]:
        reference = self.references[place]
        return {
            "found": found,
            "known": self._led(reference),
            "rows": identifier(self.stored.rows_table),
            "column": identifier(reference.column),
            "id": self.kept_id(reference.column),
            "own": literal(reference.column),
            "now": _ids(*self.app.leads_to(reference)),
        }

    def followed(self, place: int) -> bool:
        """Whether the snapshot has the rows of the set that a reference points at."""
        return self.scratch.has(f"dest_{self.references[place].parent}")

    def there(self, place: int) -> str:
        """The ids that a reference may have now: what to join with on `id`."""
        reference = self.references[place]
        if reference.parent is not None:
            bound = next(each for each in self.app.sets if each.name == reference.parent)
            return _ids(bound.table, bound.key.name)
        now = _ids(*self.app.leads_to(reference))
        if given_up := self._given_up(place):
            return "(" + statement(__name__, "or_given_up", now=now, values=given_up) + "\n)"
        return now

    def _given_up(self, place: int) -> str:
        """Return the values of a reference that a person has given up to find anything for, as SQL; mostly none."""
        return ", ".join(map(str, sorted(self.bound.set.given_up.get(self.references[place].column, ()))))

    @property
    def parts(self) -> Mapping[str, str]:
        """The pieces of its statements, quoted; `t` is a row as the snapshot keeps it, `l` one of the table.

        What its references lead to is called as it is now: without tables of its own it is another thing once filled.
        """
        joins = (
            f"  LEFT JOIN {self.goals(place)} AS g{place} ON g{place}.list = {_list_of(each.column)}"
            f" AND g{place}.old = {self._old_of(each.column)}"
            for place, each in enumerate(self.references)
        )
        return {**self._parts, "goal_joins": "\n".join(joins)}

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        created = identifier(self.bound.created) if self.bound.created else ""
        keyed = self.key_type
        return {
            **self.bound.parts,
            "key_type": keyed,
            "rows": identifier(self.stored.rows_table),
            "kept_key": f"t.{identifier(self.stored.key)}::{keyed}",
            "live_key": f"l.{identifier(self.bound.key.name)}::{keyed}",
            "content": columns(self.content, of="t", cast="::text"),
            "live_content": columns(self.content, of="l", cast="::text"),
            "alike": self.alike(self.content, kept="t", live="l"),
            "created": f"t.{created}::text" if created else "NULL::text",
            "live_created": f"l.{created}::text" if created else "NULL::text",
            "lists": ", ".join(_list_of(each.column) for each in self.references),
            "olds": ", ".join(self._old_of(each.column) for each in self.references),
            "live_refs": ", ".join(self.bound.id_of(each.column, "l") for each in self.references),
            "known": " AND ".join(
                f"({self._old_of(each.column)} IS NULL OR coalesce(g{place}.fate IN ('kept', 'renumbered'), false))"
                for place, each in enumerate(self.references)
            ),
            "known0": f"({self._old_of(self.references[0].column)} IS NULL"
            " OR coalesce(g0.fate IN ('kept', 'renumbered'), false))",
        }

    def alike(self, names: Iterable[str], *, kept: str, live: str, put: Mapping[str, str] | None = None) -> str:
        """Return the condition that a kept row and a live one say the same in some columns, to the last bit.

        Where a column has another type by now, its text decides.

        Args:
            names: the columns.
            kept: what the kept row is called.
            live: what the live one is called.
            put: what a row put back has in columns in which it has something else than the kept one.
        """
        ours, put = {each.name: each.type for each in self.bound.stored}, put or {}
        casts = {name: "" if ours.get(name) == self._kept_as(name) else "::text" for name in names}
        left = ", ".join(f"({put.get(name, f'{kept}.{identifier(name)}')}){cast}" for name, cast in casts.items())
        right = ", ".join(f"{live}.{identifier(name)}{cast}" for name, cast in casts.items())
        return f"record_image_eq(ROW({left}), ROW({right}))"

    @cached_property
    def same_key(self) -> str:
        """The condition that a row of the table has the primary key of one that is kept, each in its own type."""
        kept, live = self._kept_as(self.stored.key), self.bound.key.type
        plain = kept == live or (kept in WHOLE and live in WHOLE)
        cast = "" if plain else "::text"
        return f"l.{identifier(self.bound.key.name)}{cast} = t.{identifier(self.stored.key)}{cast}"


def _ids(table: Table, key: str) -> str:
    number = numbers.number(f"t.{identifier(key)}", table.columns[key].base)
    return "(" + statement(__name__, "ids", number=number, table=table.quoted) + "\n)"


def _nowhere() -> str:
    return "(" + statement(__name__, "nowhere") + "\n)"


def _list_of(column: str) -> str:
    """Which list the id in a kept row's column is of: the row's own word, else the snapshot's own list, the first."""
    own = f"t.guard_from -> {literal(column)}"
    return (
        f"(CASE WHEN {own} IS NOT NULL THEN array_position(%(lists)s::text[], {own} ->> 'list')"
        f" WHEN t.{identifier(column)} IS NOT NULL THEN 1 END)::smallint"
    )


STAND_IN = str(NewKey.BELOW)
