"""What an import leaves behind in a database, whatever it changes, so that later somebody can tell that one ran.

The guard cannot watch every import; it can only compare two moments. A table's rows say when they were written (their
`xmin`), its files whether it was emptied as a whole, and that survives VACUUM FULL and CLUSTER; a change of its columns
writes all of it anew, and is told from an import by who the rows are. Single updates prove nothing (design, "Restore").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Catalog, Table
from practice_guard.core.application.parents import LEAGUES
from practice_guard.core.application.protected import ProtectedSet
from practice_guard.core.database import Query, Row, condition, identifier, literal, piece, statement
from practice_guard.core.model import Bulk

_VERSION = 2
"""Of how an imprint is written down. Earlier ones were digests: nobody can tell what lies between two of them."""

_SHARED = ("teams", "leagues")
"""What every protected row of a league hangs on: an import of these can have taken any row of the league."""

_FEW = 3
"""Rows that a person may well change by hand, though they be most of a small league."""

_NOBODY = ""
"""Stands for the league of rows that say none."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table at a moment.

    Attributes:
        settled: those that were written by transactions that were over by then.
        fresh: the others.
        made: a sum over who all of them are, by primary key and the time at which each was made.
        versions: a sum over which versions the fresh ones are.
    """

    settled: int = 0
    fresh: int = 0
    made: str = "0"
    versions: str = "0"


@dataclass(frozen=True, slots=True)
class Part:
    """One table at a moment.

    Attributes:
        files: where it is on the disk.
        sequence: where what numbers its rows is.
        last: the last number that it gave; empty where users have rows in the table, or this role may not know.
        columns: their names and types.
        dated: whether its rows say when they were made.
        leagues: the rows that are the import's own, by league code.
    """

    files: str
    sequence: str
    last: str
    columns: tuple[str, ...]
    dated: bool
    leagues: Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Imprint:
    """A database at a moment.

    Attributes:
        system: the server's system identifier: another server has counted other transactions.
        moment: the number of a transaction; those below were all over by then.
        parts: the tables, by name.
        run: the newest run of the guard whose ETL had begun; 0 where there was none.
        at: the server's clock, in seconds since 1970.
        first: when the first team was made after the earlier moment from which this one is seen; None where none was.
        made: the ids of the teams that were made since that moment, or may have been.
        etls: the tables that are the ETL's own now.
    """

    system: str
    moment: int
    parts: Mapping[str, Part]
    run: int = 0
    at: float = 0.0
    first: float | None = None
    made: frozenset[int] = frozenset()
    etls: frozenset[str] = frozenset()

    def dump(self) -> str:
        """Write it down."""
        own = {name: value for name, value in asdict(self).items() if name not in ("first", "made", "etls")}
        return json.dumps({"version": _VERSION, **own}, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Since:
    """What can be told of imports between two moments.

    Attributes:
        known: whether anything can be told at all.
        watched: whether the guard watched an ETL.
        seen: by table, the leagues whose rows were deleted, inserted or written anew in bulk; None for all of them.
        emptied: the tables that something emptied as a whole, or may have: they have other files.
        rewritten: those among them of which a change of their columns wrote all rows anew, or may have.
        moment: the first moment, as an imprint has it.
        stirred: whether anything at all of the ETL's own is another than it was: a row, a file, a number given out.
        seconds: from the moment until the first team was made since; until now where none was.
        made: the ids of the teams that were made since, or may have been: what hung on one may have gone with it.
    """

    known: bool
    watched: bool = False
    seen: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    emptied: frozenset[str] = frozenset()
    rewritten: frozenset[str] = frozenset()
    moment: int = 0
    stirred: bool = True
    seconds: float = 0.0
    made: frozenset[int] = frozenset()

    @property
    def leagues(self) -> frozenset[str] | None:
        """The leagues of which an import was seen, by whatever it wrote, or cannot be ruled out; None for all."""
        found: frozenset[str] = frozenset()
        for seen in self.seen.values():
            if seen is None:
                return None
            found |= seen
        return found if self.known and not self.watched else None

    @property
    def no_import(self) -> bool:
        """Whether it is proven that no import ran, of whatever league and table."""
        return self.known and not self.import_seen

    @property
    def import_seen(self) -> bool:
        """Whether an import ran, of whatever league and table."""
        return self.watched or any(leagues is None or leagues for leagues in self.seen.values())


def load(text: str | None) -> Imprint | None:
    """Read an imprint; None for one of a version that says nothing here."""
    try:
        found = json.loads(text or "")
        if found["version"] != _VERSION:
            return None
        parts = {
            name: Part(
                part["files"], part["sequence"], part["last"], tuple(part["columns"]), part["dated"],
                {code: Rows(**rows) for code, rows in part["leagues"].items()},
            )
            for name, part in found["parts"].items()
        }  # fmt: skip
        return Imprint(found["system"], int(found["moment"]), parts, int(found["run"]), float(found["at"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def query(catalog: Catalog, sets: Sequence[BoundSet], run: Query, earlier: Imprint | None = None) -> Query:
    """Ask for a database's imprint; where an earlier one is given, for how it looks now from that moment.

    Args:
        catalog: what there is.
        sets: the protected sets.
        run: asks for the number of the newest run of the guard whose ETL has begun.
        earlier: the database at the moment.
    """
    shared = _shared(catalog)
    own = {bound.table.name: bound for bound in sets if _shares(bound.set, catalog)}
    users = {bound.table.name: bound.table for bound in sets if bound.table.name not in {*own, *shared}}
    etls = [each for each in etl_tables(catalog) if each.name not in {*own, *users, *shared}]
    parts = [_part(catalog.tables[name], *shared[name], catalog) for name in shared if name not in own]
    for bound in own.values():
        rest = condition(f"({bound.set.condition}) IS NOT TRUE")
        parts.append(_part(bound.table, bound.key.name, _league_of(bound.table, catalog), catalog, rest))
    parts += [_unread(table, "") for table in users.values()]
    parts += [_unread(table, _numbered(table)) for table in etls]
    moment = f"{literal(str(earlier.moment))}::xid8" if earlier else piece(__name__, "now")
    first, made = _made_since(catalog.tables.get("teams"), earlier)
    asked, every = f"({run.text})", "\n UNION ALL\n".join(parts)
    text = statement(__name__, "imprint", moment=moment, first=first, made=made, run=asked, parts=every)
    return Query(text, run.parameters)


def read(rows: Sequence[Row], catalog: Catalog) -> Imprint:
    """Return the imprint that the answer to `query` describes."""
    parts: dict[str, Part] = {}
    for *_, name, files, sequence, last, leagues in rows:
        columns = catalog.table(name).columns
        named = tuple(f"{each.name} {each.type}" for each in columns.values())
        parts[name] = Part(
            files, sequence, last, named, "created_at" in columns,
            {code: Rows(*counts) for code, counts in json.loads(leagues).items()},
        )  # fmt: skip
    system, moment, at, first, made, run, *_ = rows[0]
    return Imprint(system, int(moment), parts, int(run), at, first, frozenset(made), catalog.etl_tables)


def since(then: Imprint | None, again: Imprint | None, run: int, bulk: Bulk) -> Since:
    """Compare a moment with how it looks now.

    Args:
        then: the database at the moment.
        again: how it looks now from that moment.
        run: the newest run of the guard whose ETL has begun, now.
        bulk: what is many.
    """
    if then is None or again is None or then.system != again.system:
        return Since(known=False)
    seen: dict[str, frozenset[str] | None] = {}
    for name, part in then.parts.items():
        now = again.parts.get(name)
        if now is None:
            seen[name] = None
        elif not _written_anew(part, now):
            moved = _moved_leagues(part, now, bulk) if name == "leagues" else _moved_in(part, now, bulk)
            seen[name] = None if _NOBODY in moved or moved >= part.leagues.keys() > set() else moved
    both = {name: (part, now) for name, part in then.parts.items() if (now := again.parts.get(name))}
    emptied = frozenset(name for name, (part, now) in both.items() if part.files != now.files)
    rewritten = frozenset(name for name in emptied if both[name][0].columns != both[name][1].columns)
    stirred = any(_stirred(part, again.parts.get(name), of_etl=name in again.etls) for name, part in then.parts.items())
    until = again.at if again.first is None else again.first
    seconds = max(0.0, until - then.at)
    watched = then.run != run
    return Since(True, watched, seen, emptied, rewritten, then.moment, stirred, seconds, again.made)


def _stirred(then: Part, now: Part | None, *, of_etl: bool) -> bool:
    """Whether something wrote to a table of the ETL's."""
    if now is None or then.leagues != now.leagues:
        return True
    return of_etl and (then.files, then.last) != (now.files, now.last)


