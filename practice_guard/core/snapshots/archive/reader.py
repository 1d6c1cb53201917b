"""Reading an export's text back, strictly: anything that `writer.dump` would not have written is damage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from practice_guard.core import lines
from practice_guard.core.application import TeamList, imprint
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.identity import Entry
from practice_guard.core.lines import LineError, Sum
from practice_guard.core.model import Team
from practice_guard.core.snapshots import digests
from practice_guard.core.snapshots.archive.envelope import unpack
from practice_guard.core.snapshots.archive.writer import BESIDES, DESCRIBED, FORMAT, TEAM, NamedRow, StoredRow
from practice_guard.core.snapshots.description import stored_set
from practice_guard.core.snapshots.fields import DIGEST, Fields, checked_id, clean
from practice_guard.core.snapshots.snapshot import Snapshot, parted
from practice_guard.core.words import agreeing, counted

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Reading:
    """An export's text that is being read: the manifest at once, the rest with `rows`.

    Raises:
        DamagedSnapshotError: anything in it is not as `dump` would have written it; says what, and where.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._lines = _lines(file)
        top = Fields("its manifest", _object(next(self._lines), "its manifest"))
        if top.text("format") != FORMAT:
            raise DamagedSnapshotError(f"its manifest says that it is {top.text('format')!r}, not {FORMAT!r}.")
        top.only("format", "exported_at", "exported_by", "snapshot", "lists", "sets").moment("exported_at")
        top.text("exported_by")
        self._lists, self._sets = top.object("lists"), top.object("sets")
        self.snapshot = _snapshot(Fields("its manifest, snapshot", top.object("snapshot")), self._sets)
        if sorted(self._lists) != sorted(self.snapshot.lists):
            raise DamagedSnapshotError("its manifest describes other team lists than the snapshot needs.")
        self._sections = _Sections(self.snapshot)

    def rows(self) -> Iterator[NamedRow]:
        """Yield each row with the name of its set, and check at the end that all is there, once.

        Raises:
            DamagedSnapshotError: as above.
        """
        sections = self._sections
        for number, line in enumerate(self._lines, start=2):
            if row := sections.add(line, f"line {number}"):
                yield row
        for name in self.snapshot.lists:
            sections.check_list(name, Fields(f"its manifest, team list {name}", self._lists[name]))
        for name in self.snapshot.copies:
            sections.check_set(name, Fields(f"its manifest, set {name}", self._sets[name]))

    def team_lists(self) -> dict[str, TeamList]:
        """Return the team lists, as far as was read."""
        return {name: self._sections.team_list(name) for name in self.snapshot.lists}

    def entries(self) -> dict[str, dict[str, list[Entry]]]:
        """Return the lists of other parents, as far as was read; none where the snapshot's digest knows of none."""
        knows = digests.knows_parents(self.snapshot.digest_version)
        return {name: self._sections.entries(name) for name in self.snapshot.lists} if knows else {}


def _lines(file: BinaryIO) -> Iterator[bytes]:
    try:
        empty = True
        for line in lines.split(unpack(file)):
            empty = False
            yield line
    except LineError as error:
        raise DamagedSnapshotError(str(error)) from error
    if empty:
        raise DamagedSnapshotError("its last line is cut off.")


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        return lines.parse(line, where)
    except LineError as error:
        raise DamagedSnapshotError(str(error)) from error


def _snapshot(fields: Fields, sets: Mapping[str, Any]) -> Snapshot:
    fields.only(*DESCRIBED)
    _check_fingerprint(Fields(f"{fields.where}, fingerprint", fields.object("fingerprint")))
    name, lists = fields.id("id"), fields.texts("lists")
    for each in lists:
        checked_id(each, f"{fields.where}: {each!r} in lists")
    if lists[:1] != [name]:
        raise DamagedSnapshotError(f"{fields.where}: lists does not begin with the snapshot's own.")
    if len(set(lists)) != len(lists):
        raise DamagedSnapshotError(f"{fields.where}: lists has one twice.")
    described = {
        key: stored_set(name, clean(key, "the name of a set"), _set_fields(key, given), sets)
        for key, given in sets.items()
    }
    protected, tables = parted(described)
    snapshot = Snapshot(
        id=name,
        number=0,
        label=fields.text("label"),
        taken_at=fields.moment("taken_at"),
        taken_by=fields.text("taken_by"),
        environment=fields.text("environment", empty=False),
        fingerprint=fields.object("fingerprint"),
        tool_version=fields.text("tool_version"),
        server_version=fields.text("server_version"),
        accepted_current=fields.flag("accepted_current"),
        lists=tuple(lists),
        rows=fields.number("rows"),
        carried=fields.number("carried"),
        imprint=_imprint(fields),
        digest=fields.digest("digest"),
        verified_at=None,
        sets=protected,
        tables=tables,
        digest_version=fields.number("digest_version"),
    )
    if not 1 <= snapshot.digest_version <= digests.NO_ROOM:
        raise DamagedSnapshotError(
            f"{fields.where}: digest_version is {snapshot.digest_version}, and this program knows {digests.NO_ROOM}."
        )
    for what in ("rows", "carried"):
        total = sum(getattr(each, what) for each in snapshot.sets.values() if not each.companion)
        if getattr(snapshot, what) != total:
            raise DamagedSnapshotError(
                f"{fields.where}: {what} is {getattr(snapshot, what)}, but its sets have {total}."
            )
    return snapshot


