"""Environments and settings: PRACTICE_GUARD_* variables, Railway's own, and .env (contract, "Settings")."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from practice_guard import files
from practice_guard.core.application import SCHEMA, Declared, declared
from practice_guard.core.database import LOCK_TIMEOUT, STATEMENT_TIMEOUT, Database
from practice_guard.core.errors import DatabaseError, UnreachableError, UsageError
from practice_guard.core.findings import validate
from practice_guard.core.guarding import MAX_AGE, Guard, Request
from practice_guard.core.identity import ROSTER_AT_LEAST, ROSTER_PERCENT
from practice_guard.core.model import (
    BULK_PERCENT,
    BULK_ROWS,
    LONGEST_TIMEOUT,
    SLOW_PERCENT,
    SLOW_SECONDS,
    Author,
    Bulk,
    Severity,
    Slow,
)
from practice_guard.core.words import near

ENVIRONMENTS = ("local", "staging", "railway")
DEFAULT_ENVIRONMENT = "local"
REHEARSAL = "rehearsal"
"""What a rehearsal's copy is marked with; an environment only where PRACTICE_GUARD_REHEARSAL_URL is set."""

DATABASE_VARIABLES = (
    "DATABASE_UNPOOLED_URL", "DATABASE_URL", "DATABASE_PUBLIC_UNPOOLED_URL", "DATABASE_PUBLIC_URL",
)  # fmt: skip
"""Railway's variables: on Railway itself the first that is set counts, from outside the first that is public."""

ALIASES = {"production": "railway", "railway_production": "railway", "railway_staging": "staging"}
EXAMPLE = "postgresql://user:password@localhost:5432/database"
_CENTURY = 24.0 * 36_525
"""Hours beyond which no snapshot's age is a question."""

_WHATEVER = 1e6
"""Percent of an ETL's time beyond which no limit is meant."""

USUAL_CONFIG = Path("practice_guard.toml")
"""Where the protected sets are declared when PRACTICE_GUARD_CONFIG says nothing."""


class Settings(BaseSettings):
    """Everything that can be set. Real environment variables win over .env; an empty one counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix="PRACTICE_GUARD_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    env: str | None = Field(None, description="the environment that commands without --env are aimed at")
    local_url: SecretStr | None = Field(None, description="the local database")
    staging_url: SecretStr | None = Field(None, description="the staging database")
    railway_url: SecretStr | None = Field(None, description="the production database on Railway")
    rehearsal_url: SecretStr | None = Field(None, description="a rehearsal's copy that was kept")
    copy_url: SecretStr | None = Field(None, description="a server where rehearsals make their copies")
    database_schema: str = Field(SCHEMA, validation_alias="PRACTICE_GUARD_SCHEMA", description="the tables' schema")
    config: Path | None = Field(None, description="the file that declares what else is protected")
    lock_timeout: float = Field(LOCK_TIMEOUT, gt=0, le=LONGEST_TIMEOUT, description="seconds to go on trying for locks")
    statement_timeout: float = Field(
        STATEMENT_TIMEOUT, gt=0, le=LONGEST_TIMEOUT, description="seconds that one statement may take"
    )
    max_snapshot_age_hours: float = Field(
        MAX_AGE / timedelta(hours=1), gt=0, le=_CENTURY, description="hours after which a snapshot counts as old"
    )
    roster_at_least: int = Field(
        ROSTER_AT_LEAST, ge=1, description="shared players below which a roster witnesses nothing"
    )
    roster_percent: float = Field(ROSTER_PERCENT, gt=50, le=100, description="percent of a roster that must agree")
    bulk_rows: int = Field(BULK_ROWS, ge=0, description="deleted or moved rows up to which a day is ordinary")
    bulk_percent: float = Field(BULK_PERCENT, ge=0, le=100, description="percent of a set up to which it is so too")
    etl_tables: str = Field("", description="what the import writes besides, for backup --full: names with commas")
    slow_seconds: float = Field(
        SLOW_SECONDS, ge=0, le=LONGEST_TIMEOUT, description="seconds of the guard up to which no night is slow"
    )
    slow_percent: float = Field(
        SLOW_PERCENT, ge=0, le=_WHATEVER, description="percent of the ETL's time up to which it is not either"
    )
    severities: dict[str, Severity] = Field({}, description="findings that weigh more or less than usual, as JSON")

    @field_validator("severities")
    @classmethod
    def _known_findings(cls, wanted: dict[str, Severity]) -> dict[str, Severity]:
        try:
            validate(wanted)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return wanted


@dataclass(frozen=True, slots=True)
class Target:
    """The database a command is aimed at. `url` is shown by nobody; `source` is the variable it came from."""

    environment: str
    url: SecretStr
    source: str
    host: str
    database: str
    port: str = "5432"

    @property
    def protected(self) -> bool:
        """Whether destructive commands need the environment's name confirmed."""
        return self.environment not in ("local", "staging", REHEARSAL)


