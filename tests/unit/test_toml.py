"""TOML that people write: the line in every complaint."""

from __future__ import annotations

import pytest

from practice_guard.core import toml
from practice_guard.core.errors import UsageError

TEXT = '''# [[set]] in a comment
top = ["a"]

[[set]]
name = "one"

[["set"]]   # the second
note = """
[[set]]
name = "not this one"
"""
'name' = "two"
same = [
  "name",
]
[ set . points ]
to = "one"

[[set]]
name = "it's three # no comment"
[other]
name = "none"
to = "none"
'''


@pytest.mark.parametrize(
    ("name", "number", "key", "line"),
    [
        ("top", 0, "", 2),
        ("set", 0, "", 4),
        ("set", 1, "", 7),
        ("set", 2, "", 19),
        ("other", 0, "", 21),
        ("set", 0, "name", 5),
        ("set", 1, "name", 12),
        ("set", 1, "same", 13),
        ("set", 1, "points", 16),
        ("set", 1, "to", 17),
        ("set", 2, "name", 20),
        ("other", 0, "to", 23),
    ],
)
def test_tables_and_keys_are_found_in_their_line(name: str, number: int, key: str, line: int) -> None:
    assert toml.parse(TEXT, "file")["set"][1]["points"] == {"to": "one"}
    assert toml.Lines(TEXT).of(name, number, key) == line


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_has_no_line_of_its_own_is_in_that_of_its_table(ends: str) -> None:
    lines = toml.Lines(ends.join(("", 'set = [{ name = "one" }, { name = "two" }]', "[[other]]", "x = 1", "")))
    assert [lines.of("set", number, "name") for number in (0, 1)] == [2, 2]
    assert lines.of("other", 0, "y") == 3
    assert lines.of("nowhere") == 1


def test_a_line_separator_in_a_text_is_no_end_of_a_line() -> None:
    assert toml.Lines('a = "one\u2028two"\nb = 1\n').of("b") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", r"file, line 1: this is not TOML: .+\. Nothing was done\.$"),
        ("a = 1\nb c\n", r"file, line 2: this is not TOML: "),
        ("a = 1\n\nb = '''\n'''\na = 2\nc = 3\n", r'file, line 5: this is not TOML: Key "a" already exists\. Nothing'),
        ("a = 1\r\na = 2\r\nb = 3\r\n", r'file, line 2: this is not TOML: Key "a" already exists\. Nothing'),
    ],
)
def test_what_is_no_toml_is_refused_with_the_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        toml.parse(text, "file")
