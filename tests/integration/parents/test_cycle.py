"""Every reference of every row, followed through imports that renumber all that it may point at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from practice_guard.core.model import Severity, Verdict
from practice_guard.demo.source import Source, without
from tests.world import builders
from tests.world.bookings import (
    PARENTS,
    SETS,
    a_season,
    beside,
    courts_now,
    lost,
    renamed,
    renaming,
    seen,
    the_import_runs,
    with_new_players,
    wrong,
)
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard


@dataclass(frozen=True)
class Import:
    """What an import does to clubs, series, players and courts, and what they are called after it."""

    name: str
    variant: tuple[str, ...] = ()
    change: Callable[[Source], Source] = lambda source: source
    names: Mapping[str, str] = field(default_factory=dict)


CASE = {"PraIrie Club": "PRAIRIE CLUB"}
LABELS = {"Chicago 22": "Series 22"}
IMPORTS = [
    Import("all ids new"),
    Import("ids go to others", ("recycle",)),
    Import("a club in another case", change=lambda source: renaming(source, clubs=CASE), names=CASE),
    Import("a club in another case, ids go to others", ("recycle",), lambda source: renaming(source, clubs=CASE), CASE),
    Import("a series relabelled", change=lambda source: renaming(source, series=LABELS), names=LABELS),
    Import(
        "a series relabelled, ids go to others", ("recycle",), lambda source: renaming(source, series=LABELS), LABELS
    ),
]


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    a_season(database)
    return Guard(database, SETS, parents=PARENTS)


@pytest.mark.parametrize("import_", IMPORTS, ids=lambda each: each.name)
def test_every_reference_is_as_before_after_an_import(guard: Guard, database: ScratchDatabase, import_: Import) -> None:
    before, website = seen(database), builders.the_website_now(database)
    guard.has_backed_up()
    assert guard.judges_health().verdict is Verdict.FINE

    the_import_runs(database, *import_.variant, source=import_.change(website))
    damaged = seen(database)
    expected = renamed(before, import_.names)
    assert lost(expected, damaged), "the import must do harm"
    assert guard.judges_health().verdict is Verdict.REFUSED

    shown = guard.plans()
    applied = guard.restores()
    assert applied.plan.digest == shown.digest, "a dry run shows what a restore does"
    assert (lost(expected, seen(database)), applied.plan.counts()["pending"]) == ([], 0)
    assert guard.judges_health().verdict is Verdict.FINE
    assert guard.plans().writes() == 0

    guard.takes_back(applied.ledger)
    again = wrong(damaged, expected, seen(database))
    assert not again, "what a foreign key does not let point at nothing stays, and all else is as it was"
    guard.restores()
    assert lost(expected, seen(database)) == []
    guard.later(days=1).has_backed_up()
    assert guard.judges_health().verdict is Verdict.FINE


def errors(guard: Guard) -> set[str]:
    """The sets of which health says that rows hang on others; it says nothing worse."""
    found = [each for each in guard.judges_health().findings if each.severity is Severity.ERROR]
    assert {each.code for each in found} <= {"rows-on-wrong-team"}
    return {each.what.split(" of ")[1].split(" hang")[0] for each in found}


@pytest.mark.parametrize("variant", [(), ("recycle",)], ids=["new ids", "ids go to others"])
@pytest.mark.parametrize(
    ("attribute", "value"), [("club", "PraIrie Club"), ("series", "Chicago 1"), ("league", "NSTF")]
)
def test_what_an_import_lacks_waits_and_comes_back_with_a_later_one(
    guard: Guard, database: ScratchDatabase, variant: tuple[str, ...], attribute: str, value: str
) -> None:
    before, website = seen(database), builders.the_website_now(database)
    courts = courts_now(database)
    guard.has_backed_up()

    the_import_runs(database, *variant, source=without(website, attribute, value))
    damaged = seen(database)
    applied = guard.restores()
    assert wrong(before, damaged, seen(database)) == []
    assert beside(before, seen(database)) == [], "what waits for its team waits at no club of others"
    assert applied.plan.counts()["pending"] > 0
    assert errors(guard) <= ({"captain_messages", "club_notes"} if variant else set()), "what may not be empty"
    assert guard.judges_health().verdict in (Verdict.WAITING, Verdict.REFUSED)

    later = guard.later(days=1)
    taken = later.backs_up()
    assert taken.snapshot is not None, taken.findings
    assert any(each.carried for each in taken.snapshot.sets.values())

    the_import_runs(database, *variant, source=website, courts=courts)
    applied = later.restores()
    assert (lost(before, seen(database)), applied.plan.counts()["pending"]) == ([], 0)
    assert later.judges_health().verdict is Verdict.FINE


def test_nobody_is_guessed_where_all_players_of_a_league_have_other_ids(
    guard: Guard, database: ScratchDatabase
) -> None:
    before, website = seen(database), builders.the_website_now(database)
    guard.has_backed_up()
    the_import_runs(database, "recycle", source=with_new_players(website, "APTA_CHICAGO"))
    damaged = seen(database)
    guard.restores()
    after = seen(database)
    assert wrong(before, damaged, after) == []
    assert {each[0] for each in lost(before, after)} <= {"poll_responses", "player_availability", "court_bookings"}
    assert guard.judges_health().verdict is Verdict.WAITING

    later = guard.later(days=1)
    later.has_backed_up()
    the_import_runs(database, source=website)
    later.restores()
    assert lost(before, seen(database)) == []
