"""Ten thousand households at once are settled as one by one, by a second, plain reading of the Act.

What stands here is written with whole numbers and if-statements only, and shares no rule with the package but
the legal amounts.
"""

import numpy as np
import pytest

from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.settle import Rules, settle
from opmaat.core.month import Month
from opmaat.params.load import parameter

ARMS = {1: (50, 19_900, 14_200), 2: (50, 20_200, 14_200)}
RULES = Rules(
    trials=tuple(
        TrialDisregard(100 * rate, cap=single, couple_cap=couple) for rate, single, couple in ARMS.values()
    )
)
SINGLE, COUPLE, WITHOUT_RIGHT = 0, 1, 2


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


class Law:
    """The amounts of one month by name; a name is looked up when some household needs it."""

    def __init__(self, month):
        self.month, self.known = month, {}

    def __getitem__(self, name):
        if name not in self.known:
            self.known[name] = parameter(name).at(self.month).amount
        return self.known[name]


def single_norm(age, parent, law):
    if age < 252:
        return law["norm_art20_2a_18_20_single_parent" if parent else "norm_art20_1a_18_20_single"]
    if age >= law["pension_age"]:
        return law["norm_art22a_single_pension_age"]
    return law["norm_art21a_single_21plus"]


def couple_norm(ages, parents, law):
    young = sum(age < 252 for age in ages)
    if young == 2:
        return law[
            "norm_art20_2b_couple_both_18_20_children" if parents else "norm_art20_1b_couple_both_18_20"
        ]
    if young == 1:
        return law[
            "norm_art20_2c_couple_one_21plus_children" if parents else "norm_art20_1c_couple_one_21plus"
        ]
    if max(ages) >= law["pension_age"]:
        return law["norm_art22bc_couple_pension_age"]
    return law["norm_art21b_couple_21plus"]


def shared_norm(number, pension, law):
    base = law["norm_art22bc_couple_pension_age" if pension else "norm_art21b_couple_21plus"]
    return half_up(base * (40 + 30 * number), 100 * number)


def institution(law, *, couple):
    kind = "couple" if couple else "single"
    return law[f"norm_art23_1_institution_{kind}"] + law[f"topup_art23_2_institution_{kind}"]


def spouse_part(parents, law):
    return law[f"norm_art22a_3_spouse_18_20_{'children' if parents else 'no_children'}"]


def norm_of(kind, home, law):
    ages, parents, inside, others = home
    if kind == SINGLE:
        if inside[0]:
            return institution(law, couple=False)
        if others and ages[0] >= 252:
            return shared_norm(1 + others, ages[0] >= law["pension_age"], law)
        return single_norm(ages[0], parents, law)
    pension = max(ages) >= law["pension_age"]
    grown = [age >= 252 for age in ages]
    if kind == WITHOUT_RIGHT:
        if inside[0]:
            return institution(law, couple=False)
        if others and grown[0]:
            return shared_norm(1 + others + grown[1], pension, law)
        return half_up(couple_norm([ages[0], ages[0]], parents, law), 2)
    if all(inside):
        return institution(law, couple=True)
    if any(inside):
        outside = ages[1] if inside[0] else ages[0]
        alone = ([outside] * 2, parents, [False], others)
        return institution(law, couple=False) + norm_of(SINGLE, alone, law)
    if others and any(grown):
        number = others + sum(grown)
        return sum(
            shared_norm(number, pension, law) if is_grown else spouse_part(parents, law) for is_grown in grown
        )
    return couple_norm(ages, parents, law)


def rule_of(person, months, law, month):
    """The disregard of one adult: its name, rate in thousandths and cap."""
    n = ("n", 250, "disregard_art31_2n_max_per_month")
    y = ("y", 150, "disregard_art31_2y_max_per_month")
    r = ("r", 125, "disregard_art31_2r_max_per_month")
    pension = person["age"] >= law["pension_age"]
    judged = person["contributes"] and person["age"] >= 27 * 12
    if person["trial"]:
        if pension:
            return "trial"
        if person["medical"]:
            return y
        return "trial" if judged else None
    if pension:
        return ("pension", *n[1:])
    if judged and months["n"] < 6:
        return n
    carer = person["carer"] and judged and months["r"] < 30
    if month < Month(2023, 7):
        return r if carer else y if person["medical"] else None
    if person["medical"]:
        return y
    if person["subsidy"] and months["n"] >= 6:
        if months["z"] < 12:
            return ("z", *y[1:])
        if person["no_more_hours"]:
            return ("aa", *y[1:])
    return r if carer else None


