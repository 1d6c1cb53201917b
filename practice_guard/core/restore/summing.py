"""What a plan adds up to: its sums by team, what else is in the tables, and its lines, one after another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from practice_guard.core import errors
from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet
from practice_guard.core.database import Query, Row, Scratch, ask_each, literal, piece, statement
from practice_guard.core.guarding import Request
from practice_guard.core.model import Evidence, Fate, Reason
from practice_guard.core.restore import absent
from practice_guard.core.restore.plans import TEAM, Bucket, NewKey, Origin, Plan, PlannedRow, SetFacts, Sum
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.snapshots import Snapshot

EVERY = "true"
"""Asks for all lines of a plan."""


@dataclass(frozen=True, slots=True)
class Workings:
    """A plan with the tables in which it was worked out, while their transaction lives.

    Attributes:
        plan: the plan.
        snapshot: what it is of.
        app: the database as it was looked at.
        request: what was asked.
        scratch: the tables.
        sheets: by protected set, each after those that its rows hang on.
    """

    plan: Plan
    snapshot: Snapshot
    app: Application
    request: Request
    scratch: Scratch
    sheets: Mapping[str, Sheet]

    def rows(self, name: str, where: str = EVERY) -> Iterator[PlannedRow]:
        """Return the lines of a set's plan that meet a condition over `p`, in order of their numbers.

        Rows that are in place to the letter have none where the plan is sparse.
        """
        return (line for line, _ in self._lines(name, where, {"said": "NULL::text", "kept": ""}))

    def told(self, name: str) -> Iterator[tuple[PlannedRow, str]]:
        """Return the same lines, all of them, each with what its row says of itself, for people."""
        sheet = self.sheets[name]
        parts = pieces(sheet)
        kept = piece(__name__, "kept", **parts)
        return self._lines(name, EVERY, {"said": _says(sheet, parts), "kept": kept})

    def _lines(self, name: str, where: str, more: Mapping[str, str]) -> Iterator[tuple[PlannedRow, str]]:
        parts = {**pieces(self.sheets[name]), **more, "asked": where}
        for *row, said in self.scratch.stream(Query(statement(__name__, "rows", **parts))):
            yield _line(name, self.snapshot.lists, row), said or ""

    def added(self, name: str, alias: str) -> str:
        """Return the condition that a row of a set's table, called `alias`, is one that no row was paired with."""
        parts = {**pieces(self.sheets[name]), "row": _key_of(self.sheets[name], alias)}
        return piece(__name__, "is_added", **parts)

    def accounted(self, name: str, alias: str) -> str:
        """Return the condition that a row of a set's table is one that the snapshot has, and that is not in place."""
        parts = {**pieces(self.sheets[name]), "row": _key_of(self.sheets[name], alias)}
        return piece(__name__, "is_accounted_for", **parts)

    def count_accounted(self) -> int:
        """Count the rows of the tables that the snapshot has, and that are not in place."""
        asked = [Query(statement(__name__, "accounted_for", **pieces(sheet))) for sheet in self.sheets.values()]
        return sum(count for ((count,),) in ask_each(self.scratch, asked))

    def waiting(self) -> Iterator[tuple[str, str, Origin | None, int]]:
        """Return what waits: set, digest of what the rows say of themselves, their team, and how many they are."""
        for name, sheet in self.sheets.items():
            if not self.plan.counts(name)[Bucket.PENDING]:
                continue
            for content, list_, team, rows in self.scratch.stream(
                Query(statement(__name__, "waiting_alike", **pieces(sheet)))
            ):
                yield name, content, _origin(self.snapshot.lists, list_, team), rows


def _says(sheet: Sheet, parts: Mapping[str, str]) -> str:
    """Return SQL that says what a kept row is: its content, or its primary key where that is all there is."""
    if not sheet.bound.set.content or sheet.key_only:
        return f"{literal(sheet.bound.table.name + ' ')} || p.key::text"
    return piece(__name__, "says", **parts)


def _key_of(sheet: Sheet, alias: str) -> str:
    return f"{alias}.{sheet.parts['key']}::{sheet.key_type}"


def _line(name: str, lists: Sequence[str], line: Sequence[Any]) -> PlannedRow:
    row, key, bucket, list_, old, live_key, before, after, evidence, fate, *rest = line
    new_key, was_wrong, note, unresolved, team_list, team, reason = rest
    kept = live_key is not None or bucket == Bucket.INSERT
    return PlannedRow(
        name,
        row,
        key,
        Bucket(bucket),
        _origin(lists, list_, old),
        live_key,
        None if live_key is None else tuple(before),
        tuple(_key(each) for each in after) if kept else None,
        evidence and Evidence(evidence),
        fate and Fate(fate),
        new_key,
        was_wrong,
        note,
        tuple(unresolved),
        _origin(lists, team_list, team),
        reason and Reason(reason),
    )


def _key(value: int | None) -> int | None:
    return value if value is None or value >= NewKey.BELOW else NewKey(value)


def _origin(lists: Sequence[str], list_: int | None, old: int | None) -> Origin | None:
    return None if list_ is None or old is None else (lists[list_ - 1], old)


def pieces(sheet: Sheet) -> dict[str, str]:
    """Return the pieces of the statements that ask a set's plan, quoted."""
    table, name = sheet.scratch.table, sheet.name
    parts = {
        **sheet.parts,
        "plan": table(f"plan_{name}"),
        "lines": absent.lines(sheet),
        "rest": table(f"rest_{name}"),
        "pairs": table(f"pairs_{name}"),
        "before_list": sheet.each("p.b#"),
        "after_list": sheet.each("p.a#"),
        "sparse": "true" if sheet.sparse else "false",
        "list": sheet.list(0),
        "old": sheet.old(0),
        "goals": sheet.goals(0),
        "amiss": "l.ref0 IS NOT NULL" if sheet.bound.may_hang_on_nothing else "true",
    }
    return {**parts, "writes": writing(sheet), "live": statement(__name__, "live", **parts)}


