"""What the README tells people to type is what the program understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from practice_guard.exits import Status
from tests.world.program import Guard

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command_lines() -> list[str]:
    """Every `practice-guard …` in a block of shell, without what follows it on the line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ")
    found = re.findall(r"practice-guard [^\n|>&;]*", text)
    return sorted({re.sub(r"\s#.*", "", line).strip() for line in found})


def test_there_is_something_to_check() -> None:
    assert len(command_lines()) > 5


@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_is_understood(guard: Guard, line: str) -> None:
    words = shlex.split(line)[1:]
    if "--" in words:
        words = words[: words.index("--")]
    outcome = guard(*words, "--help")
    assert outcome.status == 0, outcome


def test_the_first_screen_has_the_two_lines_for_newcomers() -> None:
    first_screen = "\n".join(README.splitlines()[:30])
    assert "./scripts/demo" in first_screen
    assert "./scripts/test" in first_screen
    for script in ("demo", "test"):
        assert (ROOT / "scripts" / script).stat().st_mode & 0o111


def test_every_status_is_in_the_table() -> None:
    for status in Status:
        assert re.search(rf"^\| {int(status)} \|", README, re.MULTILINE), status
