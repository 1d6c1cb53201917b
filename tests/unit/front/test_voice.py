"""How an ETL is spoken to, by what it has to log with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from practice_guard.core.errors import UsageError
from practice_guard.core.model import Severity
from practice_guard.etl.voice import voice


@dataclass
class LogsItself:
    lines: list[tuple[str, str]] = field(default_factory=list)

    def log(self, message: str, level: str) -> None:
        self.lines.append((level, message))


@dataclass
class LikeALogger:
    lines: list[tuple[str, str]] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.lines.append(("info", message))

    def warning(self, message: str) -> None:
        self.lines.append(("warning", message))

    def error(self, message: str) -> None:
        self.lines.append(("error", message))


def test_an_object_that_logs_itself_gets_message_and_level() -> None:
    logger = LogsItself()
    for severity in Severity:
        voice(logger)(severity, "41 rows, 100 %")
    assert logger.lines == [("ERROR", "41 rows, 100 %"), ("WARNING", "41 rows, 100 %"), ("INFO", "41 rows, 100 %")]


def test_an_object_with_methods_is_called_by_them() -> None:
    logger = LikeALogger()
    for severity in Severity:
        voice(logger)(severity, "41 rows")
    assert logger.lines == [("error", "41 rows"), ("warning", "41 rows"), ("info", "41 rows")]


def test_the_standard_logger_is_not_taken_for_one_that_logs_itself(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for logger in (logging.getLogger("etl"), logging.LoggerAdapter(logging.getLogger("etl"), {})):
        caplog.clear()
        for severity in Severity:
            voice(logger)(severity, "100 % of %s")
        assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
            ("ERROR", "100 % of %s"),
            ("WARNING", "100 % of %s"),
            ("INFO", "100 % of %s"),
        ]


def test_none_is_silent(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    voice(None)(Severity.ERROR, "41 rows")
    assert capsys.readouterr() == ("", "")
    assert not caplog.records


def test_a_team_name_cannot_write_lines_of_its_own() -> None:
    logger = LogsItself()
    voice(logger)(Severity.INFO, "Tennaqua\x1b[31m - \u202e22\r")
    assert logger.lines == [("INFO", "Tennaqua\\u001b[31m - \\u202e22\\u000d")]


@pytest.mark.parametrize("logger", [object(), "etl.log", 3])
def test_what_cannot_log_is_refused(logger: object) -> None:
    with pytest.raises(UsageError, match=r"log\(message, level\)"):
        voice(logger)