def writing(sheet: Sheet) -> str:
    """Return the condition that applying the plan touches a row; `p` is its line."""
    lists = {"before_list": sheet.each("p.b#"), "after_list": sheet.each("p.a#")}
    return piece(__name__, "writes", **lists)


def sums(scratch: Scratch, sheets: Sequence[Sheet], lists: Sequence[str]) -> tuple[Sum, ...]:
    """Add up the plans of sets: the rows that are meant.

    Raises:
        errors.RestoreError: a row of the snapshot is in no bucket, or in two.
    """
    found: list[Sum] = []
    texts: dict[str, str] = {}
    every = ask_each(scratch, [_sums(sheet, lists) for sheet in sheets])
    for sheet, rows in zip(sheets, every, strict=True):
        if sum(count for count, *_ in rows) != sheet.stored.rows:
            raise errors.RestoreError("The plan's sums do not add up.")
        for count, bucket, team_list, team, evidence, fate, reason, note, *flags, meant in sorted(
            _united(rows), key=_in_order
        ):
            if meant:
                found.append(
                    Sum(
                        sheet.name, count, Bucket(bucket), _origin(lists, team_list, team),
                        evidence and Evidence(evidence), fate and Fate(fate), reason and Reason(reason),
                        texts.setdefault(note, note), *flags,
                    )
                )  # fmt: skip
    return tuple(found)


def _united(rows: Sequence[Row]) -> Iterator[Row]:
    """Add up what is said of rows that have lines and of rows that have none; which these are says nothing."""
    counts: dict[Row, int] = {}
    for count, *said in rows:
        counts[tuple(said)] = counts.get(tuple(said), 0) + count
    return ((count, *said) for said, count in counts.items())


def _in_order(line: Row) -> tuple[object, ...]:
    """By team, so that what is told of a plan is told in one order whatever the server's hashes are."""
    rows, bucket, team_list, team, evidence, fate, reason, note, *flags, _ = line
    return (team_list or 0, team or 0, bucket, evidence or "", fate or "", reason or "", note, flags, rows)


def _sums(sheet: Sheet, lists: Sequence[str]) -> Query:
    parts = pieces(sheet)
    text = statement(__name__, "sums", **parts)
    if not (sheet.sparse or sheet.bare):
        return Query(text)
    team = ("t.list", "t.old") if sheet.of_teams else ("NULL", "NULL")
    bucket, written = (Bucket.INSERT, "true") if sheet.bare else (Bucket.INTACT, "false")
    said = {"team_list": team[0], "team": team[1], "bucket": literal(bucket), "written": written}
    more = piece(__name__, "sums_of_others", **parts, **said)
    return Query(text + "\n" + more, {"lists": list(lists)})


def facts(scratch: Scratch, sheets: Sequence[Sheet]) -> dict[str, SetFacts]:
    """Find what is in the tables beside what the snapshot's rows were paired with, by set."""
    found: dict[str, SetFacts] = {}
    every = ask_each(scratch, [Query(statement(__name__, "added", **pieces(sheet))) for sheet in sheets])
    more = [sheet for sheet, ((added, *_),) in zip(sheets, every, strict=True) if added]
    copies = ask_each(scratch, [_copies(sheet) for sheet in more])
    twice = {sheet.name: count for sheet, ((count,),) in zip(more, copies, strict=True)}
    for sheet, ((added, orphaned, _, live),) in zip(sheets, every, strict=True):
        known = sheet.stored.types
        new = tuple(f"{sheet.bound.table.name}.{each.name}" for each in sheet.bound.stored if each.name not in known)
        found[sheet.name] = SetFacts(
            live, added, orphaned, twice.get(sheet.name, 0), sheet.of_teams, new, owner(sheet.bound, sheet.app)
        )
    return found


def owner(bound: BoundSet, app: Application) -> str:
    """Return one of what rows of a set hang on, in words for people, if need be by way of other rows."""
    sets = {each.name: each for each in app.sets}
    target = bound.references[0].target
    while isinstance(target, str):
        target = sets[target].references[0].target
    return TEAM if target.name in (TEAMS.name, LEAGUES.name) else target.one


def _copies(sheet: Sheet) -> Query:
    return Query(statement(__name__, "duplicated", doubles=doubles(sheet)))


def doubles(sheet: Sheet) -> str:
    """Return the query of the added rows that say the same, on the same team, as one that was paired."""
    return statement(__name__, "doubles", **pieces(sheet))


def digest(
    scratch: Scratch, sheets: Sequence[Sheet], made: Sequence[Sum], snapshot: str, database: Mapping[str, object]
) -> str:
    """Return a digest over everything that applying a plan does, and to what."""
    asked = [Query(statement(__name__, "digest", **pieces(sheet))) for sheet in sheets]
    lines = {sheet.name: row for sheet, (row,) in zip(sheets, ask_each(scratch, asked), strict=True)}
    # What is in place to the letter has no lines of its own where a plan is sparse.
    counted = sorted(
        [each.set, each.rows, each.bucket, str(each.team), str(each.evidence), str(each.fate)] for each in made
    )
    text = json.dumps([snapshot, dict(database), lines, counted], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def waiting(workings: Workings) -> dict[str, str]:
    """Return what asks for the numbers of the rows that are not in place once a plan is applied, by set.

    What users did is in place as they left it; what is in place and not meant is in place.
    """
    return {name: statement(__name__, "waiting", **pieces(sheet)) for name, sheet in workings.sheets.items()}
