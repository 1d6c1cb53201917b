"""Green is never a lie, counted over days of damage (issue "Green means that everything users own is where it was")."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext

import pytest

from practice_guard.core import model, snapshots
from practice_guard.core.application import imprint
from practice_guard.core.checks import drift
from practice_guard.core.database import Access, connect
from practice_guard.core.model import Severity
from practice_guard.core.snapshots import snapshot
from tests.world.builders import ScratchDatabase
from tests.world.damage import deeds
from tests.world.damage.country import SETS, Country
from tests.world.damage.days import days_of
from tests.world.damage.record import Record
from tests.world.guarding import Guard
from tests.world.planting import Bug, planted

LEAGUES, DAYS, COUNTRIES = 64, 10, 8
"""So many leagues a country, and so many days: 5,120 days of a league."""

HAPPENED = (
    "a user deletes",
    "a user moves",
    "a user adds",
    "an operator deletes",
    "an operator moves",
    "an import recreates",
    "an import recycles",
    "an import forgets",
    "an import dangles",
    "an import takes orphans",
    "an import of one team",
    "bulk that a backup refused",
    "rows of imports that came back",
    "deletions by users that stayed",
    "green verdicts",
    "verdicts over rows that were away",
)
"""What a campaign is for: in each country some of it."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(COUNTRIES))
def test_five_thousand_days_of_damage_have_no_green_lie(database: ScratchDatabase, seed: int) -> None:
    with days_of(database, seed, LEAGUES) as days:
        judgement = days.pass_by(DAYS)
    counted: Counter[str] = judgement.counted
    print(f"\ncountry {seed + 1} of {COUNTRIES}: {dict(sorted(counted.items()))}, lies: {len(judgement.lies)}")
    assert judgement.lies == []
    assert counted["days of a league"] == LEAGUES * DAYS
    assert COUNTRIES * LEAGUES * DAYS >= 5_000
    assert [each for each in HAPPENED if not counted[each]] == []


def unnoticed() -> None:
    """What notices is the judge, and not another test."""


BELIEVED = (
    Bug(
        "an absence",
        imprint,
        "return found if self.known and not self.watched else None",
        "return frozenset()",
        unnoticed,
    ),
    Bug("bulk", model, "return some > self.rows and", "return some < 0 and", unnoticed),
)


@pytest.mark.parametrize("bug", BELIEVED, ids=lambda bug: bug.name)
def test_what_is_believed_too_easily_is_a_green_lie(database: ScratchDatabase, bug: Bug) -> None:
    with days_of(database, 1, 15) as days, planted(bug):
        judgement = days.pass_by(6)
    assert judgement.lies != []


def an_import_before_any_guard(database: ScratchDatabase) -> None:
    """Every league's teams are new, and what hung on them is left behind; then the guard comes."""
    country = Country(database, 15)
    record = Record()
    record.begins(country)
    for code in country.leagues:
        deeds.an_import(country, record, code, "dangles")


@pytest.mark.parametrize("believed", [False, True])
def test_a_first_backup_that_is_believed_makes_damage_the_truth(database: ScratchDatabase, believed: bool) -> None:
    an_import_before_any_guard(database)
    bug = Bug("a first backup", drift, "    if not much:", "    if not much or much:", unnoticed)
    with planted(bug) if believed else nullcontext():
        taken = Guard(database, SETS).backs_up()
    assert (taken.snapshot is not None) == believed
    assert [each.code for each in taken.findings if each.severity is Severity.ERROR] == (
        [] if believed else ["rows-already-orphaned"]
    )


@pytest.mark.parametrize("believed", [False, True])
def test_another_schemas_snapshot_is_not_the_latest_of_this_one(database: ScratchDatabase, believed: bool) -> None:
    Country(database, 15)
    taken = Guard(database, SETS).has_backed_up()
    database.rows("CREATE SCHEMA winter")
    for table in ("leagues", "clubs", "series", "teams", "schedule"):
        database.rows(f"CREATE TABLE winter.{table} (LIKE public.{table} INCLUDING ALL)")
    bug = Bug("a schema", snapshot, '"schema": database.schema}', '"schema": "public"}', unnoticed)
    with (
        connect(database.url, application="test", schema="winter") as connection,
        connection.transaction(Access.PLAN),
        planted(bug) if believed else nullcontext(),
    ):
        newest = snapshots.newest(snapshots.listing(connection))
    assert (newest.id if newest else None) == (taken.id if believed else None)
