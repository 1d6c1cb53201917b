"""Which live row is which row of the snapshot, in sets.

The order of pairing is the design's: the same primary key, content and team; the same content on the resolved team, the
n-th with the n-th; the same primary key (and creation time where the ETL deletes); the same content on a team that is
NULL or gone. A row with another primary key on a valid team is the application's own and is never taken.

Five things the code showed to be needed beside it. Content alone does not say whose a row adrift is (two teams of a
club practise at one time and place, and share a label): it must hang on the row's own old id or be of its creation
time, and the strongest evidence chooses first. A live row that by its key is one of the snapshot's is not given to
another one for its content. And such a row comes before equal content where it stands on a team: left alone, one on an
id in other hands would stay on that team. Of rows alike, those that are not there by their key come first, lest one is
put back while another is left adrift.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from practice_guard.core.database import Fill, Query, literal, piece, statement
from practice_guard.core.restore.sheets import Sheet


class _Round(NamedTuple):
    """By which columns rows adrift are paired, and which of them take part.

    Where `timeless`, two rows of which neither has a time, the last column, are of one time; that alone is no evidence.
    """

    kept: tuple[str, ...]
    live: tuple[str, ...]
    kept_only: str = ""
    live_only: str = ""
    timeless: bool = False


_OLD_ID, _TIME = ("k.old0", "l.ref0"), ("k.created", "l.lcreated")
_OWN_LIST = " AND NOT k.carried"
"""An id of an older list may have been another team's since."""

_ROUNDS = (
    _Round((_OLD_ID[0], _TIME[0]), (_OLD_ID[1], _TIME[1]), _OWN_LIST, timeless=True),
    _Round((_OLD_ID[0],), (_OLD_ID[1],), _OWN_LIST),
    _Round((_TIME[0],), (_TIME[1],), live_only=" AND l.ref0 IS NULL"),
    _Round((_TIME[0],), (_TIME[1],)),
)


def left_over(sheet: Sheet) -> Query:
    """Ask whether rows of the snapshot, and rows of the table as well, are still without a partner."""
    return Query(statement(__name__, "left_over", **_parts(sheet)))


def same(sheet: Sheet) -> Fill:
    """Return what pairs rows that have the same primary key, content and team."""
    return _fill(sheet, f"pairs_{sheet.name}", lambda parts: statement(__name__, "same", **parts))


def fills(sheet: Sheet) -> list[Fill]:
    """Return what pairs the other rows of the snapshot with the table's, one fill after another."""
    pairs, claims = f"pairs_{sheet.name}", f"claims_{sheet.name}"
    found = [
        _fill(sheet, claims, lambda parts: statement(__name__, "by_key", **parts)),
        _fill(sheet, pairs, _standing),
        _fill(sheet, claims, lambda parts: statement(__name__, "by_given_key", **parts)),
        _fill(sheet, pairs, _standing),
        _fill(sheet, pairs, lambda parts: statement(__name__, "on_team", **parts)),
        _fill(sheet, pairs, lambda parts: statement(__name__, "own_adrift", **parts)),
    ]
    return [*found, *(_fill(sheet, pairs, partial(_adrift, each)) for each in _ROUNDS)]


def _fill(sheet: Sheet, table: str, write: Callable[[dict[str, str]], str]) -> Fill:
    return table, lambda: Query(write(_parts(sheet)))


def _standing(parts: dict[str, str]) -> str:
    return statement(__name__, "own_standing", **parts)


def _adrift(each: _Round, parts: dict[str, str]) -> str:
    return statement(__name__, "adrift", **parts, **_by(each))


def _parts(sheet: Sheet) -> dict[str, str]:
    """Return the pieces of a statement, as the tables are filled now."""
    table = sheet.scratch.table
    tables = {
        "rest": table(f"rest_{sheet.name}"),
        "pairs": table(f"pairs_{sheet.name}"),
        "claims": table(f"claims_{sheet.name}"),
        "renumbered": table("renumbered"),
    }
    free = statement(__name__, "free", **tables)
    elsewhere = "" if sheet.of_teams else piece(__name__, "nowhere_else")
    same_row = "true"
    if sheet.freed:
        same_row = statement(__name__, "same_row", elsewhere=elsewhere)
    elif sheet.bound.may_vanish:
        same_row = statement(__name__, "same_or_edited")
    return {
        **tables,
        "set": literal(sheet.name),
        "key_type": sheet.key_type,
        "waiting": statement(__name__, "waiting", **tables),
        "free": free,
        "stranger": statement(__name__, "stranger", **tables, free=free),
        "same_row": same_row,
        "order": ", ".join(("coalesce(l.lcreated, '') COLLATE \"C\"", *_in_order(sheet.key_type))),
    }


def _in_order(key_type: str) -> tuple[str, ...]:
    if key_type == "bigint":
        return ("l.lkey",)
    return ("CASE WHEN l.lkey ~ '^-?[0-9]{1,18}$' THEN l.lkey::bigint ELSE 0 END", 'l.lkey COLLATE "C"')


def _by(each: _Round) -> dict[str, str]:
    live = [f"b.{name.partition('.')[2]}" for name in each.live]
    kept = [f"a.{name.partition('.')[2]}" for name in each.kept]
    pairs = list(zip(live, kept, strict=True))
    if each.timeless:  # coalesce, since the server hashes what is equal, and not what is NOT DISTINCT
        *pairs, (live_time, kept_time) = pairs
        pairs.append((f"coalesce({live_time}, '')", f"coalesce({kept_time}, '')"))
    return {
        "kept_by": ", ".join(each.kept),
        "live_by": ", ".join(each.live),
        "kept_only": each.kept_only,
        "live_only": each.live_only,
        "together": " AND ".join(f"{left} = {right}" for left, right in pairs),
    }
