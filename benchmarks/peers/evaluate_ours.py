"""Time the small fit: the statistics alone, and a whole `estimate` from a panel."""

import json
import sys
import timeit
from pathlib import Path

import numpy as np

from opmaat.core.codes import Codes
from opmaat.evaluate.estimate import estimate
from opmaat.panel.model import Panel, Variable
from opmaat.protocol.load import type_adapter
from opmaat.stats.covariance import contrasts
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.ols import fit_ols

ARMS = ("control", "exemption", "guidance", "disregard", "choice")
TEXT = {"nl": "tekst", "en": "text"}

data = np.load(Path(sys.argv[1]) / "small.npz")
arm, covariates, outcomes = data["arm"], data["covariates"], data["outcomes"]
names = ("intercept", *ARMS[1:], *(f"x{place}" for place in range(10)))
contrast = np.eye(4, 15, k=1)


def by_stats():
    """Fit thirty outcomes on one design, and estimate four contrasts of each."""
    columns = [np.ones(890), *((arm == code) * 1.0 for code in range(1, 5)), *covariates.T]
    fit = fit_ols(outcomes, DesignMatrix(names, np.column_stack(columns)))
    return contrasts(fit, contrast, errors="hc2")


protocol = type_adapter().validate_python(
    {
        "version": 1,
        "id": "small",
        "title": TEXT,
        "legal_framework": "none",
        "population": {"unit": "person", "description": TEXT},
        "arms": {name: {"kind": "control" if name == "control" else "other", "label": TEXT} for name in ARMS},
        "assignment": {"method": "recorded", "description": TEXT},
        "covariates": {f"x{place}": {"kind": "continuous", "label": TEXT} for place in range(10)},
        "outcomes": {f"y{place}": {"kind": "continuous", "label": TEXT, "unit": TEXT} for place in range(30)},
        "estimands": [
            {"id": f"E{place}", "outcome": f"y{place}", "contrast": "against_control"} for place in range(30)
        ],
        "analyses": [
            {
                "id": "A",
                "method": "regression",
                "estimands": [f"E{place}" for place in range(30)],
                "adjust": {"covariates": [f"x{place}" for place in range(10)]},
            }
        ],
    }
)
panel = Panel(
    arm=Codes(arm, ARMS),
    outcomes={f"y{place}": {None: outcomes[:, place]} for place in range(30)},
    baselines={},
    covariates={f"x{place}": Variable("continuous", covariates[:, place]) for place in range(10)},
    sources={},
)
found = by_stats()
estimates = estimate(protocol, panel).estimates
assert np.allclose([item.std_error for item in estimates], found.std_error.T.ravel(), rtol=1e-12)
result = {
    "stats": min(timeit.repeat(by_stats, number=10, repeat=20)) / 10,
    "estimate": min(timeit.repeat(lambda: estimate(protocol, panel), number=1, repeat=5)),
    "numbers": np.concatenate([found.point.ravel(), found.std_error.ravel()]).tolist(),
}
print(json.dumps(result))
