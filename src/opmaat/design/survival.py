"""Power for the time until something happens, such as exit: the log-rank test with constant hazards."""

from __future__ import annotations

import math

from scipy.special import ndtri

from opmaat.design.power import normal_power


def hazard_ratio(share: float, other: float) -> float:
    """Return the ratio of two constant hazards from the shares by the same month, the other over the first.

    Examples
    --------
    >>> round(hazard_ratio(0.2, 0.36), 6)
    2.0
    """
    return math.log1p(-other) / math.log1p(-share)


def share_observed(share: float, *, lost: float) -> float:
    """Return the share of whom the event is seen, when people get lost at a constant rate as well.

    ``share`` and ``lost`` are the shares by the end when there would be nothing else.

    Examples
    --------
    >>> round(share_observed(0.3, lost=0.0), 6), round(share_observed(0.3, lost=0.3), 6)
    (0.3, 0.255)
    """
    events, losses = -math.log1p(-share), -math.log1p(-lost)
    both = events + losses
    return events / both * -math.expm1(-both)


def log_rank_statistic(ratio: float, events: float, *, treated: float) -> float:
    """Return the expected size of the log-rank statistic, in standard errors.

    ``treated`` is the share of both arms that is in the one. Source: Schoenfeld (1981),
    https://doi.org/10.1093/biomet/68.1.316.

    Examples
    --------
    >>> round(log_rank_statistic(1.5, 191, treated=0.5), 3)
    2.802
    """
    return abs(math.log(ratio)) * math.sqrt(treated * (1 - treated) * events)


def log_rank_power(ratio: float, events: float, *, treated: float, level: float) -> float:
    """Return the power of the log-rank test for a hazard ratio and an expected number of events.

    Source: Schoenfeld (1981), https://doi.org/10.1093/biomet/68.1.316.

    Examples
    --------
    >>> round(log_rank_power(1.5, 191, treated=0.5, level=0.05), 3)
    0.8
    """
    size = log_rank_statistic(ratio, events, treated=treated)
    return normal_power(size, std_error=1.0, critical=float(-ndtri(level / 2)))


def schoenfeld_events(ratio: float, *, treated: float, level: float, power: float) -> float:
    """Return the number of events that shows a hazard ratio with this power.

    Source: Schoenfeld (1981), https://doi.org/10.1093/biomet/68.1.316.

    Examples
    --------
    >>> round(schoenfeld_events(1.5, treated=0.5, level=0.05, power=0.8), 3)
    190.968
    """
    multiple = float(-ndtri(level / 2) + ndtri(power))
    return multiple**2 / (treated * (1 - treated) * math.log(ratio) ** 2)