def persons(facts, row, one):
    kind = int(facts.kind[row, one])
    child = int(facts.youngest_child_months[row, one])
    return [
        {
            "age": int(facts.age_months[adult, row, one]),
            "earned": int(facts.earnings_cents[adult, row, one]),
            "contributes": bool(facts.contributes[adult, row, one]),
            "medical": bool(facts.medically_limited[adult, row, one]),
            "subsidy": bool(facts.wage_cost_subsidy[adult, row, one]),
            "no_more_hours": bool(facts.hours_cannot_grow[adult, row, one]),
            "carer": kind == SINGLE and adult == 0 and 0 <= child < 144,
            "trial": int(facts.trial[row, one]),
        }
        for adult in range(2 if kind == COUPLE else 1)
    ]


def left_out_of(people, used, kind, law, month):
    rules = [rule_of(person, months, law, month) for person, months in zip(people, used, strict=False)]
    amounts, left = [], None
    for person, rule in zip(people, rules, strict=True):
        if rule is None:
            amounts.append(0)
        elif rule == "trial":
            rate, single, couple = ARMS[person["trial"]]
            left = (couple if kind == COUPLE else single) if left is None else left
            amounts.append(min(half_up(person["earned"] * rate, 100), left))
            left -= amounts[-1]
        else:
            amounts.append(min(half_up(person["earned"] * rule[1], 1000), law[rule[2]]))
    return rules, amounts


def settle_one(facts, one, laws):
    used = [{"n": 0, "r": 0, "z": 0} for _ in range(2)]
    paid = []
    for row, month in enumerate(facts.months):
        law, kind = laws[row], int(facts.kind[row, one])
        first, last = int(facts.first_day[row, one]), int(facts.last_day[row, one])
        ages = [int(age) for age in facts.age_months[:, row, one]]
        inside = [bool(is_inside) for is_inside in facts.in_institution[:, row, one]]
        parents, others = bool(facts.children[row, one]), int(facts.cost_sharers[row, one])

        def of_days(amount, first=first, last=last, month=month):
            return half_up(amount * last, month.days) - half_up(amount * max(first - 1, 0), month.days)

        home = (ages, parents, inside, others)
        norm = of_days(norm_of(kind, home, law))
        people = persons(facts, row, one)
        rules, amounts = (
            left_out_of(people, used, kind, law, month) if last else ([None] * 2, [0] * len(people))
        )
        counted = sum(p["earned"] - a for p, a in zip(people, amounts, strict=True))
        counted += int(facts.other_income_cents[row, one])
        if kind == WITHOUT_RIGHT and facts.earnings_cents[1, row, one]:
            together = of_days(norm_of(COUPLE, home, law))
            counted += max(0, norm + int(facts.earnings_cents[1, row, one]) - together)
        family = parents or kind != SINGLE
        wealth = int(facts.wealth_cents[row, one])
        poor = not wealth or wealth <= law[f"means_test_art34_3_{'family' if family else 'single'}"]
        entitled = last > 0 and counted < norm and poor
        benefit = norm - counted if entitled else 0
        reduction = min(benefit, half_up(norm * int(facts.reduction_bp[row, one]), 10_000))
        set_off = min(int(facts.set_off_claim_cents[row, one]), benefit - reduction)
        paid.append(
            (
                norm,
                sum(amounts),
                counted,
                reduction,
                set_off,
                half_up((benefit - reduction - set_off) * 95, 100),
            )
        )
        for months, rule, amount in zip(used, rules, amounts, strict=False):
            name = rule[0] if isinstance(rule, tuple) else None
            applied = entitled and amount > 0
            months["n"] += applied and name == "n"
            for running in ("r", "z"):
                months[running] += months[running] > 0 or (applied and name == running)
    return paid


@pytest.mark.parametrize(
    ("first", "months", "households", "arms"),
    [(Month(2017, 11), 9, 7_000, 2), (Month(2023, 3), 24, 3_000, 0)],
    ids=["trial", "wage-cost-subsidy"],
)
def test_all_at_once_is_as_one_by_one(random_facts, first, months, households, arms):
    facts = random_facts(1, households=households, months=months, first=first, arms=arms)
    result = settle(facts, rules=RULES)
    laws = [Law(month) for month in facts.months]
    plain = np.array([settle_one(facts, one, laws) for one in range(households)]).transpose(2, 1, 0)
    names = [
        "norm_cents",
        "disregarded_cents",
        "counted_cents",
        "reduction_cents",
        "set_off_cents",
        "paid_cents",
    ]
    for name, expected in zip(names, plain, strict=True):
        found = getattr(result, name)
        found = found.sum(axis=0) if name == "disregarded_cents" else found
        np.testing.assert_array_equal(found, expected, err_msg=name)
