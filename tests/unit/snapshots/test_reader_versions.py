"""Exports of every version of the digest are read, each as strictly as it was written."""

from __future__ import annotations

from functools import partial

import pytest

from tests.unit.snapshots.test_reader import LIST, opened, read, snapshot
from tests.world.exporting import ID, Lines, an_archive, spoilt


def of_version(number: int, lines: Lines, *, names_only: bool) -> None:
    """Has the digest's version be another one, and teams' lines say as much as they did then."""
    snapshot(lines)["digest_version"] = number
    if number < 4:
        for described in lines[0]["lists"].values():
            del described["parents"]
    for line in lines:
        if names_only and "team" in line:
            del line["team"]["outside_id"], line["team"]["active"]


@pytest.mark.parametrize("version", [1, 2])
def test_exports_from_before_are_read(version: int) -> None:
    found = opened(spoilt(lambda lines: of_version(version, lines, names_only=True), sums_too=True))
    assert [(team.name, team.outside_id) for team in found.lists[ID].teams] == [("Tennaqua - 22", None)]
    assert found.lists[ID].active == {}


def test_what_an_export_of_a_version_cannot_say_is_refused() -> None:
    spoil = partial(of_version, 2, names_only=False)
    assert "line 2, team: 'outside_id' is not a field" in read(spoilt(spoil, sums_too=True))
    spoil = partial(of_version, 3, names_only=True)
    assert "line 2, team: outside_id is missing" in read(spoilt(spoil, sums_too=True))


def test_an_export_by_the_first_digest_says_both_besides_names_or_none() -> None:
    """It is taken today too, where an encoding has no room for another digest."""
    told = opened(spoilt(partial(of_version, 1, names_only=False), sums_too=True))
    assert told.lists == an_archive().lists

    def half(lines: Lines) -> None:
        of_version(1, lines, names_only=False)
        del lines[LIST]["team"]["active"]

    assert "line 2, team: active is missing" in read(spoilt(half, sums_too=True))
