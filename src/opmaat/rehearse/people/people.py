"""Made-up people: drawn from the municipality's marginal distributions, without a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.municipality import Municipality, municipality, span

Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

COUPLE = "3"
_FIRST_NUMBER = 990_000_000
_DAYS_A_YEAR = 365.25
_YOUNGEST = 18.15  # eighteen on the first day of the month, whatever the day of the reference date


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Adults on benefit on the reference date; arrays (persons,), first adults in order and then partners.

    ``household`` is the number of each person's household and ``households`` how many there are; ``kind`` is
    that of the household (BUS, field 10). ``health`` and ``drive`` are in no register. ``wage_rank`` and the
    others are ranks from 0 to 1 among everybody.
    """

    reference_date: date
    households: int
    household: Ints
    kind: NDArray[np.str_]
    born: Days
    woman: Flags
    benefit_start: Days
    schooling: Ints
    background: NDArray[np.str_]
    health: Floats
    drive: Floats
    wage_rank: Floats
    small_hours_rank: Floats
    large_hours_rank: Floats
    cap_rank: Floats

    @property
    def count(self) -> int:
        """Number of persons."""
        return len(self.household)

    @property
    def partners(self) -> Ints:
        """The households of the partners, who stand after the first adults."""
        return self.household[self.households :]

    def taken(self, households: Ints) -> tuple[People, Ints]:
        """Return the people of some households, ascending, and the places that they have here."""
        place = np.full(self.households, -1, dtype=np.int64)
        place[households] = np.arange(len(households))
        kept = np.flatnonzero(place[self.household] >= 0)
        arrays = {
            item.name: getattr(self, item.name)[kept]
            for item in fields(self)
            if item.name not in ("reference_date", "households", "household")
        }
        taken = replace(self, households=len(households), household=place[self.household[kept]], **arrays)
        return taken, kept

    def any_adult(self, marks: Flags) -> Flags:
        """Tell per household whether one of its adults is marked."""
        found = marks[: self.households].copy()
        found[self.partners] |= marks[self.households :]
        return found

    def summed(self, amounts: NDArray[np.float64]) -> Floats:
        """Return the sum over the adults of each household."""
        total = amounts[: self.households].astype(np.float64)
        total[self.partners] += amounts[self.households :]
        return total


def draw_people(
    households: int,
    reference_date: date,
    chance: Chance,
    *,
    numbers: Municipality | None = None,
    unit: Literal["household", "person"] = "household",
) -> People:
    """Draw the people of a number of households.

    Parameters
    ----------
    households
        How many; more of them change nobody among the first.
    reference_date
        The day on which all of them receive benefit.
    unit
        Of a trial that draws persons, each stands alone: partners are left out.

    Examples
    --------
    >>> people = draw_people(1000, date(2017, 9, 1), Chance(1))
    >>> people.households, people.count > 1000
    (1000, True)
    """
    shares = (numbers or municipality()).people
    kinds = list(shares.household_kind)
    place = _place_of(shares.household_kind, chance.uniform(Purpose.KIND, households))
    kind, women = np.array(kinds)[place], np.array([shares.women[one] for one in kinds])[place]
    with_partner = np.flatnonzero((kind == COUPLE) & (unit == "household"))
    household = np.concatenate([np.arange(households), with_partner])
    luck = chance.of(households=households, partners=len(with_partner))
    age = _within(shares.age, luck.uniform(Purpose.AGE), width=1)
    age_days = np.maximum(age, _YOUNGEST) * _DAYS_A_YEAR
    born = np.datetime64(reference_date) - age_days.astype(np.int64).astype("timedelta64[D]")
    return People(
        reference_date=reference_date,
        households=households,
        household=household,
        kind=kind[household],
        born=born,
        woman=_women(women, household, luck.uniform(Purpose.SEX)),
        benefit_start=_benefit_start(shares.duration_months, chance, born[:households], reference_date)[
            household
        ],
        schooling=_place_of(shares.schooling, luck.uniform(Purpose.SCHOOLING)),
        background=_drawn(shares.background, chance.uniform(Purpose.BACKGROUND, households))[household],
        health=_alike(luck.normal(Purpose.HEALTH), household, shares.alike_in_household),
        drive=_alike(luck.normal(Purpose.DRIVE), household, shares.alike_in_household),
        wage_rank=luck.uniform(Purpose.HOURLY_WAGE),
        small_hours_rank=luck.uniform(Purpose.SMALL_HOURS),
        large_hours_rank=luck.uniform(Purpose.LARGE_HOURS),
        cap_rank=luck.uniform(Purpose.KEEPS_TO_CAP),
    )


