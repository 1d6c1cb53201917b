"""Two real databases side by side: one difference at a time of each kind, made by SQL, found and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pytest

from practice_guard.core.application import BUILT_IN
from practice_guard.core.comparing import Comparison, Difference, Facts, Kind, differences, exported, facts
from practice_guard.core.database import Access, Connection
from practice_guard.core.snapshots import archive
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import NOON, Guard, somebody


@pytest.fixture
def other(make_database: Callable[[], ScratchDatabase]) -> ScratchDatabase:
    """Another database with the application's schema."""
    return make_database()


@pytest.fixture
def leagues(database: ScratchDatabase, other: ScratchDatabase) -> tuple[League, League]:
    """The same league in both, under other ids on the right."""
    both = League(database), League(other)
    both[1].has_team(club="Wilmette", series="Chicago 7")
    for each in both:
        for club in ("Tennaqua", "Lake Bluff"):
            each.captain_schedules_practices(each.has_team(club=club), 2)
    both[0].has_team(club="Wilmette", series="Chicago 7")
    return both


def seen(database: ScratchDatabase, name: str) -> Facts:
    guard = Guard(database, author=somebody(name))
    return guard.reads(lambda connection: facts.read(guard.at(connection)), Access.READ)


def compared(left: ScratchDatabase, right: ScratchDatabase) -> Comparison:
    return differences.compare(seen(left, "local"), seen(right, "staging"))


def by_name(found: Comparison) -> dict[tuple[str, str], Difference]:
    return {(str(each.kind), each.name): each for each in found.differences}


