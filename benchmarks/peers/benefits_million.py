"""Settle a million made-up households for 24 months by the full rules, block by block into Parquet files."""

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

import duckdb
import numpy as np

from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import household_months
from opmaat.benefits.settle import Rules, settle_in_blocks
from opmaat.core.month import Month

HOUSEHOLDS = 1_000_000
PART = 100_000
MONTHS = 24
COLUMNS = ("norm", "counted", "reduction", "set_off", "reserved", "paid")


def facts(rng):
    """Return households of every kind; a third of the adults work, a tenth are in a disregard arm."""
    shape = (MONTHS, PART)
    works = rng.random((2, *shape), dtype=np.float32) < 0.33
    child = rng.integers(-1, 18, PART) * 12
    return household_months(
        Month(2018, 1),
        months=MONTHS,
        households=PART,
        kind=rng.choice(3, PART, p=[0.7, 0.28, 0.02]),
        children=child >= 0,
        youngest_child_months=np.maximum(child, -1),
        age_months=rng.integers(18 * 12 + 216, 70 * 12, (2, 1, PART)),
        cost_sharers=rng.choice(4, PART, p=[0.8, 0.1, 0.06, 0.04]),
        earnings_cents=rng.integers(0, 120_000, (2, *shape)) * works,
        other_income_cents=rng.integers(0, 20_000, shape) * (rng.random(PART) < 0.1),
        medically_limited=rng.random((2, 1, PART)) < 0.05,
        reduction_bp=np.where(rng.random(shape) < 0.01, 500, 0),
        set_off_claim_cents=np.where(rng.random(shape) < 0.02, 5_000, 0),
        trial=rng.choice(2, PART, p=[0.9, 0.1]),
    )


def write(engine, file, first, block):
    """Write the settlements of a block, a row for each household and month."""
    months, households = block.norm_cents.shape
    rows = {
        "household": np.tile(np.arange(first, first + households), months),
        "month": np.repeat(np.arange(months, dtype=np.int16), households),
        **{f"{name}_cents": getattr(block, f"{name}_cents").ravel() for name in COLUMNS},
        "entitled": block.entitled.ravel(),
    }
    engine.register("rows", rows)
    engine.execute(f"copy rows to '{file}' (format parquet)")
    engine.unregister("rows")


def main():
    """Time it all, the making up of the households not counted."""
    folder = Path(sys.argv[1])
    rng = np.random.default_rng(1)
    rules = Rules(trials=(TrialDisregard(5000),))
    seconds, rows = 0.0, 0
    with duckdb.connect() as engine:
        engine.execute("set threads = 1")
        for part in range(0, HOUSEHOLDS, PART):
            given = facts(rng)
            start = perf_counter()
            for first, block in settle_in_blocks(given, rules=rules):
                write(engine, folder / f"settled-{part + first:07d}.parquet", part + first, block)
                rows += block.norm_cents.size
            seconds += perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
