"""From the journal to what the law's arithmetic takes: earnings, rights, disregards and duties by month.

Only what the journal knows. Ages, the norm's kind of household, cost sharers and wealth come from registers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.duties import Duty, Ground, Lifted, Reviews
from opmaat.conduct import kinds
from opmaat.conduct.model import History, Journal
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.month import Month

_DAY = timedelta(days=1)
_WHOLE_BP = 10_000


def lifted_duties(history: History, person: str) -> tuple[Lifted, ...]:
    """Return the duties of an adult that are or were lifted, each with its first and last day.

    A duty that is restored was lifted up to the day before.
    """
    lifted: list[Lifted] = []
    for event in history.events:
        if event.person != person:
            continue
        if isinstance(event.payload, kinds.DutyRestored):
            lifted = list(_restored(lifted, Duty(event.payload.duty), event.valid_from))
        elif isinstance(event.payload, kinds.DutyExempted):
            lifted.append(
                Lifted(
                    duty=Duty(event.payload.duty),
                    ground=Ground(event.payload.ground),
                    first_day=event.valid_from,
                    last_day=event.payload.last_day,
                )
            )
    return tuple(lifted)


def _restored(lifted: Sequence[Lifted], duty: Duty, day: date) -> Iterator[Lifted]:
    """Yield what was lifted, with one duty cut off before a day."""
    for one in lifted:
        if one.duty != duty or one.last_day < day:
            yield one
        elif one.first_day < day:
            yield replace(one, last_day=day - _DAY)


def reviews_of(history: History, person: str, *, on: date) -> Reviews:
    """Return what happened by a day at the reviews of an adult's exemption."""
    notices = [
        event.valid_from for event, _ in history.of(kinds.NoticeGiven, person) if event.valid_from <= on
    ]
    if not notices:
        return Reviews()
    later = [
        review.effort_enough
        for event, review in history.of(kinds.Reviewed, person)
        if notices[-1] < event.valid_from <= on
    ]
    return Reviews(notice_on=notices[-1], improved=later[-1] if later else None)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns while they are filled: (2, months, households) and (months, households)."""

    first_month: Month
    earnings_cents: NDArray[np.int64]
    trial: NDArray[np.int8]
    reduction_bp: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]

    def row(self, day: date) -> int | None:
        """Return the row of a day's month; None outside the stretch."""
        row = Month.of(day) - self.first_month
        return row if 0 <= row < len(self.trial) else None


def monthly_columns(
    journal: Journal,
    adults: Mapping[str, Sequence[str]],
    *,
    first_month: Month,
    months: int,
    trial_of: Mapping[str, int] | None = None,
) -> dict[str, NDArray[Any]]:
    """Return columns for :func:`opmaat.benefits.household.household_months`.

    Parameters
    ----------
    adults
        The households in the order of the columns, each with the pseudonyms of its one or two adults.
    trial_of
        For each arm with a disregard the number of its rule, counted from 1; none for the ordinary rules.

    Returns
    -------
    dict
        ``earnings_cents`` (2, months, households); ``trial``, ``reduction_bp``, ``first_day`` and
        ``last_day`` (months, households). The disregard of the trial holds in a month on whose first day it
        was granted; earnings from several sources add up; reductions add up to at most 100%.

    Raises
    ------
    DataFileError
        When earnings or reductions are those of someone who is not one of the adults, or when a household's
        right has a gap within one month, which the monthly arithmetic does not know.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from opmaat.conduct.fold import fold
    >>> from opmaat.conduct.model import Event
    >>> reported = Event(
    ...     id="e1",
    ...     household="h1",
    ...     person="p1",
    ...     valid_from=date(2018, 2, 1),
    ...     recorded_at=datetime(2018, 3, 5, tzinfo=UTC),
    ...     actor="participant:0a17",
    ...     payload=kinds.EarningsReported(40_000),
    ... )
    >>> columns = monthly_columns(fold([reported]), {"h1": ["p1"]}, first_month=Month(2018, 1), months=3)
    >>> columns["earnings_cents"][0, :, 0].tolist()
    [0, 40000, 0]
    """
    columns = _ordinary(first_month, (months, len(adults)))
    issues: list[Issue] = []
    for place, (household, persons) in enumerate(adults.items()):
        history = journal.histories.get(household)
        if history is not None:
            issues += _fill_amounts(columns, history, place, persons)
            issues += _fill_right(columns, history, place)
            _fill_disregard(columns, history, place, trial_of or {})
    if issues:
        raise DataFileError(issues)
    np.minimum(columns.reduction_bp, _WHOLE_BP, out=columns.reduction_bp)
    names = ("earnings_cents", "trial", "reduction_bp", "first_day", "last_day")
    return {name: getattr(columns, name) for name in names}


