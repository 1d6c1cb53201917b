"""A rehearsal as an outcome: that of the run on the copy, and what it means for the real night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import RenderableType

from practice_guard.core.findings import worst_first
from practice_guard.core.model import Author, Finding, Verdict
from practice_guard.core.records import Phase, runs
from practice_guard.core.rehearsing.estimate import in_mb
from practice_guard.core.rehearsing.plans import Copy, Plan, Where
from practice_guard.core.rehearsing.variables import Environment
from practice_guard.core.running import Report
from practice_guard.core.steps import Advice, Step
from practice_guard.core.words import counted
from practice_guard.render import running
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import line, table

_OF_THE_COPY = frozenset({"backup", "check-preservation", "cleanup", "health", "restore", "run", "snapshots"})
"""Commands that would be meant for the copy, and would be typed at its original when that is gone."""

_NOT_OF_A_COPY = frozenset({"no-snapshot", "snapshot-old"})
"""What is so of every copy: the guard's own schema is not in it."""

_SHOWN = 10


@dataclass(frozen=True)
class Typed:
    """The command line, in parts, for the commands that come next.

    Attributes:
        etl: the ETL's own.
        options: those that `run` has too.
        beside: those that it has not.
    """

    etl: tuple[str, ...]
    options: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def can_be_shown(self) -> bool:
        """Whether it fits on a line, and has nothing in it that must not be shown."""
        return runs.scrubbed(self.etl) == list(self.etl) and not any("\n" in word for word in self.etl)


@dataclass(frozen=True)
class Rehearsal:
    """What was rehearsed.

    Attributes:
        report: the run on the copy.
        copy: that copy; it may be gone.
        environment: what the ETL was started with.
        typed: the command line.
        drafted: the file of decisions that was written; None where none was.
    """

    report: Report
    copy: Copy
    environment: Environment
    typed: Typed
    drafted: Path | None


@dataclass(frozen=True)
class Noticed:
    """What was seen of the original meanwhile.

    Attributes:
        environment: what it is called.
        rows: how many rows of the ETL's tables were written there; None where it could not be asked.
        finding: what is said of them.
    """

    environment: str
    rows: int | None
    finding: Finding | None


def announced(plan: Plan, environment: str) -> str:
    """Say what a copy will take, before it is made."""
    cost = plan.estimate
    where = {
        Where.EMBEDDED: f"a PostgreSQL {plan.version} of its own",
        Where.SERVER: f"the server of PRACTICE_GUARD_COPY_URL, PostgreSQL {plan.version}",
        Where.SAME: "a database beside it, on the same server",
    }[plan.where]
    free = "whose free space cannot be seen from here" if cost.free is None else f"where {in_mb(cost.free)} are free"
    again = f"The last run took {running.seconds(cost.before)}." if cost.before else "No run is on record to go by."
    return (
        f"Copying {in_mb(cost.size)} of {environment} into {where}: about {running.seconds(cost.seconds)}, and "
        f"{in_mb(cost.need)} on the disk, {free}. {again}"
    )


def begun(copy: Copy, environment: Environment, keep: bool) -> str:
    """Say that the copy is there, how it differs, and what the ETL is given."""
    plan = copy.plan
    parts = [f"The copy is there, after {running.seconds(copy.seconds)}."]
    if plan.version != plan.facts.version:
        parts.append(f"It is on PostgreSQL {plan.version}, its original on {plan.facts.version}.")
    if not copy.sorts_alike:
        parts.append("Text is sorted by bytes there: its server does not know how the original sorts.")
    if copy.left_out:
        parts.append(f"Its server has no {', '.join(copy.left_out)}, which the original has.")
    if copy.closed:
        parts.append(f"From there nobody can log in to the foreign servers {', '.join(copy.closed)}.")
    parts.append(f"These variables lead to it: {', '.join(environment.led)}.")
    if environment.taken:
        parts.append(f"Taken out of the ETL's environment: {', '.join(environment.taken)}.")
    if plan.where is Where.SAME:
        parts.append("The ETL has the same role and password there; only the database is another.")
    if keep:
        parts.append(f"It stays: {'; '.join(copy.reached)}")
    return " ".join(parts)


def followed(draft: Path, typed: Typed) -> tuple[Advice, ...]:
    """Return how the decisions in a file are followed: rehearsed once more, and in the real night."""
    return _again(typed, "--decisions", str(draft), why="with what was decided"), _in_the_night(typed, draft)


