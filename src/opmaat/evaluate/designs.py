"""The columns of a regression: intercept, arms, strata, covariates, and their products with the arms.

The order is fixed, because of columns that depend on each other the one furthest to the left is kept:
intercept, arms, strata, covariates as declared (with their pairwise products), then the products of arms with
strata and covariates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.evaluate.sample import Regressors
from opmaat.panel.model import Variable
from opmaat.protocol.analyses import StrataRule
from opmaat.stats.arrays import Floats
from opmaat.stats.design_matrix import DesignMatrix, Dropped, keep_independent
from opmaat.stats.errors import NotEstimableError

INTERCEPT = "intercept"

Column = tuple[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form of a regression.

    ``arm_products`` also lets covariates work differently in every arm (Lin 2013,
    https://doi.org/10.1214/12-AOAS583). ``strata`` "within" lets every stratum have its own contrasts, which
    are then weighed by the strata's sizes.
    """

    pairwise: bool = False
    arm_products: bool = False
    strata: StrataRule = "ignored"


def arm_column(arm: str) -> str:
    """Return the name of an arm's column."""
    return f"arm {arm!r}"


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a regression with an intercept before them, in three parts that follow each other."""

    arms: list[Column]
    others: list[Column]
    products: list[Column]


def _design(columns: Iterable[Column], rows: int) -> DesignMatrix:
    """Return an intercept and columns as a design; two of one name would be an error of ours."""
    names, values = zip((INTERCEPT, np.ones(rows)), *columns, strict=True)
    return DesignMatrix(names, np.column_stack(values).astype(np.float64))


def _columns_of(regressors: Regressors, form: Form) -> _Columns:
    """Return the columns of a regression, with the first of ``arms`` as reference.

    Columns that have products with the arms are centred at their mean over all rows, so that the coefficient
    of an arm is its contrast averaged over everybody.
    """
    arms = [
        (arm_column(arm), (regressors.arm == code) * 1.0) for code, arm in enumerate(regressors.arms) if code
    ]
    strata = []
    if form.strata != "ignored" and regressors.stratum is not None:
        strata = [(f"stratum {name!r}", values) for name, values in _indicators(regressors.stratum)]
    covariates = list(covariate_columns(regressors, pairwise=form.pairwise))
    crossed: list[Column] = []
    if form.strata == "within":
        strata = _centred(strata, regressors)
        crossed += strata
    if form.arm_products:
        covariates = _centred(covariates, regressors)
        crossed += covariates
    products = [(f"{arm} x {name}", of_arm * values) for arm, of_arm in arms for name, values in crossed]
    return _Columns(arms, [*strata, *covariates], products)


def independent_design(
    regressors: Regressors, form: Form, *, weights: Floats | None, needed: Iterable[str]
) -> tuple[DesignMatrix, tuple[Dropped, ...]]:
    """Return the columns of a regression that do not depend on those before them, and those that do.

    Raises NotEstimableError when one of the arms that are ``needed`` depends on strata and covariates
    together: then a covariate would be dropped in its place, and the contrast would not be that of the arms.
    """
    columns, rows = _columns_of(regressors, form), len(regressors.arm)
    kept, dropped = keep_independent(
        _design([*columns.arms, *columns.others, *columns.products], rows), weights
    )
    if any(item.reason == "collinear" for item in dropped) and rows > len(kept.names):
        _, lost = keep_independent(_design([*columns.others, *columns.arms], rows), weights)
        for arm in needed:
            if arm_column(arm) in {item.name for item in lost}:
                detail = f"strata or covariates say who is in the arm '{arm}'"
                raise NotEstimableError("collinear-contrast", detail)
    return kept, dropped


def covariate_columns(regressors: Regressors, *, pairwise: bool) -> Iterator[Column]:
    """Yield the columns of the covariates in declared order, then the products of every two covariates."""
    groups = [
        list(_columns(name, variable, regressors.frequency))
        for name, variable in regressors.covariates.items()
    ]
    for group in groups:
        yield from group
    if pairwise:
        for first, second in combinations(groups, 2):
            for left, left_values in first:
                for right, right_values in second:
                    yield f"{left} x {right}", left_values * right_values


def _columns(name: str, variable: Variable, frequency: Floats | None) -> Iterator[Column]:
    """Yield the columns of one covariate: an indicator per level but the first, or its numbers."""
    if isinstance(variable.values, Codes):
        for level, values in _indicators(variable.values):
            yield f"{name} is {level!r}", values
        hidden = variable.values.codes < 0
    else:
        hidden = np.isnan(variable.values)
        mean = (
            np.average(variable.values[~hidden], weights=_some(frequency, ~hidden)) if not hidden.all() else 0
        )
        yield name, np.where(hidden, mean, variable.values)
    if hidden.any():
        yield f"{name} missing", hidden.astype(np.float64)


def _indicators(codes: Codes) -> Iterator[Column]:
    """Yield every named value but the first, with its indicator."""
    for code, level in enumerate(codes.names):
        if code:
            yield level, (codes.codes == code).astype(np.float64)


def _centred(columns: Iterable[Column], regressors: Regressors) -> list[Column]:
    """Return columns with their mean over all participants taken off."""
    return [(name, values - np.average(values, weights=regressors.frequency)) for name, values in columns]


def _some(values: Floats | None, kept: NDArray[np.bool_]) -> Floats | None:
    """Return the values that are kept, of what may not be there."""
    return None if values is None else values[kept]
