"""Time the small fit with pyfixest's best call, and with statsmodels on matrices."""

import json
import sys
import timeit
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm

data = np.load(Path(sys.argv[1]) / "small.npz")
arm, covariates, outcomes = data["arm"], data["covariates"], data["outcomes"]
frame = pd.DataFrame(
    {"arm": arm}
    | {f"x{place}": covariates[:, place] for place in range(10)}
    | {f"y{place}": outcomes[:, place] for place in range(30)}
)
formula = (
    " + ".join(f"y{place}" for place in range(30)) + " ~ C(arm) + " + " + ".join(f"x{p}" for p in range(10))
)
plain = pf.ssc(k_adj=False, G_adj=False)
indicators = np.column_stack([arm == code for code in range(1, 5)])
design = np.column_stack([np.ones(890), indicators, covariates])


def by_pyfixest():
    """All thirty outcomes in one call; HC2 without pyfixest's own factor."""
    return pf.feols(formula, data=frame, vcov="HC2", ssc=plain, copy_data=False, store_data=False, lean=False)


def by_statsmodels():
    """One fit per outcome on the same matrix."""
    return [sm.OLS(outcomes[:, place], design).fit(cov_type="HC2") for place in range(30)]


fits = by_statsmodels()
points = np.array([fit.params[1:5] for fit in fits]).T
errors = np.array([fit.bse[1:5] for fit in fits]).T
models = by_pyfixest().to_list()
np.testing.assert_allclose([model.se().to_numpy()[1:5] for model in models], errors.T, rtol=1e-8)
result = {
    "pyfixest": min(timeit.repeat(by_pyfixest, number=1, repeat=5)),
    "statsmodels": min(timeit.repeat(lambda: [fit.bse for fit in by_statsmodels()], number=1, repeat=5)),
    "numbers": np.concatenate([points.ravel(), errors.ravel()]).tolist(),
}
print(json.dumps(result))
