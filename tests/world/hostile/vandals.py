"""What users and vandals do to protected rows, a statement or two at a time; the tables' keys may refuse it."""

from __future__ import annotations

from collections.abc import Callable

from tests.world.hostile.arena import timed
from tests.world.hostile.houses import NO_PRACTICE, Table
from tests.world.hostile.scene import Scene


def delete(scene: Scene, table: Table) -> None:
    scene.delete(table, scene.few(table))


def write_anew(scene: Scene, table: Table) -> None:
    """The same row under another key: a new one, or one that another row had."""
    for key in scene.few(table):
        scene.copy(table, key, made_anew=scene.chance.random() < 0.6)
        scene.delete(table, [key])


def double(scene: Scene, table: Table) -> None:
    """A copy beside it, perhaps on another team."""
    for key in scene.few(table):
        made = scene.copy(table, key, made_anew=scene.chance.random() < 0.5)
        if made is not None and scene.chance.random() < 0.5:
            scene.point(table, made)


def repoint(scene: Scene, table: Table) -> None:
    for key in scene.few(table):
        scene.point(table, key)


def set_adrift(scene: Scene, table: Table) -> None:
    """A column points at nothing, or at what is not there."""
    column = scene.column(table)
    for key in scene.few(table):
        to = None if scene.chance.random() < 0.5 else scene.gone(table.points[column])
        scene.set(table, key, column, to)


def all_of_a_team_adrift(scene: Scene, table: Table) -> None:
    column = table.first
    to = None if scene.chance.random() < 0.5 else scene.gone(table.points[column])
    if there := scene.arena.keys(table.points[column]):
        text = "UPDATE {0} SET {1} = %(to)s WHERE {1} = %(team)s"
        scene.arena.does(text, table.name, column, to=to, team=scene.chance.choice(there))


def edit(scene: Scene, table: Table) -> None:
    """Another content, which may end the protection of the row."""
    keys = scene.few(table) if table.values else []
    if keys and scene.chance.random() < 0.4:
        keys = scene.arena.keys(table.name)[-len(keys) :]  # what came last, as from a restore
    for key in keys:
        column = scene.chance.choice(list(table.values))
        to = scene.chance.choice(list(table.values[column]))
        if column == "home_team" and scene.chance.random() < 0.3:
            to = NO_PRACTICE
        scene.set(table, key, column, to)


def set_times(scene: Scene, table: Table) -> None:
    """Some are of one time, or of none."""
    to = scene.chance.choice(scene.times)
    for key in scene.few(table) if timed(scene.arena, table) else []:
        scene.set(table, key, "created_at", to)


def exchange_keys(scene: Scene, table: Table) -> None:
    keys = scene.arena.keys(table.name)
    if len(keys) > 1:
        one, other = scene.chance.sample(keys, 2)
        aside = "aside" if isinstance(one, str) else -1
        for old, new in ((one, aside), (other, one), (aside, other)):
            scene.set(table, old, scene.arena.key(table.name), new)


def renumber(scene: Scene, table: Table) -> None:
    keys = scene.arena.keys(table.name)
    for key in scene.few(table):
        if (free := scene.free_key(table, keys)) is not None:
            scene.set(table, key, scene.arena.key(table.name), free)


def scatter(scene: Scene, table: Table) -> None:
    """As an import that writes rows anew: under other keys, on old ids or on none, of their time or of another."""
    for key in scene.few(table):
        free = scene.free_key(table, scene.arena.keys(table.name))
        if free is None:
            return
        scene.set(table, key, scene.arena.key(table.name), free)
        what = scene.chance.random()
        if what < 0.6:
            scene.set(table, free, table.first, None if what < 0.4 else scene.gone(table.points[table.first]))
        if timed(scene.arena, table) and scene.chance.random() < 0.3:
            scene.set(table, free, "created_at", scene.chance.choice(scene.times))


def confuse(scene: Scene, table: Table) -> None:
    """A row comes to be several, none under its key: on its old id or on none, of its time or of another."""
    for key in scene.few(table)[:4]:
        for _ in range(scene.chance.choice((1, 2, 3, 3))):
            made = scene.copy(table, key, made_anew=scene.chance.random() < 0.5)
            if made is not None and scene.chance.random() < 0.6:
                to = None if scene.chance.random() < 0.7 else scene.gone(table.points[table.first])
                scene.set(table, made, table.first, to)
        scene.delete(table, [key])


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
    for key in scene.few(table):
        scene.delete(table, [key])
        row = scene.row(table, scene.ids)
        if table.name == "schedule" and scene.chance.random() < 0.5:
            row["home_team"] = NO_PRACTICE
        scene.arena.insert(table.name, [{scene.arena.key(table.name): key, **row}])


def crowd(scene: Scene, table: Table) -> None:
    """Two rows come to say the same, one of them perhaps adrift: they cannot both stand where one may."""
    keys = scene.arena.keys(table.name)
    if len(keys) < 2 or not table.values:
        return
    one, other = scene.chance.sample(keys, 2)
    if scene.chance.random() < 0.7:
        scene.like(table, one, other, [table.first])
    if scene.chance.random() < 0.7:
        to = None if scene.chance.random() < 0.4 else scene.gone(table.points[table.first])
        scene.set(table, scene.chance.choice((one, other)), table.first, to)
    scene.like(table, one, other, list(table.values))


def empty(scene: Scene, table: Table) -> None:
    scene.arena.does("DELETE FROM {}", table.name)


def take_along(scene: Scene, table: Table) -> None:
    """What hangs on a row goes with it, as with foreign keys on."""
    gone = {table.name: set(scene.few(table))}
    for child in scene.arena.tables.values():
        for column, target in child.points.items():
            if target in gone and target not in ("teams", "leagues", "users"):
                found = scene.arena.session.execute(
                    f"SELECT {scene.arena.key(child.name)} FROM {child.name} WHERE {column} = ANY (%s)",
                    [list(gone[target])],
                )
                gone.setdefault(child.name, set()).update(key for (key,) in found.fetchall())
    for name, keys in gone.items():
        scene.delete(scene.arena.tables[name], sorted(keys))


Deed = Callable[[Scene, Table], None]
DEEDS: dict[Deed, int] = {
    delete: 3,
    write_anew: 3,
    double: 3,
    repoint: 3,
    set_adrift: 4,
    all_of_a_team_adrift: 3,
    edit: 5,
    set_times: 1,
    exchange_keys: 2,
    renumber: 2,
    scatter: 4,
    confuse: 3,
    add: 4,
    take_a_key: 3,
    crowd: 4,
    empty: 1,
    take_along: 2,
}
"""What may be done, and how often."""


def write_all_anew(scene: Scene) -> str:
    """What an import may do to the rows of a busy table, beside the teams."""
    table, deed = scene.chance.choice(scene.busy), scene.chance.choice((scatter, confuse))
    for _ in range(scene.chance.randint(1, 3)):
        deed(scene, table)
    return f"{deed.__name__} {table.name} with the import"


def do_something(scene: Scene) -> str:
    """Do one deed to one table; returns what it was."""
    deed = scene.chance.choices(list(DEEDS), list(DEEDS.values()))[0]
    table = scene.table()
    deed(scene, table)
    return f"{deed.__name__} {table.name}"
