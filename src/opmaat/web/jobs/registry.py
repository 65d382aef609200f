"""Which work there is, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opmaat.web.jobs.running import Work

Plain = dict[str, Any]
Function = Callable[["Work"], Plain]

_functions: dict[str, Function] = {}


def job(name: str) -> Callable[[Function], Function]:
    """Make a function known as long work under a name, such as ``preparation.import_register``."""

    def mark(function: Function) -> Function:
        _functions[name] = function
        return function

    return mark


def function_of(name: str) -> Function:
    """Return the function of a name; raises KeyError when there is none."""
    return _functions[name]
