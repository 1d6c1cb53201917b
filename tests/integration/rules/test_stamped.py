"""Columns that the tables' own triggers set by rule, and triggers and rules that do more than that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, check_declared
from practice_guard.core.application.declared import parse
from practice_guard.core.checks.safety import Result
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.inspecting import SoundLeague, a_sound_league

STAMPS = {
    "updated_at": ("timestamptz DEFAULT '2026-01-01'", "now()"),
    "modified_at": ("timestamp DEFAULT '2026-01-01'", "localtimestamp"),
    "lock_version": ("int NOT NULL DEFAULT 7", "coalesce(NEW.lock_version, 0) + 1"),
    "sys_period": ("tstzrange NOT NULL DEFAULT '[2026-01-01,)'", "tstzrange(now(), NULL)"),
    "touched": ("bigint DEFAULT 0", "txid_current()"),
}
"""A column's type, and what its trigger sets it to; nobody knows the last one by its name."""

TABLES = ("schedule", "captain_messages", "polls", "poll_choices")

DECLARED = "".join(
    f'[[protected]]\nname = "{name}"\nset_by_triggers = ["touched"]\n'
    for name in ("practices", "captain_messages", "polls", "poll_choices")
)


def stamps(database: ScratchDatabase, *names: str, when: str = "BEFORE INSERT OR UPDATE") -> None:
    """From now on a trigger sets these columns of some tables whenever a row is written."""
    body = " ".join(f"NEW.{name} := {STAMPS[name][1]};" for name in names)
    for table in TABLES:
        for name in names:
            database.rows(f"ALTER TABLE {table} ADD {name} {STAMPS[name][0]}")
    has_trigger(database, f"{body} RETURN NEW;", when, *TABLES)


