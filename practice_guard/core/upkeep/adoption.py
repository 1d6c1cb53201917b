"""Rows that hang on ids from before the guard knew of them: adopted by the lists of an older snapshot, and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import LEAGUES, TEAMS, Application
from practice_guard.core.checks import orphans
from practice_guard.core.database import Database
from practice_guard.core.findings import found
from practice_guard.core.guarding import Guard
from practice_guard.core.model import Finding, Severity
from practice_guard.core.records import Place, installation
from practice_guard.core.snapshots import Adoption, Orphan, Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Adopted:
    """Rows of one set that hang on one id which is gone, and what a list says that it was.

    Attributes:
        orphan: the rows.
        was: what the list calls it.
        today: what that is today; empty where nobody can be sure.
        waits: why the rows wait; empty where they do not.
        elsewhere: what other kept lists call the id, as far as that is something else.
    """

    orphan: Orphan
    was: str
    today: str = ""
    waits: str = ""
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoptions:
    """What came of an adoption.

    Attributes:
        source: the snapshot whose lists were asked.
        adopted: what they know.
        unknown: what none of them knows: it stays as it is.
    """

    source: str
    adopted: tuple[Adopted, ...] = ()
    unknown: tuple[Orphan, ...] = ()

    @property
    def rows(self) -> int:
        """How often a row was adopted by one of its columns."""
        return sum(each.orphan.rows for each in self.adopted)


def source(guard: Guard, wanted: str) -> Snapshot:
    """Find the snapshot whose lists are to be asked, in the transaction that is open.

    Raises:
        errors.NoSnapshotError: there is none of that id.
        errors.DamagedSnapshotError: it is not whole.
        errors.WrongDatabaseError: it was taken in another database, whose ids say nothing here.
    """
    chosen = snapshots.find(guard.database, wanted)
    if chosen.imported_at is not None and not _is_of(chosen, installation.locate(guard.database)):
        raise errors.WrongDatabaseError(
            f"Snapshot {chosen.id} was imported from another database ({chosen.environment}): an id of its lists says "
            "nothing about a row of this one. Nothing was written.",
            next_steps=(Step("snapshots", why="those that were taken here"),),
        )
    guard.watcher.begins("verifying the snapshot", chosen.rows)
    snapshots.verify(guard.database, chosen)
    return chosen


def _is_of(snapshot: Snapshot, place: Place) -> bool:
    """Whether a snapshot was taken in this database, be it that the guard's schema was lost since."""
    there = snapshot.fingerprint
    same = there.get("uuid") == place.uuid or (there.get("system"), there.get("oid")) == (place.system, place.oid)
    return same and snapshot.environment == place.environment


def begun(snapshot: Snapshot, app: Application) -> Adoption:
    """Return the adoption by a snapshot's lists: its own first, then the newest; their names begin with their time."""
    first, *others = snapshot.lists
    return Adoption({bound.name for bound in app.sets}, (first, *sorted(others, reverse=True)))


def told(guard: Guard, app: Application, chosen: Snapshot, adoption: Adoption, known: Sequence[Snapshot]) -> Adoptions:
    """Say of what was adopted what it was, what it is today, and what else its id has been.

    Args:
        guard: where, with the transaction open.
        app: the database as it was looked at.
        chosen: the snapshot whose lists were asked.
        adoption: what was adopted.
        known: the snapshots whose lists may say something else.
    """
    unknown = tuple(each for each in adoption.found if each.list is None)
    ours = [(each, each.list) for each in adoption.found if each.list is not None]
    if not ours:
        return Adoptions(chosen.id, (), unknown)
    traces = restore.trace(guard.database, chosen, app, guard.request)
    parents = {each.parent.name: each.parent for each, _ in ours}
    others = restore.names(guard.database, [each for each in known if not each.fault], tuple(parents.values()))
    adopted = []
    for orphan, name in ours:
        traced = traces[name, orphan.parent.name].get(orphan.id) or restore.Traced(
            f"{orphan.parent.one} {orphan.spelled}"
        )
        called = {
            found[orphan.id].was
            for (_, parent), found in others.items()
            if parent == orphan.parent.name and orphan.id in found
        }
        elsewhere = tuple(sorted(called - {traced.was}))
        adopted.append(Adopted(orphan, traced.was, traced.today, traced.waits, elsewhere))
    return Adoptions(chosen.id, tuple(adopted), unknown)


def findings(database: Database, report: Adoptions, known: Sequence[Snapshot]) -> list[Finding]:
    """Find what no list of the snapshot knows, and ids that have been something else too."""
    return [*_unknown(database, report, known), *_ambiguous(report)]


def _unknown(database: Database, report: Adoptions, known: Sequence[Snapshot]) -> Iterator[Finding]:
    by_column: dict[tuple[str, str], list[Orphan]] = {}
    for each in report.unknown:
        by_column.setdefault((each.set, each.column), []).append(each)
    for (name, column), each_id in by_column.items():
        rows = sum(each.rows for each in each_id)
        ids = ", ".join(each.spelled for each in each_id[:_MOST]) + (", …" if len(each_id) > _MOST else "")
        parent = each_id[0].parent
        what = (
            f"{counted(rows, 'row')} of {name} {agreeing(rows, 'hangs', 'hang')} by {column} on "
            f"{counted(len(each_id), 'id')} of {parent} that no list of snapshot {report.source} knows: {ids}."
        )
        why = "They stay as they are, and wait until another snapshot's lists know them, or a person decides."
        there = [orphans.Vanished(each.set, each.column, parent, each.id, each.rows) for each in each_id]
        step = orphans.adopting(database, there, known).get(name)
        fix = step or Step("validate-safety")
        if parent == TEAMS:
            warned = found("rows-on-vanished-team", what, why, fix, rows=rows)
        elif parent == LEAGUES:
            warned = found("rows-on-vanished-league", what, why, fix, rows=rows)
        else:
            warned = found("rows-on-vanished-parent", what, why, fix, rows=rows)
        yield replace(warned, severity=Severity.WARNING)


def _ambiguous(report: Adoptions) -> Iterator[Finding]:
    twice = [each for each in report.adopted if each.elsewhere]
    if twice:
        rows = sum(each.orphan.rows for each in twice)
        another = agreeing(len(twice), "is something else", "are something else")
        what = f"{counted(rows, 'row')} adopted by {counted(len(twice), 'id')} that {another} in other kept lists."
        why = (
            "An import has handed these ids to others. Only when the rows were written says whose they are: look "
            "before they are restored."
        )
        examples = [f"{each.orphan.set} {each.orphan.column} {each.orphan.spelled}: {_both(each)}" for each in twice]
        yield found("ids-reused", what, why, Step("restore", "--dry-run"), rows=rows, examples=examples)


def _both(adopted: Adopted) -> str:
    return f"{adopted.was}; elsewhere {' and '.join(adopted.elsewhere)}"


_MOST = 10
"""How many ids a finding names."""
