"""Readable cases of outcomes: each file shows what registers know of people, and asks what follows.

A person is a line per register, a sign per calendar month from ``first_month`` on. Benefit: ``B`` on benefit,
``.`` not, ``?`` no delivery. Wages: the amounts of ``wages`` by letter, ``.`` none, ``?`` no delivery; a
capital letter is a permanent contract. Expected values stand by month of the trial, ``-`` where unknown.
"""

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from opmaat.core.month import Month
from opmaat.panel.months import PersonMonths
from opmaat.panel.outcomes import outcome_values
from opmaat.protocol.definitions import Definition

CASES = sorted(Path(__file__).parent.glob("*.yaml"))
DEFINITION = TypeAdapter(Definition)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_outcome_of_registers(file):
    case = YAML(typ="safe").load(file)
    for name, person in case["persons"].items():
        months, start = person_months(case, person), Month.parse(person.get("start", case["start"]))
        for asked in case["outcomes"]:
            definition = DEFINITION.validate_python(asked["definition"])
            for month, expected in asked["expected"][name].items():
                (found,) = outcome_values(definition, months, np.array([start.index]), month)
                wanted = np.nan if expected == "-" else expected
                assert found == pytest.approx(wanted, nan_ok=True), (name, asked["definition"], month)


def person_months(case, person):
    benefit, wages = np.array(list(person["benefit"])), np.array(list(person["wages"]))
    amounts = case.get("wages", {"w": {"euros": 1000}})
    job = [amounts.get(letter.lower(), {}) for letter in wages]
    norm = np.where(benefit == "B", 100 * case.get("norm_euros", 1000), 0)
    return PersonMonths(
        persons=("p",),
        household=np.array([0]),
        first_month=Month.parse(case["first_month"]),
        benefit_known=benefit != "?",
        wages_known=wages != "?",
        on_benefit=(benefit == "B")[None],
        exit_code=np.zeros((1, len(benefit)), dtype=np.int8),
        benefit_cents=norm[None],
        norm_cents=norm[None],
        wage_cents=np.array([[round(100 * item.get("euros", 0)) for item in job]]),
        hours=np.array([[float(item.get("hours", 0)) for item in job]]),
        permanent=np.array([[letter.isupper() for letter in wages]]),
        self_employed=np.array([[item.get("self_employed", False) for item in job]]),
        provenance={},
    )
