"""What became of the last snapshot's rows by hand, without an import: much is not little (design, "Restore")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from practice_guard.core.findings import found
from practice_guard.core.model import Bulk, Fate, Finding
from practice_guard.core.restore import TEAM, Bucket, Kind, Plan, Sum, Workings, named
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted

_FEW_TEAMS = 3
"""Teams up to which even many deleted rows may be an ordinary day: a captain clears a season."""

_NO_TEAM = "no team"
_SHOWN = Step("restore", "--dry-run", "--out", "plan.json", why="writes each of them into a file, as it was")
"""What a dry run prints are sums; its file has the rows."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to rows of one set.

    Attributes:
        set: its name.
        rows: how many it happened to.
        of: how many the snapshot has.
        teams: how many teams they are of, in the words of people, most rows first: `27 rows of Tennaqua - 22 (...)`.
        leagues: the leagues to all of whose rows of the set it happened.
        placed: whether every one of them was of a team.
    """

    set: str
    rows: int
    of: int
    teams: tuple[str, ...]
    leagues: tuple[str, ...]
    placed: bool

    @property
    def of_teams(self) -> str:
        """Of how many teams they are, in words that go on; nothing where none is of any."""
        alone = self.teams == (f"{counted(self.rows, 'row')} of {_NO_TEAM}",)
        return "" if alone else f", of {counted(len(self.teams), 'team')}"

    @property
    def is_wide(self) -> bool:
        """Whether it is more than what one captain does: of more than a few teams, of none, or a whole league."""
        return not self.placed or len(self.teams) > _FEW_TEAMS or bool(self.leagues)


def by_hand(workings: Workings) -> list[Finding]:
    """Find what was deleted or written over in bulk, or moved, since the snapshot of which a restore was worked out."""
    plan, bulk = workings.plan, workings.request.bulk
    deleted = [each for each in _changes(plan, _is_deleted) if bulk.is_passed(each.rows, each.of) and each.is_wide]
    moved = [(each, bulk.is_passed(each.rows, each.of)) for each in _changes(plan, _is_moved)]
    edited = [each for each in _changes(plan, _is_edited) if bulk.is_passed(each.rows, each.of) and each.is_wide]
    asked = [
        *((each.set, Kind.DELETED) for each in deleted),
        *((each.set, Kind.MOVED) for each, _ in moved),
        *((each.set, Kind.EDITED) for each in edited),
    ]
    rows = iter(named(workings, asked))
    return [
        *(_deleted(each, plan.snapshot, next(rows)) for each in deleted),
        *(_moved(each, plan, next(rows), much=much) for each, much in moved),
        *(_edited(each, plan, next(rows)) for each in edited),
    ]


def absent(workings: Workings) -> list[Finding]:
    """Find what is gone and nobody can explain, where a restore would put back nothing but that."""
    if not nobody_can_explain(workings.plan, workings.request.bulk):
        return []
    changes = list(_changes(workings.plan, _is_absent))
    rows = named(workings, [(each.set, Kind.LOST) for each in changes])
    return [_absent(each, workings.plan.snapshot, some) for each, some in zip(changes, rows, strict=True)]


def nobody_can_explain(plan: Plan, bulk: Bulk) -> bool:
    """Whether all that a restore would do is to put back a few rows of which nobody knows who took them.

    That is so where nothing can be told of imports since the snapshot, and what rows hang on is what it was.
    """
    writes = [each for each in plan.sums if each.writes]
    return (
        bool(writes)
        and not plan.since.known
        and not plan.since.watched
        and all(each.bucket is Bucket.INSERT for each in writes)
        and all(match.fate is not Fate.RENUMBERED for match in plan.resolutions[plan.snapshot].matches.values())
        and all(each.fate is not Fate.RENUMBERED or plan.sets[each.set].owner == TEAM for each in plan.sums)
        and not any(bulk.is_passed(change.rows, change.of) for change in _changes(plan, _is_absent))
    )


def _is_deleted(each: Sum) -> bool:
    return each.bucket is Bucket.DELETED


def _is_moved(each: Sum) -> bool:
    return each.moved


def _is_edited(each: Sum) -> bool:
    return each.edited


def _is_absent(each: Sum) -> bool:
    return each.bucket is Bucket.INSERT


def _changes(plan: Plan, happened: Callable[[Sum], bool]) -> Iterable[Change]:
    """Add up what happened to the rows of each set that it happened to."""
    for name in plan.sets:
        sums = list(plan.of(name))
        hit = [each for each in sums if happened(each)]
        if not hit:
            continue
        by_league: defaultdict[str | None, list[bool]] = defaultdict(list)
        teams: defaultdict[str, int] = defaultdict(int)
        for each in sums:
            match = plan.match(each)
            by_league[match.old.league if match else None].append(happened(each))
            if happened(each):
                teams[str(match.old.identity) if match else _NO_TEAM] += each.rows
        most = sorted(teams.items(), key=lambda item: (-item[1], item[0]))
        yield Change(
            name,
            sum(each.rows for each in hit),
            sum(each.rows for each in sums),
            tuple(f"{counted(rows, 'row')} of {team}" for team, rows in most),
            tuple(sorted(league for league, all_of in by_league.items() if league is not None and all(all_of))),
            all(plan.match(each) is not None for each in hit),
        )


def _deleted(change: Change, snapshot: str, rows: tuple[str, ...]) -> Finding:
    was = agreeing(change.rows, "was", "were")
    league = f", all of {' and '.join(change.leagues)}" if change.leagues else ""
    what = (
        f"{change.rows:,} of {counted(change.of, 'row')} of {change.set} {was} deleted since snapshot {snapshot}"
        f"{change.of_teams}{league}."
    )
    why = "No import was seen that took them, and so many are no ordinary day. A snapshot of this would forget them."
    steps = (
        Step("restore", "--dry-run", "--include-deleted", why="shows what would come back"),
        Step("backup", "--accept-current", why="only where they are meant to be gone"),
    )
    return found("deleted-in-bulk", what, why, steps, rows=change.rows, examples=rows)


def _moved(change: Change, plan: Plan, rows: tuple[str, ...], *, much: bool) -> Finding:
    hang = agreeing(change.rows, "hangs on another team than", "hang on other teams than")
    if (owner := plan.sets[change.set].owner) != TEAM:
        hang = f"{agreeing(change.rows, 'hangs', 'hang')} on another {owner} than"
    what = f"{change.rows:,} of {counted(change.of, 'row')} of {change.set} {hang} in snapshot {plan.snapshot}."
    seen = "No import was seen that did it: somebody" if plan.since.no_import else "Somebody"
    why = f"{seen} has pointed them there, and they are left there."
    if not much:
        step = Step("backup", why="takes them as they hang now")
        return found("rows-moved", what, why, step, rows=change.rows, examples=rows)
    why += " So many are no ordinary day. A snapshot of this would make it the truth."
    step = Step("backup", "--accept-current", why="only where they are meant to be there")
    return found("moved-in-bulk", what, why, step, rows=change.rows, examples=rows)


def _edited(change: Change, plan: Plan, rows: tuple[str, ...]) -> Finding:
    say = agreeing(change.rows, "says something else than", "say something else than")
    what = (
        f"{change.rows:,} of {counted(change.of, 'row')} of {change.set} {say} in snapshot {plan.snapshot}"
        f"{change.of_teams}."
    )
    whose = "No import was seen" if plan.since.no_import else "It may have been an import"
    why = (
        f"{whose}, and so many are no ordinary day. A restore leaves what rows say as it is, and a snapshot of this "
        "would make it the truth."
    )
    steps = (
        _SHOWN,
        Step("backup", "--accept-current", why="only where they are meant to say so"),
    )
    return found("edited-in-bulk", what, why, steps, rows=change.rows, examples=rows)


def _absent(change: Change, snapshot: str, rows: tuple[str, ...]) -> Finding:
    are = agreeing(change.rows, "is", "are")
    what = f"{change.rows:,} of {counted(change.of, 'row')} of {change.set} in snapshot {snapshot} {are} not there."
    why = (
        "Nobody can tell whether users deleted them or an import did. They are not put back unasked, and the snapshot "
        "that has them is kept."
    )
    return found("rows-absent", what, why, _SHOWN, rows=change.rows, examples=rows)
