"""Plants a bug in the source of a module for a while, in the very functions that everyone has imported already."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any


@dataclass(frozen=True)
class Bug:
    """Text in a module's source, what stands in its place for a while, and the test that must notice."""

    name: str
    module: ModuleType
    right: str
    wrong: str
    noticed_by: Callable[[], object]


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Run the module with the bug in it; afterwards it is as it was."""
    source = inspect.getsource(bug.module)
    assert source.count(bug.right) == 1, f"{bug.name}: its place is not in {bug.module.__name__} exactly once"
    scratch: dict[str, Any] = {"__name__": bug.module.__name__}
    exec(compile(source.replace(bug.right, bug.wrong), f"<{bug.name}>", "exec"), scratch)
    healthy, sick = functions(vars(bug.module), bug.module), functions(scratch, bug.module)
    codes: dict[str, CodeType] = {name: function.__code__ for name, function in healthy.items()}
    constants = {
        name: value
        for name, value in vars(bug.module).items()
        if name in scratch and isinstance(value, (int, float, str, frozenset, tuple, re.Pattern))
    }
    try:
        for name, function in healthy.items():
            function.__code__ = sick[name].__code__
        vars(bug.module).update({name: scratch[name] for name in constants if not name.startswith("__")})
        forget(bug.module)
        yield
    finally:
        for name, function in healthy.items():
            function.__code__ = codes[name]
        vars(bug.module).update(constants)
        forget(bug.module)


def functions(namespace: dict[str, Any], module: ModuleType) -> dict[str, FunctionType]:
    """All functions and methods that a module defines itself, by qualified name."""
    found: dict[str, FunctionType] = {}
    for value in namespace.values():
        if isinstance(value, type):
            if value.__module__ == module.__name__:
                found.update(functions(dict(vars(value)), module))
            continue
        function = _plain(value)
        # What dataclasses write themselves has no source of ours.
        if function and function.__module__ == module.__name__ and function.__code__.co_filename != "<string>":
            found[function.__qualname__] = function
    return found


def forget(module: ModuleType) -> None:
    """Empty the caches of a module."""
    for value in vars(module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def _plain(value: Any) -> FunctionType | None:
    """The function inside a property or a cache."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, cached_property):
        value = value.func
    value = inspect.unwrap(value) if callable(value) else value
    return value if isinstance(value, FunctionType) else None


def notices(bug: Bug) -> bool:
    """Whether the test named fails while the bug is there; it must pass once it is gone."""
    found = False
    with planted(bug):
        try:
            bug.noticed_by()
        except AssertionError:
            found = True
    bug.noticed_by()
    return found
