"""Exports that are not what they should be: each is refused, and each with a message of its own."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from practice_guard.core import lines as core_lines
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots import archive
from practice_guard.core.snapshots.archive import Archive, envelope
from tests.world.exporting import (
    ID,
    OLDER,
    SUM,
    Lines,
    a_text,
    an_archive,
    an_export,
    packed,
    spoilt,
    unpacked,
    written,
)

LIST, OLD_LIST, FIRST_ROW = 1, 3, 5


def snapshot(lines: Lines) -> dict[str, Any]:
    return lines[0]["snapshot"]  # type: ignore[no-any-return]


def practices(lines: Lines) -> dict[str, Any]:
    return lines[0]["sets"]["practices"]  # type: ignore[no-any-return]


def puts(path: str, value: object) -> Callable[[Lines], None]:
    """Sets one value, by its path from the lines: `0.snapshot.id`."""

    def spoil(lines: Lines) -> None:
        *way, last = path.split(".")
        place: Any = lines
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = value

    return spoil


def drops(path: str) -> Callable[[Lines], None]:
    def spoil(lines: Lines) -> None:
        *way, last = path.split(".")
        place: Any = lines
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        del place[int(last) if isinstance(place, list) else last]

    return spoil


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("practices.csv", "id,home_team\n")
    return packed.getvalue()


def with_header(comment: str) -> bytes:
    good = an_export()
    return envelope._FIXED + comment.encode() + good[good.index(b"\0", len(envelope._FIXED)) :]


CONTAINERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "it is empty"),
    "one byte": (lambda: an_export()[:1], "cut off in its first bytes"),
    "cut in the header": (lambda: an_export()[:40], "cut off in its header"),
    "cut by one byte": (lambda: an_export()[:-1], "it is cut off: "),
    "one byte more": (lambda: an_export() + b"\0", "something follows its end: 1 byte."),
    "two exports": (lambda: an_export() * 2, "something follows its end: "),
    "a byte changed": (lambda: an_export()[:-20] + b"x" + an_export()[-19:], "its SHA-256 sum is another"),
    "the unpacked text": (a_text, "it does not begin like a compressed file"),
    "a CSV": (lambda: b"id,home_team\n1,Tennaqua Practice\n", "it does not begin like a compressed file"),
    "a zip": (a_zip, "it does not begin like a compressed file"),
    "packed anew by gzip": (lambda: gzip.compress(a_text()), "or that was packed anew"),
    "another program's comment": (lambda: with_header("a comment"), "its header is not that of an export"),
    "a newer format": (
        lambda: with_header(f"practice-guard snapshot 2 bytes=1 sha256={SUM}"),
        "its format is 2, and this program knows 1",
    ),
    "another length": (
        lambda: with_header(f"practice-guard snapshot 1 bytes=99999 sha256={SUM}"),
        "of 99,999 bytes are there",
    ),
    "nothing packed": (lambda: packed(b""), "its last line is cut off"),
    "not deflated": (lambda: repacked_raw(b"\xff" * 30), "it cannot be unpacked"),
    "another end": (lambda: repacked_raw(zlib_end_cut()), "does not end as it should"),
    "the last line cut": (lambda: packed(a_text()[:-1]), "its last line is cut off"),
    "not UTF-8": (lambda: packed(b'{"format": "\xff"}\n'), "its manifest is not UTF-8"),
    "not JSON": (lambda: packed(b"CREATE TABLE teams ();\n"), "its manifest is not JSON"),
    "a list": (lambda: packed(b"[]\n"), "its manifest is not an object"),
    "deeper than anything": (lambda: packed(b"[" * 200_000 + b"\n"), "its manifest is not JSON"),
    "a number without end": (lambda: packed(b'{"a": ' + b"9" * 5000 + b"}\n"), "its manifest"),
    "a field twice": (lambda: packed(b'{"format": 1, "format": 1}\n'), "its manifest has a field twice"),
    "a line that is no JSON": (lambda: packed(a_text() + b"oops\n"), "line 8 is not JSON"),
    "an empty line": (lambda: packed(a_text() + b"\n"), "line 8 is not JSON"),
}


def repacked_raw(body: bytes) -> bytes:
    """A right header over something that is not what it should be."""
    comment = f"practice-guard snapshot 1 bytes={len(body)} sha256={hashlib.sha256(body).hexdigest()}"
    return envelope._FIXED + comment.encode() + b"\0" + body


def zlib_end_cut() -> bytes:
    """Deflated as it should be, with another sum behind it."""
    good = an_export()
    return good[good.index(b"\0", len(envelope._FIXED)) + 1 : -8] + b"\0" * 8


FIELDS: dict[str, tuple[Callable[[Lines], object], str]] = {
    "another format": (puts("0.format", "a plan"), "it is 'a plan'"),
    "no format": (drops("0.format"), "its manifest: format is missing"),
    "no snapshot": (drops("0.snapshot"), "its manifest: snapshot is missing"),
    "no sets": (drops("0.sets"), "its manifest: sets is missing"),
    "no lists": (drops("0.lists"), "its manifest: lists is missing"),
    "a field of its own": (puts("0.extra", 1), "'extra' is not a field that this program knows"),
    "no time of export": (puts("0.exported_at", "yesterday"), "exported_at is not a time"),
    "an exporter that is no text": (puts("0.exported_by", 1), "exported_by is not text"),
    "a snapshot that is no object": (puts("0.snapshot", []), "its manifest: snapshot is not an object"),
    "no id": (drops("0.snapshot.id"), "its manifest, snapshot: id is missing"),
    "an id that is a number": (puts("0.snapshot.id", 5), "its manifest, snapshot: id is not text"),
    "an id out of form": (puts("0.snapshot.id", "x'; DROP"), "id is not the id of a snapshot"),
    "no label": (drops("0.snapshot.label"), "label is missing"),
    "a label with a NUL": (puts("0.snapshot.label", "a\0b"), "label contains a NUL"),
    "a time without its zone": (puts("0.snapshot.taken_at", "2026-01-05T12:00:00"), "taken_at has no time zone"),
    "a time that never was": (puts("0.snapshot.taken_at", "2026-02-30T12:00:00+00:00"), "taken_at is not a time"),
    "a time before all times": (puts("0.snapshot.taken_at", "0001-01-01T00:00:00+23:59"), "taken_at is not a time"),
    "taken by nobody": (puts("0.snapshot.taken_by", None), "taken_by is not text"),
    "no environment": (puts("0.snapshot.environment", ""), "environment is empty"),
    "no fingerprint": (puts("0.snapshot.fingerprint", "77"), "fingerprint is not an object"),
    "a fingerprint without its UUID": (drops("0.snapshot.fingerprint.uuid"), "fingerprint: uuid is missing"),
    "a UUID out of form": (puts("0.snapshot.fingerprint.uuid", "abc"), "uuid is not a UUID"),
    "a server that is no number": (puts("0.snapshot.fingerprint.system", "x"), "system is not a server's identifier"),
    "a database's name too long": (puts("0.snapshot.fingerprint.name", "x" * 64), "longer than a name can be"),
    "an oid below zero": (puts("0.snapshot.fingerprint.oid", -1), "oid is -1, which counts nothing"),
    "a version that is no text": (puts("0.snapshot.tool_version", 1.0), "tool_version is not text"),
    "a server's version that is none": (puts("0.snapshot.server_version", None), "server_version is not text"),
    "accepted perhaps": (puts("0.snapshot.accepted_current", 1), "accepted_current is not true or false"),
    "lists that are no list": (puts("0.snapshot.lists", ID), "lists is not a list"),
    "lists without its own": (puts("0.snapshot.lists", [OLDER]), "lists does not begin with the snapshot's own"),
    "a list twice": (puts("0.snapshot.lists", [ID, OLDER, OLDER]), "lists has one twice"),
    "a list that is no id": (puts("0.snapshot.lists", [ID, "x"]), "'x' in lists is not the id of a snapshot"),
    "a list that is a number": (puts("0.snapshot.lists", [ID, 3]), "lists has something in it that is not text"),
    "a list nobody describes": (drops(f"0.lists.{OLDER}"), "describes other team lists than the snapshot needs"),
    "rows that are true": (puts("0.snapshot.rows", True), "rows is not a whole number"),
    "more rows than its sets": (puts("0.snapshot.rows", 3), "rows is 3, but its sets have 2"),
    "more carried than its sets": (puts("0.snapshot.carried", 2), "carried is 2, but its sets have 1"),
    "a mark that is none": (puts("0.snapshot.mark", "x"), "mark describes no database"),
    "a digest that is none": (puts("0.snapshot.digest", SUM[1:]), "snapshot: digest is not a SHA-256 sum"),
    "a digest of another kind": (puts("0.snapshot.digest_version", 6), "digest_version is 6, and this program knows 5"),
    "sets that are no object": (puts("0.sets", []), "sets is not an object"),
    "a set that is no object": (puts("0.sets.practices", 1), "set practices is not an object"),
    "a set with a name too long": (
        lambda lines: lines[0]["sets"].update({"x" * 50: lines[0]["sets"]["practices"]}),
        "its name is longer than that of a set can be",
    ),
    "a set without a digest": (drops("0.sets.practices.digest"), "set practices: digest is missing"),
    "a set without columns": (puts("0.sets.practices.columns", []), "columns is empty"),
    "a column without a type": (drops("0.sets.practices.columns.1.type"), "column 2: type is missing"),
    "a column twice": (puts("0.sets.practices.columns.1.name", "id"), "has a column twice"),
    "a column with a name too long": (puts("0.sets.practices.columns.1.name", "é" * 40), "name is longer than a name"),
    "a column of the guard's own": (
        puts("0.sets.practices.columns.1.name", "guard_row"),
        "called guard_row, as one of",
    ),
    "a column kept otherwise": (puts("0.sets.practices.columns.1.stored_as", "date"), "neither its own type nor text"),
    "a type that is more than a type": (
        lambda lines: practices(lines)["columns"][1].update(type="text); DROP", stored_as="text); DROP"),
        "which is no built-in type",
    ),
    "a type with a default": (
        lambda lines: practices(lines)["columns"][1].update(type="text default 1", stored_as="text default 1"),
        "'text default 1', which is no built-in type",
    ),
    "a definition without a key": (drops("0.sets.practices.definition.key"), "definition: key is missing"),
    "a key that is no column": (puts("0.sets.practices.definition.key", "x"), "there is no column 'x'"),
    "a reference to a number": (
        puts("0.sets.practices.definition.references", {"home_team_id": 7}),
        "home_team_id points at 7",
    ),
    "a reference to a list": (
        puts("0.sets.practices.definition.references", {"home_team_id": ["teams"]}),
        "home_team_id points at ['teams']",
    ),
    "no reference at all": (puts("0.sets.practices.definition.references", {}), "references is empty"),
    "content that is no column": (puts("0.sets.practices.definition.content", ["mode"]), "there is no column 'mode'"),
    "a condition that is none": (puts("0.sets.practices.definition.condition", None), "condition is not text"),
    "more carried than rows": (
        lambda lines: (practices(lines).update(carried=3), snapshot(lines).update(carried=3)),
        "more rows were carried than there are",
    ),
    "a team list without a sum": (drops(f"0.lists.{ID}.sha256"), f"team list {ID}: sha256 is missing"),
    "a sum that is none": (puts(f"0.lists.{ID}.sha256", "x"), f"team list {ID}: sha256 is not a SHA-256 sum"),
}

LINES: dict[str, tuple[Callable[[Lines], object], str]] = {
    "a row lost": (drops(f"{FIRST_ROW + 1}"), "1 row is there, not 2"),
    "the first row lost": (drops(f"{FIRST_ROW}"), "row 2 of practices is out of its order"),
    "a row twice": (lambda lines: lines.append(lines[-1]), "line 8: row 2 of practices is out of its order"),
    "a row added": (lambda lines: lines.append({**lines[-1], "row": 3}), "3 rows are there, not 2"),
    "a row changed": (puts(f"{FIRST_ROW}.values.home_team", "Wilmette Practice"), "its rows were changed"),
    "rows exchanged": (
        lambda lines: lines.insert(FIRST_ROW, lines.pop()),
        "line 6: row 2 of practices is out of its order",
    ),
    "a row marked as carried": (puts(f"{FIRST_ROW}.carried", True), "other rows are marked as carried than were"),
    "a row of no set": (puts(f"{FIRST_ROW}.set", "polls"), "belongs to the set 'polls'"),
    "a row without a value": (drops(f"{FIRST_ROW}.values.mood"), "line 6, values: mood is missing"),
    "a value of no column": (puts(f"{FIRST_ROW}.values.more", "x"), "line 6, values: 'more' is not a field"),
    "a value that is a number": (puts(f"{FIRST_ROW}.values.id", 1), "line 6, values: id is not text"),
    "a value with a NUL": (puts(f"{FIRST_ROW}.values.home_team", "a\0b"), "line 6, values: home_team contains a NUL"),
    "half a character": (
        lambda lines: lines[FIRST_ROW]["values"].update(home_team="HALF"),
        "line 6, values: home_team contains half a character",
    ),
    "an origin of no reference": (puts(f"{FIRST_ROW}.from", {"id": {}}), "'id' points at no team and no league"),
    "an origin without a list": (
        puts(f"{FIRST_ROW}.from", {"home_team_id": {"id": 1}}),
        "from home_team_id: list is missing",
    ),
    "an origin in a list that is not there": (
        puts(f"{FIRST_ROW}.from", {"home_team_id": {"list": "x", "id": 1}}),
        "its manifest describes no list 'x'",
    ),
    "a team lost": (drops(f"{LIST}"), f"team list {ID}: 0 teams are there, not 1"),
    "a team renamed": (puts(f"{LIST}.team.name", "Tennaqua - 2"), f"team list {ID}: its teams or leagues were changed"),
    "a team twice": (lambda lines: lines.append(lines[LIST]), "team 7 is there for the second time"),
    "a team without an id": (drops(f"{LIST}.team.id"), "line 2, team: id is missing"),
    "an id larger than any": (puts(f"{LIST}.team.id", 2**63), "which is larger than any key"),
    "a team of a list that is not there": (puts(f"{LIST}.list", "x"), "belongs to the list 'x'"),
    "a team without an outside id": (drops(f"{LIST}.team.outside_id"), "line 2, team: outside_id is missing"),
    "a team that plays or not": (drops(f"{LIST}.team.active"), "line 2, team: active is missing"),
    "an outside id that is a number": (puts(f"{LIST}.team.outside_id", 9), "line 2, team: outside_id is not text"),
    "an outside id of nothing": (puts(f"{LIST}.team.outside_id", ""), "line 2, team: outside_id is empty, or has"),
    "an outside id with a blank": (puts(f"{LIST}.team.outside_id", "T7 "), "line 2, team: outside_id is empty, or has"),
    "another outside id": (puts(f"{LIST}.team.outside_id", "T8"), f"team list {ID}: its teams or leagues were changed"),
    "a team that may play": (puts(f"{LIST}.team.active", "yes"), "line 2, team: active is not true or false"),
    "a team that plays no more": (puts(f"{LIST}.team.active", False), f"team list {ID}: its teams or leagues were"),
    "a team that is inactive": (puts(f"{LIST}.team.inactive", False), "line 2, team: 'inactive' is not a field"),
    "players that are numbers": (puts(f"{LIST}.players", [1]), "line 2: players has something in it"),
    "a player more": (puts(f"{LIST}.players", ["P1", "P2", "P3"]), f"team list {ID}: its teams or leagues"),
    "a league lost": (drops(f"{OLD_LIST + 1}"), f"team list {OLDER}: 0 leagues are there, not 1"),
    "a league twice": (lambda lines: lines.append(lines[LIST + 1]), "league 1 is there for the second time"),
    "a line of nothing": (lambda lines: lines.append({}), "line 8: list is missing"),
}


def read(data: bytes) -> str:
    """Reads an export that must be refused; returns the message."""
    with pytest.raises(DamagedSnapshotError) as caught:
        archive.read(io.BytesIO(data))
    assert caught.value.message.startswith("This export cannot be used: ")
    assert caught.value.message.endswith(". Nothing was written.")
    return caught.value.message


def half_a_character(data: bytes) -> bytes:
    """JSON can write what UTF-8 cannot."""
    return packed(unpacked(data).replace(b'"HALF"', b'"\\ud800"'))


def opened(data: bytes) -> Archive:
    return archive.read(io.BytesIO(data))


def test_the_export_by_hand_is_a_good_one() -> None:
    for data in (an_export(), spoilt(lambda lines: None)):
        found = opened(data)
        assert list(found.rows()) == list(an_archive().rows())
        assert list(found.rows()) == list(an_archive().rows())
        assert found.lists == an_archive().lists
        assert found.snapshot.sets == an_archive().snapshot.sets


@pytest.mark.parametrize("case", CONTAINERS)
def test_something_else_than_an_export_is_refused(case: str) -> None:
    make, message = CONTAINERS[case]
    assert message in read(make())


@pytest.mark.parametrize("case", FIELDS)
def test_a_malformed_manifest_is_refused(case: str) -> None:
    spoil, message = FIELDS[case]
    assert message in read(spoilt(spoil))


@pytest.mark.parametrize("case", LINES)
def test_edited_lines_are_refused(case: str) -> None:
    spoil, message = LINES[case]
    assert message in read(half_a_character(spoilt(spoil)))


def test_each_case_has_a_message_of_its_own() -> None:
    """Enough of them, and hardly two alike: who reads one knows what is wrong."""
    cases = [make() for make, _ in CONTAINERS.values()]
    cases += [half_a_character(spoilt(spoil)) for spoil, _ in (*FIELDS.values(), *LINES.values())]
    assert len(cases) >= 100
    messages = [read(data) for data in cases]
    assert len(set(messages)) >= 90


def test_every_changed_byte_is_noticed() -> None:
    good = an_export()
    for place in range(len(good)):
        for other in (good[place] ^ 0x01, good[place] ^ 0xFF):
            read(good[:place] + bytes([other]) + good[place + 1 :])


def test_every_length_but_the_right_one_is_noticed() -> None:
    good = an_export()
    for length in range(len(good)):
        read(good[:length])


def test_every_lost_byte_is_noticed() -> None:
    good = an_export()
    for place in range(len(good)):
        read(good[:place] + good[place + 1 :])


def test_any_gunzip_opens_it(tmp_path: Path) -> None:
    (tmp_path / "snapshot.gz").write_bytes(an_export())
    done = subprocess.run(["gzip", "-dc", tmp_path / "snapshot.gz"], capture_output=True, check=True)
    assert done.stdout == gzip.decompress(an_export()) == a_text()
    assert "Tennaqua Practice - Chicago 22" in done.stdout.decode()


def test_an_export_is_the_same_whenever_it_is_packed() -> None:
    assert an_export() == an_export()


def test_lines_are_told_apart_by_nothing_but_their_end() -> None:
    """Unicode has more line ends than a file."""
    spoil = puts(f"{FIRST_ROW}.values.home_team", "a\u2028b\x85c\u0001\x0b")
    ((_, row), _) = opened(spoilt(spoil, sums_too=True)).rows()
    assert row.values[1] == "a\u2028b\x85c\u0001\x0b"


@pytest.mark.parametrize("at_once", [1, 7, 100, 1024**2])
def test_it_does_not_matter_in_which_pieces_it_is_read(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_lines, "AT_ONCE", at_once)
    assert an_export() == packed_at_once()
    assert list(opened(an_export()).rows()) == list(an_archive().rows())
    read(an_export()[:-1])
    read(repacked_raw(zlib_end_cut()))


def packed_at_once() -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core_lines, "AT_ONCE", 1024**2)
        return an_export()


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_lines, "LONGEST", 1000)
    assert "a line of more than 1,000 bytes" in read(an_export())


def test_a_file_that_changes_while_it_is_read_is_noticed() -> None:
    file = io.BytesIO(an_export())
    found = archive.read(file)
    other = spoilt(puts("0.snapshot.label", "another"), sums_too=True)
    file.seek(0)
    file.write(other)
    file.truncate()
    with pytest.raises(DamagedSnapshotError, match="changed while it was read"):
        list(found.rows())
    file.seek(0)
    file.write(an_export()[:-300])
    file.truncate()
    with pytest.raises(DamagedSnapshotError, match="cannot be used"):
        list(found.rows())


def test_the_text_is_json_a_line() -> None:
    assert all(written(json.loads(line)) for line in a_text().splitlines())
