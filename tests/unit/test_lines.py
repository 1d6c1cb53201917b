"""Files of one JSON object a line: what is written is what is read, and what is no such line is said."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice_guard.core import lines
from practice_guard.core.lines import LineError, Sum

VALUES = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))


@given(st.lists(VALUES), st.integers(1, 50))
def test_objects_come_back_in_their_order(objects: list[dict[str, object]], at_once: int) -> None:
    text = b"".join(map(lines.dump, objects))
    pieces = (text[start : start + at_once] for start in range(0, len(text), at_once))
    found = list(lines.split(pieces))
    assert b"".join(found) == text
    assert [lines.parse(each, "a line") for each in found] == objects


@given(st.binary(), st.integers(1, 20))
def test_lines_with_their_ends_are_the_text(text: bytes, at_once: int) -> None:
    pieces = [text[start : start + at_once] for start in range(0, len(text), at_once)]
    if text and not text.endswith(b"\n"):
        with pytest.raises(LineError, match="its last line is cut off"):
            list(lines.split(pieces))
    else:
        assert list(lines.split(pieces)) == io.BytesIO(text).readlines()


def test_a_line_is_readable() -> None:
    assert lines.dump({"club": "Île", "from": None}) == '{"club": "Île", "from": null}\n'.encode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\xff\n", "line 7 is not UTF-8."),
        (b"oops\n", "line 7 is not JSON."),
        (b"\n", "line 7 is not JSON."),
        (b'{"a": "\x01"}\n', "line 7 is not JSON."),
        (b"[" * 200_000, "line 7 is not JSON."),
        (b'{"a": 1} {"a": 1}\n', "line 7 is not JSON."),
        (b"[]\n", "line 7 is not an object."),
        (b'{"a": {"b": 1, "b": 1}}\n', "line 7 has a field twice."),
    ],
)
def test_what_is_no_such_line_is_said(line: bytes, message: str) -> None:
    with pytest.raises(LineError) as caught:
        lines.parse(line, "line 7")
    assert str(caught.value) == message


def test_a_line_without_end_is_not_waited_for() -> None:
    endless = (b"x" * 10 for _ in range(10**9))
    with pytest.raises(LineError, match="more than 100 bytes"):
        list(lines.split(endless, longest=100))


def test_a_sum_is_over_lines_whoever_has_them() -> None:
    written, read = Sum(), Sum()
    text = b"".join(written.add(lines.dump({"row": row})) for row in range(3))
    for line in lines.split(lines.pieces(io.BytesIO(text))):
        read.add(line)
    assert (read.lines, read.hexdigest()) == (written.lines, written.hexdigest()) == (3, written.hexdigest())
    read.add(b"\n")
    assert read.hexdigest() != written.hexdigest()
