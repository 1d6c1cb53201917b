"""What in the database may not become the truth, and what a backup should say of it (design, "Snapshots")."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from practice_guard.core import snapshots
from practice_guard.core.application import TEAMS, Application, BoundSet, Catalog
from practice_guard.core.checks import changes
from practice_guard.core.database import Database, Query, ask_each, identifier, statement
from practice_guard.core.findings import found
from practice_guard.core.model import Bulk, Finding, Severity
from practice_guard.core.records import precedents
from practice_guard.core.restore import Alone, Plan, Workings
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import IMPORT_AN_EXPORT, Step
from practice_guard.core.words import agreeing, counted

_MANY = 10
"""Rows of a set that users do not delete to the last one between two backups."""


def first(alone: Mapping[str, Alone], bulk: Bulk, incidental: Collection[str] = frozenset()) -> list[Finding]:
    """Judge what a first snapshot would hold: nothing compares it with what was.

    Args:
        alone: the rows of each set by themselves.
        bulk: what is many.
        incidental: the sets that the guard is not there for; what hangs on nothing in them refuses no backup.
    """
    meant = {name: each for name, each in alone.items() if name not in incidental}
    rows, vanished = sum(each.rows for each in alone.values()), sum(each.vanished for each in meant.values())
    accept = Step("backup", "--accept-current", why="only where every row is known to be in place")
    if not rows:
        what = "0 protected rows in this database."
        why = "A first snapshot of nothing protects nothing, and would say that nothing is right."
        return [found("nothing-to-protect", what, why, (IMPORT_AN_EXPORT, accept))]
    much = any(bulk.is_passed(each.vanished, each.rows) for each in meant.values()) or bulk.is_passed(vanished, rows)
    if not much:
        return []
    hang = agreeing(vanished, "hangs", "hang")
    what = f"{vanished:,} of {counted(rows, 'protected row')} {hang} on teams, leagues or rows that are not there."
    why = (
        "An import ran before this first snapshot, and what it deleted nobody can see any more. It would make that "
        "the truth. Where the guard's schema was dropped, an export still knows what was there."
    )
    examples = [f"{each.vanished:,} of {each.rows:,} {name}" for name, each in meant.items() if each.vanished]
    return [found("rows-already-orphaned", what, why, (IMPORT_AN_EXPORT, accept), rows=vanished, examples=examples)]


def new(alone: Mapping[str, Alone], last: Snapshot, adopting: Mapping[str, Step] | None = None) -> list[Finding]:
    """Find rows of sets that are new to a guarded database and hang on what is gone: a person has yet to decide.

    Args:
        alone: the rows of each set by themselves.
        last: the snapshot that knows the sets from before.
        adopting: by set the command that has a snapshot's lists say where its rows belong; none where none knows.
    """
    findings = []
    for name, each in alone.items():
        if name in last.sets or not each.vanished:
            continue
        hang = agreeing(each.vanished, "hangs", "hang")
        what = f"{each.vanished:,} of {counted(each.rows, 'row')} of {name} {hang} on what is not there."
        why = f"No snapshot before had {name}, so nobody knows since when. They wait until they are adopted or decided."
        step = (adopting or {}).get(name)
        fix = tuple(filter(None, (step, Step("validate-safety"))))
        warned = found("rows-on-vanished-team", what, why, fix, rows=each.vanished)
        findings.append(replace(warned, severity=Severity.WARNING))
    return findings


def since(workings: Workings, rows: int) -> list[Finding]:
    """Say what became of the last snapshot's rows: an import that nobody restored, everything gone, people's doings.

    Args:
        workings: what a restore of the last snapshot would do.
        rows: how many protected rows there are now.
    """
    plan, last = workings.plan, workings.snapshot
    absent = changes.absent(workings)
    findings = [*changes.by_hand(workings), *absent]
    counts, open_rows = plan.counts(), 0 if absent else plan.writes()
    if open_rows:
        what = (
            f"{counted(open_rows, 'row')} of snapshot {last.id} not in place: {counts['insert']:,} not there, "
            f"{open_rows - counts['insert']:,} on nothing that is there, or on what is not theirs."
        )
        why = "An import ran since and no restore followed. A snapshot of this would make the damage the truth."
        findings.append(found("import-not-restored", what, why, Step("restore", "--dry-run"), rows=open_rows))
    else:
        findings += emptied(plan, rows)
    if counts["deleted"]:
        what = f"{counted(counts['deleted'], 'row')} deleted by users since snapshot {last.id}."
        why = "They were seen in place, and no import was seen since."
        findings.append(found("rows-deleted", what, why, rows=counts["deleted"]))
    return findings


def emptied(plan: Plan, rows: int) -> list[Finding]:
    """Find what users do not do: every row gone, or every row of a set that had many.

    Rows that wait are no reason to refuse: the new snapshot carries them on, and the next import may bring their team.

    Args:
        plan: what a restore of the last snapshot would do.
        rows: how many protected rows there are now.
    """
    deleted = {name: plan.counts(name)["deleted"] for name, each in plan.sets.items() if not each.live}
    gone = [name for name, count in deleted.items() if count >= _MANY]
    counts = plan.counts()
    if rows == 0 and counts["total"] and not counts["pending"]:
        lost = counts["total"]
        what = f"0 protected rows are left where snapshot {plan.snapshot} has {lost:,}."
    elif gone:
        lost = sum(deleted[name] for name in gone)
        what = f"0 rows of {' and '.join(gone)} where snapshot {plan.snapshot} has {lost:,}."
    else:
        return []
    why = "Whatever emptied the tables, a snapshot of nothing would be the next one to be restored."
    return [found("nothing-left", what, why, Step("restore", "--dry-run", "--include-deleted"), rows=lost)]


def drift(last: Snapshot, app: Application) -> list[Finding]:
    """Say how the protected tables have changed since a snapshot."""
    gone_ = snapshots.gone(last, app)
    there = {bound.name: bound for bound in app.sets if bound.name not in gone_}
    findings: list[Finding] = []
    changes: list[str] = []
    for name, stored in last.sets.items():
        if name in there:
            changes += [f"{stored.table}.{change}" for change in _changes(stored.types, there[name])]
        elif stored.rows and not stored.companion:
            gone = "it is no longer protected by the settings"
            if name in gone_:
                gone = "its table is gone" if name in app.skipped else f"{stored.table} is not its table any more"
                gone = "its table cannot be guarded any more" if name in app.left_out else gone
            rows = f"{counted(stored.rows, 'row')} of {name} {agreeing(stored.rows, 'is', 'are')}"
            what = f"{rows} in snapshot {last.id}, and {gone}."
            why = f"The older snapshot keeps them; {name} is not in the new one."
            findings.append(found("set-gone", what, why))
    if changes:
        what = f"{counted(len(changes), 'change')} of protected tables since snapshot {last.id}: {'; '.join(changes)}."
        why = "A restore from that snapshot may refuse. This one holds the rows as the tables have them now."
        findings.append(found("columns-changed", what, why, examples=changes))
    return findings


def _changes(types: Mapping[str, str], bound: BoundSet) -> list[str]:
    now = {column.name: column.type for column in bound.stored}
    gone = [f"{name} is gone" for name in types if name not in now]
    new = [f"{name} is new" for name in now if name not in types]
    changed = [
        f"{name} was {type_} and is {now[name]} now"
        for name, type_ in types.items()
        if name in now and now[name] != type_
    ]
    return gone + changed + new


def older_than_their_team(database: Database, app: Application, workings: Workings | None) -> list[Finding]:
    """Find rows that are older than the team they hang on although no restore placed them.

    Such a team was created anew after the row was written, so its id may have been another team's before. Rows that
    the last snapshot accounts for are proven otherwise and left out. It warns only: a person may have re-pointed them.
    """
    sets = [bound for bound in app.sets if _comparable(bound, app.catalog)]
    texts = [
        statement(
            __name__,
            "older",
            **_parts(bound, app.catalog),
            unexplained=_unexplained(bound, workings),
            placed=_placed(database, bound),
        )
        for bound in sets
    ]
    answers = ask_each(workings.scratch if workings else database, [Query(text) for text in texts])
    suspects = [(bound, *row) for bound, rows in zip(sets, answers, strict=True) for _, *row in rows]
    if not suspects:
        return []
    count = sum(rows[0][0] for rows in answers if rows)
    names = {team.id: str(team.identity) for team in app.now.teams}
    older = agreeing(
        count,
        "is older than the team it hangs on, and no restore placed it there",
        "are older than the team they hang on, and no restore placed them there",
    )
    return [
        found(
            "rows-older-than-team",
            f"{counted(count, 'row')} {older}.",
            "The teams were created anew since, so an import may have handed their ids to other teams. Where nobody "
            "re-pointed these rows by hand, they may hang on a wrong team.",
            _to_look_at(suspects[0][0], app.catalog),
            rows=count,
            examples=[
                f"{each.name} {key} of {written} on {names.get(team, team)}, which is of {since}"
                for each, key, team, written, since in suspects
            ],
        )
    ]


def _to_look_at(bound: BoundSet, catalog: Catalog) -> str:
    """Return a statement that shows a person such rows of one set."""
    text = statement(__name__, "look_at_them", **_parts(bound, catalog)).replace("%%", "%")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def _comparable(bound: BoundSet, catalog: Catalog) -> bool:
    """Whether rows of a set, and the teams they hang on, say when they were made: without a zone nobody knows."""
    if bound.references[0].target != TEAMS:
        return False
    times = [catalog.table(TEAMS.table).columns.get("created_at"), bound.table.columns.get(bound.created or "")]
    return all(time is not None and time.is_moment for time in times)


def _unexplained(bound: BoundSet, workings: Workings | None) -> str:
    """Return the condition that a row is none that the last snapshot accounts for."""
    return workings.added(bound.name, "t") if workings and bound.name in workings.sheets else "true"


def _placed(database: Database, bound: BoundSet) -> str:
    key, team = f"t.{bound.parts['key']}", f"t.{bound.parts['reference']}"
    return precedents.placed(database, bound.name, key, team)


def _parts(bound: BoundSet, catalog: Catalog) -> dict[str, str]:
    own = {"created": identifier(bound.created or ""), "teams": catalog.table(TEAMS.table).quoted}
    return {**bound.parts, **own}


def accepted(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings as they stand once a person has taken what is there as the truth."""
    return [
        replace(each, severity=Severity.WARNING, why=f"{each.why} It was taken as the truth with --accept-current.")
        if each.severity is Severity.ERROR
        else each
        for each in findings
    ]