def _place_of(shares: Mapping[str, float], uniform: Floats) -> Ints:
    """Return the place of what was drawn among the names of the shares."""
    steps = np.cumsum(list(shares.values()))[:-1]
    return np.searchsorted(steps, uniform, side="right").astype(np.int64)


def _drawn(shares: Mapping[str, float], uniform: Floats) -> NDArray[np.str_]:
    """Return the names that were drawn."""
    return np.array(list(shares))[_place_of(shares, uniform)]


def _within(shares: Mapping[str, float], uniform: Floats, *, width: int) -> Floats:
    """Return numbers spread evenly within the spans that were drawn; a last number is ``width`` long."""
    place = _place_of(shares, uniform)
    ends = np.cumsum([0.0, *shares.values()])
    inside = (uniform - ends[place]) / np.array(list(shares.values()))[place]
    first, last = np.array([span(name) for name in shares], dtype=np.float64).T
    spread: Floats = first[place] + inside * (last + width - first)[place]
    return spread


def _women(share: Floats, household: Ints, uniform: Floats) -> Flags:
    """Return who is a woman; the share is that of the household's kind, and a partner is of the other sex."""
    count = len(share)
    woman = uniform < share[household]
    woman[count:] = ~woman[household[count:]]
    return woman


def _benefit_start(shares: Mapping[str, float], chance: Chance, born: Days, reference_date: date) -> Days:
    """Return the first day of the benefit of each household, after its first adult was eighteen."""
    today = np.datetime64(reference_date)
    months = _within(shares, chance.uniform(Purpose.DURATION, len(born)), width=1)
    earliest = born + np.timedelta64(int(18 * _DAYS_A_YEAR) + 1, "D")
    start = today - ((months * _DAYS_A_YEAR / 12).astype(np.int64) + 1).astype("timedelta64[D]")
    return np.minimum(np.maximum(start, earliest), today - np.timedelta64(1, "D"))


def _alike(normal: Floats, household: Ints, correlation: float) -> Floats:
    """Return standard normal numbers of which those of partners have a correlation."""
    first = int(household.max(initial=-1)) + 1
    partner = correlation * normal[household[first:]] + np.sqrt(1 - correlation**2) * normal[first:]
    return np.concatenate([normal[:first], partner])


def numbered(count: int) -> tuple[str, ...]:
    """Return names for so many of something, ascending: their numbers.

    >>> numbered(2)
    ('00000000', '00000001')
    """
    return _numbered(1 << count.bit_length())[:count]


@cache
def _numbered(count: int) -> tuple[str, ...]:
    """Return names, made once."""
    return tuple(f"{number:08d}" for number in range(count))


def made_up_numbers(count: int) -> list[str]:
    """Return texts of nine digits in the place of citizen service numbers, ascending, that are nobody's.

    A real number passes the check of elevens: its digits, times 9, 8, up to 2, and -1 for the last, add up to
    a multiple of 11. These fail it.

    >>> made_up_numbers(3)
    ['990000000', '990000001', '990000002']
    """
    numbers = np.arange(_FIRST_NUMBER, _FIRST_NUMBER + count * 10 // 9 + 20)
    digits = numbers[:, None] // 10 ** np.arange(8, -1, -1) % 10
    fails = (digits @ np.array([9, 8, 7, 6, 5, 4, 3, 2, -1])) % 11 != 0
    return [str(number) for number in numbers[fails][:count]]