def has_trigger(database: ScratchDatabase, body: str, when: str, *tables: str) -> None:
    database.rows(f"CREATE OR REPLACE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for table in tables:
        database.rows(f"CREATE TRIGGER answer {when} ON {table} FOR EACH ROW EXECUTE FUNCTION answer()")


def everything_goes(database: ScratchDatabase) -> None:
    for table in ("poll_responses", "poll_choices", "polls", "captain_messages"):
        database.rows(f"DELETE FROM {table}")
    builders.the_etl_recreates_everything(database)


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    """A guard that is told of the column that nobody would know."""
    return Guard(database, parse(DECLARED, "practice_guard.toml").everything)


def says(database: ScratchDatabase) -> list[tuple[str, ...]]:
    """What users wrote."""
    return database.rows("SELECT 'm', message, created_at::text FROM captain_messages UNION ALL"
                         " SELECT 'p', question, created_at::text FROM polls ORDER BY 1, 2, 3")  # fmt: skip


@pytest.mark.parametrize("when", ["BEFORE INSERT", "BEFORE UPDATE", "BEFORE INSERT OR UPDATE"])
@pytest.mark.parametrize("etl", [everything_goes, builders.the_etl_leaves_practices_without_team])
def test_what_triggers_stamp_keeps_nothing_from_coming_back(
    sound: SoundLeague, guard: Guard, etl: Callable[[ScratchDatabase], None], when: str
) -> None:
    database = sound.database
    stamps(database, *STAMPS, when=when)
    guard.has_backed_up()
    practices, said = practices_by_natural_key(database), says(database)
    etl(database)
    done = guard.restores()
    assert done.written
    assert practices_by_natural_key(database) == practices
    assert says(database) == said
    assert guard.judges_health().healthy
    again = guard.restores()
    assert again.written == 0
    assert again.plan.counts()["edited"] == 0
    assert guard.backs_up().findings == ()
    assert guard.checks_preservation().preserved


def test_what_a_child_makes_its_parent_stamp_is_no_harm(sound: SoundLeague, guard: Guard) -> None:
    database = sound.database
    database.rows("ALTER TABLE polls ADD lock_version int NOT NULL DEFAULT 0")
    body = "UPDATE polls SET lock_version = lock_version + 1 WHERE id = NEW.poll_id; RETURN NULL;"
    has_trigger(database, body, "AFTER INSERT", "poll_choices")
    guard = Guard(database)
    guard.has_backed_up()
    before = says(database)
    everything_goes(database)
    assert guard.restores().written
    assert says(database) == before
    assert guard.restores().written == 0
    assert guard.judges_health().healthy


@pytest.mark.parametrize(
    ("knows", "more"),
    [(False, ""), (True, "NEW.message := upper(NEW.message);"), (True, "NEW.created_at := now();")],
    ids=["an undeclared column", "a message", "a time"],
)
def test_what_triggers_do_beside_stamping_stops_the_restore(
    sound: SoundLeague, guard: Guard, knows: bool, more: str
) -> None:
    database = sound.database
    stamps(database, *STAMPS)
    guard = guard if knows else Guard(database)
    guard.has_backed_up()
    everything_goes(database)
    has_trigger(database, f"NEW.touched := txid_current(); {more} RETURN NEW;", "BEFORE INSERT")
    if more:
        database.rows("CREATE TRIGGER more BEFORE INSERT ON captain_messages FOR EACH ROW EXECUTE FUNCTION answer()")
        for table in ("schedule", "polls", "poll_choices"):
            database.rows(f"DROP TRIGGER answer ON {table}")
    before = database.all_rows()
    with pytest.raises(errors.RestoreError, match="rolled back"):
        guard.restores()
    assert database.all_rows() == before


def test_what_is_left_out_is_said(sound: SoundLeague, guard: Guard) -> None:
    assert "not compared" not in sound.says("user-triggers").says
    stamps(sound.database, *STAMPS)
    sound.guard = guard
    guard.backs_up()
    finding = sound.finds("user-triggers")
    assert "Not compared, since triggers set them: captain_messages.lock_version, " in finding.why
    for table in TABLES:
        for name in STAMPS:
            assert f"{table}.{name}" in finding.why
    assert sound.says("user-triggers").status is Result.NOT_CHECKED
    assert sound.asks().safe


def test_a_declared_column_is_said_without_any_trigger(sound: SoundLeague) -> None:
    sound.database.rows("ALTER TABLE polls ADD touched bigint")
    polls = next(each for each in BUILT_IN if each.name == "polls")
    told = replace(polls, set_by_triggers=frozenset({"touched"}))
    sound.guard = replace(sound.guard, sets=[told if each is polls else each for each in BUILT_IN])
    check = sound.says("user-triggers")
    assert check.status is Result.PASSED
    assert check.says.endswith("; not compared, since triggers set them: polls.touched")


@pytest.mark.parametrize(
    ("body", "when"),
    [
        ("NEW.location := upper(NEW.location); RETURN NEW;", "BEFORE INSERT"),
        ("NEW.touched := 1; RETURN NEW;", "BEFORE UPDATE"),
        ("IF NEW.id > 5 THEN RETURN NULL; END IF; RETURN NEW;", "BEFORE INSERT OR UPDATE"),
    ],
)
def test_what_only_a_write_shows_is_not_checked_before_the_etl(sound: SoundLeague, body: str, when: str) -> None:
    has_trigger(sound.database, body, when, "schedule")
    finding, check = sound.finds("user-triggers"), sound.says("user-triggers")
    assert check.status is Result.NOT_CHECKED
    assert finding.what == (
        "1 trigger on protected tables: answer on schedule. Only a write shows what it makes of a row."
    )
    assert "`restore --dry-run` cannot know what they do" in finding.why
    assert sound.says("writes-swallowed").status is Result.PASSED
    assert sound.asks().safe


def test_what_fires_afterwards_and_a_rule_with_a_condition_are_told_apart(sound: SoundLeague) -> None:
    has_trigger(sound.database, "RETURN NULL;", "AFTER INSERT", "polls")
    assert sound.says("user-triggers").status is Result.WARNING
    sound.runs("CREATE RULE sift AS ON INSERT TO schedule WHERE NEW.location IS NULL DO INSTEAD NOTHING")
    finding = sound.finds("user-triggers")
    assert sound.says("user-triggers").status is Result.NOT_CHECKED
    assert finding.what == (
        "1 trigger and 1 rule on protected tables: answer on polls, sift on schedule. Only a write shows what it makes"
        " of a row: sift on schedule."
    )
    assert sound.says("writes-swallowed").status is Result.PASSED


SWALLOWING = {
    "a rule on INSERT": "CREATE RULE swallow AS ON INSERT TO schedule DO INSTEAD NOTHING",
    "a rule on UPDATE": "CREATE RULE swallow AS ON UPDATE TO users DO INSTEAD NOTHING",
    "a trigger": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN IF NEW.id > 0 THEN RETURN NULL; END IF; return  null; END';\n"
    "CREATE TRIGGER swallow BEFORE INSERT ON polls FOR EACH ROW EXECUTE FUNCTION no()",
}


@pytest.mark.parametrize("how", sorted(SWALLOWING))
def test_what_surely_swallows_rows_refuses_before_the_etl(sound: SoundLeague, how: str) -> None:
    sound.runs(SWALLOWING[how])
    assert sound.says("writes-swallowed").status is Result.FAILED
    assert not sound.asks().safe
    sound.runs(sound.finds("writes-swallowed").fix)
    assert sound.asks().safe


SIFTING = {
    "a trigger with a condition": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END';\nCREATE TRIGGER few BEFORE INSERT ON polls FOR EACH ROW"
    " WHEN (NEW.question IS NULL) EXECUTE FUNCTION no()",
    "one that fires afterwards": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END';\nCREATE TRIGGER after AFTER INSERT ON polls FOR EACH ROW EXECUTE FUNCTION no()",
    "one that fires for what is deleted": "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END';\nCREATE TRIGGER gone BEFORE DELETE ON polls FOR EACH ROW EXECUTE FUNCTION no()",
    "a rule for accounts that are made": "CREATE RULE closed AS ON INSERT TO users DO INSTEAD NOTHING",
    "a rule that does more": "CREATE RULE more AS ON INSERT TO polls DO ALSO NOTHING",
}


def test_what_may_let_rows_through_does_not_refuse(sound: SoundLeague) -> None:
    for statements in SIFTING.values():
        sound.runs(statements.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        assert sound.says("writes-swallowed").status is Result.PASSED


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("id", "says which row it is"),
        ("team_id", "says which row it is"),
        ("quesion", "the nearest name there is question"),
    ],
)
def test_what_cannot_be_set_by_triggers_is_a_usage_error(database: ScratchDatabase, column: str, said: str) -> None:
    text = f'[[protected]]\nname = "polls"\nset_by_triggers = ["{column}"]\n'
    with pytest.raises(errors.UsageError, match=said) as refused:
        Guard(database).with_connection(lambda open_: check_declared(open_, parse(text, "practice_guard.toml")))
    assert "practice_guard.toml, line 3" in refused.value.message
