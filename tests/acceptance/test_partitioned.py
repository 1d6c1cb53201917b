"""The whole cycle where `schedule` is partitioned: the guard names the table, and its rows may be in any part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard

PARTS = 4


@pytest.fixture
def guarded(guard: Guard, league: League, database: ScratchDatabase) -> Guard:
    """Practices and matches of four teams in `PARTS` partitions, backed up."""
    schedule_is_partitioned(database)
    teams = [league.has_team(series=f"Chicago {number}") for number in range(4)]
    for team, other in zip(teams, reversed(teams), strict=True):
        league.captain_schedules_practices(team, 5)
        league.has_match(team, other)
    assert guard("validate-safety").status == 0
    assert guard("backup").status == 0
    return guard


def schedule_is_partitioned(database: ScratchDatabase) -> None:
    """A DBA puts `schedule` into parts by its key, with all that hangs on it."""
    keys = database.rows(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'schedule'::regclass AND contype = 'f'"
    )
    parts = "".join(
        f"CREATE TABLE schedule_{part} PARTITION OF schedule FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part});"
        for part in range(PARTS)
    )
    database.rows(
        "ALTER TABLE schedule RENAME TO whole;"
        "ALTER SEQUENCE schedule_id_seq OWNED BY NONE;"
        "CREATE TABLE schedule (LIKE whole INCLUDING ALL) PARTITION BY HASH (id);"
        f"{parts} DROP TABLE whole; ALTER SEQUENCE schedule_id_seq OWNED BY schedule.id;"
        + "".join(f"ALTER TABLE schedule ADD CONSTRAINT {name} {text};" for name, text in keys)
    )


@pytest.mark.parametrize(
    "etl",
    [
        builders.the_etl_recreates_everything,
        builders.the_etl_recycles_ids,
        builders.the_etl_leaves_practices_without_team,
    ],
)
def test_every_practice_ends_on_its_team_once(
    guarded: Guard,
    database: ScratchDatabase,
    etl: Callable[[ScratchDatabase], None],
) -> None:
    before = practices_by_natural_key(database)
    etl(database)
    assert practices_by_natural_key(database) != before
    assert guarded("check-preservation").status == 3
    planned = guarded("restore", "--dry-run", "--json").json["result"]
    done = guarded("restore", "--json").json["result"]
    assert done["rows"] == planned["rows"]
    assert done["rows"]["relink"] + done["rows"]["insert"] == done["rows"]["total"] == 20
    assert practices_by_natural_key(database) == before
    assert guarded("health").status == 0
    assert guarded("restore", "--undo", str(done["ledger"])).status == 0
    assert practices_by_natural_key(database) != before
    assert guarded("restore").status == 0
    assert guarded("backup").status == 0
    assert practices_by_natural_key(database) == before
    parts = database.rows("SELECT DISTINCT tableoid FROM schedule WHERE home_team ILIKE '%practice%'")
    assert len(parts) == PARTS
