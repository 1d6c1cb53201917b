"""What the program imports before it does anything: whoever asks for help or completes a line waits for no driver."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import practice_guard
from practice_guard import cli
from practice_guard.core.later import Later
from tests.world.importing import TOLD, imported
from tests.world.program import NOTHING, outcome_of

INSTALLED = Path(sys.executable).with_name("practice-guard")
PACKAGE = Path(practice_guard.__file__).parent
LIGHT = {"practice_guard", "practice_guard.cli", "practice_guard.exits"}
LIGHT_CORE = {f"practice_guard.core{each}" for each in ("", ".errors", ".later", ".model", ".steps")}
HEAVY = {
    "psycopg", "pydantic", "pydantic_core", "pydantic_settings", "dotenv", "rapidfuzz", "tomlkit", "rich", "pygments",
    "markdown_it", "asyncio", "importlib.metadata",
}  # fmt: skip


def command_lines(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, each in getattr(group, "commands", {}).items():
        yield from command_lines(each, (*words, name))


def completing(line: str) -> Mapping[str, str]:
    """What bash sets where a line is completed at its end."""
    place = len(line.split()) - (not line.endswith(" "))
    return {"_PRACTICE_GUARD_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(place)}


def started(directory: Path, *words: str, env: Mapping[str, str] = NOTHING) -> tuple[str, frozenset[str]]:
    """What the program printed, and what it imported."""
    done = outcome_of([str(INSTALLED), *words], directory, {**TOLD, **env})
    assert done.status == 0, done
    return done.stdout, imported(done.stderr)


def is_light(modules: frozenset[str]) -> None:
    """Only the command line itself has been imported, and what Typer needs for it."""
    assert "typer.main" in modules, "nothing was told"
    assert {name for name in modules if name.partition(".")[0] in HEAVY or name in HEAVY} == set()
    ours = {name for name in modules if name.startswith("practice_guard")}
    lines = {name for name in ours if name.startswith("practice_guard.commands")} - {"practice_guard.commands.call"}
    assert ours - LIGHT - LIGHT_CORE - lines == set()


LINES = sorted(command_lines(typer.main.get_command(cli.app)))


def test_every_command_is_looked_at() -> None:
    assert {words[0] for words in LINES if words} == set(cli.COMMANDS)


@pytest.mark.parametrize("words", [pytest.param(each, id=" ".join(each) or "the program") for each in LINES])
def test_help_imports_the_command_line_alone(words: tuple[str, ...], tmp_path: Path) -> None:
    stdout, modules = started(tmp_path, *words, "--help")
    assert stdout.startswith("Usage: ")
    is_light(modules)


def test_the_version_is_told_without_a_look_at_what_is_installed(tmp_path: Path) -> None:
    stdout, modules = started(tmp_path, "--version")
    assert stdout == f"practice-guard {practice_guard.__version__}\n"
    is_light(modules)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("practice-guard re", "restore"),
        ("practice-guard restore --inc", "--include-deleted"),
        ("practice-guard restore --team A --snapshot x --out", "--out"),
        ("practice-guard health --output j", "json"),
        ("practice-guard snapshots ver", "verify"),
        ("practice-guard snapshots export --lock", "--lock-timeout"),
    ],
)
def test_completing_a_line_imports_the_command_line_alone(line: str, offered: str, tmp_path: Path) -> None:
    stdout, modules = started(tmp_path, env=completing(line))
    assert offered in stdout.split()
    is_light(modules)


def shown_to_type_checkers(path: Path) -> Iterator[tuple[str, str]]:
    """The names that a file imports for type checkers alone, and the modules or the things in them."""
    for block in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for each in block.body:
                package = f"{each.module}." if isinstance(each, ast.ImportFrom) else ""
                assert isinstance(each, ast.Import | ast.ImportFrom), ast.unparse(each)
                yield from ((name.asname or name.name, package + name.name) for name in each.names)


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "demo"]


def test_what_is_imported_later_is_what_type_checkers_are_shown() -> None:
    seen = 0
    for path in FILES:
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name) if name != "practice_guard.__main__" else None
        shown = dict(shown_to_type_checkers(path))
        for variable, value in vars(module).items() if module else ():
            if isinstance(value, Later):
                assert value.__name__ == shown[variable], f"{variable} in {name}"
                assert isinstance(importlib.import_module(value.__name__), ModuleType)
                seen += 1
    assert seen > 20
