"""The restore: shown, applied, applied exactly as shown, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NoReturn, TypeVar

import typer

from practice_guard.commands import drafts
from practice_guard.commands.options import Confirm, DecisionsOption, DraftOption, DryRun, SnapshotOption, Yes, command
from practice_guard.core import model
from practice_guard.core.errors import UsageError, WrongDatabaseError
from practice_guard.core.later import later
from practice_guard.core.model import GREATEST_KEY, Team
from practice_guard.core.steps import Step

if TYPE_CHECKING:
    from practice_guard import files
    from practice_guard.commands.call import Call
    from practice_guard.core import database as databases
    from practice_guard.core import decisions as decided
    from practice_guard.core import guarding, restore, snapshots
    from practice_guard.core.guarding import Request
    from practice_guard.core.identity import Sought
    from practice_guard.core.restore import Applied, Plan, SavedPlan, planfile, undo
    from practice_guard.core.snapshots import Snapshot
    from practice_guard.render import restoring, undoing
else:
    (files,) = later("practice_guard", "files")
    databases, decided, guarding = later("practice_guard.core", "database", "decisions", "guarding")
    restore, snapshots = later("practice_guard.core", "restore", "snapshots")
    planfile, undo = later("practice_guard.core.restore", "planfile", "undo")
    restoring, undoing = later("practice_guard.render", "restoring", "undoing")

app = typer.Typer()
T = TypeVar("T")
_MEANWHILE = "fires triggers, and who writes to these tables waits meanwhile."


@command(app, "restore", writes=True)
def restore_command(  # noqa: PLR0917  (each is an option that people type)
    call: Call,
    snapshot_id: SnapshotOption = model.LATEST,
    dry_run: DryRun = False,
    yes: Yes = False,
    confirm: Confirm = None,
    protected: Annotated[
        list[str] | None,
        typer.Option("--protected", metavar="NAME", help="Only this protected set.", show_default=False),
    ] = None,
    league: Annotated[
        list[str] | None, typer.Option("--league", metavar="CODE", help="Only this league.", show_default=False)
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="NAME", help="Only this team, and why it was matched so.", show_default=False),
    ] = None,
    parent: Annotated[
        list[str] | None,
        typer.Option(
            "--parent", metavar="NAME", help="Explain the rows of clubs, series, players, …", show_default=False
        ),
    ] = None,
    include_deleted: Annotated[bool, typer.Option("--include-deleted", help="Also what users deleted.")] = False,
    exact_only: Annotated[
        bool, typer.Option("--exact-only", help="Only teams whose name and place are exactly the same.")
    ] = False,
    decisions: DecisionsOption = None,
    write_decisions: DraftOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan in full.", show_default=False)
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Apply this plan and no other.", show_default=False)
    ] = None,
    try_it: Annotated[bool, typer.Option("--try", help="With --dry-run: do it for real, and take it back.")] = False,
    undo_entry: Annotated[
        int | None,
        typer.Option(
            "--undo", metavar="LEDGER-ID", min=1, max=GREATEST_KEY, help="Take a restore back.", show_default=False
        ),
    ] = None,
) -> None:
    """Put every protected row back on its right team. In one transaction; --dry-run shows the plan."""
    chosen = _Chosen(
        snapshot_id, tuple(protected or ()), tuple(league or ()), tuple(team or ()), include_deleted, exact_only,
        decisions, plan, tuple(parent or ()),
    )  # fmt: skip
    _check_together(chosen, undo_entry, dry_run=dry_run, written=(out, write_decisions), tried=try_it)
    if undo_entry is not None:
        _undo(call, undo_entry, dry_run=dry_run, tried=try_it, yes=yes, confirm=confirm)
    with _asked(call, chosen) as asked:
        if try_it:
            _try(call, asked, yes=yes, confirm=confirm)
        if dry_run:
            _show(call, asked, out=out, draft=write_decisions)
        _apply(call, asked, yes=yes, confirm=confirm)


@dataclass(frozen=True)
class _Chosen:
    """What a person chose: which rows, by whose decision, or a plan that was made before."""

    snapshot: str
    protected: tuple[str, ...]
    leagues: tuple[str, ...]
    teams: tuple[str, ...]
    include_deleted: bool
    exact_only: bool
    decisions: Path | None
    plan: Path | None
    parents: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """As people type them, so that what they copy does what they were shown and no more."""
        named = {
            "--snapshot": () if self.snapshot == model.LATEST else (self.snapshot,),
            "--protected": self.protected,
            "--league": self.leagues,
            "--team": self.teams,
            "--decisions": (str(self.decisions),) if self.decisions else (),
            "--plan": (str(self.plan),) if self.plan else (),
        }
        flags = {"--include-deleted": self.include_deleted, "--exact-only": self.exact_only}
        words = [word for name, values in named.items() for value in values for word in (name, value)]
        return (*words, *(name for name, given in flags.items() if given))


@dataclass(frozen=True)
class _Asked:
    """What is asked of the core, and the choice that it comes from."""

    chosen: _Chosen
    snapshot: str
    request: Request
    saved: SavedPlan | None


def _check_together(
    chosen: _Chosen, undo_entry: int | None, *, dry_run: bool, written: tuple[Path | None, Path | None], tried: bool
) -> None:
    """Refuse options that contradict each other, and to write where there is something that must stay."""
    if undo_entry is not None and (chosen.options or any(written)):
        raise UsageError("--undo takes back a whole restore and nothing else; give no other choice beside it.")
    if not dry_run and any(written):
        raise UsageError("--out and --write-decisions go with --dry-run.")
    if tried and (not dry_run or any(written)):
        raise UsageError("--try goes with --dry-run, and without --out and --write-decisions, which are of a plan.")
    out, draft = written
    if out and out == draft:
        raise UsageError("--out and --write-decisions name one file; a plan and a draft are two.")
    if out:
        _check_plan(out)
    if draft:
        drafts.check(draft)


@contextmanager
def _asked(call: Call, chosen: _Chosen) -> Iterator[_Asked]:
    """Put a choice into the core's terms; a saved plan brings its own, and is open meanwhile."""
    call.aim()
    request = replace(
        call.request,
        scope=guarding.Scope(frozenset(chosen.protected), frozenset(chosen.leagues), frozenset(chosen.teams)),
        include_deleted=chosen.include_deleted,
        exact_only=chosen.exact_only,
        decisions=drafts.read(chosen.decisions),
    )
    if chosen.plan is None:
        yield _Asked(chosen, chosen.snapshot, request, None)
        return
    with _open(chosen.plan) as file:
        saved = planfile.load(file)
        if request != call.request or chosen.snapshot not in (model.LATEST, saved.snapshot):
            raise UsageError("--plan brings its own snapshot, scope and decisions; give no others beside it.")
        yield _Asked(chosen, saved.snapshot, saved.request, saved)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be read while the command does its work; what fails of that is not put down to the file."""
    with ExitStack() as stack:
        reading = files.reading(path)
        file = reading.__enter__()
        stack.callback(reading.__exit__, None, None, None)
        yield file


def _show(call: Call, asked: _Asked, *, out: Path | None, draft: Path | None) -> NoReturn:
    with call.database() as database:
        _check_database(call, asked.saved)
        guard = call.guard(database, asked.request)

        def work(
            file: BinaryIO | None,
        ) -> tuple[Snapshot, Plan, Sequence[str], Sequence[Team], Sequence[Sought]]:
            snapshot = snapshots.find(database, asked.snapshot)
            guard.watcher.begins("verifying the snapshot", snapshot.rows)
            snapshots.verify(database, snapshot)
            guard.watcher.begins("planning", snapshot.rows)
            app = guard.look()
            workings = restore.work_out(database, snapshot, app, asked.request, tries=True)
            restore.check_columns(workings)
            if asked.saved is not None:
                restore.check_saved(workings, asked.saved)
            restore.needs.check(workings)
            if file is not None:
                planfile.dump(workings, asked.request, call.now, file)
            gone = restore.to_decide(workings) if draft is not None else ()
            return snapshot, workings.plan, restore.untold(workings), app.now.teams, gone

        with drafts.new(out, _check_plan) if out is not None else nullcontext() as file, restore.needs.told(guard):
            snapshot, plan, untold, teams, gone = guard.plans(lambda: work(file))
    matches = restore.asked(plan, asked.chosen.teams)
    written: list[Step] = []
    if out is not None:
        written.append(Step("restore", "--plan", str(out)))
    if draft is not None:
        with drafts.new(draft, drafts.check) as file:
            steps = call.heading.lines(_followed(draft))
            drafted = drafts.draft(plan, steps, teams, asked.request.habits)
            file.write(decided.with_rows(drafted, gone).encode())
        written.append(_followed(draft)[0])
    about = replace(_about(call, snapshot), untold=tuple(untold))
    parents = restore.asked_parents(plan, asked.chosen.parents)
    call.answer(
        restoring.restore(plan, about, asked=matches, parents=parents, steps=written, again=asked.chosen.options)
    )


def _try(call: Call, asked: _Asked, *, yes: bool, confirm: str | None) -> NoReturn:
    call.confirm(confirm, yes=yes, what="restore --dry-run --try")
    call.say(f"The restore is done for real and taken back: it uses up sequence values, {_MEANWHILE}")
    snapshot, done = _done(call, asked, restore.attempt)
    matches = restore.asked(done.plan, asked.chosen.teams)
    about = replace(_about(call, snapshot), tried=True)
    parents = restore.asked_parents(done.plan, asked.chosen.parents)
    call.answer(restoring.restore(done.plan, about, asked=matches, parents=parents, again=asked.chosen.options))


def _apply(call: Call, asked: _Asked, *, yes: bool, confirm: str | None) -> NoReturn:
    call.confirm(confirm, yes=yes, what="restore")
    snapshot, done = _done(call, asked, restore.apply)
    matches = restore.asked(done.plan, asked.chosen.teams)
    parents = restore.asked_parents(done.plan, asked.chosen.parents)
    about = _about(call, snapshot)
    call.answer(restoring.restore(done.plan, about, applied=done, asked=matches, parents=parents))


def _done(call: Call, asked: _Asked, work: Callable[..., Applied]) -> tuple[Snapshot, Applied]:
    """Find the snapshot that was asked for and do with it what writes, or tries to."""
    with call.database() as database:
        _check_database(call, asked.saved)
        guard = call.guard(database, asked.request)
        with restore.needs.told(guard):
            with database.transaction(databases.Access.READ):
                snapshot = snapshots.find(database, asked.snapshot)
            return snapshot, work(guard, snapshot, saved=asked.saved)


def _about(call: Call, snapshot: Snapshot) -> restoring.About:
    return restoring.About(snapshot, call.now, call.verbose)


def _undo(call: Call, entry: int, *, dry_run: bool, tried: bool, yes: bool, confirm: str | None) -> NoReturn:
    if tried or not dry_run:
        what = f"restore --undo {entry} --dry-run --try" if tried else f"undo of restore {entry}"
        call.confirm(confirm, yes=yes, what=what)
    if tried:
        call.say(f"The undo is done for real and taken back: it {_MEANWHILE}")
    with call.database() as database:
        guard = call.guard(database)
        with restore.needs.told(guard):
            if tried:
                undone = undo.attempt(guard, entry)
            elif dry_run:
                undone = guard.plans(lambda: undo.plan(guard, entry))
            else:
                undone = undo.apply(guard, entry)
    call.answer(undoing.undo(undone, dry_run=dry_run, tried=tried))


def _check_database(call: Call, saved: SavedPlan | None) -> None:
    if saved is not None and dict(saved.database) != call.place.fingerprint:
        raise WrongDatabaseError("The plan was made for another database. Nothing was written.")


def _followed(draft: Path) -> tuple[Step, Step]:
    """Return how the decisions in a file are followed: looked at first, and done."""
    return Step("restore", "--dry-run", "--decisions", str(draft)), Step("restore", "--decisions", str(draft))


def _check_plan(path: Path) -> None:
    """Refuse to write a plan over anything but a plan as it was written."""

    def load(path: Path) -> SavedPlan:
        with files.reading(path) as file:
            return planfile.load(file)

    drafts.check_ours(path, "plan", load)
