"""Calendar months, in which benefits are paid and outcomes are counted."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_TEXT = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year.

    Examples
    --------
    >>> Month(2017, 11) + 24
    Month(year=2019, month=11)
    >>> Month.parse("2019-11") - Month(2017, 11)
    24
    >>> str(Month(2018, 2)), Month(2020, 2).days
    ('2018-02', 29)
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"a year has months 1 to 12, not {self.month}")
        if not 1 <= self.year <= 9999:
            raise ValueError(f"a year is written with four digits, not {self.year}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2018-03``. Raises ValueError with the text in it."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"'{text}' is not a month; write it as 2018-03")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def index(self) -> int:
        """Months since January of year 0, for arrays."""
        return self.year * 12 + self.month - 1

    @classmethod
    def from_index(cls, index: int) -> Self:
        """Return the month with this index.

        >>> Month.from_index(Month(2017, 9).index)
        Month(year=2017, month=9)
        """
        year, month = divmod(index, 12)
        return cls(year, month + 1)

    @property
    def days(self) -> int:
        """Number of days in the month."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        """First day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return date(self.year, self.month, self.days)

    def __add__(self, months: int) -> Self:
        return self.from_index(self.index + months)

    def __sub__(self, other: Month) -> int:
        return self.index - other.index

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
