"""Reference values from statsmodels, pyfixest and linearmodels.

Run by an interpreter that has them, as ``python python_oracles.py SEED > expected_python.json``.
"""

import json
import sys
from importlib.metadata import version

import linearmodels
import numpy as np
import pandas as pd
import pyfixest
import statsmodels.api as sm
from designs import make_design

ARMS = ["a1", "a2", "a3"]
COVARIATES = ["x1", "x2"]


def load(seed):
    """Return the design as a table with arm indicators."""
    data = pd.DataFrame(make_design(seed))
    for arm in (1, 2, 3):
        data[f"a{arm}"] = (data["arm"] == arm).astype(float)
    data["intercept"] = 1.0
    return data


def from_statsmodels(data):
    """Return WLS with every heteroskedasticity-robust covariance, and Stata's clustered one."""
    columns = data[["intercept", *ARMS, *COVARIATES]]
    results = {}
    for kind, weights in (("", np.ones(len(data))), ("weighted_", data["weight"])):
        fit = sm.WLS(data["y"], columns, weights=weights).fit()
        options = {name: {"cov_type": name} for name in ("HC0", "HC1", "HC2", "HC3")}
        # statsmodels' correction is G / (G - 1) x (n - 1) / (n - k), which we call CR1
        options["CR1"] = {"cov_type": "cluster", "groups": data["cluster"]}
        results[f"statsmodels_{kind}classical"] = both(fit.params[ARMS], fit.bse[ARMS])
        for name, option in options.items():
            robust = fit.get_robustcov_results(use_t=True, **option)
            places = slice(1, 4)
            results[f"statsmodels_{kind}{name}"] = both(robust.params[places], robust.bse[places])
    first_stage = sm.OLS(data["took"], data[["intercept", *COVARIATES, "drawn", "z2"]])
    for name, option in (("HC0", {}), ("HC1", {}), ("CR1", {"cov_kwds": {"groups": data["cluster"]}})):
        cov_type = "cluster" if option else name
        test = first_stage.fit(cov_type=cov_type, use_t=True, **option).f_test("drawn = 0, z2 = 0")
        results[f"statsmodels_strength_{name}"] = {
            "f": float(test.fvalue),
            "df": [float(test.df_num), float(test.df_denom)],
        }
    return results


def from_pyfixest(data):
    """Return feols, whose HC2 and HC3 are made comparable by leaving out its n / (n - k)."""
    results = {}
    formula = "y ~ " + " + ".join(ARMS + COVARIATES)
    plain = pyfixest.ssc(k_adj=False, G_adj=False)
    for kind, extra in (("", {}), ("weighted_", {"weights": "weight"})):
        for name, vcov, ssc in (
            ("HC1", "HC1", None),
            ("HC2", "HC2", plain),
            ("HC3", "HC3", plain),
            ("CR0", {"CRV1": "cluster"}, plain),
            ("CR1", {"CRV1": "cluster"}, None),
        ):
            options = {} if ssc is None else {"ssc": ssc}
            if kind and name in {"HC2", "HC3"}:
                continue
            fit = pyfixest.feols(formula, data, vcov=vcov, **extra, **options)
            results[f"pyfixest_{kind}{name}"] = both(fit.coef()[ARMS], fit.se()[ARMS])
    return results


def from_linearmodels(data):
    """Return 2SLS with the small-sample corrections on."""
    results = {}
    for kind, weights in (("", None), ("weighted_", data["weight"])):
        for name, instruments in (("just", ["drawn"]), ("over", ["drawn", "z2"])):
            model = linearmodels.IV2SLS(
                data["y"], data[["intercept", *COVARIATES]], data["took"], data[instruments], weights=weights
            )
            for errors, options in (
                ("classical", {"cov_type": "unadjusted"}),
                ("HC1", {"cov_type": "robust"}),
                ("CR1", {"cov_type": "clustered", "clusters": data["cluster"]}),
            ):
                fit = model.fit(debiased=True, **options)
                results[f"linearmodels_{kind}{name}_{errors}"] = both(
                    [fit.params["took"]], [fit.std_errors["took"]]
                )
    return results


def both(point, std_error):
    """Return estimates and standard errors as lists."""
    return {"point": [float(value) for value in point], "std_error": [float(value) for value in std_error]}


def main():
    """Print all results as JSON."""
    data = load(int(sys.argv[1]))
    results = from_statsmodels(data) | from_pyfixest(data) | from_linearmodels(data)
    versions = {name: version(name) for name in ("statsmodels", "pyfixest", "linearmodels", "numpy")}
    sys.stdout.write(json.dumps({"versions": versions, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
