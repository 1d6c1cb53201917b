"""Every finding that the program can make has a page and a severity, and there is no page too many."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import practice_guard
from practice_guard.core.checks.safety import CHECKS
from practice_guard.core.errors import UsageError
from practice_guard.core.findings import pages
from practice_guard.core.findings.severities import FIRM, SEVERITIES
from practice_guard.core.model import Severity

SOURCE = Path(practice_guard.__file__).parent
MAKERS = {"Finding", "found", "unseen", "note"}
"""What makes a finding, given its code first. Say it here when there is another one."""


def findings_made() -> Iterator[tuple[str, ast.expr, ast.Call]]:
    """Every place in the program where a finding is made: file and line, the code's expression, the call."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (code := _code_of(node)) is not None:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", code, node


def _code_of(call: ast.Call) -> ast.expr | None:
    arguments = list(call.args)
    maker = arguments.pop(0) if _name(call.func) == "partial" and arguments else call.func
    if _name(maker) not in MAKERS:
        return None
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return next(iter([*arguments, *named]), None)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def codes_of(code: ast.expr) -> set[str]:
    """The codes that an expression can mean: a literal, or a literal with a part that is filled in."""
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return {code.value}
    if isinstance(code, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in code.values]
        return {each for each in SEVERITIES if re.fullmatch("".join(parts), each)}
    return set()


def every_code() -> set[str]:
    return {code for _, expression, _ in findings_made() for code in codes_of(expression)}


def test_every_code_that_can_be_emitted_has_a_page_and_every_page_a_code() -> None:
    assert every_code() == set(pages.codes()), "write or remove practice_guard/core/findings/pages/CODE.md"


def test_every_code_that_can_be_emitted_has_a_severity() -> None:
    assert every_code() == set(SEVERITIES), "the one table is practice_guard/core/findings/severities.py"


def test_every_code_is_written_where_it_can_be_found() -> None:
    passed_on = {
        f"core/{file}.py" for file in ("findings/severities", "checks/health", "checks/safety", "checks/before/by_hand")
    }
    hidden = [place for place, code, _ in findings_made() if not codes_of(code)]
    assert {place.partition(":")[0] for place in hidden} <= passed_on


def test_every_check_finds_its_own_code() -> None:
    assert set(CHECKS) <= every_code()


def test_severities_written_beside_a_code_are_those_of_the_table() -> None:
    differing = []
    for place, code, call in findings_made():
        for value in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(value, ast.Attribute) and _name(value.value) == "Severity":
                differing += [
                    f"{place}: {each}" for each in codes_of(code) if SEVERITIES[each] is not Severity[value.attr]
                ]
    assert differing == []


@pytest.mark.parametrize("code", pages.codes())
def test_a_page_says_what_how_found_how_mended_how_undone(code: str) -> None:
    text = (SOURCE / "core" / "findings" / "pages" / f"{code}.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(pages.SECTIONS)
    page = pages.page(code)
    assert all(len(part) > 10 for part in (page.title, page.means, page.found, page.mend, page.undo))
    assert text.startswith(f"# {page.title}\n")
    assert text.count("```") % 2 == 0
    assert max(map(len, text.splitlines())) <= 120


def test_codes_named_on_a_page_exist() -> None:
    kebab = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
    commands = {"check-preservation", "validate-safety"}
    for code in pages.codes():
        named = set(kebab.findall(pages.page(code).text))
        assert named <= set(SEVERITIES) | commands, code


def test_a_page_shows_what_the_finding_weighs() -> None:
    text = pages.page("rows-lost").text
    assert text.startswith("# Protected rows are not there\n\n`rows-lost`: error, and no setting lowers it\n\n## What")
    assert "`snapshot-old`: warning\n" in pages.page("snapshot-old").text


def test_an_unknown_code_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="nearest name there is rows-lost"):
        pages.page("row-lost")
    with pytest.raises(UsageError, match=r"'../x'; there are: .*no-snapshot"):
        pages.page("../x")


def test_what_may_not_be_lowered_is_an_error() -> None:
    assert {SEVERITIES[code] for code in FIRM} == {Severity.ERROR}
