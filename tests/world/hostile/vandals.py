"""What users and vandals do to protected rows, a statement or two at a time; the tables' keys may refuse it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.world.hostile.arena import NOBODY, Arena, timed
from tests.world.hostile.houses import TIMES, Table


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
        self.busy = chance.choices(tables, [each.weight for each in tables], k=chance.randint(1, 3))
        one = chance.choice((0.2, 0.6, 0.9))
        for table in tables:
            for column, values in table.values.items():
                self.said[table.name, column] = list(values)[: 1 if chance.random() < one else None]
        self.times = chance.sample(list(TIMES), chance.randint(1, len(TIMES)))

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
            row["home_team"] = "Midtown - 22" if chance.random() < 0.05 else row["home_team"]
            row["away_team_id"] = row["away_team_id"] if chance.random() < 0.3 else None
        return row | ({"created_at": chance.choice(self.times)} if timed(self.arena, table) else {})

    def some(self, keys: Sequence[Any]) -> list[Any]:
        """Some of the keys: one, a few, or all."""
        share = self.chance.choice((0.05, 0.3, 0.6, 1.0))
        count = min(len(keys), max(1, round(share * len(keys))))
        return self.chance.sample(keys, count)

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


def delete(scene: Scene, table: Table) -> None:
    keys = scene.arena.keys(table.name)
    _each(scene, table, "DELETE FROM {table} WHERE {key} = %(key)s", scene.some(keys) if keys else [])


def write_anew(scene: Scene, table: Table) -> None:
    """The same row under another key: a new one, or one that another row had."""
    for key in _few(scene, table):
        _copy(scene, table, key, made_anew=scene.chance.random() < 0.6)
        _each(scene, table, "DELETE FROM {table} WHERE {key} = %(key)s", [key])


def double(scene: Scene, table: Table) -> None:
    """A copy beside it, perhaps on another team."""
    for key in _few(scene, table):
        made = _copy(scene, table, key, made_anew=scene.chance.random() < 0.5)
        if made is not None and scene.chance.random() < 0.5:
            _point(scene, table, made)


def repoint(scene: Scene, table: Table) -> None:
    for key in _few(scene, table):
        _point(scene, table, key)


def set_adrift(scene: Scene, table: Table) -> None:
    """A column points at nothing, or at what is not there."""
    column = _column(scene, table)
    for key in _few(scene, table):
        to = None if scene.chance.random() < 0.5 else scene.gone(table.points[column])
        _set(scene, table, key, column, to)


def all_of_a_team_adrift(scene: Scene, table: Table) -> None:
    column = next(iter(table.points))
    to = None if scene.chance.random() < 0.5 else scene.gone(table.points[column])
    if there := scene.arena.keys(table.points[column]):
        text = "UPDATE {0} SET {1} = %(to)s WHERE {1} = %(team)s"
        scene.arena.does(text, table.name, column, to=to, team=scene.chance.choice(there))


def edit(scene: Scene, table: Table) -> None:
    """Another content, which may end the protection of the row."""
    keys = _few(scene, table) if table.values else []
    if keys and scene.chance.random() < 0.4:
        keys = scene.arena.keys(table.name)[-len(keys) :]  # what came last, as from a restore
    for key in keys:
        column = scene.chance.choice(list(table.values))
        _set(scene, table, key, column, scene.chance.choice(list(table.values[column])))


def set_times(scene: Scene, table: Table) -> None:
    """Some are of one time, or of none."""
    to = scene.chance.choice(scene.times)
    for key in _few(scene, table) if timed(scene.arena, table) else []:
        _set(scene, table, key, "created_at", to)


def exchange_keys(scene: Scene, table: Table) -> None:
    keys = scene.arena.keys(table.name)
    if len(keys) > 1:
        one, other = scene.chance.sample(keys, 2)
        aside = "aside" if isinstance(one, str) else -1
        for old, new in ((one, aside), (other, one), (aside, other)):
            _set(scene, table, old, scene.arena.key(table.name), new)


def renumber(scene: Scene, table: Table) -> None:
    keys = scene.arena.keys(table.name)
    for key in _few(scene, table):
        if (free := scene.free_key(table, keys)) is not None:
            _set(scene, table, key, scene.arena.key(table.name), free)


def scatter(scene: Scene, table: Table) -> None:
    """As an import that writes rows anew: under other keys, on old ids or on none, of their time or of another."""
    first = next(iter(table.points))
    for key in _few(scene, table):
        free = scene.free_key(table, scene.arena.keys(table.name))
        if free is None:
            return
        _set(scene, table, key, scene.arena.key(table.name), free)
        what = scene.chance.random()
        if what < 0.5:
            _set(scene, table, free, first, None if what < 0.2 else scene.gone(table.points[first]))
        if timed(scene.arena, table) and scene.chance.random() < 0.3:
            _set(scene, table, free, "created_at", scene.chance.choice(scene.times))


def add(scene: Scene, table: Table) -> None:
    """Rows that the application writes."""
    ids = scene.ids
    for _ in range(scene.chance.randint(1, 5)):
        key = scene.free_key(table, scene.arena.keys(table.name))
        if key is not None:
            row = scene.row(table, ids)
            scene.arena.insert(table.name, [{scene.arena.key(table.name): key, **row}])


def take_a_key(scene: Scene, table: Table) -> None:
    """A row goes, and another one gets its key: one that is none of the protected, where there are such."""
    for key in _few(scene, table):
        _each(scene, table, "DELETE FROM {table} WHERE {key} = %(key)s", [key])
        row = scene.row(table, scene.ids)
        if table.name == "schedule" and scene.chance.random() < 0.5:
            row["home_team"] = "Midtown - 22"
        scene.arena.insert(table.name, [{scene.arena.key(table.name): key, **row}])


def crowd(scene: Scene, table: Table) -> None:
    """Two rows come to say the same, one of them perhaps adrift: they cannot both stand where one may."""
    keys = scene.arena.keys(table.name)
    if len(keys) < 2 or not table.values:
        return
    one, other = scene.chance.sample(keys, 2)
    first = next(iter(table.points))
    if scene.chance.random() < 0.5:
        _like(scene, table, one, other, [first])
    if scene.chance.random() < 0.7:
        to = None if scene.chance.random() < 0.4 else scene.gone(table.points[first])
        _set(scene, table, scene.chance.choice((one, other)), first, to)
    _like(scene, table, one, other, list(table.values))


def empty(scene: Scene, table: Table) -> None:
    scene.arena.does("DELETE FROM {}", table.name)


def take_along(scene: Scene, table: Table) -> None:
    """What hangs on a row goes with it, as with foreign keys on."""
    gone = {table.name: set(_few(scene, table))}
    for child in scene.arena.tables.values():
        for column, target in child.points.items():
            if target in gone and target not in ("teams", "leagues", "users"):
                found = scene.arena.session.execute(
                    f"SELECT {scene.arena.key(child.name)} FROM {child.name} WHERE {column} = ANY (%s)",
                    [list(gone[target])],
                )
                gone.setdefault(child.name, set()).update(key for (key,) in found.fetchall())
    for name, keys in gone.items():
        _each(scene, scene.arena.tables[name], "DELETE FROM {table} WHERE {key} = %(key)s", sorted(keys))


Deed = Callable[[Scene, Table], None]
DEEDS: dict[Deed, int] = {
    delete: 3,
    write_anew: 3,
    double: 2,
    repoint: 3,
    set_adrift: 4,
    all_of_a_team_adrift: 3,
    edit: 5,
    set_times: 1,
    exchange_keys: 2,
    renumber: 2,
    scatter: 4,
    add: 4,
    take_a_key: 3,
    crowd: 3,
    empty: 1,
    take_along: 2,
}
"""What may be done, and how often."""


def do_something(scene: Scene) -> str:
    """Do one deed to one table; returns what it was."""
    deed = scene.chance.choices(list(DEEDS), list(DEEDS.values()))[0]
    table = scene.table()
    deed(scene, table)
    return f"{deed.__name__} {table.name}"


def _few(scene: Scene, table: Table) -> list[Any]:
    keys = scene.arena.keys(table.name)
    return scene.some(keys) if keys else []


def _column(scene: Scene, table: Table) -> str:
    """Mostly the column that decides."""
    columns = list(table.points)
    return columns[0] if scene.chance.random() < 0.7 else scene.chance.choice(columns)


def _point(scene: Scene, table: Table, key: object) -> None:
    column = _column(scene, table)
    if there := scene.arena.keys(table.points[column]):
        _set(scene, table, key, column, scene.chance.choice(there))


def _set(scene: Scene, table: Table, key: object, column: str, to: object) -> None:
    text = "UPDATE {} SET {} = %(to)s WHERE {} = %(key)s"
    scene.arena.does(text, table.name, column, scene.arena.key(table.name), to=to, key=key)


def _like(scene: Scene, table: Table, one: object, other: object, columns: Sequence[str]) -> None:
    """Make columns of a row what they are in another."""
    names, own = ", ".join(columns), scene.arena.key(table.name)
    scene.arena.does(
        f"UPDATE {table.name} SET ({names}) = (SELECT {names} FROM {table.name} WHERE {own} = %(other)s)"
        f" WHERE {own} = %(one)s",
        one=one,
        other=other,
    )


def _each(scene: Scene, table: Table, text: str, keys: Sequence[Any]) -> None:
    for key in keys:
        scene.arena.does(
            text.replace("{table}", "{0}").replace("{key}", "{1}"), table.name, scene.arena.key(table.name), key=key
        )


def _copy(scene: Scene, table: Table, key: object, *, made_anew: bool) -> Any:
    """Copy a row under a free key; returns that, or None where there is none."""
    own = scene.arena.key(table.name)
    free = scene.free_key(table, scene.arena.keys(table.name))
    columns = [*table.points, *table.values, *(["created_at"] if timed(scene.arena, table) else [])]
    if free is None or table.fresh:
        return None
    names = ", ".join(columns)
    scene.arena.does(
        f"INSERT INTO {table.name} ({own}, {names}) SELECT %(free)s, {names} FROM {table.name} WHERE {own} = %(key)s",
        free=free,
        key=key,
    )
    if made_anew and "created_at" in columns:
        _set(scene, table, free, "created_at", scene.chance.choice(scene.times))
    return free
