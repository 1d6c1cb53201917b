"""Is every protected row there, once, on the right team? Compared with a snapshot, and scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from practice_guard.core import errors, model, restore, snapshots
from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet, exposed
from practice_guard.core.checks import changes, drift, labels, orphans
from practice_guard.core.checks.states import Amiss, Counts, Health
from practice_guard.core.database import Database, Query, ask_each, columns, statement
from practice_guard.core.findings import NOTHING, Overrides, found, weigh
from practice_guard.core.guarding import Guard
from practice_guard.core.identity import vanished
from practice_guard.core.model import Fate, Finding
from practice_guard.core.restore import Bucket, Kind, Plan, Sum, Workings, count
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Advice, Step
from practice_guard.core.words import agreeing, counted, duration

GROWTH = 3
"""How many times its size a protected table may grow between two checks before that alone is an error."""

FEW = 20
"""Rows more below which growth says nothing: one poll that became three is an ordinary day."""


_KINDS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "rows-lost": (Kind.LOST,),
        "rows-orphaned": (Kind.ADRIFT, Kind.ORPHANED),
        "rows-on-wrong-team": (Kind.WRONG_TEAM,),
        "rows-duplicated": (Kind.DUPLICATED,),
        "rows-pending": (Kind.PENDING,),
        "rows-refused": (Kind.REFUSED,),
        "rows-deleted": (Kind.DELETED,),
        "rows-edited": (Kind.EDITED,),
        "rows-added": (Kind.ADDED,),
        "table-grown": (Kind.DUPLICATED, Kind.ADDED),
    }
)
"""Which rows a finding names first."""


def check(
    database: Database,
    workings: Workings,
    now: datetime,
    *,
    fail_on_warning: bool = False,
    overrides: Overrides = NOTHING,
) -> Health:
    """Judge the tables against a snapshot, in the transaction that is open.

    Args:
        database: where.
        workings: the plan of the snapshot's restore: what it would still have to do is what is wrong.
        now: the time, from which the snapshot's age is counted.
        fail_on_warning: whether warnings fail the check too.
        overrides: the severities that the settings ask for.
    """
    plan, app = workings.plan, workings.app
    looked_at = [bound for bound in app.sets if bound.name in plan.sets]
    sets = {name: _count(plan, name) for name in plan.sets}
    age = now - workings.snapshot.taken_at
    compared = f" Compared with snapshot {plan.snapshot}, taken {duration(age)} ago."
    findings = [*_named(database, workings, sets), *changes.by_hand(workings)]
    findings += restore.additions.unknown(plan, age)
    findings += labels.misplaced(database, labels.labelled(looked_at), app.now, app.habits)
    concerned = {match.old.id for each in plan.sums if _of_own_list(plan, each) and (match := plan.match(each))}
    findings += _vanished(workings, concerned)
    findings += _disagreements(database, looked_at, app)
    if not plan.writes():
        findings += _emptied(workings)
    leagues, teams = _by_place(plan)
    weighed = tuple(weigh(replace(each, why=each.why + compared), overrides) for each in findings)
    twice = sum(each.rows for each in plan.in_bucket(Bucket.PENDING) if each.was_wrong)
    taken_at = workings.snapshot.taken_at
    return Health(
        plan.snapshot, sets, weighed, leagues, teams, fail_on_warning, twice, taken_at,
        _not_followed(database, app) + _not_known(workings), workings.snapshot.keeps,
        refused=restore.count_refused(plan),
        of_teams=not plan.sets or any(each.owner == restore.TEAM for each in plan.sets.values()),
    )  # fmt: skip


def _emptied(workings: Workings) -> list[Finding]:
    """Find what is empty that was not, and name a few of its rows."""
    findings = drift.emptied(workings.plan, workings.plan.live)
    asked = [(name, Kind.DELETED) for name, each in workings.plan.sets.items() if findings and not each.live]
    rows = [row for some in restore.named(workings, asked) for row in some]
    return [replace(each, examples=tuple(rows[:3])) for each in findings]


def _vanished(workings: Workings, concerned: Collection[int]) -> list[Finding]:
    """Find the leagues and series of which no team is left, and name a few rows of theirs."""
    own, today = workings.plan.resolutions[workings.plan.snapshot].matches, workings.app.now.teams
    habits = workings.request.habits
    if not vanished(own, today, concerned, habits=habits):
        return []
    missing = [number for number in concerned if own[number].fate is Fate.MISSING]
    return vanished(own, today, concerned, restore.named_of_teams(workings, missing), habits)


def _not_followed(database: Database, app: Application) -> tuple[str, ...]:
    found_ = exposed.with_rows(database, exposed.unfollowed(database, app))
    return tuple(f"{each.table}.{each.column}" for each in found_)


def _not_known(workings: Workings) -> tuple[str, ...]:
    """Return the columns that are followed from the next snapshot on: this one has no list of what they point at."""
    sheets = workings.sheets.values()
    return tuple(f"{each.bound.table.name}.{column}" for each in sheets for column in each.unknown)


def _of_own_list(plan: Plan, each: Sum) -> bool:
    return each.team is not None and each.team[0] == plan.snapshot


def _by_place(plan: Plan) -> tuple[dict[str, Amiss], dict[str, Amiss]]:
    """Count the rows that are not in place by league and, where there are any, by team."""
    leagues: defaultdict[str, list[Sum]] = defaultdict(list)
    teams: defaultdict[str, list[Sum]] = defaultdict(list)
    for each in plan.sums:
        if match := plan.match(each):
            leagues[match.old.league or "unknown"].append(each)
            teams[str(match.old.identity)].append(each)
    by_team = {name: _amiss(sums) for name, sums in sorted(teams.items())}
    return (
        {name: _amiss(sums) for name, sums in sorted(leagues.items())},
        {name: amiss for name, amiss in by_team.items() if amiss.total},
    )


def _amiss(sums: Sequence[Sum]) -> Amiss:
    buckets = count(sums)
    wrong = sum(each.rows for each in sums if each.was_wrong)
    orphaned = sum(each.rows for each in sums if each.bucket is Bucket.RELINK and not each.was_wrong)
    return Amiss(buckets["total"], buckets["insert"], orphaned, wrong, buckets["pending"])


def _disagreements(database: Database, sets: Sequence[BoundSet], app: Application) -> list[Finding]:
    """Find rows of a team of one league that say they are of another league that is there too."""
    asked = [bound for bound in sets if bound.references[0].target == TEAMS and _leagues_of(bound)]
    findings: list[Finding] = []
    answers = ask_each(database, [_disagreeing(bound, app) for bound in asked])
    teams = {team.id: str(team.identity) for team in app.now.teams}
    for bound, ((rows, said, on),) in zip(asked, answers, strict=True):
        if rows:
            one, many = "is on a team of one league and says it is", "are on a team of one league and say they are"
            what = f"{counted(rows, 'row')} of {bound.name} {agreeing(rows, one, many)} of another."
            why = "Pages that ask for the league show them to the wrong people, or to nobody."
            examples = [f"{teams.get(team, team)}: {row}" for row, team in zip(said, on, strict=True)]
            fix = "Correct the league of these rows, or their team, by hand."
            findings.append(found("league-disagrees", what, why, fix, rows=rows, examples=examples))
    return findings


def _leagues_of(bound: BoundSet) -> list[str]:
    return [each.column for each in bound.references if each.target == LEAGUES]


def _disagreeing(bound: BoundSet, app: Application) -> Query:
    parts = {
        **bound.parts,
        "teams": app.catalog.table("teams").quoted,
        "leagues": app.catalog.table("leagues").quoted,
        "of_leagues": columns(_leagues_of(bound), of="t"),
        "words": f"{labels.words(bound)} || {labels.placed(bound)}",
    }
    return Query(statement(__name__, "disagreeing", **parts))


def examine(
    guard: Guard,
    app: Application,
    *,
    wanted: str = model.LATEST,
    baseline: int | None = None,
    fail_on_warning: bool = False,
) -> Health:
    """Judge against the snapshot wanted, a number of rows, or neither where there is no snapshot at all.

    Raises:
        errors.NoSnapshotError: there is none of that id.
    """
    database, overrides = guard.database, guard.overrides
    snapshot = _compared_with(database, wanted) if baseline is None else None
    if snapshot is not None:
        guard.watcher.begins("verifying the snapshot", snapshot.rows)
        snapshots.verify(database, snapshot)
        guard.watcher.begins("looking for every row", snapshot.rows)
        workings = restore.work_out(database, snapshot, app, guard.request)
        return check(database, workings, guard.author.now, fail_on_warning=fail_on_warning, overrides=overrides)
    blind = _blind(guard) if baseline is None else None
    return check_alone(
        database, app, baseline=baseline, blind=blind, fail_on_warning=fail_on_warning, overrides=overrides
    )


def _blind(guard: Guard) -> Finding:
    """Find that there is nothing to compare with."""
    so = "only rows without a team can be seen, not lost or moved ones"
    return snapshots.unverified(snapshots.listing(guard.database), so)


def _compared_with(database: Database, wanted: str) -> Snapshot | None:
    """Return the snapshot wanted; None where that is the newest and there is none."""
    try:
        return snapshots.find(database, wanted)
    except errors.NoSnapshotError:
        if wanted == model.LATEST:
            return None
        raise


def check_alone(
    database: Database,
    app: Application,
    *,
    baseline: int | None = None,
    blind: Finding | None = None,
    fail_on_warning: bool = False,
    overrides: Overrides = NOTHING,
) -> Health:
    """Judge the tables by themselves, where there is no snapshot to compare with, or only a number of rows.

    Args:
        database: where, in the transaction that is open.
        app: the database as it is.
        baseline: how many practices there ought to be; None where nobody knows.
        blind: the finding that nobody knows.
        fail_on_warning: whether warnings fail the check too.
        overrides: the severities that the settings ask for.
    """
    sets: dict[str, Counts] = {}
    for name, (rows, orphaned, _) in restore.count_alone(database, app).items():
        before = baseline if baseline is not None and name == "practices" else rows
        lost, added = max(0, before - rows), max(0, rows - before)
        sets[name] = Counts(before, rows, lost, orphaned, 0, 0, added, 0, 0, 0)
    findings = [finding for name, counts in sets.items() for finding in _findings(name, counts)]
    if blind is not None:
        findings.append(blind)
        if not any(each.after for each in sets.values()):
            what = "0 protected rows and 0 snapshots: there is nothing to compare."
            why = "Whether rows were ever there cannot be known; a table that an import has emptied looks the same."
            findings.append(found("nothing-to-compare", what, why, Step("snapshots")))
    findings += labels.misplaced(database, labels.labelled(app.sets), app.now, app.habits)
    findings += _disagreements(database, app.sets, app)
    weighed = tuple(weigh(finding, overrides) for finding in findings)
    unfollowed = _not_followed(database, app)
    return Health(None, sets, weighed, {}, {}, fail_on_warning, not_followed=unfollowed, baseline=baseline)


def _count(plan: Plan, name: str) -> Counts:
    buckets, facts = plan.counts(name), plan.sets[name]
    wrong = sum(each.rows for each in plan.of(name) if each.was_wrong)
    adrift = sum(each.rows for each in plan.of(name) if each.bucket is Bucket.RELINK and not each.was_wrong)
    return Counts(
        before=buckets["total"],
        after=facts.live,
        lost=buckets["insert"],
        orphaned=adrift + facts.orphaned,
        wrong_team=wrong,
        duplicated=facts.duplicated,
        added=facts.added - facts.orphaned - facts.duplicated,
        deleted=buckets["deleted"],
        moved=sum(each.rows for each in plan.of(name) if each.moved),
        pending=buckets["pending"],
        edited=sum(each.rows for each in plan.of(name) if each.edited),
    )


def _named(database: Database, workings: Workings, sets: Mapping[str, Counts]) -> list[Finding]:
    """Find what is wrong by the counts of each set, with the first few rows of each finding named."""
    findings = [
        (name, finding) for name, counts in sets.items() for finding in _waiting_apart(workings.plan, name, counts)
    ]
    if any(finding.code == "rows-pending" for _, finding in findings):
        findings = _adopting(orphans.waiting(database, workings.plan, workings.app), findings)
    asked = [(name, kind) for name, finding in findings for kind in _KINDS[finding.code]]
    rows = dict(zip(asked, restore.named(workings, asked), strict=True))
    return [
        replace(finding, examples=tuple(row for kind in _KINDS[finding.code] for row in rows[name, kind])[:3])
        for name, finding in findings
    ]


def _adopting(steps: Mapping[str, Step], findings: Sequence[tuple[str, Finding]]) -> list[tuple[str, Finding]]:
    """Name beside rows that wait the command that adopts them, where a snapshot's lists know their ids."""
    return [
        (name, replace(finding, fix=(steps[name], Step("restore", "--dry-run"))))
        if finding.code == "rows-pending" and name in steps
        else (name, finding)
        for name, finding in findings
    ]


