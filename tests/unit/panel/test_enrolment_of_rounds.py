"""The enrolment of people of several rounds, each with a list of its own."""

from dataclasses import replace

import numpy as np

from opmaat.assign.draw import draw
from opmaat.caseload.model import Caseload, Totals
from opmaat.conduct.fold import fold
from opmaat.core.month import Month
from opmaat.core.receipt import Receipt
from opmaat.panel.enrol import Round, drawn_persons, enrol
from opmaat.panel.months import PersonMonths
from opmaat.protocol.assignment import Complete


def list_of(name, day, households):
    return Caseload(
        study="a",
        round=name,
        reference_date=day,
        households=households,
        persons=tuple((household,) for household in households),
        kept_out=(None,) * len(households),
        characteristics={},
        screened=(),
        totals=Totals(4, 0, 0, 4, 4, 4, 4),
        reference=(),
        receipt=Receipt(stage="caseload", inputs={}, output="", protocol="", version="0"),
    )


def nothing_known(persons):
    none, zero = np.zeros((len(persons), 1), dtype=bool), np.zeros((len(persons), 1), dtype=np.int64)
    return PersonMonths(
        persons=persons,
        household=np.arange(len(persons)),
        first_month=Month(2017, 9),
        benefit_known=none[0],
        wages_known=none[0],
        on_benefit=none,
        exit_code=zero.astype(np.int8),
        benefit_cents=zero,
        norm_cents=zero,
        wage_cents=zero,
        hours=zero * 1.0,
        permanent=none,
        self_employed=none,
        provenance={},
    )


def test_an_age_is_that_on_the_day_of_the_list_of_the_own_round(build_protocol):
    said = {"label": {"nl": "leeftijd", "en": "age"}}
    age = {"kind": "continuous", **said, "definition": {"rule": "own_years_since", "field": "birth_date"}}
    period = {"first_day": "2017-11-01", "last_day": "2019-10-31"}
    made = build_protocol(covariates={"age": age}, period=period)
    shares = {name: replace(arm, share=1.0) for name, arm in made.arms.items()}
    protocol = replace(made, arms=shares, assignment=Complete(method="complete"))
    lists = [
        list_of("first", "2017-09-01", ("a", "b", "c", "d")),
        list_of("second", "2018-03-01", ("e", "f", "g", "h")),
    ]
    rounds = [Round(one, draw(protocol, one, bytes(32))) for one in lists]
    drawn = drawn_persons(rounds)
    found = enrol(
        protocol,
        rounds,
        drawn,
        journal=fold(()),
        months=nothing_known(drawn.persons),
        traits={"birth_date": np.full(8, np.datetime64("1987-12-31"))},
        sources={},
    )
    assert found.covariates["age"].values.tolist() == [29.0] * 4 + [30.0] * 4
