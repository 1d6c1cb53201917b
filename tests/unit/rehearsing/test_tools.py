"""Which dump tools copy which server into which, and what a copy takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard.core.errors import AccessError, UsageError
from practice_guard.core.rehearsing import estimate, scratch, tools
from practice_guard.core.rehearsing.estimate import MB
from practice_guard.core.rehearsing.original import Original, Written
from practice_guard.core.rehearsing.tools import Tools

WHEEL = (16, 18)


def there(*versions: int) -> list[Tools]:
    return [Tools(each, Path(f"/usr/lib/postgresql/{each}/bin")) for each in versions]


def a_pair(directory: Path, *said: str) -> Path:
    directory.mkdir()
    for name, version in zip(("pg_dump", "pg_restore"), said, strict=False):
        (directory / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.mark.parametrize(
    ("server", "versions", "copies", "tool", "copy"),
    [
        (16, (15, 16, 18), WHEEL, 16, 16),
        (15, (15, 16, 18), WHEEL, 15, 16),
        (15, (15, 16, 18), (15, *WHEEL), 15, 15),
        (17, (15, 16, 18), WHEEL, 18, 18),
        (14, (18, 16), WHEEL, 16, 16),
        (16, (17, 16), (16,), 16, 16),
        (16, (17,), (16, 17), 17, 17),
    ],
)
def test_the_tools_are_no_older_than_the_server_and_no_newer_than_the_copy(
    server: int, versions: tuple[int, ...], copies: tuple[int, ...], tool: int, copy: int
) -> None:
    chosen, version = tools.choose(there(*versions), server, copies, "the embedded PostgreSQL")
    assert (chosen.version, version) == (tool, copy)


@pytest.mark.parametrize(
    ("server", "versions", "copies", "said"),
    [
        (16, (15, 17), (16,), r"of PostgreSQL 16 are needed; there is 15 in /usr/lib/postgresql/15/bin, 17 in "),
        (16, (), (16, 18), r"of PostgreSQL 16 to 18 are needed; there is none\."),
        (19, (19,), WHEEL, r"is on PostgreSQL 19, and a server cannot hold a copy of it: there is 16, 18\."),
        (16, (16,), (), r"there is none\. PostgreSQL 16 or a newer one is needed"),
    ],
)
def test_the_version_that_is_needed_is_named(
    server: int, versions: tuple[int, ...], copies: tuple[int, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        tools.choose(there(*versions), server, copies, "a server")
    assert refused.value.next_steps


def test_a_pair_of_one_version_that_can_be_run_is_found(tmp_path: Path) -> None:
    whole = a_pair(tmp_path / "16", "16.14 (Debian 16.14-1)", "16.14")
    newest = a_pair(tmp_path / "19", "19devel", "19devel")
    two = a_pair(tmp_path / "two", "16.1", "15.2")
    half = a_pair(tmp_path / "half", "16.1")
    words = a_pair(tmp_path / "words", "", "")
    found = tools.find([half, tmp_path / "none", whole, two, words, newest, whole])
    assert found == (Tools(16, whole), Tools(19, newest))


def test_a_copy_without_room_is_refused_with_the_figures() -> None:
    too_large = estimate.Estimate(size=900 * MB, need=2_312 * MB, free=1_000 * MB, seconds=48.0)
    with pytest.raises(UsageError, match=r"needs about 2,312 MB in /tmp, where 1,000 MB are free: .* has 900 MB"):
        estimate.check(too_large, Path("/tmp"))
    estimate.check(estimate.of(10 * MB, None), Path("/tmp"))


def test_a_server_whose_disk_cannot_be_seen_is_asked_for_the_copy_alone(tmp_path: Path) -> None:
    there, own = estimate.of(50 * MB, None), estimate.of(50 * MB, tmp_path)
    assert (there.need, there.free, there.fits) == (100 * MB, None, True)
    assert own.need == estimate.needed(50 * MB) > there.need
    assert own.seconds > there.seconds > 0


def test_a_role_that_may_make_no_database_is_told_the_statement() -> None:
    facts = Original(16, 0, "UTF8", "C", "C", "c", None, (), (), False, 'the "guard"')
    with pytest.raises(AccessError) as refused:
        scratch.check_right(facts, "PRACTICE_GUARD_COPY_URL")
    assert refused.value.next_steps == ('ALTER ROLE "the ""guard""" CREATEDB;   -- as an administrator',)


def test_a_table_that_was_emptied_counts_as_written() -> None:
    before = Written(10, "1,2")
    assert Written(10, "1,2").since(before) == 0
    assert Written(13, "1,2").since(before) == 3
    assert Written(10, "1,3").since(before) == 1
