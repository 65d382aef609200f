"""What can go wrong, told so that the reader can mend it.

An :class:`Issue` says where, what and how to fix. An :class:`OpmaatError` carries every issue that was
found, not only the first, and knows the exit code of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import ClassVar, TypeVar

_FIRST = 20

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem, with the place where it was found and the way to mend it.

    Parameters
    ----------
    code
        Short kebab-case name that tests and other programs can rely on.
    where
        File and line, file and column, or the name of what was asked for.
    problem
        What is wrong, in the user's words, in one sentence.
    fix
        What the user can do about it, in one sentence.

    Examples
    --------
    >>> print(Issue("unknown-key", "protocol.yaml:7", "'shares' is not a key of an arm.", "Use 'share'."))
    protocol.yaml:7: 'shares' is not a key of an arm. Use 'share'. [unknown-key]
    """

    code: str
    where: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} {self.fix} [{self.code}]"

    def as_dict(self) -> dict[str, str]:
        """Return the four fields under their own names, for JSON."""
        return asdict(self)


class OpmaatError(Exception):
    """Something the user can mend; the base of every error that Opmaat raises on purpose.

    Parameters
    ----------
    issues
        Everything that was found, in the order of the file; at least one.

    Examples
    --------
    >>> error = DataFileError([Issue("duplicate", "people.csv:3", "'17' stands twice.", "Remove one.")])
    >>> error.exit_code, len(error.issues)
    (11, 1)
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        if not self.issues:
            raise ValueError("an error without an issue tells nobody anything")
        super().__init__("\n".join(str(issue) for issue in self.issues))

    def __reduce__(self) -> tuple[type[OpmaatError], tuple[tuple[Issue, ...]]]:
        """Return how a worker process hands the error on: by its type and its issues."""
        return type(self), (self.issues,)


class UsageError(OpmaatError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ProtocolError(OpmaatError):
    """The protocol, its lock or what it asks for is not right.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> try:
    ...     load_protocol(Path("studies"))
    ... except ProtocolError as error:
    ...     print(error.issues[0].code)
    unreadable
    """

    exit_code = 10


class DataFileError(OpmaatError):
    """A data file cannot be read, or does not hold what the protocol says.

    Examples
    --------
    >>> DataFileError([Issue("not-a-number", "people.csv:3", "'x' is no number.", "Write one.")]).exit_code
    11
    """

    exit_code = 11


class NotPermittedError(OpmaatError):
    """What was asked may not be done, or not by this person, or not yet."""

    exit_code = 12


class CheckFailedError(OpmaatError):
    """A check was carried out and what it looked at did not pass.

    Examples
    --------
    >>> CheckFailedError([Issue("no-variation", "weeks", "All values are alike.", "Look.")]).issues[0].where
    'weeks'
    """

    exit_code = 13


class ReceiptMismatchError(OpmaatError):
    """What is here is not what the receipt says it was made from, or was when it was made.

    Examples
    --------
    >>> from opmaat.core.receipt import Receipt
    >>> try:
    ...     Receipt.from_dict({"stage": 3})
    ... except ReceiptMismatchError as error:
    ...     print(len(error.issues), error.issues[0].problem)
    5 The receipt's field 'stage' is damaged.
    """

    exit_code = 14


class DisclosureRefusedError(OpmaatError):
    """An output could tell something about a person and was not let out."""

    exit_code = 15


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known word, or all of them when none is near.

    Examples
    --------
    >>> did_you_mean("contrl", ["control", "guidance"])
    "Did you mean 'control'?"
    >>> did_you_mean("x", ["control", "guidance"])
    "Use one of: 'control', 'guidance'."
    >>> did_you_mean("x", [])
    'There is none to choose from.'
    """
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    if not names:
        return "There is none to choose from."
    return "Use one of: " + ", ".join(f"'{name}'" for name in names) + "."


def first_issues(
    places: Sequence[Place], issue: Callable[[Place], Issue], *, where: str, rest: str
) -> Iterator[Issue]:
    """Yield the issue of each of the first twenty places, then one that counts the others.

    Examples
    --------
    >>> empty = lambda line: Issue("empty", f"people.csv:{line}", "The line is empty.", "Fill it in.")
    >>> [*first_issues(range(22), empty, where="people.csv", rest="lines are empty")][-1].problem
    '2 more lines are empty.'
    """
    told = [issue(place) for place in places[:_FIRST]]
    yield from told
    if len(places) > _FIRST:
        yield Issue(told[-1].code, where, f"{len(places) - _FIRST} more {rest}.", told[-1].fix)
