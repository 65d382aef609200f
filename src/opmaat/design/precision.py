"""What makes a difference more or less precise: baseline and repeated measures, covariates, clusters.

A factor multiplies the variance that the difference would have with one measure of each independent person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def post_factor(*, after: int, autocorrelation: float) -> float:
    """Return the variance factor of a mean of ``after`` measures after the start.

    Source: McKenzie (2012), https://doi.org/10.1016/j.jdeveco.2012.01.002.

    Examples
    --------
    >>> round(post_factor(after=3, autocorrelation=0.5), 4)
    0.6667
    """
    return (1 + (after - 1) * autocorrelation) / after


def ancova_factor(
    *, baseline_correlation: float, after: int = 1, before: int = 1, autocorrelation: float = 0.0
) -> float:
    """Return the variance factor of a mean of measures, adjusted for the mean of measures before the start.

    With one measure on each side it is 1 - r^2. ``autocorrelation`` is that of two measures on the same side,
    ``baseline_correlation`` that of one before and one after. Sources: Frison and Pocock (1992),
    https://doi.org/10.1002/sim.4780111304; McKenzie (2012), https://doi.org/10.1016/j.jdeveco.2012.01.002.

    Examples
    --------
    >>> ancova_factor(baseline_correlation=0.5)
    0.75
    >>> round(ancova_factor(baseline_correlation=0.5, after=3, autocorrelation=0.5), 4)
    0.4167
    """
    explained = baseline_correlation**2 / post_factor(after=before, autocorrelation=autocorrelation)
    return post_factor(after=after, autocorrelation=autocorrelation) - explained


def change_factor(
    *, baseline_correlation: float, after: int = 1, before: int = 1, autocorrelation: float = 0.0
) -> float:
    """Return the variance factor of the change since the start (difference in differences).

    Above 1 for one measure on each side when they correlate less than a half: the change is then a worse
    outcome than the measure itself. Source: McKenzie (2012), https://doi.org/10.1016/j.jdeveco.2012.01.002.

    Examples
    --------
    >>> change_factor(baseline_correlation=0.25)
    1.5
    """
    later = post_factor(after=after, autocorrelation=autocorrelation)
    earlier = post_factor(after=before, autocorrelation=autocorrelation)
    return later + earlier - 2 * baseline_correlation


@dataclass(frozen=True, slots=True)
class ClusterLevel:
    """Clusters of one kind: mean size, variation of the sizes, and how much two members are alike.

    ``icc`` is the correlation of two people of the same cluster, but of no smaller one.
    """

    size: float
    variation: float
    icc: float


def design_effect(levels: Sequence[ClusterLevel]) -> float:
    """Return the variance factor of clusters within clusters, from the smallest to the largest.

    One level gives 1 + ((1 + cv^2) m - 1) icc: sizes m that vary count for more. Sources: Donner and Klar
    (2000), Design and Analysis of Cluster Randomization Trials in Health Research; unequal sizes: Eldridge,
    Ashby and Kerry (2006), https://doi.org/10.1093/ije/dyl129; three levels: Heo and Leon (2008),
    https://doi.org/10.1111/j.1541-0420.2008.00993.x.

    Examples
    --------
    >>> round(design_effect([ClusterLevel(size=20, variation=0.0, icc=0.05)]), 4)
    1.95
    >>> round(design_effect([ClusterLevel(1.4, 0.35, 0.3), ClusterLevel(40, 0.4, 0.01)]), 4)
    1.6197
    """
    factor, inner = 1.0, 1.0
    for level in levels:
        size = level.size * (1 + level.variation**2)
        factor += (size - inner) * level.icc
        inner = size
    return factor


def one_by_one_std_error(total: float, *, treated: float = 0.5, r_squared: float = 0.0) -> float:
    """Return the standard error, in standard deviations, of a difference when people are drawn one by one.

    ``treated`` is the share of ``total`` that is drawn into the arm. Source: Bloom (1995),
    https://doi.org/10.1177/0193841X9501900504.

    Examples
    --------
    >>> round(one_by_one_std_error(356, r_squared=0.3), 6)
    0.088686
    """
    return math.sqrt((1 - r_squared) / (treated * (1 - treated) * total))


def clusters_drawn_std_error(
    clusters: float,
    size: float,
    *,
    icc: float,
    treated: float = 0.5,
    r_squared_within: float = 0.0,
    r_squared_between: float = 0.0,
) -> float:
    """Return the standard error, in standard deviations, of a difference when whole clusters are drawn.

    The test has ``clusters - 2`` degrees of freedom, less one for each covariate of clusters. Source: Bloom,
    Richburg-Hayes and Black (2007), Educational Evaluation and Policy Analysis 29, 30-59.

    Examples
    --------
    >>> round(clusters_drawn_std_error(20, 30, icc=0.05, r_squared_within=0.3), 6)
    0.120139
    """
    between = icc * (1 - r_squared_between)
    within = (1 - icc) * (1 - r_squared_within) / size
    return math.sqrt((between + within) / (treated * (1 - treated) * clusters))


def varying_sites_std_error(
    sites: float,
    size: float,
    *,
    icc: float,
    heterogeneity: float,
    treated: float = 0.5,
    r_squared: float = 0.0,
) -> float:
    """Return the standard error of the mean effect over sites that are a sample, in standard deviations.

    People are drawn within each site, such as a municipality; ``heterogeneity`` is the variance of the effect
    between sites over the variance of the outcome between sites, ``icc``. The test has ``sites - 1`` degrees
    of freedom. Source: Dong and Maynard (2013), https://doi.org/10.1080/19345747.2012.673143.

    Examples
    --------
    >>> round(varying_sites_std_error(8, 60, icc=0.1, heterogeneity=0.2, r_squared=0.3), 6)
    0.088034
    """
    between = icc * heterogeneity / sites
    within = (1 - icc) * (1 - r_squared) / (treated * (1 - treated) * sites * size)
    return math.sqrt(between + within)
