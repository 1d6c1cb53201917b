"""An outcome for a person at a terminal, through a pipe, or in a log: only a terminal's lines are wrapped."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from practice_guard.core.errors import GuardError
from practice_guard.core.identity import explain
from practice_guard.core.model import Finding, Match, Severity, Verdict
from practice_guard.render.outcome import Heading, Outcome, safe

_SIGNS = {
    Severity.ERROR: ("error", "bold red"),
    Severity.WARNING: ("warning", "yellow"),
    Severity.INFO: ("note", "cyan"),
}
_VERDICTS = {
    Verdict.FINE: ("OK", "bold green"),
    Verdict.REFUSED: ("NO", "bold red"),
    Verdict.WAITING: ("WAITING", "bold yellow"),
    Verdict.DAMAGED: ("DAMAGED", "bold red"),
}
_WORD = 20
_UNBROKEN = 40
"""Columns that the first column of a table may have and stay in one line; longer ones would squeeze the others."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose for a body, set in by some blanks: it wraps at a terminal's width, and is one line anywhere else."""

    text: Text
    indent: int = 0

    def __rich__(self) -> RenderableType:
        """Set it in, where it may wrap."""
        return Padding(self.text, (0, 0, 0, self.indent))


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines for a body that are copied: no width breaks them."""

    text: Text

    def __rich__(self) -> RenderableType:
        """Leave them as they are."""
        return self.text


class _Console(Console):
    """A console that never hides the cursor: a process that is killed could not show it again."""

    def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002
        """Leave it as it is."""
        return False


def console(stream: TextIO | None = None, *, color: bool = True) -> Console:
    """Make a console; NO_COLOR and TERM=dumb are honoured, and the cursor is left alone.

    Without a terminal it has no colours, tables have 80 columns (or COLUMNS), and every sentence is one line, whole,
    for who searches or cuts it.
    """
    plain = not color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return _Console(
        file=stream or sys.stdout, no_color=plain or None, highlight=False, markup=False, emoji=False, soft_wrap=False
    )


def show(out: Console, heading: Heading, outcome: Outcome, *, quiet: bool = False) -> None:
    """Print heading, body, findings, next steps, and last the verdict; quietly only the verdict."""
    if not quiet:
        _heading(out, heading)
        for part in outcome.body:
            _print(out, part)
        _findings(out, heading, outcome.findings)
        _next_steps(out, heading.lines(outcome.next_steps))
    word, style = _VERDICTS[outcome.verdict]
    if outcome.failed:
        word, style = "FAILED", "bold red"
    _print(out, Text.assemble((word, style), "  ", safe(outcome.sentence)))


def show_error(err: Console, heading: Heading, error: BaseException, status: int) -> None:
    """Print what went wrong and what to do, without a traceback."""
    _print(err, Text.assemble(("error", "bold red"), f" ({status})  ", safe(str(error) or type(error).__name__)))
    _next_steps(err, heading.lines(error.next_steps if isinstance(error, GuardError) else ()))


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "", keep: int | None = None
) -> Padding:
    """Lay out rows under columns; numbers to the right, everything else to the left.

    Args:
        columns: their headings.
        rows: their values.
        title: a line above.
        keep: how many columns stay in any case; of the others those without a single number but 0 are left out, so
            that what matters fits into 80 columns.
    """
    listed = [list(row) for row in rows]
    shown = [
        place
        for place in range(len(columns))
        if keep is None or place < keep or any(row[place] not in (0, "", None) for row in listed)
    ]
    cells = [[_cell(row[place]) for place in shown] for row in listed]
    grid = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        show_header=any(columns),
        title=title or None,
        title_justify="left",
    )
    for place, column in enumerate(shown):
        numeric = bool(cells) and all(row[place].plain.replace(",", "").strip("-").isdigit() for row in cells)
        short = all(_is_short(row[place], first=place == 0) for row in cells)
        grid.add_column(
            columns[column],
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric or short,
        )
    for row in cells:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 1, 2))


def bars(counts: Mapping[str, int], *, styles: Mapping[str, str] | None = None, width: int = 36) -> Padding:
    """Draw one bar for each count that is not 0, each as long as its share of the largest."""
    shown = {name: count for name, count in counts.items() if count}
    largest = max(shown.values(), default=1)
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_column(no_wrap=True)
    for name, count in shown.items():
        bar = "#" * max(1, round(width * count / largest))
        grid.add_row(Text(name), Text(f"{count:,}"), Text(bar, style=(styles or {}).get(name, "")))
    return Padding(grid, (0, 0, 1, 2))


def line(text: str, style: str = "") -> Text:
    """Return a line of text that nothing in it can turn into something else."""
    return Text(safe(text), style=style)


_EXPLAINED = 40
"""Rows of parents that are explained before the rest is only counted."""


def explained(matches: Sequence[Match], parents: Sequence[str] = ()) -> list[Text]:
    """Tell why each team asked for was matched as it was, a paragraph each, and each row of a parent, in a line."""
    told = [line(f"{explain(match)}\n") for match in matches]
    told += [line(each) for each in parents[:_EXPLAINED]]
    if len(parents) > _EXPLAINED:
        told.append(line(f"… and {len(parents) - _EXPLAINED:,} more; --json lists them all."))
    return [*told, line("")] if parents else told


def _print(out: Console, part: RenderableType) -> None:
    """Print a part; where there is no terminal, prose does not wrap and no line ends in blanks."""
    if isinstance(part, Verbatim):
        out.print(part.text, soft_wrap=True)
    elif out.is_terminal:
        out.print(part)
    elif isinstance(part, Text):
        out.print(part, soft_wrap=True)
    elif isinstance(part, Paragraph):
        out.print(Text(" " * part.indent) + part.text, soft_wrap=True)
    else:
        with out.capture() as printed:
            out.print(part)
        out.file.writelines(f"{each.rstrip()}\n" for each in printed.get().splitlines())


def _is_short(cell: Text, *, first: bool) -> bool:
    """Whether a cell stays in one line: in the first column, or a word, a table's name say, hard to read in pieces."""
    return cell.cell_len <= _UNBROKEN if first else cell.cell_len <= _WORD and not re.search(r"\s", cell.plain)


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Text(f"{value:,}")
    return Text(safe("" if value is None else str(value)))


def _heading(out: Console, heading: Heading) -> None:
    where = [("  " + safe(heading.where), "dim")] if heading.where else []
    _print(out, Text.assemble((heading.command, "bold"), *where))
    out.print()


def _findings(out: Console, heading: Heading, findings: Sequence[Finding]) -> None:
    for finding in findings:
        word, style = _SIGNS[finding.severity]
        _print(out, Text.assemble((word, style), "  ", safe(finding.what), ("  [" + finding.code + "]", "dim")))
        details = [finding.why, *(f"e.g. {example}" for example in finding.examples)]
        for detail in details:
            _print(out, Paragraph(line(detail), 4))
        fix = [part for each in heading.lines(finding.fix) for part in each.splitlines()]
        for number, part in enumerate(fix):
            out.print(line(f"    {'fix:' if number == 0 else '    '} {part}"), soft_wrap=True)
    if findings:
        out.print()


def _next_steps(out: Console, steps: Sequence[str]) -> None:
    for number, step in enumerate(steps):
        out.print(Text.assemble(("next  " if number == 0 else "      ", "bold"), safe(step)), soft_wrap=True)
    if steps:
        out.print()
