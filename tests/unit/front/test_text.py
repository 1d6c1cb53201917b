"""What people and programs see: nothing in a team's name can turn into something else."""

from __future__ import annotations

import io
import json as plain_json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.render import json, text
from practice_guard.render.outcome import Heading, Outcome, safe

HEADING = Heading("health", "local", {"host": "here", "name": "league", "fingerprint": None})


def shown(outcome: Outcome, *, quiet: bool = False) -> str:
    stream = io.StringIO()
    text.show(text.console(stream, color=False), HEADING, outcome, quiet=quiet)
    return stream.getvalue()


@given(st.text())
def test_no_control_or_direction_character_reaches_a_terminal(name: str) -> None:
    assert not any(letter in safe(name) for letter in "\x1b\x07\x08\r\x9b\u202e\u2066\u200b\ufeff\x00")


def test_a_name_cannot_color_or_move_the_screen() -> None:
    printed = shown(Outcome(Verdict.FINE, "Team \x1b[31mred\x1b[0m [bold]x[/bold] \u202eabc", {}))
    assert "\x1b" not in printed
    assert "\\u001b[31mred" in printed
    assert "[bold]x[/bold]" in printed


def test_a_column_without_a_number_is_left_out_and_numbers_are_whole() -> None:
    table = text.table(("name", "rows", "lost", "pending"), [("a", 25190, 0, 0), ("b", 2, 0, 7)], keep=2)
    printed = shown(Outcome(Verdict.FINE, "done", {}, (table,)))
    assert "25,190" in printed
    assert "lost" not in printed
    assert "pending" in printed


def test_quietly_only_the_verdict_is_printed() -> None:
    finding = Finding("code", Severity.ERROR, "3 rows", "why")
    outcome = Outcome(Verdict.REFUSED, "Not healthy.", {}, findings=(finding,), next_steps=("type this",))
    assert shown(outcome, quiet=True) == "NO  Not healthy.\n"
    assert "3 rows" in shown(outcome)


def test_a_statement_to_copy_stays_in_one_line() -> None:
    statement = "UPDATE schedule SET home_team_id = 1 WHERE " + " OR ".join(f"id = {n}" for n in range(40))
    printed = shown(Outcome(Verdict.REFUSED, "no", {}, findings=(Finding("c", Severity.ERROR, "1", "w", statement),)))
    assert statement in printed


def test_through_a_pipe_every_sentence_is_one_line() -> None:
    long = "The ETL was not started: /" + "a/" * 80 + "etl: Permission denied. " + "More words. " * 20 + "The end."
    finding = Finding("code", Severity.ERROR, f"3 rows. {long}", f"Why: {long}", examples=(long,))
    body = (text.line(f"Body: {long}"), text.Paragraph(text.line(f"More: {long}"), 6))
    outcome = Outcome(Verdict.REFUSED, long, {}, body, findings=(finding,))
    assert shown(outcome).splitlines()[-1] == f"NO  {long}"
    for sentence in (
        f"Body: {long}",
        f"      More: {long}",
        f"error  3 rows. {long}  [code]",
        f"    Why: {long}",
        f"    e.g. {long}",
    ):
        assert sentence in shown(outcome).splitlines()


def test_through_a_pipe_no_line_ends_in_blanks_and_no_name_is_broken() -> None:
    rows = [("captain_messages", "captain_messages", 13, "some words that may wrap where there is no room for them")]
    printed = shown(Outcome(Verdict.FINE, "done", {}, (text.table(("set", "table", "rows", "says"), rows),)))
    assert printed.count("captain_messages") == 2
    assert not [line for line in printed.splitlines() if line != line.rstrip()]
    assert all(len(line) <= 80 for line in printed.splitlines())


def test_at_a_terminal_sentences_wrap_at_its_width_between_words() -> None:
    stream = io.StringIO()
    out = Console(file=stream, force_terminal=True, width=60, no_color=True, highlight=False, markup=False)
    finding = Finding("code", Severity.ERROR, "3 rows", "many words " * 20)
    text.show(out, HEADING, Outcome(Verdict.REFUSED, "many words " * 20, {}, findings=(finding,)))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()
    assert len(lines) > 8
    assert all(len(line) <= 60 and not line.rstrip().endswith("wor") for line in lines)


def test_the_last_line_is_the_verdict() -> None:
    printed = shown(Outcome(Verdict.WAITING, "3 rows wait.", {}, next_steps=("restore",)))
    assert printed.splitlines()[-1] == "WAITING  3 rows wait."


def test_one_document_of_json_with_the_contracts_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    json.show(HEADING, Outcome(Verdict.REFUSED, "no \x1b", {"healthy": False}), 3)
    document = plain_json.loads(capsys.readouterr().out)
    assert set(document) == {
        "schema_version", "command", "environment", "database", "ok", "exit_code", "verdict", "findings", "next_steps",
        "result",
    }  # fmt: skip
    assert (document["ok"], document["exit_code"], document["schema_version"]) == (False, 3, 1)


def test_a_long_team_leaves_room_for_the_reason_beside_it() -> None:
    """At 80 columns no word is cut, although team and reason together are far longer than a line."""
    team = "Hinsdale PC II - 13 SW (Hinsdale PC II, Chicago 13 SW, APTA_CHICAGO)"
    reason = "neither its name nor its place is in the new list"
    table = text.table(("waiting", "rows", "reason", "because"), [(team, 27, "missing", reason)])
    printed = shown(Outcome(Verdict.FINE, "done", {}, (table,)))
    assert set(f"waiting rows because missing {team} {reason}".split()) <= set(printed.split())
    assert max(len(line) for line in printed.splitlines()) <= 80
