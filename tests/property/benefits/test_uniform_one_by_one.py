"""The uniform disregard of art. 34a, of 2,000 random households, equals a plain reading of its text.

Tried on the months of 2026-07 on, because the amounts of 2027 are not known.
"""

from dataclasses import replace

import numpy as np

from opmaat.benefits.counters import Counters
from opmaat.benefits.household import HouseholdKind
from opmaat.benefits.settle import Rules, settle
from opmaat.core.month import Month

FIRST, MONTHS, HOUSEHOLDS = Month(2026, 7), 6, 2_000
RULES = Rules(uniform_from=FIRST)
PENSION_AGE_MONTHS = 67 * 12


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def left_out(person, used):
    """What art. 34a.1-2 leaves out of an adult's wage of a month, and whether months of letter a are used."""
    wage = person["earnings_cents"]
    if person["age_months"] >= PENSION_AGE_MONTHS:
        return min(half_up(wage * 25, 100), 22_600), False
    if person["medically_limited"]:
        return half_up(wage * 15, 100), False
    if person["contributes"] and (used < 12 or person["hours_cannot_grow"]):
        return half_up(wage * 15, 100), True
    return 0, False


def test_all_at_once_is_as_the_text_of_the_act_one_by_one(random_facts):
    facts = random_facts(7, households=HOUSEHOLDS, months=MONTHS, first=FIRST, arms=0)
    draw = np.random.default_rng(7)
    facts = replace(facts, new_job=draw.random((2, MONTHS, HOUSEHOLDS)) < 0.1)
    start = Counters.start(HOUSEHOLDS, uniform=draw.integers(0, 14, (2, HOUSEHOLDS)))
    result = settle(facts, rules=RULES, counters=start)
    columns = (
        "earnings_cents",
        "age_months",
        "medically_limited",
        "contributes",
        "hours_cannot_grow",
        "new_job",
    )
    for household in range(HOUSEHOLDS):
        adults = 2 if facts.kind[0, household] == HouseholdKind.COUPLE else 1
        for adult in range(adults):
            used = int(start.uniform[adult, household])
            for month in range(MONTHS):
                person = {name: getattr(facts, name)[adult, month, household].item() for name in columns}
                used = 0 if person["new_job"] and used >= 12 else used
                amount, counts = left_out(person, used)
                amount = amount if facts.last_day[month, household] else 0
                assert result.disregarded_cents[adult, month, household] == amount
                begins = counts and amount > 0 and result.entitled[month, household]
                used += used > 0 or begins
            assert result.counters.uniform[adult, household] == used
