"""The state of the protected rows, in numbers and findings, and the verdict over them. Plain values, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.words import agreeing, counted

_OVERWRITTEN = ("label-names-another-team", "league-disagrees")
"""What says that something has written over where rows belong."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The state of a protected set, in rows.

    Attributes:
        before: rows that ought to exist by the snapshot (or the baseline given).
        after: rows in the table.
        lost: rows that are not there although nobody deleted them and their team is known.
        orphaned: rows of the table that hang on no team or a vanished one, or point at no league where they did.
        wrong_team: rows that hang on a team that is there and not theirs.
        duplicated: rows that stand on their team more often than they should.
        added: rows that users added since.
        deleted: rows that users deleted since.
        moved: rows that users pointed at another team since.
        edited: rows that say something else since, or are not to be protected any more.
        pending: rows whose team is not known.
    """

    before: int
    after: int
    lost: int
    orphaned: int
    wrong_team: int
    duplicated: int
    added: int
    deleted: int
    moved: int
    pending: int
    edited: int = 0

    @property
    def bad(self) -> int:
        """Rows that are not where they should be, each counted once."""
        return self.lost + self.orphaned + self.wrong_team + self.duplicated


@dataclass(frozen=True, slots=True)
class Amiss:
    """Rows of a league or team that ought to exist, and those that are not in place."""

    before: int
    lost: int
    orphaned: int
    wrong_team: int
    pending: int

    @property
    def total(self) -> int:
        """Rows that are not in place."""
        return self.lost + self.orphaned + self.wrong_team + self.pending


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict over all protected sets.

    Attributes:
        snapshot: what was compared with; None where there was none.
        sets: the state of each protected set.
        findings: what is wrong, weighed as the settings ask.
        leagues: by league code, the rows that are not in place, and how many there ought to be.
        teams: the same for teams, only those with rows that are not in place.
        fail_on_warning: whether warnings fail the check too.
        twice_amiss: pending rows that hang on a team that is certainly not theirs, which both sums have.
        taken_at: when the snapshot was taken.
        not_followed: columns with rows that point at teams or leagues and that no protected set follows.
        missed: older snapshots with rows that this one lacks, and of which nobody knows who took them.
        baseline: how many practices there ought to be, as a person says; None where that was not compared.
        refused: how many of the rows that wait do because the database refuses them, by set.
        of_teams: whether rows of any set hang on teams or leagues.
    """

    snapshot: str | None
    sets: Mapping[str, Counts]
    findings: tuple[Finding, ...]
    leagues: Mapping[str, Amiss]
    teams: Mapping[str, Amiss]
    fail_on_warning: bool = False
    twice_amiss: int = 0
    taken_at: datetime | None = None
    not_followed: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    baseline: int | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    of_teams: bool = True

    @property
    def total(self) -> Counts:
        """The sums over all sets."""
        sums: Counter[str] = Counter()
        for counts in self.sets.values():
            sums.update(asdict(counts))
        return Counts(**{name: sums[name] for name in Counts.__slots__})

    @property
    def score(self) -> int:
        """Percent of rows in place: 100 x (1 - (bad + pending) / rows), rounded down, at least 0.

        `bad` counts lost, orphaned, wrong-team and duplicated rows; `rows` is the larger of before and after. A row
        that waits and hangs on a wrong team meanwhile is one row. Without a snapshot nobody knows whether every row
        is in place, and without a row there is nothing to score.
        """
        total = self.total
        rows = max(total.before, total.after)
        amiss = total.bad + total.pending - self.twice_amiss
        errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        if not rows:
            return 0 if errors else 100
        score = max(0, 100 * (rows - amiss) // rows)
        return min(score, 99) if errors or amiss or self.snapshot is None else score

    @property
    def verdict(self) -> Verdict:
        """Refused on any error (or warning, if asked), waiting when only pending rows are left, else fine."""
        weights = {finding.severity for finding in self.findings}
        if Severity.ERROR in weights or (self.fail_on_warning and Severity.WARNING in weights):
            return Verdict.REFUSED
        return Verdict.WAITING if self.total.pending else Verdict.FINE

    @property
    def besides(self) -> tuple[str, ...]:
        """What is to be said of rows that are not simply in place, in words; empty where each is on its team once.

        Nothing was deleted, moved, overwritten, left unfollowed or unknown then (design, invariant 8).
        """
        total = self.total
        said = [
            f"{total.deleted:,} deleted by users" if total.deleted else "",
            f"{total.moved:,} moved by hand" if total.moved else "",
            f"{total.edited:,} edited since" if total.edited else "",
            *(finding.what.rstrip(".") for finding in self.findings if finding.code in _OVERWRITTEN),
        ]
        if any(finding.code == "additions-unknown" for finding in self.findings):
            said.append("what users added after the snapshot, and before an import, nobody can count")
        if self.missed:
            of = f"snapshot{'' if len(self.missed) == 1 else 's'} {', '.join(self.missed)}"
            said.append(f"rows of {of} are not there, and nobody knows who took them")
        if self.not_followed:
            column = agreeing(len(self.not_followed), "column is", "columns are")
            said.append(f"{len(self.not_followed)} {column} not followed ({', '.join(self.not_followed)})")
        said.append(self._unseen)
        return tuple(filter(None, said))

    @property
    def amiss(self) -> str:
        """What is not in place, in words: the rows amiss, and what is to be said besides."""
        bad = self.total.bad
        rows = [f"{counted(bad, 'row')} amiss"] if bad or not self.besides else []
        return "; ".join((*rows, *self.besides))

    @property
    def where(self) -> str:
        """Where the rows are, in words that follow their number."""
        if not self.besides:
            return "each on its team once" if self.of_teams else "each where it belongs, once"
        return f"of which not each is where it was: {'; '.join(self.besides)}"

    @property
    def _unseen(self) -> str:
        """What nobody could look at, for want of a snapshot."""
        if self.snapshot is not None:
            return ""
        if self.baseline is None:
            return "what was lost or moved nobody can say: there is no snapshot to compare with"
        only = f"only the number of practices was compared, with {self.baseline:,}"
        return f"{only}: what else was lost or moved nobody can say"

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong and nothing waits."""
        return self.verdict is Verdict.FINE
