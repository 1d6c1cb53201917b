"""The options that every command has, and the handler's way from them to an open database and a rendered outcome."""

from __future__ import annotations

import inspect
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer

from practice_guard.commands.call import Call, Output
from practice_guard.core.database import watchdog
from practice_guard.core.errors import StoppedError
from practice_guard.core.running import signal_in
from practice_guard.core.steps import Step

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


def _common(
    env: Env = None,
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --output json.")] = False,
    lock_timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds to go on trying for locks.", show_default=False)
    ] = None,
    statement_timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds that one statement may take.", show_default=False)
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="A traceback when something goes wrong.")] = False,
) -> None: ...


def command(
    app: typer.Typer, name: str, *, title: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a handler `(call, own options …)` as a command that has the common options too.

    Args:
        app: where to register it.
        name: its name there.
        title: what users type, where that is more than the name: `snapshots verify`.
    """

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        common = inspect.signature(_common, eval_str=True).parameters
        own = [each for name, each in inspect.signature(handler, eval_str=True).parameters.items() if name != "call"]

        def run(**given: Any) -> None:
            call = Call(title or name, **{key: given.pop(key) for key in common})
            try:
                handler(call, **given)
            except (typer.Exit, typer.Abort):
                raise
            except (KeyboardInterrupt, SystemExit) as stop:
                number = signal_in(stop)
                if number is None or call.answered:  # one document is what a program gets
                    raise
                call.fail(_stopped(number))
            except Exception as error:  # noqa: BLE001  (the one place where errors become messages)
                if call.debug:
                    _trace(error)
                call.fail(error)

        # not get_type_hints: before Python 3.11 it hides the options of what may be None from Typer
        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *common.values())]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # Typer reads it
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__doc__ = handler.__doc__
        app.command(name)(run)
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


def end_on_signals() -> None:
    """Unwind on SIGTERM and SIGHUP as on Ctrl-C, so that an open transaction is gone at once (reliability, A6)."""

    def end(number: int, _frame: object) -> NoReturn:
        watchdog.hurry()  # the driver gives a server that does not answer five seconds and more
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:  # nohup means it
        signal.signal(hangup, end)
