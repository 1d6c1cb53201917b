"""The parts of the bench, each a table."""

from collections.abc import Callable, Mapping

from scripts.benches.bench import Bench
from scripts.benches.measures import Table
from scripts.benches.parts.commands import commands
from scripts.benches.parts.growth import growth
from scripts.benches.parts.million import million
from scripts.benches.parts.resolve import resolve
from scripts.benches.parts.run import run
from scripts.benches.parts.start import start
from scripts.benches.parts.statements import statements
from scripts.benches.parts.strategy import strategy
from scripts.benches.parts.wire import wire

PARTS: Mapping[str, Callable[[Bench], Table]] = {
    "start": start,
    "commands": commands,
    "run": run,
    "wire": wire,
    "strategy": strategy,
    "resolve": resolve,
    "growth": growth,
    "million": million,
    "statements": statements,
}
"""Every part by its name, in the order in which they are cheapest one after another."""
