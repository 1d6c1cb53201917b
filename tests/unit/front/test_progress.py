"""What a person is shown while something goes on, by a clock that the test turns and on screens that it looks at."""

from __future__ import annotations

import ast
import io
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from practice_guard.commands.call import Call
from practice_guard.commands.options import Output
from practice_guard.core.progress import SILENT
from practice_guard.render import progress, text
from practice_guard.render.progress import Log, Moment, Progress, Screen, Terminal, lasting, lines_to
from tests.world.terminal import left_on

WHERE = "health reads local, practices on localhost"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def goes_on(self, seconds: float) -> None:
        self.now += seconds


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def opened(screen: Screen, clock: Clock) -> Progress:
    """One that shows what the test tells it when the test says so."""
    watcher = Progress(screen, clock, pause=None)
    watcher.opens(WHERE)
    return watcher


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "progress"]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.mark.parametrize(
    ("rows", "done", "seconds", "said"),
    [
        (None, 0, 5.0, "copying"),
        (25_000, 0, 5.0, "copying: 25,000 rows"),
        (1, 0, 5.0, "copying: 1 row"),
        (25_000, 12_000, 0.5, "copying: 12,000 of 25,000 rows"),
        (25_000, 12_000, 3.0, "copying: 12,000 of 25,000 rows, 4,000 a second, 3 s left"),
        (25_000, 26_000, 13.0, "copying: 26,000 of 25,000 rows, 2,000 a second, 0 s left"),
        (None, 12_000, 3.0, "copying: 12,000 rows, 4,000 a second"),
    ],
)
def test_a_step_is_said_with_what_is_known_of_it(rows: int | None, done: int, seconds: float, said: str) -> None:
    assert Moment(WHERE, "copying", rows, done, seconds, seconds).says == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s"), (3840, "1 h 4 min")]
)
def test_a_length_of_time_is_said_in_two_units_at_most(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


class TestInALog:
    def test_there_is_a_line_every_half_minute(self) -> None:
        clock, said = Clock(), list[str]()
        log = Log(said.append)
        watcher = opened(log, clock)
        watcher.begins("connecting")
        watcher.begins("copying", 25_000)
        for _ in range(7):
            clock.goes_on(10.0)
            watcher.done(1_000)
            watcher.looks()
            watcher.looks()
        watcher.closes()
        assert said == [
            f"{WHERE}: copying: 3,000 of 25,000 rows, 100 a second, 3 min 40 s left, 30 s",
            f"{WHERE}: copying: 6,000 of 25,000 rows, 100 a second, 3 min 10 s left, 1 min 0 s",
        ]

    def test_the_database_is_told_at_once_where_that_is_wanted(self) -> None:
        said: list[str] = []
        opened(Log(said.append, at_once=True), Clock()).closes()
        assert said == [WHERE]

    def test_a_phase_stands_before_its_steps_and_an_etl_is_left_to_speak_for_itself(self) -> None:
        clock, said = Clock(), list[str]()
        log = Log(said.append)
        watcher = opened(log, clock)
        watcher.within("backup")
        watcher.begins("copying rows")
        clock.goes_on(30.0)
        watcher.looks()
        watcher.within("etl")
        clock.goes_on(30.0)
        watcher.looks()
        watcher.within("")
        clock.goes_on(30.0)
        watcher.looks()
        watcher.closes()
        assert said == [f"{WHERE}: backup, copying rows, 30 s"]

    def test_its_lines_are_whole_and_hold_nothing_that_could_be_another_line(self) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading) as there, os.fdopen(writing, "w") as log:
            lines_to(log)("database \x1b[2J evil, Zürich")
            assert there.readline() == "database \\u001b[2J evil, Zürich\n"

    def test_who_reads_no_log_ends_nothing(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as log:
            lines_to(log)("nobody is there")

    def test_a_log_that_is_no_file_is_written_to_all_the_same(self) -> None:
        log = io.StringIO()
        lines_to(log)("a line")
        assert log.getvalue() == "a line\n"


class TestAtATerminal:
    def test_a_step_is_shown_once_it_takes_a_second_and_all_is_gone_in_the_end(self) -> None:
        clock, out = Clock(), Tty()
        terminal = Terminal(text.console(out))
        watcher = opened(terminal, clock)
        watcher.begins("copying", 20_000)
        watcher.looks()
        assert left_on(out.getvalue()) == [WHERE]
        clock.goes_on(2.0)
        watcher.done(4_000)
        watcher.looks()
        first, second = left_on(out.getvalue())
        assert first == WHERE
        assert second.endswith(" copying: 4,000 of 20,000 rows, 2,000 a second, 8 s left, 2 s")
        watcher.begins("proving")
        watcher.looks()
        assert left_on(out.getvalue()) == [WHERE]
        watcher.closes()
        assert left_on(out.getvalue()) == []

    def test_what_is_printed_between_two_steps_stays(self) -> None:
        clock, out = Clock(), Tty()
        terminal = Terminal(text.console(out))
        watcher = opened(terminal, clock)
        for step in ("copying", "proving"):
            watcher.begins(step)
            clock.goes_on(2.0)
            watcher.looks()
            assert step in "".join(left_on(out.getvalue()))
            watcher.ends()
            out.write(f"{step} is done\n")
            watcher.looks()
        watcher.closes()
        assert left_on(out.getvalue()) == ["copying is done", "proving is done"]

    def test_nothing_is_shown_while_the_etl_has_the_terminal(self) -> None:
        clock, out = Clock(), Tty()
        terminal = Terminal(text.console(out))
        watcher = opened(terminal, clock)
        watcher.within("etl")
        clock.goes_on(100.0)
        watcher.looks()
        assert out.getvalue() == ""
        watcher.closes()

    def test_the_cursor_is_never_hidden_since_a_killed_process_could_not_show_it_again(self) -> None:
        clock, out = Clock(), Tty()
        terminal = Terminal(text.console(out))
        watcher = opened(terminal, clock)
        watcher.begins("copying")
        watcher.looks()
        watcher.closes()
        assert WHERE in out.getvalue()
        assert "\x1b[?25" not in out.getvalue()

    def test_a_narrow_one_gets_lines_that_fit_or_they_could_not_be_taken_away(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "30")
        clock, out = Clock(), Tty()
        terminal = Terminal(text.console(out))
        watcher = opened(terminal, clock)
        watcher.begins("comparing with the last snapshot", 1_000_000)
        clock.goes_on(2.0)
        watcher.looks()
        shown = left_on(out.getvalue())
        watcher.closes()
        assert len(shown) == 2
        assert max(map(len, shown)) <= 30


class Held:
    """A screen that takes for ever to show anything, as a terminal that was stopped does."""

    def __init__(self) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()
        self.shown: list[str] = []

    def opens(self, where: str) -> None: ...

    def clears(self) -> None: ...

    def shows(self, moment: Moment) -> None:
        self.shown.append(moment.step)
        self.reached.set()
        self.let_go.wait(60.0)


def test_who_tells_does_not_wait_for_a_screen_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.01)
    screen = Held()
    watcher = Progress(screen, Clock(), pause=0.0)
    watcher.begins("copying", 10)
    watcher.opens(WHERE)
    assert screen.reached.wait(60.0)
    for _ in range(1_000):
        watcher.begins("proving")
        watcher.done(1)
    watcher.closes()
    assert not screen.let_go.is_set()
    screen.let_go.set()
    for each in threads():
        each.join(60.0)
    assert screen.shown == ["copying"], "nothing after the end"


