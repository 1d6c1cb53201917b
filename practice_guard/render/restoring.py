"""A restore as an outcome: where the rows go, league by league, what waits and why, and what was left alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import RenderableType

from practice_guard.core.findings import found
from practice_guard.core.identity import explain
from practice_guard.core.model import Fate, Finding, Match, Reason, Verdict
from practice_guard.core.restore import (
    NOT_IN_PLACE,
    Applied,
    Bucket,
    Plan,
    Sum,
    additions,
    count_refused,
    refused,
    tried_again,
    waits_for,
)
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import TRY, Step
from practice_guard.core.words import agreeing, counted, duration
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import bars, explained, line, table

_WORDS = {
    Bucket.INTACT: "in place",
    Bucket.RELINK: "re-linked",
    Bucket.INSERT: "put back",
    Bucket.PENDING: "waiting",
    Bucket.EDITED: "edited by users",
    Bucket.DELETED: "deleted by users",
    Bucket.GIVEN_UP: "given up by a person",
}
_STYLES = {
    _WORDS[Bucket.INTACT]: "green",
    _WORDS[Bucket.RELINK]: "cyan",
    _WORDS[Bucket.INSERT]: "blue",
    _WORDS[Bucket.PENDING]: "yellow",
}
_SHOWN = 12
_SHOWN_RULES = 5


@dataclass(frozen=True, slots=True)
class About:
    """What a restore is told with.

    Attributes:
        snapshot: the snapshot.
        now: the time, from which the snapshot's age is counted.
        verbose: every team on a line of its own.
        tried: it was done for real, and taken back.
        untold: the rules of tables of which only that shows what they say.
    """

    snapshot: Snapshot
    now: datetime
    verbose: bool = False
    tried: bool = False
    untold: tuple[str, ...] = ()


def restore(
    plan: Plan,
    about: About,
    *,
    applied: Applied | None = None,
    asked: Sequence[Match] = (),
    parents: Sequence[str] = (),
    steps: Sequence[Step] = (),
    again: Sequence[str] = (),
) -> Outcome:
    """Present a restore, planned or applied.

    Args:
        plan: what is or was to be done.
        about: what it is told with.
        applied: what was done; None where it was only shown.
        asked: teams whose match is to be explained.
        parents: what is said of rows of other parents.
        steps: commands to copy beside the usual ones.
        again: the options with which a plan was asked for, for the command that applies it.
    """
    dry_run, ledger = applied is None, applied.ledger if applied else None
    counts, pending = plan.counts(), waiting(plan)
    age = about.now - about.snapshot.taken_at
    sets = {name: plan.counts(name) for name in plan.sets}
    usual = [Step("restore", *again) if dry_run and plan.writes() else Step("health")]
    drafted = any("--decisions" in step.words for step in steps)
    if not drafted and (any(entry["candidates"] for entry in pending) or _waits_for_a_row(plan)):
        why = "for a person to decide; what is imported later is placed by itself"
        usual.append(Step("restore", "--dry-run", "--write-decisions", "decisions.toml", why=why))
    if dry_run and not about.tried and tried_again(plan)[0]:
        usual.append(Step(*TRY.words, *again, why="whether the database still refuses what it refused last time"))
    if dry_run and counts["deleted"]:
        usual.append(Step("restore", "--dry-run", "--include-deleted", why="what users deleted comes back too"))
    return Outcome(
        Verdict.WAITING if counts["pending"] else Verdict.FINE,
        sentence(plan, age, dry_run=dry_run, ledger=ledger, tried=about.tried),
        {
            "snapshot": plan.snapshot,
            "snapshot_age_seconds": round(age.total_seconds()),
            "dry_run": dry_run,
            "tried": about.tried,
            "not_foreseen": list(about.untold),
            "plan_digest": plan.digest,
            "ledger": ledger,
            "no_import_since": plan.since.no_import,
            "rows": counts,
            "added": _added(plan),
            "protected": sets,
            "evidence": plan.evidence(),
            "pending": pending,
            "notes": dict(_notes(plan)),
            "parents": plan.fates(),
            "explained": [*(explain(match) for match in asked), *parents],
        },
        tuple(_body(plan, about, dry_run=dry_run, asked=(asked, parents), pending=pending)),
        (*_findings(plan, age), *(finding for each in plan.resolutions.values() for finding in each.findings)),
        (*steps, *usual),
    )


def _body(
    plan: Plan,
    about: About,
    *,
    dry_run: bool,
    asked: tuple[Sequence[Match], Sequence[str]],
    pending: Sequence[dict[str, object]],
) -> list[RenderableType]:
    counts, age = plan.counts(), about.now - about.snapshot.taken_at
    body: list[RenderableType] = [line(f"  {each}\n", "bold") for each in _way(about, dry_run=dry_run)]
    body.append(line(f"  Snapshot {plan.snapshot}, {duration(age)} old, {counted(counts['total'], 'row')}.\n"))
    if counts["insert"] and not plan.since.no_import:
        absent = agreeing(
            counts["insert"],
            "is not there. An import ran since, so nobody can say whether users deleted it: it comes back",
            "are not there. An import ran since, so nobody can say whether users deleted some of them: all come back",
        )
        body.append(line(f"  {counted(counts['insert'], 'row')} {absent}.\n"))
    body += explained(*asked)
    body.append(bars({_WORDS[bucket]: counts[str(bucket)] for bucket in Bucket}, styles=_STYLES))
    heads = ["total", *(str(bucket) for bucket in Bucket if counts[str(bucket)])]
    rows = [(name, *(plan.counts(name)[head] for head in heads)) for name in plan.sets]
    rows.append(("sum", *(counts[head] for head in heads)))
    body.append(table(("protected", *heads), rows))
    if by_league := _by_league(plan):
        body.append(table(("league", "teams", "rows", "what happens", "evidence"), by_league))
    if not (about.verbose or by_league):
        body.append(line("  --dry-run with --out writes every row into a file.\n", "dim"))
    elif not about.verbose:
        body.append(line("  --verbose lists every team; --dry-run with --out writes every row into a file.\n", "dim"))
    else:
        body.append(table(("team", "rows", "what happens", "evidence"), _by_team(plan)))
    if pending:
        shown = [(entry["team"], entry["rows"], entry["reason"], entry["because"]) for entry in pending[:_SHOWN]]
        body.append(table(("waiting", "rows", "reason", "because"), shown))
        if len(pending) > _SHOWN:
            body.append(line(f"  … and {counted(len(pending) - _SHOWN, 'more team')}; --json lists them all.\n"))
    notes = _notes(plan, by_set=True)
    body += [line(f"  {counted(count, 'row')} of {note}.\n") for note, count in notes.most_common()]
    if added := _added(plan):
        are = agreeing(added, "is", "are")
        body.append(line(f"  {counted(added, 'row')} that the snapshot does not have {are} left alone.\n"))
    return body


def _way(about: About, *, dry_run: bool) -> list[str]:
    """Say how what is told was found out, where it is not what was done."""
    if about.tried:
        return ["Tried: done for real and taken back. Nothing of it is left but sequence values used up."]
    if not dry_run:
        return []
    said = ["A dry run: nothing is written, PostgreSQL keeps the transaction read-only."]
    if about.untold:
        said.append(
            f"Foreseen from the catalogue. What these say of a row only a write shows: {rules(about.untold)}. A row "
            "that one of them refuses would wait, alone; restore --dry-run --try finds out."
        )
    return said


def rules(untold: Sequence[str]) -> str:
    """Name the first of some rules."""
    return ", ".join(untold[:_SHOWN_RULES]) + (", …" if len(untold) > _SHOWN_RULES else "")


def _added(plan: Plan) -> int:
    """Count the protected rows that no row of the snapshot was paired with: the application wrote them since."""
    return sum(each.added for each in plan.sets.values())


def _notes(plan: Plan, *, by_set: bool = False) -> Counter[str]:
    """Count what a person should know about rows; by set, of those that do not wait."""
    found: Counter[str] = Counter()
    for each in plan.sums:
        if each.note and not (by_set and each.bucket is Bucket.PENDING):
            found[f"{each.set}: {each.note}" if by_set else each.note] += each.rows
    return found


def sentence(plan: Plan, age: timedelta, *, dry_run: bool, ledger: int | None, tried: bool = False) -> str:
    """Say what a plan of a snapshot of that age did, or would do; `tried` where it did, and that was taken back."""
    counts, uncounted = plan.counts(), _uncounted(plan, age)
    pending = counts["pending"]
    wait = f", {pending:,} {waits_for(pending, count_refused(plan))}" if pending else ""
    put_back, off = counted(counts["insert"], "row"), _taken_off(plan)
    relinked = plan.writes() - counts["insert"] - off
    if off and not dry_run:
        wait += f", of which {off:,} {agreeing(off, 'was', 'were')} taken off other teams"
    elif off:
        wait += f", of which {off:,} {agreeing(off, 'comes', 'come')} off other teams"
    if not dry_run:
        were = agreeing(counts["intact"], "was", "were")
        moved = f"{put_back} put back and {relinked:,} re-linked, {counts['intact']:,} {were} in place"
        return f"Restored from {plan.snapshot}: {moved}{wait} (ledger {ledger}).{uncounted}"
    if not plan.writes():
        return f"Nothing was written, nor would a restore of {plan.snapshot} write anything{wait}."
    would = f"A restore of {plan.snapshot} would put back {put_back} and re-link {relinked:,}{wait}."
    again, says = tried_again(plan)
    if again and not tried:
        were, they = agreeing(again, "was", "were"), agreeing(again, "it still is", "they still are")
        last = f"Last time {counted(again, 'row')} of these {were} refused: {says}"
        would += f" {last}; restore --dry-run --try shows whether {they}."
    if tried:
        does = f"it puts back {put_back} and re-links {relinked:,}{wait}"
        would = f"A restore of {plan.snapshot} was tried and taken back: {does}."
    return f"Nothing was written. {would}{uncounted}"


def _taken_off(plan: Plan) -> int:
    """Count the waiting rows that hang on a team, or a league, which is not theirs, and are not left there."""
    return sum(each.rows for each in plan.sums if each.writes and each.bucket is Bucket.PENDING)


def _uncounted(plan: Plan, age: timedelta) -> str:
    time = plan.uncounted(age)
    if time is None:
        return ""
    when = "before the import" if plan.since.known else "since the snapshot, before an import,"
    return f" What users added in the {duration(time)} {when} nobody can count."


def _findings(plan: Plan, age: timedelta) -> list[Finding]:
    findings = [*additions.unknown(plan, age), *(each for name in plan.sets for each in refused(plan, name))]
    if lost := sum(each.rows for each in plan.sums if each.lost and each.bucket not in NOT_IN_PLACE):
        point = agreeing(
            lost,
            "is on its team, but a league, away team or player that it points",
            "are on their team, but a league, away team or player that they point",
        )
        findings.append(
            found(
                "reference-unresolved",
                f"{counted(lost, 'row')} {point} at is gone.",
                "That reference is empty now. It is remembered and filled in by the first restore after it is back.",
                rows=lost,
            )
        )
    for name, each in plan.sets.items():
        if (rows := plan.counts(name)["insert"]) and each.new_columns:
            names = ", ".join(each.new_columns)
            what = f"{counted(len(each.new_columns), 'column')} new since the snapshot: {names}."
            why = f"What is put back of {name}, {counted(rows, 'row')}, gets the defaults there."
            findings.append(found("columns-changed", what, why, rows=rows, examples=each.new_columns))
    return findings


def _by_league(plan: Plan) -> list[tuple[str, int, int, str, str]]:
    """List every league, with what happens to how many rows, and the evidence for it."""
    teams: defaultdict[str, set[object]] = defaultdict(set)
    sums: defaultdict[str, list[Sum]] = defaultdict(list)
    for each in plan.sums:
        if match := plan.match(each):
            league = match.old.league or "unknown"
            teams[league].add(match.old.identity)
            sums[league].append(each)
    return [
        (name, len(teams[name]), _rows(found), _happens(found), _evidence(found))
        for name, found in sorted(sums.items())
    ]


def _by_team(plan: Plan) -> list[tuple[str, int, str, str]]:
    """List every team by league and club, with what happens to how many rows, and the evidence for it."""
    sums: defaultdict[tuple[str, ...], list[Sum]] = defaultdict(list)
    for each in plan.sums:
        if match := plan.match(each):
            old = match.old
            sums[old.league or "", old.club or "", old.series or "", str(old.identity)].append(each)
    return [(team, _rows(found), _happens(found), _evidence(found)) for (*_, team), found in sorted(sums.items())]


def _rows(sums: Sequence[Sum]) -> int:
    return sum(each.rows for each in sums)


def _happens(sums: Sequence[Sum]) -> str:
    found: Counter[Bucket] = Counter()
    for each in sums:
        found[each.bucket] += each.rows
    return ", ".join(f"{_WORDS[bucket]} {n:,}" for bucket, n in found.most_common())


def _evidence(sums: Sequence[Sum]) -> str:
    found: Counter[str] = Counter()
    for each in sums:
        found[str(each.evidence or each.fate)] += each.rows
    return ", ".join(f"{kind} {n:,}" for kind, n in found.most_common())


def waiting(plan: Plan) -> list[dict[str, object]]:
    """List the teams whose rows wait: how many, for what reason, and whom a person may decide for."""
    rows: Counter[tuple[str, str, str]] = Counter()
    candidates: dict[tuple[str, str, str], list[str]] = {}
    for each in plan.in_bucket(Bucket.PENDING):
        match = plan.match(each)
        team = str(match.old.identity) if match else _no_team(plan, each)
        because = each.note if each.reason or not match else match.because or each.note
        key = (team, str(each.reason or each.fate or Fate.MISSING), because)
        rows[key] += each.rows
        named = match.candidates if match and each.reason is not Reason.REFUSED else ()
        candidates[key] = [str(one.team.identity) for one in named]
    return [
        {
            "team": key[0],
            "rows": count,
            "reason": key[1],
            "because": key[2],
            **({"message": key[2]} if key[1] == Reason.REFUSED else {}),
            "candidates": candidates[key],
        }
        for key, count in sorted(rows.items())
    ]


def _waits_for_a_row(plan: Plan) -> bool:
    """Whether rows wait for one of a parent other than teams, of which a person may say what it is called now."""
    own = plan.led.get(plan.snapshot, {})
    if not any(led.new is None and not led.given_up for found in own.values() for led in found.values()):
        return False
    return any(each.team is None and not plan.sets[each.set].of_teams for each in plan.in_bucket(Bucket.PENDING))


def _no_team(plan: Plan, each: Sum) -> str:
    if not plan.sets[each.set].of_teams:
        return f"what rows of {each.set} hang on"
    return "a team that no list knows" if each.hung else "no team"
