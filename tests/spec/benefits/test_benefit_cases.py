"""Readable cases of the law: each file asks one question and states its source.

Every key under ``expected`` is compared, in euros and to the cent unless the case says why not.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from opmaat.benefits import cost_sharers, duties, earnings, norm, premium
from opmaat.benefits.counters import Counters
from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import household_kind, household_months
from opmaat.benefits.policy import MunicipalReduction, Policy
from opmaat.benefits.settle import Rules, settle
from opmaat.core.money import cents_from_text, text_from_cents
from opmaat.core.month import Month
from opmaat.params.load import amount_from_text, parameter
from opmaat.params.model import Reference
from opmaat.protocol.arms import ExemptionRule

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.yaml"))


def month_of(case) -> Month:
    return Month.parse(case["date"][:7])


def both(value):
    return value if isinstance(value, list) else [value, value]


def facts_of(given, months):
    household = given["household"]
    per_month = [both(month["earnings"]) for month in months]
    columns = {
        "kind": household_kind(household["kind"], "case"),
        "age_months": [[[12 * years]] for years in both(household["age"])],
        "in_institution": [[[inside]] for inside in both(household.get("in_institution", False))],
        "medically_limited": household.get("medically_limited", False),
        "youngest_child_months": 12 * household.get("youngest_child", 0) or -1,
        "children": "youngest_child" in household,
        "earnings_cents": [[[cents_from_text(month[adult])] for month in per_month] for adult in (0, 1)],
        "cost_sharers": household.get("cost_sharers", 0),
        "wage_cost_subsidy": household.get("wage_cost_subsidy", False),
        "hours_cannot_grow": household.get("hours_cannot_grow", False),
        "trial": int("arm" in given),
        "new_job": [[month.get("new_job", False)] for month in months],
        "wealth_cents": [[cents_from_text(month.get("wealth", "0"))] for month in months],
        "other_income_cents": [[cents_from_text(month.get("other_income", "0"))] for month in months],
        "set_off_claim_cents": [[cents_from_text(month.get("claim", "0"))] for month in months],
    }
    days = [month.get("days", [1, Month.parse(month["month"]).days]) for month in months]
    columns["first_day"] = [[first] for first, _ in days]
    columns["last_day"] = [[last] for _, last in days]
    if "reduction" in given:
        columns["reduction_bp"] = policy_of(given).reduction_bp(given["reduction"]["category"])
    first = Month.parse(months[0]["month"])
    return household_months(first, months=len(months), households=1, **columns)


def policy_of(given) -> Policy:
    categories = given["reduction"]["policy"]
    source = Reference("the case", None)
    return Policy(
        reductions={
            name: MunicipalReduction(amount_from_text(rate, "percent"), 1, source)
            for name, rate in categories.items()
        }
    )


def rules_of(given) -> Rules:
    trials = ()
    if "arm" in given:
        arm = given["arm"]
        cap = cents_from_text(arm["cap"]) if arm["cap"][0].isdigit() else arm["cap"]
        trials = (TrialDisregard(amount_from_text(arm["rate"], "percent"), cap),)
    start = Month.parse(given["uniform_from"]) if "uniform_from" in given else Rules().uniform_from
    return Rules(trials=trials, uniform_from=start)


def settled(given, months):
    counters = Counters.start(1, **given.get("used", {}))
    for name, used in given.get("used_by_first", {}).items():
        getattr(counters, name)[0] = used
    result = settle(facts_of(given, months), rules=rules_of(given), counters=counters)
    return [
        {
            "norm": text_from_cents(int(result.norm_cents[row, 0])),
            "disregarded": text_from_cents(int(result.disregarded_cents[:, row, 0].sum())),
            "disregarded_each": [text_from_cents(int(x)) for x in result.disregarded_cents[:, row, 0]],
            "counted": text_from_cents(int(result.counted_cents[row, 0])),
            "entitled": bool(result.entitled[row, 0]),
            "benefit": text_from_cents(int(result.benefit_cents[row, 0])),
            "set_off": text_from_cents(int(result.set_off_cents[row, 0])),
            "paid": text_from_cents(int(result.paid_cents[row, 0])),
            "reserved": text_from_cents(int(result.reserved_cents[row, 0])),
            "reduction": text_from_cents(int(result.reduction_cents[row, 0])),
            "after_reduction": text_from_cents(int((result.benefit_cents - result.reduction_cents)[row, 0])),
            "month": str(month["month"]),
        }
        for row, month in enumerate(months)
    ]


def settlement(case):
    given = case["given"]
    return settled(given, [{"month": case["date"][:7], "earnings": given["earnings"]}])[0]


def months(case):
    rows = settled(case["given"], case["given"]["months"])
    total = sum(cents_from_text(row["benefit"]) for row in rows)
    return {"months": rows, "total_benefit": text_from_cents(total)}


def cost_sharer_norm(case):
    given, month = case["given"], month_of(case)
    base = cents_from_text(given["base"])
    assert parameter(norm.COUPLE_21).at(month).amount == base, "the couple norm of the case is ours too"
    return {"norm": text_from_cents(cost_sharers.cost_sharer_norm(base, given["number"], month))}


def percentage(number, month):
    numerator, denominator = cost_sharers.cost_sharer_share(number, month)
    rounded = (Decimal(numerator * 100) / denominator).quantize(Decimal("0.01"))
    return f"{rounded.normalize():f}%"


def cost_sharer_shares(case):
    shares = [percentage(number, month_of(case)) for number in case["given"]["numbers"]]
    return {"share_of_couple_norm": shares}


def residents(case):
    month, people = month_of(case), case["given"]["residents"]
    everyone = [
        cost_sharers.Resident(age_years=one["age"], **{k: v for k, v in one.items() if k != "age"})
        for one in people
    ]
    numbers = [
        cost_sharers.number_who_share(
            [other for other in everyone if other is not person],
            month,
            spouse_age_years=case["given"].get("spouse_age"),
        )
        for person in everyone
    ]
    return {
        "share_of_couple_norm": [percentage(number, month) for number in numbers],
        "number_for_first": numbers[0],
    }


def holiday_allowance_parts(case):
    without, allowance = norm.holiday_allowance_parts(
        cents_from_text(case["given"]["amount"]), month_of(case)
    )
    return {"without": text_from_cents(without), "holiday_allowance": text_from_cents(allowance)}


def income_limit(case):
    rate = amount_from_text(case["given"]["percentage"], "percent")
    return {"limit": text_from_cents(norm.income_limit(cents_from_text(case["given"]["norm"]), rate))}


def lowered_norm(case):
    given = case["given"]
    own = cents_from_text(given["norm"])
    lowered = norm.lowered_norm(
        own, cents_from_text(given["couple_norm"]), amount_from_text(given["lowering"], "percent")
    )
    return {"lowering": text_from_cents(own - lowered)}


def four_weekly_wage(case):
    wage = cents_from_text(case["given"]["wage"])
    return {"wage_per_month": text_from_cents(earnings.four_weekly_to_month(wage))}


def weekly_wage(case):
    wage = cents_from_text(case["given"]["wage"])
    return {"wage_per_month": text_from_cents(earnings.weekly_to_month(wage))}


def buffer_budget(case):
    cents = {key: cents_from_text(value) for key, value in case["given"].items()}
    left = premium.buffer_budget_left(cents["used_this_year"], month_of(case))
    payment = premium.buffer_payment(cents["norm"], cents["available"], left)
    return {"left": text_from_cents(left), "payment": text_from_cents(payment)}


def duties_on(case):
    given, exemption = case["given"], case["given"]["exemption"]
    rule = ExemptionRule(duties=tuple(exemption["duties"]), months=exemption["months"])
    notice = given.get("notice_on")
    reviews = duties.Reviews(
        notice_on=None if notice is None else date.fromisoformat(notice), improved=given.get("improved")
    )
    lifted = duties.trial_exemption(rule, date.fromisoformat(exemption["first_day"]), reviews)
    person, day = duties.Person(born=date(1980, 5, 1)), date.fromisoformat(case["date"])
    verdicts = {duty.value: duties.may_enforce(duty, person, lifted, on=day).verdict for duty in duties.Duty}
    return verdicts | {"last_day": str(lifted[0].last_day)}


def pay(given) -> earnings.Pay:
    return earnings.Pay(
        amount_cents=cents_from_text(given["wage"]),
        first_day=date.fromisoformat(given["first_day"]),
        last_day=date.fromisoformat(given["last_day"]),
        paid_on=date.fromisoformat(given["paid_on"]),
        kind=given.get("kind", "wage"),
    )


def working_days(case):
    return late_wage({"given": {"payments": [case["given"]]}})


def late_wage(case):
    by_month = earnings.earnings_by_month(pay(payment) for payment in case["given"]["payments"])
    return {str(month): text_from_cents(cents) for month, cents in by_month.items()}


def premium_of(case):
    month = month_of(case)
    free = premium.premium_disregarded(
        cents_from_text(case["given"]["premium"]), month, paid_this_year_cents=0, times_this_year=0
    )
    maximum = parameter("premium_art31_2j_max_per_year").at(month).amount
    return {"disregarded": text_from_cents(free), "maximum": text_from_cents(maximum)}


QUESTIONS = {
    "settlement": settlement,
    "months": months,
    "cost_sharer_norm": cost_sharer_norm,
    "cost_sharer_shares": cost_sharer_shares,
    "residents": residents,
    "holiday_allowance_parts": holiday_allowance_parts,
    "income_limit": income_limit,
    "lowered_norm": lowered_norm,
    "four_weekly_wage": four_weekly_wage,
    "weekly_wage": weekly_wage,
    "buffer_budget": buffer_budget,
    "duties": duties_on,
    "working_days": working_days,
    "late_wage": late_wage,
    "premium": premium_of,
}


def compare(expected, answer, tolerance, where):
    for key, value in expected.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert len(value) == len(answer[key]), where
            for one, other in zip(value, answer[key], strict=True):
                compare(one, other, tolerance, f"{where}, {one.get('month', key)}")
        elif isinstance(value, str) and tolerance and value.replace(".", "").isdigit():
            assert abs(Decimal(value) - Decimal(answer[key])) <= tolerance, f"{where}: {key}"
        else:
            assert answer[key] == value, f"{where}: {key}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path):
    case = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    tolerance = Decimal(case["tolerance"])
    assert case["source"]
    assert case["tolerance_reason"]
    compare(case["expected"], QUESTIONS[case["question"]](case), tolerance, case["title"])


def test_there_are_cases_of_every_question():
    asked = {YAML(typ="safe", pure=True).load(path.read_text())["question"] for path in CASES}
    assert asked == set(QUESTIONS)
