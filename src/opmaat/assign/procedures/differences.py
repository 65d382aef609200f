"""Means per arm in many draws at once: what balance bounds and balance tests look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.procedure import Labels


def arm_means(labels: Labels, values: NDArray[np.float64], arms: int) -> NDArray[np.float64]:
    """Return the mean of every column in every arm of every draw.

    Parameters
    ----------
    labels
        Number of the arm of each unit, shape (draws, units).
    values
        Shape (units, columns).

    Returns
    -------
    Shape (draws, arms, columns); zero in an arm without units.

    Examples
    --------
    >>> arm_means(np.array([[0, 1, 1]], dtype=np.int8), np.array([[1.0], [2], [4]]), 2).tolist()
    [[[1.0], [3.0]]]
    """
    means = np.empty((len(labels), arms, values.shape[1]))
    for arm in range(arms):
        inside = (labels == arm).astype(np.float64)
        numbers = np.maximum(inside.sum(axis=1, keepdims=True), 1.0)
        means[:, arm] = (inside @ values) / numbers
    return means


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return columns with mean 0 and standard deviation 1 over all units; constant columns become 0.

    >>> standardised(np.array([[1.0, 5], [3, 5]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    spread = values.std(axis=0)
    centred = values - values.mean(axis=0)
    scaled: NDArray[np.float64] = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return scaled
