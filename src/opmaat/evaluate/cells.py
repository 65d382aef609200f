"""The short way for very many participants: fit on the sums per arm and combination of covariates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.evaluate.sample import Regressors, Sample
from opmaat.panel.model import Variable
from opmaat.protocol.analyses import Analysis
from opmaat.stats.cells import SufficientStats, summarise

_WORTHWHILE_ROWS = 50_000
_LEVELS = 1_000


def cells_serve(sample: Sample, analysis: Analysis) -> bool:
    """Tell whether the sums per cell give the same numbers, and sooner.

    They do for unweighted least squares with unclustered errors on covariates with few values. They hold no
    contributions of participants, so that they cannot serve a max-t family.
    """
    if len(sample.rows) < _WORTHWHILE_ROWS or sample.weights is not None or sample.clusters is not None:
        return False
    if analysis.multiplicity is not None and analysis.multiplicity.method == "max_t":
        return False
    sizes = [_levels(variable) for variable in sample.regressors.covariates.values()]
    return all(0 < size <= _LEVELS for size in sizes) and math.prod(sizes) < 2**50


def _levels(variable: Variable) -> int:
    """Return how many whole values a covariate can have, with missing as one; 0 for other covariates."""
    if isinstance(variable.values, Codes):
        return len(variable.values.names) + 1
    known = variable.values[~np.isnan(variable.values)]
    if not len(known) or not (known == np.floor(known)).all():
        return 0
    return int(min(known.max() - known.min() + 2, _LEVELS + 1))


def to_cells(sample: Sample, outcomes: NDArray[np.float64]) -> tuple[Sample, SufficientStats]:
    """Return the combinations of arm, stratum and covariates, and the sums of outcomes (n, m) in each."""
    regressors = sample.regressors
    stratum, variables = regressors.stratum, regressors.covariates
    keys = [regressors.arm, *([] if stratum is None else [stratum.codes])]
    keys += [_key(variable) for variable in variables.values()]
    stats = summarise(keys, outcomes)
    columns = list(stats.keys.T)
    cells = Regressors(
        arm=columns.pop(0),
        arms=regressors.arms,
        stratum=None if stratum is None else Codes(columns.pop(0), stratum.names),
        covariates={
            name: _variable(variable, column)
            for (name, variable), column in zip(variables.items(), columns, strict=True)
        },
        frequency=stats.n.astype(np.float64),
    )
    return replace(sample, rows=np.arange(len(stats.n)), regressors=cells, participants=stats.n), stats


def _origin(variable: Variable) -> int:
    """Return the smallest value of a covariate of numbers."""
    return 0 if isinstance(variable.values, Codes) else int(np.nanmin(variable.values))


def _key(variable: Variable) -> NDArray[np.int64]:
    """Return a covariate as whole numbers from zero, with -1 for missing."""
    if isinstance(variable.values, Codes):
        return variable.values.codes
    return np.where(np.isnan(variable.values), -1, variable.values - _origin(variable)).astype(np.int64)


def _variable(variable: Variable, keys: NDArray[np.int64]) -> Variable:
    """Return a covariate of the cells from its keys."""
    if isinstance(variable.values, Codes):
        return Variable(variable.kind, Codes(keys, variable.values.names))
    return Variable(variable.kind, np.where(keys < 0, np.nan, keys + float(_origin(variable))))
