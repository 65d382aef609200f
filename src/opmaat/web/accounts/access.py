"""What a view says of who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from opmaat.web.accounts.permissions import Action, Thing

View = TypeVar("View", bound=Callable[..., Any])
_NAME = "opmaat_needs"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a view does with what; ``post`` is what its POST does, where that is something else."""

    thing: Thing
    action: Action
    post: Action

    def on(self, method: str) -> Action:
        """Return what a request does."""
        return self.action if method in {"GET", "HEAD", "OPTIONS"} else self.post


@dataclass(frozen=True, slots=True)
class Open:
    """Anybody may open the view, signed in or not."""


def needs(thing: Thing, action: Action, *, post: Action | None = None) -> Callable[[View], View]:
    """Say what a view needs; a view that says nothing is closed to everybody."""

    def mark(view: View) -> View:
        setattr(view, _NAME, Needs(thing, action, post or action))
        return view

    return mark


def open_to_all(view: View) -> View:
    """Say that a view is open to all."""
    setattr(view, _NAME, Open())
    return view


def needed_by(view: Callable[..., Any]) -> Needs | Open | None:
    """Return what a view said; None for a view that said nothing."""
    found: Needs | Open | None = getattr(view, _NAME, None)
    return found
