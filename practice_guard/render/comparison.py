"""Two environments side by side, as an outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import RenderableType

from practice_guard.core.comparing import Comparison, Difference, Kind
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import Paragraph, line, table

_SHOWN = 10
"""Differences of one kind that change nothing, and are shown before the rest is only counted."""

_NAMED = 3
"""Differences that matter and are named in the verdict."""

_NONE = "-"


def comparison(found: Comparison, *, verbose: bool = False) -> Outcome:
    """Present `compare`: what changes what the guard does, what does not, and what was not compared.

    Args:
        found: the comparison.
        verbose: show every difference, however many of one kind there are.
    """
    matter = [each for each in found.differences if each.matters]
    others = [each for each in found.differences if not each.matters]
    body: list[RenderableType] = [
        *_side_by_side(found, matter, "These change what the guard does."),
        *_side_by_side(found, others if verbose else _first(others), "These change nothing of what the guard does."),
        *([] if verbose else _rest(others)),
        *_unsaid(found),
    ]
    return Outcome(
        found.verdict,
        _sentence(found),
        {
            "environments": list(found.environments),
            "alike": found.alike,
            "differences": [{**asdict(each), "kind": str(each.kind)} for each in found.differences],
            "not_compared": {name: [str(kind) for kind in kinds] for name, kinds in found.unsaid.items()},
        },
        tuple(body),
        (),
        _next(matter),
    )


def _side_by_side(found: Comparison, shown: Sequence[Difference], title: str) -> Iterator[RenderableType]:
    if not shown:
        return
    yield line(f"  {title}\n", "bold")
    rows = [(str(each.kind), each.name, *_says(each)) for each in shown]
    yield table(("kind", "what", *found.environments), rows)


def _says(each: Difference) -> tuple[str, str]:
    """Return what both sides say; of a set that one side has alone, where its rows are and what they point at."""
    left, right = (_NONE if said is None else said for said in (each.left, each.right))
    if each.kind is Kind.SET and None in (each.left, each.right):
        left, right = left.partition(";")[0], right.partition(";")[0]
    return left, right


def _first(found: Sequence[Difference]) -> list[Difference]:
    taken: Counter[Kind] = Counter()
    shown = []
    for each in found:
        taken[each.kind] += 1
        if taken[each.kind] <= _SHOWN:
            shown.append(each)
    return shown


def _rest(found: Sequence[Difference]) -> Iterator[RenderableType]:
    more = {kind: number - _SHOWN for kind, number in Counter(each.kind for each in found).items() if number > _SHOWN}
    if more:
        said = ", ".join(f"{number:,} of kind {kind}" for kind, number in more.items())
        yield Paragraph(line(f"And {said}; --verbose shows them, and --json has them all.\n", "dim"), 2)


def _unsaid(found: Comparison) -> Iterator[RenderableType]:
    for name, kinds in found.unsaid.items():
        said = ", ".join(map(str, kinds))
        yield Paragraph(line(f"Not compared, since {name} does not say: {said}.\n", "dim"), 2)


def _sentence(found: Comparison) -> str:
    names = " and ".join(found.environments)
    others = len(found.differences) - found.matter
    compared = "what was compared of what the guard relies on" if found.unsaid else "what the guard relies on"
    if found.alike:
        change = agreeing(others, "changes", "change")
        besides = f"; {counted(others, 'difference')} {change} nothing of what it does" if others else ""
        return f"{names} have {compared}, alike{besides}."
    change = agreeing(found.matter, "changes", "change")
    besides = f"; {others:,} {agreeing(others, 'does', 'do')} not" if others else ""
    return (
        f"{counted(found.matter, 'difference')} between {names} {change} what the guard does: {_named(found)}{besides}."
    )


def _named(found: Comparison) -> str:
    """Name the first differences that matter: in a log there is no table beside the verdict."""
    names = [f"{each.kind} {each.name}" for each in found.differences if each.matters]
    more = [f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def _next(matter: Sequence[Difference]) -> tuple[Step, ...]:
    kinds = {each.kind for each in matter}
    steps = []
    if kinds & {Kind.RIGHT, Kind.SCHEMA, Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE, Kind.SETTING, Kind.COLUMN}:
        steps.append(Step("validate-safety", why="what it means for the next import, and how to mend it"))
    if kinds & {Kind.SET, Kind.PARENT, Kind.TABLE, Kind.COLUMN}:
        steps.append(Step("protected", "--verbose", why="which rows are protected, and by which columns"))
    return tuple(steps)
