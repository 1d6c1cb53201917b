"""What speaks against saying something more of a league, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from practice_guard.core.identity.additions import Addition
from practice_guard.core.identity.trials import Trial
from practice_guard.core.words import agreeing, counted

WRONG: dict[str, str] = {
    "code_aliases": "a league that ended, beside another that began with its clubs",
    "series_words": "a series that was closed, beside another that these words alone tell from it",
    "ordinals": "a letter or word that is no number there: a group `I` beside a group `1`",
    "club_words": "a club that left, beside another that these words alone tell from it",
    "club_aliases": "a club that left, beside another that came into its series",
    "outside_id_confirms": "a team that was given the id of another one",
    "unique_names": "a second team that takes over a name",
}
"""By field, what it would be wrong about."""

_SAID = {"unique_names": 'names = "unique"'}


def against(trial: Trial, chosen: Sequence[Addition]) -> Iterator[str]:
    """Yield what speaks against additions, a phrase each; at least one for each of them."""
    if trial.changed:
        was, now = trial.changed[0]
        then = f"would be {now.new.identity}" if now.new else "would wait"
        yield (
            f"{_matches(len(trial.changed))} of today would be "
            f"lost or another: {was.old.identity}, now {was.new.identity if was.new else ''}, {then}"
        )
    if trial.contradicted:
        first = trial.contradicted[0]
        number = counted(len(trial.contradicted), "more team")
        yield f"{number} would be conflicting: {first.old.identity}: {first.because}"
    for part, several in (("series", "series"), ("club", "clubs")):
        if pairs := trial.values_apart(part):
            one, other = pairs[0]
            more = f", and {len(pairs) - 1} more" if len(pairs) > 1 else ""
            yield f"{one!r} and {other!r} are two {several} in one of the lists, so that it does not count there{more}"
    if any(each.field == "unique_names" for each in chosen):
        yield from _of_names(trial)
    for name in dict.fromkeys(each.field for each in chosen):
        yield f"{_SAID.get(name, name)} would be wrong about {WRONG[name]}"


def _matches(number: int) -> str:
    return f"{number:,} {agreeing(number, 'match', 'matches')}"


def _of_names(trial: Trial) -> Iterator[str]:
    """Yield how many teams a name would join that are written otherwise, or of another club."""
    apart = [(old, new) for old, new in trial.by_name if old.name != new.name]
    for pairs, what in (
        (apart, "by a name that is only similar"),
        (trial.named_by_series, "by a name that says the series which it would have left"),
        (trial.elsewhere, "with a team of another club"),
        (trial.wandered, "although the series of both are in one list only, so that the name may have moved"),
    ):
        if pairs:
            old, new = pairs[0]
            yield f"{counted(len(pairs), 'team')} would be joined {what}: {old.identity} with {new.identity}"
