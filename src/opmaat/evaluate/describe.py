"""What a reader sees before the effects: who was drawn, who is missing, and how alike the arms were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.evaluate.designs import covariate_columns
from opmaat.evaluate.model import Balance, BalanceNote, BalanceRow, BalanceUnit, Missing
from opmaat.evaluate.sample import Regressors, asked_about, covariate_term, measured, missing
from opmaat.panel.model import Panel, Variable
from opmaat.protocol.analyses import Estimand
from opmaat.protocol.model import Protocol
from opmaat.stats.arrays import Floats
from opmaat.stats.balance import omnibus_test, standardised_difference
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError


def drawn_by_arm(panel: Panel) -> dict[str, int]:
    """Return how many participants were drawn into each arm."""
    return _count(panel, np.ones(panel.participants, dtype=bool))


def taken_up_by_arm(panel: Panel) -> dict[str, float] | None:
    """Return the share of each arm that took up, of those of whom it is known."""
    if panel.take_up is None:
        return None
    found = {}
    for code, arm in enumerate(panel.arm.names):
        values = panel.take_up[(panel.arm.codes == code) & ~np.isnan(panel.take_up)]
        if len(values):
            found[arm] = float(values.mean())
    return found


def missing_outcomes(protocol: Protocol, panel: Panel) -> tuple[Missing, ...]:
    """Return how many of each arm have no value for what every estimand asks."""
    return tuple(_missing(panel, estimand) for estimand in protocol.estimands)


def _missing(panel: Panel, estimand: Estimand) -> Missing:
    """Return who has no value among those whom an estimand is about."""
    about = asked_about(panel, estimand)
    unknown = about & np.isnan(measured(panel, estimand))
    return Missing(estimand=estimand.id, asked=_count(panel, about), missing=_count(panel, unknown))


def _count(panel: Panel, which: NDArray[np.bool_]) -> dict[str, int]:
    """Count participants by arm."""
    return {arm: int((which & (panel.arm.codes == code)).sum()) for code, arm in enumerate(panel.arm.names)}


def baseline_balance(protocol: Protocol, panel: Panel) -> Balance | None:
    """Return the balance of all covariates before the start; None where the protocol has no covariates.

    The omnibus test is of what was drawn within strata: participants, or the means of the households or
    clusters that were drawn together. Where that is not how it was, it is not done, and the note says why.
    """
    if not panel.covariates:
        return None
    rows = tuple(
        row for name, variable in panel.covariates.items() for row in _rows(protocol, panel, name, variable)
    )
    drawn = _drawn(panel)
    untested = Balance(rows=rows, statistic=None, df=None, p=None, note="", unit=drawn.unit)
    if panel.probability is not None and panel.stratum is None:
        return replace(untested, note="unequal-chances")
    if not drawn.alike:
        return replace(untested, note="drawn-together")
    try:
        test = omnibus_test(drawn.arm, drawn.covariates, strata=drawn.stratum)
    except NotEstimableError as error:
        why: BalanceNote = "no-variation" if error.code == "no-variation" else "no-residual-df"
        return replace(untested, note=why)
    return replace(untested, statistic=test.f, df=(test.df_numerator, test.df_denominator), p=test.p)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What was drawn, one place each (units,): ``alike`` where all of a unit have its arm and stratum."""

    unit: BalanceUnit
    arm: NDArray[np.int64]
    stratum: NDArray[np.int64] | None
    covariates: DesignMatrix
    alike: bool


def _drawn(panel: Panel) -> _Drawn:
    """Return the units of the draw, with the means of the covariates over their participants."""
    unit, units = _units(panel)
    _, first, place = np.unique(units, return_index=True, return_inverse=True)
    stratum = None if panel.stratum is None else panel.stratum.codes
    shared = [panel.arm.codes] if stratum is None else [panel.arm.codes, stratum]
    covariates = {covariate_term(name): variable for name, variable in panel.covariates.items()}
    regressors = Regressors(arm=panel.arm.codes, arms=panel.arm.names, covariates=covariates)
    names, columns = zip(*covariate_columns(regressors, pairwise=False), strict=True)
    size = np.bincount(place)
    means = np.column_stack([np.bincount(place, weights=column) / size for column in columns])
    return _Drawn(
        unit=unit,
        arm=panel.arm.codes[first],
        stratum=None if stratum is None else stratum[first],
        covariates=DesignMatrix(names, means),
        alike=all(np.array_equal(codes[first][place], codes) for codes in shared),
    )


def _units(panel: Panel) -> tuple[BalanceUnit, NDArray[np.int64]]:
    """Return what was drawn together, and the number of each participant's unit."""
    units: dict[BalanceUnit, NDArray[np.int64] | None] = {
        "cluster": panel.cluster,
        "household": panel.household,
    }
    for unit, numbers in units.items():
        if numbers is not None and len(np.unique(numbers)) < panel.participants:
            return unit, numbers
    return "participant", np.arange(panel.participants)


def _rows(protocol: Protocol, panel: Panel, name: str, variable: Variable) -> Iterator[BalanceRow]:
    """Yield one row for numbers, and one per level for a categorical covariate."""
    hidden = missing(variable)
    levels: list[tuple[str | None, Floats]] = (
        [(level, (variable.values.codes == code) * 1.0) for code, level in enumerate(variable.values.names)]
        if isinstance(variable.values, Codes)
        else [(None, variable.values)]
    )
    for level, values in levels:
        by_arm = {
            arm: values[(panel.arm.codes == code) & ~hidden] for code, arm in enumerate(panel.arm.names)
        }
        yield BalanceRow(
            covariate=name,
            level=level,
            means={arm: float(known.mean()) for arm, known in by_arm.items() if len(known)},
            standardised=_standardised(by_arm, protocol.control),
            missing=_count(panel, hidden),
        )


def _standardised(by_arm: dict[str, Floats], control: str) -> dict[str, float]:
    """Return the standardised difference from control of every arm in which it is defined."""
    found = {}
    for arm, values in by_arm.items():
        if arm != control and len(values) > 1 and len(by_arm[control]) > 1:
            difference = standardised_difference(values, by_arm[control])[0]
            if np.isfinite(difference):
                found[arm] = float(difference)
    return found
