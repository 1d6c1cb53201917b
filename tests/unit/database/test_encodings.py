"""Texts of ours in databases that lack letters."""

from __future__ import annotations

import codecs
import json
from typing import cast

import pytest

from practice_guard.core.database import Database, as_json, encodings, fitted


class In:
    """A database of an encoding."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding


def database(encoding: str) -> Database:
    return cast("Database", In(encoding))


@pytest.mark.parametrize(
    ("encoding", "kept"),
    [
        ("UTF8", "é → テ"),
        ("SQL_ASCII", "é → テ"),
        ("LATIN1", "é ? ?"),
        ("WIN1252", "é ? ?"),
        ("EUC_JP", "é → テ"),
        ("unheard of", "? ? ?"),
    ],
)
def test_a_letter_that_an_encoding_lacks_is_a_question_mark(encoding: str, kept: str) -> None:
    assert fitted(database(encoding), "é → テ") == kept
    assert json.loads(as_json(database(encoding), {"said": "é → テ"})) == {"said": kept}


def test_what_is_no_text_is_a_question_mark_too() -> None:
    """An argument of a command line may have bytes that are no letter."""
    assert fitted(database("UTF8"), "a\udce9b") == "a?b"


@pytest.mark.parametrize("codec", sorted(set(encodings._CODECS.values())))
def test_every_encoding_is_one_that_python_knows(codec: str) -> None:
    assert codecs.lookup(codec)
