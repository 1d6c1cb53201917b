"""Command lines as people copy them from what the program printed: whether they can be typed as they stand."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import typer

from practice_guard import cli, settings

_PLACEHOLDER = re.compile(r"…|\.\.\.|[<>]|\b(?:ENV|ID|LEDGER-ID|FILE|COMMAND|NAME|CODE|PLAN(?:\.json)?|PID|N)\b")
_SHOWN = re.compile(r"^(?:\s*|next  |next: |.*\b[Ff]ix: |.*\bNext: |.*\bwaits for: |#\s+)(practice-guard (?!\d).*)$")


@cache
def _program() -> Any:
    """The program's commands, put together once: that takes longer than to read a line."""
    return typer.main.get_command(cli.app)


def parse(line: str) -> None:
    """Have the real program read a command line, up to where a command would begin.

    Raises:
        Exception: what the program would say of it.
    """
    name, *words = shlex.split(line, comments=True)
    assert name == "practice-guard", line
    command = _program()
    context: Any = None
    try:
        while True:
            context = command.make_context(name, words, parent=context)
            rest = [*getattr(context, "_protected_args", ()), *context.args]
            if not (hasattr(command, "resolve_command") and rest):
                break
            name, command, words = command.resolve_command(context, rest)
    except typer.Exit:  # --help has been printed
        return
    assert not hasattr(command, "resolve_command"), f"{line} names no command"


def check(line: str, environment: str) -> None:
    """Check that a printed line can be typed as it stands, and is aimed where the command that printed it was."""
    words = shlex.split(line, comments=True)
    own = words[: words.index("--")] if "--" in words else words
    assert not _PLACEHOLDER.search(" ".join(words)), f"a placeholder: {line}"
    assert "--confirm" not in own, f"a person types the environment's name: {line}"
    if "--help" not in own:
        assert own.count("--env") == 1, f"no environment, or two: {line}"
        assert own[own.index("--env") + 1] == environment, f"aimed elsewhere than at {environment}: {line}"
    parse(line)


def printed(stdout: str, stderr: str) -> Iterator[str]:
    """Every command line of ours in what the program printed: text, one JSON document, or lines of a log."""
    for text in (stdout, stderr):
        yield from (line for each in _texts(text) for line in _lines(each))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if found := _SHOWN.match(line):
            yield found[1]


def _texts(text: str) -> Iterator[str]:
    """The text itself, or of JSON what is in it to be read and copied."""
    if (document := _document(text)) is not None:
        yield from _advice(document)
        return
    for line in text.splitlines():
        logged = _document(line)
        yield from [line] if logged is None else _advice(logged)


def _document(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


def _advice(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(step) for step in document.get("next_steps", ()))
    yield from (str(finding["fix"]) for finding in document.get("findings", ()))
    yield from (str(document[key]) for key in ("fix", "message") if key in document)


def aimed_at(arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """The environment that a command is aimed at: by its options, else by its variables."""
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for place, word in enumerate(own[:-1]):
        if word in ("--env", "-e", "--environment"):
            return settings.canonical(own[place + 1])
    named = variables.get("PRACTICE_GUARD_ENV") or variables.get("RAILWAY_ENVIRONMENT_NAME") or "local"
    return settings.canonical(named)
