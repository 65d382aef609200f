"""What the final report does not tell: counts below ten, and what gives one by subtraction."""

from dataclasses import replace

import pytest

from opmaat.evaluate.model import Balance, BalanceRow, Interval, Missing
from opmaat.report.sections.balance import balance_shown
from opmaat.report.sections.effects import effects
from opmaat.report.sections.frequencies import frequency_range
from opmaat.report.sections.people import missing_table, seldom_missing
from opmaat.report.view import report_wording, view_in


def seen(study, **changes):
    lock, estimates = study
    return view_in("en", lock, replace(estimates, **changes))


def test_one_rare_outcome_hides_every_mean_of_its_part(made_up):
    """With the difference and the mean of control anyone has the mean of the arm."""
    lock, estimates = made_up.months()
    rare = tuple(
        replace(e, means=dict.fromkeys(e.means, 0.01)) if e.month == 6 else e for e in estimates.estimates
    )
    view = seen((lock, estimates), estimates=rare)
    for part in effects(view):
        for block in part.blocks:
            told = {row[-2:] for row in block.table.rows}
            assert any("not shown" in pair for pair in told) == (told == {("not shown", "not shown")}), (
                block.table.caption
            )


def test_a_single_small_number_of_missing_outcomes_takes_another_with_it(made_up):
    lock, estimates = made_up.months()
    asked = {"control": 210, "exemption": 298, "both": 205, "choice": 201}
    counts = {"control": 30, "exemption": 4, "both": 25, "choice": 12}
    missing = (Missing(estimand="E6", asked=asked, missing=counts),)
    (row,) = missing_table(seen((lock, estimates), missing=missing)).rows
    assert row[1:] == ("30 of 210 (14.3%)", "<10 of 298", "25 of 205 (12.2%)", "not shown of 201")


def test_what_nobody_misses_is_said_once_and_not_in_a_table(made_up):
    lock, estimates = made_up.months()
    asked = {"control": 210, "exemption": 298}
    missing = (Missing(estimand="E6", asked=asked, missing=dict.fromkeys(asked, 0)),)
    view = seen((lock, estimates), missing=missing)
    assert missing_table(view) is None
    assert seldom_missing(view) == ("No outcome is missing for anyone.",)


def test_what_few_miss_in_every_arm_is_a_sentence_and_not_a_row(made_up):
    lock, estimates = made_up.months()
    asked = {"control": 210, "exemption": 298}
    counts = {"E6": {"control": 9, "exemption": 0}, "E12": {"control": 10, "exemption": 3}}
    missing = tuple(Missing(estimand=name, asked=asked, missing=each) for name, each in counts.items())
    view = seen((lock, estimates), missing=missing)
    (row,) = missing_table(view).rows
    (few,) = seldom_missing(view)
    assert "12 months" in row[0]
    assert few.startswith("In every arm, missing for fewer than 10 people: ")
    assert "6 months" in few


def test_levels_that_few_people_have_are_not_shown_nor_their_differences(made_up):
    lock, estimates = made_up.two_arms()
    shares = {"low": (0.02, 0.30), "middle": (0.48, 0.35), "high": (0.50, 0.35)}
    rows = tuple(
        BalanceRow(
            covariate="school",
            level=level,
            means={"control": control, "job": job},
            standardised={"job": job - control},
            missing={"control": 0, "job": 0},
        )
        for level, (control, job) in shares.items()
    )
    balance = Balance(rows=rows, statistic=None, df=None, p=None, note="unequal-chances")
    view = seen((lock, estimates), balance=balance, drawn={"control": 100, "job": 100})
    (table,) = balance_shown(view).tables
    cells = {row[0]: row[1:] for row in table.rows}
    assert cells["School: low"] == ("not shown", "30.0%", "not shown")
    assert cells["School: middle"] == ("not shown", "35.0%", "not shown")
    assert cells["School: high"] == ("50.0%", "35.0%", "−0.15")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.0144, 0.037, "between 2 fewer and 4 more of 100 people"),
        (0.0012, 0.037, "between 0.1 and 3.7 more of 100 people"),
        (-0.082, -0.021, "between 2 and 9 fewer of 100 people"),
        (0.0, 0.05, "between 0 fewer and 5 more of 100 people"),
    ],
)
def test_frequencies_are_rounded_outward_and_never_past_no_difference(low, high, said):
    assert frequency_range(Interval(low=low, high=high, confidence=0.95), report_wording("en")) == said
