"""Least squares and two-stage least squares against statsmodels, pyfixest and linearmodels.

The tolerance of 1e-8 is that of our promise. On these designs (condition below 100) all sides are right to
about 1e-12, so a difference in convention, of the order of 1/n, can not hide in it.
"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from opmaat.stats.iv import Instrumented, fit_2sls

HERE = Path(__file__).parent
STORED = json.loads((HERE / "expected_python.json").read_text(encoding="utf-8"))["results"]
RTOL = 1e-8


def ours(regressions, case):
    """Return our value of one case of ``python_oracles.py``, told by its name."""
    package, *words = case.split("_")
    weighted = "weighted" in words
    errors = words[-1].lower()
    if package != "linearmodels" and "strength" not in words:
        return regressions.arm_contrasts(errors, weighted=weighted)
    data = regressions.data
    instruments = data["drawn"] if "just" in words else np.column_stack([data["drawn"], data["z2"]])
    fit = fit_2sls(
        Instrumented(
            data["y"],
            data["took"],
            regressions.exogenous,
            instruments,
            weights=regressions.weights(weighted),
            errors=errors,
            clusters=data["cluster"] if errors.startswith("cr") else None,
        )
    )
    return {
        "point": fit.point, "std_error": fit.std_error, "f": fit.first_stage_f, "df": fit.first_stage_df,
    }  # fmt: skip


@pytest.mark.parametrize("case", STORED)
def test_stored_value(case, regressions, stored_seed, compare_fields):
    compare_fields(ours(regressions(stored_seed), case), STORED[case], rtol=RTOL)


@pytest.mark.needs("oracles")
def test_fresh_design(oracle_python, regressions, fresh_seed, compare_fields):
    command = [oracle_python, HERE / "python_oracles.py", str(fresh_seed)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    results = json.loads(printed)["results"]
    assert results.keys() == STORED.keys()
    for case, theirs in results.items():
        compare_fields(ours(regressions(fresh_seed), case), theirs, rtol=RTOL)
