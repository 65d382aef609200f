"""Settle the toy rules with OpenFisca-Core, in an environment of its own; only its calculation is timed."""

# OpenFisca names a variable after its class, and gives a formula the population as its first argument.
# ruff: noqa: N801, N805

import json
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from benefits_toy import CAP_CENTS, COUPLE_NORM_CENTS, FIRST_YEAR, MONTHS, N_MONTHS, PERSONS, people
from openfisca_core.entities import build_entity
from openfisca_core.periods import MONTH, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity(key="person", plural="persons", label="person", is_person=True)
MONTH_NAMES = [f"{FIRST_YEAR}-{month:02d}" for month in range(1, MONTHS + 1)]


class earnings(Variable):
    """Net earnings, in euros."""

    value_type = float
    entity = Person
    definition_period = MONTH
    label = "net earnings"


class sharing(Variable):
    """How many share the costs of the dwelling."""

    value_type = int
    entity = Person
    definition_period = MONTH
    label = "number who share costs"


class norm(Variable):
    """The cost-sharer norm, in euros."""

    value_type = float
    entity = Person
    definition_period = MONTH
    label = "norm"

    def formula(person, period):
        """Return (40% + A x 30%) / A of the couple norm."""
        number = person("sharing", period)
        return np.round((0.4 + 0.3 * number) / number * COUPLE_NORM_CENTS) / 100


class months_used(Variable):
    """Months of the disregard used before this month."""

    value_type = int
    entity = Person
    definition_period = MONTH
    label = "months used"

    def formula(person, period):
        """Add last month's use to what was used before it."""
        last = period.last_month
        if last.start.year < FIRST_YEAR:
            return person.filled_array(0)
        used = (person("disregard", last) > 0) & (person("benefit", last) > 0)
        return person("months_used", last) + used


class disregard(Variable):
    """What is left out of account, in euros."""

    value_type = float
    entity = Person
    definition_period = MONTH
    label = "disregard"

    def formula(person, period):
        """Return 25% of earnings up to the cap, while the months last."""
        share = np.minimum(np.round(25 * person("earnings", period)) / 100, CAP_CENTS / 100)
        return share * (person("months_used", period) < N_MONTHS)


class benefit(Variable):
    """Norm less counted earnings, in euros."""

    value_type = float
    entity = Person
    definition_period = MONTH
    label = "benefit"

    def formula(person, period):
        """Return the difference, not below zero."""
        counted = person("earnings", period) - person("disregard", period)
        return np.maximum(person("norm", period) - counted, 0)


def simulation(shared, paid):
    """Return a simulation of all persons that keeps the month counter."""
    system = TaxBenefitSystem([Person])
    system.add_variables(earnings, sharing, norm, months_used, disregard, benefit)
    made = SimulationBuilder().build_default_simulation(system, count=PERSONS)
    made.max_spiral_loops = MONTHS
    for month, name in enumerate(MONTH_NAMES):
        made.set_input("earnings", name, paid[month] / 100)
        made.set_input("sharing", name, shared)
    return made


def main():
    """Time the calculation, best of three, and keep the benefits in euros as they come."""
    shared, paid = people()
    seconds = []
    for _ in range(3):
        made = simulation(shared, paid)
        start = perf_counter()
        found = [made.calculate("benefit", period(name)) for name in MONTH_NAMES]
        seconds.append(perf_counter() - start)
    np.save(Path(sys.argv[1]) / "openfisca.npy", np.stack(found))
    print(json.dumps({"seconds": min(seconds)}))


if __name__ == "__main__":
    main()
