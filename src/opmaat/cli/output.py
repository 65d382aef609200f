"""What verbs share: the places and days they take, and what they print.

A verb prints text for people or one JSON object for programs, and shows progress while it works.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, ParamSpec

import click

from opmaat.core.errors import Issue, OpmaatError, UsageError

P = ParamSpec("P")
_LONGEST_NAME = 255
_SECONDS_BETWEEN = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb has to say: lines for people, and fields for programs."""

    lines: tuple[str, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)


class _Place(click.ParamType[Path]):
    """A file or folder; what no machine has as a name is wrong use."""

    name = "path"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; fails on a NUL character or a name that is too long."""
        place = Path(value)
        if "\0" in str(place):
            self.fail("A path cannot hold a NUL character.", param, ctx)
        if any(len(os.fsencode(part)) > _LONGEST_NAME for part in place.parts):
            self.fail(f"A name in the path is longer than {_LONGEST_NAME} bytes.", param, ctx)
        return place


PLACE = _Place()


def verb(name: str, *, writes: bool = True) -> Callable[[Callable[P, Result]], click.Command]:
    """Make a command of a function: adds --json, prints its result, and tells errors with their exit code.

    ``writes`` says that the verb writes files, and so that after an error it wrote none.
    """

    def decorate(function: Callable[P, Result]) -> click.Command:
        @click.command(name=name)
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            as_json = bool(kwargs.pop("as_json"))
            try:
                result = function(*args, **kwargs)
            except OpmaatError as error:
                _tell_error(name, error, as_json=as_json, writes=writes)
                sys.exit(error.exit_code)
            _tell(name, result, as_json=as_json)

        return run

    return decorate


def study_argument(function: Callable[P, Result]) -> Callable[P, Result]:
    """Add the argument that names the study: its folder or its protocol file."""
    return click.argument("study", type=PLACE)(function)


def day_given(given: datetime | None) -> date:
    """Return the day that was given, or today; raises UsageError for a day that is still to come."""
    today = datetime.now().astimezone().date()
    day = today if given is None else given.date()
    if day > today:
        problem, fix = f"The day {day} is still to come.", "Give the day on which it is done."
        raise UsageError([Issue("day-to-come", "--date", problem, fix)])
    return day


def _tell(name: str, result: Result, *, as_json: bool) -> None:
    """Print a result."""
    if as_json:
        click.echo(json.dumps({"command": name, "ok": True, **result.fields}, indent=2))
    else:
        for line in result.lines:
            click.echo(line)


def tell_issues_as_json(name: str, issues: Iterable[Issue], *, exit_code: int) -> None:
    """Print issues as one object for programs."""
    told = [issue.as_dict() for issue in issues]
    click.echo(json.dumps({"command": name, "ok": False, "exit_code": exit_code, "issues": told}, indent=2))


def _tell_error(name: str, error: OpmaatError, *, as_json: bool, writes: bool) -> None:
    """Print every issue: to the error stream for people, as one object for programs."""
    if as_json:
        tell_issues_as_json(name, error.issues, exit_code=error.exit_code)
        return
    for issue in error.issues:
        click.echo(f"{issue.where}\n  {issue.problem}\n  {issue.fix} [{issue.code}]", err=True)
    count = len(error.issues)
    ending = "; nothing was written." if writes else "."
    click.echo(f"{count} {'issue' if count == 1 else 'issues'}{ending}", err=True)


def tell_progress(what: str) -> Callable[[int, int], None]:
    """Return a function that shows how far long work is, on the error stream, at most once a second.

    A terminal gets one line that moves; a file gets a line each time.
    """
    terminal = sys.stderr.isatty()
    last = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last < _SECONDS_BETWEEN:
            return
        last = monotonic()
        line = f"{what}: {done} of {total}"
        click.echo(f"\r{line}" if terminal else line, nl=not terminal or done == total, err=True)

    return tell
