"""Modules that are imported when something of them is first wanted: what shows a command's help needs none of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any


class Later:
    """Stands for a module until one of its names is asked for, and hands that on.

    Type checkers are shown the real import. What is imported so has no place in a base class or a decorator.
    """

    def __init__(self, module: str) -> None:
        self.__name__ = module
        self._found: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        """Import the module, and return what it has under this name."""
        if self._found is None:
            self._found = import_module(self.__name__)
        return getattr(self._found, name)


def later(package: str, *names: str) -> Iterator[Any]:
    """Return a stand-in for each of a package's modules, to be unpacked."""
    return (Later(f"{package}.{name}") for name in names)
