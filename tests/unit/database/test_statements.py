"""Each statement stands beside the module that sends it, says what it is for, and is sent by that module alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path

import pytest

from practice_guard import core

CORE = Path(core.__file__).parent
FILES = sorted(path.relative_to(CORE).as_posix() for path in CORE.rglob("*.sql"))
BLOCK = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def blocks_of(file: str) -> dict[str, str]:
    """The blocks of a file: by name, what follows."""
    start, *parts = BLOCK.split((CORE / file).read_text(encoding="utf-8"))
    assert not start, f"{file} begins with its first block"
    names = parts[::2]
    assert len(names) == len(set(names)), f"a name stands twice in {file}"
    return dict(zip(names, parts[1::2], strict=True))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    return (each for each in ast.walk(tree_of(path)) if isinstance(each, ast.FunctionDef))


SENDING = ("statement", "piece")


def calls(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of functions or methods of these names."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            called = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
            if called in names:
                yield each


def strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def constants(path: Path, function: ast.FunctionDef) -> set[str]:
    """The texts in a module's constants that a function names."""
    named = {each.id for each in ast.walk(function) if isinstance(each, ast.Name)}
    found: set[str] = set()
    for each in tree_of(path).body:
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            if named & {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}:
                found |= strings(each.value)
    return found


def named_by(argument: ast.expr, path: Path, function: ast.FunctionDef) -> tuple[set[str], set[str]]:
    """The names of blocks that an argument says outright, and those that may be in the constants it comes from."""
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}, set()
    if isinstance(argument, ast.IfExp):
        return strings(argument.body) | strings(argument.orelse), set()
    return set(), constants(path, function)


def sent_by(path: Path, blocks: set[str]) -> set[str]:
    """The names of the blocks that a module sends: by itself, or by a function of it that is given the name."""
    sent: set[str] = set()
    for function in functions_of(path):
        for call in calls(function, *SENDING):
            name = call.args[1]
            parameters = {each.arg for each in (*function.args.posonlyargs, *function.args.args)}
            if isinstance(name, ast.Name) and name.id in parameters:
                found = list(sent_through(function.name))
            else:
                found = [named_by(name, path, function)]
            for outright, perhaps in found:
                sent |= outright | (perhaps & blocks)
    return sent


def sent_through(name: str) -> Iterator[tuple[set[str], set[str]]]:
    """What is sent by the calls of a function that is given a block's name as its first argument."""
    for path in CORE.rglob("*.py"):
        for function in functions_of(path):
            for call in calls(function, name):
                yield named_by(call.args[0], path, function)


@pytest.mark.parametrize("file", FILES)
def test_statements_are_ascii(file: str) -> None:
    """A server whose encoding lacks a letter refuses a statement for its comment."""
    assert (CORE / file).read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize("file", FILES)
def test_the_module_beside_it_sends_every_block_and_no_other(file: str) -> None:
    blocks = blocks_of(file).keys()
    assert sent_by((CORE / file).with_suffix(".py"), set(blocks)) == blocks


@pytest.mark.parametrize("file", FILES)
def test_every_block_says_what_it_is_for(file: str) -> None:
    for name, body in blocks_of(file).items():
        lines = body.strip().splitlines()
        told = list(takewhile(lambda line: line.startswith("-- "), lines))
        assert re.fullmatch(r"-- [A-Z].*[.?]", " ".join(told)), f"{name} in {file} has no whole sentence over it"
        assert len(told) < len(lines), f"{name} in {file} does nothing"


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("restore/")])
def test_what_may_be_a_query_has_an_alias(file: str) -> None:
    """Without tables of its own a plan's tables are queries, and PostgreSQL before 16 wants those called something."""
    whole = "\n".join(blocks_of(file).values())
    nameless = re.findall(r"(?<!DISTINCT )(?<!DELETE )\b(?:FROM|JOIN) (?:ONLY )?\{\w+\}(?! AS )", whole)
    assert not nameless


def test_every_module_sends_its_own_statements() -> None:
    senders = set()
    for path in set(CORE.parent.rglob("*.py")) - {CORE / "database" / "statements.py"}:
        for call in calls(tree_of(path), *SENDING):
            assert ast.unparse(call.args[0]) == "__name__", f"{path.name}:{call.lineno} sends what is another's"
            senders.add(path.with_suffix(".sql"))
    assert senders == {CORE / file for file in FILES}
