"""Planning a restore: reads the snapshot and the tables, resolves the teams, and writes nothing (design, "Restore")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial

from practice_guard.core import decisions as decided
from practice_guard.core import errors, ledger, pairing, snapshot, storage, teams
from practice_guard.core.candidates import with_candidates
from practice_guard.core.catalog import Target
from practice_guard.core.copies import StoredSet
from practice_guard.core.database import Database
from practice_guard.core.decisions import Decisions
from practice_guard.core.identity import resolve
from practice_guard.core.model import Evidence, Fate, Match, Team
from practice_guard.core.plan import Destination, Kept, Live, Plan, PlannedRow, SetPlan
from practice_guard.core.protected import Bound, Reference
from practice_guard.core.resolution import Resolution
from practice_guard.core.roster import Witnesses
from practice_guard.core.snapshot import Snapshot
from practice_guard.core.sql import columns, condition, identifier, statement
from practice_guard.core.surroundings import Surroundings
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

    Raises:
        errors.UsageError: the scope or the decisions speak of what does not exist.
    """
    request = request or Request()
    lists = {name: teams.load(database, name) for name in kept.lists}
    decisions = _decisions(database, request, lists, around)
    resolutions = {name: _resolve(old, around.now, request, decisions) for name, old in lists.items()}
    leagues = {name: teams.resolve_leagues(old.leagues, around.now.leagues) for name, old in lists.items()}
    _check_scope(request.scope, kept, resolutions)
    mark = snapshot.mark(database, around.catalog, around.sets)
    proofs = ledger.proofs(database, kept.id, kept.mark, mark)
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
        sets[bound.name] = replace(each, rows=covered, outside=outside, of_teams=_of_teams(bound))
    place = storage.locate(database)
    return Plan(kept.id, place.fingerprint, sets, resolutions, kept.mark == mark, mark)


def _decisions(database: Database, request: Request, lists: Mapping[str, TeamList], around: Surroundings) -> Decisions:
    """Unite what is decided now, which is checked, with what was decided with earlier restores."""
    earlier = ledger.decisions(database)
    if request.decisions is None:
        return earlier
    decided.check(request.decisions, [team for old in lists.values() for team in old.teams], around.now.teams)
    return request.decisions.after(earlier)


def _check_scope(scope: Scope, kept: Snapshot, resolutions: Mapping[str, Resolution]) -> None:
    teams_known = {team.name or "": team for each in resolutions.values() for team in _both_sides(each)}
    leagues_known = {team.league or "" for team in teams_known.values()}
    for kind, wanted, known in (
        ("protected set", scope.protected, set(kept.sets)),
        ("league", scope.leagues, leagues_known),
        ("team", scope.teams, set(teams_known)),
    ):
        folded = {name.casefold() for name in known}
        for name in sorted(wanted):
            if name.casefold() not in folded:
                near = get_close_matches(name, known, n=1)
                hint = f" The nearest is {near[0]}." if near else ""
                raise errors.UsageError(f"Snapshot {kept.id} has no {kind} {name!r}.{hint}")


def _both_sides(resolution: Resolution) -> Iterator[Team]:
    for match in resolution.matches.values():
        yield match.old
        if match.new:
            yield match.new


def _resolve(old: TeamList, now: TeamList, request: Request, decisions: Decisions) -> Resolution:
    witnesses = Witnesses(old.rosters, now.rosters, at_least=request.roster_at_least, percent=request.roster_percent)
    found = resolve(old.teams, now.teams, witnesses=witnesses, decisions=decisions, exact_only=request.exact_only)
    return with_candidates(found, now.teams, witnesses=witnesses)


def _of_teams(bound: Bound) -> bool:
    return bound.references[0].target is Target.TEAMS


def _match(bound: Bound, row: PlannedRow, resolutions: Mapping[str, Resolution]) -> Match | None:
    if row.origin is None or not _of_teams(bound):
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
    names = [reference.column for reference in bound.references]
    rows: list[Kept] = []
    for number, carried, origins, key, content, created, ids in database.execute(text):
        refs = tuple(None if found is None else (list_name, found) for found in ids)
        if origins:
            older = json.loads(origins)
            older_refs = {name: (each["list"], each["id"]) for name, each in older.items()}
            refs = tuple(older_refs.get(name, ref) for name, ref in zip(names, refs, strict=True))
        rows.append(Kept(number, key, content, created, refs, carried))
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
