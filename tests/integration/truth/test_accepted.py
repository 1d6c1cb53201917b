"""What a person accepts lets older snapshots go, also where nothing had stopped the backup."""

from __future__ import annotations

import pytest

from practice_guard.core.application.imprint import Imprint
from practice_guard.core.upkeep import Rule, cleanup
from tests.world.backing_up import codes
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

MOST = "DELETE FROM schedule WHERE id % 3 <> 0"
A_FEW = "DELETE FROM schedule WHERE id = (SELECT min(id) FROM schedule)"


@pytest.fixture
def teams(league: League) -> None:
    """Three teams with twelve practices and a recurring one each."""
    teams_in_a_row(league, 3, practices=12)


@pytest.fixture
def halved(teams: None, database: ScratchDatabase, guard: Guard) -> Guard:
    """A snapshot, and most of its practices gone, which is not of so many teams that it stops a backup."""
    guard.has_backed_up()
    database.rows(MOST)
    return guard


@pytest.fixture
def unexplained(teams: None, database: ScratchDatabase, guard: Guard, monkeypatch: pytest.MonkeyPatch) -> Guard:
    """A snapshot by a program that noted nothing of the database's looks, and a row gone since."""
    with monkeypatch.context() as then:
        then.setattr(Imprint, "dump", lambda _imprint: "")
        guard.has_backed_up()
    database.rows(A_FEW)
    return guard


GONE = ("halved", "unexplained")


@pytest.fixture
def gone(request: pytest.FixtureRequest) -> Guard:
    found: Guard = request.getfixturevalue(request.param)
    return found


def stays(guard: Guard) -> dict[str, str]:
    """The snapshots that a cleanup leaves, and why."""
    rulings = guard.with_connection(lambda connection: cleanup.apply(guard.at(connection), Rule(1)))
    return {each.snapshot.id: each.reason for each in rulings if not each.goes}


@pytest.mark.parametrize("gone", GONE, indirect=True)
def test_a_snapshot_with_rows_that_are_missed_stays_until_a_person_accepts(gone: Guard) -> None:
    first = gone.finds().id
    gone.has_backed_up()
    assert "--accept-current" in stays(gone)[first]
    gone.has_backed_up()
    assert "--accept-current" in stays(gone)[first]

    accepted = gone.backs_up(accept_current=True)

    assert accepted.snapshot is not None
    assert accepted.snapshot.accepted_current
    assert set(stays(gone)) == {accepted.snapshot.id}
    assert set(stays(gone)) == {accepted.snapshot.id}


@pytest.mark.parametrize("gone", GONE, indirect=True)
def test_a_person_can_accept_at_once(gone: Guard) -> None:
    accepted = gone.backs_up(accept_current=True)
    assert accepted.snapshot is not None
    assert set(stays(gone)) == {accepted.snapshot.id}


def test_what_was_accepted_stays_accepted(halved: Guard) -> None:
    halved.backs_up(accept_current=True)
    after = halved.has_backed_up()
    assert not after.accepted_current
    assert set(stays(halved)) == {after.id}


def test_what_is_gone_after_an_acceptance_is_missed_anew(unexplained: Guard, database: ScratchDatabase) -> None:
    unexplained.backs_up(accept_current=True)
    accepted = unexplained.finds().id
    database.rows(MOST)
    assert "rows-deleted" in codes(unexplained.backs_up())
    assert "--accept-current" in stays(unexplained)[accepted]
