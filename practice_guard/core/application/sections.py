"""What a settings file would have to say, so that tables that nobody protects are protected: its sections, as text."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import catalog as catalogs
from practice_guard.core.application import exposed, pointers, shapes
from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Column, Table
from practice_guard.core.application.declared_parents import LONGEST_NAME
from practice_guard.core.application.exposed import Exposed, Held
from practice_guard.core.application.parents import BUILT_IN_PARENTS, Parent
from practice_guard.core.application.pointers import Lead, Pointer
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference
from practice_guard.core.application.renumbered import bind_parent
from practice_guard.core.application.state import Application
from practice_guard.core.database import Database
from practice_guard.core.words import agreeing, counted

_FIELDS = tuple(each.name for each in BUILT_IN_PARENTS)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the settings file: the set that it declares, its table and condition, and its lines."""

    name: str
    table: str
    text: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would protect one table, and why some of it, or all, cannot be protected; empty where nothing keeps it."""

    table: str
    sections: tuple[Section, ...]
    why_not: str = ""


def propose(database: Database, app: Application, found: Sequence[Exposed]) -> tuple[Proposal, ...]:
    """Say of each table that nobody protects what would protect it, and likewise of what hangs on its rows then.

    A table has a section of its own for the rows that have no value in the columns of the one before, so that a row
    without a team is no row that has lost it.
    """
    built_in = (each.name for each in BUILT_IN)
    taken = {*built_in, *_FIELDS, *(each.name for each in app.sets), *(each.name for each in app.parents)}
    taken |= {*app.skipped, *app.left_out}
    app = _with(database, app, found)
    on = exposed.held(app)
    made = [_proposal(database, app, each, taken, on) for each in found]
    while hanging := _hanging(database, app, made, on):
        app = _with(database, app, hanging)
        made += [_proposal(database, app, each, taken, on) for each in hanging]
    return tuple(made)


def _with(database: Database, app: Application, found: Iterable[Exposed]) -> Application:
    """Have the catalogue read tables of other schemas too, as settings that named them would; else ask nothing."""
    there = app.catalog.tables
    new = {each.table for each in found if each.counts and each.pointers[0].elsewhere and each.table not in there}
    if not new:
        return app
    tables = (*new, *(each.name for each in app.catalog.elsewhere))
    return replace(app, catalog=catalogs.read(database, app.catalog.schema, app.parents, tables))


def appended(text: str, sections: Iterable[Section]) -> str:
    """Return a settings file's text with sections at its end; what is there stays, and so does how its lines end."""
    end = "\r\n" if "\r\n" in text else "\n"
    made = text if not text or text.endswith("\n") else f"{text}{end}"
    for each in sections:
        between = end if made and not made.endswith((f"{end}{end}", "\n\n")) else ""
        made += between + each.text.replace("\n", end)
    return made


def _proposal(database: Database, app: Application, each: Exposed, taken: set[str], on: Mapping[str, Held]) -> Proposal:
    if each.counts is None:
        return Proposal(each.table, (), "this role may not read its rows")
    if each.pointers[0].elsewhere and each.pointers[0].oid not in {table.oid for table in app.catalog.elsewhere}:
        return Proposal(each.table, (), f"settings cannot name it: a table of {app.catalog.schema} is called so too")
    table = app.catalog.table(each.table)
    own = [bound for bound in app.sets if bound.table.name == each.table]
    reasons = [_unfit(app, table, each, place) for place in range(len(each.pointers))]
    fit = [pointer for pointer, reason in zip(each.pointers, reasons, strict=True) if not reason]
    why = _whole(database, app, table, fit) if fit and not own else ""
    said = "; ".join(dict.fromkeys(filter(None, (why, *reasons))))
    if why or not fit:
        return Proposal(each.table, (), said)
    if own:
        section, beside = _added(own, fit)
        return Proposal(each.table, section, "; ".join(filter(None, (beside, said))))
    found = [each] if len(fit) == len(each.pointers) else exposed.counted(database, app, fit, on)
    sections = (section for one in found for section in _sections(one, taken))
    return Proposal(each.table, tuple(sections), said)


def _unfit(app: Application, table: Table, each: Exposed, place: int) -> str:
    """Say why one column cannot be followed; nothing where it can."""
    pointer, counts = each.pointers[place], each.counts
    column = table.columns[pointer.column]
    if pointer.into:
        return f"{pointer.column} leads to another column than the one that numbers the rows, {pointer.into}"
    kind = shapes.as_its_key(Reference(pointer.column, pointer.target), app.catalog)
    fits = pointer.kind in shapes.WHOLE if kind == shapes.A_NUMBER else _may_lead(app, column, pointer)
    if not fits or column.generated:
        no = "no whole number" if kind == shapes.A_NUMBER else f"not {kind}"
        return f"{pointer.column} is {'generated' if column.generated else column.type}, and {no}"
    if isinstance(pointer.target, Parent) and bind_parent(pointer.target, app.catalog) is None:
        return f"of {pointer.target.table} nobody can tell which row is which"
    outside = counts.outside[place] if counts else 0
    if outside:
        rows = agreeing(outside, "hangs on a row", "hang on rows")
        return f"{counted(outside, 'row')} of it {rows} of the same table that {pointer.target} does not have"
    return ""


def _may_lead(app: Application, column: Column, pointer: Pointer) -> bool:
    return shapes.may_lead(column, Reference(pointer.column, pointer.target), app.catalog)


