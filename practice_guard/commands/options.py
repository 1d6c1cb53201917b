"""The options that every command has, and the handler's way from them to an open database and a rendered outcome."""

from __future__ import annotations

import inspect
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from practice_guard.core.errors import StoppedError
from practice_guard.core.later import later
from practice_guard.core.model import LONGEST_TIMEOUT
from practice_guard.core.steps import Step

if TYPE_CHECKING:
    from practice_guard.commands import call as calls
    from practice_guard.core import running
else:
    (calls,) = later("practice_guard.commands", "call")
    (running,) = later("practice_guard.core", "running")


class Output(str, Enum):
    """How a command speaks."""

    TEXT = "text"
    JSON = "json"


Env = Annotated[
    str | None,
    typer.Option(
        "--env", "-e", "--environment", help="local, staging or railway (alias: production).", show_default=False
    ),
]

SnapshotOption = Annotated[str, typer.Option("--snapshot", metavar="ID", help="A snapshot's id, or latest.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done; write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Confirm = Annotated[
    str | None, typer.Option("--confirm", metavar="NAME", help="The environment's name, typed.", show_default=False)
]

EtlCommand = Annotated[
    list[str] | None, typer.Argument(metavar="-- COMMAND …", help="The ETL, after two dashes.", show_default=False)
]
EtlTimeout = Annotated[
    float | None, typer.Option(min=0.1, metavar="SECONDS", help="End the ETL after this time.", show_default=False)
]
EtlUrlEnv = Annotated[
    list[str] | None,
    typer.Option(
        "--etl-url-env",
        metavar="NAME",
        help="Give the ETL the guard's database URL under this variable; may be repeated.",
        show_default=False,
    ),
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option("--decisions", metavar="FILE", help="A person's decisions about teams (TOML).", show_default=False),
]
DraftOption = Annotated[
    Path | None,
    typer.Option("--write-decisions", metavar="FILE", help="Write a file of decisions to edit.", show_default=False),
]


def _common(
    env: Env = None,
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --output json.")] = False,
    lock_timeout: Annotated[
        float | None,
        typer.Option(min=0.1, max=LONGEST_TIMEOUT, help="Seconds to go on trying for locks.", show_default=False),
    ] = None,
    statement_timeout: Annotated[
        float | None,
        typer.Option(min=0.1, max=LONGEST_TIMEOUT, help="Seconds that one statement may take.", show_default=False),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="A traceback when something goes wrong.")] = False,
) -> None: ...


@cache
def _common_parameters() -> Mapping[str, inspect.Parameter]:
    return inspect.signature(_common, eval_str=True).parameters


class _Command(TyperCommand):
    """A command whose help and completion convert no value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line."""
        convert_little(ctx)
        return super().parse_args(ctx, args)


def convert_little(context: Any) -> None:
    """Have nothing converted that need not be: newer versions of Typer import pydantic for it, even for None.

    A flag that was not given is False; and a line that is being completed stays as it is.
    """
    for each in context.command.get_params(context):
        if context.resilient_parsing:
            each.process_value = lambda _context, value: value
        elif each.default is None and getattr(each, "is_flag", False):
            each.default = False


def command(
    app: typer.Typer, name: str, *, title: str | None = None, writes: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler `(call, own options …)` as a command that has the common options too.

    Args:
        app: where to register it.
        name: its name there.
        title: what users type, where that is more than the name: `snapshots verify`.
        writes: it writes into the database, unless it has a --dry-run that is asked for.
    """

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        common = _common_parameters()
        # what a Call is has not been imported, and is none of Typer's business
        written = inspect.signature(handler, eval_str=True, locals={"Call": object}).parameters
        own = [each for name, each in written.items() if name != "call"]

        def run(**given: Any) -> None:
            call = calls.Call(title or name, **{key: given.pop(key) for key in common})
            call.writes = writes and not given.get("dry_run")
            try:
                handler(call, **given)
            except (typer.Exit, typer.Abort):
                raise
            except (KeyboardInterrupt, SystemExit) as stop:
                number = running.signal_in(stop)
                if number is None or call.answered:  # one document is what a program gets
                    raise
                call.fail(_stopped(number))
            except Exception as error:  # noqa: BLE001  (the one place where errors become messages)
                call.progress.closes()
                if call.debug:
                    _trace(error)
                call.fail(error)
            finally:
                call.progress.closes()

        # not get_type_hints: before Python 3.11 it hides the options of what may be None from Typer
        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *common.values())]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # Typer reads it
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__doc__ = handler.__doc__
        app.command(name, cls=_Command)(run)
        return handler

    return register


def _trace(error: Exception) -> None:
    """Print a traceback, never with local variables, which may hold a password."""
    traceback.print_exception(error, file=sys.stderr)


def _stopped(number: int) -> StoppedError:
    return StoppedError(
        f"The guard was told to end, by {signal.Signals(number).name}. An open transaction was taken back, and what "
        "was committed already stays.",
        number=number,
        next_steps=(Step("history", why="what was written"),),
    )


def _hurry() -> None:
    """Give a server that does not answer little time; the driver gives it five seconds and more."""
    # Not imported here: whoever has no connection yet waits for no server.
    watchdog = sys.modules.get("practice_guard.core.database.watchdog")
    hurry = getattr(watchdog, "hurry", None)
    if hurry is not None:
        hurry()


def end_on_signals() -> None:
    """Unwind on SIGTERM and SIGHUP as on Ctrl-C, so that an open transaction is gone at once (reliability, A6)."""

    def end(number: int, _frame: object) -> NoReturn:
        _hurry()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:  # nohup means it
        signal.signal(hangup, end)
