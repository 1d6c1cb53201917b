"""What the tables' own triggers and rules make of rows that a restore writes, as far as reading them tells."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import BoundSet, RewriteRule, Table, Trigger
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import identifier, literal
from practice_guard.core.findings import found
from practice_guard.core.words import agreeing, counted

_Found = tuple[Table, Trigger | RewriteRule]

_FIRE = "They fire for restored rows as for any others. A restore that finds one changing its rows stops."


def triggers(scene: Scene) -> Answer:
    """Whether users' triggers and rules are on protected tables, and may change or swallow what a restore writes.

    What fires before a row is written may do either: only a write shows whether it does, and this is not one.
    """
    tables = scene.protected_tables
    fired: list[_Found] = [(table, each) for table in tables for each in table.triggers if each.enabled]
    rules: list[_Found] = [(table, each) for table in tables for each in table.rules]
    if not fired and not rules:
        return Answer(f"no trigger of users' own is on a protected table{_and(_left_out(scene))}")
    unknown = [_named(table, each) for table in tables for each in table.triggers if each.before]
    unknown += [_named(table, each) for table, each in rules]
    listed = [_named(table, each) for table, each in (*fired, *rules)]
    what = f"{_counted(fired, rules)} on protected tables: {', '.join(listed)}."
    if unknown:
        what += f" Only a write shows what {agreeing(len(unknown), 'it makes', 'they make')} of a row"
        what += "." if len(unknown) == len(listed) else f": {', '.join(unknown)}."
    why = _FIRE + (" `restore --dry-run` cannot know what they do." if unknown else "") + _sentence(_left_out(scene))
    fix = "\n".join(_shown(each) for _, each in (*fired, *rules))
    return Answer(what, (found("user-triggers", what, why, fix, examples=listed),), looked=not unknown)


def swallowed(scene: Scene) -> Answer:
    """Whether a trigger or rule surely keeps rows out of a protected table, so that no restore can work."""
    every = [(bound, each) for bound in scene.app.sets for each in _both(bound.table)]
    certain = {
        _named(bound.table, each): (bound.table, each) for bound, each in every if each.certain and _hits(bound, each)
    }
    if not certain:
        return Answer("no trigger or rule is known to keep every row out of a protected table")
    that_let = agreeing(len(certain), "trigger or rule that lets", "triggers or rules that let")
    what = f"{len(certain)} {that_let} no row through: {', '.join(certain)}."
    why = "A restore would write nothing there: the rows would wait, or, where they are all, it would be rolled back."
    fix = "\n".join(f"{_shown(each)}\n{_disabling(table, each)}" for table, each in certain.values())
    return Answer(what, (found("writes-swallowed", what, why, fix, examples=certain),))


def _both(table: Table) -> list[Trigger | RewriteRule]:
    return [*table.triggers, *table.rules]


def _hits(bound: BoundSet, each: Trigger | RewriteRule) -> bool:
    """Whether it meets what a restore does to the rows of a set."""
    return each.on_update or (each.on_insert and not bound.only_pointed)


def _left_out(scene: Scene) -> str:
    """Say which columns triggers set by rule, so that what they hold is not compared."""
    names = {f"{bound.table.name}.{name}" for bound in scene.app.sets for name in bound.stamped}
    return f"not compared, since triggers set them: {', '.join(sorted(names))}" if names else ""


def _and(said: str) -> str:
    return f"; {said}" if said else ""


def _sentence(said: str) -> str:
    return f" {said[0].upper()}{said[1:]}." if said else ""


def _counted(fired: Sequence[object], rules: Sequence[object]) -> str:
    return " and ".join(counted(len(each), noun) for each, noun in ((fired, "trigger"), (rules, "rule")) if each)


def _named(table: Table, each: Trigger | RewriteRule) -> str:
    return f"{each.name} on {table.name}"


def _shown(each: Trigger | RewriteRule) -> str:
    return mending("show_trigger" if isinstance(each, Trigger) else "show_rule", name=literal(each.name))


def _disabling(table: Table, each: Trigger | RewriteRule) -> str:
    if isinstance(each, Trigger):
        return mending("disable_trigger", table=table.quoted, name=identifier(each.name))
    return mending("disable_rule", table=table.quoted, name=identifier(each.name))
