"""The rights that a restore needs, told before it writes, by a dry run too: all that are missing, not the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from practice_guard.core import errors
from practice_guard.core.application import (
    PARENTS,
    Application,
    BoundParent,
    BoundSet,
    Catalog,
    bind,
    coming_back,
    followed,
    listed,
    references_of,
    rights,
)
from practice_guard.core.application.rights import Lacking, Wanted
from practice_guard.core.database import Access, Asked
from practice_guard.core.guarding import Guard
from practice_guard.core.restore import inward
from practice_guard.core.restore.summing import Workings
from practice_guard.core.restore.tasks import assign
from practice_guard.core.words import agreeing, counted

_REFUSED = "42501"
_RESTORE, _UNDO = "this restore", "this undo"


def of_any(catalog: Catalog, sets: Sequence[BoundSet], parents: Sequence[BoundParent]) -> list[Wanted]:
    """Return what lets a role restore whatever an import may leave of the protected rows."""
    wanted = _always(catalog, sets, parents)
    for place, bound in enumerate(sets):
        wanted += rights.on_columns("UPDATE", bound.table, _references(bound))
        if not bound.only_pointed:
            wanted += rights.on_columns("UPDATE", bound.table, _filled_in(bound, sets[place + 1 :]))
            wanted += rights.on_columns("INSERT", bound.table, [column.name for column in bound.stored])
            wanted += rights.to_number(bound.table, inserting=True)
    return wanted


def check(workings: Workings) -> None:
    """Require that this role may do what a plan says; nothing is needed where nothing is to be done.

    Raises:
        errors.AccessError: it may not; names each right that is missing, and the GRANTs.
    """
    busy = assign(workings)
    if not busy:
        return
    app, order = workings.app, [task.name for task in busy]
    wanted = _always(app.catalog, app.sets, app.followed)
    for task in busy:
        table = task.bound.table
        if task.updates:
            wanted += rights.on_columns("UPDATE", table, task.refs)
        if task.inserts:
            names = [task.bound.key.name, *task.refs, *(column.name for column in task.plain)]
            wanted += rights.on_columns("INSERT", table, names)
            wanted += rights.on_columns("UPDATE", table, inward.to_fill_in(task.sheet, order))
        if not task.bound.only_pointed:
            wanted += rights.to_number(table, inserting=task.inserts > 0)
    require(rights.lacking(workings.scratch, wanted), _RESTORE)


def check_undo(asked: Asked, app: Application, moved: Iterable[BoundSet], removed: Iterable[BoundSet]) -> None:
    """Require that this role may take a restore back, which points rows of some sets elsewhere and removes some.

    Raises:
        errors.AccessError: it may not; names each right that is missing, and the GRANTs.
    """
    wanted = [right for bound in moved for right in rights.on_columns("UPDATE", bound.table, _references(bound))]
    wanted += [rights.on_table("DELETE", bound.table) for bound in removed]
    if wanted:
        require(rights.lacking(asked, [*_always(app.catalog, app.sets, app.followed), *wanted]), _UNDO)


@contextmanager
def told(guard: Guard, command: str = "") -> Iterator[None]:
    """Say of work that ends for one right, by the server's word, which others it would have ended for.

    Args:
        guard: where; no transaction is open any more.
        command: what has only looked at the guard's own tables until now; a restore where nothing is said.

    Raises:
        errors.AccessError: names each right that is missing, as far as the catalogue says.
    """
    try:
        yield
    except errors.AccessError as error:
        if error.data.get("sqlstate") != _REFUSED or not error.data.get("says"):
            raise
        found = _lacking_for_all(guard, own=bool(command))
        if not found:
            raise
        raise _refusal(found, command or _RESTORE) from error


def _lacking_for_all(guard: Guard, *, own: bool) -> Lacking:
    database = guard.database
    with database.transaction(Access.READ):
        if own:
            return rights.lacking(database, [rights.OWN])
        catalog = guard.catalog()
        sets = bind(guard.sets, catalog)[0]
        parents = followed(references_of(sets), listed(guard.parents, catalog))
        wanted = [*rights.to_read(catalog, sets, parents), rights.OWN, *of_any(catalog, sets, parents)]
        return rights.lacking(database, wanted)


def require(lacking: Lacking, purpose: str) -> None:
    """Refuse to go on where rights are missing.

    Raises:
        errors.AccessError: names each of them, and the GRANTs.
    """
    if lacking:
        raise _refusal(lacking, purpose)


def _refusal(lacking: Lacking, purpose: str) -> errors.AccessError:
    named = [str(right) for right in lacking.rights]
    are = agreeing(len(named), "is", "are")
    return errors.AccessError(
        f"{counted(len(named), 'right')} {are} missing to {lacking.role} for {purpose}: {', '.join(named)}. "
        "Nothing was written.",
        next_steps=tuple(rights.grants(lacking)),
        sqlstate=_REFUSED,
        rights=named,
    )


def _always(catalog: Catalog, sets: Sequence[BoundSet], parents: Sequence[BoundParent]) -> list[Wanted]:
    """Return what every restore needs: nobody else writes meanwhile, and the ledger tells of it."""
    held = [catalog.tables[name] for name in PARENTS if catalog.has(name)]
    held += [*(each.table for each in parents), *(each.table for each in sets)]
    own = [rights.on_own("INSERT", name) for name in ("ledger", "ledger_rows")]
    return [*map(rights.to_lock, held), *own, rights.SCRATCH]


def _references(bound: BoundSet) -> list[str]:
    return [reference.column for reference in bound.references]


def _filled_in(bound: BoundSet, later: Sequence[BoundSet]) -> list[str]:
    """Return the columns that rows may go in without, until those that they point at are there (see `inward`)."""
    columns, ours, found = bound.table.columns, _references(bound), []
    for key in bound.table.foreign_keys:
        parent = coming_back(later, key.parent)
        leading = parent and key.leads(parent.key.name, ours)
        if leading and not (key.deferrable or columns[leading[0]].not_null):
            found.append(leading[0])
    return found
