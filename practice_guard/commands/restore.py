"""The restore: shown, applied, applied exactly as shown, and taken back."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from practice_guard import files
from practice_guard.commands.call import Call
from practice_guard.commands.options import Confirm, DryRun, SnapshotOption, Yes, command
from practice_guard.core import model, restore, snapshots
from practice_guard.core.database import Access, locks
from practice_guard.core.decisions import draft as drafted
from practice_guard.core.decisions import parse
from practice_guard.core.errors import UsageError, WrongDatabaseError
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.restore import Bucket, Plan, SavedPlan, planfile, undo
from practice_guard.core.snapshots import Snapshot
from practice_guard.render import restoring

app = typer.Typer()


@command(app, "restore")
def restore_command(
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
    include_deleted: Annotated[bool, typer.Option("--include-deleted", help="Also what users deleted.")] = False,
    exact_only: Annotated[
        bool, typer.Option("--exact-only", help="Only teams whose name and place are exactly the same.")
    ] = False,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", metavar="FILE", help="A person's decisions about teams (TOML).", show_default=False
        ),
    ] = None,
    write_decisions: Annotated[
        Path | None,
        typer.Option(
            "--write-decisions", metavar="FILE", help="Write a file of decisions to edit.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan in full.", show_default=False)
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Apply this plan and no other.", show_default=False)
    ] = None,
    undo_entry: Annotated[
        int | None, typer.Option("--undo", metavar="LEDGER-ID", help="Take a restore back.", show_default=False)
    ] = None,
) -> None:
    """Put every protected row back on its right team. In one transaction; --dry-run shows the plan."""
    chosen = {
        "--snapshot": [snapshot_id] if snapshot_id != model.LATEST else None,
        "--protected": protected,
        "--league": league,
        "--team": team,
        "--include-deleted": include_deleted,
        "--exact-only": exact_only,
        "--decisions": [str(decisions)] if decisions else None,
        "--plan": [str(plan)] if plan else None,
    }
    if undo_entry is not None:
        if any(chosen.values()) or out or write_decisions:
            raise UsageError("--undo takes back a whole restore and nothing else; give no other choice beside it.")
        _undo(call, undo_entry, dry_run=dry_run, yes=yes, confirm=confirm)
    if not dry_run and (out or write_decisions):
        raise UsageError("--out and --write-decisions go with --dry-run.")
    if write_decisions:
        _check_draft(write_decisions)
    call.aim()
    scope = Scope(frozenset(protected or ()), frozenset(league or ()), frozenset(team or ()))
    decided = parse(_read(decisions), str(decisions)) if decisions else None
    request = replace(
        call.request, scope=scope, include_deleted=include_deleted, exact_only=exact_only, decisions=decided
    )
    saved = planfile.load(_read(plan)) if plan else None
    if saved is not None:
        if request != call.request or snapshot_id not in (model.LATEST, saved.snapshot):
            raise UsageError("--plan brings its own snapshot, scope and decisions; give no others beside it.")
        request, snapshot_id = saved.request, saved.snapshot
    if dry_run:
        _show(call, snapshot_id, request, saved, team or [], out=out, draft=write_decisions, again=_options(chosen))
    _apply(call, snapshot_id, request, saved, team or [], yes=yes, confirm=confirm)


def _show(
    call: Call,
    snapshot_id: str,
    request: Request,
    saved: SavedPlan | None,
    team: list[str],
    *,
    out: Path | None,
    draft: Path | None,
    again: str,
) -> NoReturn:
    with call.database() as database:
        _check_database(call, saved)

        def work(_within: float) -> tuple[Snapshot, Plan]:
            snapshot = snapshots.find(database, snapshot_id)
            snapshots.verify(database, snapshot)
            app = call.guard(database).look()
            plan = restore.plan(database, snapshot, app, request)
            restore.check_fits(database, app, snapshot, plan)
            if saved is not None:
                restore.check_saved(database, saved, plan)
            return snapshot, plan

        snapshot, plan = locks.attempt(database, Access.READ, work, patience=call.patience)
    asked = restore.asked(plan, team)
    written: list[str] = []
    if out is not None:
        _write(out, planfile.dump(plan, request, call.now))
        written.append(f"practice-guard restore --env {call.target.environment} --plan {shlex.quote(str(out))}")
    if draft is not None:
        _write(draft, _draft(plan))
        written.append(
            f"practice-guard restore --env {call.target.environment} --dry-run --decisions {shlex.quote(str(draft))}"
        )
    call.answer(
        restoring.restore(
            plan, call.target.environment, dry_run=True, asked=asked, snapshot=snapshot, now=call.now, steps=written,
            verbose=call.verbose, again=again,
        )
    )  # fmt: skip


def _apply(
    call: Call,
    snapshot_id: str,
    request: Request,
    saved: SavedPlan | None,
    team: list[str],
    *,
    yes: bool,
    confirm: str | None,
) -> NoReturn:
    call.confirm(confirm, yes=yes, what="restore")
    with call.database() as database:
        _check_database(call, saved)
        with database.transaction(Access.READ):
            snapshot = snapshots.find(database, snapshot_id)
        done = restore.apply(call.guard(database, request), snapshot, saved=saved)
    call.answer(
        restoring.restore(
            done.plan, call.target.environment, dry_run=False, ledger=done.ledger, snapshot=snapshot, now=call.now,
            asked=restore.asked(done.plan, team), verbose=call.verbose,
        )
    )  # fmt: skip


def _undo(call: Call, entry: int, *, dry_run: bool, yes: bool, confirm: str | None) -> NoReturn:
    if not dry_run:
        call.confirm(confirm, yes=yes, what=f"undo of restore {entry}")
    with call.database() as database:
        guard = call.guard(database)
        undone = guard.reads(lambda: undo.plan(guard, entry)) if dry_run else undo.apply(guard, entry)
    call.answer(restoring.undo(undone, call.target.environment))


def _check_database(call: Call, saved: SavedPlan | None) -> None:
    if saved is not None and dict(saved.database) != call.place.fingerprint:
        raise WrongDatabaseError("The plan was made for another database. Nothing was written.")


def _options(chosen: Mapping[str, Sequence[str] | bool | None]) -> str:
    """Return options as people type them, so that what they copy does what they were shown and no more."""
    words: list[str] = []
    for name, given in chosen.items():
        if given is True:
            words.append(name)
        elif given:
            words += [word for value in given for word in (name, value)]
    return shlex.join(words)


def _draft(plan: Plan) -> str:
    """Write a decision file for every team that rows wait for, whichever list it is from; each team once."""
    own = plan.resolutions[plan.snapshot]
    matches = dict(enumerate(own.matches.values()))
    seen = {match.old.identity for match in own.unmatched()}
    waiting = set()
    for row in plan.rows():
        match = plan.match(row)
        if match and row.bucket is Bucket.PENDING:
            waiting.add(match.old.identity)
            if match.old.identity not in seen:
                seen.add(match.old.identity)
                matches[len(matches)] = match
    return drafted(replace(own, matches=matches), waiting)


def _check_draft(path: Path) -> None:
    """Refuse to write a draft over what a person has decided already."""
    try:
        edited = path.is_file() and bool(parse(_read(path), str(path)).entries)
    except UsageError as error:
        raise UsageError(f"{path} is there already and is no draft as it was written. Name another file.") from error
    if edited:
        raise UsageError(f"{path} is there already, with decisions in it. Name another file for --write-decisions.")


def _read(path: Path) -> str:
    try:
        return files.read(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner may read: it says who plays where."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
