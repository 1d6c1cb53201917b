"""What the demo says: each step as it happens, the check at the end, and the same as one JSON document."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from practice_guard.demo import steps
from practice_guard.demo.check import Tally
from practice_guard.demo.league import World
from practice_guard.demo.steps import Outcome, Step
from practice_guard.demo.variant import Variant
from practice_guard.exits import Status

DATABASE = "league"
"""The name of the demo's database."""
WIDEST = 110
"""Columns that the demo takes at most."""


@dataclass(frozen=True)
class Options:
    """What the `demo` command was asked for. `variant` has the words of `variant.VARIANTS`."""

    keep: bool = False
    small: bool = False
    variant: tuple[str, ...] = ()
    version: int = 16
    json: bool = False
    color: bool = True
    rehearse: bool = False


@dataclass
class Story:
    """What has been found so far, and where it is told. `waiting`: rows of which the guard says that they wait."""

    console: Console
    source: Path
    url: str
    stop: str
    world: World
    outcomes: list[Outcome] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    waiting: int = 0


def verdict(story: Story, status: Status) -> str:
    """Returns the whole truth in one sentence."""
    practices = story.tallies["practices"]
    total = practices.expected + practices.waiting
    failed = next((outcome for outcome in story.outcomes if not outcome.ok), None)
    if failed is not None:
        return (
            f"{failed.step.name} ended with status {failed.status}: the demo stopped there, with"
            f" {practices.placed:,} of {total:,} practices on their teams."
        )
    if status is Status.DONE:
        return (
            f"All {total:,} practices are on their teams, each exactly once; none lost, none doubled, none misplaced."
        )
    if status is Status.WAITING:
        return (
            f"{practices.placed:,} of {total:,} practices are on their teams exactly once, none on a wrong one;"
            f" {story.waiting:,} rows in all wait for their teams, kept in the snapshot."
        )
    return (
        f"NOT everything is in place: of {total:,} practices {practices.placed:,} are on their teams,"
        f" {practices.wrong_team:,} on wrong ones, {practices.lost + practices.waiting:,} are missing"
        f" ({story.waiting:,} rows known to wait), {practices.duplicated:,} are there once too often."
    )


def conclude(story: Story, status: Status, seconds: float) -> None:
    """Tells what the independent check found."""
    console = story.console
    console.print()
    console.print(Rule("[bold]The independent check", align="left"), width=min(console.width, WIDEST))
    console.print("[dim]By club, series, league and team name; not by ids, not by the program's own matching.[/dim]")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rows")
    for name in ("before", "placed once", "lost", "wrong team", "duplicated"):
        table.add_column(name, justify="right")
    counts = {name: _counts(tally) for name, tally in story.tallies.items()}
    counts["sum"] = tuple(map(sum, zip(*counts.values(), strict=True)))
    for name, row in counts.items():
        table.add_row(name, *(f"{count:,}" for count in row))
    console.print(table, soft_wrap=False)
    guard = sum(outcome.seconds for outcome in story.outcomes if outcome.step.name != steps.ETL)
    etl = sum(outcome.seconds for outcome in story.outcomes if outcome.step.name == steps.ETL)
    console.print(f"[dim]ETL {etl:.1f} s, the guard's commands {guard:.1f} s, all {seconds:.1f} s.[/dim]")
    console.print()
    style = {Status.DONE: "bold green", Status.WAITING: "bold yellow"}.get(status, "bold red")
    console.print(Text(verdict(story, status), style))


def _counts(tally: Tally) -> tuple[int, ...]:
    absent = tally.lost + tally.waiting
    return (tally.expected + tally.waiting, tally.placed, absent, tally.wrong_team, tally.duplicated)


def announce(story: Story, number: int, count: int, step: Step) -> None:
    """Tells which step comes now, and how its command is typed."""
    console = story.console
    console.print()
    console.print(Rule(f"[bold]{number} of {count}: {step.name}", align="left"), width=min(console.width, WIDEST))
    console.print(f"[dim]{step.purpose}[/dim]")
    console.print(Text(f"$ {step.typed}", "bold cyan"))


def show(console: Console, outcome: Outcome) -> None:
    """Tells what a step printed, and what came of it."""
    for text in (outcome.output, outcome.errors):
        if text.strip():
            console.print(Text.from_ansi("\n".join(line.rstrip() for line in text.rstrip("\n").splitlines())))
    expected = " or ".join(map(str, sorted(outcome.step.expected)))
    word = "as expected" if outcome.ok else f"[bold red]expected {expected}[/bold red]"
    console.print(f"[dim]exit status {outcome.status}, {word}; {outcome.seconds:.1f} s[/dim]")


def say_how_to_go_on(story: Story) -> None:
    """Tells how to use the server that stays up, and how to stop it."""
    console = story.console
    etl = steps.etl(story.url, story.source, Variant())
    console.print()
    console.print("The server stays up. To point the program at it:")
    console.print(Text(f"  export PRACTICE_GUARD_LOCAL_URL={shlex.quote(story.url)}", "cyan"))
    console.print("To run the ETL again (--help shows what else it can do):")
    console.print(Text(f"  {etl.typed}", "cyan"))
    console.print("To stop the server and remove its files:")
    console.print(Text(f"  {story.stop}", "cyan"))


def document(story: Story, options: Options, status: Status, seconds: float) -> dict[str, Any]:
    """Returns the envelope of the contract, "JSON"."""
    kept = [f"export PRACTICE_GUARD_LOCAL_URL={shlex.quote(story.url)}", story.stop] if options.keep else []
    return {
        "schema_version": 1,
        "command": "demo",
        "environment": "local",
        "database": {"host": str(story.source.parent), "name": DATABASE, "fingerprint": None},
        "ok": status is Status.DONE,
        "exit_code": int(status),
        "verdict": verdict(story, status),
        "findings": [],
        "next_steps": kept,
        "result": {
            "postgresql": options.version,
            "variant": list(options.variant),
            "teams": len(story.world.teams),
            "seconds": round(seconds, 2),
            "steps": [
                {
                    "name": outcome.step.name,
                    "command": outcome.step.typed,
                    "exit_code": outcome.status,
                    "expected": sorted(outcome.step.expected),
                    "seconds": round(outcome.seconds, 2),
                    "output": outcome.document(),
                    "errors": outcome.errors,
                }
                for outcome in story.outcomes
            ],
            "check": {name: tally.as_dict() for name, tally in story.tallies.items()},
            "waiting": story.waiting,
        },
    }
