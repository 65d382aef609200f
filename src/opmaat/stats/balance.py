"""Balance of covariates between randomised groups: one test for all, and standardised differences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from opmaat.stats.arrays import Floats, Integers, finite_columns
from opmaat.stats.design_matrix import DesignMatrix, Dropped, keep_independent
from opmaat.stats.errors import NotEstimableError


@dataclass(frozen=True)
class OmnibusTest:
    """Pillai's trace of groups and covariates, with its F approximation and the covariates left out."""

    pillai: float
    f: float
    df_numerator: float
    df_denominator: float
    p: float
    dropped: tuple[Dropped, ...]


def omnibus_test(
    groups: ArrayLike, covariates: DesignMatrix, *, strata: ArrayLike | None = None
) -> OmnibusTest:
    """Test that group membership is unrelated to all covariates together.

    Pillai's trace is the sum of the squared canonical correlations between the group indicators and the
    covariates, both after partialling out the strata. Its F approximation (Pillai 1955,
    https://doi.org/10.1214/aoms/1177728599) is that of R's ``summary.manova``; with two groups it is exactly
    the F test of the regression of the group on the covariates, and Hotelling's test.

    Parameters
    ----------
    groups
        Integer codes of at least two groups, shape (n,).
    covariates
        Columns without an intercept; those that depend on strata and earlier columns are dropped.
    strata
        Integer codes of the strata of the draw, shape (n,), or None.

    Raises
    ------
    NotEstimableError
        ``no-variation`` when there is one group (within every stratum) or no covariate is left,
        ``no-residual-df`` when there are too few rows.

    Examples
    --------
    >>> age = DesignMatrix(("age",), np.array([[30.0], [40], [50], [35], [45], [58]]))
    >>> test = omnibus_test([0, 0, 0, 1, 1, 1], age)
    >>> round(test.f, 6), test.df_numerator, test.df_denominator, round(test.p, 6)
    (0.463519, 1.0, 4.0, 0.533355)
    """
    group_codes = np.asarray(groups)
    stratum_codes = np.zeros(len(group_codes), dtype=np.int64) if strata is None else np.asarray(strata)
    blocks = _indicators(stratum_codes)
    group_columns, _ = _remaining(blocks, _indicators(group_codes), tuple(map(str, np.unique(group_codes))))
    covariate_columns, dropped = _remaining(blocks, covariates.values, covariates.names)
    q, k = group_columns.shape[1], covariate_columns.shape[1]
    if q == 0 or k == 0:
        missing = "group" if q == 0 else "covariate"
        raise NotEstimableError("no-variation", f"no {missing} varies within the strata")
    correlations = np.linalg.svd(group_columns.T @ covariate_columns, compute_uv=False)
    pillai = float(np.sum(correlations**2))
    return _approximate_f(pillai, q, k, len(group_codes) - blocks.shape[1] - q, dropped)


def _approximate_f(pillai: float, q: int, k: int, df_error: int, dropped: tuple[Dropped, ...]) -> OmnibusTest:
    """Return the F approximation of Pillai's trace of q group and k covariate columns."""
    s = min(q, k)
    df_numerator = float(s * max(q, k))
    df_denominator = float(s * (df_error - k + s))
    if df_error < k:
        detail = f"{df_error} residual degrees of freedom for {k} covariates"
        raise NotEstimableError("no-residual-df", detail)
    if pillai >= s:
        raise NotEstimableError("no-residual-df", "the covariates predict the groups exactly")
    f = (pillai / df_numerator) / ((s - pillai) / df_denominator)
    p = float(fdtrc(df_numerator, df_denominator, f))
    return OmnibusTest(pillai, f, df_numerator, df_denominator, p, dropped)


def _indicators(codes: Integers) -> Floats:
    """Return one column per distinct code."""
    distinct, position = np.unique(codes, return_inverse=True)
    indicators: Floats = (position[:, None] == np.arange(len(distinct))).astype(np.float64)
    return indicators


def _remaining(blocks: Floats, columns: Floats, names: tuple[str, ...]) -> tuple[Floats, tuple[Dropped, ...]]:
    """Return an orthonormal basis of what is left of columns after partialling out the strata."""
    strata = tuple(f"stratum {i}" for i in range(blocks.shape[1]))
    prefixed = tuple(f"column {name}" for name in names)
    kept, dropped = keep_independent(DesignMatrix((*strata, *prefixed), np.hstack([blocks, columns])))
    basis = np.linalg.qr(kept.values)[0][:, blocks.shape[1] :]
    return basis, tuple(Dropped(item.name.removeprefix("column "), item.reason) for item in dropped)


def standardised_difference(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return differences in means in units of the standard deviation, one per covariate, shape (k,).

    The unit is the root of the average of the two variances (Austin 2009, https://doi.org/10.1002/sim.3697),
    so that it does not depend on how large the groups are. A covariate without variation in both groups gives
    not-a-number.

    Parameters
    ----------
    first, second
        Covariates of the two groups, shapes (n1, k) and (n2, k) or (n1,) and (n2,); at least two rows each.

    Raises
    ------
    NotEstimableError
        ``no-residual-df`` when a group has fewer than two rows.

    Examples
    --------
    >>> standardised_difference([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    array([-1.])
    """
    a, b = finite_columns(first, what="covariate"), finite_columns(second, what="covariate")
    if min(len(a), len(b)) < 2:
        raise NotEstimableError("no-residual-df", "a group has fewer than two rows")
    unit = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / 2)
    difference = a.mean(axis=0) - b.mean(axis=0)
    ratio: Floats = np.divide(difference, unit, out=np.full_like(unit, np.nan), where=unit > 0)
    return ratio