def test_two_databases_with_the_same_league_are_alike_whatever_their_ids(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    found = compared(database, other)
    assert found.differences == ()
    assert found.alike
    assert found.unsaid == {}


CASCADING = (
    "ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_team_id_fkey, "
    "ADD CONSTRAINT captain_messages_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams ON DELETE CASCADE"
)
STAMPING = "CREATE TRIGGER stamped BEFORE UPDATE ON schedule FOR EACH ROW EXECUTE FUNCTION stamps()"
MATTERS = {
    "a column of what a row is": ("ALTER TABLE schedule DROP COLUMN location", "column", "schedule.location"),
    "its type": (
        "ALTER TABLE practice_times ALTER location TYPE varchar(300)", "column", "practice_times.location",
    ),
    "a table of a set": ("DROP TABLE practice_times", "table", "practice_times"),
    "its set": ("DROP TABLE practice_times", "set", "practice_times"),
    "the key of the ETL's upsert": (
        "ALTER TABLE teams DROP CONSTRAINT unique_team_club_series_league",
        "constraint", "teams.unique_team_club_series_league",
    ),
    "a rule that may refuse a row": (
        "ALTER TABLE schedule ADD CONSTRAINT evenings CHECK (match_time > '12:00')", "constraint", "schedule.evenings",
    ),
    "a foreign key's deletions": (
        CASCADING,
        "constraint", "captain_messages.captain_messages_team_id_fkey",
    ),
    "a column that may not be empty": (
        "ALTER TABLE schedule ALTER home_team_id SET NOT NULL", "constraint", "schedule.home_team_id NOT NULL",
    ),
    "a trigger": (
        STAMPING,
        "trigger", "schedule.stamped",
    ),
    "a rewriting rule": (
        "CREATE RULE kept AS ON DELETE TO polls DO INSTEAD NOTHING", "rule", "polls.kept",
    ),
    "a parent": ("ALTER TABLE players RENAME tenniscores_player_id TO outside", "parent", "players"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "name"), MATTERS.values(), ids=MATTERS)
def test_what_changes_what_the_guard_does_is_found_and_matters(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase, change: str, kind: str, name: str
) -> None:
    for each in (database, other):
        each.rows("CREATE FUNCTION stamps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    other.rows(change)
    found = compared(database, other)
    assert by_name(found)[kind, name].matters, found
    assert not found.alike


def test_a_trigger_on_rows_that_cannot_be_guarded_there_matters_all_the_same(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    other.rows("CREATE FUNCTION stamps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    other.rows(STAMPING)
    other.rows("ALTER TABLE practice_times DROP COLUMN location")
    found = by_name(compared(database, other))
    assert found["schema", "protected rows"].matters
    assert found["trigger", "schedule.stamped"].matters


DOES_NOT = {
    "a column that nobody asks for": ("ALTER TABLE users ADD COLUMN nickname text", "column", "users.nickname"),
    "a table of the ETL's alone": ("DROP TABLE series_stats CASCADE", "table", "series_stats"),
    "a trigger of what is imported": (
        "ALTER TABLE teams DISABLE TRIGGER USER", "trigger", None,
    ),
    "a record of migrations": (
        "CREATE TABLE alembic_version AS SELECT 'a1b2c3'::text AS version_num", "migration", "alembic_version",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "name"), DOES_NOT.values(), ids=DOES_NOT)
def test_what_changes_nothing_is_found_and_does_not_matter(
    leagues: tuple[League, League],
    database: ScratchDatabase,
    other: ScratchDatabase,
    change: str,
    kind: str,
    name: str | None,
) -> None:
    other.rows(change)
    found = compared(database, other)
    assert [each for each in found.differences if each.kind == kind and name in (None, each.name)], found
    assert found.alike
    assert found.differences


def test_another_name_of_a_constraint_is_no_difference(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    other.rows("ALTER TABLE teams RENAME CONSTRAINT unique_team_name_per_league TO one_name")
    assert compared(database, other).differences == ()


def test_a_foreign_key_that_leads_to_another_schema_is_found(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    for each in (database, other):
        each.rows("CREATE SCHEMA web")
        each.rows("CREATE TABLE web.courts (id int PRIMARY KEY)")
        each.rows("ALTER TABLE practice_times ADD COLUMN court int")
    other.rows("ALTER TABLE practice_times ADD CONSTRAINT courts FOREIGN KEY (court) REFERENCES web.courts")
    (found,) = compared(database, other).differences
    assert (found.name, found.left, found.matters) == ("practice_times.courts", None, True)
    assert found.right == "FOREIGN KEY (court) REFERENCES web.courts(id)"


def test_a_right_that_is_missing_matters_and_is_named(
    role: str, leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    for each in (database, other):
        each.rows(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        each.rows(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    other.rows(f"REVOKE INSERT ON schedule FROM {role}")
    left, right = (ScratchDatabase(each.url_of(role), each.name) for each in (database, other))
    found = compared(left, right)
    (difference,) = [each for each in found.differences if each.kind is Kind.RIGHT]
    assert difference.name == "INSERT on public.schedule"
    assert (difference.left, difference.right, difference.matters) == ("not missing", "missing", True)


def test_a_side_whose_teams_may_not_be_read_says_so_and_names_no_team(
    role: str, leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    for each in (database, other):
        each.rows(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    other.rows(f"REVOKE ALL ON teams FROM {role}")
    left, right = (ScratchDatabase(each.url_of(role), each.name) for each in (database, other))
    found = compared(left, right)
    assert by_name(found)["schema", "protected rows"].matters
    assert by_name(found)["right", "SELECT on public.teams"].matters
    assert Kind.TEAM in found.unsaid["staging"]
    assert not [each for each in found.differences if each.kind is Kind.TEAM]


def test_leagues_clubs_series_and_teams_that_one_side_lacks_are_named_by_identity(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    leagues[1].has_team(league="NSTF", club="Winnetka", series="S2B")
    found = compared(database, other)
    alone = [(str(each.kind), each.name) for each in found.differences if each.left is None]
    assert [kind for kind, _ in alone] == ["league", "club", "series", "team"]
    assert [name for _, name in alone][:3] == ["NSTF", "Winnetka", "S2B"]
    assert found.alike


def test_counts_of_protected_rows_are_told_and_do_not_matter(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    builders.the_etl_empties_everything(other)
    found = compared(database, other)
    rows = by_name(found)["rows", "practices"]
    assert (rows.left, rows.right, rows.matters) == ("4 rows", "0 rows", False)


def test_what_sessions_begin_with_matters_where_it_keeps_the_guard_from_writing(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    other.rows(f"ALTER DATABASE {other.name} SET default_transaction_read_only = on")
    other.rows(f"ALTER DATABASE {other.name} SET TimeZone = 'America/Chicago'")
    found = by_name(compared(database, other))
    read_only, zone = found["setting", "default_transaction_read_only"], found["setting", "TimeZone"]
    assert (read_only.left, read_only.right, read_only.matters) == ("off", "on", True)
    assert (zone.right, zone.matters) == ("America/Chicago", False)


def test_another_encoding_matters_and_another_order_of_letters_does_not(
    database: ScratchDatabase, encoded: Callable[[str], ScratchDatabase]
) -> None:
    found = by_name(compared(database, encoded("LATIN1")))
    encoding = found.pop(("encoding", "texts"))
    assert (encoding.left, encoding.right, encoding.matters) == ("UTF8", "LATIN1", True)
    assert not [each for each in found.values() if each.matters]


def test_a_side_that_was_never_backed_up_has_no_tables_of_the_guards_and_that_does_not_matter(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    Guard(database).has_backed_up()
    found = compared(database, other)
    assert [(str(each.kind), each.name) for each in found.differences] == [
        ("guard", "newest snapshot"),
        ("guard", "tables"),
    ]
    assert by_name(found)["guard", "newest snapshot"].left == "by version 0.0-test"
    assert found.alike


def test_neither_database_is_written_to(
    leagues: tuple[League, League], database: ScratchDatabase, other: ScratchDatabase
) -> None:
    before = [each.everything() for each in (database, other)]
    compared(database, other)
    assert [each.everything() for each in (database, other)] == before
    assert database.value("SELECT to_regnamespace('practice_guard')") is None


def test_a_side_is_read_with_few_statements(leagues: tuple[League, League], database: ScratchDatabase) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    sent: list[str] = []

    def overheard(connection: Connection) -> Facts:
        say = connection.execute

        def listening(text: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
            sent.append(text)
            return say(text, parameters)

        connection.execute = listening  # type: ignore[method-assign]
        return facts.read(guard.at(connection))

    guard.reads(overheard, Access.READ)
    assert 0 < len(sent) <= 15, "\n\n".join(sent)


def test_an_export_is_compared_as_far_as_it_says_and_what_it_cannot_say_is_told(
    leagues: tuple[League, League], database: ScratchDatabase
) -> None:
    guard = Guard(database)
    snapshot, file = guard.has_backed_up(), BytesIO()
    guard.reads(lambda connection: archive.export(connection, snapshot, file, now=NOON, tool_version="0.0-test"))
    side = exported.facts(archive.read(file), "backup.pgs")

    found = differences.compare(seen(database, "local"), side)
    assert found.differences == ()
    assert {Kind.RIGHT, Kind.TRIGGER, Kind.CONSTRAINT, Kind.MIGRATION, Kind.ENCODING} <= set(found.unsaid["backup.pgs"])
    assert not {Kind.SET, Kind.COLUMN, Kind.TEAM, Kind.CLUB, Kind.SERIES} & set(found.unsaid["backup.pgs"])

    database.rows("ALTER TABLE schedule ALTER location TYPE varchar(255)")
    leagues[0].has_team(club="Winnetka")
    later = by_name(differences.compare(seen(database, "local"), side))
    assert later["column", "schedule.location"].matters
    assert ("club", "Winnetka") in later


def test_every_protected_table_is_described(database: ScratchDatabase) -> None:
    there = {each.table for each in BUILT_IN if database.value("SELECT to_regclass(%(name)s)", name=each.table)}
    assert there <= seen(database, "local").described
