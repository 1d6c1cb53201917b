"""Restore: a plan that only reads, and its application in one transaction (design, "Restore")."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from functools import partial

from practice_guard.core import errors, locks, pairing, snapshot, storage, teams, writes
from practice_guard.core.catalog import Target
from practice_guard.core.copies import StoredSet
from practice_guard.core.database import Access, Database
from practice_guard.core.decisions import Decisions
from practice_guard.core.identity import resolve
from practice_guard.core.model import Evidence, Fate, Match
from practice_guard.core.plan import Destination, Kept, Live, Plan, PlannedRow, SetPlan
from practice_guard.core.protected import Bound, ProtectedSet, Reference
from practice_guard.core.resolution import Resolution
from practice_guard.core.roster import Witnesses
from practice_guard.core.snapshot import Snapshot
from practice_guard.core.sql import columns, condition, identifier, statement
from practice_guard.core.surroundings import Surroundings, lock_for_writing, look
from practice_guard.core.teams import TeamList


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a snapshot is meant; an empty part means all. Teams and leagues are named as people write them."""

    protected: frozenset[str] = frozenset()
    leagues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    def covers(self, row: PlannedRow, match: Match | None) -> bool:
        """Whether a planned row is in the part that is meant."""
        if self.protected and row.set not in self.protected:
            return False
        if not (self.leagues or self.teams):
            return True
        if match is None:
            return False
        leagues = {each.casefold() for each in self.leagues}
        names = {each.casefold() for each in self.teams}
        old, new = match.old, match.new or match.old
        return (not leagues or (old.league or "").casefold() in leagues) and (
            not names or bool(names & {(old.name or "").casefold(), (new.name or "").casefold()})
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a plan.

    Attributes:
        scope: the part that is meant.
        include_deleted: rows that users deleted are wanted back too.
        exact_only: only matches exact on both facets are taken (after an ETL that failed half-way).
        decisions: a person's decisions.
        roster_at_least: how many outside ids a roster must share to witness anything.
        roster_percent: which share of them, 0 to 100.
    """

    scope: Scope = field(default_factory=Scope)
    include_deleted: bool = False
    exact_only: bool = False
    decisions: Decisions | None = None
    roster_at_least: int = 4
    roster_percent: float = 80.0


def plan(database: Database, kept: Snapshot, around: Surroundings, request: Request | None = None) -> Plan:
    """Work out what a restore of `kept` would do. Reads only, so that it works on a standby.

    Returns:
        every row of the snapshot (of the scope asked for) in exactly one bucket.
    """
    request = request or Request()
    resolutions = {name: _resolve(teams.load(database, name), around.now, request) for name in kept.lists}
    leagues = {
        name: teams.resolve_leagues(teams.load(database, name).leagues, around.now.leagues) for name in kept.lists
    }
    mark = snapshot.mark(database, around.catalog, around.sets)
    proofs = _Proofs.read(database, kept, mark)
    sets: dict[str, SetPlan] = {}
    for bound in around.sets:
        if (stored := kept.sets.get(bound.name)) is None:
            continue
        rows, live = kept_rows(database, stored, bound, kept.id), live_rows(database, bound, stored)
        rules = pairing.Rules(
            bound.name,
            bound.set.etl_deletes,
            bound.may_vanish,
            tuple(not bound.table.columns[reference.column].not_null for reference in bound.references),
            tuple(_ids(around, reference) for reference in bound.references),
            proofs.rows(bound.name, rows),
            request.include_deleted,
        )
        each = pairing.plan(rows, live, rules, partial(_destination, bound, resolutions, leagues))
        covered = tuple(row for row in each.rows if request.scope.covers(row, _match(bound, row, resolutions)))
        outside = frozenset(row.row for row in each.rows) - {row.row for row in covered}
        sets[bound.name] = replace(each, rows=covered, outside=outside)
    place = storage.locate(database)
    return Plan(kept.id, place.fingerprint, sets, resolutions, kept.mark == mark, mark)


@dataclass(frozen=True, slots=True)
class _Proofs:
    """Which rows were in place in a state since which no import ran: at the snapshot, or after its last restore."""

    since_snapshot: bool
    since_restore: bool
    waited: Mapping[str, frozenset[int]]

    @classmethod
    def read(cls, database: Database, kept: Snapshot, mark: str) -> _Proofs:
        found = database.execute(statement("restore", "last_restore"), {"snapshot": kept.id})
        if not found:
            return cls(kept.mark == mark, since_restore=False, waited={})
        waited = {name: frozenset(rows) for name, rows in json.loads(found[0][1]).get("waited", {}).items()}
        return cls(kept.mark == mark, found[0][0] == mark, waited)

    def rows(self, name: str, rows: Sequence[Kept]) -> frozenset[int]:
        proven: set[int] = set()
        if self.since_snapshot:
            proven |= {row.row for row in rows if not row.carried}
        if self.since_restore:
            proven |= {row.row for row in rows} - self.waited.get(name, frozenset())
        return frozenset(proven)


def _resolve(old: TeamList, now: TeamList, request: Request) -> Resolution:
    witnesses = Witnesses(old.rosters, now.rosters, at_least=request.roster_at_least, percent=request.roster_percent)
    return resolve(
        old.teams, now.teams, witnesses=witnesses, decisions=request.decisions, exact_only=request.exact_only
    )


def _match(bound: Bound, row: PlannedRow, resolutions: Mapping[str, Resolution]) -> Match | None:
    if row.origin is None or bound.references[0].target is not Target.TEAMS:
        return None
    name, old = row.origin
    return resolutions[name].matches.get(old)


def _destination(
    bound: Bound,
    resolutions: Mapping[str, Resolution],
    leagues: Mapping[str, Mapping[int, int]],
    position: int,
    origin: tuple[str, int],
) -> Destination:
    name, old = origin
    if bound.references[position].target is Target.LEAGUES:
        new = leagues[name].get(old)
        if new is None:
            return Destination(None, fate=Fate.MISSING)
        fate = Fate.KEPT if new == old else Fate.RENUMBERED
        return Destination(new, Evidence.SAME_ID if new == old else Evidence.EXACT, fate)
    match = resolutions[name].matches.get(old)
    if match is None:
        return Destination(None, fate=Fate.MISSING)
    return Destination(match.new.id if match.new else None, match.evidence, match.fate, match.given_up)


def _created(bound: Bound) -> str:
    return f"t.{identifier(bound.created)}::text" if bound.created else "NULL::text"


def kept_rows(database: Database, stored: StoredSet, bound: Bound, list_name: str) -> list[Kept]:
    """Return a snapshot's rows of one set; `list_name` is the team list of ids that name no older one."""
    text = statement(
        "restore",
        "kept_rows",
        key=identifier(stored.key),
        content=columns(bound.content, of="t", cast="::text"),
        created=_created(bound),
        references=columns([each.column for each in bound.references], of="t"),
        rows=identifier(stored.rows_table),
    )
    rows: list[Kept] = []
    for number, carried, origins, key, content, created, ids in database.execute(text):
        older = json.loads(origins) if origins else {}
        refs: list[tuple[str, int] | None] = []
        for reference, found in zip(bound.references, ids, strict=True):
            if reference.column in older:
                refs.append((older[reference.column]["list"], older[reference.column]["id"]))
            else:
                refs.append(None if found is None else (list_name, found))
        rows.append(Kept(number, key, content, created, tuple(refs), carried))
    return rows


def live_rows(database: Database, bound: Bound, stored: StoredSet | None = None) -> list[Live]:
    """Return the table's protected rows, and those that have a primary key of the snapshot's, if one is given."""
    text = statement(
        "restore",
        "live_rows" if stored else "live_rows_alone",
        key=identifier(bound.key.name),
        content=columns(bound.content, of="t", cast="::text"),
        created=_created(bound),
        references=columns([each.column for each in bound.references], of="t"),
        condition=condition(bound.set.condition),
        table=bound.table.quoted,
        rows=identifier(stored.rows_table if stored else ""),
    )
    return [
        Live(key, content, at, tuple(refs), protected) for key, content, at, refs, protected in database.execute(text)
    ]


def asked(made: Plan, names: Sequence[str]) -> list[Match]:
    """Return the matches of the teams named, as the snapshot or today's list calls them, for an explanation.

    Raises:
        errors.UsageError: no team of the snapshot is called so; says the nearest name.
    """
    matches = [match for resolution in made.resolutions.values() for match in resolution.matches.values()]
    found: list[Match] = []
    for name in names:
        wanted = name.casefold()
        hits = [
            match
            for match in matches
            if wanted in {(each.name or "").casefold() for each in (match.old, match.new) if each}
        ]
        if not hits:
            near = get_close_matches(name, {match.old.name or "" for match in matches}, n=1)
            hint = f" The nearest is {near[0]}." if near else ""
            raise errors.UsageError(f"No team of snapshot {made.snapshot} is called {name!r}.{hint}")
        found += hits
    return found


def valid_ids(around: Surroundings) -> dict[str, frozenset[int]]:
    """Return, by set, the ids that its first reference may have now."""
    return {bound.name: _ids(around, bound.references[0]) for bound in around.sets}


def _ids(around: Surroundings, reference: Reference) -> frozenset[int]:
    return around.now.ids if reference.target is Target.TEAMS else frozenset(around.now.leagues)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a restore did: the plan it applied and its row in the ledger, read back after the commit."""

    plan: Plan
    ledger: int
    written: int


@dataclass(frozen=True, slots=True)
class Author:
    """On whose behalf the guard writes, and when."""

    environment: str
    tool_version: str
    now: datetime


def apply(
    database: Database,
    sets: Sequence[ProtectedSet],
    kept: Snapshot,
    author: Author,
    request: Request | None = None,
    *,
    schema: str = "public",
    patience: float = 30.0,
    expected: str | None = None,
) -> Applied:
    """Restore `kept` in one transaction: lock, plan, move, prove, write the ledger, commit, read it back.

    Args:
        database: where; its transactions are opened here.
        sets: the protected sets.
        kept: the snapshot, verified by the caller.
        author: who and when, for the ledger.
        request: what is asked of the plan.
        schema: the application's schema.
        patience: seconds to go on trying for locks.
        expected: the digest of the plan that was shown; any other one is not applied.

    Raises:
        errors.StalePlanError: the database has moved since the expected plan was made.
        errors.RestoreError: the proof failed and everything was rolled back, or the commit cannot be found again.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    with database.transaction(Access.READ):
        ahead = look(database, sets, schema)

    def work(within: float) -> Applied:
        locks.take(database)
        lock_for_writing(database, ahead, within)
        storage.check_mark(storage.locate(database), author.environment)
        snapshot.verify(database, kept)
        return _apply(database, look(database, sets, schema), kept, author, request or Request(), expected)

    applied = locks.attempt(database, Access.WRITE, work, patience=patience)
    with database.transaction(Access.READ):
        found = database.execute(
            statement("restore", "read_ledger"), {"id": applied.ledger, "plan_digest": applied.plan.digest}
        )
    if not found[0][0]:
        raise errors.RestoreError("The restore was committed but cannot be found in the ledger.")
    return applied


def _apply(
    database: Database,
    around: Surroundings,
    kept: Snapshot,
    author: Author,
    request: Request,
    expected: str | None,
) -> Applied:
    made = plan(database, kept, around, request)
    if expected is not None and made.digest != expected:
        raise errors.StalePlanError()
    bound = {each.name: each for each in around.sets}
    written = {name: writes.write(database, bound[name], kept.sets[name], each) for name, each in made.sets.items()}
    database.execute(statement("restore", "check_constraints"))
    for name, each in written.items():
        writes.prove(database, bound[name], kept.sets[name], each)
    _prove_settled(made, plan(database, kept, around, request))
    place = storage.locate(database)
    count = sum(len(each.updates) + len(each.inserts) for each in written.values())
    result = {
        "rows": made.counts(),
        "protected": {name: each.counts() for name, each in made.sets.items()},
        "written": count,
        "waited": {name: each.waits for name, each in made.sets.items()},
    }
    ledger = database.execute(
        statement("restore", "write_ledger"),
        {
            "now": author.now,
            "by": place.user,
            "tool_version": author.tool_version,
            "environment": author.environment,
            "snapshot": kept.id,
            "plan_digest": made.digest,
            "mark": made.mark,
            "result": json.dumps(result),
        },
    )[0][0]
    for name, each in written.items():
        rows = {"ledger": ledger, "set": name, **writes.ledger_rows(each)}
        database.execute(statement("restore", "write_ledger_rows"), rows)
    return Applied(made, ledger, count)


def _prove_settled(before: Plan, after: Plan) -> None:
    """Plan again: nothing may be left to write, and every row must be where the first plan wanted it."""
    expected, found = before.counts(), after.counts()
    moved = expected["relink"] + expected["insert"]
    same = all(found[name] == expected[name] for name in ("total", "pending", "deleted", "given_up"))
    if (
        after.writes()
        or not same
        or found["intact"] + found["edited"] != expected["intact"] + expected["edited"] + moved
    ):
        raise errors.RestoreError(
            "After the rows were moved the plan does not come out even: "
            f"{expected} before, {found} after. Everything was rolled back."
        )
