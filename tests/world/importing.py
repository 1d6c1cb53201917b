"""What a process of the program has imported, as Python itself tells it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

TOLD: Mapping[str, str] = MappingProxyType({"PYTHONPROFILEIMPORTTIME": "1"})
"""The environment in which Python tells on standard error what it imports."""

_SAYS = "import time:"


def imported(stderr: str) -> frozenset[str]:
    """The modules that were imported, by their full names, and the packages that they are in.

    What `importlib` was asked for by its name is not told; what that imports in turn is.
    """
    lines = (line.rpartition("|")[2].strip() for line in stderr.splitlines() if line.startswith(_SAYS))
    names = (name for name in lines if name != "imported package")
    return frozenset(each for name in names for each in accumulate(name.split("."), "{}.{}".format))
