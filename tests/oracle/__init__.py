"""The judge of plans: what a restore should do, row by row in Python, with nothing of the program's restore in it.

This is how the program itself planned until it did so in statements; `plan` says what both must say. It rests on what
the program has of the application, its snapshots, its records and the identity of teams.
"""

from tests.oracle.planning import plan as plan
