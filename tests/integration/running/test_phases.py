"""A run's phases on a real PostgreSQL, where others hold locks."""

from __future__ import annotations

import threading

from practice_guard.core.checks.safety import Result
from practice_guard.core.database import Timeouts, connect
from practice_guard.core.running import phases
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import a_sound_league


def test_a_check_waits_for_a_lock_and_does_not_stop_the_etl(database: ScratchDatabase, league: League) -> None:
    sound, other = a_sound_league(database, league), database.connect()
    other.execute("BEGIN")
    other.execute("LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
    release = threading.Timer(2.0, lambda: other.execute("ROLLBACK"))
    release.start()
    with connect(database.url, application="test", timeouts=Timeouts(lock=60.0)) as connection:
        said = phases.validate(sound.guard.at(connection))
    release.join()
    assert [check.code for check in said.checks if check.status is Result.NOT_CHECKED] == []
    assert said.safe