def _written_anew(then: Part, now: Part) -> bool:
    """Whether a change of the table's columns wrote all rows anew: they are who they were, and made when they were."""
    return (
        then.files != now.files
        and then.columns != now.columns
        and then.sequence == now.sequence
        and then.dated
        and now.dated
        and {code: (_count(rows), rows.made) for code, rows in then.leagues.items()}
        == {code: (_count(rows), rows.made) for code, rows in now.leagues.items()}
    )


def _moved_in(then: Part, now: Part, bulk: Bulk) -> frozenset[str]:
    """Find the leagues whose rows something has moved."""
    return frozenset(code for code in then.leagues.keys() | now.leagues.keys() if _moved(then, now, code, bulk))


def _moved_leagues(then: Part, now: Part, bulk: Bulk) -> frozenset[str]:
    """Find the leagues that are others than they were; where many were written anew, those.

    A league is one row: a person who writes another name into it has moved none.
    """
    written = _moved_in(then, now, bulk)
    changed, of = len(written), len(then.leagues.keys() | now.leagues.keys())
    if bulk.is_passed(changed, of) or (changed > _FEW and 2 * changed >= of):
        return written
    return frozenset(
        code for code in written if then.leagues.get(code, Rows()).made != now.leagues.get(code, Rows()).made
    )


