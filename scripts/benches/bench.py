"""What every part is given: the server, the program, the sizes, and what other parts have measured already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.benches import cycle
from scripts.benches.cycle import Cost
from scripts.benches.league import Size
from scripts.benches.program import Program
from scripts.benches.server import Server
from scripts.benches.stage import Stage, staged


@dataclass
class Bench:
    """One run of the bench.

    Attributes:
        server: where everything is measured.
        program: runs the guard.
        night: the size of the real league in a full season.
        large: the size that nobody has yet.
        runs: how often each thing is measured.
    """

    server: Server
    program: Program
    night: Size
    large: Size
    runs: int
    _stage: Stage | None = None
    _costs: dict[Size, Mapping[str, Cost]] = field(default_factory=dict)

    def stage(self, size: Size) -> Stage:
        """The databases of this size; those of another size are removed, since they are large."""
        if self._stage is None or self._stage.size != size:
            self.clear()
            self._stage = staged(self.server, self.program, size)
        return self._stage

    def costs(self, size: Size) -> Mapping[str, Cost]:
        """What the commands of a night take at this size, measured once."""
        if size not in self._costs:
            self._costs[size] = cycle.measure(self.stage(size), self.runs)
        return self._costs[size]

    def clear(self) -> None:
        """Remove the databases."""
        if self._stage is not None:
            self._stage.drop()
        self._stage = None
