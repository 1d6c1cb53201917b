"""Planning a restore: reads the snapshot and the tables, resolves the teams, and writes nothing (design, "Restore")."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet, TeamList, imprint
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import Resolution, resolve_leagues
from practice_guard.core.model import Fate, Match
from practice_guard.core.records import imprints
from practice_guard.core.restore import Bucket
from practice_guard.core.snapshots import Snapshot, StoredSet, team_lists
from tests.oracle import collisions, pairing, precedents
from tests.oracle.goals import Parents, destination, ids_of, match_of, resolved, united, with_parents
from tests.oracle.plans import Kept, Live, PlannedRow, SetPlan
from tests.oracle.precedents import Proofs
from tests.oracle.renumbered import destinations
from tests.oracle.rows import kept_rows, live_rows
from tests.oracle.rules import TEAM, Resolver, Rules


def plan(
    database: Database, snapshot: Snapshot, app: Application, request: Request | None = None
) -> dict[str, SetPlan]:
    """Work out what a restore of `snapshot` would do. Reads only.

    Args:
        database: where, inside a transaction.
        snapshot: the snapshot.
        app: the database as it was looked at in that transaction.
        request: what is asked; its scope and decisions must fit the snapshot, which is not checked.

    Returns:
        the plans of the sets, by name: every row of the snapshot (of the scope asked for) in exactly one bucket.
    """
    request = request or Request()
    lists = team_lists(database, snapshot.lists)
    earlier = precedents.find(database, snapshot.id, snapshot.taken_at, lists)
    decisions = united(earlier.decisions, request)
    resolutions = {name: resolved(old, app.now, request, decisions[name]) for name, old in lists.items()}
    leagues = {
        name: resolve_leagues(old.leagues, app.now.leagues, decisions[name], request.habits)
        for name, old in lists.items()
    }
    kept = kept_rows(database, snapshot, app.sets)
    every = live_rows(database, app.sets, snapshot)
    renumbered = destinations(database, app, resolutions, leagues)
    scope = replace(request.scope, protected=with_parents(request.scope.protected, app.sets))
    moments = (imprint.load(snapshot.imprint), earlier.imprint)
    proofs = earlier.proofs(*imprints.compare(database, app, moments, request.bulk)[1])
    keys = _keys(database, app)
    teams = app.catalog.table("teams").quoted
    league_of: dict[int | None, int] = dict(database.execute(f"SELECT id, league_id FROM {teams}"))
    sets: dict[str, SetPlan] = {}
    parents: dict[str, Parents] = {}
    for bound in app.sets:
        if (stored := snapshot.sets.get(bound.name)) is None:
            continue
        rows, live = kept[bound.name], every[bound.name]
        moments_ = [each for each in (proofs.since_snapshot, proofs.since_restore) if each is not None]
        by_truncate = any(bound.table.name in each.emptied if each.known else bound.truncates for each in moments_)
        left = _emptied(rows, live, dated=bound.created is not None) or _put_in_again(database, bound, proofs)
        gone = by_truncate and any(not row.carried for row in rows) and left
        resolve = partial(destination, bound, resolutions, leagues, parents, renumbered)
        asked = partial(
            proofs.rows,
            bound,
            rows,
            gone=gone,
            league_of=partial(_league_of, bound, lists, parents),
            stood=partial(_stood, bound, resolve, resolutions, parents),
        )
        proven = asked()
        rules = Rules(
            bound.name,
            bound.set.etl_deletes,
            bound.set.etl_deletes is True or bound.cascades or gone,
            tuple(not bound.table.columns[reference.column].not_null for reference in bound.references),
            tuple(ids_of(app, reference, keys) for reference in bound.references),
            proven,
            request.include_deleted,
            _hangs_on(bound),
            bound.key.name in bound.content,
            earlier.put.get(bound.name, {}),
            earlier.renumbered.get(bound.name, {}),
            _outward(bound),
            frozenset(place for place in _outward(bound) if _says_league(bound, place)),
            league_of,
            not proofs.since_snapshot.known and not proofs.since_snapshot.watched,
            not bound.key.has_default,
            asked(of_ids=True),
        )
        each = pairing.plan(rows, live, rules, resolve)
        each = _without_blocked(database, bound, stored, each)
        if above := parents.get(bound.references[0].parent or ""):
            each = above.follow(each)
        meant = frozenset(row.row for row in each.rows if _covers(scope, row, match_of(row, resolutions)))
        each = collisions.make_wait(database, bound, stored, snapshot.id, each, meant)
        if bound.name in keys:
            standing = frozenset() if rules.may_vanish else keys[bound.name]
            parents[bound.name] = Parents(rows, each, snapshot.id, standing)
        covered = tuple(row for row in each.rows if row.row in meant)
        astray = {row.row for row in each.rows if row.bucket is not Bucket.INTACT} - meant
        sets[bound.name] = replace(each, rows=covered, astray=frozenset(astray))
    return sets


def _league_of(bound: BoundSet, lists: Mapping[str, TeamList], parents: Mapping[str, Parents], row: Kept) -> str | None:
    """Return the code of the league that a row belongs to, by the list that its first reference is of."""
    origin, first = row.refs[0], bound.references[0]
    if origin is None:
        return None
    if first.target == LEAGUES:
        return lists[origin[0]].leagues.get(origin[1])
    if first.parent is not None:
        parent = parents[first.parent].row(origin) if first.parent in parents else None
        origin = parent.team if parent else None
    teams = lists[origin[0]].teams if origin else ()
    return next((team.league for team in teams if origin and team.id == origin[1]), None)


def _stood(
    bound: BoundSet,
    resolve: Resolver,
    resolutions: Mapping[str, Resolution],
    parents: Mapping[str, Parents],
    row: Kept,
    fates: Collection[Fate],
    made: Collection[int],
) -> bool:
    """Whether what a row hung on became one of these, and its team is none of those that were made meanwhile."""
    origin, first = row.refs[0], bound.references[0]
    if origin is None:
        return True
    if resolve(0, origin).fate not in fates:
        return False
    if first.parent is not None:
        parent = parents[first.parent].row(origin) if first.parent in parents else None
        origin = parent.team if parent else None
    elif first.target == LEAGUES:
        origin = None
    match = resolutions[origin[0]].matches.get(origin[1]) if origin else None
    return match is None or (match.new is not None and match.new.id not in made)


def _keys(database: Database, app: Application) -> dict[str, frozenset[int]]:
    """Return the primary keys in the tables of the sets that others hang on, and of the parents, by name."""
    followed = {reference.parent for bound in app.sets for reference in bound.references}
    found = {
        bound.name: frozenset(key for (key,) in database.execute(statement(__name__, "keys", **bound.parts)))
        for bound in app.sets
        if bound.name in followed
    }
    for parent in app.followed:
        text = statement(__name__, "keys", key=identifier(parent.key), table=parent.table.quoted)
        found[parent.name] = frozenset(key for (key,) in database.execute(text))
    return found


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


def _outward(bound: BoundSet) -> frozenset[int]:
    return frozenset(place for place, each in enumerate(bound.references) if place and each.parent is None)


def _says_league(bound: BoundSet, place: int) -> bool:
    targets = [reference.target for reference in bound.references]
    return (targets[0], targets[place]) == (TEAMS, LEAGUES)


def _hangs_on(bound: BoundSet) -> str:
    first = bound.references[0]
    if first.parent is None:
        return TEAM if first.target == TEAMS else "league"
    return f"row of {first.parent}"


def _put_in_again(database: Database, bound: BoundSet, proofs: Proofs) -> bool:
    """Whether a table has other files since the newest moment that anything is known of, and no row from before."""
    last = proofs.since_snapshot
    if proofs.since_restore is not None and proofs.since_restore.known:
        last = proofs.since_restore
    if bound.table.name not in last.emptied - last.rewritten:
        return False
    older = f"SELECT count(*) FROM {bound.table.quoted} AS t WHERE age(t.xmin) > age('{last.moment}'::xid8::xid)"
    return bool(next(iter(database.execute(older)))[0] == 0)


def _emptied(rows: Sequence[Kept], live: Sequence[Live], *, dated: bool) -> bool:
    """Whether not one row of the snapshot is left where it was: TRUNCATE … CASCADE does that, users do not."""
    there = {each.key: each for each in live}
    own = [row for row in rows if not row.carried]
    return bool(own) and not any(row.key in there and _left(row, there[row.key], dated=dated) for row in own)


def _left(row: Kept, live: Live, *, dated: bool) -> bool:
    return row.created == live.created if dated else row.content == live.content


def _without_blocked(database: Database, bound: BoundSet, stored: StoredSet, made: SetPlan) -> SetPlan:
    """Let rows wait that a foreign key besides the set's own would not let in: a message of a user who is gone."""
    inserts = [row.row for row in made.rows if row.bucket is Bucket.INSERT]
    ours = {each.column for each in bound.references}
    kept = {column.name for column in stored.columns}
    blocked: dict[int, str] = {}
    for key in bound.table.foreign_keys if inserts else ():
        if not key.single or key.columns[0] in ours or key.columns[0] not in kept:
            continue
        ((own, theirs),) = key.pairs
        text = statement(
            __name__,
            "blocked",
            rows=identifier(stored.rows_table),
            column=identifier(own),
            parent=identifier(bound.table.schema, key.parent),
            parent_column=identifier(theirs),
        )
        blocked |= {number: own for (number,) in database.execute(text, {"rows": inserts})}
    if not blocked:
        return made
    return replace(made, rows=tuple(_blocked(row, blocked) for row in made.rows))


def _blocked(row: PlannedRow, blocked: Mapping[int, str]) -> PlannedRow:
    if row.row not in blocked:
        return row
    note = f"what its {blocked[row.row]} points at is not there"
    return replace(row, bucket=Bucket.PENDING, after=None, new_key=False, note=note, reason=Fate.MISSING)
