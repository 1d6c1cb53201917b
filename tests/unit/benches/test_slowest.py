"""What is read from a server's log."""

from __future__ import annotations

from scripts.benches.slowest import Statement, slowest

LOG = """2026-11-26 02:45:50.123 UTC [77] LOG:  duration: 1500.000 ms  execute <unnamed>: SELECT 1
\t  FROM schedule -- all of it
2026-11-26 02:45:50.124 UTC [77] DETAIL:  Parameters: $1 = 'x'
2026-11-26 02:45:51.123 UTC [77] LOG:  duration: 500.000 ms  bind _pg3_1: SELECT 1 FROM schedule
2026-11-26 02:45:52.123 UTC [78] LOG:  duration: 1000.000 ms  statement: COMMIT
2026-11-26 02:45:52.124 UTC [78] LOG:  checkpoint starting: time
2026-11-26 02:45:53.123 UTC [78] LOG:  duration: 1.000 ms  statement: BEGIN
"""


def test_a_statement_has_the_seconds_of_all_its_runs_and_the_longest_is_first() -> None:
    assert slowest(LOG, 2) == [Statement("SELECT 1 FROM schedule", 2.0, 1), Statement("COMMIT", 1.0, 1)]