def load() -> Settings:
    """Read the settings.

    Raises:
        UsageError: a value is malformed; names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        variable = name if name.startswith("PRACTICE_GUARD_") else f"PRACTICE_GUARD_{name.upper()}"
        raise _unusable(variable, first["msg"].removeprefix("Value error, ").rstrip(".")) from None
    except SettingsError as error:
        raise _unusable(f"PRACTICE_GUARD_{_field(error)}", "it is not JSON") from None


def load_declared(settings: Settings) -> Declared:
    """Read what is declared in the file that PRACTICE_GUARD_CONFIG names, else in the usual one if it is there.

    Raises:
        UsageError: the named file is not there, or one cannot be read or understood.
    """
    path = config_of(settings)
    if settings.config is None and files.free(path):
        return Declared()
    named = "PRACTICE_GUARD_CONFIG names" if settings.config else "There is"
    try:
        text = files.read_text(path, f"{named} {path}, which")
    except UsageError as error:
        raise UsageError(f"{error.message} Nothing was done.") from error
    return declared.parse(text, str(path), settings.database_schema)


def config_of(settings: Settings) -> Path:
    """Return the settings file that is meant: the one that PRACTICE_GUARD_CONFIG names, else the usual one."""
    return settings.config or USUAL_CONFIG


def _unusable(variable: str, why: str) -> UsageError:
    steps = (f"unset {variable}   # or take it out of .env; .env.example shows what it takes",)
    return UsageError(f"{variable} is not usable: {why}.", next_steps=steps)


def _field(error: SettingsError) -> str:
    found = re.search(r'field "(\w+)"', str(error))
    return found[1].upper() if found else "*"


def resolve(settings: Settings, wanted: str | None, variables: Mapping[str, str] | None = None) -> Target:
    """Find out which database is meant.

    Args:
        settings: the settings.
        wanted: what --env said, or None.
        variables: the process's environment, for Railway's variables.

    Raises:
        UsageError: the environment is not known, or its URL is missing or malformed.
    """
    variables = os.environ if variables is None else variables
    environment = environment_of(settings, wanted, variables)
    railway = variables.get("RAILWAY_ENVIRONMENT_NAME")
    here = canonical(railway) if railway else None
    url, source = _url(settings, environment, here, variables)
    return _checked(environment, url, source)


def copy_server(settings: Settings) -> Target | None:
    """Return the server that PRACTICE_GUARD_COPY_URL names for copies; None where it names none.

    Raises:
        UsageError: it is malformed.
    """
    found = settings.copy_url
    return _checked(REHEARSAL, found.get_secret_value(), "PRACTICE_GUARD_COPY_URL") if found else None


def urls(settings: Settings, variables: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return every URL of a database that the settings and Railway's variables name, but for copies."""
    variables = os.environ if variables is None else variables
    own = (settings.local_url, settings.staging_url, settings.railway_url)
    named = (variables.get(name, "") for name in DATABASE_VARIABLES)
    return tuple(filter(None, (*(each.get_secret_value() for each in own if each), *named)))


def environment_of(settings: Settings, wanted: str | None, variables: Mapping[str, str] | None = None) -> str:
    """Return the environment that is meant: what was asked for, else what `named` says, else local.

    Raises:
        UsageError: there is no such environment.
    """
    railway = (os.environ if variables is None else variables).get("RAILWAY_ENVIRONMENT_NAME")
    environment = canonical(wanted or named(settings, variables) or DEFAULT_ENVIRONMENT)
    if environment == REHEARSAL and settings.rehearsal_url is not None:
        return environment
    if environment not in (*ENVIRONMENTS, canonical(railway) if railway else None):
        names = (*ENVIRONMENTS, *ALIASES)
        raise UsageError(
            f"There is no environment {environment!r}{near(environment, names)}. Known are: {', '.join(names)}.",
            next_steps=("Name one of them with --env, or in PRACTICE_GUARD_ENV.",),
        )
    return environment


def named(settings: Settings, variables: Mapping[str, str] | None = None) -> str | None:
    """Return the environment that the process was started for, PRACTICE_GUARD_ENV first; None where nothing says."""
    variables = os.environ if variables is None else variables
    return settings.env or variables.get("RAILWAY_ENVIRONMENT_NAME") or None


def on_railway(variables: Mapping[str, str] | None = None) -> bool:
    """Whether this process runs on Railway."""
    return bool((os.environ if variables is None else variables).get("RAILWAY_ENVIRONMENT_NAME"))


