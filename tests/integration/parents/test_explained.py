"""What became of a parent's rows, explained one by one, and what a person decides about one."""

from __future__ import annotations

import pytest

from practice_guard.core import restore, snapshots
from practice_guard.core.database import Access, Connection
from practice_guard.core.decisions import parse
from practice_guard.core.errors import UsageError
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Sought
from tests.world import builders
from tests.world.bookings import PARENTS, SETS, a_season, renaming, the_import_runs
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard

PRAIRIE = '[[parent]]\nparent = "clubs"\nsame = { name = "PraIrie Club" }\n'
HEIR = Request(decisions=parse(f'{PRAIRIE}heir = {{ name = "Green Meadow" }}\n'))
GIVEN_UP = Request(decisions=parse(f"{PRAIRIE}give_up = true\n"))
GAME = "SELECT c.name FROM pickup_games AS g LEFT JOIN clubs AS c ON c.id = g.club_id WHERE description LIKE %(like)s"


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    """An import has called a club otherwise, and given its id to another one."""
    a_season(database)
    guard = Guard(database, SETS, parents=PARENTS)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    the_import_runs(database, "recycle", source=renaming(website, clubs={"PraIrie Club": "Green Meadow"}))
    return guard


def test_each_row_of_a_parent_is_explained_those_that_wait_first(guard: Guard) -> None:
    first, *others = restore.asked_parents(guard.plans(), ["clubs"])
    waits = "is missing: none is called so now; what hangs on it waits."
    assert first.startswith("clubs: name PraIrie Club, id ")
    assert first.endswith(waits)
    assert len(others) == 2
    assert all(each.endswith((": evidence exact.", ": evidence same-id.")) for each in others)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("club", "leads to 'club' (the nearest name there is clubs)"),
        ("teams", "What became of teams is counted; a team is explained by its name, with --team."),
    ],
)
def test_what_cannot_be_explained_is_refused_with_the_way(guard: Guard, name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        restore.asked_parents(guard.plans(), [name])
    assert said in caught.value.message


def test_a_person_says_what_a_club_is_called_now(guard: Guard, database: ScratchDatabase) -> None:
    assert guard.restores().plan.counts("pickup_games")["pending"] == 1
    applied = guard.restores(request=HEIR)
    assert applied.plan.counts("pickup_games")["pending"] == 0
    assert database.rows(GAME, like="%PraIrie%") == [("Green Meadow",)]
    assert guard.restores().plan.counts("pickup_games")["pending"] == 0, "it was decided, and stays so"
    assert database.rows(GAME, like="%PraIrie%") == [("Green Meadow",)]


def test_a_person_gives_a_club_up(guard: Guard, database: ScratchDatabase) -> None:
    counts = guard.restores(request=GIVEN_UP).plan.counts("pickup_games")
    assert (counts["pending"], counts["given_up"]) == (0, 1)
    assert database.rows(GAME, like="%PraIrie%") == [(None,)], "at no club of others"


def test_a_decision_about_what_never_was_is_refused(guard: Guard) -> None:
    wrong = Request(decisions=parse(PRAIRIE.replace("PraIrie", "Prairy") + "give_up = true\n", "d.toml"))
    with pytest.raises(UsageError, match=r"line 1 of d\.toml: Prairy Club is not in the list the rows come from"):
        guard.restores(request=wrong)


def offered(guard: Guard, access: Access = Access.PLAN) -> list[Sought]:
    """What a draft of decisions would offer."""

    def work(connection: Connection) -> list[Sought]:
        app = guard.at(connection).look()
        return list(restore.to_decide(restore.work_out(connection, snapshots.find(connection), app)))

    return guard.reads(work, access)


@pytest.mark.parametrize("access", [Access.PLAN, Access.READ])
def test_a_draft_offers_the_club_that_is_waited_for_and_not_its_courts(guard: Guard, access: Access) -> None:
    """Who is called by an id has no candidates: ids that look alike are other people's."""
    by_parent = {(each.parent, each.said): each for each in offered(guard, access)}
    club = by_parent["clubs", (("name", "PraIrie Club"),)]
    assert club.because == "missing: none is called so now"
    assert {parent for parent, _ in by_parent} == {"clubs", "players"}
    assert all(each.candidates == () for (parent, _), each in by_parent.items() if parent == "players")


def test_what_is_decided_is_offered_no_more_and_what_hangs_on_it_is(guard: Guard) -> None:
    guard.restores(request=HEIR)
    assert {each.parent for each in offered(guard)} == {"courts", "players"}
