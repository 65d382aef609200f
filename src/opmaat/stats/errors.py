"""The one error with which an estimator says that a quantity cannot be estimated from the data."""


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
    """

    def __init__(self, code: str, detail: str, *, column: int | None = None, row: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.column = column
        self.row = row
