"""What the program prints to be typed: whole, quoted, aimed where the command was, and understood by the program."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import practice_guard
from practice_guard import cli
from practice_guard.core.findings import codes, page
from practice_guard.core.steps import Step, lines
from practice_guard.render.outcome import Heading
from tests.world import command_lines

PACKAGE = Path(practice_guard.__file__).parent
SAMPLE = "7"
"""Stands for a word that is known when the program runs only; a number, an id, a name and a file may all be this."""


def test_a_step_is_shown_with_its_environment_and_a_word_of_why() -> None:
    step = Step("restore", "--dry-run", why="which rows they are")
    assert step.line("railway") == "practice-guard restore --dry-run --env railway   # which rows they are"
    assert Step("health").line("local") == "practice-guard health --env local"


def test_words_are_quoted_for_a_shell() -> None:
    line = Step("restore", "--team", "Tennaqua - 22; it's", "--out", "a b.json").line("app-pr-42 ")
    assert line == """practice-guard restore --team 'Tennaqua - 22; it'"'"'s' --out 'a b.json' --env 'app-pr-42 '"""
    assert shlex.split(line)[2:4] == ["--team", "Tennaqua - 22; it's"]


def test_the_environment_stands_before_the_etl() -> None:
    step = Step("run", "--allow-pending", "--", "etl", "--help", "--env", "night")
    assert step.line("staging") == "practice-guard run --allow-pending --env staging -- etl --help --env night"


def test_help_is_about_no_environment() -> None:
    assert Step("--help").line("local") == "practice-guard --help"
    assert Step("snapshots", "verify", "--help").line("railway") == "practice-guard snapshots verify --help"


def test_without_an_environment_none_is_named() -> None:
    assert Step("health").line(None) == "practice-guard health"


def test_advice_is_a_line_each_and_text_stays_as_it_is() -> None:
    assert lines("", "local") == ()
    assert lines("REINDEX TABLE teams;", "local") == ("REINDEX TABLE teams;",)
    assert lines(("Import it again.", Step("restore")), "local") == (
        "Import it again.",
        "practice-guard restore --env local",
    )
    assert Heading("health", "staging").lines(Step("backup")) == ("practice-guard backup --env staging",)


def test_a_step_is_a_value() -> None:
    assert Step("backup") == Step("backup") != Step("backup", why="before the next run")
    assert len({Step("backup"), Step("backup")}) == 1


def calls() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every step that the program can print, with a sample for each word that it does not know beforehand."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(each, ast.ImportFrom) and each.module == Step.__module__ for each in tree.body):
            continue
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Step":
                words = tuple(word for argument in call.args for word in words_of(argument))
                if words:  # else it passes on what another one said
                    yield f"{path.relative_to(PACKAGE)}:{call.lineno}", words


def words_of(argument: ast.expr) -> tuple[str, ...]:
    if isinstance(argument, ast.Starred):  # may be none
        return ()
    return (str(argument.value),) if isinstance(argument, ast.Constant) else (SAMPLE,)


CALLS = list(calls())


def test_steps_are_found() -> None:
    assert len(CALLS) > 50
    assert {"backup", "restore", "health", "snapshots", "run", "mark"} <= {words[0] for _, words in CALLS}


@pytest.mark.parametrize("words", [pytest.param(words, id=place) for place, words in CALLS])
def test_every_step_can_be_typed(words: tuple[str, ...]) -> None:
    command_lines.check(Step(*words).line("local"), "local")


@pytest.mark.parametrize(
    "line",
    [
        "practice-guard snapshots import FILE --env local", "practice-guard restore --protected … --env local",
        "practice-guard health --env ENV", "practice-guard health", "practice-guard health --env staging",
        "practice-guard mark --confirm local --env local", "practice-guard restores --env local",
        "practice-guard restore --dry --env local", "practice-guard snapshots import --env local",
        "practice-guard restore --undo seven --env local", "practice-guard --env local",
    ],
)  # fmt: skip
def test_what_cannot_be_typed_is_found_out(line: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the program says of it)
        command_lines.check(line, "local")


def test_command_lines_are_found_in_all_that_is_printed() -> None:
    text = (
        "WAITING  3 rows\n    fix: practice-guard a --env x   # why\nnext  practice-guard b\n      practice-guard c d\n"
    )
    assert list(command_lines.printed(text, "")) == [
        "practice-guard a --env x   # why", "practice-guard b", "practice-guard c d",
    ]  # fmt: skip
    document = '{"findings": [{"fix": "practice-guard a\\nSELECT 1;"}], "next_steps": ["practice-guard b", "words"]}'
    assert list(command_lines.printed(document, "")) == ["practice-guard b", "practice-guard a"]
    logged = '{"message": "next: practice-guard a"}\n{"message": "3 rows", "fix": "practice-guard b"}\n'
    assert list(command_lines.printed(logged, "")) == ["practice-guard a", "practice-guard b"]
    assert list(command_lines.printed("", "ERROR: rows. Fix: practice-guard a")) == ["practice-guard a"]


def test_no_command_line_is_written_as_text() -> None:
    """Text would name no environment: in an incident on production it would be aimed at local."""
    command = re.compile(rf"practice-guard (?:{'|'.join(cli.COMMANDS)}|--|…)")
    written = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {id(each.body[0].value) for each in ast.walk(tree) if _has_docstring(each)}  # type: ignore[attr-defined]
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in documented:
                written += [f"{path.relative_to(PACKAGE)}:{each.lineno}"] if command.search(each.value) else []
    assert written == []


def _has_docstring(node: ast.AST) -> bool:
    documentable = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documentable) and ast.get_docstring(node) is not None


@pytest.mark.parametrize("code", codes())
def test_a_page_is_shown_with_commands_to_copy(code: str) -> None:
    text = page(code).shown("staging")
    typed = [line for line in text.splitlines() if line.startswith("practice-guard")]
    assert len(typed) == sum(line.startswith("practice-guard") for line in page(code).text.splitlines())
    for line in typed:
        command_lines.check(line, "staging")
    assert "ENV" not in text
