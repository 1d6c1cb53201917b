"""What might be said of leagues in the settings: for JSON, and as lines that a person copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import RenderableType

from practice_guard.core.checks import Suggested
from practice_guard.core.identity import Suggestion
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import Paragraph, Verbatim, line

FILE = "practice_guard.toml"


def beside(outcome: Outcome, found: Suggested | None) -> Outcome:
    """Add to an outcome what might be said of leagues, if that was asked; verdict, findings and next steps stay."""
    if found is None:
        return outcome
    document = {**outcome.result, "suggested": [_document(each) for each in found.suggestions]}
    body = [part for each in found.suggestions for part in _shown(each)] or [line(_nothing(found.waiting))]
    return replace(outcome, result=document, body=(*outcome.body, *body))


def _document(each: Suggestion) -> dict[str, object]:
    return {
        "league": each.league,
        "section": each.section,
        "waiting": each.waiting,
        "settled": each.settled,
        "examples": [{"old": str(old.identity), "new": str(new.identity)} for old, new in each.examples],
        "against": list(each.against),
    }


def _nothing(waiting: int) -> str:
    if not waiting:
        return "Nothing to suggest: no team waits.\n"
    wait = f"{counted(waiting, 'team')} {agreeing(waiting, 'waits', 'wait')}"
    return f"Nothing to suggest: {wait}, and no words, aliases, names or outside ids were found to settle any.\n"


def _shown(each: Suggestion) -> Iterator[RenderableType]:
    place = f"in place of the section that is in {FILE}" if each.replaces else f"for {FILE}"
    yield line(f"Suggested for {each.league}, {place}; nothing was changed:\n", "bold")
    yield Verbatim(line(each.section))
    of = f"{each.settled:,} of its {counted(each.waiting, 'team')} that {agreeing(each.waiting, 'waits', 'wait')} now"
    yield line(f"  It would settle {of}:")
    for old, new in each.examples:
        yield Paragraph(line(f"e.g. {old.identity} -> {new.identity}"), 4)
    yield line("  Against it:")
    for phrase in each.against:
        yield Paragraph(line(f"{phrase}."), 4)
    yield line("")
