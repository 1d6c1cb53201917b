"""The rows of other parents than teams and leagues that rows wait for, or have lost: for a person to decide."""

from __future__ import annotations

from collections.abc import Iterator

from practice_guard.core.application import all_entries, read_entries
from practice_guard.core.database import Query, ask_each, statement
from practice_guard.core.identity import Entry, Led, Sought, seek
from practice_guard.core.restore.leading import by_outside_id
from practice_guard.core.restore.summing import Workings


def to_decide(workings: Workings) -> tuple[Sought, ...]:
    """Return what a decision may be about, in the order of the parents.

    A row waits where its first reference leads nowhere, and has lost what another one of its leads to.
    """
    gone: dict[str, list[Led]] = {}
    for parent, led in _gone(workings):
        gone.setdefault(parent, []).append(led)
    parents = [each for each in workings.app.followed if each.name in gone]
    now: dict[str, list[Entry]] = {}
    if parents:
        query = all_entries(parents)
        for name, number, said in workings.scratch.execute(query.text, query.parameters):
            now.setdefault(name, []).extend(read_entries([(number, said)]))
    found: list[Sought] = []
    for each in parents:
        taken = {led.new.id for of_list in workings.plan.led.values() for led in of_list[each.name].values() if led.new}
        free = () if by_outside_id(each) else (one for one in now.get(each.name, ()) if one.id not in taken)
        found += seek(each.name, each.texts, gone[each.name], free)
    return tuple(found)


def _gone(workings: Workings) -> Iterator[tuple[str, Led]]:
    """Find the rows that nobody knows; of those that lead to such a one, that one."""
    lists = workings.snapshot.lists
    names, queries = list[str](), list[Query]()
    for sheet in workings.sheets.values():
        for place, each in enumerate(sheet.references):
            name = None if each.parent is not None else each.outward.name
            if name is None or name not in workings.plan.led.get(workings.plan.snapshot, {}):
                continue
            parts = {**sheet.parts, "plan": workings.scratch.table(f"plan_{sheet.name}"), "place": str(place),
                     "list": sheet.list(place), "old": sheet.old(place)}  # fmt: skip
            names.append(name)
            queries.append(Query(statement(__name__, "sought", **parts), {"lists": list(lists)}))
    for name, rows in zip(names, ask_each(workings.scratch, queries), strict=True):
        for number, old in rows:
            yield from _unknown(workings, lists[number - 1], name, old)


def _unknown(workings: Workings, list_: str, name: str, old: int) -> Iterator[tuple[str, Led]]:
    found = workings.plan.led.get(list_, {}).get(name, {}).get(old)
    if found is None or found.new is not None or found.given_up:
        return
    leads = next(each.leads for each in workings.app.followed if each.name == name)
    above = [
        one
        for column, parent in leads.items()
        if (number := found.old.said.get(column)) is not None
        for one in _unknown(workings, list_, parent, int(number))
    ]
    yield from above or [(name, found)]
