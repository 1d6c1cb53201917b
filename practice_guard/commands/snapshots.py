"""The snapshots themselves: what is stored, whether it is whole, out of the database and back, and what may go."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer.core import TyperGroup

from practice_guard import __version__
from practice_guard.commands.options import Confirm, DryRun, Yes, command, convert_little
from practice_guard.core import model
from practice_guard.core.errors import ConfirmationError, UsageError
from practice_guard.core.later import later
from practice_guard.core.model import KEEP_LAST

if TYPE_CHECKING:
    from practice_guard import files, settings
    from practice_guard.commands.call import Call
    from practice_guard.core import snapshots, upkeep
    from practice_guard.core.guarding import Guard
    from practice_guard.core.records import marking
    from practice_guard.core.snapshots import Snapshot, archive
    from practice_guard.core.upkeep import Rule, Ruling
    from practice_guard.core.upkeep import cleanup as cleanups
    from practice_guard.render import reports
    from practice_guard.render import snapshots as render
else:
    files, settings = later("practice_guard", "files", "settings")
    snapshots, upkeep = later("practice_guard.core", "snapshots", "upkeep")
    (marking,) = later("practice_guard.core.records", "marking")
    (archive,) = later("practice_guard.core.snapshots", "archive")
    (cleanups,) = later("practice_guard.core.upkeep", "cleanup")
    reports, render = later("practice_guard.render", "reports", "snapshots")

STANDARD = "-"
"""A file's name that means standard output or input."""


class _ListByDefault(TyperGroup):
    """`snapshots` alone lists them, with all its options after it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in `list` where no subcommand is named; a line that is being completed may yet name one."""
        convert_little(ctx)
        if not ctx.resilient_parsing and (not args or (args[0].startswith("-") and args[0] not in ("-h", "--help"))):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer()
group = typer.Typer(help="List, show, verify, export and import snapshots.")
app.add_typer(group, name="snapshots", cls=_ListByDefault)

SnapshotId = Annotated[str, typer.Argument(metavar="ID", help="A snapshot's id, or latest.")]


@command(group, "list", title="snapshots")
def list_snapshots(call: Call) -> None:
    """List what is stored, newest first. The same as `snapshots` alone. Writes nothing."""
    with call.reading(sets=False) as database:
        known, sizes = snapshots.listing(database), snapshots.sizes(database)
    call.answer(render.listing(known, sizes))


@command(group, "show", title="snapshots show")
def show(call: Call, snapshot_id: SnapshotId = model.LATEST) -> None:
    """Show one snapshot, and how to read its rows with SQL. Writes nothing."""
    with call.reading(sets=False) as database:
        snapshot = snapshots.find(database, snapshot_id)
    call.answer(render.one(snapshot))


@command(group, "verify", title="snapshots verify")
def verify(
    call: Call,
    snapshot_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A snapshot's id, or latest; all without it.")
    ] = None,
) -> None:
    """Read snapshots back and compare their digests. Writes nothing."""
    with call.reading(sets=False) as database:
        known = snapshots.listing(database)
        if snapshot_id is not None:
            wanted = snapshot_id if snapshot_id != model.LATEST else snapshots.find(database).id
            known = [snapshots.named(known, wanted)]
        if not known:
            raise snapshots.none_yet()
        problems = _verified(call.guard(database), known)
    call.answer(render.verified(known, problems))


def _verified(guard: Guard, known: Sequence[Snapshot]) -> dict[str, str]:
    """Say what is wrong with each of these; empty for those that are whole."""
    guard.watcher.begins("verifying rows", sum(each.rows for each in known))
    problems = {}
    for each in known:
        problems[each.id] = snapshots.fault(guard.database, each)
        guard.watcher.done(each.rows)
    return problems


@command(group, "export", title="snapshots export")
def export(
    call: Call,
    snapshot_id: SnapshotId,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that is not there yet; - is standard output.")],
) -> None:
    """Write a snapshot into one compressed file. It is verified first, and the file read back."""
    if file == STANDARD:
        _check_standard_output(call)
    with files.scratch() if file == STANDARD else files.writing(Path(file)) as out:
        snapshot, size = _packed(call, snapshot_id, out)
        if file == STANDARD:
            _to_standard_output(out)
    call.answer(render.exported(snapshot, file, size), aside=file == STANDARD)


def _packed(call: Call, snapshot_id: str, out: BinaryIO) -> tuple[Snapshot, archive.Size]:
    """Write an export, read it back, and return what it is of and its size in bytes."""
    with call.reading(sets=False) as database:
        snapshot = snapshots.find(database, snapshot_id)
        call.progress.begins("verifying and packing", snapshot.rows)
        exported = archive.export(database, snapshot, out, now=call.now, tool_version=__version__)
    return snapshot, archive.confirm(out, exported)


