"""The core's reports as outcomes: the figures for JSON, the tables for people, one verdict for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from rich.console import RenderableType
from rich.padding import Padding

from practice_guard.core.checks import Amiss, Health, Preservation, Safety
from practice_guard.core.checks.safety import Result
from practice_guard.core.identity import explain
from practice_guard.core.model import Fate, Finding, Match, Severity, Verdict
from practice_guard.core.restore import TEAM
from practice_guard.core.steps import TRY, Step
from practice_guard.core.upkeep import Backup, Ruling
from practice_guard.core.words import agreeing, counted
from practice_guard.render import adoptions
from practice_guard.render.outcome import Outcome
from practice_guard.render.snapshots import contents
from practice_guard.render.text import explained, line, table

_STATUS_STYLES = {
    Result.PASSED: "green",
    Result.FAILED: "bold red",
    Result.WARNING: "yellow",
    Result.NOT_CHECKED: "bold red",
    Result.MEASURED: "cyan",
}


_WORST = 8
"""How many leagues or teams are listed to a person."""


def safety(report: Safety, *, verbose: bool = False) -> Outcome:
    """Present `validate-safety`: every check if asked, else those that did not pass and the number of the others."""
    blind = sum(check.status is Result.NOT_CHECKED for check in report.checks)
    failed = sum(check.status is Result.FAILED for check in report.checks) + blind
    warned = sum(check.status is Result.WARNING for check in report.checks)
    passed = sum(check.status is Result.PASSED for check in report.checks)
    rows = [
        (line(str(check.status), _STATUS_STYLES[check.status]), check.code, check.says)
        for check in report.checks
        if verbose or check.status is not Result.PASSED
    ]
    body = [table(("status", "check", "what was seen"), rows)] if rows else []
    if not verbose:
        body.append(Padding(line(f"{counted(passed, 'check')} passed; --verbose lists them.", "green"), (0, 0, 1, 2)))
    checks = counted(len(report.checks), "check")
    if report.safe:
        unlooked = f", {blind} could not be made" if blind else ""
        sentence = f"The ETL may run: {checks}, {counted(warned, 'warning')}{unlooked}."
        steps: tuple[Step, ...] = (Step("backup"),)
    else:
        sentence = f"The ETL must not run: {failed} of {checks} failed or could not be made."
        steps = ()
    return Outcome(
        report.verdict,
        sentence,
        {"safe": report.safe, "checks": [{**asdict(check), "measured": check.says} for check in report.checks]},
        tuple(body),
        report.findings,
        tuple(steps),
    )


def backup(report: Backup) -> Outcome:
    """Present `backup`."""
    body: list[RenderableType] = []
    if report.skipped:
        body.append(line(f"  Not in this database, so not protected: {', '.join(report.skipped)}.", "dim"))
    body += [line(f"  Not protected, {name} is left out: {why}", "dim") for name, why in report.left_out.items()]
    if report.snapshot is None:
        kept = f"latest stays {report.previous.id}" if report.previous else "there is still no snapshot"
        return Outcome(
            report.verdict,
            f"No snapshot was taken: {kept}.",
            {"snapshot": None, "rows": 0, "carried": 0, "digest": None, "verified": False, "protected": {}},
            tuple(body),
            report.findings,
            (to_look_at(report.findings),) if report.previous else (),
        )
    snapshot = report.snapshot
    own = {name: each for name, each in snapshot.sets.items() if not each.companion}
    sets = {
        name: {"table": each.definition["table"], "rows": each.rows, "teams": each.teams, "carried": each.carried}
        for name, each in own.items()
    }
    rows: list[tuple[object, ...]] = [
        (name, each.relation, each.rows, each.teams, each.digest[:12], each.carried) for name, each in own.items()
    ]
    rows.append(("sum", "", snapshot.rows, "", snapshot.digest[:12], snapshot.carried))
    body.insert(0, table(("protected", "table", "rows", "hang on", "digest", "carried"), rows, keep=5))
    steps, said = [Step("check-preservation", why="after the ETL")], ""
    if report.adoption is not None:
        body += adoptions.shown(report.adoption)
        said = f" {adoptions.sentence(report.adoption)}"
        if any(each.today for each in report.adoption.adopted):
            steps = [Step("restore", "--dry-run", why="where they would go"), Step("restore")]
    return Outcome(
        report.verdict,
        f"Snapshot {snapshot.id} holds {contents(snapshot)}; read back and verified.{said}",
        {
            "snapshot": snapshot.id,
            "rows": snapshot.rows,
            "carried": snapshot.carried,
            "digest": snapshot.digest,
            "verified": snapshot.verified_at is not None,
            "protected": sets,
            "left_out": dict(report.left_out),
            **(adoptions.result(report.adoption) if report.adoption else {}),
        },
        tuple(body),
        report.findings,
        tuple(steps),
    )


def preservation(report: Preservation, asked: Sequence[Match] = (), parents: Sequence[str] = ()) -> Outcome:
    """Present `check-preservation`; `asked` are the teams whose match is to be explained, `parents` what is said so."""
    words = ["total", *(str(fate) for fate in Fate), "reused"]
    teams = [
        ("teams", *(report.teams[word] for word in words)),
        ("teams with rows", *(report.concerned[word] for word in words)),
    ]
    of_teams = report.owner == TEAM
    rows = [
        *(teams if of_teams else ()),
        *((name, *(counts[word] for word in words)) for name, counts in report.protected.items() if counts["total"]),
        ("protected rows", *(report.rows[word] for word in words)),
    ]
    leagues = [(name, *(counts[word] for word in words[:-1])) for name, counts in report.leagues.items()]
    others = [(name, *(counts[word] for word in words[:-1])) for name, counts in report.parents.items()]
    body: list[RenderableType] = [
        *explained(asked, parents),
        table(("", *words), rows, keep=3),
        *([table(("renumbered besides", *words[:-1]), others, keep=3)] if others else []),
        *(_teamless(name, rows, of_teams=of_teams) for name, rows in report.teamless.items()),
        *([table(("league", *words[:-1]), leagues, keep=3)] if of_teams else ()),
    ]
    rate = "nothing to compare" if report.rate is None else f"{report.rate:g} % of protected rows"
    if report.preserved:
        same = "team" if of_teams else "one"
        sentence = f"Preserved: {rate} hang on a {report.owner} that kept its id and is still the same {same}."
        steps: tuple[Step, ...] = (Step("health"),)
    elif report.rate is None:
        sentence, steps = f"Not preserved: the snapshot has no row of a {report.owner} to compare.", ()
    elif report.rate >= report.min_rate:
        raised = ", ".join(dict.fromkeys(each.code for each in report.findings if each.severity is Severity.ERROR))
        sentence = f"Not preserved: {rate} hang on a {report.owner} that kept its id, but the settings refuse {raised}."
        steps = (Step("restore", "--dry-run"),)
    else:
        sentence = (
            f"Not preserved: only {rate} hang on a {report.owner} that kept its id ({report.min_rate:g} % asked for)."
        )
        steps = (Step("restore", "--dry-run"),)
    return Outcome(
        report.verdict,
        sentence,
        {
            "snapshot": report.snapshot,
            "preserved": report.preserved,
            "min_rate": report.min_rate,
            "rate": report.rate,
            "teams": report.teams,
            "teams_with_rows": report.concerned,
            "rows": report.rows,
            "protected": report.protected,
            "rows_without_team": dict(report.teamless),
            "leagues": report.leagues,
            "parents": report.parents,
            "explained": [*(explain(match) for match in asked), *parents],
        },
        tuple(body),
        report.findings,
        tuple(steps),
    )


def _teamless(name: str, rows: int, *, of_teams: bool) -> RenderableType:
    hang = agreeing(rows, "hangs on no team; health judges it", "hang on no team; health judges them")
    if not of_teams:
        hang = (
            agreeing(rows, "hangs on another row, or on none", "hang on other rows, or on none") + "; health judges it"
        )
    return line(f"  {counted(rows, 'row')} of {name} {hang}.\n")


_DELETED = frozenset({"deleted-in-bulk", "nothing-left"})
"""Findings whose rows a restore puts back only where it is asked to."""


def health(report: Health) -> Outcome:
    """Present `health`."""
    total = report.total
    heads = [*asdict(total)]
    sets = {name: asdict(counts) for name, counts in report.sets.items()}
    rows = [(name, *(counts[head] for head in heads)) for name, counts in sets.items()]
    rows.append(("sum", *(asdict(total)[head] for head in heads)))
    weights = Counter(finding.severity for finding in report.findings)
    were = agreeing(weights[Severity.WARNING], "was", "were")
    besides = "".join(f"; {each}" for each in report.besides)
    against = (
        f"{counted(weights[Severity.ERROR], 'error')}, {report.amiss}"
        if weights[Severity.ERROR]
        else f"{counted(weights[Severity.WARNING], 'warning')}, which {were} asked to fail it{besides}"
    )
    waiting = f"{counted(total.pending, 'row')} {agreeing(total.pending, 'waits', 'wait')}"
    sentence = {
        Verdict.FINE: f"Healthy, score {report.score}: {counted(total.after, 'protected row')}, {report.where}.",
        Verdict.WAITING: f"Score {report.score}: nothing is wrong, but {waiting}{besides}.",
        Verdict.REFUSED: f"Not healthy, score {report.score}: {against}.",
    }[report.verdict]
    if report.verdict is Verdict.FINE and total.bad:
        sentence = f"Score {report.score}: {counted(total.bad, 'row')} amiss, which the settings allow."
    elif report.snapshot is None and report.verdict is Verdict.FINE:
        sentence = f"No row is without a team, score {report.score}: {'; '.join(report.besides)}."
    return Outcome(
        report.verdict,
        sentence,
        {
            "snapshot": report.snapshot,
            "healthy": report.healthy,
            "score": report.score,
            **asdict(total),
            "snapshot_taken_at": None if report.taken_at is None else report.taken_at.isoformat(),
            "not_followed": list(report.not_followed),
            "protected": sets,
            "leagues": {name: asdict(amiss) for name, amiss in report.leagues.items()},
            "teams": {name: asdict(amiss) for name, amiss in report.teams.items()},
        },
        (
            table(("protected", *(head.replace("_", " ") for head in heads)), rows, keep=3),
            *_amiss("league", report.leagues),
            *_amiss("team", report.teams),
        ),
        report.findings,
        tuple(_after_health(report)),
    )


def _after_health(report: Health) -> Iterator[Step]:
    if report.verdict is Verdict.WAITING and report.refused:
        yield TRY
    elif report.verdict is not Verdict.FINE:
        yield to_look_at(report.findings)


def to_look_at(findings: Sequence[Finding]) -> Step:
    """Return the command that shows what a restore would do; also for rows that somebody deleted, where many are."""
    deleted = any(each.code in _DELETED for each in findings)
    return Step("restore", "--dry-run", *(["--include-deleted"] if deleted else []))


def _amiss(kind: str, places: Mapping[str, Amiss]) -> list[RenderableType]:
    """List leagues or teams with rows that are not in place, those with most first."""
    worst = sorted((place for place in places.items() if place[1].total), key=lambda place: (-place[1].total, place[0]))
    if not worst:
        return []
    heads = ("before", "lost", "orphaned", "wrong_team", "pending")
    rows = [(name, *(getattr(amiss, head) for head in heads)) for name, amiss in worst[:_WORST]]
    shown: list[RenderableType] = [table((kind, *(head.replace("_", " ") for head in heads)), rows, keep=2)]
    if len(worst) > _WORST:
        shown.append(line(f"  … and {len(worst) - _WORST} more; --json lists them all.\n"))
    return shown


def cleanup(rulings: Sequence[Ruling], *, dry_run: bool, options: Sequence[str] = ()) -> Outcome:
    """Present `cleanup`; `options` are those with which a dry run is to be repeated in earnest."""
    gone = [ruling for ruling in rulings if ruling.goes]
    kept = [ruling for ruling in rulings if not ruling.goes]
    rows = [
        (ruling.snapshot.id, ruling.snapshot.rows, "remove" if ruling.goes else "keep", ruling.reason)
        for ruling in rulings
    ]
    verb = "would be removed" if dry_run else "removed"
    return Outcome(
        Verdict.FINE,
        f"{counted(len(gone), 'snapshot')} {verb}, {len(kept)} kept." + (" Nothing was written." if dry_run else ""),
        {
            "removed": [ruling.snapshot.id for ruling in gone],
            "kept": [{"snapshot": ruling.snapshot.id, "reason": ruling.reason} for ruling in kept],
            "reasons": {ruling.snapshot.id: ruling.reason for ruling in gone},
            "dry_run": dry_run,
        },
        (table(("snapshot", "rows", "", "reason"), rows),),
        (),
        (Step("cleanup", *options),) if dry_run and gone else (),
    )
