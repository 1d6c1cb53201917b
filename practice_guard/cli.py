"""The program: its commands put together, and its end with a status."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from practice_guard import __version__, exits
from practice_guard.commands import (
    compare,
    cycle,
    explain,
    protected,
    rehearse,
    restore,
    rollback,
    run,
    snapshots,
)
from practice_guard.commands.options import convert_little, end_on_signals
from practice_guard.core.errors import UsageError
from practice_guard.core.later import later
from practice_guard.core.steps import Step

if TYPE_CHECKING:
    from practice_guard import settings
    from practice_guard.demo import story
    from practice_guard.render import json, logs, outcome, text
else:
    (settings,) = later("practice_guard", "settings")
    (story,) = later("practice_guard.demo", "story")
    json, logs, outcome, text = later("practice_guard.render", "json", "logs", "outcome", "text")

ClickException: type[Exception] = typer.BadParameter.__mro__[2]
"""What Typer raises for a wrong command line; newer versions keep click inside."""

COMMANDS = (
    "validate-safety", "backup", "check-preservation", "restore", "health", "cleanup", "run", "rollback", "rehearse",
    "history", "snapshots", "protected", "compare", "explain", "mark", "demo",
)  # fmt: skip
"""All commands, in the order in which `--help` lists them: the cycle first."""


class _InOrder(TyperGroup):
    """Lists the commands as people need them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return sorted(super().list_commands(ctx), key=COMMANDS.index)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line up to the command."""
        convert_little(ctx)
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="practice-guard",
    cls=_InOrder,
    help="Keeps what users own on its right team when an ETL recreates every team under a new id.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(compare.app)
app.add_typer(cycle.app)
app.add_typer(explain.app)
app.add_typer(protected.app)
app.add_typer(rehearse.app)
app.add_typer(restore.app)
app.add_typer(rollback.app)
app.add_typer(run.app)
app.add_typer(snapshots.app)


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    if version:
        typer.echo(f"practice-guard {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(exits.Status.USAGE)


@app.command("demo")
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server up, and print how to reach it.")] = False,
    small: Annotated[bool, typer.Option("--small", help="A handful of teams.")] = False,
    variant: Annotated[str, typer.Option(help="What the ETL does: recreate, recycle, relabel, …")] = "recreate",
    pg: Annotated[int, typer.Option(help="PostgreSQL 16 or 18.")] = 16,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Try the night on a copy first.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show the whole incident, on its own PostgreSQL. From a healthy league to the rescue."""
    raise typer.Exit(story.tell(keep=keep, small=small, variant=variant, pg=pg, rehearse=rehearse, as_json=json_output))


def main() -> None:
    """Run the program and end with its status."""
    end_on_signals()
    arguments = sys.argv[1:]
    arguments = arguments[: arguments.index("--")] if "--" in arguments else arguments  # the ETL's own are not ours
    wants_json = "--json" in arguments or "--output=json" in arguments or "json" in _after(arguments, "--output")
    try:
        status = app(standalone_mode=False)
    except typer.Abort:
        status = 130
    except ClickException as error:
        name = next((word for word in arguments if not word.startswith("-")), Path(sys.argv[0]).name)
        known = (name,) if name in COMMANDS else ()
        problem = UsageError(_said(error), next_steps=(Step(*known, "--help"),))
        if wants_json:
            json.show_error(outcome.Heading(name), problem, exits.of_error(problem))
        elif settings.on_railway() and not sys.stdout.isatty():
            logs.show_error(outcome.Heading(name), problem, exits.of_error(problem))
        else:
            text.show_error(text.console(sys.stderr), outcome.Heading(name), problem, exits.of_error(problem))
        status = exits.of_error(problem)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _said(error: Exception) -> str:
    say = getattr(error, "format_message", None)
    return str(say() if say else error)


def _after(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]