def _check_standard_output(call: Call) -> None:
    if call.speaks_json:
        raise UsageError("--json and - both want standard output: name a file, or leave --json out.")
    if sys.stdout.isatty():
        raise UsageError("An export is nothing for a terminal: name a file, or pass it on with a pipe.")


def _to_standard_output(export: BinaryIO) -> None:
    export.seek(0)
    try:
        copyfileobj(export, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left in the buffer would be tried again at the end, and fail again.
        sys.stdout = None
        raise UsageError(f"Standard output did not take the export: {error.strerror}. It is cut off.") from error


@contextmanager
def _standard_input() -> Iterator[BinaryIO]:
    with files.scratch() as copy:
        yield files.drained(sys.stdin.buffer, copy)


@command(group, "import", title="snapshots import", writes=True)
def import_(
    call: Call,
    file: Annotated[str, typer.Argument(metavar="FILE", help="An export; - is standard input.")],
    into_other_database: Annotated[
        bool,
        typer.Option("--into-other-database", help="Take it in although it is from another database or environment."),
    ] = False,
) -> None:
    """Put an exported snapshot back into its database. Also where the guard's schema was lost."""
    call.aim()
    if file == STANDARD and sys.stdin.isatty():
        raise UsageError("There is no export on standard input: name a file, or pipe one in.")
    with _standard_input() if file == STANDARD else files.reading(Path(file)) as given:
        found = archive.read(given)
        with call.database(sets=False) as database:
            call.progress.begins("importing rows", found.snapshot.rows)
            done = archive.load(call.guard(database), found, into_other=into_other_database)
    call.heading = call.heading.at(done.place.fingerprint)
    call.answer(render.imported(done))


@command(app, "mark", writes=True)
def mark(
    call: Call,
    was: Annotated[
        str | None, typer.Option(help="The mark it has now, where it is no copy.", show_default=False)
    ] = None,
    confirm: Confirm = None,
) -> None:
    """Mark a clone, or a database that has moved, anew. From then on it is of this environment."""
    call.confirm(confirm, yes=False, what="mark", always=True)
    with call.database(marked=False, sets=False) as database:
        done = marking.mark(database, call.author, was=settings.canonical(was) if was else None, patience=call.patience)
    call.heading = call.heading.at(done.after.fingerprint)
    call.answer(render.marked(done))


@command(app, "cleanup", writes=True)
def cleanup(
    call: Call,
    keep_last: Annotated[
        int | None, typer.Option(help=f"Keep the newest N; {KEEP_LAST} where no rule is given.", show_default=False)
    ] = None,
    keep_within: Annotated[
        str | None, typer.Option(help="Keep those taken within this time: 30d, 12h.", show_default=False)
    ] = None,
    all_that_may: Annotated[bool, typer.Option("--all", help="Remove all that may go.")] = False,
    snapshot_id: Annotated[
        str | None, typer.Option("--snapshot", metavar="ID", help="Remove this one and no other.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    confirm: Confirm = None,
) -> None:
    """Remove old snapshots by a rule, or one by its id."""
    rule = _rule(keep_last, keep_within, snapshot_id, all_that_may=all_that_may)
    if not dry_run:
        call.confirm(confirm, yes=yes, what="cleanup")
    with call.database() as database:
        guard = call.guard(database)
        rulings = guard.plans(lambda: cleanups.plan(guard, rule)) if dry_run else _removes(call, guard, rule, confirm)
    said = _options(rule, keep_within)
    call.answer(reports.cleanup(rulings, dry_run=dry_run, options=said))


def _rule(keep_last: int | None, keep_within: str | None, snapshot_id: str | None, *, all_that_may: bool) -> Rule:
    if keep_last is None and keep_within is None and not all_that_may and snapshot_id is None:
        keep_last = KEEP_LAST
    return upkeep.Rule(keep_last, _span(keep_within) if keep_within else None, all_that_may, snapshot_id)


def _removes(call: Call, guard: Guard, rule: Rule, confirm: str | None) -> list[Ruling]:
    """Remove what may go; one that is named and ought to stay only once that is typed."""
    try:
        return cleanups.apply(guard, rule)
    except ConfirmationError as refused:
        what = f"the removal of {rule.named}, which {refused.data['against']},"
        call.confirm(confirm, yes=False, what=what, always=True)
    # Aimed anew: how long a person took to answer is none of the seconds that the ledger notes.
    return cleanups.apply(call.guard(guard.database), rule, overrule=True)


def _options(rule: Rule, keep_within: str | None) -> tuple[str, ...]:
    """Return a rule as people type it."""
    said = {"--keep-last": rule.keep_last, "--keep-within": keep_within, "--snapshot": rule.named}
    words = (word for name, value in said.items() if value is not None for word in (name, str(value)))
    return ("--all",) if rule.all else tuple(words)


def _span(written: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})\s*([dhw])", written.strip().lower())
    if not found:
        raise UsageError(f"--keep-within takes a number and d, h or w, like 30d; not {written!r}.")
    return int(found[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[found[2]]
