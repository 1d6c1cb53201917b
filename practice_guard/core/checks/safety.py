"""May the ETL run? The checks of the database before it, and their one verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import bind, followed, listed, references_of
from practice_guard.core.checks import drift
from practice_guard.core.checks.before import (
    by_hand,
    deletions,
    keys,
    obstacles,
    privileges,
    references,
    rewriting,
    rows,
    runs,
    snapshots,
)
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import shielded
from practice_guard.core.findings import unseen, weigh, worst_first
from practice_guard.core.guarding import Guard
from practice_guard.core.model import Finding, Severity, Text, Verdict
from practice_guard.core.records import installation


class Result(Text):
    """What came of a check. `NOT_CHECKED` is no kind of passed; `MEASURED` has no opinion."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_CHECKED = "not_checked"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code, which is also its findings', what came of it, and one line for people."""

    code: str
    status: Result
    says: str


@dataclass(frozen=True, slots=True)
class Safety:
    """The answer to "may the ETL run?": all checks in their order, and what they found."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    @property
    def safe(self) -> bool:
        """Whether no finding is an error; what guards rows and could not be checked is one."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """Fine when safe, else refused."""
        return Verdict.FINE if self.safe else Verdict.REFUSED


CHECKS: Mapping[str, Callable[[Scene], Answer]] = {
    "wrong-environment": obstacles.environment,
    "copied-database": obstacles.copied,
    "read-only-server": obstacles.read_only,
    "pooler-in-the-way": obstacles.pooler,
    "backup-privileges": privileges.backup,
    "restore-privileges": privileges.restore,
    "row-security": obstacles.row_security,
    "upsert-key-missing": keys.upsert_key,
    "upsert-key-nulls": keys.upsert_nulls,
    "upsert-key-duplicates": keys.upsert_duplicates,
    "name-key-missing": keys.name_key,
    "name-key-nulls": keys.name_nulls,
    "name-key-duplicates": keys.name_duplicates,
    "no-snapshot": snapshots.no_snapshot,
    "snapshot-damaged": snapshots.damaged_snapshot,
    "snapshot-old": snapshots.old_snapshot,
    "run-unfinished": runs.unfinished_run,
    "etl-at-work": runs.at_work,
    "import-not-restored": snapshots.not_restored,
    "nothing-left": snapshots.nothing_left,
    "deleted-in-bulk": by_hand.deleted_in_bulk,
    "moved-in-bulk": by_hand.moved_in_bulk,
    "edited-in-bulk": by_hand.edited_in_bulk,
    "rows-moved": by_hand.moved,
    "rows-absent": by_hand.absent,
    "rows-already-orphaned": rows.already_orphaned,
    "rows-pending": snapshots.pending,
    "rows-without-team": rows.without_team,
    "rows-on-vanished-team": rows.on_vanished_team,
    "rows-on-vanished-league": rows.on_vanished_league,
    "rows-on-vanished-parent": rows.on_vanished_parent,
    "rows-without-league": rows.without_league,
    "label-names-another-team": rows.misplaced,
    "foreign-key-missing": references.missing,
    "foreign-key-not-valid": references.not_valid,
    "foreign-key-disabled": references.disabled,
    "foreign-key-cascades": deletions.cascades,
    "foreign-key-sets-null": deletions.sets_null,
    "replication-role": references.replication_role,
    "unprotected-table": references.unprotected,
    "writes-swallowed": rewriting.swallowed,
    "user-triggers": rewriting.triggers,
    "long-transactions": obstacles.transactions,
    "locks-in-the-way": obstacles.locks,
    "ids-running-out": obstacles.sequences,
    "snapshots-large": obstacles.sizes,
    "set-left-out": obstacles.left_out,
    "set-skipped": obstacles.skipped,
}
"""Every check by its code, in the order in which they are made and shown."""


ACCEPTABLE = frozenset(
    {
        "import-not-restored", "nothing-left", "deleted-in-bulk", "moved-in-bulk", "edited-in-bulk",
        "rows-already-orphaned",
    }
)  # fmt: skip
"""What a person may take as the truth with --accept-current, as a backup does."""


def examine(guard: Guard, *, inside_etl: bool = False, accept_current: bool = False) -> Safety:
    """Look at everything that the next ETL could make worse. Reads only, inside the caller's transaction.

    Where this role may not even look around, say which rights it lacks.

    Args:
        guard: with a READ ONLY, REPEATABLE READ transaction open.
        inside_etl: the connection is an ETL's own, which turns foreign keys and triggers off.
        accept_current: a person takes what is there as the truth; such errors are warnings then.

    Raises:
        errors.SchemaError: the schema is not what it must be.
        errors.UnreachableError: the connection was lost.
    """
    report = _examine(guard, inside_etl=inside_etl)
    return _accepted(report) if accept_current else report


def _accepted(report: Safety) -> Safety:
    """Let what a person accepts be a warning."""
    findings = [drift.accepted([each])[0] if each.code in ACCEPTABLE else each for each in report.findings]
    checks = [
        replace(each, status=Result.WARNING) if each.code in ACCEPTABLE and each.status is Result.FAILED else each
        for each in report.checks
    ]
    return Safety(tuple(checks), tuple(worst_first(findings)))


def _examine(guard: Guard, *, inside_etl: bool) -> Safety:
    try:
        with shielded(guard.database):
            scene = Scene(guard, guard.look(), installation.locate(guard.database), inside_etl)
    except errors.AccessError:
        return _check_access(guard)
    return check(scene)


def check(scene: Scene) -> Safety:
    """Make every check. One that is refused something is undone by itself and reported as not checked.

    Raises:
        errors.UnreachableError: the connection was lost.
    """
    return _judged({code: _answer(scene, code, look) for code, look in CHECKS.items()}, scene.guard.overrides)


def _check_access(guard: Guard) -> Safety:
    """Say which rights are missing, where not even the team list may be read. Every other check is not checked.

    Raises:
        errors.SchemaError: the schema is not what it must be.
    """
    database, sets = guard.database, guard.sets
    catalog = guard.catalog()
    bound = bind(sets, catalog)[0]
    parents = followed(references_of(bound), listed(guard.parents, catalog))
    held = [*(each.table for each in bound), *(each.table for each in parents)]
    answers = {code: Answer("rights are missing to look at it", looked=False) for code in CHECKS}
    answers["backup-privileges"] = privileges.backup_rights(database, catalog, bound, parents)
    answers["restore-privileges"] = privileges.restore_rights(database, catalog, bound, parents)
    answers["row-security"] = obstacles.row_security_of(database, catalog, held)
    what = "1 comparison could not be made: whether the last import was restored is not known."
    why = "This role may not read the team list."
    answers["import-not-restored"] = Answer(what, (unseen("import-not-restored", what, why),), looked=False)
    return _judged(answers, guard.overrides)


def _answer(scene: Scene, code: str, look: Callable[[Scene], Answer]) -> Answer:
    try:
        with shielded(scene.database):
            scene.guard.watcher.begins(code)
            return look(scene)
    except errors.UnreachableError:
        raise
    except errors.GuardError as error:
        what = f"1 check could not be made: {code}."
        return Answer(what, (unseen(code, what, error.message),), looked=False)


def _judged(answers: Mapping[str, Answer], overrides: Mapping[str, Severity]) -> Safety:
    checks: list[Check] = []
    findings: list[Finding] = []
    for code, answer in answers.items():
        own = [weigh(finding, overrides, firm=not answer.looked) for finding in answer.findings]
        checks.append(_check(code, answer, own))
        findings += own
    return Safety(tuple(checks), tuple(worst_first(findings)))


def _check(code: str, answer: Answer, findings: Sequence[Finding]) -> Check:
    says = findings[0].what if findings else answer.says
    if len(findings) > 1:
        says += f" And {len(findings) - 1} more."
    return Check(code, _status(answer, findings), says)


def _status(answer: Answer, findings: Sequence[Finding]) -> Result:
    weights = {finding.severity for finding in findings}
    if Severity.ERROR in weights and answer.looked:
        return Result.FAILED
    if not answer.looked:
        return Result.NOT_CHECKED
    if Severity.WARNING in weights:
        return Result.WARNING
    return Result.MEASURED if findings or answer.measured else Result.PASSED
