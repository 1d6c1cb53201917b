"""The rows of a world as they are, and how somebody changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.world.hostile.arena import NOBODY, Arena, timed
from tests.world.hostile.houses import NO_PRACTICE, TIMES, Table


@dataclass
class Scene:
    """The rows as they are, and what is peculiar to a world.

    Attributes:
        former: ids that teams and leagues have had.
        busy: the tables in which most of it happens.
        said: by table and column, what may stand there; often it is the same in all rows.
        times: when rows may have been made.
    """

    arena: Arena
    chance: Random
    former: dict[str, set[int]] = field(default_factory=dict)
    busy: list[Table] = field(default_factory=list)
    said: dict[tuple[str, str], list[object]] = field(default_factory=dict)
    times: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance, tables = self.chance, list(self.arena.tables.values())
        if chance.random() < 0.6:
            own = [self.arena.tables[name] for name in self.arena.house.busy]
            self.busy = chance.sample(own, chance.randint(1, 2))
        else:
            self.busy = chance.choices(tables, [each.weight for each in tables], k=chance.randint(1, 3))
        one = chance.choice((0.2, 0.6, 0.9))
        for table in tables:
            for column, values in table.values.items():
                self.said[table.name, column] = list(values)[: 1 if chance.random() < one else None]
        self.times = chance.sample(list(TIMES), chance.choice((1, 2, 2, 3, len(TIMES))))

    @property
    def ids(self) -> dict[str, list[Any]]:
        """The primary keys that there are, by table; of a declared set's parents too."""
        names = {"teams", "leagues", "players", *self.arena.tables}
        return {name: self.arena.keys(name) for name in sorted(names)}

    def table(self) -> Table:
        """Some table; mostly a busy one."""
        if self.chance.random() < 0.75:
            return self.chance.choice(self.busy)
        tables = list(self.arena.tables.values())
        return self.chance.choices(tables, [each.weight for each in tables])[0]

    def row(self, table: Table, ids: Mapping[str, Sequence[Any]]) -> dict[str, object]:
        """Draw a row without its key; `ids` are those that there are, by table."""
        chance = self.chance
        row: dict[str, object] = {
            column: None if chance.random() < 0.08 or not ids[target] else chance.choice(ids[target])
            for column, target in table.points.items()
        }
        row |= {column: chance.choice(self.said[table.name, column]) for column in table.values}
        row |= {column: f"{chance.randrange(10**9)}@example.org" for column in table.fresh}
        if table.name == "schedule":
            row["home_team"] = NO_PRACTICE if chance.random() < 0.05 else row["home_team"]
            row["away_team_id"] = row["away_team_id"] if chance.random() < 0.3 else None
        return row | ({"created_at": chance.choice(self.times)} if timed(self.arena, table) else {})

    def free_key(self, table: Table, keys: Sequence[Any]) -> Any:
        """A key that nobody has; none where all are taken."""
        left = [key for key in table.keys if key not in keys]
        return self.chance.choice(left) if left else None

    def remember(self) -> None:
        """Note what teams and leagues are called now."""
        for name in ("teams", "leagues"):
            self.former.setdefault(name, set()).update(self.arena.keys(name))

    def gone(self, target: str) -> int:
        """An id that something had, or that nothing ever had."""
        had = sorted(self.former.get(target, ()))
        return self.chance.choice(had) if had and self.chance.random() < 0.8 else NOBODY + self.chance.randrange(3)

    def few(self, table: Table) -> list[Any]:
        """Some of a table's keys: one, a few, or all."""
        keys = self.arena.keys(table.name)
        share = self.chance.choice((0.05, 0.3, 0.6, 1.0))
        return self.chance.sample(keys, min(len(keys), max(1, round(share * len(keys)))))

    def column(self, table: Table) -> str:
        """Mostly the column that decides."""
        columns = list(table.points)
        return columns[0] if self.chance.random() < 0.7 else self.chance.choice(columns)

    def point(self, table: Table, key: object) -> None:
        column = self.column(table)
        if there := self.arena.keys(table.points[column]):
            self.set(table, key, column, self.chance.choice(there))

    def set(self, table: Table, key: object, column: str, to: object) -> None:
        text = "UPDATE {} SET {} = %(to)s WHERE {} = %(key)s"
        self.arena.does(text, table.name, column, self.arena.key(table.name), to=to, key=key)

    def like(self, table: Table, one: object, other: object, columns: Sequence[str]) -> None:
        """Make columns of a row what they are in another."""
        names, own = ", ".join(columns), self.arena.key(table.name)
        self.arena.does(
            f"UPDATE {table.name} SET ({names}) = (SELECT {names} FROM {table.name} WHERE {own} = %(other)s)"
            f" WHERE {own} = %(one)s",
            one=one,
            other=other,
        )

    def delete(self, table: Table, keys: Sequence[Any]) -> None:
        for key in keys:
            self.arena.does("DELETE FROM {} WHERE {} = %(key)s", table.name, self.arena.key(table.name), key=key)

    def copy(self, table: Table, key: object, *, made_anew: bool) -> Any:
        """Copy a row under a free key; returns that, or None where there is none."""
        own = self.arena.key(table.name)
        free = self.free_key(table, self.arena.keys(table.name))
        columns = [*table.points, *table.values, *(["created_at"] if timed(self.arena, table) else [])]
        if free is None or table.fresh:
            return None
        names = ", ".join(columns)
        self.arena.does(
            f"INSERT INTO {table.name} ({own}, {names})"
            f" SELECT %(free)s, {names} FROM {table.name} WHERE {own} = %(key)s",
            free=free,
            key=key,
        )
        if made_anew and "created_at" in columns:
            self.set(table, free, "created_at", self.chance.choice(self.times))
        return free
