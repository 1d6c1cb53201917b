"""Planning a restore: the teams resolved in Python, the rows in sets, where they are; nothing is written that stays.

A chained reference means a row of the snapshot, not an id of the database: the parent's plan says which key that row
has once the restore is done, so that what hangs on it is planned after it, in the same plan. A row that a snapshot
carries on keeps the key it had when it was last in its table; the team list of its first reference tells two such keys
of different times apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from practice_guard.core import snapshots
from practice_guard.core.application import Application, BoundSet, imprint
from practice_guard.core.application.imprint import Imprint
from practice_guard.core.database import Database, Fill, Query, Scratch, ask_each
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Decisions, Led, Resolution, resolve_leagues
from practice_guard.core.records import Precedents, Proven, imprints, installation, precedents
from practice_guard.core.restore import (
    absent,
    buckets,
    collisions,
    inward,
    laying,
    leading,
    pairing,
    refusals,
    summing,
)
from practice_guard.core.restore.buckets import Terms
from practice_guard.core.restore.goals import (
    check_scope,
    league_goals,
    resolved,
    team_goals,
    united,
    with_given_up,
    with_parents,
)
from practice_guard.core.restore.halving import TURNS
from practice_guard.core.restore.plans import Plan
from practice_guard.core.restore.refusals import Refusal
from practice_guard.core.restore.sheets import BESIDES, DESTINATIONS, GOALS, PRECEDENTS, REFUSED, Sheet
from practice_guard.core.restore.summing import Workings
from practice_guard.core.snapshots import NOW, Snapshot, kept_entries, team_lists


def plan(database: Database, snapshot: Snapshot, app: Application, request: Request | None = None) -> Plan:
    """Work out what a restore of `snapshot` would do; see `work_out`."""
    return work_out(database, snapshot, app, request).plan


def work_out(
    database: Database,
    snapshot: Snapshot,
    app: Application,
    request: Request | None = None,
    *,
    tries: bool = False,
    refused: Sequence[Refusal] = (),
) -> Workings:
    """Work out what a restore of `snapshot` would do. Reads only, but for tables of its own, and so on a standby too.

    Args:
        database: where, in the transaction that is open.
        snapshot: what is to be restored.
        app: the database as it was looked at.
        request: what is asked.
        tries: whether rows that the database refused in the last restore are tried again; otherwise they wait.
        refused: rows that it has refused a moment ago; they wait.

    Returns:
        every row of the snapshot (of the scope asked for) in exactly one bucket, with the tables that say so; another
        plan in the same transaction may take these away.

    Raises:
        errors.UsageError: the scope or the decisions speak of what does not exist.
        errors.SchemaError: the snapshot has rows of a table that is not there any more.
    """
    request = request or Request()
    gone = snapshots.gone(snapshot, app)
    snapshots.check_tables(snapshot, gone, app.catalog.tables, request.scope.protected, app.left_out)
    snapshot = snapshots.without(snapshot, gone)
    names = snapshot.lists
    lists = team_lists(database, names)
    earlier = precedents.find(database, snapshot.id, names)
    decisions = united(earlier.decisions, request, lists, app)
    app = with_given_up(app, decisions.values())
    resolutions = {name: resolved(old, app.now, request, decisions[name]) for name, old in lists.items()}
    leagues = {
        name: resolve_leagues(old.leagues, app.now.leagues, decisions[name], request.habits)
        for name, old in lists.items()
    }
    check_scope(request.scope, snapshot, resolutions)
    left, proven = _imports(database, app, snapshot, earlier, request)
    request = replace(request, scope=replace(request.scope, protected=with_parents(request.scope.protected, app.sets)))
    scratch = Scratch(database)
    terms = Terms(request, proven, snapshot.taken_at, names)
    sheets = _sheets(scratch, snapshot, app, request)
    led = _led(
        database, snapshot, app, request, {name: (resolutions[name], leagues[name]) for name in names}, decisions
    )
    _lay_down(
        scratch,
        {
            "teams": laying.goals(list(team_goals(names, resolutions, request.scope, proven))),
            "leagues": laying.goals(list(league_goals(lists, leagues, app.now, decisions))),
            **({BESIDES: laying.goals_besides(list(leading.goals(led)))} if app.followed else {}),
            **earlier.fills(),
        },
    )
    if refused:
        _lay_down(scratch, {"refused": refusals.laying(refused)})
    sheets = _as_left(scratch, sheets, terms)
    wary = _Wary(tries, bool(refused) or earlier.refused > 0)
    first: list[Fill] = []
    for level in _levels(sheets):
        _work(scratch, first, level, terms, wary)
        first = [_leading(sheet) for sheet in level if scratch.has(f"dest_{sheet.name}")]
    _fill(scratch, first)
    inward.make_wait(scratch, sheets)
    made = summing.sums(scratch, sheets, names)
    place = installation.locate(database).fingerprint
    found = Plan(
        snapshot.id, place, summing.facts(scratch, sheets), made, resolutions,
        summing.digest(scratch, sheets, made, snapshot.id, place), proven.since_snapshot, left,
        earlier.put_back, led,
    )  # fmt: skip
    return Workings(
        found, snapshot, app, request, scratch,
        {sheet.name: sheet for sheet in sheets},
    )  # fmt: skip


def _imports(
    database: Database, app: Application, snapshot: Snapshot, earlier: Precedents, request: Request
) -> tuple[Imprint, Proven]:
    """Find out what can be told of imports since the snapshot was taken, and since it was last restored."""
    moments = (imprint.load(snapshot.imprint), earlier.imprint)
    left, found = imprints.compare(database, app, moments, request.bulk)
    at_snapshot, at_restore = found
    if request.import_ran:
        again = at_restore.watched or imprints.is_written(database, app, earlier.imprint, at_restore)
        at_snapshot, at_restore = replace(at_snapshot, watched=True), replace(at_restore, watched=again)
    return left, Proven(at_snapshot, None if earlier.entry is None else at_restore)


def _led(
    database: Database,
    snapshot: Snapshot,
    app: Application,
    request: Request,
    known: Mapping[str, tuple[Resolution, Mapping[int, int]]],
    decisions: Mapping[str, Decisions],
) -> dict[str, dict[str, dict[int, Led]]]:
    """Find out who the rows of the parents besides teams and leagues are today; nothing is read where none is used."""
    if not app.followed and not (request.decisions and request.decisions.renamings):
        return {}
    lists = kept_entries(database, snapshot, [each.name for each in app.followed], app.followed, app.sets)
    now = lists.pop(NOW, {})
    leading.check(request.decisions, app, lists, now)
    return leading.lead(app, lists, now, known, decisions, request)


def _sheets(scratch: Scratch, snapshot: Snapshot, app: Application, request: Request) -> list[Sheet]:
    """Make the tables of a plan, and return its sets with them."""
    sets = [bound for bound in app.sets if bound.name in snapshot.sets]
    asked_for = {each.parent for bound in app.sets for each in bound.references if each.parent is not None}
    scoped = request.scope.leagues or request.scope.teams or request.scope.protected
    tables = {"teams": GOALS, "leagues": GOALS, "refused": REFUSED, "turns": TURNS, **PRECEDENTS}
    tables |= {BESIDES: {"parent": "text", **GOALS}} if app.followed else {}
    made: list[Sheet] = []
    for each in sets:
        bound, unknown = _as_known(each, snapshot)
        alone = bound.name not in asked_for and all(each.parent is None for each in bound.references)
        sheet = Sheet(
            bound,
            snapshot.sets[bound.name],
            app,
            scratch,
            alone and not scoped,
            bound.frees_keys,
            lists=len(snapshot.lists),
            unknown=unknown,
        )
        made.append(sheet)
        tables |= sheet.tables
        if bound.name in asked_for:
            tables[f"dest_{bound.name}"] = DESTINATIONS
    scratch.make(tables)
    return made


def _as_known(bound: BoundSet, snapshot: Snapshot) -> tuple[BoundSet, tuple[str, ...]]:
    """Return a set with the references that it had when a snapshot was taken, and the columns of the others.

    Of what was no reference then the snapshot has no list: an id of it says nothing, and the column is like any other.
    """
    first, *others = bound.references
    then = snapshot.sets[bound.name].references
    known = [each for each in others if each.parent is not None or each.column in then]
    unknown = tuple(each.column for each in others if each not in known)
    if not unknown:
        return bound, ()
    kept = (first, *known)
    tables = dict(zip(bound.references, bound.tables, strict=True))
    return replace(bound, references=kept, tables=tuple(tables[each] for each in kept)), unknown


def _lay_down(scratch: Scratch, queries: Mapping[str, Query]) -> None:
    _fill(scratch, [(name, partial(_same, query)) for name, query in queries.items()])


def _same(query: Query) -> Query:
    return query


def _as_left(scratch: Scratch, sheets: Sequence[Sheet], terms: Terms) -> list[Sheet]:
    """Find the sets that a TRUNCATE has emptied, and those of which next to nothing is left."""
    asked = [sheet for sheet in sheets if terms.proven.may_be_emptied(sheet.bound)]
    answers = ask_each(scratch, [laying.emptied(sheet, terms.proven.had_other_files(sheet.bound)) for sheet in asked])
    emptied = {sheet.name for sheet, ((gone,),) in zip(asked, answers, strict=True) if gone}
    found = [replace(sheet, freed=True, gone=True) if sheet.name in emptied else sheet for sheet in sheets]
    # Without tables it costs more to look twice than to plan every row.
    asked = (
        []
        if scratch.chained
        else [each for each in found if absent.may_be(each, terms.request, terms.proven) and each.stored.rows]
    )
    left = ask_each(scratch, [absent.few_left(sheet) for sheet in asked])
    bare = {
        sheet.name for sheet, ((rows, adrift),) in zip(asked, left, strict=True) if absent.is_bare(sheet, rows, adrift)
    }
    return [replace(sheet, sparse=False, bare=True) if sheet.name in bare else sheet for sheet in found]


def _levels(sheets: Sequence[Sheet]) -> Iterable[list[Sheet]]:
    """Return the sets, those that hang on others after them."""
    depth: dict[str, int] = {}
    for sheet in sheets:
        above = [depth[each.parent] + 1 for each in sheet.references if each.parent in depth]
        depth[sheet.name] = max(above, default=0)
    for level in range(max(depth.values(), default=-1) + 1):
        yield [sheet for sheet in sheets if depth[sheet.name] == level]


@dataclass(frozen=True, slots=True)
class _Wary:
    """Whether rows that were refused are tried again, and whether there are any."""

    tries: bool
    refused: bool


def _work(scratch: Scratch, first: Sequence[Fill], sheets: Sequence[Sheet], terms: Terms, wary: _Wary) -> None:
    """Lay down the rows of some sets that hang on none of each other, pair them, and put each in its bucket.

    What they hang on is laid down `first`.
    """
    kept = [sheet for sheet in sheets if sheet.stored.rows]  # what a snapshot has no row of has nothing to pair
    same = [pairing.same(sheet) for sheet in kept]
    busy = [absent.busy(sheet) for sheet in sheets if sheet.bare]
    resting = [_resting(sheet, terms) for sheet in sheets]
    counts = _fill(scratch, [*first, *busy, *resting, *same])[len(first) + len(busy) :][: len(sheets)]
    open_ends = [
        sheet for sheet, count in zip(sheets, counts, strict=True) if sheet in kept and (count != 0 or sheet.bare)
    ]
    # Without tables it costs more to ask than to pair nothing.
    left = [True] * len(open_ends) if scratch.chained else _left_over(scratch, open_ends)
    fills: list[Fill] = []
    for sheet, unpaired in zip(open_ends, left, strict=True):
        fills += [*(pairing.fills(sheet) if unpaired else []), _planning(sheet, terms)]
    _fill(scratch, fills)
    if wary.refused:
        refusals.make_wait(scratch, open_ends, tries=wary.tries)
    collisions.make_wait(scratch, open_ends)


def _left_over(scratch: Scratch, sheets: Sequence[Sheet]) -> list[bool]:
    """Return of which sets both rows of the snapshot and rows of the table are without a partner."""
    return [left for ((left,),) in ask_each(scratch, [pairing.left_over(sheet) for sheet in sheets])]


def _fill(scratch: Scratch, fills: Sequence[Fill]) -> list[int | None]:
    return scratch.fill(fills) if fills else []


def _resting(sheet: Sheet, terms: Terms) -> Fill:
    return f"rest_{sheet.name}", lambda: laying.rest(sheet, terms.lists)


def _planning(sheet: Sheet, terms: Terms) -> Fill:
    return f"plan_{sheet.name}", lambda: buckets.query(sheet, terms)


def _leading(sheet: Sheet) -> Fill:
    return f"dest_{sheet.name}", lambda: laying.destinations(sheet)
