"""Sections at the end of a settings file: what is there stays, whatever it ends with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice_guard.core.application import sections
from practice_guard.core.application.declared import parse
from practice_guard.core.application.sections import Section

SEATS = Section("seats", "seats", '[[protected]]\nname = "seats"\ntable = "seats"\nteams = ["team_id"]\n')
ROWS = Section("rows", "rows", '[[protected]]\nname = "rows"\ntable = "rows"\nleagues = ["league_id"]\n')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet",
        "# nothing yet\n\n",
        'not_protected = ["polls"]',
        'not_protected = ["polls"]\r\n# Wilmette\r\n',
        '[[protected]]\nname = "rides"\ntable = "rides"\nteams = ["team_id"]\n[[league]]\ncode = "*"\n',
        '[[league]]\ncode = "*"\nseries_words = ["Serie"]\n\n[[protected]]\nname = "rides"\ntable = "r"\nteams = ["t"]',
    ],
)
def test_a_file_says_what_it_said_and_the_sections_beside(text: str) -> None:
    made = sections.appended(text, [SEATS, ROWS])
    assert made.startswith(text)
    end = "\r\n" if "\r\n" in text else "\n"
    assert made.count("\n") == made.count(end)
    before, after = parse(text, "f"), parse(made, "f")
    assert [each.name for each in after.sets] == [*(each.name for each in before.sets), "seats", "rows"]
    assert (after.without, after.habits) == (before.without, before.habits)


@given(st.lists(st.sampled_from(["# Tennaqua", "", " ", 'not_protected = ["polls"]'])), st.sampled_from(["\n", "\r\n"]))
def test_nothing_of_a_text_is_lost(lines: list[str], end: str) -> None:
    text = end.join(lines)
    made = sections.appended(text, [SEATS])
    assert made.startswith(text)
    assert made.endswith(SEATS.text.replace("\n", end) if end in text else SEATS.text)


def test_no_section_changes_nothing() -> None:
    assert sections.appended("# nothing yet", []).strip() == "# nothing yet"
