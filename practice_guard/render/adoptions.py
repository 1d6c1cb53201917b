"""Rows adopted by the lists of an older snapshot, for people and for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType

from practice_guard.core.upkeep import Adoptions
from practice_guard.core.words import agreeing, counted
from practice_guard.render.text import line, table


def shown(report: Adoptions) -> Sequence[RenderableType]:
    """Lay out what is adopted, each with what its id was and what that is today."""
    if not report.adopted:
        return (line(f"  {sentence(report)}", "dim"),)
    rows = [
        (each.orphan.set, each.orphan.column, each.orphan.rows, each.was, each.today or f"waits: {each.waits}")
        for each in report.adopted
    ]
    return (table(("adopted", "by", "rows", f"was, by the lists of {report.source}", "today"), rows),)


def sentence(report: Adoptions) -> str:
    """Say how much was adopted."""
    if not report.adopted:
        return f"Nothing to adopt: no row hangs on an id that is gone and that a list of {report.source} knows."
    rows, gone = report.rows, counted(len(report.adopted), "id")
    gone += agreeing(len(report.adopted), " that is gone", " that are gone")
    return f"{counted(rows, 'row')} on {gone} {agreeing(rows, 'is', 'are')} adopted by the lists of {report.source}."


def result(report: Adoptions) -> Mapping[str, object]:
    """Return what the JSON document says of it."""
    return {
        "orphans_from": report.source,
        "adopted": [
            {
                "protected": each.orphan.set,
                "column": each.orphan.column,
                "parent": each.orphan.parent.name,
                "id": each.orphan.id,
                "rows": each.orphan.rows,
                "team": each.was,
                "list": each.orphan.list,
                "today": each.today or None,
                "waits": each.waits or None,
                "elsewhere": list(each.elsewhere),
            }
            for each in report.adopted
        ],
        "not_adopted": [
            {
                "protected": each.set,
                "column": each.column,
                "parent": each.parent.name,
                "id": each.id,
                "rows": each.rows,
            }
            for each in report.unknown
        ],
    }
