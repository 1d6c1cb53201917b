"""What is protected and what is not, as an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from practice_guard.core.application import LEAGUES, TEAMS, AtImport, Coverage, Covered, Exposed
from practice_guard.core.model import Verdict
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import Paragraph, Verbatim, line, table


def protected(found: Coverage, file: str, written: Sequence[str] | None = None, *, verbose: bool = False) -> Outcome:
    """Present `protected`: a line for each set and their sum, then what leads to other rows and nobody protects.

    Args:
        found: what there is.
        file: the settings file.
        written: the sets that were written into it; None where that was not asked.
        verbose: say by which columns a set points at something, and what would protect the rest.
    """
    body: list[RenderableType] = [*_covered(found, verbose=verbose), *_open(found)]
    missing = [each for proposal in found.proposals for each in proposal.sections]
    if verbose and missing:
        body.append(line(f"  For {file}{_were(written)}:\n", "bold"))
        body += [Verbatim(line(each.text)) for each in missing]
    return Outcome(
        Verdict.FINE,
        _sentence(found, file, written),
        {
            "rows": found.rows,
            "protected": {each.bound.name: _described(each) for each in found.covered},
            "skipped": list(found.skipped),
            "left_out": dict(found.left_out),
            "unprotected": [_uncovered(each, place) for each in found.exposed for place in range(len(each.pointers))],
            "sections": [{"set": each.name, "table": each.table, "section": each.text} for each in missing],
            "not_protectable": {each.table: each.why_not for each in found.proposals if each.why_not},
            "settings_file": file,
            "written": None if written is None else list(written),
        },
        tuple(body),
        (),
        _next(found, file, written),
    )


def _covered(found: Coverage, *, verbose: bool) -> Iterator[RenderableType]:
    rows: list[tuple[object, ...]] = [
        (
            each.bound.name,
            "" if each.bound.table.name == each.bound.name else each.bound.table.name,
            each.rows,
            _owners(each),
            _points_at(each, verbose=verbose),
            _source(each),
        )
        for each in found.covered
    ]
    rows.append(("sum", "", found.rows, "", "", ""))
    yield table(("protected", "table", "rows", "hang on", "points at", "defined"), rows)
    if found.skipped:
        yield line(f"  Not in this database, so not protected: {', '.join(found.skipped)}.\n", "dim")
    yield from (line(f"  Not protected, {name} is left out: {why}\n", "dim") for name, why in found.left_out.items())


def _open(found: Coverage) -> Iterator[RenderableType]:
    """Show the columns that nobody follows, each with what an import would do to it, and what cannot be protected."""
    if found.exposed:
        columns = [
            (
                f"{each.table}.{pointer.column}",
                str(pointer.target),
                "not readable" if each.counts is None else each.counts.pointing[place],
                _AT_IMPORT[pointer.at_import] if pointer.by_foreign_key else "dangle, no key",
            )
            for each in found.exposed
            for place, pointer in enumerate(each.pointers)
        ]
        yield table(("not protected", "leads to", "rows", "at an import"), columns)
    for each in found.proposals:
        if each.why_not:
            what = "Not all of" if each.sections else "Nothing protects"
            end = " can be protected" if each.sections else ""
            yield Paragraph(line(f"{what} {each.table}{end}: {each.why_not}.", "dim"), 2)
    if any(each.why_not for each in found.proposals):
        yield line("")


_AT_IMPORT = {
    AtImport.DANGLE: "dangle",
    AtImport.CASCADE: "deleted",
    AtImport.SET_NULL: "set NULL",
    AtImport.SET_DEFAULT: "set default",
    AtImport.REFUSE: "stop it, or dangle",
}


def _sentence(found: Coverage, file: str, written: Sequence[str] | None) -> str:
    are, sets = agreeing(found.rows, "is", "are"), counted(len(found.covered), "set")
    what = f"{counted(found.rows, 'row')} in {sets} {are} protected{_others(found.exposed)}."
    if written is None:
        return what
    if not written:
        return f"Nothing was written to {file}: no section is missing that could be. {what}"
    return f"{counted(len(written), 'section')} written to {file}: {', '.join(written)}. Before, {what}"


def _were(written: Sequence[str] | None) -> str:
    return ", written now" if written else ""


def _next(found: Coverage, file: str, written: Sequence[str] | None) -> tuple[Step, ...]:
    if written:
        return (Step("backup", why="so that the next import finds these rows in it"),)
    if written is None and any(each.sections for each in found.proposals):
        return (
            Step("protected", "--write", file, why="write the sections that protect them; -v shows them"),
            Step("explain", "unprotected-table"),
        )
    return (Step("explain", "unprotected-table"),) if found.exposed else ()


def _uncovered(each: Exposed, place: int) -> dict[str, object]:
    pointer = each.pointers[place]
    return {
        "table": each.table,
        "column": pointer.column,
        "target": str(pointer.target),
        "by_foreign_key": pointer.by_foreign_key,
        "at_import": str(pointer.at_import),
        "rows": None if each.counts is None else each.counts.pointing[place],
    }


def _others(found: Sequence[Exposed]) -> str:
    if not found:
        return ""
    rows = sum(each.counts.rows for each in found if each.counts)
    dark = sum(each.counts is None for each in found)
    are = agreeing(rows, "is", "are")
    said = f"; {rows:,} in {counted(len(found), 'other table')} that an import would cut off {are} not"
    return f"{said}, without those of {counted(dark, 'table')} that this role may not read" if dark else said


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
        "table": bound.table.qualified,
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
