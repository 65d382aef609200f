"""What both sides of the benchmark settle: made-up persons, twelve months, the rules of 2018-01."""

import numpy as np

PERSONS = 1_000_000
MONTHS = 12
FIRST_YEAR = 2018
COUPLE_NORM_CENTS = 141_732
CAP_CENTS = 20_200
N_MONTHS = 6


def people(seed=1):
    """Return the number who share costs (persons,) and net earnings in cents (months, persons)."""
    rng = np.random.default_rng(seed)
    sharing = rng.integers(1, 7, PERSONS)
    works = rng.random((MONTHS, PERSONS)) < 0.3
    return sharing, np.where(works, rng.integers(1, 120_001, (MONTHS, PERSONS)), 0)
