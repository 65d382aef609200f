"""Estimators, CR2 with its degrees of freedom, balance and multiplicity against packages of R.

The tolerance of 1e-8 is that of our promise; see ``test_stats_against_python.py``. The largest |t| is
integrated numerically on both sides: ours to 1e-4 or better, see ``opmaat.stats.multiplicity``.
"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from opmaat.stats.balance import omnibus_test
from opmaat.stats.covariance import contrasts, covariance
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.iv import Instrumented, fit_2sls
from opmaat.stats.multiplicity import benjamini_hochberg, holm, max_t
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated, stratum_contrasts

HERE = Path(__file__).parent
STORED = json.loads((HERE / "expected_r.json").read_text(encoding="utf-8"))["results"]
RTOL = 1e-8
MAX_T_ATOL = 3e-5
NAMES = {"stata": "cr1"}


def robust(regressions, words):
    errors = NAMES.get(words[-1], words[-1].lower())
    cluster = "household" if "household" in words else "cluster"
    return regressions.arm_contrasts(errors, weighted="weighted" in words, cluster=cluster)


def lin(regressions, words):
    weighted = "weighted" in words
    design = regressions.lin_design(regressions.weights(weighted))
    return regressions.arm_contrasts(words[-1].lower(), weighted=weighted, design=design)


def blocked(regressions, words):
    data = regressions.data
    two = data["arm"] < 2
    fit = fit_saturated(data["y"][two], data["arm"][two], data["stratum"][two])
    result = contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="hc2")
    return {"point": result.point, "std_error": result.std_error, "df": result.df}


def stratified(regressions, words):
    data = regressions.data
    weights = regressions.weights("weighted" in words)
    fit = fit_saturated(data["y"], data["arm"], data["stratum"], weights=weights)
    rows = stratum_contrasts(fit, [(1, 0), (2, 0), (3, 0)], shares=np.bincount(data["stratum"]))
    errors = words[-1].lower()
    result = contrasts(fit, rows, errors=errors, clusters=data["cluster"] if errors == "cr2" else None)
    return {"point": result.point, "std_error": result.std_error, "df": result.df}


def two_stage(regressions, words):
    data = regressions.data
    errors = "classical" if words[0] == "strength" else NAMES.get(words[-1], words[-1].lower())
    over = "over" in words
    fit = fit_2sls(
        Instrumented(
            data["y"],
            data["took"],
            regressions.exogenous,
            np.column_stack([data["drawn"], data["z2"]]) if over else data["drawn"],
            weights=regressions.weights("weighted" in words),
            errors=errors,
            clusters=data["cluster"] if errors.startswith("cr") else None,
        )
    )
    df = fit.first_stage_df if words[0] == "strength" else fit.df
    return {"point": fit.point, "std_error": fit.std_error, "f": fit.first_stage_f, "df": df}


def balance(regressions, words):
    data = regressions.data
    covariates = np.column_stack([regressions.covariates, data["z2"]])
    rows = data["arm"] < 2 if words[-1] == "two" else np.ones(len(covariates), dtype=bool)
    strata = data["stratum"] if words[-1] == "strata" else None
    test = omnibus_test(data["arm"][rows], DesignMatrix(("x1", "x2", "z2"), covariates[rows]), strata=strata)
    return {"value": [test.pillai, test.f, test.df_numerator, test.df_denominator, test.p]}


def adjust(regressions, words):
    p = [0.001, 0.02, 0.03, 0.04, 0.2, 0.9]
    return {"holm": holm(p), "bh": benjamini_hochberg(p)}


RECIPES = {
    "estimatr": robust, "sandwich": robust, "clubsandwich": robust, "lin": lin, "blocked": blocked,
    "stratified": stratified, "iv": two_stage, "aer": two_stage, "balance": balance, "adjust": adjust,
}  # fmt: skip


def ours(regressions, case):
    """Return our value of one case of ``r_oracles.R``, told by its name."""
    package, *words = case.split("_")
    return RECIPES[package](regressions, words)


def largest_t(regressions, case):
    """Return our p-values, and critical value, of one case with a family."""
    if case == "multcomp":
        fit = fit_ols(regressions.data["y"], regressions.design)
        arms = np.eye(3, 6, 1)
        spread = covariance(fit, arms, errors="classical")[0]
        errors = np.sqrt(np.diagonal(spread))
        correlation = spread / np.outer(errors, errors)
        return max_t(arms @ fit.coefficients[:, 0], errors, correlation, fit.df_residual, confidence=0.95)
    statistics = {"maxt_equal": [2.6, 2.446192440], "maxt_uneven": [2.6, 0.7]}.get(case, [2.6, 1.9, 0.7, 3.4])
    uneven = np.array([0.2, 0.5, 0.7, 0.9])
    position = np.arange(4)
    pairs = np.array([(a == position) * 1.0 - (b == position) for a in range(4) for b in range(a)]) / np.sqrt(
        2
    )
    correlation, df = {
        "maxt_equal": (0.5 * np.eye(4) + 0.5, 885),
        "maxt_uneven": (np.outer(uneven, uneven) + np.diag(1 - uneven**2), 60),
        "maxt_power": (0.8 ** np.abs(np.subtract.outer(position, position)), 40),
        "maxt_tukey": (pairs @ pairs.T, 60),
    }[case]
    padded = np.zeros(len(correlation))
    padded[: len(statistics)] = statistics
    return max_t(padded, np.ones(len(padded)), correlation, df, confidence=0.95)


def compare_case(regressions, case, theirs, compare_fields):
    if not case.startswith(("maxt", "multcomp")):
        compare_fields(ours(regressions, case), theirs, rtol=RTOL)
        return
    family = largest_t(regressions, case)
    np.testing.assert_allclose(family.p_adjusted[: len(theirs["p"])], theirs["p"], rtol=0, atol=MAX_T_ATOL)


@pytest.mark.parametrize("case", STORED)
def test_stored_value(case, regressions, stored_seed, compare_fields):
    compare_case(regressions(stored_seed), case, STORED[case], compare_fields)


@pytest.mark.needs("r")
def test_fresh_design(tmp_path, regressions, fresh_seed, compare_fields, oracle_design):
    path = oracle_design(fresh_seed, tmp_path / "design.csv")
    command = ["Rscript", HERE / "r_oracles.R", path]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    results = json.loads(printed)["results"]
    assert results.keys() == STORED.keys()
    for case, theirs in results.items():
        compare_case(regressions(fresh_seed), case, theirs, compare_fields)