def _moved(then: Part, now: Part, code: str, bulk: Bulk) -> bool:
    was, is_now = then.leagues.get(code, Rows()), now.leagues.get(code, Rows())
    stirred = was.versions != is_now.versions
    gone = was.settled - is_now.settled + (was.fresh if stirred else 0)
    new = is_now.fresh if stirred else 0
    changed, of = max(gone, new), max(_count(was), _count(is_now))
    most = changed > _FEW and 2 * changed >= of
    return bulk.is_passed(changed, of) or most or changed >= of > 0


def _count(rows: Rows) -> int:
    return rows.settled + rows.fresh


def etl_tables(catalog: Catalog) -> list[Table]:
    """Return the ETL's own tables that there are."""
    return [catalog.table(name) for name in sorted(catalog.etl_tables) if catalog.has(name)]


def _shared(catalog: Catalog) -> dict[str, tuple[str, str | None]]:
    """Return the tables that protected rows of all kinds hang on, each with its key and the column of its league."""
    found: dict[str, tuple[str, str | None]] = {name: ("id", "league_id") for name in _SHARED if catalog.is_of_league}
    for each in catalog.declared:
        key = catalog.tables[each.table].primary_key
        if len(key) == 1:
            of_league = ("league_id", LEAGUES.name) in each.leads and catalog.has(LEAGUES.table)
            found.setdefault(each.table, (key[0], "league_id" if of_league else None))
    return found


def any_newer(table: Table, earlier: Imprint, sets: Sequence[BoundSet]) -> Query:
    """Ask whether any of the ETL's own rows of a table is of a version that was not there at an earlier moment.

    Args:
        table: where; the rows in it that are of protected sets are the users'.
        earlier: the database at the moment.
        sets: the protected sets.
    """
    moment = f"{literal(str(earlier.moment))}::xid8"
    users = [condition(each.set.condition) for each in sets if each.table.name == table.name]
    own = " AND ".join(f"{each} IS NOT TRUE" for each in users) or "true"
    newer = piece(__name__, "newer")
    return Query(statement(__name__, "any_newer", table=table.quoted, moment=moment, newer=newer, condition=own))


def none_older(table: Table, moment: int) -> str:
    """Return the condition that no row of a table is of a version that was there at a moment."""
    parts = {"table": table.quoted, "moment": f"{literal(str(moment))}::xid8", "newer": piece(__name__, "newer")}
    return piece(__name__, "none_older", **parts)


def _made_since(teams: Table | None, earlier: Imprint | None) -> tuple[str, str]:
    """Return SQL of when the first team was made since an earlier moment, and of the ids of all that may have been."""
    if earlier is None or teams is None:
        return "NULL::float8", piece(__name__, "no_ids")
    at, parts = literal(earlier.at), {"teams": teams.quoted}
    dated = teams.columns.get("created_at")
    first = piece(__name__, "first", **parts, at=at) if dated else "NULL::float8"
    recent = piece(__name__, "recent", at=at) if dated and dated.is_moment else "true"
    return first, piece(__name__, "made", **parts, newer=piece(__name__, "newer"), recent=recent)


def _numbered(table: Table) -> str:
    """Return the column that numbers a table's rows; empty where none does."""
    named = table.primary_key[0] if len(table.primary_key) == 1 else ""
    return named if named and table.columns[named].sequence else ""


def _shares(protected: ProtectedSet, catalog: Catalog) -> bool:
    """Whether rows that are not protected in a set's table are the ETL's own."""
    return bool(protected.condition) and (protected.etl_deletes is True or protected.table in catalog.etl_tables)


def _league_of(table: Table, catalog: Catalog) -> str | None:
    return "league_id" if catalog.is_of_league and "league_id" in table.columns else None


def _part(table: Table, key: str, league: str | None, catalog: Catalog, only: str = "true") -> str:
    made = [identifier(each) for each in (key, "created_at") if each in table.columns]
    joined = ""
    of_itself = table.name == "leagues"
    if league and not of_itself:
        joined = piece(__name__, "of_league", leagues=catalog.table("leagues").quoted, column=identifier(league))
    counted = piece(
        __name__,
        "counted",
        league=f"{'t' if of_itself else 'g'}.{identifier('league_id')}::text" if league else "''::text",
        newer=piece(__name__, "newer"),
        made=", ".join(f"t.{name}" for name in made),
        key=f"t.{identifier(key)}",
        table=table.quoted,
        joined=joined,
        condition=only,
    )
    return _described(table, key, counted, last=only == "true")


def _unread(table: Table, key: str) -> str:
    """Describe a table of which no row is read, so that this role need not be allowed to."""
    return _described(table, key, literal("{}"), last=True)


def _described(table: Table, key: str, counted: str, *, last: bool) -> str:
    sequence = table.columns[key].sequence if key else None
    name = literal(sequence or "")
    return piece(
        __name__,
        "part",
        name=literal(table.name),
        files=piece(__name__, "files", oid=str(table.oid)),
        sequence=piece(__name__, "numbered_by", sequence=name) if sequence else "''",
        last=piece(__name__, "last", sequence=name) if sequence and last else "''",
        counted=counted,
    )
