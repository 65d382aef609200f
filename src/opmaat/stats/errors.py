"""The one error with which an estimator says that a quantity cannot be estimated from the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial


class NotEstimableError(ValueError):
    """A quantity that the data cannot identify was asked for.

    Parameters
    ----------
    code
        A stable name of the rule that was broken, such as ``leverage-one`` or ``empty-cell``.
    detail
        What is wrong and where, in plain English; callers turn it into a message for a user.
    column
        Number of the outcome that it is about, for a caller that knows its name.
    row
        Number of the row (or cell) that it is about, for a caller that knows whose it is.

    Examples
    --------
    >>> str(NotEstimableError("single-cluster", "all rows belong to one cluster"))
    'single-cluster: all rows belong to one cluster'

    It can be sent to another process:

    >>> from pickle import dumps, loads
    >>> loads(dumps(NotEstimableError("no-variation", "all are equal", column=2))).column
    2
    """

    def __init__(self, code: str, detail: str, *, column: int | None = None, row: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.column = column
        self.row = row

    def __reduce__(self) -> tuple[Callable[[], NotEstimableError], tuple[()]]:
        """Return what makes the same error in another process."""
        return partial(type(self), self.code, self.detail, column=self.column, row=self.row), ()