def rehearsal(done: Rehearsal, status: int, author: Author, noticed: Noticed) -> Outcome:
    """Present `rehearse`.

    Args:
        done: what was rehearsed.
        status: its exit status.
        author: with the time, from which ages are counted.
        noticed: what was seen of the original.
    """
    outcome = running.run(done.report, status, author.now)
    copy, waits = done.copy, _waiting(outcome.result)
    result = {
        **outcome.result,
        "copy": {
            "where": str(copy.plan.where),
            "server_version": copy.plan.version,
            "original_server_version": copy.plan.facts.version,
            "sorts_alike": copy.sorts_alike,
            "extensions_left_out": list(copy.left_out),
            "foreign_servers_closed": list(copy.closed),
            "seconds": round(copy.seconds, 3),
            "kept": bool(copy.reached),
            "reached": list(copy.reached),
        },
        "estimate": {**asdict(copy.plan.estimate), "fits": copy.plan.estimate.fits},
        "variables": {"led": list(done.environment.led), "taken_out": list(done.environment.taken)},
        "waiting": waits,
        "decisions": str(done.drafted) if done.drafted else None,
        "original_rows_written": noticed.rows,
    }
    findings = [_of_a_copy(each) for each in outcome.findings if each.code not in _NOT_OF_A_COPY]
    return replace(
        outcome,
        sentence=f"Rehearsed on a copy of {noticed.environment}. {outcome.sentence}",
        result=result,
        body=(*outcome.body, *_body(done, waits)),
        findings=tuple(worst_first([*([noticed.finding] if noticed.finding else []), *findings])),
        next_steps=tuple(_next_steps(done, outcome, waits)),
    )


def _waiting(result: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the teams whose rows would wait, as the restore on the copy lists them."""
    restored = result.get(str(Phase.RESTORE))
    found = restored.get("pending") if isinstance(restored, Mapping) else None
    return list(found) if isinstance(found, Sequence) else []


def _body(done: Rehearsal, waits: Sequence[Mapping[str, object]]) -> Iterator[RenderableType]:
    if waits:
        yield line("  In the real night these would wait:\n")
        rows = [(each["team"], each["rows"], each["reason"], each["because"]) for each in waits[:_SHOWN]]
        yield table(("waits for", "rows", "reason", "because"), rows, keep=3)
        if len(waits) > _SHOWN:
            yield line(f"  … and {counted(len(waits) - _SHOWN, 'more team')}; --json lists them all.\n")
    if done.drafted:
        yield line(f"  {done.drafted} has what is to be decided, with the candidates. Edit it.\n")
    for each in done.copy.reached:
        yield line(f"  {each}\n")


def _of_a_copy(finding: Finding) -> Finding:
    """Say of what was found on a copy what is so of a copy; commands for it are gone with it."""
    if finding.code == "import-not-seen":
        return replace(
            finding,
            what="0 rows of the ETL's tables in the copy were written while the ETL ran.",
            why="It ended with status 0 and has imported nothing there: it does not read its URL from the variables "
            "that lead to the copy, and wrote elsewhere, into the real database perhaps; or it only ordered an import.",
            fix="Have the ETL read its URL from a variable, and name that one: rehearse --etl-url-env DATABASE_URL.",
        )
    fixes = finding.fix if isinstance(finding.fix, tuple) else (finding.fix,)
    left = tuple(each for each in fixes if not (isinstance(each, Step) and each.words[0] in _OF_THE_COPY))
    return finding if left == fixes else replace(finding, fix=left or "")


def _next_steps(done: Rehearsal, outcome: Outcome, waits: Sequence[object]) -> Iterator[Advice]:
    report, typed = done.report, done.typed
    if report.error is not None:
        yield from (each for each in report.error.next_steps if not isinstance(each, Step))
        yield _again(typed, "--keep", why="leaves the copy to look at")
    elif report.health is None:
        yield Step("validate-safety", why="the same checks in the database itself")
    elif outcome.verdict is Verdict.REFUSED:
        yield _again(typed, "--keep", why="leaves the copy to look at")
    elif done.drafted:
        yield from followed(done.drafted, typed)
    elif waits:
        yield _again(typed, "--write-decisions", "decisions.toml", why="what a person may decide before the night")
    elif outcome.failed:
        yield _again(typed, why="when the ETL is mended")


def _again(typed: Typed, *options: str, why: str) -> Advice:
    if not typed.can_be_shown:
        return f"{' '.join(('rehearse', *options))}, and the rest of the command line as it was   # {why}"
    return Step("rehearse", *options, *typed.options, *typed.beside, "--", *typed.etl, why=why)


def _in_the_night(typed: Typed, draft: Path) -> Advice:
    why = "the real night"
    if not typed.can_be_shown:
        return f"run --decisions {draft}, and the command of the ETL after two dashes   # {why}"
    return Step("run", "--decisions", str(draft), *typed.options, "--", *typed.etl, why=why)
