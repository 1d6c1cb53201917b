"""What is protected and what is not, as an outcome."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from practice_guard.core.application import LEAGUES, TEAMS, Coverage, Covered, Uncovered
from practice_guard.core.model import Verdict
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import line, table


def protected(found: Coverage, *, verbose: bool = False) -> Outcome:
    """Present `protected`: a line for each set and their sum, then what points at teams or leagues unprotected.

    `verbose` says by which columns a set points at something.
    """
    rows: list[tuple[object, ...]] = [
        (
            each.bound.name,
            each.bound.table.name,
            each.rows,
            _owners(each),
            _points_at(each, verbose=verbose),
            _source(each),
        )
        for each in found.covered
    ]
    rows.append(("sum", "", found.rows, "", "", ""))
    body: list[RenderableType] = [table(("protected", "table", "rows", "hang on", "points at", "defined"), rows)]
    if found.skipped:
        body.append(line(f"  Not in this database, so not protected: {', '.join(found.skipped)}.\n", "dim"))
    body += [line(f"  Not protected, {name} is left out: {why}\n", "dim") for name, why in found.left_out.items()]
    if found.uncovered:
        open_ends = [
            (
                f"{each.pointer.table}.{each.pointer.column}",
                str(each.pointer.target),
                "foreign key" if each.pointer.by_foreign_key else "its name",
                "not readable" if each.rows is None else each.rows,
            )
            for each in found.uncovered
        ]
        body.append(table(("not protected", "points at", "known by", "rows"), open_ends))
    are, sets = agreeing(found.rows, "is", "are"), counted(len(found.covered), "set")
    what = f"{counted(found.rows, 'row')} in {sets} {are} protected{_others(found.uncovered)}"
    return Outcome(
        Verdict.FINE,
        f"{what}.",
        {
            "rows": found.rows,
            "protected": {each.bound.name: _described(each) for each in found.covered},
            "skipped": list(found.skipped),
            "left_out": dict(found.left_out),
            "unprotected": [
                {
                    "table": each.pointer.table,
                    "column": each.pointer.column,
                    "target": str(each.pointer.target),
                    "by_foreign_key": each.pointer.by_foreign_key,
                    "rows": each.rows,
                }
                for each in found.uncovered
            ],
        },
        tuple(body),
        (),
        (Step("explain", "unprotected-table", why="how to protect one more"),) if found.uncovered else (),
    )


def _others(uncovered: Sequence[Uncovered]) -> str:
    if not uncovered:
        return ""
    loose = sum(each.rows or 0 for each in uncovered)
    dark = sum(each.rows is None for each in uncovered)
    point = agreeing(loose, "points at a team or league and is", "point at teams or leagues and are")
    said = f"; {loose:,} in {counted(len(uncovered), 'other column')} {point} not"
    return f"{said}, without those of {counted(dark, 'column')} that this role may not read" if dark else said


def _owners(each: Covered) -> str:
    return counted(each.owners, each.of.one)


def _points_at(each: Covered, *, verbose: bool) -> str:
    if not verbose:
        return ", ".join(dict.fromkeys(each.bound.tables))
    found = zip(each.bound.references, each.bound.tables, strict=True)
    return ", ".join(f"{reference.column} → {name}" for reference, name in found)


def _source(each: Covered) -> str:
    return each.bound.set.source


def _described(each: Covered) -> dict[str, object]:
    bound = each.bound
    return {
        "table": f"{bound.table.schema}.{bound.table.name}",
        "condition": bound.set.condition,
        "rows": each.rows,
        "teams": each.owners if each.of == TEAMS else None,
        "leagues": each.owners if each.of == LEAGUES else None,
        "references": [
            {"column": reference.column, "table": name, "set": reference.parent}
            for reference, name in zip(bound.references, bound.tables, strict=True)
        ],
        "same": list(bound.content),
        "set_by_triggers": sorted(bound.stamped),
        "etl_deletes": bound.set.etl_deletes is not False,
        "defined": _source(each),
    }
