"""What verbs share: the study they take, where results go, and what they print.

A verb prints text for people or one JSON object for programs, and shows progress while it works.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, ParamSpec

import click

from opmaat.core.errors import OpmaatError

P = ParamSpec("P")
_STUDY = click.Path(path_type=Path)
_SECONDS_BETWEEN = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb has to say: lines for people, and fields for programs."""

    lines: tuple[str, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)


def verb(name: str) -> Callable[[Callable[P, Result]], click.Command]:
    """Make a command of a function: adds --json, prints its result, and tells errors with their exit code."""

    def decorate(function: Callable[P, Result]) -> click.Command:
        @click.command(name=name)
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            as_json = bool(kwargs.pop("as_json"))
            try:
                result = function(*args, **kwargs)
            except OpmaatError as error:
                _tell_error(name, error, as_json=as_json)
                sys.exit(error.exit_code)
            _tell(name, result, as_json=as_json)

        return run

    return decorate


def study_argument(function: Callable[P, Result]) -> Callable[P, Result]:
    """Add the argument that names the study: its folder or its protocol file."""
    return click.argument("study", type=_STUDY)(function)


def results_folder(study: Path) -> Path:
    """Return the folder in which a study's results stand unless another is named."""
    from opmaat.protocol.load import protocol_file

    return protocol_file(study).parent / "results"


def _tell(name: str, result: Result, *, as_json: bool) -> None:
    """Print a result."""
    if as_json:
        click.echo(json.dumps({"command": name, "ok": True, **result.fields}, ensure_ascii=False, indent=2))
    else:
        for line in result.lines:
            click.echo(line)


def _tell_error(name: str, error: OpmaatError, *, as_json: bool) -> None:
    """Print every issue: to the error stream for people, as one object for programs."""
    if as_json:
        content = {
            "command": name,
            "ok": False,
            "exit_code": error.exit_code,
            "issues": [issue.as_dict() for issue in error.issues],
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for issue in error.issues:
        click.echo(f"{issue.where}\n  {issue.problem}\n  {issue.fix} [{issue.code}]", err=True)
    count = len(error.issues)
    click.echo(f"{count} {'issue' if count == 1 else 'issues'}; nothing was written.", err=True)


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
