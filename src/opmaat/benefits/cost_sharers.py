"""Who shares the costs of the dwelling, and the norm that follows: arts. 19a and 22a Participatiewet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opmaat.core.money import BASIS_POINTS, divide_half_up
from opmaat.core.month import Month
from opmaat.params.load import legal_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Someone with the main residence in the same dwelling.

    Parameters
    ----------
    age_years
        Age on the first day of the month.
    student
        Follows education of art. 19a.1.d (student finance, WTOS, BBL, or comparable abroad).
    commercial_contract
        Tenant, landlord or boarder of the person on a written contract at a commercial price.
    near_kin
        Kin of the first or second degree of the person, for whom a commercial contract does not matter.
    same_landlord
        Both rent, at a commercial price, from the same third party.
    """

    age_years: int
    student: bool = False
    commercial_contract: bool = False
    near_kin: bool = False
    same_landlord: bool = False


def shares_costs(resident: Resident, month: Month) -> bool:
    """Return whether a co-resident, who is not the spouse, counts: art. 19a.1.

    The age was 21 and is 27 since 2023-01-01. Source: https://wetten.overheid.nl/BWBR0015703#Artikel19a.

    Examples
    --------
    >>> [shares_costs(Resident(age_years=26), month) for month in (Month(2022, 12), Month(2023, 1))]
    [True, False]
    """
    old_enough = resident.age_years >= legal_amount("cost_sharer_min_age", month)
    commercial = resident.commercial_contract and not resident.near_kin
    return old_enough and not (resident.student or commercial or resident.same_landlord)


def number_who_share(
    residents: Sequence[Resident], month: Month, *, spouse_age_years: int | None = None
) -> int:
    """Return A of art. 22a.1: co-residents who share, the person, and the spouse of 21 or older.

    ``residents`` are the others in the dwelling, without the person and the spouse. The person always counts,
    also when too young to count for others.

    Examples
    --------
    >>> number_who_share([Resident(age_years=50)], Month(2023, 1))
    2
    """
    spouse = spouse_age_years is not None and spouse_age_years >= 21
    return 1 + int(spouse) + sum(shares_costs(resident, month) for resident in residents)


def cost_sharer_share(number: int, month: Month) -> tuple[int, int]:
    """Return the share of B of art. 22a.1 as an exact fraction: (40% + A x 30%) / A, never rounded.

    Examples
    --------
    >>> cost_sharer_share(3, Month(2018, 1))
    (13000, 30000)
    """
    fixed = legal_amount("cost_sharer_fixed_share", month)
    per_person = legal_amount("cost_sharer_share_per_person", month)
    return fixed + number * per_person, number * BASIS_POINTS


def cost_sharer_norm(base_cents: int, number: int, month: Month) -> int:
    """Return the norm of one person when ``number`` (A) share the costs: art. 22a.1, rounded once, half-up.

    ``base_cents`` is B: the couple norm of art. 21.b, or art. 22.b-c at pension age. A = 1 gives the norm of
    a single person. Source: https://wetten.overheid.nl/BWBR0015703#Artikel22a.

    Examples
    --------
    >>> cost_sharer_norm(186_921, 4, Month(2024, 7))
    74768
    """
    if number < 1:
        raise ValueError("at least the person counts: A is 1 or more")
    numerator, denominator = cost_sharer_share(number, month)
    return divide_half_up(base_cents * numerator, denominator)
