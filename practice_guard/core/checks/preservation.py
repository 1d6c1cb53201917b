"""Which teams kept their id and are still the same team, and what that means for the protected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.application import Application
from practice_guard.core.findings import NOTHING, Overrides, found, weigh
from practice_guard.core.identity import vanished
from practice_guard.core.model import Fate, Finding, Match, Severity, Verdict
from practice_guard.core.restore import TEAM, Plan, Sum
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Preservation:
    """What became of the teams of a snapshot and of the rows that hang on them.

    Attributes:
        snapshot: its id.
        min_rate: what is asked for, percent.
        rate: percent of protected rows whose team kept its id and is still the same team, rounded down; None without
            any row.
        teams: counts by fate, with `total`, and `reused` beside them.
        concerned: the same of the teams that protected rows hang on.
        rows: the same of protected rows that have a team, if need be by way of the row they hang on.
        protected: the same by protected set.
        teamless: rows by protected set that hang on no team, but on a league say; no count here has them.
        leagues: the counts of teams by league code.
        findings: what is wrong, vanished leagues and series first.
        matches: every team of the snapshot's own list with its match.
        parents: the counts of rows, by fate, of what else an import renumbers and protected rows lead to.
        owner: one of what the rows hang on that are compared, in words for people.
    """

    snapshot: str
    min_rate: float
    rate: float | None
    teams: Mapping[str, int]
    concerned: Mapping[str, int]
    rows: Mapping[str, int]
    protected: Mapping[str, Mapping[str, int]]
    teamless: Mapping[str, int]
    leagues: Mapping[str, Mapping[str, int]]
    findings: tuple[Finding, ...]
    matches: Mapping[int, Match]
    parents: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    owner: str = TEAM

    @property
    def preserved(self) -> bool:
        """Whether the rate reaches what is asked for, and no finding is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """Fine when preserved, else refused."""
        return Verdict.FINE if self.preserved else Verdict.REFUSED


def check(
    snapshot: Snapshot, plan: Plan, app: Application, min_rate: float, overrides: Overrides = NOTHING
) -> Preservation:
    """Compare the teams of a snapshot with those of today.

    Args:
        snapshot: the snapshot.
        plan: the plan of its restore, which holds the matches.
        app: the database as it is now.
        min_rate: percent of protected rows whose team must have kept id and identity.
        overrides: the severities that the settings ask for.
    """
    matches, reused = plan.resolutions[snapshot.id].matches, plan.resolutions[snapshot.id].reused
    sums, owner = _compared(plan, app)
    every = _rows_by_fate(sums, reused)
    protected = {
        bound.name: _rows_by_fate([each for each in sums if each.set == bound.name], reused) for bound in app.sets
    }
    # Rounded down: of 25,000 rows, one that lost its team must not be a hundred per cent.
    rate = 10_000 * every["kept"] // every["total"] / 100 if every["total"] else None
    leagues = {
        league: _by_fate([match for match in matches.values() if (match.old.league or "unknown") == league])
        for league in sorted({match.old.league or "unknown" for match in matches.values()})
    }
    everyone = {**_by_fate(list(matches.values())), "reused": len(reused)}
    hung_on = {each.team[1] for each in sums if each.team and each.team[0] == snapshot.id} & matches.keys()
    concerned = {**_by_fate([matches[old] for old in hung_on]), "reused": len(hung_on & reused)}
    findings = (
        *vanished(matches, app.now.teams, habits=app.habits),
        *_findings(every, rate, min_rate, everyone, owner),
    )
    # What is asked for is said by `min_rate`; the settings may only ask for more.
    weighed = tuple(weigh(finding, overrides, firm=finding.severity is Severity.ERROR) for finding in findings)
    teamless = Counter({name: sum(each.rows for each in plan.of(name)) for name in plan.sets})
    teamless.subtract({name: counts["total"] for name, counts in protected.items()})
    return Preservation(
        snapshot.id,
        min_rate,
        rate,
        everyone,
        concerned,
        every,
        protected,
        +teamless,
        leagues,
        weighed,
        matches,
        plan.fates(),
        owner,
    )


def _compared(plan: Plan, app: Application) -> tuple[list[Sum], str]:
    """Return the rows that have a team, or, where there are none at all, those that hang on a parent themselves."""
    if app.catalog.is_of_league:
        return [each for each in plan.sums if each.team is not None], TEAM
    directly = {bound.name for bound in app.sets if bound.references[0].parent is None}
    return [each for each in plan.sums if each.set in directly and each.hung], app.owner


def _rows_by_fate(sums: Sequence[Sum], reused: frozenset[int]) -> dict[str, int]:
    fates: Counter[str] = Counter()
    for each in sums:
        fates[str(each.fate)] += each.rows
    every = {"total": sum(each.rows for each in sums)} | {str(fate): fates[str(fate)] for fate in Fate}
    # Where there are no teams, it is seen by the rows: they hang on something that is there, and not theirs.
    return every | {
        "reused": sum(each.rows for each in sums if (each.team[1] in reused if each.team else each.was_wrong))
    }


def _by_fate(matches: list[Match]) -> dict[str, int]:
    fates = Counter(match.fate for match in matches)
    return {"total": len(matches)} | {str(fate): fates[fate] for fate in Fate}


def _findings(
    rows: Mapping[str, int], rate: float | None, min_rate: float, teams: Mapping[str, int], owner: str
) -> list[Finding]:
    if rate is None:
        why = "A rate over nothing would say that all is well."
        of = "teams" if owner == TEAM else f"any {owner}"
        what = f"0 protected rows of {of} in the snapshot: there is nothing to compare."
        return [found("nothing-to-compare", what, why, Step("snapshots"))]
    findings: list[Finding] = []
    if rate < min_rate:
        recreated, another = ("the teams", "another team") if owner == TEAM else ("what they hang on", "another one")
        changed, total = rows["total"] - rows["kept"], counted(rows["total"], "protected row")
        findings.append(
            found(
                "ids-not-preserved",
                f"{changed:,} of {total} {agreeing(changed, 'hangs', 'hang')} on a {owner} whose id changed: "
                f"{rate:g} % kept theirs, {min_rate:g} % are asked for.",
                f"The ETL recreated {recreated}. Rows that it left alone point at nothing, or at {another}.",
                Step("restore", "--dry-run"),
                rows=changed,
            )
        )
    if owner != TEAM and rows["reused"]:
        hang = agreeing(rows["reused"], "hangs on an id that is", "hang on ids that are")
        what = f"{counted(rows['reused'], 'protected row')} {hang} another's now, and no {owner} of theirs."
        why = "Whoever follows such an id puts what users own at a wrong place. The guard never does."
        findings.append(found("ids-reused", what, why, rows=rows["reused"]))
    if teams["reused"]:
        belong = agreeing(teams["reused"], "belongs", "belong")
        findings.append(
            found(
                "ids-reused",
                f"{counted(teams['reused'], 'id')} {belong} to another team than before; protected rows that had "
                f"{agreeing(teams['reused'], 'it', 'one')}: {rows['reused']:,}.",
                "Whoever follows such an id puts what users own on a wrong team. The guard never does.",
                rows=rows["reused"],
            )
        )
    return findings
