"""Made-up people: what they have in common with the shares they were drawn from, and that they are nobody."""

from datetime import date

import numpy as np

from opmaat.rehearse.people.chance import Chance, Purpose
from opmaat.rehearse.people.municipality import municipality
from opmaat.rehearse.people.people import COUPLE, draw_people, made_up_numbers

DAY = date(2017, 9, 1)


def passes_the_check_of_elevens(number):
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11 == 0


def test_no_number_of_a_made_up_person_can_be_a_citizen_service_number():
    numbers = made_up_numbers(5000)
    assert len(set(numbers)) == 5000
    assert numbers == sorted(numbers)
    assert not any(passes_the_check_of_elevens(number) for number in numbers)
    assert passes_the_check_of_elevens("111222333")


def test_shares_are_those_of_the_municipality():
    people, shares = draw_people(40_000, DAY, Chance(3)), municipality().people
    kinds = people.kind[: people.households]
    for kind, share in shares.household_kind.items():
        assert abs((kinds == kind).mean() - share) < 0.01
    years = (np.datetime64(DAY) - people.benefit_start[: people.households]).astype(float) / 365.25
    assert abs((years > 2).mean() - 0.71) < 0.02  # less, as benefit starts at eighteen


def test_more_households_change_nobody_among_the_first():
    few, many = draw_people(500, DAY, Chance(5)), draw_people(900, DAY, Chance(5))
    for name in ("kind", "born", "woman", "benefit_start", "health", "schooling"):
        np.testing.assert_array_equal(getattr(few, name)[:500], getattr(many, name)[:500])
    partners = len(few.partners)
    np.testing.assert_array_equal(few.health[500:], many.health[900 : 900 + partners])


def test_adults_are_adults_below_the_pension_age_and_partners_are_alike():
    people = draw_people(20_000, DAY, Chance(8))
    age = (np.datetime64(DAY) - people.born).astype(float) / 365.25
    assert age.min() > 18
    assert age.max() < 65.1
    assert (people.benefit_start < np.datetime64(DAY)).all()
    both = np.corrcoef(people.health[people.partners], people.health[people.households :])[0, 1]
    assert abs(both - municipality().people.alike_in_household) < 0.05
    assert (people.kind[people.households :] == COUPLE).all()


def test_chance_differs_by_purpose_month_and_part():
    chance = Chance(1)
    drawn = {
        tuple(chance.uniform(purpose, 3, month=month, part=part).tolist())
        for purpose in (Purpose.DIES, Purpose.LEAVES)
        for month in (0, 1)
        for part in (0, 1)
    }
    assert len(drawn) == 8
