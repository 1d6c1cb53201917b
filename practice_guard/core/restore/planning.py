"""Planning a restore: reads the snapshot and the tables, resolves the teams, and writes nothing (design, "Restore")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial

from practice_guard.core import errors
from practice_guard.core.application import teams
from practice_guard.core.application.catalog import Target
from practice_guard.core.application.protected import Bound, Reference
from practice_guard.core.application.state import Surroundings
from practice_guard.core.application.teams import TeamList
from practice_guard.core.database.connection import Database
from practice_guard.core.database.statements import columns, condition, identifier, statement
from practice_guard.core.decisions import fit as decided
from practice_guard.core.decisions.fit import Decisions
from practice_guard.core.identity.candidates import with_candidates
from practice_guard.core.identity.identity import resolve
from practice_guard.core.identity.resolution import Resolution
from practice_guard.core.identity.roster import Witnesses
from practice_guard.core.model import Evidence, Fate, Match, Team
from practice_guard.core.records import installation, ledger
from practice_guard.core.restore import collisions, pairing
from practice_guard.core.restore.chains import Parents, recognise
from practice_guard.core.restore.plans import Bucket, Destination, Kept, Live, Plan, PlannedRow, SetPlan
from practice_guard.core.snapshots import snapshot
from practice_guard.core.snapshots.copies import StoredSet
from practice_guard.core.snapshots.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a snapshot is meant; an empty part means all. Teams and leagues are named as people write them.

    What the rows of a set hang on belongs to its part.
    """

    protected: frozenset[str] = frozenset()
    leagues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


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
        errors.SchemaError: the snapshot has rows of a table that is not there any more.
    """
    request = request or Request()
    snapshot.check_tables(kept, around.skipped, around.catalog.tables, request.scope.protected)
    lists = {name: teams.load(database, name) for name in kept.lists}
    decisions = _decisions(database, request, lists, around)
    resolutions = {name: _resolve(old, around.now, request, decisions[name]) for name, old in lists.items()}
    leagues = {name: teams.resolve_leagues(old.leagues, around.now.leagues) for name, old in lists.items()}
    _check_scope(request.scope, kept, resolutions)
    scope = replace(request.scope, protected=_with_parents(request.scope.protected, around.sets))
    mark = snapshot.mark(database, around.catalog, around.sets)
    proofs = ledger.proofs(database, kept.id, kept.mark, mark)
    put, renumbered = ledger.last_put(database, kept.taken_at), ledger.renumbered(database, kept.id)
    sets: dict[str, SetPlan] = {}
    parents = {
        bound.name: _recognised(
            database, bound, stored, kept.id, partial(_destination, bound, resolutions, leagues, {})
        )
        for bound in around.witnesses
        if (stored := kept.sets.get(bound.name)) is not None
    }
    for bound in around.sets:
        if (stored := kept.sets.get(bound.name)) is None:
            continue
        rows, live = kept_rows(database, stored, bound, kept.id), live_rows(database, bound, stored)
        rules = pairing.Rules(
            bound.name,
            bound.set.etl_deletes,
            bound.may_vanish or (bound.truncates and _emptied(rows, live)),
            tuple(not bound.table.columns[reference.column].not_null for reference in bound.references),
            tuple(_ids(around, reference) for reference in bound.references),
            proofs.rows(bound.name, rows),
            request.include_deleted,
            _hangs_on(bound),
            bound.key.name in bound.content,
            put.get(bound.name, {}),
            renumbered.get(bound.name, {}),
        )
        each = pairing.plan(rows, live, rules, partial(_destination, bound, resolutions, leagues, parents))
        each = _without_blocked(database, bound, stored, each)
        if above := parents.get(bound.references[0].parent or ""):
            each = above.follow(each)
        meant = frozenset(row.row for row in each.rows if _covers(scope, row, _match(row, resolutions)))
        each = collisions.make_wait(database, bound, stored, kept.id, each, meant)
        if bound.name in around.keys:
            standing = frozenset() if rules.may_vanish else around.keys[bound.name]
            parents[bound.name] = Parents(rows, each, kept.id, standing)
        covered = tuple(row for row in each.rows if row.row in meant)
        outside = frozenset(row.row for row in each.rows) - meant
        sets[bound.name] = replace(
            each, rows=covered, outside=outside, of_teams=_of_teams(bound), new_columns=_new_columns(bound, stored)
        )
    place = installation.locate(database)
    return Plan(kept.id, place.fingerprint, sets, resolutions, kept.mark == mark, mark)


def _covers(scope: Scope, row: PlannedRow, match: Match | None) -> bool:
    """Whether a planned row is in the part that is meant."""
    if scope.protected and row.set not in scope.protected:
        return False
    if not (scope.leagues or scope.teams):
        return True
    if match is None:
        return False
    leagues = {each.casefold() for each in scope.leagues}
    names = {each.casefold() for each in scope.teams}
    old, new = match.old, match.new or match.old
    return (not leagues or (old.league or "").casefold() in leagues) and (
        not names or bool(names & {(old.name or "").casefold(), (new.name or "").casefold()})
    )


def _decisions(
    database: Database, request: Request, lists: Mapping[str, TeamList], around: Surroundings
) -> dict[str, Decisions]:
    """Unite, by list, what is decided now, which is checked, with what was decided about it with earlier restores."""
    earlier = ledger.decisions(database, lists)
    if request.decisions is None:
        return earlier
    decided.check(request.decisions, [team for old in lists.values() for team in old.teams], around.now.teams)
    return {name: request.decisions.after(found) for name, found in earlier.items()}


def _check_scope(scope: Scope, kept: Snapshot, resolutions: Mapping[str, Resolution]) -> None:
    teams_known = {team.name or "": team for each in resolutions.values() for team in _both_sides(each)}
    leagues_known = {team.league or "" for team in teams_known.values()}
    for kind, wanted, known in (
        ("protected set", scope.protected, {name for name, each in kept.sets.items() if not each.witness}),
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


def _new_columns(bound: Bound, stored: StoredSet) -> tuple[str, ...]:
    known = {column.name for column in stored.columns}
    return tuple(f"{bound.table.name}.{column.name}" for column in bound.stored if column.name not in known)


def _recognised(
    database: Database, bound: Bound, stored: StoredSet, list_name: str, resolve: pairing.Resolver
) -> Parents:
    """Find out which of the ETL's own rows are which, by what they say and, where that is not enough, by their team."""
    rows = kept_rows(database, stored, bound, list_name)
    content = _content(bound, stored)
    text = statement(
        "restore",
        "live_alike",
        key=identifier(bound.key.name),
        content=columns(content, of="t", cast="::text"),
        kept=columns(content, of="s", cast="::text"),
        references=columns([each.column for each in bound.references], of="t"),
        table=bound.table.quoted,
        rows=identifier(stored.rows_table),
    )
    live = [Live(key, said, None, tuple(refs)) for key, said, refs in database.execute(text)]
    return Parents(rows, recognise(bound.name, rows, live, resolve), list_name, frozenset())


