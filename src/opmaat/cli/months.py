"""Months as they are written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opmaat.core.month import Month


def month_from_option(text: str, option: str) -> Month:
    """Read the month of an option; raises UsageError when it is not written as 2018-03.

    >>> str(month_from_option("2018-03", "--at"))
    '2018-03'
    """
    from opmaat.core.errors import Issue, UsageError
    from opmaat.core.month import Month

    try:
        return Month.parse(text)
    except ValueError as error:
        problem = f"{str(error)[0].upper()}{str(error)[1:]}."
        raise UsageError([Issue("not-a-month", option, problem, f"Use {option} 2018-03.")]) from None
