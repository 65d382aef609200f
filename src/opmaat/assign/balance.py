"""Integrity after the draw, judged by drawing again: balance, and who joined or answered per arm.

A p-value from re-draws holds for every procedure (Fisher 1935): it asks how often a draw by the same
procedure would look at least this uneven. See docs/adr/0006-evaluate-redraws.md.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.assign.columns import numeric
from opmaat.assign.draw import redraw
from opmaat.assign.procedures.differences import arm_means, standardised
from opmaat.assign.procedures.procedure import Labels
from opmaat.caseload.model import Caseload
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.model import Protocol

_CHUNK = 500
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One characteristic, or one level of it: the largest standardised difference between two arms."""

    characteristic: str
    level: str | None
    largest_difference: float


@dataclass(frozen=True, slots=True)
class RedrawTest:
    """A statistic, and how often re-draws were at least as large: p = (1 + times) / (1 + draws)."""

    statistic: float
    p: float
    draws: int


@dataclass(frozen=True, slots=True)
class DrawBalance:
    """How alike the arms are that were drawn. ``omnibus`` is None when nothing varies."""

    rows: tuple[BalanceRow, ...]
    omnibus: RedrawTest | None


def balance(
    protocol: Protocol,
    caseload: Caseload,
    labels: Labels,
    *,
    names: tuple[str, ...],
    seed: bytes,
    count: int = 999,
) -> DrawBalance:
    """Return the balance of a draw on characteristics.

    Parameters
    ----------
    labels
        Number of the arm of every eligible household, shape (households,).
    names
        The characteristics.
    seed, count
        Seed and number of the re-draws.

    Returns
    -------
    Differences in standard deviations of the whole list; and an omnibus test, whose statistic is the sum over
    arms of the squared Mahalanobis distance of the arm's mean from the list's mean, times the arm's size.
    """
    columns = numeric(caseload, names, caseload.eligible)
    arms = len(protocol.arms)
    means = arm_means(labels[None, :], standardised(columns.values), arms)[0]
    spread = means.max(axis=0) - means.min(axis=0)
    rows = tuple(
        BalanceRow(name, level, float(value))
        for (name, level), value in zip(columns.names, spread, strict=True)
    )
    white = _whitened(columns.values)
    if not white.shape[1]:
        return DrawBalance(rows, None)
    again = redraw(protocol, caseload, seed=seed, count=count)
    return DrawBalance(rows, _test(_distance(labels[None, :], white, arms)[0], _distance(again, white, arms)))


def balance_of_plan(
    protocol: Protocol, caseload: Caseload, labels: Labels, *, public_value: str
) -> DrawBalance:
    """Return the balance of a draw on the characteristics that its plan names.

    The re-draws follow from the public value, so that the balance can be worked out again.
    """
    plan = protocol.assignment
    names = () if isinstance(plan, Recorded) else plan.balance
    if not names:
        return DrawBalance((), None)
    return balance(protocol, caseload, labels, names=names, seed=f"balance {public_value}".encode())


def balance_table(found: DrawBalance) -> bytes:
    """Return the whole balance as JSON, for who may know every arm."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False).encode() + b"\n"


def sample_ratio(labels: Labels, joined: ArrayLike, redraws: Labels, arms: int) -> RedrawTest:
    """Test whether as many joined, or answered, in each arm as the draw gives reason to expect.

    Parameters
    ----------
    labels
        Number of the arm of every household that was drawn, shape (households,).
    joined
        Whether the household joined, shape (households,).
    redraws
        Re-draws by the same procedure, shape (draws, households).

    Returns
    -------
    Pearson's statistic of the numbers that joined per arm, with the mean of the re-draws as expectation. When
    everybody joined it says nothing: p is 1 where the procedure fixes the totals.

    Examples
    --------
    >>> redraws = np.random.default_rng(1).permuted(np.tile([0, 1], (500, 20)), axis=1).astype(np.int8)
    >>> sample_ratio(redraws[0], redraws[0] == 1, redraws, 2).p < 0.01
    True
    """
    inside = np.asarray(joined, dtype=np.bool_)
    counts = np.stack([(redraws[:, inside] == arm).sum(axis=1) for arm in range(arms)], axis=1)
    observed = np.bincount(labels[inside], minlength=arms)
    expected = np.maximum(counts.mean(axis=0), _SAME)
    statistics = ((counts - expected) ** 2 / expected).sum(axis=1)
    return _test(float(((observed - expected) ** 2 / expected).sum()), statistics)


def _test(statistic: float, redrawn: NDArray[np.float64]) -> RedrawTest:
    """Compare a statistic with those of re-draws."""
    times = int((redrawn >= statistic - _SAME * max(1.0, abs(statistic))).sum())
    return RedrawTest(float(statistic), (1 + times) / (1 + len(redrawn)), len(redrawn))


def _whitened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return uncorrelated columns with variance 1 that span the centred values, shape (units, rank)."""
    left, sizes, _ = np.linalg.svd(standardised(values), full_matrices=False)
    kept = sizes > 1e-9 * max(sizes.max(initial=0.0), 1.0)
    return np.asarray(left[:, kept] * np.sqrt(len(values)))


def _distance(labels: Labels, white: NDArray[np.float64], arms: int) -> NDArray[np.float64]:
    """Return the omnibus statistic of every draw, a piece of the draws at a time."""
    pieces = []
    for start in range(0, len(labels), _CHUNK):
        piece = labels[start : start + _CHUNK]
        numbers = np.stack([(piece == arm).sum(axis=1) for arm in range(arms)], axis=1)
        pieces.append((numbers * (arm_means(piece, white, arms) ** 2).sum(axis=2)).sum(axis=1))
    return np.concatenate(pieces)
