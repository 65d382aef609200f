"""Lives: everything that happened to the made-up people, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.core.month import Month
from opmaat.rehearse.lives.setting import Setting
from opmaat.rehearse.lives.taking_part import Part
from opmaat.rehearse.people.people import Flags, Ints, People

NEVER = -1
WORK, SELF_EMPLOYED, PENSION, DEATH, MOVED, PARTNER = 11, 13, 3, 4, 32, 97


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """The lives of people under the arms that they were drawn into.

    Parameters
    ----------
    arm
        The place of each household's arm, or -1 for who was not drawn, (households,).
    start
        The column of the first month of the trial of each household, (households,).
    part
        How each household takes part.
    withdrew, moved
        The column in which a household withdrew or moved away, or -1, (households,).
    died, pension
        The column in which a person died or reached the pension age, or -1 within these months, (persons,).
    on_benefit, wage_cents, hours, permanent, self_employed, exit_code
        As :class:`opmaat.panel.months.PersonMonths` has them, (persons, months).
    norm_cents
        The norm of each household, with holiday allowance, (households, months).
    answered
        Who answered each wave, (persons, waves).
    """

    people: People
    setting: Setting
    arm: Ints
    start: Ints
    part: Part
    withdrew: Ints
    moved: Ints
    died: Ints
    pension: Ints
    on_benefit: Flags
    exit_code: NDArray[np.int8]
    wage_cents: Ints
    hours: NDArray[np.float64]
    permanent: Flags
    self_employed: Flags
    norm_cents: Ints
    answered: Flags

    @property
    def first_month(self) -> Month:
        """The calendar month of the first column."""
        return self.setting.first_month

    @property
    def months(self) -> int:
        """Number of columns."""
        return int(self.on_benefit.shape[1])

    def working(self, column: Ints) -> Flags:
        """Tell who has wages or is self-employed in a column of each person's own, (persons,)."""
        row = np.arange(self.people.count)
        found: Flags = (self.wage_cents[row, column] > 0) | self.self_employed[row, column]
        return found
