"""Roles that may do just what a guard needs, as the README has it, and leagues that they guard."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import Cluster
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.inspecting import SoundLeague, a_sound_league

_numbers = itertools.count(1)

GRANTS = """
CREATE SCHEMA practice_guard AUTHORIZATION {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON leagues, clubs, series, teams, players TO {role};
GRANT {lock} ON leagues, clubs, series, teams, players TO {role};
GRANT SELECT, INSERT, UPDATE ON schedule, practice_times, captain_messages, polls, poll_choices, poll_responses
   TO {role};
GRANT SELECT, INSERT, UPDATE ON player_availability, pickup_games, user_instructions TO {role};
GRANT SELECT, UPDATE ON users TO {role};
GRANT SELECT, UPDATE ON SEQUENCE schedule_id_seq, practice_times_id_seq, captain_messages_id_seq, polls_id_seq,
   poll_choices_id_seq, poll_responses_id_seq, player_availability_id_seq, pickup_games_id_seq,
   user_instructions_id_seq TO {role};
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT pg_read_all_stats TO {role}
"""
"""What the README says, word for word: `test_the_readme_has_these_rights`."""


@contextmanager
def a_role(cluster: Cluster) -> Iterator[str]:
    """A role that can log in and do nothing else; gone after its databases."""
    name = f"guard_{os.getpid()}_{next(_numbers)}"
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'secret'", name)
    yield name
    cluster.run("DROP ROLE {}", name)


def lock_right(database: ScratchDatabase) -> str:
    """What lets a role lock teams, and as little else as the server's version allows."""
    return "MAINTAIN" if int(database.value("SHOW server_version_num")) >= 170000 else "UPDATE"


def a_league_of_the_least_role(database: ScratchDatabase, league: League, role: str) -> SoundLeague:
    """A sound league, backed up and looked at by a role with just the rights a guard needs."""
    sound = a_sound_league(database, league)
    sound.runs("DROP SCHEMA practice_guard CASCADE")
    sound.runs(GRANTS.format(role=role, lock=lock_right(database)))
    sound.is_seen_by(role)
    sound.guard = Guard(ScratchDatabase(sound.url, database.name))
    sound.guard.has_backed_up()
    return sound
