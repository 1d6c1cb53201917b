"""The `demo` command: a healthy league, the nightly ETL, the rescue, and a check that trusts no one."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import psycopg
from psycopg import sql
from rich.console import Console

from practice_guard import exits
from practice_guard.core.errors import GuardError, UsageError
from practice_guard.demo import check, league, load, steps
from practice_guard.demo.telling import (
    DATABASE,
    WIDEST,
    Options,
    Story,
    announce,
    conclude,
    document,
    say_how_to_go_on,
    show,
)
from practice_guard.demo.variant import Variant
from practice_guard.exits import Status
from practice_guard.render import json as render_json
from practice_guard.render import text as render_text
from practice_guard.render.outcome import Heading


def tell(
    *,
    keep: bool = False,
    small: bool = False,
    variant: str = "recreate",
    pg: int = 16,
    as_json: bool = False,
    color: bool = True,
    rehearse: bool = False,
    out: TextIO | None = None,
) -> int:
    """Runs the whole demo and returns its exit status.

    Args:
        keep: leave the server up, and say how to reach and how to stop it.
        small: a league of some 80 teams instead of 930.
        variant: what the ETL does, one or several of `variant.VARIANTS` with commas between them.
        pg: PostgreSQL's major version.
        as_json: one JSON document at the end instead of text as it happens.
        color: whether there may be colours, where the terminal and NO_COLOR allow them.
        rehearse: try the night on a copy first.
        out: where it is told, by default standard output.

    Returns:
        0 when every practice is on its team exactly once and every command's status was the expected one; 4 when
        some wait for a team that the import lacked; 3 otherwise; 2 for an unknown variant, or where there is no
        embedded PostgreSQL for this platform.
    """
    words = tuple(word.strip() for word in variant.split(","))
    options = Options(keep=keep, small=small, variant=words, version=pg, json=as_json, color=color, rehearse=rehearse)
    out = out or sys.stdout
    try:
        return _tell(options, out)
    except GuardError as error:
        status = exits.of_error(error)
        if as_json:
            render_json.show_error(Heading("demo"), error, status)
        else:
            render_text.show_error(render_text.console(sys.stderr, color=color), Heading("demo"), error, status)
        return status


def _tell(options: Options, out: TextIO) -> Status:
    variant = _variant(options)
    console = Console(
        file=out, no_color=None if options.color else True, highlight=False, soft_wrap=True, quiet=options.json
    )
    began = time.monotonic()
    with _league(options, console) as story:
        status = _incident(story, variant, options)
        seconds = time.monotonic() - began
        if options.json:
            out.write(json.dumps(document(story, options, status, seconds), ensure_ascii=False, indent=2) + "\n")
        else:
            conclude(story, status, seconds)
        if options.keep:
            say_how_to_go_on(story)
    return status


def _variant(options: Options) -> Variant:
    try:
        variant = Variant.parse(options.variant)
    except ValueError as error:
        raise UsageError(f"--variant: {error}") from error
    if "hang" in variant:
        raise UsageError("--variant hang never ends; it is for an ETL that is run by hand.")
    return variant


@contextmanager
def _league(options: Options, console: Console) -> Iterator[Story]:
    if os.name == "nt":
        raise UsageError(
            "The demo's PostgreSQL needs Unix sockets, which Windows has not.",
            next_steps=("use WSL, or point PRACTICE_GUARD_LOCAL_URL at a server of your own",),
        )
    # Imported here: it needs modules that Windows lacks.
    from practice_guard.demo import server as embedded  # noqa: PLC0415

    began = time.monotonic()
    with embedded.running(options.version, keep=options.keep) as server:
        console.print(
            f"PostgreSQL {options.version} is up, in {time.monotonic() - began:.1f} s, on a socket of its own."
        )
        began = time.monotonic()
        world = league.build(league.SMALL if options.small else league.REAL)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        story = Story(console, server.directory / "import.json", server.url(DATABASE), server.stop_command, world)
        with psycopg.connect(story.url) as connection:
            load.schema(connection)
            load.into(connection, world)
        world.source.write(story.source)
        console.print(
            f"A league is in it, in {time.monotonic() - began:.1f} s: {len(world.source.leagues)} leagues,"
            f" {len(world.teams):,} teams, {len(world.source.matches):,} matches,"
            f" {len(world.practices):,} practices of theirs."
        )
        yield story


def _incident(story: Story, variant: Variant, options: Options) -> Status:
    """Runs the steps up to the first that goes wrong, then checks; returns the demo's status."""
    directory = story.source.parent
    width = min(story.console.width, WIDEST)
    with psycopg.connect(story.url) as connection:
        before = check.inventory(connection)
    planned = steps.plan(story.url, story.source, variant, json=options.json, rehearsed=options.rehearse)
    for number, step in enumerate(planned, 1):
        announce(story, number, len(planned), step)
        outcome = steps.run(step, story.url, directory, width=width)
        story.outcomes.append(outcome)
        show(story.console, outcome)
        if not outcome.ok:
            break
    imported = any(outcome.step.name == steps.ETL for outcome in story.outcomes)
    heirs = check.heirs(story.world.source, variant if imported else Variant())
    with psycopg.connect(story.url) as connection:
        story.tallies = check.compare(before, check.inventory(connection), heirs)
    return _status(story, directory)


def _status(story: Story, directory: Path) -> Status:
    tallies = story.tallies.values()
    if not all(outcome.ok for outcome in story.outcomes):
        return Status.NO
    if any(tally.wrong_team or tally.duplicated for tally in tallies):
        return Status.NO
    absent = sum(tally.lost + tally.waiting for tally in tallies)
    if not absent:
        return Status.DONE
    # What is not in place is not lost when the guard has it in its count of waiting rows.
    answer = steps.run(steps.health(), story.url, directory).document()
    result = answer.get("result") if isinstance(answer, dict) else None
    story.waiting = int(result.get("pending", 0)) if isinstance(result, dict) else 0
    return Status.WAITING if story.waiting == absent else Status.NO
