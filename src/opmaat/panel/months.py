"""What registers know of each person, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opmaat.core.month import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMonths:
    """One place per person and calendar month: arrays (persons, months) unless another shape is named.

    Parameters
    ----------
    persons
        Pseudonyms, ascending.
    household
        The number of each person's household, shape (persons,).
    first_month
        The calendar month of the first column.
    benefit_known, wages_known
        Whether the registers of benefits and of wages were delivered for the month, shape (months,). Without
        a delivery every value of the month is unknown, and what stands in the arrays means nothing.
    on_benefit
        Whether the person received social assistance for any day of the month.
    exit_code
        In the month after which benefit ended the code of the reason (BUS, field 34) as a number; else 0.
    benefit_cents
        Benefit paid to the household for the month, without holiday allowance.
    norm_cents
        The norm of the household for the month, with holiday allowance; 0 where nobody is on benefit.
    wage_cents
        Gross wages of all jobs in the month.
    hours
        Hours paid of all jobs in the month.
    permanent
        Whether one of the jobs has a permanent contract.
    self_employed
        Whether the person is self-employed.
    provenance
        For each of these columns the names and digests of the deliveries that it was made of.
    """

    persons: tuple[str, ...]
    household: NDArray[np.int64]
    first_month: Month
    benefit_known: NDArray[np.bool_]
    wages_known: NDArray[np.bool_]
    on_benefit: NDArray[np.bool_]
    exit_code: NDArray[np.int8]
    benefit_cents: NDArray[np.int64]
    norm_cents: NDArray[np.int64]
    wage_cents: NDArray[np.int64]
    hours: NDArray[np.float64]
    permanent: NDArray[np.bool_]
    self_employed: NDArray[np.bool_]
    provenance: Mapping[str, Mapping[str, str]]

    def taken(self, rows: NDArray[np.int64]) -> PersonMonths:
        """Return the same of some of the persons, by their places."""
        by_person = (
            "household",
            "on_benefit",
            "exit_code",
            "benefit_cents",
            "norm_cents",
            "wage_cents",
            "hours",
            "permanent",
            "self_employed",
        )
        arrays = {name: getattr(self, name)[rows] for name in by_person}
        return replace(self, persons=tuple(self.persons[row] for row in rows.tolist()), **arrays)
