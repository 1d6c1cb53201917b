"""A plan as a file: shown, kept, and applied only if it is still true.

One JSON object a line: first what the plan is of, then each row's line, in the end how many these are, with a sum over
all before. Neither who writes nor who reads one holds more than a line, and what a person read is what is applied.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from practice_guard.core import decisions, errors, lines
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import Habits, League
from practice_guard.core.model import Match
from practice_guard.core.restore.plans import NewKey, Origin
from practice_guard.core.restore.summing import Workings
from practice_guard.core.steps import Step

FORMAT = "practice-guard plan"
VERSION = 2

_BEGINNING = re.compile(rb'\s*\{\s*"format":\s*"practice-guard plan",\s*"version":\s*(\d{1,9})[\s,}]')
"""How a plan of any version begins; those of the first are not a line each."""

_BEGINS_WITHIN = 200

_GROUPS = ("ordinals", "club_aliases")
"""What a league's habits have a list of lists of."""

AGAIN = Step("restore", "--dry-run", "--out", "plan.json", why="a fresh one, with the options that this was made with")
"""What is to be done about a plan that cannot be applied any more."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan read from a file, which must stay open.

    Attributes:
        id: its own, by which the ledger knows that it was used.
        made_at: when.
        snapshot: the snapshot's id.
        database: the fingerprint of the database it was made for.
        digest: of what applying it does.
        request: what was asked of it.
        sets: the protected sets that it plans for.
        left_out: those of them whose rows have no line where they are in place to the letter.
        rows: reads the rows' lines, anew each time: by set, and in each by number in the snapshot.
    """

    id: str
    made_at: datetime
    snapshot: str
    database: Mapping[str, object]
    digest: str
    request: Request
    sets: frozenset[str]
    left_out: frozenset[str]
    rows: Callable[[], Iterator[Mapping[str, Any]]] = field(compare=False)


def dump(workings: Workings, request: Request, now: datetime, file: BinaryIO) -> None:
    """Write a plan into a file, in the place of all that is in it, while the plan's tables are there.

    Args:
        workings: the plan, with its tables.
        request: what was asked of it.
        now: the time.
        file: can be written, and gone back in.
    """
    file.seek(0)
    file.truncate()
    tally = lines.Sum()
    file.write(tally.add(lines.dump(_header(workings, request, now))))
    for name in workings.plan.sets:
        for row in described(workings, name):
            file.write(tally.add(lines.dump(row)))
    file.write(_last(tally))


def _header(workings: Workings, request: Request, now: datetime) -> dict[str, object]:
    plan = workings.plan
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": secrets.token_hex(8),
        "made_at": now.isoformat(),
        "snapshot": plan.snapshot,
        "database": dict(plan.database),
        "digest": plan.digest,
        "request": {
            "protected": sorted(request.scope.protected),
            "leagues": sorted(request.scope.leagues),
            "teams": sorted(request.scope.teams),
            "include_deleted": request.include_deleted,
            "exact_only": request.exact_only,
            "decisions": decisions.dump(request.decisions) if request.decisions else None,
            "roster_at_least": request.roster_at_least,
            "roster_percent": request.roster_percent,
            "habits": [asdict(each) for each in request.habits.leagues],
        },
        "counts": {name: plan.counts(name) for name in plan.sets},
        "no_line_in_place": [name for name in plan.sets if workings.sheets[name].sparse],
    }


def _last(tally: lines.Sum) -> bytes:
    """Return the line that ends a plan, from the sum over all lines before it: the header and the rows."""
    return lines.dump({"rows": tally.lines - 1, "checksum": tally.hexdigest()})


def described(workings: Workings, name: str) -> Iterator[dict[str, object]]:
    """Return the lines of a set's rows as they are in a file, with what a person needs to know to judge them."""
    teams: dict[Origin | None, dict[str, str | None]] = {}
    for row, says in workings.told(name):
        match = workings.plan.match(row)
        if row.team not in teams:
            teams[row.team] = _teams(match)
        yield {
            "set": row.set,
            "row": row.row,
            "key": row.key,
            "bucket": row.bucket,
            "says": says,
            **teams[row.team],
            "evidence": row.evidence,
            "fate": row.fate,
            "because": match.because if match else row.note,
            "note": row.note,
            "live_key": row.live_key,
            "before": _ids(row.before),
            "after": _ids(row.after),
            "new_key": row.new_key,
        }


