"""The norm of a household in a month (arts. 20-24 Participatiewet) and its holiday allowance (art. 19.3).

Source: https://wetten.overheid.nl/BWBR0015703. The norm follows the ages on the first day of the month.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.cost_sharers import cost_sharer_norm
from opmaat.benefits.household import Flags, HouseholdKind, Ints, MonthRow
from opmaat.core.money import BASIS_POINTS, Whole, divide_half_up, share_half_up
from opmaat.core.month import Month
from opmaat.params.load import legal_amount

SINGLE_18_20 = "norm_art20_1a_18_20_single"
COUPLE_18_20 = "norm_art20_1b_couple_both_18_20"
COUPLE_ONE_21 = "norm_art20_1c_couple_one_21plus"
PARENT_18_20 = "norm_art20_2a_18_20_single_parent"
PARENTS_18_20 = "norm_art20_2b_couple_both_18_20_children"
PARENTS_ONE_21 = "norm_art20_2c_couple_one_21plus_children"
SINGLE_21 = "norm_art21a_single_21plus"
COUPLE_21 = "norm_art21b_couple_21plus"
SINGLE_PENSION = "norm_art22a_single_pension_age"
COUPLE_PENSION = "norm_art22bc_couple_pension_age"
SPOUSE_WITH_CHILDREN = "norm_art22a_3_spouse_18_20_children"
SPOUSE_WITHOUT_CHILDREN = "norm_art22a_3_spouse_18_20_no_children"
INSTITUTION_SINGLE = "norm_art23_1_institution_single"
INSTITUTION_COUPLE = "norm_art23_1_institution_couple"
TOP_UP_SINGLE = "topup_art23_2_institution_single"
TOP_UP_COUPLE = "topup_art23_2_institution_couple"

HALF_OF_COUPLE_NORM_FROM = Month(2016, 1)
_NORMS = (
    SINGLE_18_20,
    COUPLE_18_20,
    COUPLE_ONE_21,
    PARENT_18_20,
    PARENTS_18_20,
    PARENTS_ONE_21,
    SINGLE_21,
    COUPLE_21,
    SINGLE_PENSION,
    COUPLE_PENSION,
)
_CODE = {name: np.int8(code) for code, name in enumerate(_NORMS)}
_TWENTY_ONE = 21 * 12


def month_norm(row: MonthRow) -> Ints:
    """Return the norm of the whole month for every household, in cents: arts. 20-24.

    Only the amounts that some household needs are looked up; one that no source gives raises
    MissingValueError.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> month_norm(household_months(Month(2018, 1), months=1, households=1, cost_sharers=1).row(0)).tolist()
    [70866]
    """
    row = _as_until_2016(row)
    norm = _amounts(_ordinary_norm_codes(row), row.month)
    couple = row.kind == HouseholdKind.COUPLE
    without_right = row.kind == HouseholdKind.PARTNER_WITHOUT_RIGHT
    if without_right.any():
        norm = np.where(without_right, _half_of_couple_norm(row), norm)
    if row.cost_sharers.any():
        norm = _with_cost_sharers(row, norm)
    if row.in_institution.any():
        both = row.in_institution[0] & row.in_institution[1] & couple
        single = row.in_institution[0] & ~couple
        norm = np.where(single, institution_norm(row.month, couple=False), norm)
        norm = np.where(both, institution_norm(row.month, couple=True), norm)
        one = couple & (row.in_institution[0] ^ row.in_institution[1])
        norm = np.where(one, _one_partner_in_institution(row), norm) if one.any() else norm
    return norm


def _as_until_2016(row: MonthRow) -> MonthRow:
    """Art. 24 until 2016: who has a partner without a right is single, and shares costs with the partner."""
    without_right = row.kind == HouseholdKind.PARTNER_WITHOUT_RIGHT
    if row.month >= HALF_OF_COUPLE_NORM_FROM or not without_right.any():
        return row
    partner_shares = without_right & (row.age_months[1] >= _TWENTY_ONE)
    return row.changed(
        kind=np.where(without_right, HouseholdKind.SINGLE, row.kind),
        cost_sharers=row.cost_sharers + partner_shares,
    )


def _ordinary_norm_codes(row: MonthRow) -> NDArray[np.int8]:
    """Say which norm of arts. 20-22 applies when nobody shares costs or lives in an institution."""
    alone = _single_codes(row.age_months[0], row.pension_age[0], row)
    couple = row.kind == HouseholdKind.COUPLE
    if not couple.any():
        return alone
    young = (row.age_months < _TWENTY_ONE).sum(axis=0)
    together = _couple_codes(young, row.pension_age[0] | row.pension_age[1], row)
    return np.where(couple, together, alone)


def _single_codes(age: Ints, pension: Flags, row: MonthRow) -> NDArray[np.int8]:
    """Arts. 20.1.a, 20.2.a, 21.a and 22.a."""
    young = np.where(row.children, _CODE[PARENT_18_20], _CODE[SINGLE_18_20])
    grown = np.where(pension, _CODE[SINGLE_PENSION], _CODE[SINGLE_21])
    return np.where(age < _TWENTY_ONE, young, grown)


def _couple_codes(number_young: Ints, pension: Flags, row: MonthRow) -> NDArray[np.int8]:
    """Arts. 20.1.b-c, 20.2.b-c, 21.b and 22.b-c."""
    grown = np.where(pension, _CODE[COUPLE_PENSION], _CODE[COUPLE_21])
    one = np.where(row.children, _CODE[PARENTS_ONE_21], _CODE[COUPLE_ONE_21])
    both = np.where(row.children, _CODE[PARENTS_18_20], _CODE[COUPLE_18_20])
    return np.where(number_young == 0, grown, np.where(number_young == 1, one, both))


def _amounts(codes: NDArray[np.int8], month: Month) -> Ints:
    """Look up the amount of each code; an amount nobody needs is not asked for."""
    needed = np.bincount(codes, minlength=len(_NORMS))
    table = [legal_amount(name, month) if needed[code] else 0 for code, name in enumerate(_NORMS)]
    return np.array(table, dtype=np.int64)[codes]


def _half_of_couple_norm(row: MonthRow) -> Ints:
    """Art. 24: half of the norm of a couple in which both have the age of the spouse with a right."""
    codes = _codes_of_own_age(row)
    needed = row.kind == HouseholdKind.PARTNER_WITHOUT_RIGHT
    share = legal_amount("partner_without_right_share", row.month)
    return share_half_up(_amounts(np.where(needed, codes, codes[needed.argmax()]), row.month), share)


def _codes_of_own_age(row: MonthRow) -> NDArray[np.int8]:
    """Say which couple norm applies to two of the age of the first adult."""
    young = np.where(row.age_months[0] < _TWENTY_ONE, 2, 0)
    return _couple_codes(young, row.pension_age[0], row)


def _with_cost_sharers(row: MonthRow, norm: Ints) -> Ints:
    """Art. 22a: replace the norm of those of 21 and older who share the costs of their dwelling."""
    grown = row.age_months >= _TWENTY_ONE
    spouse_lives_in = row.kind != HouseholdKind.SINGLE
    shares = row.cost_sharers > 0
    grown_spouse = grown[1] & spouse_lives_in
    pension = row.pension_age
    any_pension = pension[0] | (pension[1] & spouse_lives_in)
    person = _person_norm(row.cost_sharers + 1 + grown_spouse, any_pension, row.month, shares)
    if not (spouse_lives_in & shares).any():
        return np.where(shares & grown[0], person, norm)
    couple = row.kind == HouseholdKind.COUPLE
    other = _person_norm(row.cost_sharers + 1 + grown[0], any_pension, row.month, shares & couple)
    fixed = np.where(
        row.children,
        legal_amount(SPOUSE_WITH_CHILDREN, row.month),
        legal_amount(SPOUSE_WITHOUT_CHILDREN, row.month),
    )
    first = np.where(grown[0], person, fixed)
    second = np.where(grown[1], other, fixed)
    norm = np.where(shares & grown[0] & ~couple, person, norm)
    return np.where(shares & couple & grown.any(axis=0), first + second, norm)


def _person_norm(number: Ints, pension: Flags, month: Month, wanted: Flags) -> Ints:
    """Look up the norm of one person among ``number`` who share, for the persons that are wanted."""
    result = np.zeros_like(number)
    for base, those in ((COUPLE_21, wanted & ~pension), (COUPLE_PENSION, wanted & pension)):
        if those.any():
            cents = legal_amount(base, month)
            highest = int(number[those].max())
            table = [0] + [cost_sharer_norm(cents, among, month) for among in range(1, highest + 1)]
            result = np.where(those, np.array(table, dtype=np.int64)[np.minimum(number, highest)], result)
    return result


def institution_norm(month: Month, *, couple: bool) -> int:
    """Return the norm in an institution with its top-up: arts. 23.1 and 23.2.

    >>> institution_norm(Month(2018, 1), couple=True)
    56961
    """
    norm, top_up = (INSTITUTION_COUPLE, TOP_UP_COUPLE) if couple else (INSTITUTION_SINGLE, TOP_UP_SINGLE)
    return legal_amount(norm, month) + legal_amount(top_up, month)


def _one_partner_in_institution(row: MonthRow) -> Ints:
    """Art. 23.3: the norms that would apply to each partner as a single person, added."""
    outside = np.where(row.in_institution[0], row.age_months[1], row.age_months[0])
    alone = row.changed(
        kind=np.zeros_like(row.kind),
        age_months=np.stack([outside, outside]),
        in_institution=np.zeros_like(row.in_institution),
    )
    return month_norm(alone) + institution_norm(row.month, couple=False)


def couple_norm(row: MonthRow) -> Ints:
    """Return the norm that the household would have as a couple with a right each, for art. 32.3."""
    return month_norm(row.changed(kind=np.full_like(row.kind, HouseholdKind.COUPLE)))


def pro_rata(norm_cents: Whole, first_day: Whole, last_day: Whole, *, days_in_month: int) -> Whole:
    """Return the norm of the days from ``first_day`` through ``last_day`` of a month, by calendar days.

    What is due up to a day is rounded half-up; a stretch is the difference of two such amounts, so that the
    parts of a month always add up to its norm. First and last day 0 give 0. By calendar days is municipal
    practice, not the text of the Act.

    Examples
    --------
    >>> pro_rata(99_212, 1, 14, days_in_month=31), pro_rata(99_212, 15, 31, days_in_month=31)
    (44805, 54407)
    """
    before = first_day - (first_day > 0)
    until_last = divide_half_up(norm_cents * last_day, days_in_month)
    until_before = divide_half_up(norm_cents * before, days_in_month)
    result: Whole = until_last - until_before
    return result


def holiday_allowance_parts(amount_cents: Whole, month: Month) -> tuple[Whole, Whole]:
    """Return an amount without its holiday allowance, and that allowance, each rounded on its own.

    This is how tables of norms are published; the two can add up to one cent more than the amount. A
    settlement uses :func:`reserved_holiday_allowance`, which conserves money. The share is 5.0% as published;
    the text of art. 19.3 says 4.8%.

    Examples
    --------
    >>> holiday_allowance_parts(107_870, Month(2021, 7))
    (102477, 5394)
    """
    share = legal_amount("holiday_allowance_share", month)
    return share_half_up(amount_cents, BASIS_POINTS - share), share_half_up(amount_cents, share)


def paid_before_holiday_allowance(amount_cents: Whole, month: Month) -> Whole:
    """Return what is paid out monthly of a benefit; the rest is reserved as holiday allowance (art. 19.3).

    >>> paid_before_holiday_allowance(107_870, Month(2021, 7))
    102477
    """
    share = legal_amount("holiday_allowance_share", month)
    return share_half_up(amount_cents, BASIS_POINTS - share)


def lowered_norm(norm_cents: Whole, couple_norm_cents: int, lowering_bp: int) -> Whole:
    """Return the norm lowered by a municipal share of the couple norm: arts. 27 and 28.

    >>> lowered_norm(140_150, 200_213, 1000)
    120129
    """
    return norm_cents - share_half_up(couple_norm_cents, lowering_bp)


def income_limit(norm_cents: Whole, rate_bp: int) -> Whole:
    """Return a municipal income limit: a percentage of the norm.

    >>> income_limit(134_545, 13_000)
    174909
    """
    return share_half_up(norm_cents, rate_bp)


def norm_parameters(row: MonthRow) -> tuple[str, ...]:
    """Return the names of the legal amounts behind the norm of the first household of a month.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> norm_parameters(household_months(Month(2018, 1), months=1, households=1, cost_sharers=1).row(0))
    ('norm_art21b_couple_21plus', 'cost_sharer_fixed_share', 'cost_sharer_share_per_person')
    """
    row = _as_until_2016(row)
    kind, couple = row.kind[0], row.kind[0] == HouseholdKind.COUPLE
    inside = row.in_institution[: 1 + couple, 0]
    if inside.any():
        return _institution_parameters(row, both=bool(inside.all()), couple=bool(couple))
    grown = row.age_months[: 1 + couple, 0] >= _TWENTY_ONE
    if row.cost_sharers[0] > 0 and grown.any():
        adults = slice(0, 1 if kind == HouseholdKind.SINGLE else 2)
        base = COUPLE_PENSION if row.pension_age[adults, 0].any() else COUPLE_21
        shares = (base, "cost_sharer_fixed_share", "cost_sharer_share_per_person")
        spouse = SPOUSE_WITH_CHILDREN if row.children[0] else SPOUSE_WITHOUT_CHILDREN
        return shares if grown.all() else (*shares, spouse)
    if kind == HouseholdKind.PARTNER_WITHOUT_RIGHT:
        return _NORMS[_codes_of_own_age(row)[0]], "partner_without_right_share"
    return (_NORMS[_ordinary_norm_codes(row)[0]],)


def _institution_parameters(row: MonthRow, *, both: bool, couple: bool) -> tuple[str, ...]:
    """Name the amounts of art. 23 for one person, for two, or for one of two."""
    if both and couple:
        return INSTITUTION_COUPLE, TOP_UP_COUPLE
    if not couple:
        return INSTITUTION_SINGLE, TOP_UP_SINGLE
    outside = 1 if row.in_institution[0, 0] else 0
    code = _single_codes(row.age_months[outside], row.pension_age[outside], row)[0]
    return INSTITUTION_SINGLE, TOP_UP_SINGLE, _NORMS[code]