def test_nothing_is_shown_after_the_end() -> None:
    clock, said = Clock(), list[str]()
    watcher = Progress(Log(said.append, at_once=True), clock, pause=0.001)
    watcher.begins("copying")
    watcher.opens(WHERE)
    watcher.closes()
    watcher.begins("more")
    watcher.opens("again")
    clock.goes_on(100.0)
    watcher.looks()
    watcher.closes()
    assert said == [WHERE]
    assert threads() == []


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    class Gone(Tty):
        def write(self, _: str) -> int:
            raise OSError(5, "Input/output error")

    watcher = Progress(Terminal(text.console(Gone())), Clock(), pause=0.001)
    watcher.begins("copying")
    watcher.opens(WHERE)
    watcher.ends()
    watcher.closes()


def test_where_nobody_watches_there_is_no_thread() -> None:
    watcher = Progress(None)
    for each in (watcher, SILENT):
        each.begins("copying", 3)
        each.done(1)
        each.ends()
    watcher.opens(WHERE)
    assert threads() == []
    watcher.closes()


def test_what_shows_knows_no_database() -> None:
    tree = ast.parse(Path(progress.__file__).read_text(encoding="utf-8"))
    modules = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module}
    ours = {name for name in modules if name.startswith("practice_guard")}
    assert ours == {"practice_guard.core.words", "practice_guard.render.outcome"}


@pytest.mark.parametrize(
    ("stdout", "stderr", "set_to", "options", "screen"),
    [
        (True, True, {}, {}, Terminal),
        (True, True, {}, {"quiet": True}, None),
        (True, True, {}, {"json_output": True}, None),
        (True, True, {}, {"output": Output.JSON}, None),
        (True, True, {"TERM": "dumb"}, {}, Log),
        (False, True, {}, {}, None),
        (False, False, {}, {}, Log),
        (True, False, {}, {}, Log),
        (False, False, {}, {"quiet": True}, None),
        (False, False, {}, {"json_output": True}, None),
        (False, False, {"RAILWAY_ENVIRONMENT_NAME": "staging"}, {}, Log),
        (False, False, {"RAILWAY_ENVIRONMENT_NAME": "staging"}, {"json_output": True}, None),
    ],
)
def test_what_goes_on_is_shown_to_people_and_in_logs(
    stdout: bool,
    stderr: bool,
    set_to: dict[str, str],
    options: dict[str, Any],
    screen: type | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Tty() if stdout else io.StringIO())
    monkeypatch.setattr(sys, "stderr", Tty() if stderr else io.StringIO())
    monkeypatch.delenv("RAILWAY_ENVIRONMENT_NAME", raising=False)
    for name, value in ({"TERM": "xterm"} | set_to).items():
        monkeypatch.setenv(name, value)
    usual: dict[str, Any] = {"env": None, "output": Output.TEXT, "lock_timeout": None, "statement_timeout": None}
    flags = dict.fromkeys(("json_output", "verbose", "quiet", "no_color", "debug"), False)
    call = Call("health", **{**usual, **flags, **options})
    found = call.screen()
    assert type(found) is screen if screen else found is None
