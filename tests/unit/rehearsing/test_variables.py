"""The environment of an ETL that is rehearsed: what leads to the copy, what is taken out, what stays."""

from __future__ import annotations

import pytest

from practice_guard.core.database import addresses
from practice_guard.core.rehearsing import variables
from practice_guard.core.rehearsing.variables import Environment

REAL = "postgresql://captain:a%2FGreen%20Court9@db.tennaqua.example:5433/league?sslmode=require"
SECRET = "a/Green Court9"
COPY = "postgresql://postgres:@/league?host=/tmp/rehearsal"


def rehearsed(*names: str, real: str = REAL, more: tuple[str, ...] = (), **given: str) -> Environment:
    return variables.rehearsed(given, [addresses.address(real)], addresses.address(COPY), names, more)


def test_what_must_lead_to_the_copy_does_whether_it_was_there_or_not() -> None:
    found = rehearsed("DATABASE_URL", "LEAGUE_DB", DATABASE_URL=REAL, LANG="C")
    assert found.variables["DATABASE_URL"] == found.variables["LEAGUE_DB"] == COPY
    assert found.variables["LANG"] == "C"
    assert found.led == ("DATABASE_URL", "LEAGUE_DB")
    assert found.taken == ()


@pytest.mark.parametrize(
    "url",
    [
        REAL,
        "postgres://captain:a%2FGreen%20Court9@db.tennaqua.example:5433/league",
        "postgresql+psycopg2://reader:other@DB.tennaqua.example:5433/league",
        "postgresql://captain:a%2FGreen%20Court9@proxy.rlwy.example:11111/league",
        "postgresql:///league?host=db.tennaqua.example&port=5433&user=reader",
        f" {REAL}\n",
    ],
)
def test_a_whole_url_of_the_real_database_leads_to_the_copy_under_its_own_scheme(url: str) -> None:
    found = rehearsed(ANY=url)
    assert found.variables["ANY"] == f"{url.strip().partition('://')[0]}{COPY.removeprefix('postgresql')}"
    assert found.led == ("ANY",)


@pytest.mark.parametrize(
    "value",
    [
        f"see {REAL}",
        f'{{"db": "{REAL}"}}',
        SECRET,
        f"x{SECRET}y",
        "a%2FGreen%20Court9",
        "a%2FGreen+Court9",
        f"host=db.tennaqua.example password='{SECRET}'",
        "first=1;url=postgresql://reader:other@db.tennaqua.example:5433/league",
    ],
)
def test_a_variable_with_what_opens_the_real_database_is_taken_out(value: str) -> None:
    found = rehearsed(NOTES=value)
    assert (dict(found.variables), found.taken) == (
        {"PGHOST": "/tmp/rehearsal", "PGDATABASE": "league", "PGUSER": "postgres"},
        ("NOTES",),
    )


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://captain:other@db.tennaqua.example:5433/website",
        "postgresql://captain:other@db.tennaqua.example/league",
        "mysql://captain:other@db.tennaqua.example:5433/league",
        "https://tennaqua.example/league",
        "league",
        "captain",
    ],
)
def test_what_leads_elsewhere_stays(value: str) -> None:
    assert rehearsed(SOURCE=value).variables["SOURCE"] == value


def test_variables_of_libpq_lead_to_the_copy_or_are_gone() -> None:
    found = rehearsed(PGHOST="db", PGHOSTADDR="10.0.0.7", PGPASSFILE="/root/.pgpass", PGSERVICE="league", PGTZ="UTC")
    assert found.variables == {"PGHOST": "/tmp/rehearsal", "PGDATABASE": "league", "PGUSER": "postgres", "PGTZ": "UTC"}
    assert found.led == ("PGHOST",)
    assert found.taken == ("PGHOSTADDR", "PGPASSFILE", "PGSERVICE")


def test_a_password_that_is_a_word_is_known_by_where_it_stands() -> None:
    real = "postgresql://postgres:postgres@localhost/league"
    usual = {"PATH": "/usr/lib/postgres/bin", "USER": "postgres", "DB_NAME": "postgres"}
    secret = {"DB_PASSWORD": "postgres", "DSN": "user=postgres password=postgres", "U": "redis://u:postgres@localhost"}
    found = variables.rehearsed({**usual, **secret}, [addresses.address(real)], addresses.address(COPY), ())
    assert {name: found.variables.get(name) for name in usual} == usual
    assert found.taken == tuple(sorted(secret))


def test_a_password_that_stands_beside_the_url_is_taken_out_too() -> None:
    bare = "postgresql://captain@db.tennaqua.example/league"
    assert rehearsed(real=bare, more=("sesame-and-onions",), TOKEN="sesame-and-onions", PGPASSWORD="x").taken == (
        "PGPASSWORD",
        "TOKEN",
    )


def test_neither_a_url_nor_a_password_is_in_what_is_shown_or_handed_to_a_program() -> None:
    address = addresses.address(REAL)
    assert SECRET not in f"{address!r} {rehearsed(DATABASE_URL=REAL)!r} {address.plain}"
    assert "Green" not in f"{address!r} {rehearsed('DATABASE_URL', DATABASE_URL=REAL)!r} {address.plain}"
    assert address.plain == "user=captain dbname=league host=db.tennaqua.example port=5433 sslmode=require"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        (REAL, REAL.replace("/league?", "/a%20copy%2F1?")),
        ("postgresql:///league?host=/tmp", "postgresql:///a%20copy%2F1?host=/tmp"),
        ("postgresql://captain@/?dbname=league&host=/tmp", "postgresql://captain@/a%20copy%2F1?host=/tmp"),
        ("postgresql://captain@one:1,two:2/league", "postgresql://captain@one:1,two:2/a%20copy%2F1"),
    ],
)
def test_the_address_of_another_database_of_the_same_server(url: str, other: str) -> None:
    found = addresses.address(url).of("a copy/1")
    assert (found.url, found.parts["dbname"]) == (other, "a copy/1")


def test_a_command_line_that_leads_to_the_real_database_is_known() -> None:
    real = [addresses.address(REAL)]
    for word in (REAL, f"--url={REAL}", SECRET, "--url=postgres://reader@db.tennaqua.example:5433/league"):
        assert variables.leads(word, real)
    for word in ("python", "--league", "league", "postgresql://captain:other@db.tennaqua.example/website"):
        assert not variables.leads(word, real)
