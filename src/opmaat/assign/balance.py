"""Integrity after the draw, judged by drawing again: balance, and who joined or answered per arm.

A p-value from re-draws holds for every procedure (Fisher 1935): it asks how often a draw by the same
procedure would look at least this uneven. See docs/adr/0006-evaluate-redraws.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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

_REDRAWS = 999
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
    caseload: Caseload,
    labels: Labels,
    *,
    names: Sequence[str],
    redraws: Labels,
    arms: int,
    among: NDArray[np.bool_] | None = None,
) -> DrawBalance:
    """Return the balance of a draw on characteristics.

    Parameters
    ----------
    labels
        Number of the arm of every eligible household, shape (households,).
    names
        The characteristics.
    redraws
        Draws by the same procedure, shape (draws, households), see :func:`opmaat.assign.draw.redraw`.
    among
        The households that are compared, such as those who joined, shape (households,); all when left out.

    Returns
    -------
    Differences in standard deviations of those compared; and an omnibus test, whose statistic is the sum over
    arms of the squared Mahalanobis distance of the arm's mean from the mean of all, times the arm's size. In
    re-draws the same households are compared: the test asks whether the draw alone explains the differences.
    """
    inside = slice(None) if among is None else among
    columns = numeric(caseload, names, caseload.eligible[inside])
    own, again = labels[None, inside], redraws[:, inside]
    means = arm_means(own, standardised(columns.values), arms)[0]
    present = np.bincount(own[0], minlength=arms) > 0
    spread = np.ptp(means[present], axis=0) if present.any() else np.zeros(means.shape[1])
    rows = tuple(
        BalanceRow(name, level, float(value))
        for (name, level), value in zip(columns.names, spread, strict=True)
    )
    white = _whitened(columns.values)
    if not white.shape[1]:
        return DrawBalance(rows, None)
    found = _distance(np.concatenate([own, again]), white, arms)
    return DrawBalance(rows, _test(found[0], found[1:]))


def declared_balance(protocol: Protocol) -> tuple[str, ...]:
    """Return the characteristics on which the plan compares the arms: those it names, or all.

    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> declared_balance(load_protocol(Path("studies/nsw-1975")))
    ()
    """
    plan = protocol.assignment
    named = () if isinstance(plan, Recorded) else plan.balance
    return tuple(protocol.population.characteristics) if named is None else named


def balance_of_plan(
    protocol: Protocol, caseload: Caseload, labels: Labels, *, public_value: str
) -> DrawBalance:
    """Return the balance of a draw on the characteristics that its plan compares.

    The re-draws follow from the public value, so that the balance can be worked out again.
    """
    names = declared_balance(protocol)
    if not names:
        return DrawBalance((), None)
    again = redraw(protocol, caseload, seed=f"balance {public_value}".encode(), count=_REDRAWS)
    return balance(caseload, labels, names=names, redraws=again, arms=len(protocol.arms))


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
    again = redraws[:, inside]
    counts = np.stack([np.count_nonzero(again == arm, axis=1) for arm in range(arms)], axis=1)
    observed = np.bincount(labels[inside], minlength=arms)
    expected = np.maximum(counts.mean(axis=0), _SAME)
    statistics = ((counts - expected) ** 2 / expected).sum(axis=1)
    return _test(float(((observed - expected) ** 2 / expected).sum()), statistics)


def shares_in_strata(
    labels: Labels, stratum: NDArray[np.int64], chances: NDArray[np.float64], *, redraws: Labels
) -> RedrawTest:
    """Test whether the arms have their shares in every stratum, as the procedure of the draw leaves them.

    Parameters
    ----------
    stratum
        Number of each household's stratum, shape (households,).
    chances
        Every household's probability of every arm, shape (households, arms).

    Returns
    -------
    The largest number of households by which an arm of a stratum is away from its share, and how often
    re-draws are as far. A draw that was tampered with after a blocked procedure is further than any re-draw.

    Examples
    --------
    >>> redraws = np.random.default_rng(1).permuted(np.tile([0, 1], (99, 20)), axis=1).astype(np.int8)
    >>> one, half = np.zeros(40, dtype=np.int64), np.full((40, 2), 0.5)
    >>> shares_in_strata(np.zeros(40, dtype=np.int8), one, half, redraws=redraws)
    RedrawTest(statistic=20.0, p=0.01, draws=99)
    """
    codes, place = np.unique(stratum, return_inverse=True)
    expected = np.stack([chances[stratum == code].sum(axis=0) for code in codes])
    every = np.concatenate([labels[None, :], redraws])
    largest = np.array([abs(counts - expected).max() for counts in _counted(every, place, expected.shape)])
    return _test(float(largest[0]), largest[1:])


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
    """Return the omnibus statistic of every draw; units that are alike are counted, and not summed."""
    kinds, kind = np.unique(white, axis=0, return_inverse=True)
    found = np.empty(len(labels))
    for draw, counts in enumerate(_counted(labels, kind.ravel(), (len(kinds), arms))):
        sums = counts.T @ kinds
        found[draw] = ((sums**2).sum(axis=1) / np.maximum(counts.sum(axis=0), 1)).sum()
    return found


def _counted(labels: Labels, place: NDArray[np.int64], shape: tuple[int, ...]) -> Iterator[NDArray[np.int64]]:
    """Yield for each draw how many units of each place are in each arm, of shape (places, arms)."""
    cell = place * shape[1]
    for arm in labels:
        yield np.bincount(cell + arm, minlength=shape[0] * shape[1]).reshape(shape)