def _with_parents(names: frozenset[str], sets: Sequence[Bound]) -> frozenset[str]:
    """Add the sets that the rows of the named ones hang on."""
    wanted = set(names)
    for bound in reversed(sets):
        if bound.name in wanted:
            wanted |= {parent for each in bound.references if (parent := each.parent)}
    return frozenset(wanted)


def _hangs_on(bound: Bound) -> str:
    first = bound.references[0]
    if first.parent is None:
        return pairing.TEAM if first.target is Target.TEAMS else "league"
    return f"row of {first.parent}"


def _emptied(rows: Sequence[Kept], live: Sequence[Live]) -> bool:
    """Whether not one row of the snapshot is left where it was: TRUNCATE … CASCADE does that, users do not."""
    there = {each.key: each.created for each in live}
    own = [row for row in rows if not row.carried]
    return bool(own) and not any(row.key in there and there[row.key] == row.created for row in own)


def _without_blocked(database: Database, bound: Bound, stored: StoredSet, made: SetPlan) -> SetPlan:
    """Let rows wait that a foreign key besides the set's own would not let in: a message of a user who is gone."""
    inserts = [row.row for row in made.rows if row.bucket is Bucket.INSERT]
    ours = {each.column for each in bound.references}
    kept = {column.name for column in stored.columns}
    blocked: dict[int, str] = {}
    for key in bound.table.foreign_keys if inserts else ():
        if key.column in ours or key.column not in kept:
            continue
        text = statement(
            "restore",
            "blocked",
            rows=identifier(stored.rows_table),
            column=identifier(key.column),
            parent=identifier(bound.table.schema, key.parent),
            parent_column=identifier(key.parent_column),
        )
        blocked |= {number: key.column for (number,) in database.execute(text, {"rows": inserts})}
    if not blocked:
        return made
    return replace(made, rows=tuple(_blocked(row, blocked) for row in made.rows))


def _blocked(row: PlannedRow, blocked: Mapping[int, str]) -> PlannedRow:
    if row.row not in blocked:
        return row
    note = f"what its {blocked[row.row]} points at is not there"
    return replace(row, bucket=Bucket.PENDING, after=None, new_key=False, note=note, reason=Fate.MISSING)


def _match(row: PlannedRow, resolutions: Mapping[str, Resolution]) -> Match | None:
    return resolutions[row.team[0]].matches.get(row.team[1]) if row.team else None


def _destination(
    bound: Bound,
    resolutions: Mapping[str, Resolution],
    leagues: Mapping[str, Mapping[int, int]],
    parents: Mapping[str, Parents],
    position: int,
    origin: tuple[str, int],
) -> Destination:
    name, old = origin
    if (parent := bound.references[position].parent) is not None:
        return parents[parent].destination(origin) if parent in parents else Destination(None, fate=Fate.MISSING)
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


def _content(bound: Bound, stored: StoredSet | None) -> tuple[str, ...]:
    """Return the columns that say what a row is, of those that the snapshot has where the set names none."""
    if bound.set.content or stored is None:
        return bound.content
    kept = {column.name for column in stored.columns}
    return tuple(name for name in bound.content if name in kept)


def _created(bound: Bound) -> str:
    return f"t.{identifier(bound.created)}::text" if bound.created else "NULL::text"


def kept_rows(database: Database, stored: StoredSet, bound: Bound, list_name: str) -> list[Kept]:
    """Return a snapshot's rows of one set; `list_name` is the team list of ids that name no older one."""
    text = statement(
        "restore",
        "kept_rows",
        key=identifier(stored.key),
        content=columns(_content(bound, stored), of="t", cast="::text"),
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
        content=columns(_content(bound, stored), of="t", cast="::text"),
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
    if reference.parent is not None:
        return around.keys[reference.parent]
    return around.now.ids if reference.target is Target.TEAMS else frozenset(around.now.leagues)
