"""The house as it is drawn: wings with faces, walls that hold, handlers that are sentences."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import tomlkit

import practice_guard
from practice_guard import core

PACKAGE = Path(practice_guard.__file__).parent
PROJECT = PACKAGE.parent / "pyproject.toml"
WINGS = sorted(path.parent.name for path in Path(core.__file__).parent.glob("*/__init__.py"))
MOST_STATEMENTS = 10


def face_of(wing: str) -> ModuleType:
    return importlib.import_module(f"practice_guard.core.{wing}")


def files_of(wing: str) -> set[str]:
    folder = PACKAGE / "core" / wing
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def handed_on(wing: str) -> set[str]:
    """The names that a wing's face imports to hand them on."""
    tree = ast.parse((PACKAGE / "core" / wing / "__init__.py").read_text(encoding="utf-8"))
    return {name.asname or name.name for each in tree.body if isinstance(each, ast.ImportFrom) for name in each.names}


def walled(wing: str) -> set[str]:
    """The files of a wing that its contract keeps from outsiders."""
    contracts = tomlkit.parse(PROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    start = f"practice_guard.core.{wing}."
    kept = [name for each in contracts for name in each.get("protected_modules", ())]
    return {str(name).removeprefix(start) for name in kept if str(name).startswith(start)}


def handlers() -> Iterator[tuple[str, ast.FunctionDef]]:
    """What is registered as a command, with the file that it is in."""
    for path in (PACKAGE / "cli.py", *sorted((PACKAGE / "commands").glob("*.py"))):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(each, ast.FunctionDef):
                decorators = (ast.unparse(decorator) for decorator in each.decorator_list)
                if any(text.startswith(("command(", "app.command(")) for text in decorators):
                    yield path.name, each


@pytest.mark.parametrize("wing", WINGS)
def test_a_face_hands_on_and_defines_nothing(wing: str) -> None:
    tree = ast.parse((PACKAGE / "core" / wing / "__init__.py").read_text(encoding="utf-8"))
    assert [type(each).__name__ for each in tree.body if not isinstance(each, ast.ImportFrom)] == ["Expr"]


@pytest.mark.parametrize("wing", WINGS)
def test_nothing_on_a_face_takes_the_name_of_a_file_beside_it(wing: str) -> None:
    """Whether such a name is the file or what is in it would hang on the order of imports."""
    for name in handed_on(wing) & files_of(wing):
        assert isinstance(getattr(face_of(wing), name), ModuleType), f"{wing}.{name}"


@pytest.mark.parametrize("wing", WINGS)
def test_every_file_of_a_wing_is_handed_on_or_kept_from_outsiders(wing: str) -> None:
    nouns = handed_on(wing) & files_of(wing)
    assert walled(wing) == files_of(wing) - nouns, "see the contracts in pyproject.toml"


def test_handlers_are_found() -> None:
    assert {each.name for _, each in handlers()} >= {"backup", "restore_command", "run", "cleanup", "demo"}


@pytest.mark.parametrize(("file", "handler"), [pytest.param(*each, id=each[1].name) for each in handlers()])
def test_a_handler_is_a_sentence(file: str, handler: ast.FunctionDef) -> None:
    said = [each for top in handler.body for each in ast.walk(top) if isinstance(each, ast.stmt)]
    documented = ast.get_docstring(handler) is not None
    assert len(said) - documented <= MOST_STATEMENTS, f"{handler.name} in {file}"


def test_every_finding_is_made_where_its_severity_stands() -> None:
    calls = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.Call) and ast.unparse(each.func).rpartition(".")[2] == "Finding"
    }
    assert calls == {"core/findings/severities.py"}, "use findings.found or findings.unseen"


def test_the_readme_names_rooms_that_are_there() -> None:
    told = (PROJECT.parent / "README.md").read_text(encoding="utf-8").partition("## Working on it")[2]
    named = set(re.findall(r"`((?:core|commands|render)/[\w/.]*)`", told))
    assert named >= {"core/checks/before/", "core/application/protected.py", "commands/", "render/"}
    assert [name for name in sorted(named) if not (PACKAGE / name).exists()] == []
    assert set(re.findall(r"^(?:core/|     )(\w+) {2,}\w", told, re.MULTILINE)) == set(WINGS)