def _whole(database: Database, app: Application, table: Table, columns: Sequence[Pointer]) -> str:
    """Say why the rows of a table cannot be guarded; nothing where they can."""
    for each in BUILT_IN:
        if each.table == table.name and each.name in app.left_out:
            return app.left_out[each.name].rstrip(".")
        if each.table == table.name and any(one.column in table.columns for one in each.references):
            return f'it is left out by the settings (not_protected = ["{each.name}"])'
    references = tuple(Reference(each.column, each.target) for each in columns)
    protected = ProtectedSet(table.name, table.name, references)
    if why := shapes.fault(protected, app.catalog):
        return why.rstrip(".")
    key = shapes.key_of(table, [each.column for each in columns])
    try:
        shapes.check_told_apart(database, [(protected, table, key)] if key else [])
    except errors.SchemaError as error:
        return error.message.rstrip(".")
    return ""


def _added(own: Sequence[BoundSet], columns: Sequence[Pointer]) -> tuple[tuple[Section, ...], str]:
    """Say what is to be added where a table has a set already: beneath a built-in set's name, or by a person."""
    fields = _fields(columns, own[0])
    told = ", ".join(fields)
    if len(own) == 1 and own[0].set.source == "built in" and not own[0].set.condition and "parent" not in fields:
        lines = ["[[protected]]", f"name = {json.dumps(own[0].name)}", *fields]
        return (Section(own[0].name, own[0].table.name, _text(lines)),), ""
    where = own[0].set.source
    named = f"the set {own[0].name}" if where == "built in" else f"the set {own[0].name} ({where})"
    return (), f"its rows are in {named}: say {told} there"


def _sections(each: Exposed, taken: set[str]) -> Iterator[Section]:
    """Write a section for the rows with a value in the first column, then for those that have none there, and so on."""
    counts = each.counts
    if counts is None:
        return
    left, used = counts.rows + counts.nothing, list[Pointer]()
    for place, pointer in enumerate(each.pointers):
        if rows := counts.first[place]:
            left -= rows
            said = [f"{_quoted(before.column)} IS NULL" for before in used]
            said += [f"{_quoted(pointer.column)} IS NOT NULL"] if left else []
            yield _section(each.table, each.pointers[place:], " AND ".join(said), taken)
        used += [pointer] if counts.pointing[place] else []


def _section(table: str, columns: Sequence[Pointer], which: str, taken: set[str]) -> Section:
    name = _name(table, taken)
    taken.add(name)
    lines = ["[[protected]]", f"name = {json.dumps(name)}", f"table = {json.dumps(table, ensure_ascii=False)}"]
    lines += _fields(columns)
    lines += [f"condition = {json.dumps(which, ensure_ascii=False)}"] if which else []
    return Section(name, table, _text(lines), which)


def _fields(columns: Sequence[Pointer], own: BoundSet | None = None) -> list[str]:
    """Write the fields that name some columns, each with those that the set has there already."""
    named: dict[str, list[str]] = {}
    above: Pointer | None = None
    for each in columns:
        if not isinstance(each.target, Parent):
            above = above or each
        else:
            named.setdefault(each.target.name, []).append(each.column)
    lines = [f"parent = {json.dumps(above.target)}", f"parent_column = {json.dumps(above.column)}"] if above else []
    for name in (each for each in _FIELDS if each in named):
        there = [each.column for each in own.references if str(each.target) == name] if own else []
        lines.append(f"{name} = {json.dumps([*there, *named[name]], ensure_ascii=False)}")
    others = {column: name for name, given in named.items() if name not in _FIELDS for column in given}
    if others:
        pairs = ", ".join(f"{_key(column)} = {json.dumps(name)}" for column, name in others.items())
        lines.append(f"points_at = {{ {pairs} }}")
    return lines


def _hanging(database: Database, app: Application, made: Sequence[Proposal], on: dict[str, Held]) -> list[Exposed]:
    """Find the tables with rows that hang on some that a section would protect, and that are not known yet."""
    leads: dict[str, Lead] = {}
    for first in (each.sections[0] for each in made if each.sections):
        table = app.catalog.table(first.table)
        key = shapes.key_of(table)
        if key is not None:
            leads[table.name] = Lead(first.name, key.name, key.base)
            on[first.name] = Held(table, key.name, first.condition)
    known = (each.table for each in made)
    ours = {*known, *(each.table.name for each in app.sets), *exposed.filled_again(app)}
    left = {name for name, table in app.catalog.tables.items() if pointers.is_left_over(table, app.catalog)}
    around = pointers.surroundings(database, app.catalog) if app.catalog.elsewhere else None
    found = {(each.table, each.column): each for each in pointers.by_key(app.catalog, leads, around)}
    hanging = [found[each] for each in sorted(found) if each[0] not in ours | left]
    return exposed.counted(database, app, hanging, on)


def _name(table: str, taken: Collection[str]) -> str:
    """Return a name for a table's set that no other has."""
    letters = re.sub(r"[^A-Za-z0-9_-]", "_", table)
    base = (letters if re.match(r"[A-Za-z]", letters) else f"t_{letters}")[:LONGEST_NAME]
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
    return name


def _quoted(column: str) -> str:
    plain = re.fullmatch(r"(?!current_|session_)[a-z]+_[a-z0-9_]*", column)  # no word of SQL's own
    return column if plain else '"' + column.replace('"', '""') + '"'


def _key(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z0-9_-]+", column) else json.dumps(column, ensure_ascii=False)


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
