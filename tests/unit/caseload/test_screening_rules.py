"""Each rule of screening at its edge, on 1 September 2017."""

from datetime import date

import numpy as np
import pytest

from opmaat.caseload.screen import applies, shifted
from opmaat.core.errors import OpmaatError
from opmaat.core.texts import Text
from opmaat.protocol.population import (
    CodeIs,
    CodeIsNot,
    EndsWithin,
    PensionAgeWithin,
    StartedWithin,
    YoungerThan,
)

DAY = date(2017, 9, 1)
SAY = {"id": "a", "reason": Text("a", "a")}
RULES = [
    (StartedWithin(rule="started_within", field="f", months=6, **SAY), "2017-03-02", "2017-03-01"),
    (EndsWithin(rule="ends_within", field="f", months=3, **SAY), "2017-11-30", "2017-12-01"),
    (EndsWithin(rule="ends_within", field="f", months=3, **SAY), "2017-09-01", "2017-08-31"),
    (YoungerThan(rule="younger_than", years=27, **SAY), "1990-09-02", "1990-09-01"),
    (PensionAgeWithin(rule="pension_age_within", months=24, **SAY), "1953-05-01", "1953-05-02"),
    (PensionAgeWithin(rule="pension_age_within", months=24, **SAY), "1940-01-01", "1953-05-02"),
]


@pytest.mark.parametrize(
    ("rule", "inside", "outside"), RULES, ids=lambda value: getattr(value, "rule", value)
)
def test_rule_of_a_date(rule, inside, outside):
    days = np.array([inside, outside, "NaT"], dtype="datetime64[D]")
    assert applies(rule, days, DAY).tolist() == [True, False, False]


def test_rules_of_a_code():
    codes = np.array(["1", "2", None], dtype=object)
    named = {"field": "f", "codes": ("1",), **SAY}
    assert applies(CodeIs(rule="code_is", **named), codes, DAY).tolist() == [True, False, False]
    assert applies(CodeIsNot(rule="code_is_not", **named), codes, DAY).tolist() == [False, True, True]


def test_a_pension_age_that_is_not_known_is_not_guessed():
    rule = PensionAgeWithin(rule="pension_age_within", months=240, **SAY)
    with pytest.raises(OpmaatError, match="no-legal-value"):
        applies(rule, np.array(["1980-01-01"], dtype="datetime64[D]"), DAY)


def test_shifted_back_and_on_is_the_same_day_but_at_the_end_of_a_month():
    assert shifted(shifted(date(2020, 2, 29), 12), -12) == date(2020, 2, 28)
    assert shifted(date(2017, 9, 1), 24) == date(2019, 9, 1)