def _teams(match: Match | None) -> dict[str, str | None]:
    """Say which team rows were of, which is theirs today, and of which club."""
    old, heir = (match.old, match.new) if match else (None, None)
    known = heir or old
    return {
        "was": str(old.identity) if old else None,
        "team": str(heir.identity) if heir else None,
        "club": known.club if known else None,
    }


def _ids(found: tuple[int | None, ...] | None) -> list[int | str | None] | None:
    """Return what a row points at; the stand-in for a key to come is nothing for people."""
    if found is None:
        return None
    return [f"the new key of row {each.row}" if isinstance(each, NewKey) else each for each in found]


def load(file: BinaryIO) -> SavedPlan:
    """Read a plan back: all of it, to see that it is as it was written, and keep what it is of.

    Args:
        file: can be gone back in, and stays open as long as the rows may be asked for.

    Raises:
        errors.UsageError: it is no plan, or one of another version, or was edited.
    """
    _check_beginning(file)
    try:
        found = _lines(file)
        header = lines.parse(next(found), "line 1")
        deque(found, maxlen=0)
        return _saved(header, file)
    except lines.LineError as error:
        raise _changed(f": {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise errors.UsageError(
            f"This file is not a plan of practice-guard, or it was changed ({type(error).__name__}: {error})."
        ) from error


def _check_beginning(file: BinaryIO) -> None:
    file.seek(0)
    begun = _BEGINNING.match(file.read(_BEGINS_WITHIN))
    if begun is None:
        raise errors.UsageError("This file is not a plan of practice-guard.")
    if (version := int(begun[1])) != VERSION:
        raise errors.UsageError(
            f"This plan has version {version}; this program reads {VERSION}, and it must be asked for anew. "
            "Nothing was done.",
            next_steps=(AGAIN,),
        )


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield a plan's lines, the header first, without the last one, which says whether they are as they were written.

    Raises:
        errors.UsageError: they are not; after the last of them.
    """
    file.seek(0)
    tally = lines.Sum()
    held: bytes | None = None
    for line in lines.split(lines.pieces(file)):
        if held is not None:
            yield tally.add(held)
        held = line
    if held != _last(tally):
        raise _changed()


def _changed(what: str = ".") -> errors.UsageError:
    return errors.UsageError(
        f"This plan's file was changed since it was written{what} Nothing was done.", next_steps=(AGAIN,)
    )


def _saved(header: Mapping[str, Any], file: BinaryIO) -> SavedPlan:
    asked = header["request"]
    scope = Scope(*(frozenset(map(str, asked[part])) for part in ("protected", "leagues", "teams")))
    request = Request(
        scope,
        bool(asked["include_deleted"]),
        bool(asked["exact_only"]),
        decisions.parse(asked["decisions"]).recorded("the plan") if asked["decisions"] else None,
        int(asked["roster_at_least"]),
        float(asked["roster_percent"]),
        habits=_habits(asked.get("habits", [])),
    )
    return SavedPlan(
        str(header["id"]),
        datetime.fromisoformat(header["made_at"]),
        str(header["snapshot"]),
        dict(header["database"]),
        str(header["digest"]),
        request,
        frozenset(dict(header["counts"])),
        frozenset(map(str, header["no_line_in_place"])),
        lambda: _rows(file),
    )


def _habits(given: object) -> Habits:
    """Read how leagues write their teams; plans from before that could be said say nothing of it.

    Raises:
        TypeError: a field is missing or unknown, or not of the kind that `dump` writes.
    """
    if not isinstance(given, list):
        raise TypeError(f"not a list of leagues' habits: {given}")
    return Habits(tuple(_league(each) for each in given))


def _league(given: dict[str, Any]) -> League:
    usual = asdict(League())
    if given.keys() != usual.keys() or not all(_is_kind(key, value, usual[key]) for key, value in given.items()):
        raise TypeError(f"not a league's habits: {given}")
    return League(**{key: _frozen(value) for key, value in given.items()})


def _is_kind(key: str, value: object, usual: object) -> bool:
    if not isinstance(usual, tuple):
        return type(value) is type(usual)
    if not isinstance(value, list):
        return False
    if key not in _GROUPS:
        return all(isinstance(word, str) for word in value)
    long = 2 if key == "club_aliases" else None
    return all(
        isinstance(group, list) and len(group) == (long or len(group)) and all(isinstance(word, str) for word in group)
        for group in value
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _rows(file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    try:
        found = _lines(file)
        next(found)
        for number, line in enumerate(found, 2):
            yield lines.parse(line, f"line {number}")
    except lines.LineError as error:
        raise _changed(f": {error}") from error
