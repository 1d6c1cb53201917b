"""Which database a command is aimed at, and what is refused before anybody connects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice_guard import settings
from practice_guard.core.application import BUILT_IN_PARENTS, Declared
from practice_guard.core.database import Database
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import Habits, League
from practice_guard.settings import Settings, Target
from tests.world.guarding import somebody

HERE = "postgresql://me:hunter2secret@db.example:5432/league"
THERE = "postgresql://me:hunter2secret@there.example/league"


def aimed(wanted: str | None = None, variables: Mapping[str, str] | None = None, **values: str) -> Target:
    return settings.resolve(Settings(_env_file=None, **values), wanted, variables or {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("local", "local"),
        ("LOCAL", "local"),
        ("staging", "staging"),
        ("railway", "railway"),
        ("production", "railway"),
        ("railway_production", "railway"),
        ("railway-production", "railway"),
        ("railway_staging", "staging"),
    ],
)
def test_environments_and_their_aliases(typed: str, meant: str) -> None:
    assert aimed(typed, local_url=HERE, staging_url=HERE, railway_url=HERE).environment == meant


def test_local_is_meant_when_nobody_says_anything() -> None:
    assert aimed(local_url=HERE).environment == "local"


def test_the_variable_names_an_environment_and_the_option_wins() -> None:
    assert aimed(env="staging", staging_url=HERE).environment == "staging"
    assert aimed("local", env="staging", local_url=HERE, staging_url=THERE).host == "db.example"


def test_on_railway_its_own_environment_is_meant_and_the_unpooled_url_preferred() -> None:
    railway = {"RAILWAY_ENVIRONMENT_NAME": "production", "DATABASE_URL": THERE, "DATABASE_UNPOOLED_URL": HERE}
    target = aimed(None, railway)
    assert (target.environment, target.source, target.host) == ("railway", "DATABASE_UNPOOLED_URL", "db.example")
    del railway["DATABASE_UNPOOLED_URL"]
    assert aimed(None, railway).source == "DATABASE_URL"


def test_off_railway_the_public_url_is_used_for_it_and_for_nothing_else() -> None:
    public = {"DATABASE_PUBLIC_URL": THERE, "DATABASE_URL": HERE}
    assert aimed("railway", public).source == "DATABASE_PUBLIC_URL"
    with pytest.raises(UsageError, match="PRACTICE_GUARD_STAGING_URL"):
        aimed("staging", public)


def test_a_pull_requests_environment_uses_its_own_database_only_and_is_protected() -> None:
    railway = {"RAILWAY_ENVIRONMENT_NAME": "league-pr-17", "DATABASE_URL": HERE}
    target = aimed(None, railway, railway_url=THERE, local_url=THERE)
    assert (target.environment, target.host, target.protected) == ("league-pr-17", "db.example", True)
    with pytest.raises(UsageError, match="DATABASE_UNPOOLED_URL"):
        aimed(None, {"RAILWAY_ENVIRONMENT_NAME": "league-pr-17"}, railway_url=THERE)


def test_from_one_railway_environment_another_is_not_reached_by_its_variables() -> None:
    with pytest.raises(UsageError, match="PRACTICE_GUARD_RAILWAY_URL"):
        aimed("railway", {"RAILWAY_ENVIRONMENT_NAME": "staging", "DATABASE_URL": HERE, "DATABASE_PUBLIC_URL": HERE})


@pytest.mark.parametrize(("name", "protected"), [("local", False), ("staging", False), ("railway", True)])
def test_which_environments_want_their_name_typed(name: str, protected: bool) -> None:
    assert aimed(name, local_url=HERE, staging_url=HERE, railway_url=HERE).protected is protected


def test_a_socket_directory_is_a_host() -> None:
    target = aimed(local_url="postgresql://postgres:@/league?host=/var/run/postgresql")
    assert (target.host, target.database) == ("/var/run/postgresql", "league")


def test_a_password_is_not_in_anything_that_can_be_printed() -> None:
    target = aimed(local_url=HERE)
    assert "hunter2" not in repr(target) + str(target) + repr(Settings(_env_file=None, local_url=HERE))


@given(st.text(min_size=4))
def test_whatever_is_in_a_url_it_is_not_in_the_message(secret: str) -> None:
    said = ""
    try:
        aimed(local_url=f"postgresql://me:{secret}@host/db")
    except UsageError as error:
        said = str(error)
    assert f":{secret}@" not in said


def test_real_variables_win_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"PRACTICE_GUARD_LOCAL_URL={THERE}\nPRACTICE_GUARD_ENV=local\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRACTICE_GUARD_LOCAL_URL", raising=False)
    assert settings.resolve(settings.load(), None, {}).host == "there.example"
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", HERE)
    assert settings.resolve(settings.load(), None, {}).host == "db.example"


def test_nothing_is_declared_where_nothing_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings.load_declared(Settings(_env_file=None)) == Declared()


def test_what_is_declared_is_in_the_usual_file_or_in_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "practice_guard.toml").write_text('not_protected = ["practices"]')
    (tmp_path / "other.toml").write_bytes(b"# nothing\r\n")
    assert settings.load_declared(Settings(_env_file=None)).without == {"practices"}
    assert settings.load_declared(Settings(_env_file=None, config=Path("other.toml"))) == Declared()
    (tmp_path / "other.toml").write_bytes(b"\r\nnothing = 1\r\n")
    with pytest.raises(UsageError, match=r"other\.toml, line 2: "):
        settings.load_declared(Settings(_env_file=None, config=Path("other.toml")))


def test_what_is_declared_of_leagues_is_asked_of_every_plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "practice_guard.toml").write_text('[[league]]\ncode = "LAKE"\nnames = "unique"\n')
    set_ = Settings(_env_file=None)
    declared = settings.load_declared(set_)
    assert settings.request(set_, declared).habits == Habits((League("LAKE", unique_names=True),))
    assert settings.request(set_).habits == settings.request(set_, Declared()).habits == Habits()


def test_a_guard_is_told_what_is_declared_that_an_import_renumbers(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text('[[parent]]\nname = "products"\ntable = "products"\nsame = ["sku"]\n')
    set_ = Settings(_env_file=None, config=tmp_path / "shop.toml")
    guard = settings.guard(set_, cast("Database", None), settings.load_declared(set_), somebody())
    assert [each.name for each in guard.parents] == [*(each.name for each in BUILT_IN_PARENTS), "products"]


def test_a_file_of_what_is_declared_that_cannot_be_read_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "practice_guard.toml").symlink_to("nowhere")
    named = Settings(_env_file=None, config=Path("missing.toml"))
    told = r"PRACTICE_GUARD_CONFIG names missing\.toml, which cannot be read: No such file or directory\. Nothing was"
    with pytest.raises(UsageError, match=told):
        settings.load_declared(named)
    with pytest.raises(UsageError, match=r"There is practice_guard\.toml, which cannot be read: No such file"):
        settings.load_declared(Settings(_env_file=None))
    (tmp_path / "missing.toml").write_bytes(b"# \xff")
    with pytest.raises(UsageError, match="which cannot be read: it is not UTF-8"):
        settings.load_declared(named)


def test_every_setting_is_in_the_example_file() -> None:
    listed = (Path(__file__).parents[3] / ".env.example").read_text()
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"PRACTICE_GUARD_{name.upper()}")
        assert f"{variable}=" in listed, variable