def _waiting_apart(plan: Plan, name: str, counts: Counts) -> list[Finding]:
    """Find what is wrong with a set, and tell what waits for a team from what the database refuses."""
    refused = restore.refused(plan, name)
    of_teams = replace(counts, pending=counts.pending - sum(each.rows for each in refused))
    return [*_findings(name, of_teams, plan.sets[name].owner), *refused]


def _findings(name: str, counts: Counts, owner: str = restore.TEAM) -> list[Finding]:
    """Find what is wrong by the counts of a set, of which one `owner` is what its rows hang on."""
    findings: list[Finding] = []
    of_teams = owner == restore.TEAM
    others = "on the team or league of others" if of_teams else f"on another {owner} than theirs"

    def note(code: str, rows: int, verb: tuple[str, str], rest: str, why: str, fix: Advice) -> None:
        if rows:
            what = f"{counted(rows, 'row')} of {name} {agreeing(rows, *verb)} {rest}."
            findings.append(found(code, what, why, fix, rows=rows))

    again = Step("restore", "--dry-run")
    are, hang, were = ("is", "are"), ("hangs", "hang"), ("was", "were")
    note("rows-lost", counts.lost, are, "not there", "No user deleted what is missing.", again)
    note(
        "rows-orphaned", counts.orphaned, hang, f"on no {'team or league' if of_teams else owner} that exists",
        "Users cannot see what hangs on nothing.", again,
    )  # fmt: skip
    note(
        "rows-on-wrong-team", counts.wrong_team, hang, others,
        "Other users see what is not theirs.", again,
    )  # fmt: skip
    note(
        "rows-duplicated", counts.duplicated, are, "there more often than before",
        "Something inserted the same again.", f"Remove the copies in {name} by their primary keys.",
    )  # fmt: skip
    note(
        "rows-pending", counts.pending, ("waits for its", "wait for their"), f"{owner} or a person",
        f"No {owner} of today is certain; the next backup carries on what waits.", again,
    )  # fmt: skip
    note("rows-deleted", counts.deleted, were, "deleted by users", "Left deleted.", "")
    note("rows-edited", counts.edited, were, "edited since", "What a row says now is kept.", "")
    note("rows-added", counts.added, were, "added by users", "Left alone.", "")
    if counts.before and counts.after >= GROWTH * counts.before and counts.after - counts.before >= FEW:
        before = f"{counts.before:,} {agreeing(counts.before, *were)}"
        grown = f"there where {before}: {counts.after // counts.before:,} times as many"
        why = "A join that matched too much once made 3,470,114 rows of 41."
        note("table-grown", counts.after, are, grown, why, f"Look into {name} by hand.")
    return findings
