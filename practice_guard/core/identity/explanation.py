"""A match in one readable paragraph: by which evidence, and which alternatives. Pure."""

from __future__ import annotations

import re

from practice_guard.core.model import Candidate, Evidence, Fate, Match

_LEVELS = {"exact": "exactly the same", "normalised": "the same after normalising", None: "not the same"}

_BY_MORE_THAN_FACETS = {Evidence.ROSTER, Evidence.OUTSIDE_ID, Evidence.UNIQUE_NAME, Evidence.DECISION}


def explain(match: Match) -> str:
    """Say in one paragraph what became of a team, by which evidence, and which alternatives there are."""
    sentences = [f"{match.old.identity}, id {match.old.id}, {_became(match)}."]
    if match.new:
        sentences.append(_evidence(match))
    elif match.given_up:
        sentences.append("A person gave it up, so its rows wait no longer.")
    else:
        sentences.append("Its rows wait.")
    sentences.extend(
        f"Candidate {number}: {each.team.identity}, id {each.team.id}, {reasons(each)}."
        for number, each in enumerate(match.candidates, 1)
    )
    # A name with a line break in it breaks no line here; its blanks stay, since they may be all that tells it apart.
    return re.sub(r"[\r\n\t\v\f]", " ", " ".join(sentences))


def _became(match: Match) -> str:
    if match.new is None:
        return f"is {match.fate}: {match.because}"
    if match.fate is Fate.KEPT:
        return f"is kept: {match.because}"
    return f"is now id {match.new.id}, {match.new.identity}: {match.because}"


def _evidence(match: Match) -> str:
    if match.new is None:
        return ""
    name, place = match.agreeing
    sentence = f"Evidence {match.evidence}: the name is {_LEVELS[name]}, the place is {_LEVELS[place]}"
    if match.evidence in _BY_MORE_THAN_FACETS or None in match.agreeing:
        return sentence + "."
    return sentence + ", and neither points at any other team."


def reasons(candidate: Candidate) -> str:
    """Say in one phrase how similar a candidate is, and what speaks for and against it."""
    spoken = [f"{candidate.score:.0f} % similar"]
    if candidate.speaks_for:
        spoken.append("for it: " + ", ".join(candidate.speaks_for))
    if candidate.speaks_against:
        spoken.append("against it: " + ", ".join(candidate.speaks_against))
    return "; ".join(spoken)
