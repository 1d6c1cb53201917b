"""Where a rehearsal's copy is made, and how: on a server of its own, on one that is named, or beside the original."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import quote

from practice_guard.core.errors import DatabaseError, WrongDatabaseError
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard import settings
    from practice_guard.commands.call import Call
    from practice_guard.core import database as databases
    from practice_guard.core.database import Connection, addresses
    from practice_guard.core.database.addresses import Address
    from practice_guard.core.model import Author
    from practice_guard.core.records import Place, installation, marking
    from practice_guard.core.rehearsing import copying, estimate, original, plans, scratch, tools, variables
    from practice_guard.core.rehearsing.original import Original
    from practice_guard.core.rehearsing.plans import Copy, Plan
    from practice_guard.core.steps import Advice
    from practice_guard.demo import server as servers
    from practice_guard.settings import Target
else:
    (settings,) = later("practice_guard", "settings")
    (databases,) = later("practice_guard.core", "database")
    (addresses,) = later("practice_guard.core.database", "addresses")
    installation, marking = later("practice_guard.core.records", "installation", "marking")
    copying, estimate, original, plans, scratch, tools, variables = later(
        "practice_guard.core.rehearsing",
        "copying", "estimate", "original", "plans", "scratch", "tools", "variables",
    )  # fmt: skip
    (servers,) = later("practice_guard.demo", "server")


def planned(call: Call, facts: Original, *, same_server: bool, before: float | None) -> Plan:
    """Find out where and with what a copy can be made, before anything is made.

    Args:
        call: with the database that is copied.
        facts: what was read of it.
        same_server: beside the original.
        before: seconds that the last run took.

    Raises:
        UsageError: there are no dump tools that fit, or there is no room.
        AccessError: the role may make no database there.
    """
    named = None if same_server else settings.copy_server(call.settings)
    found = tools.find((*servers.tool_directories(), *tools.usual_places(os.environ.get("PATH", ""))))
    if same_server or named:
        server = named or call.target
        there = facts if same_server else _facts_of(call, server)
        scratch.check_right(there, server.source)
        chosen, version = tools.choose(found, facts.version, (there.version,), f"the server of {server.source}")
        where, cost = plans.Where.SAME if same_server else plans.Where.SERVER, estimate.of(facts.size, None, before)
        return plans.Plan(where, facts, call.place, version, chosen, cost)
    chosen, version = tools.choose(found, facts.version, servers.versions(), "the embedded PostgreSQL")
    directory = servers.place_of(version, estimate.needed(facts.size))
    cost = estimate.of(facts.size, directory, before)
    estimate.check(cost, directory)
    return plans.Plan(plans.Where.EMBEDDED, facts, call.place, version, chosen, cost)


@contextmanager
def made(call: Call, plan: Plan, given: Mapping[str, str], *, keep: bool) -> Iterator[Copy]:
    """Make a copy, and remove it when the block ends, however that is.

    Args:
        call: with the database that is copied.
        plan: how.
        given: the environment variables of this process, by which the original is reached.
        keep: leave it, once it is whole.
    """
    stack, began = ExitStack(), monotonic()
    try:
        if plan.where is not plans.Where.SAME:
            stack.enter_context(_without(variables.LIBPQ - _OF_A_SERVER))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="practice-guard-rehearsal-")))
        room = _empty(call, plan, stack)
        left_out, closed = _fill(call, plan, room.address, given)
        if keep:
            room.stays()
        reached, seconds = room.reached if keep else (), monotonic() - began
        yield plans.Copy(plan, room.address, directory, room.sorts_alike, left_out, closed, seconds, reached)
    finally:
        with _undisturbed():
            stack.close()


@contextmanager
def opened(call: Call, place: Place, address: Address) -> Iterator[Connection]:
    """Open a copy, and make sure that it is one.

    Raises:
        WrongDatabaseError: it is the original.
    """
    with connected(call, address.url) as connection:
        with connection.transaction(databases.Access.READ):
            found = installation.locate(connection)
        if (found.system, found.oid) == (place.system, place.oid):
            raise WrongDatabaseError(f"The copy would be the database itself, {place.name}. Nothing was written.")
        yield connection


_OF_A_SERVER = frozenset({"PGPASSFILE", "PGSSLMODE", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL"})
"""Variables of libpq that may hold for several servers."""


_THERE = frozenset({"postgres", "template0", "template1"})
"""Databases that a new server has."""


def connected(call: Call, url: str) -> AbstractContextManager[Connection]:
    """Open a database for what a rehearsal has to do there."""
    timeouts = databases.Timeouts(call.patience, call.statement_timeout or call.settings.statement_timeout)
    return databases.connect(url, application="practice_guard:rehearse", timeouts=timeouts, schema=call.schema)


def _facts_of(call: Call, server: Target) -> Original:
    with _without(variables.LIBPQ - _OF_A_SERVER):
        try:
            with (
                connected(call, server.url.get_secret_value()) as connection,
                connection.transaction(databases.Access.READ),
            ):
                return original.read(connection)
        except DatabaseError as error:
            raise settings.explained(error, server) from error


@dataclass(frozen=True)
class _Room:
    """An empty database, how it is reached and removed, and what has it stay when the stack is closed."""

    address: Address
    sorts_alike: bool
    reached: tuple[str, ...]
    stays: Callable[[], object]


def _empty(call: Call, plan: Plan, stack: ExitStack) -> _Room:
    """Make the empty database, to be removed with the stack."""
    server = _server_of(call, plan)
    if server is None:
        name = call.place.name if call.place.name not in _THERE else scratch.new_name()
        room = estimate.needed(plan.facts.size)
        own = stack.enter_context(servers.running(plan.version, room=room))
        with connected(call, own.url()) as connection:
            scratch.add_roles(connection, plan.facts)
            alike = scratch.create(connection, name, plan.facts)
        url = own.url(quote(name, safe=""))
        reached = (
            f"export PRACTICE_GUARD_REHEARSAL_URL='{url}'   # then --env rehearsal is the copy",
            f"{own.stop_command}   # removes it",
        )
        return _Room(addresses.address(url), alike, reached, own.stays)
    name, url = scratch.new_name(), server.url.get_secret_value()
    removal = stack.enter_context(ExitStack())
    removal.callback(_drop, call, server, name)
    with _at_once(), connected(call, url) as connection:
        alike = scratch.create(connection, name, plan.facts)
    reached = (
        f"The copy is database {name} on the server of {server.source}.",
        f"DROP DATABASE {name} WITH (FORCE);   -- removes it",
    )
    return _Room(addresses.address(url).of(name), alike, reached, removal.pop_all)


def _server_of(call: Call, plan: Plan) -> Target | None:
    """Return the server where a database is made; None for one of our own."""
    if plan.where is plans.Where.EMBEDDED:
        return None
    return call.target if plan.where is plans.Where.SAME else settings.copy_server(call.settings)


_Names = tuple[str, ...]


def _fill(call: Call, plan: Plan, address: Address, given: Mapping[str, str]) -> tuple[_Names, _Names]:
    """Copy everything, and mark the copy as one, so that no command takes it for its original.

    Returns:
        the extensions that had to be left out, and the foreign servers that nobody can log in to from it.
    """
    call.progress.begins("copying")
    with opened(call, plan.place, address) as connection:
        with connection.transaction(databases.Access.READ):
            there = original.available(connection)
        own = plan.facts.extensions
        missing = tuple(each for each in own if each not in there)
        extensions = copying.Extensions([each for each in own if each in there], missing)
        source = addresses.address(call.target.url.get_secret_value())
        ways = copying.Ways(
            source, address, copying.with_password(given, source), copying.with_password(os.environ, address)
        )
        with _told_of(plan.facts, missing):
            copying.copy(plan.tools, ways, extensions, patience=call.patience)
        closed = scratch.close_ways_out(connection)
        marking.mark(connection, author_of(call), patience=call.patience)
        with suppress(DatabaseError):  # plans are slower without, and that is all
            scratch.learn(connection)
    return missing, closed


def author_of(call: Call) -> Author:
    """Return on whose behalf is written in a copy: it is an environment of its own."""
    return replace(call.author, environment=settings.REHEARSAL)


@contextmanager
def _told_of(facts: Original, missing: _Names) -> Iterator[None]:
    """Say what may be why a copy could not be made: a right, or what its server lacks and something in it needs.

    Raises:
        DatabaseError: it could not.
    """
    try:
        yield
    except DatabaseError as error:
        steps: tuple[Advice, ...] = error.next_steps
        message = error.message
        if re.search("pg_dump .*permission denied", message):
            steps = (scratch.may_read(facts),)
        elif missing:
            message += f" The copy's server has no {', '.join(missing)}, which the original has."
            steps = (
                "export PRACTICE_GUARD_COPY_URL=postgresql://user:password@localhost:5432/postgres   # one that has",
                "or --on-same-server, where the role may make databases",
            )
        raise type(error)(message, next_steps=steps) from error


def _drop(call: Call, server: Target, name: str) -> None:
    try:
        with connected(call, server.url.get_secret_value()) as connection:
            scratch.drop(connection, name)
    except DatabaseError as error:
        raise type(error)(
            f"{error.message} The copy, database {name} on the server of {server.source}, was not removed.",
            next_steps=(f"DROP DATABASE {name} WITH (FORCE);   -- there",),
        ) from error


@contextmanager
def _without(names: frozenset[str]) -> Iterator[None]:
    """Let no variable of this process lead a connection to the original that is meant for the copy."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def _undisturbed() -> Iterator[list[int]]:
    """Heed no signal that would end this process while a database is being made or removed; yields those that came."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    before = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in numbers
        if number not in ignored
    }
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _at_once() -> Iterator[None]:
    """Heed such a signal when the block is done: what the server is at work on is not there yet, to be removed."""
    with _undisturbed() as came:
        yield
    for number in came[:1]:
        signal.raise_signal(number)
