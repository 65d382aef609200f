"""The generated design, and least squares on it, for comparisons with outside implementations."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from opmaat.stats.covariance import contrasts
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.ols import fit_ols

HERE = Path(__file__).parent
STORED_SEED = 20170901
FRESH_SEED = 20261122


def _load_designs():
    spec = importlib.util.spec_from_file_location("stats_reference_designs", HERE / "designs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


designs = _load_designs()


class Regressions:
    """The regressions of the scripts beside this file, done with our functions."""

    def __init__(self, seed):
        self.data = designs.make_design(seed)
        arm = self.data["arm"]
        ones = np.ones(len(arm))
        self.indicators = (arm[:, None] == np.arange(1, designs.ARMS)).astype(float)
        self.covariates = np.column_stack([self.data["x1"], self.data["x2"]])
        self.exogenous = DesignMatrix(("intercept", "x1", "x2"), np.column_stack([ones, self.covariates]))
        self.arms = ("a1", "a2", "a3")
        self.design = DesignMatrix(
            ("intercept", *self.arms, "x1", "x2"), np.column_stack([ones, self.indicators, self.covariates])
        )

    def weights(self, weighted):
        return self.data["weight"] if weighted else None

    def arm_contrasts(self, errors, *, weighted=False, cluster="cluster", design=None):
        """Return the three arms' coefficients, which stand after the intercept."""
        design = design or self.design
        fit = fit_ols(self.data["y"], design, weights=self.weights(weighted))
        clusters = self.data[cluster] if errors.startswith("cr") else None
        picked = np.eye(3, len(design.names), 1)
        return as_lists(contrasts(fit, picked, errors=errors, clusters=clusters))

    def lin_design(self, weights):
        """Return the arms, centred covariates and their products."""
        centred = self.covariates - np.average(self.covariates, axis=0, weights=weights)
        products = [self.indicators * centred[:, [j]] for j in range(2)]
        values = np.column_stack([np.ones(len(centred)), self.indicators, centred, *products])
        names = tuple(f"column {i}" for i in range(values.shape[1]))
        return DesignMatrix(names, values)


def as_lists(result):
    """Return a one-outcome result under the names that the scripts print."""
    return {name: getattr(result, name)[:, 0] for name in ("point", "std_error", "df")}


def compare(ours, theirs, *, rtol):
    """Compare each field that the outside implementation gave."""
    for field, expected in theirs.items():
        np.testing.assert_allclose(np.ravel(ours[field]), expected, rtol=rtol, atol=1e-12, err_msg=field)


@pytest.fixture(scope="session")
def regressions():
    """Return regressions by seed, each made once."""
    made = {}

    def get(seed):
        if seed not in made:
            made[seed] = Regressions(seed)
        return made[seed]

    return get


@pytest.fixture(scope="session")
def stored_seed():
    return STORED_SEED


@pytest.fixture(scope="session")
def fresh_seed():
    return FRESH_SEED


@pytest.fixture(scope="session")
def compare_fields():
    return compare


@pytest.fixture(scope="session")
def oracle_design():
    """Return a function that writes the design of a seed to a file for R."""

    def write(seed, path):
        designs.write_csv(designs.make_design(seed), path)
        return path

    return write
