"""Corrections months later: the same months settled again, and what that leaves to pay or to recover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opmaat.benefits.household import Ints
from opmaat.benefits.reduction import may_set_off
from opmaat.benefits.settle import Settlements
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.month import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What changes per month and household when months are settled again, in net cents.

    ``paid_cents`` and ``reserved_cents`` are the new amount less the old. Tax on what is recovered from an
    earlier year is for the municipality.
    """

    first_month: Month
    paid_cents: Ints
    reserved_cents: Ints

    @property
    def to_pay_cents(self) -> Ints:
        """What is still to be paid for each month; 0 where there is something to recover."""
        return np.maximum(self.paid_cents, 0)

    @property
    def to_recover_cents(self) -> Ints:
        """What was paid too much for each month; 0 where there is something to pay."""
        return np.maximum(-self.paid_cents, 0)

    def to_set_off_cents(self, month: Month) -> Ints:
        """Return, per household, what may be set off against the benefit of a month: art. 58.4.

        Only what was paid too much in the months before it that are recent enough; older months need a
        decision to recover. Give it as ``set_off_claim_cents`` of that month, less what was set off before.
        """
        rows = self.paid_cents.shape[0]
        recent = [may_set_off(self.first_month + row, month) for row in range(rows)]
        result: Ints = (self.to_recover_cents * np.array(recent, dtype=np.int64)[:, None]).sum(axis=0)
        return result


def reconcile(before: Settlements, after: Settlements) -> Differences:
    """Return what changes when the same months of the same households are settled again.

    ``before`` is how the months were settled and paid; ``after`` how they are settled with what is known now,
    from the same counters on: a change in one month can change later ones through the months used. Raises
    DataFileError when the two are not of the same months and households.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> from opmaat.benefits.settle import settle
    >>> first = settle(household_months(Month(2018, 1), months=1, households=1))
    >>> again = settle(household_months(Month(2018, 1), months=1, households=1, earnings_cents=40_000))
    >>> reconcile(first, again).to_recover_cents.tolist()
    [[28500]]
    """
    if (before.first_month, before.paid_cents.shape) != (after.first_month, after.paid_cents.shape):
        problem = "The two settlements are not of the same months and households."
        fix = "Settle the same months again, with all households in the same order."
        raise DataFileError([Issue("not-the-same-months", str(after.first_month), problem, fix)])
    return Differences(
        first_month=before.first_month,
        paid_cents=after.paid_cents - before.paid_cents,
        reserved_cents=after.reserved_cents - before.reserved_cents,
    )