def _ordinary(first_month: Month, shape: tuple[int, int]) -> _Columns:
    """Return the columns of households to whom nothing happened."""
    days = np.array([[(first_month + row).days] for row in range(shape[0])], dtype=np.int64)
    return _Columns(
        first_month=first_month,
        earnings_cents=np.zeros((2, *shape), dtype=np.int64),
        trial=np.zeros(shape, dtype=np.int8),
        reduction_bp=np.zeros(shape, dtype=np.int64),
        first_day=np.ones(shape, dtype=np.int64),
        last_day=np.broadcast_to(days, shape).copy(),
    )


def _fill_amounts(columns: _Columns, history: History, place: int, persons: Sequence[str]) -> Iterator[Issue]:
    """Add earnings and reductions; yield those of someone who is not of the household."""
    for event in history.events:
        if not isinstance(event.payload, kinds.EarningsReported | kinds.Sanctioned):
            continue
        if event.person not in persons:
            problem = f"'{event.kind}' is about an adult who is not one of the household's."
            fix = "Check the household's adults, or retract the event."
            yield Issue("adult-of-no-household", event.where, problem, fix)
        elif isinstance(event.payload, kinds.EarningsReported):
            row = columns.row(event.valid_from)
            if row is not None:
                columns.earnings_cents[persons.index(event.person), row, place] += event.payload.net_cents
        else:
            start = max(0, Month.of(event.valid_from) - columns.first_month)
            stop = max(0, Month.of(event.valid_from) + event.payload.months - columns.first_month)
            columns.reduction_bp[start:stop, place] += event.payload.reduction_bp


def _fill_right(columns: _Columns, history: History, place: int) -> Iterator[Issue]:
    """Set the first and last day with a right in every month; yield gaps within a month."""
    if not history.benefit.changes:
        return
    stretches = _on_benefit(history)
    for row in range(len(columns.first_day)):
        month = columns.first_month + row
        parts = [
            (max(first, month.first_day), min(last, month.last_day))
            for first, last in stretches
            if first <= month.last_day and last >= month.first_day
        ]
        if len(parts) > 1:
            problem = f"In {month} the right to benefit ends and begins again."
            fix = "Settle the two parts of this month apart."
            yield Issue("gap-within-a-month", f"household {history.household}", problem, fix)
        columns.first_day[row, place] = parts[0][0].day if parts else 0
        columns.last_day[row, place] = parts[-1][1].day if parts else 0


def _on_benefit(history: History) -> list[tuple[date, date]]:
    """Return the first and last days of the stretches on benefit; stretches without a gap are one."""
    stretches = [(date.min, date.max)]
    for day, state in history.benefit.changes:
        if state == "off_benefit":
            stretches[-1] = (stretches[-1][0], day - _DAY)
        elif stretches[-1][1] == day - _DAY:
            stretches[-1] = (stretches[-1][0], date.max)
        else:
            stretches.append((day, date.max))
    return stretches


def _fill_disregard(columns: _Columns, history: History, place: int, trial_of: Mapping[str, int]) -> None:
    """Set the number of the arm's rule in every month on whose first day the disregard was granted."""
    for first, last in _granted(history):
        for row in range(len(columns.trial)):
            day = (columns.first_month + row).first_day
            if first <= day <= last:
                columns.trial[row, place] = trial_of.get(history.disclosed_arm(day) or "", 0)


def _granted(history: History) -> list[tuple[date, date]]:
    """Return the first and last days of the trial's disregards; ended ones lasted to the day before."""
    stretches: list[tuple[date, date]] = []
    for event in history.events:
        if isinstance(event.payload, kinds.DisregardGranted):
            stretches.append((event.valid_from, event.payload.last_day))
        elif isinstance(event.payload, kinds.DisregardEnded):
            stretches = [(first, min(last, event.valid_from - _DAY)) for first, last in stretches]
    return stretches