def _imprint(fields: Fields) -> str:
    """Return what the database looked like; earlier versions wrote a digest of it, of which nothing can be told."""
    text = fields.text("mark")
    if imprint.load(text) is None and not DIGEST.fullmatch(text):
        raise DamagedSnapshotError(f"{fields.where}: mark describes no database.")
    return text


def _check_fingerprint(fields: Fields) -> None:
    fields.only("uuid", "system", "name", "oid")
    if not _UUID.fullmatch(fields.text("uuid")):
        raise DamagedSnapshotError(f"{fields.where}: uuid is not a UUID.")
    if not re.fullmatch(r"[0-9]{1,20}", fields.text("system")):
        raise DamagedSnapshotError(f"{fields.where}: system is not a server's identifier.")
    fields.name("name")
    fields.number("oid")


def _set_fields(name: str, given: object) -> Fields:
    known = ("definition", "columns", "rows", "carried", "teams", "digest", "sha256")
    return Fields(f"its manifest, set {name}", given).only(*known)


class _Sections:
    """The lines under the manifest, taken apart by team list and by set."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._kept = snapshot
        self._columns = {name: [column.name for column in each.columns] for name, each in snapshot.copies.items()}
        self._references = {name: each.references for name, each in snapshot.copies.items()}
        self._teams: dict[str, dict[int, Team]] = {name: {} for name in snapshot.lists}
        self._leagues: dict[str, dict[int, str]] = {name: {} for name in snapshot.lists}
        self._rosters: dict[str, dict[int, frozenset[str]]] = {name: {} for name in snapshot.lists}
        self._active: dict[str, dict[int, bool]] = {name: {} for name in snapshot.lists}
        self._entries: dict[str, dict[str, dict[int, Entry]]] = {name: {} for name in snapshot.lists}
        self._carried = dict.fromkeys(snapshot.copies, 0)
        self._sums = {kind: {name: Sum() for name in names} for kind, names in self._names().items()}

    def _names(self) -> dict[str, tuple[str, ...]]:
        return {"list": self._kept.lists, "set": tuple(self._kept.copies)}

    def team_list(self, name: str) -> TeamList:
        """Return a team list as its lines have it."""
        teams, active = self._teams[name].values(), self._active[name]
        return TeamList.telling_apart(teams, self._leagues[name], self._rosters[name], active)

    def entries(self, name: str) -> dict[str, list[Entry]]:
        """Return a list's rows of other parents as its lines have them."""
        return {parent: [found[key] for key in sorted(found)] for parent, found in self._entries[name].items()}

    def add(self, line: bytes, where: str) -> NamedRow | None:
        """Take in one line; return the row that it is, with the name of its set, and nothing of another line."""
        value = _object(line, where)
        fields, kind = Fields(where, value), "set" if "set" in value else "list"
        name = fields.text(kind)
        if name not in self._sums[kind]:
            raise DamagedSnapshotError(f"{where} belongs to the {kind} {name!r}, which its manifest does not describe.")
        row = None
        if kind == "set":
            row = name, self._row(name, fields.only("set", "row", "carried", "from", "values"), escaped=b"\\u" in line)
        elif "parent" in value and digests.knows_parents(self._kept.digest_version):
            self._add_entry(name, fields.only("list", "parent", "id", "said"))
        elif "team" in value:
            self._add_team(name, fields.only("list", "team", "players"))
        else:
            self._add_league(name, fields.only("list", "league"))
        self._sums[kind][name].add(line)
        return row

    def _add_team(self, name: str, fields: Fields) -> None:
        given = Fields(f"{fields.where}, team", fields.object("team"))
        besides = self._has_besides(given)
        given.only(*TEAM, *(BESIDES if besides else ()))
        number, (league, club, series, called, alias) = given.key("id"), map(given.optional, TEAM[1:])
        team = Team(number, league, club, series, called, alias, _outside_id(given) if besides else None)
        if team.id in self._teams[name]:
            raise DamagedSnapshotError(f"{fields.where}: team {team.id} is there for the second time.")
        self._teams[name][team.id] = team
        if players := frozenset(fields.texts("players")):
            self._rosters[name][team.id] = players
        if besides and not given.empty("active"):
            self._active[name][team.id] = given.flag("active")

    def _has_besides(self, given: Fields) -> bool:
        """Whether a team's line must say more than names; where no digest has room for it older programs did not."""
        version = self._kept.digest_version
        return any(map(given.has, BESIDES)) if version == 1 else version != digests.NAMES_ONLY

    def _add_league(self, name: str, fields: Fields) -> None:
        given = Fields(f"{fields.where}, league", fields.object("league")).only("id", "code")
        key = given.key("id")
        if key in self._leagues[name]:
            raise DamagedSnapshotError(f"{fields.where}: league {key} is there for the second time.")
        self._leagues[name][key] = given.text("code")

    def _add_entry(self, name: str, fields: Fields) -> None:
        parent, key = clean(fields.text("parent", empty=False), f"{fields.where}: its parent"), fields.key("id")
        said = Fields(f"{fields.where}, said", fields.object("said"))
        found = self._entries[name].setdefault(parent, {})
        if key in found:
            raise DamagedSnapshotError(f"{fields.where}: row {key} of {parent} is there for the second time.")
        found[key] = Entry(key, {clean(column, said.where): said.optional(column) for column in fields.object("said")})

    def _row(self, name: str, fields: Fields, *, escaped: bool) -> StoredRow:
        number = fields.number("row")
        if number != self._sums["set"][name].lines + 1:
            raise DamagedSnapshotError(f"{fields.where}: row {number} of {name} is out of its order.")
        given, columns = fields.object("values"), self._columns[name]
        # Only an escape can write a NUL or half a character, so that most lines need no such look at each value.
        if (
            escaped
            or list(given) != columns
            or any(each is not None and type(each) is not str for each in given.values())
        ):
            values = Fields(f"{fields.where}, values", given).only(*columns)
            found = tuple(values.optional(column) for column in columns)
        else:
            found = tuple(given.values())
        origins = None if fields.empty("from") else self._origins(name, fields)
        carried = fields.flag("carried")
        self._carried[name] += carried
        return StoredRow(number, carried, origins, found)

    def _origins(self, name: str, fields: Fields) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = {}
        for column, given in fields.object("from").items():
            if column not in self._references[name]:
                raise DamagedSnapshotError(f"{fields.where}, from: {column!r} points at no team and no league.")
            origin = Fields(f"{fields.where}, from {column}", given).only("list", "id")
            if origin.text("list") not in self._kept.lists:
                raise DamagedSnapshotError(f"{origin.where}: its manifest describes no list {origin.text('list')!r}.")
            found[column] = {"list": origin.text("list"), "id": origin.key("id")}
        return found

    def check_list(self, name: str, fields: Fields) -> None:
        """Compare a team list's lines with what the manifest says of them."""
        knows = digests.knows_parents(self._kept.digest_version)
        fields.only("teams", "leagues", *(("parents",) if knows else ()), "sha256")
        for what, found in (("team", len(self._teams[name])), ("league", len(self._leagues[name]))):
            _check_number(fields, what, found)
        there = {parent: len(found) for parent, found in self._entries[name].items()}
        if knows and fields.object("parents") != there:
            raise DamagedSnapshotError(f"{fields.where}: other rows of parents are there than it says.")
        if self._sums["list"][name].hexdigest() != fields.digest("sha256"):
            raise DamagedSnapshotError(f"{fields.where}: its teams or leagues were changed.")

    def check_set(self, name: str, fields: Fields) -> None:
        """Compare a set's lines with what the manifest says of them."""
        _check_number(fields, "row", self._sums["set"][name].lines)
        if self._carried[name] != fields.number("carried"):
            raise DamagedSnapshotError(f"{fields.where}: other rows are marked as carried than were.")
        if self._sums["set"][name].hexdigest() != fields.digest("sha256"):
            raise DamagedSnapshotError(f"{fields.where}: its rows were changed.")


def _outside_id(given: Fields) -> str | None:
    found = given.optional("outside_id")
    if found is not None and (not found or found != found.strip()):
        raise DamagedSnapshotError(f"{given.where}: outside_id is empty, or has blanks around it.")
    return found


def _check_number(fields: Fields, what: str, found: int) -> None:
    if found != (said := fields.number(f"{what}s")):
        are = agreeing(found, "is", "are")
        raise DamagedSnapshotError(f"{fields.where}: {counted(found, what)} {are} there, not {said:,}.")
