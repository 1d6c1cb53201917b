"""Is every protected row there, once, on the right team? Compared with a snapshot, and scored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from practice_guard.core import errors, model, restore, snapshots
from practice_guard.core.application import Application, BoundSet, PointsAt
from practice_guard.core.checks import drift
from practice_guard.core.database import Database, Query, ask_each, columns, statement
from practice_guard.core.findings import NOTHING, Overrides, found, weigh
from practice_guard.core.guarding import Guard
from practice_guard.core.identity import vanished
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.restore import Bucket, Plan, Sum, count
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Advice, Step
from practice_guard.core.words import agreeing, counted

GROWTH = 3
"""How many times its size a protected table may grow between two checks before that alone is an error."""

FEW = 20
"""Rows more below which growth says nothing: one poll that became three is an ordinary day."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The state of a protected set, in rows.

    Attributes:
        before: rows that ought to exist by the snapshot (or the baseline given).
        after: rows in the table.
        lost: rows that are not there although nobody deleted them and their team is known.
        orphaned: rows of the table that hang on no team or a vanished one, or point at no league where they did.
        wrong_team: rows that hang on a team that is there and not theirs.
        duplicated: rows that stand on their team more often than they should.
        added: rows that users added since.
        deleted: rows that users deleted since.
        pending: rows whose team is not known.
    """

    before: int
    after: int
    lost: int
    orphaned: int
    wrong_team: int
    duplicated: int
    added: int
    deleted: int
    pending: int

    @property
    def bad(self) -> int:
        """Rows that are not where they should be, each counted once."""
        return self.lost + self.orphaned + self.wrong_team + self.duplicated


@dataclass(frozen=True, slots=True)
class Amiss:
    """Rows of a league or team that ought to exist, and those that are not in place."""

    before: int
    lost: int
    orphaned: int
    wrong_team: int
    pending: int

    @property
    def total(self) -> int:
        """Rows that are not in place."""
        return self.lost + self.orphaned + self.wrong_team + self.pending


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict over all protected sets.

    Attributes:
        snapshot: what was compared with; None where there was none.
        sets: the state of each protected set.
        findings: what is wrong, weighed as the settings ask.
        leagues: by league code, the rows that are not in place, and how many there ought to be.
        teams: the same for teams, only those with rows that are not in place.
        fail_on_warning: whether warnings fail the check too.
        twice_amiss: pending rows that hang on a team that is certainly not theirs, which both sums have.
    """

    snapshot: str | None
    sets: Mapping[str, Counts]
    findings: tuple[Finding, ...]
    leagues: Mapping[str, Amiss]
    teams: Mapping[str, Amiss]
    fail_on_warning: bool = False
    twice_amiss: int = 0

    @property
    def total(self) -> Counts:
        """The sums over all sets."""
        sums: Counter[str] = Counter()
        for counts in self.sets.values():
            sums.update(asdict(counts))
        return Counts(**{name: sums[name] for name in Counts.__slots__})

    @property
    def score(self) -> int:
        """Percent of rows in place: 100 x (1 - (bad + pending) / rows), rounded down, at least 0.

        `bad` counts lost, orphaned, wrong-team and duplicated rows; `rows` is the larger of before and after. A row
        that waits and hangs on a wrong team meanwhile is one row. Without a snapshot nobody knows whether every row
        is in place, and without a row there is nothing to score.
        """
        total = self.total
        rows = max(total.before, total.after)
        amiss = total.bad + total.pending - self.twice_amiss
        errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        if not rows:
            return 0 if errors else 100
        score = max(0, 100 * (rows - amiss) // rows)
        return min(score, 99) if errors or amiss or self.snapshot is None else score

    @property
    def verdict(self) -> Verdict:
        """Refused on any error (or warning, if asked), waiting when only pending rows are left, else fine."""
        weights = {finding.severity for finding in self.findings}
        if Severity.ERROR in weights or (self.fail_on_warning and Severity.WARNING in weights):
            return Verdict.REFUSED
        return Verdict.WAITING if self.total.pending else Verdict.FINE

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong and nothing waits."""
        return self.verdict is Verdict.FINE


def check(
    database: Database, plan: Plan, app: Application, *, fail_on_warning: bool = False, overrides: Overrides = NOTHING
) -> Health:
    """Judge the tables against a snapshot, in the transaction that is open.

    Args:
        database: where.
        plan: the plan of the snapshot's restore: what it would still have to do is what is wrong.
        app: the database as it is.
        fail_on_warning: whether warnings fail the check too.
        overrides: the severities that the settings ask for.
    """
    sets = {name: _count(plan, name) for name in plan.sets}
    findings = [finding for name, counts in sets.items() for finding in _findings(name, counts)]
    concerned = {match.old.id for each in plan.sums if _of_own_list(plan, each) and (match := plan.match(each))}
    own = plan.resolutions[plan.snapshot].matches
    findings += vanished(own, app.now.teams, concerned)
    findings += _disagreements(database, [bound for bound in app.sets if bound.name in plan.sets], app)
    if not plan.writes():
        findings += drift.emptied(plan, plan.live)
    leagues, teams = _by_place(plan)
    weighed = tuple(weigh(finding, overrides) for finding in findings)
    twice = sum(each.rows for each in plan.in_bucket(Bucket.PENDING) if each.was_wrong)
    return Health(plan.snapshot, sets, weighed, leagues, teams, fail_on_warning, twice)


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
    asked = [bound for bound in sets if bound.references[0].target is PointsAt.TEAMS and _leagues_of(bound)]
    findings: list[Finding] = []
    answers = ask_each(database, [_disagreeing(bound, app) for bound in asked])
    for bound, ((rows, keys),) in zip(asked, answers, strict=True):
        if rows:
            one, many = "is on a team of one league and says it is", "are on a team of one league and say they are"
            what = f"{counted(rows, 'row')} of {bound.name} {agreeing(rows, one, many)} of another."
            why = "Pages that ask for the league show them to the wrong people, or to nobody."
            examples = tuple(f"{bound.table.name} {bound.key.name} {key}" for key in keys)
            fix = "Correct the league of these rows, or their team, by hand."
            findings.append(found("league-disagrees", what, why, fix, rows=rows, examples=examples))
    return findings


def _leagues_of(bound: BoundSet) -> list[str]:
    return [each.column for each in bound.references if each.target is PointsAt.LEAGUES]


def _disagreeing(bound: BoundSet, app: Application) -> Query:
    parts = {
        **bound.parts,
        "teams": app.catalog.table("teams").quoted,
        "leagues": app.catalog.table("leagues").quoted,
        "of_leagues": columns(_leagues_of(bound), of="t"),
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
        plan = restore.plan(database, snapshot, app, guard.request)
        return check(database, plan, app, fail_on_warning=fail_on_warning, overrides=overrides)
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
    for name, (rows, orphaned) in restore.count_alone(database, app).items():
        before = baseline if baseline is not None and name == "practices" else rows
        lost, added = max(0, before - rows), max(0, rows - before)
        sets[name] = Counts(before, rows, lost, orphaned, 0, 0, added, 0, 0)
    findings = [finding for name, counts in sets.items() for finding in _findings(name, counts)]
    if blind is not None:
        findings.append(blind)
        if not any(each.after for each in sets.values()):
            what = "0 protected rows and 0 snapshots: there is nothing to compare."
            why = "Whether rows were ever there cannot be known; a table that an import has emptied looks the same."
            findings.append(found("nothing-to-compare", what, why, Step("snapshots")))
    findings += _disagreements(database, app.sets, app)
    weighed = tuple(weigh(finding, overrides) for finding in findings)
    return Health(None, sets, weighed, {}, {}, fail_on_warning)


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
        pending=buckets["pending"],
    )


def _findings(name: str, counts: Counts) -> Sequence[Finding]:
    findings: list[Finding] = []

    def note(code: str, rows: int, verb: tuple[str, str], rest: str, why: str, fix: Advice) -> None:
        if rows:
            what = f"{counted(rows, 'row')} of {name} {agreeing(rows, *verb)} {rest}."
            findings.append(found(code, what, why, fix, rows=rows))

    again = Step("restore", "--dry-run")
    are, hang, were = ("is", "are"), ("hangs", "hang"), ("was", "were")
    note("rows-lost", counts.lost, are, "not there", "No user deleted what is missing.", again)
    note(
        "rows-orphaned", counts.orphaned, hang, "on no team or league that exists",
        "Users cannot see what hangs on nothing.", again,
    )  # fmt: skip
    note(
        "rows-on-wrong-team", counts.wrong_team, hang, "on the team or league of others",
        "Other users see what is not theirs.", again,
    )  # fmt: skip
    note(
        "rows-duplicated", counts.duplicated, are, "there more often than before",
        "Something inserted the same again.", f"Remove the copies in {name} by their primary keys.",
    )  # fmt: skip
    note(
        "rows-pending", counts.pending, ("waits for its", "wait for their"), "team or a person",
        "No team of today is certain; the next backup carries on what waits.", again,
    )  # fmt: skip
    note("rows-deleted", counts.deleted, were, "deleted by users", "Left deleted.", "")
    note("rows-added", counts.added, were, "added by users", "Left alone.", "")
    if counts.before and counts.after >= GROWTH * counts.before and counts.after - counts.before >= FEW:
        before = f"{counts.before:,} {agreeing(counts.before, *were)}"
        grown = f"there where {before}: {counts.after // counts.before:,} times as many"
        why = "A join that matched too much once made 3,470,114 rows of 41."
        note("table-grown", counts.after, are, grown, why, f"Look into {name} by hand.")
    return findings
