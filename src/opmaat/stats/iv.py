"""Two-stage least squares with one endogenous column, and the Anderson-Rubin confidence set."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from opmaat.stats.arrays import Floats, finite_columns, solve
from opmaat.stats.covariance import contrasts, covariance
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.error_kinds import TWO_STAGE_ERRORS, Errors
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.intervals import critical_t
from opmaat.stats.ols import OlsFit, fit_ols

NO_FIRST_STAGE = 1e-10  # share of the endogenous column's remaining variance that the instruments explain


@dataclass(frozen=True, eq=False)
class Instrumented:
    """An outcome, the column whose effect is asked for, and what moves that column.

    Attributes
    ----------
    outcome, endogenous
        Shape (n,).
    exogenous
        Columns of full rank, such as an intercept and covariates; they are part of both stages.
    instruments
        Shape (n,) or (n, q), independent of each other and of the exogenous columns.
    errors, clusters
        As in :func:`opmaat.stats.covariance.contrasts`.
    weights
        Shape (n,), or None.
    """

    outcome: ArrayLike
    endogenous: ArrayLike
    exogenous: DesignMatrix
    instruments: ArrayLike
    errors: Errors = field(kw_only=True)
    weights: ArrayLike | None = field(default=None, kw_only=True)
    clusters: ArrayLike | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class TwoStage:
    """The effect of an endogenous column by two-stage least squares.

    Attributes
    ----------
    point, std_error, df
        Of the coefficient of the endogenous column.
    first_stage
        Coefficients of the q instruments in the regression of the endogenous column, shape (q,).
    first_stage_std_error
        Their standard errors, shape (q,).
    first_stage_f
        Wald statistic that all are zero, with the same kind of errors, divided by q.
    first_stage_df
        Degrees of freedom of that F: q, and those of the errors.
    rank
        Number of coefficients of the second stage.
    n_observations
        Rows of positive weight.
    """

    point: float
    std_error: float
    df: float
    first_stage: Floats
    first_stage_std_error: Floats
    first_stage_f: float
    first_stage_df: tuple[int, float]
    rank: int
    n_observations: int


@dataclass(frozen=True)
class ConfidenceSet:
    """The values of a coefficient that a test does not reject.

    ``kind`` says how to read the limits: ``interval`` is all between them, ``two-rays`` all outside them,
    ``line`` every number (the limits are infinite) and ``empty`` none (they are not a number).
    """

    kind: Literal["interval", "two-rays", "line", "empty"]
    lower: float
    upper: float


def fit_2sls(data: Instrumented) -> TwoStage:
    """Estimate the effect of one endogenous column by two-stage least squares.

    The covariance is that of the second stage with residuals of the endogenous column itself (Wooldridge
    2010, section 5.2.5), with the corrections for the number of observations of
    :mod:`opmaat.stats.covariance`: classical with n - k, as ``IV2SLS(debiased=True)`` of linearmodels and
    ``ivreg`` of R's AER. Leverage has no agreed meaning in two stages, so hc2, hc3 and cr2 are refused.

    Raises
    ------
    NotEstimableError
        ``errors-not-defined`` for hc2, hc3 and cr2, ``no-first-stage`` when the instruments do not move the
        endogenous column, and what :func:`opmaat.stats.ols.fit_ols` raises.

    Examples
    --------
    >>> exogenous = DesignMatrix(("intercept",), np.ones((6, 1)))
    >>> drawn, took_up = np.array([0, 0, 0, 1, 1, 1.0]), np.array([0, 0, 1, 0, 1, 1.0])
    >>> fit = fit_2sls(Instrumented([1, 2, 4, 2, 5, 6.0], took_up, exogenous, drawn, errors="hc1"))
    >>> round(fit.point, 6), fit.first_stage.round(6)
    (6.0, array([0.333333]))
    """
    if data.errors not in TWO_STAGE_ERRORS:
        raise NotEstimableError("errors-not-defined", f"{data.errors} errors are not defined for two stages")
    treatment = finite_columns(data.endogenous, what="endogenous")
    first_design, selection = _first_stage_design(data)
    first = fit_ols(treatment, first_design, weights=data.weights)
    _refuse_no_first_stage(first, treatment, data)
    second_design = DesignMatrix(
        (*data.exogenous.names, "endogenous"), np.hstack([data.exogenous.values, treatment - first.residuals])
    )
    projected = fit_ols(data.outcome, second_design, weights=data.weights)
    # the fitted values served to estimate; the residuals are those of the endogenous column itself
    second = replace(projected, residuals=projected.residuals - first.residuals * projected.coefficients[-1])
    last = np.eye(1, second.rank, second.rank - 1)
    effect = contrasts(second, last, errors=data.errors, clusters=data.clusters)
    strengths = contrasts(first, selection, errors=data.errors, clusters=data.clusters)
    spread = covariance(first, selection, errors=data.errors, clusters=data.clusters)[0]
    wald = (strengths.point.T @ solve(spread, strengths.point)).item()
    return TwoStage(
        point=effect.point.item(),
        std_error=effect.std_error.item(),
        df=effect.df.item(),
        first_stage=strengths.point[:, 0],
        first_stage_std_error=strengths.std_error[:, 0],
        first_stage_f=wald / len(selection),
        first_stage_df=(len(selection), float(strengths.df.min())),
        rank=second.rank,
        n_observations=second.n_observations,
    )


def _first_stage_design(data: Instrumented) -> tuple[DesignMatrix, Floats]:
    """Return the design of the first stage, and the contrasts that pick the instruments, shape (q, p)."""
    columns = finite_columns(data.instruments, what="instrument")
    q, p = columns.shape[1], len(data.exogenous.names) + columns.shape[1]
    names = (*data.exogenous.names, *(f"instrument {i}" for i in range(q)))
    return DesignMatrix(names, np.hstack([data.exogenous.values, columns])), np.eye(q, p, p - q)


def _refuse_no_first_stage(first: OlsFit, treatment: Floats, data: Instrumented) -> None:
    """Raise when the instruments explain nothing of the endogenous column."""
    without = fit_ols(treatment, data.exogenous, weights=data.weights)
    remaining = float(without.weights @ without.residuals[:, 0] ** 2)
    explained = remaining - float(first.weights @ first.residuals[:, 0] ** 2)
    if explained <= NO_FIRST_STAGE * remaining:
        raise NotEstimableError("no-first-stage", "the instruments do not move the endogenous column")


def anderson_rubin(data: Instrumented, *, confidence: float) -> ConfidenceSet:
    """Return the effects that the Anderson-Rubin test does not reject, with one instrument.

    An effect b is kept when the instrument is not related to outcome - b x endogenous, by a t test on its
    coefficient. The set has its coverage however weak the instrument is (Anderson and Rubin 1949,
    https://doi.org/10.1214/aoms/1177730090), and is found by solving a quadratic equation. All kinds of
    errors are defined, because the test is a plain regression.

    Parameters
    ----------
    data
        With one instrument.
    confidence
        Such as 0.95.

    Examples
    --------
    >>> exogenous = DesignMatrix(("intercept",), np.ones((8, 1)))
    >>> drawn, took_up = np.repeat([0, 1], 4), np.array([0, 0, 0, 0, 1, 1, 1, 0])
    >>> earned = [1, 2, 3, 4, 7, 8, 9, 4]
    >>> data = Instrumented(earned, took_up, exogenous, drawn, errors="hc1")
    >>> kept = anderson_rubin(data, confidence=0.9)
    >>> kept.kind, round(kept.lower, 3), round(kept.upper, 3)
    ('interval', 4.021, 10.87)
    """
    outcome = finite_columns(data.outcome, what="outcome")
    both = np.hstack([outcome, finite_columns(data.endogenous, what="endogenous")])
    design, selection = _first_stage_design(data)
    if both.shape[1] != 2 or len(selection) != 1:
        raise ValueError("the set is defined for one outcome, one endogenous column and one instrument")
    scale = both.std(axis=0)
    scale[scale == 0] = 1.0
    fit = fit_ols(both / scale, design, weights=data.weights)
    # coefficient and variance are linear and quadratic in b: two outcomes and their sum give them for every b
    with_sum = replace(fit, coefficients=_with_sum(fit.coefficients), residuals=_with_sum(fit.residuals))
    sums = contrasts(with_sum, selection, errors=data.errors, clusters=data.clusters)
    variance = sums.std_error[0] ** 2
    between = (variance[2] - variance[0] - variance[1]) / 2
    outcome_effect, take_up = sums.point[0, :2]
    squared = critical_t(sums.df[0, 0], confidence=confidence) ** 2
    kept = _not_positive(
        float(take_up**2 - squared * variance[1]),
        float(-2 * (take_up * outcome_effect - squared * between)),
        float(outcome_effect**2 - squared * variance[0]),
    )
    unit = float(scale[0] / scale[1])
    return replace(kept, lower=kept.lower * unit, upper=kept.upper * unit)


def _with_sum(columns: Floats) -> Floats:
    """Return columns followed by their sum."""
    return np.hstack([columns, columns.sum(axis=1, keepdims=True)])


def _not_positive(square: float, linear: float, constant: float) -> ConfidenceSet:
    """Return where square x b² + linear x b + constant is not above zero."""
    discriminant = linear**2 - 4 * square * constant
    if discriminant < 0:
        if square > 0:
            return ConfidenceSet("empty", np.nan, np.nan)
        return ConfidenceSet("line", -np.inf, np.inf)
    # the root that adds numbers of one sign keeps its digits, the other follows from the product of the roots
    half = -(linear + np.copysign(np.sqrt(discriminant), linear)) / 2
    lower, upper = sorted((float(half / square), float(constant / half)))
    return ConfidenceSet("interval" if square > 0 else "two-rays", lower, upper)