def explained(error: DatabaseError, target: Target, variables: Mapping[str, str] | None = None) -> DatabaseError:
    """Say what to type next where a database cannot be reached; Railway's private names exist on Railway only."""
    if isinstance(error, UnreachableError) and target.host.endswith(".railway.internal") and not on_railway(variables):
        own = f"PRACTICE_GUARD_{target.environment.upper()}_URL"
        return UnreachableError(
            f"{target.source} names {target.host}, a private host of Railway: it cannot be reached from outside. "
            "Nothing was done.",
            next_steps=(
                "railway connect postgres --tunnel-only   # leave it open; it prints a local address",
                f"Then set {own} to that address, with user, password and the database's name, {target.database}.",
                f"Or set {own} to DATABASE_PUBLIC_URL of the database's service; its host ends with .proxy.rlwy.net.",
            ),
        )
    if isinstance(error, UnreachableError):
        steps = (f"pg_isready -h {shlex.quote(target.host)} -p {target.port}   # {target.source} says so",)
    else:
        steps = (f"export {target.source}={EXAMPLE}   # is it this user, password and database?",)
    return type(error)(error.message, next_steps=(*error.next_steps, *steps), **error.data)


def canonical(name: str) -> str:
    """Return an environment's own name for any of its aliases."""
    folded = name.strip().lower().replace("-", "_")
    return ALIASES.get(folded, folded if folded in ENVIRONMENTS else name.strip())


def _url(settings: Settings, environment: str, here: str | None, variables: Mapping[str, str]) -> tuple[str, str]:
    known = environment in (*ENVIRONMENTS, REHEARSAL)
    own: SecretStr | None = getattr(settings, f"{environment}_url", None) if known else None
    variable = f"PRACTICE_GUARD_{environment.upper()}_URL"
    if own is not None:
        return own.get_secret_value(), variable
    candidates: tuple[str, ...] = ()
    if here == environment:
        candidates = DATABASE_VARIABLES[:2]
    elif here is None and environment == "railway":
        candidates = DATABASE_VARIABLES[2:]
    for name in candidates:
        if variables.get(name):
            return variables[name], name
    wanted = " or ".join((variable, *candidates)) if environment in ENVIRONMENTS else " or ".join(candidates)
    raise UsageError(
        f"No database is set for {environment}: {wanted} is missing.",
        next_steps=(f"export {wanted.partition(' ')[0]}={EXAMPLE}", "or write it into .env (see .env.example)"),
    )


def _checked(environment: str, url: str, source: str) -> Target:
    """Refuse what libpq would misread: parts of a password in a host name, or the PG* variables' database."""
    example = f"export {source}={EXAMPLE}"
    malformed = UsageError(
        f"{source} is not a PostgreSQL URL that can be read. "
        "Special characters in a password are written as %XX (@ is %40, / is %2F, % is %25).",
        next_steps=(example,),
    )
    if not re.match(r"^postgres(ql)?://", url):
        raise malformed
    try:
        parts = conninfo_to_dict(url)
        urlsplit(url).port  # noqa: B018  (raises on a port that is no number)
    except (ProgrammingError, ValueError):
        raise malformed from None
    host, database = str(parts.get("host") or parts.get("hostaddr") or ""), str(parts.get("dbname") or "")
    if not database or (not host and "@" in urlsplit(url).path):
        raise malformed
    if not host:
        raise UsageError(f"{source} names no host and no socket directory.", next_steps=(example,))
    if "@" in host or " " in host:
        raise malformed
    return Target(environment, SecretStr(url), source, host, database, str(parts.get("port") or "5432"))


def env_file_is_private(path: Path = Path(".env")) -> bool:
    """Whether .env, where there is one, can be read by its owner only."""
    return not path.exists() or os.name == "nt" or not path.stat().st_mode & 0o077


def request(settings: Settings, declared: Declared | None = None) -> Request:
    """Return what the settings ask of a plan, and what is declared of the leagues."""
    return Request(
        roster_at_least=settings.roster_at_least,
        roster_percent=settings.roster_percent,
        bulk=Bulk(settings.bulk_rows, settings.bulk_percent),
        habits=(declared or Declared()).habits,
    )


def slow(settings: Settings) -> Slow:
    """Return from when on the settings call the guard slow."""
    return Slow(settings.slow_seconds, settings.slow_percent)


def guard(settings: Settings, database: Database, declared: Declared, author: Author) -> Guard:
    """Aim a guard at an open database, with what the settings say and what is declared."""
    return Guard(
        database,
        declared.everything,
        author,
        settings.database_schema,
        request(settings, declared),
        settings.severities,
        timedelta(hours=settings.max_snapshot_age_hours),
        settings.lock_timeout,
        parents=declared.every_parent,
        settings_file=str(config_of(settings)),
        etl_tables=frozenset(name for each in settings.etl_tables.split(",") if (name := each.strip())),
    )
