"""A made-up experiment: a protocol of a few lines, and a panel with strata, households and missing values."""

import numpy as np
import pytest

from opmaat.core.codes import Codes
from opmaat.panel.model import Panel, Variable

TEXT = {"nl": "tekst", "en": "text"}


@pytest.fixture
def make_protocol(build_protocol):
    def make(analyses, *, contrast="against_control", **data):
        """A protocol with three arms and one analysis per mapping."""
        return build_protocol(
            arms={
                "control": {"kind": "control", "label": TEXT},
                "guidance": {"kind": "other", "label": TEXT},
                "bonus": {"kind": "other", "label": TEXT},
            },
            data={
                "file": {"path": "none.csv"},
                "arm": {"column": "arm", "values": {"c": "control", "g": "guidance", "b": "bonus"}},
                **data,
            },
            covariates={
                "age": {"kind": "continuous", "label": TEXT},
                "school": {"kind": "categorical", "label": TEXT},
            },
            outcomes={
                "hours": {
                    "kind": "continuous",
                    "label": TEXT,
                    "unit": TEXT,
                    "baseline": {"column": "hours_before"},
                }
            },
            estimands=[{"id": "E", "outcome": "hours", "contrast": contrast}],
            analyses=[
                {"id": f"A{place}", "estimands": ["E"], **analysis} for place, analysis in enumerate(analyses)
            ],
        )

    return make


@pytest.fixture
def make_panel():
    def make(seed=1, *, n=240, strata=4, missing=False, whole=False):
        """A panel of n participants; unequal arms, strata that matter, households of two."""
        rng = np.random.default_rng(seed)
        arm = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
        stratum = rng.integers(strata, size=n)
        age = rng.integers(20, 65, n).astype(float) if whole else rng.normal(45, 10, n)
        school = rng.integers(3, size=n)
        before = rng.normal(10, 4, n)
        hours = 0.5 * before + 3 * stratum + 2 * (arm == 1) * (1 + stratum) + age / 10 + rng.normal(0, 3, n)
        if missing:
            hours[rng.random(n) < 0.1] = np.nan
            age[rng.random(n) < 0.1] = np.nan
            school[rng.random(n) < 0.1] = -1
        return Panel(
            arm=Codes(arm, ("control", "guidance", "bonus")),
            outcomes={"hours": {None: hours}},
            baselines={"hours": before},
            covariates={
                "age": Variable("continuous", age),
                "school": Variable("categorical", Codes(school, ("low", "middle", "high"))),
            },
            stratum=Codes(stratum, tuple(f"s{code}" for code in range(strata))),
            household=np.arange(n) // 2,
            probability=np.array([0.5, 0.3, 0.2])[arm],
            response_weight=rng.uniform(0.5, 2, n),
            take_up=(rng.random(n) < np.array([0.1, 0.7, 0.6])[arm]) * 1.0,
            sources={"data: made-up": "sha256:0"},
        )

    return make
